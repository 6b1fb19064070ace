"""Exponentials of one variable as powers of one exponential.

The rates of ion channels are full of them: with u = exp(-V/80 mV), the six rates of Hodgkin and Huxley (1952)
hold exp(-V/80 mV) = u, exp(-V/20 mV) = u^4 and three times exp(-V/10 mV) = u^8, each times a constant.
Products are several times quicker than exponentials. A power m costs m roundings, so m is at most `MOST`.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from neurosim.equations.expression import expression

MOST = 16
"""Largest power."""

LARGEST_OFFSET = 600
"""Largest logarithm of a constant factor."""

SHARED = ("exp", "exprel", "inverse_exprel")
"""Functions of `simd_math` that can be told the exponential of their argument."""

Assignments = list[tuple[str, str]]


@dataclass(frozen=True)
class Affine:
    """A sum of variables times numbers, and a number, all of them exact.

    Attributes
    ----------
    slopes : mapping of str to Fraction
        Number that each variable is multiplied by, none of them 0.
    offset : Fraction
    """

    slopes: dict[str, Fraction]
    offset: Fraction

    def plus(self, other: Affine, factor: Fraction = Fraction(1)) -> Affine:
        """The sum of this and a multiple of another."""
        slopes = {
            n: self.slopes.get(n, 0) + factor * other.slopes.get(n, 0) for n in self.slopes | other.slopes
        }
        return Affine({n: Fraction(c) for n, c in slopes.items() if c}, self.offset + factor * other.offset)

    def power(self, base: Affine) -> int:
        """The whole number m such that this is m times the base and a number; 0 if there is none."""
        if self.slopes.keys() != base.slopes.keys() or not base.slopes:
            return 0
        ratios = {self.slopes[n] / base.slopes[n] for n in base.slopes}
        m = ratios.pop()
        fits = not ratios and m.denominator == 1 and abs(m) <= MOST
        return int(m) if fits and abs(self.offset - m * base.offset) <= LARGEST_OFFSET else 0


def affine(node: ast.expr) -> Affine | None:
    """Read an expression as an `Affine`, if it is one."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return Affine({}, Fraction(repr(node.value))) if math.isfinite(node.value) else None
    if isinstance(node, ast.Name):
        return Affine({node.id: Fraction(1)}, Fraction(0))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        operand = affine(node.operand)
        sign = Fraction(-1 if isinstance(node.op, ast.USub) else 1)
        return operand and Affine({}, Fraction(0)).plus(operand, sign)
    if not isinstance(node, ast.BinOp):
        return None
    left, right = affine(node.left), affine(node.right)
    if left is None or right is None:
        return None
    if isinstance(node.op, ast.Add | ast.Sub):
        return left.plus(right, Fraction(1 if isinstance(node.op, ast.Add) else -1))
    if isinstance(node.op, ast.Mult) and not (left.slopes and right.slopes):
        variable, number = (left, right) if left.slopes else (right, left)
        return Affine({}, Fraction(0)).plus(variable, number.offset)
    if isinstance(node.op, ast.Div) and not right.slopes and right.offset:
        return Affine({}, Fraction(0)).plus(left, 1 / right.offset)
    return None


def share_exponentials(assignments: Sequence[tuple[str, str]]) -> Assignments:
    """Compute exponentials that are powers of each other but once.

    Parameters
    ----------
    assignments : sequence of (str, str)
        Name and expression, in order, in the dialect of kernels; each name is assigned once.

    Returns
    -------
    list of (str, str)
        The same, with powers of exponentials, ``_e0_1``, ``_e0_8``, ..., before the first use.
    """
    trees = [(name, expression(text)) for name, text in assignments]
    found = [(k, call) for k, (_, tree) in enumerate(trees) for call in _calls(tree)]
    arguments = {call: argument for _, call in found if (argument := affine(call.args[0])) is not None}
    before: dict[int, Assignments] = {}
    replaced: dict[ast.Call, ast.expr] = {}
    number = 0
    left = sorted(arguments, key=lambda call: max(map(abs, arguments[call].slopes.values()), default=0))
    while left:
        base = arguments[left[0]]
        powers = {call: m for call in left if (m := arguments[call].power(base))}
        if len(powers) > 1:
            root, first = f"_e{number}", min(k for k, call in found if call in powers)
            before.setdefault(first, []).extend(_powers(root, left[0].args[0], powers.values()))
            for call, m in powers.items():
                offset = arguments[call].offset - m * base.offset
                replaced[call] = _replacement(call, f"{root}_{abs(m)}", m, float(offset))
            number += 1
        left = [call for call in left[1:] if call not in powers]
    shared: Assignments = []
    for k, (name, tree) in enumerate(trees):
        shared += before.get(k, [])
        shared.append((name, ast.unparse(_Replace(replaced).visit(tree))))
    return shared


def _calls(tree: ast.expr) -> list[ast.Call]:
    calls = (n for n in ast.walk(tree) if isinstance(n, ast.Call))
    return [c for c in calls if isinstance(c.func, ast.Name) and c.func.id in SHARED]


def _powers(root: str, argument: ast.expr, wanted: Iterable[int]) -> Assignments:
    """The exponential of an argument, and its powers by squaring and multiplying."""
    lines = [(f"{root}_1", f"exp({ast.unparse(argument)})")]
    powers = {abs(m) for m in wanted}
    for k in range(1, max(powers).bit_length()):
        half = f"{root}_{2 ** (k - 1)}"
        lines.append((f"{root}_{2**k}", f"{half}*{half}"))
    for m in sorted(powers):
        bits = [f"{root}_{2**k}" for k in range(m.bit_length()) if m >> k & 1]
        if len(bits) > 1:
            lines.append((f"{root}_{m}", "*".join(bits)))
    return lines


def _replacement(call: ast.Call, power: str, m: int, offset: float) -> ast.expr:
    """A call that is told the exponential of its argument x: e^offset times a power, or 1 over a power."""
    name, x = ast.unparse(call.func), ast.unparse(call.args[0])
    if m > 0:
        e = f"{math.exp(offset)!r}*{power}"
        return expression(e if name == "exp" else f"{name}_of({x}, {e})")
    if name == "inverse_exprel":
        # x/(e^x - 1) = q*(-x)/(q - 1) with q = e^-x saves a division; q is kept finite.
        q = f"minimum({math.exp(-offset)!r}*{power}, 1e300)"
        return expression(f"{q}*inverse_exprel_of(-({x}), {q})")
    e = f"{math.exp(offset)!r}/{power}"
    return expression(e if name == "exp" else f"{name}_of({x}, {e})")


class _Replace(ast.NodeTransformer):
    def __init__(self, replaced: dict[ast.Call, ast.expr]) -> None:
        self.replaced = replaced

    def visit_Call(self, node: ast.Call) -> ast.expr:
        return self.replaced.get(node) or ast.Call(node.func, [self.visit(a) for a in node.args], [])
