"""Which variable of a presynaptic unit acts continuously on a receptor."""

from __future__ import annotations

from neurosim.errors import ParameterError
from neurosim.network.group import Group
from neurosim.network.population import Population
from neurosim.neurons.signal import Signal


def passed_signal(
    source: Group, target: Group, receptor: str, variable: str | None, name: str
) -> Signal | None:
    """What a projection passes on continuously; None to a receptor of spikes.

    Parameters
    ----------
    source, target : Group
    receptor : str
        One of the target's.
    variable : str or None
        The variable that the user wants; by default the one that the receptor names, else the output of the
        presynaptic model.
    name : str
        Of the projection, for errors.

    Raises
    ------
    ParameterError
        If the presynaptic units have no such variable, or one whose unit does not fit.
    """
    where = f"{name}.variable"
    if not isinstance(target, Population) or receptor not in target.composition.summed:
        if variable is not None:
            limit = f"receptor {receptor!r} takes spikes, not a variable"
            raise ParameterError(where, variable, limit, "Give the population a Continuous() receptor.")
        if isinstance(source, Population) and source.model.signal and not source.model.signal.is_rate:
            limit = f"receptor {receptor!r} takes rates, and this is in {source.model.signal.unit}"
            raise ParameterError(
                where, source.model.output, limit, "Give the population a Continuous() receptor."
            )
        return None
    taken = target.receptors[receptor]
    variable = variable or taken.variable
    if not isinstance(source, Population):
        raise ParameterError(where, variable, f"{source.name} has spikes only, and no variables")
    signal = source.model.signal if variable is None else source.signal(variable, where)
    if signal is None:
        limit = f"receptor {receptor!r} takes a continuous signal, and {source.model.name} has no output"
        raise ParameterError(where, None, limit, "Name a variable, such as variable='v'.")
    if taken.difference and taken.variable is not None:
        wanted = target.system.units[taken.variable]
        if (wanted.dimension, wanted.decades) != (signal.unit.dimension, signal.unit.decades):
            limit = f"is in {signal.unit}, but {target.name}.{taken.variable} is in {wanted}"
            raise ParameterError(where, signal.formula, limit)
    return signal
