"""The equations of a system in LaTeX."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from neurosim.equations.system import EquationSystem

_GREEK = {
    *("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "kappa", "mu", "nu", "xi", "rho"),
    *("sigma", "tau", "phi", "chi", "psi", "omega"),
}


def symbol(name: str) -> str:
    """LaTeX of a name: ``tau_m`` gives ``\\tau_{\\mathrm{m}}``."""
    head, _, tail = name.partition("_")
    head = f"\\{head}" if head in _GREEK else head if len(head) == 1 else rf"\mathrm{{{head}}}"
    tail = tail.replace("_", ",")
    return rf"{head}_{{\mathrm{{{tail}}}}}" if tail else head


def latex(system: EquationSystem) -> str:
    """The equations of a system, in the order of its text, as an ``align*`` environment.

    Numbers are in coherent units (ms, mV, pA, nS; uA/cm2 and mS/cm2 per area).
    """
    import sympy

    from neurosim.equations.translation import to_sympy

    lines = []
    for e in system.equations:
        if e.kind == "input":
            continue
        formula = to_sympy(system.formula(e.name))
        # Six digits are enough to read: 0.07 instead of 0.070000000000000007.
        formula = formula.xreplace({number: sympy.Float(number, 6) for number in formula.atoms(sympy.Float)})
        names = {s: symbol(s.name) for s in formula.free_symbols}
        left = rf"\frac{{d{symbol(e.name)}}}{{dt}}" if e.kind == "differential" else symbol(e.name)
        lines.append(rf"{left} &= {sympy.latex(formula, symbol_names=names)}")
    return "\\begin{align*}\n" + " \\\\\n".join(lines) + "\n\\end{align*}"
