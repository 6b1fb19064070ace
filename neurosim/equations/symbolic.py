"""Symbolic analysis of a system: Jacobian, linear structure. The only module here that needs SymPy."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from neurosim.equations.expression import expression

if TYPE_CHECKING:
    from neurosim.equations.system import EquationSystem


@lru_cache(maxsize=1)
def _special_functions() -> dict[str, Any]:
    import sympy

    class dexprel(sympy.Function):  # noqa: N801
        nargs = 1

    class exprel(sympy.Function):  # noqa: N801
        nargs = 1

        def fdiff(self, argindex: int = 1) -> Any:
            return dexprel(self.args[0])

        def _latex(self, printer: Any) -> str:
            z = printer._print(self.args[0])
            return rf"\frac{{e^{{{z}}} - 1}}{{{z}}}"

    class log1p(sympy.Function):  # noqa: N801
        nargs = 1

        def fdiff(self, argindex: int = 1) -> Any:
            return 1 / (1 + self.args[0])

        def _latex(self, printer: Any) -> str:
            return rf"\ln\left(1 + {printer._print(self.args[0])}\right)"

    class expm1(sympy.Function):  # noqa: N801
        nargs = 1

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
        value = node.value
        return sympy.Integer(int(value)) if float(value) == int(value) and abs(value) < 1e9 else sympy.Float(value, 17)  # type: ignore[arg-type]
    if isinstance(node, ast.Name):
        return sympy.Symbol(node.id, real=True)
    if isinstance(node, ast.UnaryOp):
        operand = to_sympy(node.operand)
        return ~operand if isinstance(node.op, ast.Not) else -operand if isinstance(node.op, ast.USub) else operand
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
        relations = {ast.Lt: sympy.Lt, ast.LtE: sympy.Le, ast.Gt: sympy.Gt, ast.GtE: sympy.Ge, ast.Eq: sympy.Eq, ast.NotEq: sympy.Ne}
        operands = [to_sympy(v) for v in (node.left, *node.comparators)]
        return sympy.And(
            *(relations[type(op)](a, b) for a, op, b in zip(operands, node.ops, operands[1:], strict=False))
        )
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return _special_functions()[node.func.id](*(to_sympy(a) for a in node.args))
    raise TypeError(f"no symbolic form of {ast.unparse(node)}")


def from_sympy(formula: Any) -> ast.expr:
    """Expression of the equation language for a SymPy formula."""
    from sympy.printing.str import StrPrinter

    class Printer(StrPrinter):  # type: ignore[misc]
        def _print_Piecewise(self, e: Any) -> str:
            *branches, last = e.args
            text = self._print(last.expr)
            for branch in reversed(branches):
                text = f"where({self._print(branch.cond)}, {self._print(branch.expr)}, {text})"
            return text

        def _print_And(self, e: Any) -> str:
            return "(" + " and ".join(self._print(a) for a in e.args) + ")"

        def _print_Or(self, e: Any) -> str:
            return "(" + " or ".join(self._print(a) for a in e.args) + ")"

        def _print_Abs(self, e: Any) -> str:
            return f"abs({self._print(e.args[0])})"

        def _nested(self, name: str, e: Any) -> str:
            text = self._print(e.args[0])
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

        def _print_Rational(self, e: Any) -> str:
            return f"({e.p}/{e.q})"

        def _print_Float(self, e: Any) -> str:
            return repr(float(e))

    return expression(Printer().doprint(formula))


def expanded(system: EquationSystem, node: ast.expr, through: tuple[str, ...]) -> Any:
    """An expression as a SymPy formula, with the sub-expressions that depend on `through` put in."""
    formula = to_sympy(node)
    for sub in reversed(system.subexpressions):
        if system.depends_on(system.expressions[sub], through):
            formula = formula.subs(to_sympy(expression(sub)), to_sympy(system.expressions[sub]))
    return formula


def slope(system: EquationSystem, node: ast.expr, by: str) -> Any:
    """Partial derivative of an expression by a state or an input, as a SymPy formula.

    Sub-expressions that do not depend on `by` stay names, so the formula can be used inside a kernel that has
    computed them.
    """
    import sympy

    if not system.depends_on(node, (by,)):
        return sympy.Integer(0)
    return sympy.diff(expanded(system, node, (by,)), to_sympy(expression(by)))


def derivative(system: EquationSystem, name: str, by: str) -> Any:
    """Partial derivative of a state's right-hand side by another state, as a SymPy formula; see `slope`."""
    return slope(system, system.expressions[name], by)


def jacobian(system: EquationSystem) -> dict[tuple[str, str], ast.expr]:
    """Jacobian of the right-hand side.

    Returns
    -------
    dict of (str, str) to ast.expr
        Entry (row, column) is d(dx_row/dt)/dx_column; entries that vanish are left out.
    """
    result = {}
    for row in system.states:
        for column in system.states:
            formula = derivative(system, row, column)
            if formula != 0:
                result[row, column] = from_sympy(formula)
    return result


def linear_states(system: EquationSystem) -> tuple[tuple[str, ...], dict[tuple[str, str], ast.expr]]:
    """The largest set of states that obey linear equations with constant coefficients among themselves.

    Inputs may add to them. A leaky integrate-and-fire neuron with its filters is in it whole; of a
    Hodgkin-Huxley neuron with filters, only the filters are.

    Returns
    -------
    states : tuple of str
    matrix : dict of (str, str) to ast.expr
        Non-zero coefficients, expressions of parameters (derived ones included).
    """
    variable = {*system.states, *system.subexpressions, *system.inputs}
    entries = {(i, j): derivative(system, i, j) for i in system.states for j in system.states}
    constant = {key for key, f in entries.items() if not {s.name for s in f.free_symbols} & variable}
    chosen = list(system.states)
    while True:
        kept = [
            i
            for i in chosen
            if all((i, j) in constant for j in chosen)
            and not any(entries[i, j] != 0 for j in system.states if j not in chosen)
        ]
        if kept == chosen:
            break
        chosen = kept
    matrix = {(i, j): from_sympy(entries[i, j]) for i in chosen for j in chosen if entries[i, j] != 0}
    return tuple(chosen), matrix


def remainder(system: EquationSystem, name: str, states: tuple[str, ...]) -> ast.expr | None:
    """What is left of a linear right-hand side when `states` are zero: inputs and constants; None if nothing."""
    import sympy

    formula = expanded(system, system.expressions[name], states)
    formula = sympy.simplify(formula.subs({to_sympy(expression(s)): 0 for s in states}))
    return None if formula == 0 else from_sympy(formula)
