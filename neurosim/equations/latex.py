"""The equations of a system in LaTeX."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from neurosim.units import UNITS

if TYPE_CHECKING:
    from neurosim.equations.parser import Equation
    from neurosim.equations.system import EquationSystem

_GREEK = {
    *("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "kappa", "mu", "nu", "xi", "rho"),
    *("sigma", "tau", "phi", "chi", "psi", "omega"),
    *("Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Phi", "Psi", "Omega"),
}


def symbol(name: str) -> str:
    """LaTeX of a name: ``tau_m`` gives ``\\tau_{\\mathrm{m}}``."""
    head, _, tail = name.partition("_")
    head = f"\\{head}" if head in _GREEK else head if len(head) == 1 else rf"\mathrm{{{head}}}"
    tail = tail.replace("_", ",")
    return rf"{head}_{{\mathrm{{{tail}}}}}" if tail else head


def latex(
    system: EquationSystem,
    *,
    threshold: str | None = None,
    reset: str | None = None,
    refractory: str | None = None,
    output: ast.expr | None = None,
) -> str:
    """The equations of a system, in the order of its text, as an ``align*`` environment.

    Numbers are in coherent units (ms, mV, pA, nS; uA/cm2 and mS/cm2 per area).

    Parameters
    ----------
    system : EquationSystem
    threshold, reset, refractory : str, optional
    output : ast.expr, optional
        Of a neuron: a line for each below the equations.
    """
    lines = [line(e, system.formula(e.name)) for e in system.equations if e.kind != "input"]
    if threshold is not None:
        lines.append(rf"\text{{spike when}}\quad & {formula(system.condition(threshold))}")
    if reset is not None:
        steps = [rf"{symbol(s)} \leftarrow {formula(value)}" for s, value in system.statements(reset)]
        lines.append(r"\text{reset}\quad & " + r",\; ".join(steps))
    if refractory is not None:
        held = ", ".join(symbol(s) for s in system.states if s in system.held)
        still = rf",\; {held} \text{{ held}}" if held else ""
        time = formula(system.quantity(refractory, UNITS["ms"]))
        lines.append(rf"\text{{refractory for}}\quad & {time}{still}")
    if output is not None:
        lines.append(rf"\text{{output}}\quad & {formula(output)}")
    return aligned(lines)


def aligned(lines: list[str]) -> str:
    """Lines, each with its ``&``, as an ``align*`` environment."""
    return "\\begin{align*}\n" + " \\\\\n".join(lines) + "\n\\end{align*}"


def line(equation: Equation, right: ast.expr) -> str:
    """A differential equation or sub-expression, given its right-hand side without units."""
    name = symbol(equation.name)
    left = rf"\frac{{d{name}}}{{dt}}" if equation.kind == "differential" else name
    return rf"{left} &= {formula(right)}"


def formula(node: ast.expr) -> str:
    """An expression without units in LaTeX."""
    import sympy

    from neurosim.equations.translation import to_sympy

    result = to_sympy(node)
    # Six digits are enough to read: 0.07 instead of 0.070000000000000007.
    result = result.xreplace({number: sympy.Float(number, 6) for number in result.atoms(sympy.Float)})
    names = {s: symbol(s.name) for s in result.free_symbols}
    return str(sympy.latex(result, symbol_names=names))
