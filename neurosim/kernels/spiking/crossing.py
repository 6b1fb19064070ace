"""Where inside a step a neuron crosses its threshold, and its state there, as lines of a kernel.

``_over`` is the time, ms, from the crossing to the end of the step. The neuron is left at the crossing; the
next step is longer by ``_over`` (`WHOLE`), or by what of it exceeds the refractory time (`ACTIVE`). At most
one spike a step is possible, and a spike stays in its step.

How far the threshold is exceeded, ``_gap`` before the step and ``_new_gap`` after it, grows through 0 at the
crossing. Where one state alone makes it, by exponential Euler, the crossing is that of the formula of the
step: ``gap + s*phi1(s*J)*gap'`` is 0 for ``s = log1p(J*q)/J`` with ``q = -gap/gap'``, exact for a linear
neuron. Otherwise it is that of the parabola through both gaps with the slope ``gap'`` at the start.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping

from neurosim.equations.expression import expression, renamed
from neurosim.equations.symbolic import slope
from neurosim.equations.translation import from_sympy
from neurosim.integrators import StepPlan
from neurosim.kernels.spiking.dialect import dialect
from neurosim.kernels.spiking.spec import ACTIVE, WHOLE, KernelSpec


def step_lengths(plan: StepPlan) -> list[str]:
    """Lines that set the lengths of the step."""
    formulas = {WHOLE: "dt + _rest[_i]", ACTIVE: "maximum(dt - _wait, 0.0)"}
    return [f"{name} = {formulas[name]}" for name in sorted(set(plan.lengths.values()))]


def crossing(spec: KernelSpec, plan: StepPlan, gap: ast.expr, after: list[str]) -> list[str]:
    """Lines that set ``_over``; `after` are those that set ``_new_gap``."""
    system, assigned = spec.system, {name for name, _ in plan.assignments}
    before = {s: f"_old_{s}" for s in system.subexpressions}
    moving = [s for s in system.states if f"d__{s}" in assigned and system.depends_on(gap, (s,))]
    slopes = {s: from_sympy(slope(system, gap, s)) for s in moving}
    needed = set[str]().union(*(system.ancestors(node) for node in (gap, *slopes.values())))
    lines = [
        f"{before[s]} = {_text(system.expressions[s], before)}" for s in system.subexpressions if s in needed
    ]
    lines.append(f"_gap = {_text(gap, before)}")
    length = _length(spec, plan, gap)
    rate = " + ".join(f"{_text(f, before)}*d__{s}" for s, f in slopes.items())
    if _is_alone(spec, gap, slopes):
        lines.append(f"_part = -_gap/({rate})")
        if f"slope__{moving[0]}" in assigned:
            lines.append(f"_z = slope__{moving[0]}*_part")
            lines.append("_part *= where(_z == 0.0, 1.0, log1p(_z)/_z)")
        lines.append(f"_part /= {length}")
    else:
        lines += [*after, f"_rise = {f'{length}*({rate})' if rate else '_new_gap - _gap'}"]
        lines.append("_bend = _new_gap - _gap - _rise")
        lines.append("_part = -2.0*_gap/(_rise + sqrt(maximum(_rise*_rise - 4.0*_bend*_gap, 0.0)))")
    # What is above the threshold before the step crosses it at once; what is not a number, at the end.
    lines.append("_part = where(_gap < 0.0, where(_part < 1.0, _part, 1.0), 0.0)")
    lines.append(f"_over = {length}*(1.0 - _part)")
    if spec.resumes:
        lines.append("_over = minimum(_over, dt)")
        if spec.refractory and length != ACTIVE:
            lines.append("_over = minimum(_over, dt - _wait)")
    return lines


def _is_alone(spec: KernelSpec, gap: ast.expr, slopes: Mapping[str, ast.expr]) -> bool:
    """Whether the gap grows in proportion to one state that exponential Euler advances."""
    states = {*spec.system.states}
    others = spec.system.ancestors(gap) & states - slopes.keys()
    bent = any(spec.system.ancestors(node) & states for node in slopes.values())
    return spec.integrator == "exponential_euler" and len(slopes) == 1 and not others and not bent


def states_at_crossing(spec: KernelSpec, plan: StepPlan, new: Mapping[str, str]) -> list[str]:
    """Lines that take the states of neurons that spike back to the crossing."""
    system = spec.system
    used = set[str]().union(*(system.ancestors(value) for _, value in spec.reset))
    replaced = {s for s, value in spec.reset if not system.depends_on(value, system.states)} - used
    wanted = [s for s in plan.lengths if s not in replaced]
    lines = []
    for length in sorted({plan.lengths[s] for s in wanted}):
        lines.append(f"_until{length} = {length} - _over")
        if not plan.dense:
            lines.append(f"_part{length} = _until{length}/{length}")
    for s in wanted:
        length, after = plan.lengths[s], new[s]
        if plan.dense:
            value = _text(expression(plan.updates[s]), {length: f"_until{length}"})
        else:
            rise = f"{length}*d__{s}"
            value = f"{s} + _part{length}*({rise} + _part{length}*({after} - {s} - {rise}))"
        lines.append(f"{after} = where(_spike, {value}, {after})")
    return lines


def _length(spec: KernelSpec, plan: StepPlan, gap: ast.expr) -> str:
    """Length of the step of what makes the gap."""
    lengths = {plan.length(s) for s in spec.system.states if s in spec.system.ancestors(gap)}
    return next((name for name in (ACTIVE, WHOLE) if name in lengths), "dt")


def _text(node: ast.expr, names: Mapping[str, str]) -> str:
    return f"({dialect(ast.unparse(renamed(node, names)))})"
