"""What the arrival of an event does, as statements of Brian2."""

from __future__ import annotations

from neurosim.engines.brian2.group_part import GroupPart
from neurosim.engines.brian2.language import in_si
from neurosim.engines.brian2.neurons import NeuronPart
from neurosim.equations.names import TIMES
from neurosim.errors import ParameterError


def arrival_code(target: GroupPart, receptor: str, amount: str, where: str, suffix: str) -> str:
    """Statements that let an event of some weight act on a receptor.

    Parameters
    ----------
    target : GroupPart
    receptor : str
        Its name, or ``<receptor>.end``.
    amount : str
        Expression of the weight.
    where : str
        For messages.
    suffix : str
        Behind names of the target: ``_post``, or nothing.

    Raises
    ------
    ParameterError
        If what an event adds depends on a state, so that the order of spikes in a step would count.
    """
    if not isinstance(target, NeuronPart):
        return f"{receptor}{suffix} += {amount}"
    system = target.system
    names = {name: f"{name}{suffix}" for name in system.units}
    lines = []
    for state, factor in target.population.composition.jumps[receptor]:
        moving = system.ancestors(factor) & {*system.states, *TIMES}
        if moving:
            limit = f"adds what depends on {', '.join(sorted(moving))}, and spikes that arrive in the same "
            limit += "step would act one after the other in Brian2, not together"
            raise ParameterError(where, receptor, limit, "Use the native engine.")
        lines.append(f"{state}{suffix} += {amount}*{in_si(factor, system.units, names, system.units[state])}")
    return "\n".join(lines)
