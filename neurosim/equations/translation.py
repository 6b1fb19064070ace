"""Expressions to SymPy formulas and back."""

from __future__ import annotations

import ast
import math
from functools import lru_cache
from itertools import pairwise
from typing import Any

from neurosim.equations.expression import expression
from neurosim.equations.functions import FUNCTIONS
from neurosim.errors import EquationError


@lru_cache(maxsize=1)
def _functions() -> dict[str, Any]:
    """SymPy's counterpart of each function of the language; those it has none for keep their name."""
    import sympy

    class Named(sympy.Function):  # type: ignore[misc]
        nargs = 1

        @classmethod
        def eval(cls, x: Any) -> Any:
            return sympy.Float(float(FUNCTIONS[cls.__name__].numpy(float(x))), 17) if x.is_number else None

    class dexprel(Named):  # noqa: N801
        pass

    class exprel(Named):  # noqa: N801
        def fdiff(self, argindex: int = 1) -> Any:
            return dexprel(self.args[0])

        def _latex(self, printer: Any) -> str:
            z = printer._print(self.args[0])
            return rf"\frac{{e^{{{z}}} - 1}}{{{z}}}"

    class floor(sympy.floor):  # type: ignore[misc]  # noqa: N801
        def fdiff(self, argindex: int = 1) -> Any:
            return sympy.Integer(0)  # but for the jumps

    class log1p(Named):  # noqa: N801
        def fdiff(self, argindex: int = 1) -> Any:
            return 1 / (1 + self.args[0])

        def _latex(self, printer: Any) -> str:
            return rf"\ln\left(1 + {printer._print(self.args[0])}\right)"

    class expm1(Named):  # noqa: N801
        def fdiff(self, argindex: int = 1) -> Any:
            return sympy.exp(self.args[0])

        def _latex(self, printer: Any) -> str:
            return rf"\left(e^{{{printer._print(self.args[0])}}} - 1\right)"

    return {
        "exp": sympy.exp,
        "expm1": expm1,
        "log": sympy.log,
        "log1p": log1p,
        "tanh": sympy.tanh,
        "sin": sympy.sin,
        "cos": sympy.cos,
        "sqrt": sympy.sqrt,
        "floor": floor,
        "abs": sympy.Abs,
        "minimum": sympy.Min,
        "maximum": sympy.Max,
        "clip": lambda x, low, high: sympy.Min(sympy.Max(x, low), high),
        "where": lambda c, a, b: sympy.Piecewise((a, c), (b, True)),
        "int": lambda c: sympy.Piecewise((1, c), (0, True)),
        "exprel": exprel,
        "dexprel": dexprel,
    }


def to_sympy(node: ast.expr) -> Any:
    """SymPy form of an expression whose units are numbers."""
    import sympy

    if isinstance(node, ast.Constant):
        value = float(node.value)  # type: ignore[arg-type]
        return (
            sympy.Integer(int(value)) if value.is_integer() and abs(value) < 1e9 else sympy.Float(value, 17)
        )
    if isinstance(node, ast.Name):
        return sympy.Symbol(node.id, real=True)
    if isinstance(node, ast.UnaryOp):
        operand = to_sympy(node.operand)
        if isinstance(node.op, ast.Not):
            return sympy.Not(operand)
        return -operand if isinstance(node.op, ast.USub) else operand
    if isinstance(node, ast.BinOp):
        a, b = to_sympy(node.left), to_sympy(node.right)
        if isinstance(node.op, ast.Add):
            return a + b
        if isinstance(node.op, ast.Sub):
            return a - b
        if isinstance(node.op, ast.Mult):
            return a * b
        return a / b if isinstance(node.op, ast.Div) else a**b
    if isinstance(node, ast.BoolOp):
        parts = [to_sympy(v) for v in node.values]
        return sympy.And(*parts) if isinstance(node.op, ast.And) else sympy.Or(*parts)
    if isinstance(node, ast.Compare):
        relations = {
            **{ast.Lt: sympy.Lt, ast.LtE: sympy.Le, ast.Gt: sympy.Gt, ast.GtE: sympy.Ge},
            **{ast.Eq: sympy.Eq, ast.NotEq: sympy.Ne},
        }
        operands = pairwise([to_sympy(v) for v in (node.left, *node.comparators)])
        return sympy.And(*(relations[type(op)](a, b) for op, (a, b) in zip(node.ops, operands, strict=True)))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return _functions()[node.func.id](*(to_sympy(a) for a in node.args))
    raise TypeError(f"no symbolic form of {ast.unparse(node)}")


def from_sympy(formula: Any) -> ast.expr:
    """Expression of the equation language for a SymPy formula.

    Raises
    ------
    EquationError
        If the language has no word for a part of it.
    """
    return expression(_printer().doprint(formula))


@lru_cache(maxsize=1)
def _printer() -> Any:
    from sympy.printing.str import StrPrinter

    class Printer(StrPrinter):  # type: ignore[misc]
        def _print_Piecewise(self, e: Any) -> str:
            *branches, last = e.args
            text: str = self._print(last.expr)
            for branch in reversed(branches):
                text = f"where({self._print(branch.cond)}, {self._print(branch.expr)}, {text})"
            return text

        def _print_And(self, e: Any) -> str:
            return "(" + " and ".join(self._print(a) for a in e.args) + ")"

        def _print_Or(self, e: Any) -> str:
            return "(" + " or ".join(self._print(a) for a in e.args) + ")"

        def _print_Not(self, e: Any) -> str:
            return f"(not {self._print(e.args[0])})"

        def _print_Relational(self, e: Any) -> str:
            return f"({self._print(e.lhs)} {e.rel_op} {self._print(e.rhs)})"

        def _print_Abs(self, e: Any) -> str:
            return f"abs({self._print(e.args[0])})"

        def _nested(self, name: str, e: Any) -> str:
            text: str = self._print(e.args[0])
            for argument in e.args[1:]:
                text = f"{name}({text}, {self._print(argument)})"
            return text

        def _print_Min(self, e: Any) -> str:
            return self._nested("minimum", e)

        def _print_Max(self, e: Any) -> str:
            return self._nested("maximum", e)

        def _print_Heaviside(self, e: Any) -> str:
            return f"int({self._print(e.args[0])} > 0)"

        def _print_sign(self, e: Any) -> str:
            x = self._print(e.args[0])
            return f"(int({x} > 0) - int({x} < 0))"

        def _print_Exp1(self, e: Any) -> str:
            return repr(math.e)

        def _print_Rational(self, e: Any) -> str:
            return f"({e.p}/{e.q})"

        def _print_Float(self, e: Any) -> str:
            return repr(float(e))

        def _print_Function(self, e: Any) -> str:
            if type(e).__name__ not in _functions():
                self._print_Derivative(e)
            text: str = super()._print_Function(e)
            return text

        def _print_Derivative(self, e: Any) -> str:
            raise EquationError(f"{e} cannot be written as an equation; use the integrator 'rk4' or 'euler'")

        _print_Subs = _print_ComplexInfinity = _print_NaN = _print_Infinity = _print_ImaginaryUnit = (
            _print_Derivative
        )
        _print_NegativeInfinity = _print_Derivative

    return Printer()
