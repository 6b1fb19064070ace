"""A neuron of one compartment, put together from its channels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from neurosim.equations.parameter import Parameter, read_parameters
from neurosim.errors import ParameterError, UnitError
from neurosim.neurons.calcium import CalciumPool
from neurosim.neurons.channel import Channel
from neurosim.neurons.model import NeuronModel
from neurosim.units import parse_unit

_SYSTEMS = {"uF/cm2": ("uA/cm2", "mS/cm2"), "pF": ("pA", "nS")}
"""Unit of currents and of conductances, by that of the capacitance."""


def point_neuron(
    channels: Sequence[Channel],
    *,
    C_m: Any,
    pools: Sequence[CalciumPool] = (),
    equations: str = "",
    parameters: Mapping[str, Any] | None = None,
    threshold: str = "v > 0*mV",
    initial: Mapping[str, str] | None = None,
    integrator: str | None = None,
    name: str = "PointNeuron",
    reference: str = "",
) -> NeuronModel:
    """Put the equations of a conductance-based neuron together into one text.

    ``dv/dt = (I - I_Na - I_K - ...)/C_m``, followed by the current and the gates of each channel. The result
    is a `NeuronModel` like any other, and ``print(model.equations)`` shows the text.

    Parameters
    ----------
    channels : sequence of Channel
    C_m : str, (value, unit), (value, unit, meaning) or Parameter
        Membrane capacitance. Its unit says whether the neuron is described per area (uF/cm2, currents in
        uA/cm2) or as a whole cell (pF, currents in pA); conductances must fit.
    pools : sequence of CalciumPool, optional
        Concentrations that the channels' currents change.
    equations : str, optional
        Further equations that several channels share, such as a factor for the temperature.
    parameters : mapping, optional
        Further parameters, as in `NeuronModel`.
    threshold : str, default "v > 0*mV"
        A spike is counted when this becomes true; there is no reset.
    initial : mapping of str to str, optional
        Start values, as in `NeuronModel`. By default ``v`` starts at -65 mV, pools start at rest, and gates
        at the steady state that belongs to this start.
    integrator, name, reference : str, optional
        As in `NeuronModel`.

    Returns
    -------
    NeuronModel

    Raises
    ------
    ParameterError
        If two channels, gates or pools have the same name, or one parameter is given two values.
    UnitError
        If the capacitance is neither per area nor of a cell, or a conductance or potential does not fit it.
    EquationError
        If the text of a gate has a mistake; the message shows the line, which begins with the gate's name.

    Examples
    --------
    >>> potassium = Channel(
    ...     "K",
    ...     g_max="36 mS/cm2",
    ...     reversal="-77 mV",
    ...     gates=[Gate("n", 4, steady_state="1/(1 + exp(-(v + 53*mV)/(15*mV)))", time_constant="4*ms")],
    ... )
    >>> leak = Channel("L", g_max="0.3 mS/cm2", reversal="-54.4 mV")
    >>> print(point_neuron([potassium, leak], C_m="1 uF/cm2").equations)
    dv/dt = (I - I_K - I_L)/C_m : mV
    I : uA/cm2 (input)
    <BLANKLINE>
    I_K = g_K*n**4*(v - E_K) : uA/cm2
    dn/dt = (n_inf - n)/tau_n : 1
    n_inf = 1/(1 + exp(-(v + 53*mV)/(15*mV))) : 1
    tau_n = 4*ms : ms
    <BLANKLINE>
    I_L = g_L*(v - E_L) : uA/cm2
    """
    channels, pools = list(channels), list(pools)
    for key, members, kind in (("channels", channels, Channel), ("pools", pools, CalciumPool)):
        for member in members:
            if not isinstance(member, kind):
                raise ParameterError(f"{name}.{key}", member, f"must be {kind.__name__}s")
    _check_names(name, channels, pools)
    capacitance = read_parameters({"C_m": C_m}, name)["C_m"]
    capacitance = Parameter(
        capacitance.value, capacitance.unit, capacitance.meaning or "membrane capacitance"
    )
    current = _current_unit(name, capacitance, channels)
    gates = [gate for channel in channels for gate in channel.gates]

    total = "".join(f" - I_{channel.name}" for channel in channels)
    blocks = [f"dv/dt = (I{total})/C_m : mV\nI : {current} (input)"]
    for channel in channels:
        own = [f"{channel.equation} : {current}", *channel.gate_equations]
        blocks.append("\n".join([*own, channel.equations.strip("\n")]).rstrip())
    blocks += [pool.equations for pool in pools]
    if equations.strip():
        blocks.append(equations.strip("\n"))

    sources = [
        *(channel.conductance for channel in channels),
        *(channel.potential for channel in channels),
        *(channel.number for channel in channels),
        *(channel.parameters for channel in channels),
        *(pool.parameters for pool in pools),
        {"C_m": capacitance},
        read_parameters(parameters or {}, name),
    ]
    start = {"v": "-65*mV"} | {pool.name: f"{pool.name}_rest" for pool in pools}
    start |= {gate.name: gate.start for gate in gates if not gate.instantaneous}
    return NeuronModel(
        "\n\n".join(blocks),
        parameters=_joined(name, sources),
        threshold=threshold,
        initial=start | dict(initial or {}),
        integrator=integrator,
        name=name,
        reference=reference,
    )


def _check_names(where: str, channels: Sequence[Channel], pools: Sequence[CalciumPool]) -> None:
    gates = [gate.name for channel in channels for gate in channel.gates]
    for key, names in (
        ("channels", [channel.name for channel in channels]),
        ("gates", gates),
        ("pools", [pool.name for pool in pools]),
    ):
        twice = [name for name, count in Counter(names).items() if count > 1]
        if twice:
            raise ParameterError(f"{where}.{key}", twice[0], "is the name of two of them", "Rename one.")
    known = {channel.name for channel in channels}
    for pool in pools:
        for current in pool.currents:
            if current not in known:
                limit = f"is not a channel of the neuron; there are {', '.join(sorted(known))}"
                raise ParameterError(f"CalciumPool {pool.name}.currents", current, limit)


def _current_unit(where: str, capacitance: Parameter, channels: Sequence[Channel]) -> str:
    """Unit of the currents, after checking that all conductances and potentials fit."""
    dimension = parse_unit(capacitance.unit).dimension
    base = next((unit for unit in _SYSTEMS if parse_unit(unit).dimension == dimension), None)
    if base is None:
        given = f"{where}.C_m = {capacitance.value:g} {capacitance.unit}"
        raise UnitError(f"{given}: must be a capacitance per area, as in uF/cm2, or of a cell, as in pF.")
    current, conductance = _SYSTEMS[base]
    for channel in channels:
        for key, unit in (("g_max", conductance), ("reversal", "mV")):
            value = getattr(channel, key)
            if isinstance(value, Parameter) and not _fits(value, unit):
                why = f", because C_m is in {capacitance.unit}" if key == "g_max" else ""
                given = f"Channel {channel.name}.{key} = {value.value:g} {value.unit}"
                raise UnitError(f"{given}: has the unit {value.unit}, but must be in {unit}{why}.")
    return current


def _fits(parameter: Parameter, unit: str) -> bool:
    return parse_unit(parameter.unit).dimension == parse_unit(unit).dimension


def _joined(where: str, sources: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """All parameters; one that is given twice must have the same value."""
    joined: dict[str, Any] = {}
    for key, parameter in chain.from_iterable(source.items() for source in sources):
        if key in joined and joined[key] != parameter:
            limit = f"is given two values: {joined[key]} and {parameter}"
            raise ParameterError(f"{where}.parameters", key, limit, "Rename one, or give both the same.")
        joined[key] = parameter
    return joined
