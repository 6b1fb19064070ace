"""The dialect of kernels: what is quick or safe in Python is not always what LLVM makes vectors of."""

from __future__ import annotations

import ast

from neurosim.equations.expression import on_arrays


def dialect(text: str) -> str:
    """An expression as kernels write it: no short circuits, conditions joined by ``&`` and ``|``."""
    tree = _Dialect().visit(on_arrays(ast.parse(text, mode="eval").body, negation=ast.Not()))
    return ast.unparse(ast.fix_missing_locations(tree))


class _Dialect(ast.NodeTransformer):
    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        # 1/exprel(x) = x/(exp(x) - 1) in one division instead of two.
        divisor = node.right
        if isinstance(node.op, ast.Div) and isinstance(divisor, ast.Call) and _called(divisor) == "exprel":
            inverse = ast.Call(ast.Name("inverse_exprel", ast.Load()), divisor.args, [])
            return ast.BinOp(node.left, ast.Mult(), inverse)
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        if _called(node) == "int":
            return ast.Call(
                ast.Name("where", ast.Load()), [node.args[0], ast.Constant(1.0), ast.Constant(0.0)], []
            )
        return node


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else ""
