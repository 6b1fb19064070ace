"""One memory in units of different kinds: binary, continuous, rate, LIF and Hodgkin-Huxley.

A unit is up while it fires. With rho its rate, in parts of the rate at which it should fire, the field that
binary units get from states ``2 rho - 1`` becomes the current ``2 G W rho`` through the connections, and a
constant ``-G (1 W)`` to each unit. So the very weights of the memory drive every kind of unit. Where Dale's
law is to hold, each unit is two that get the same input: one sends the positive weights, one the negative.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from neurosim.models.hopfield.continuous import ContinuousHopfield, pattern_field
from neurosim.models.hopfield.course import Course, Courses
from neurosim.models.hopfield.memory import Hopfield, patterns_in
from neurosim.models.hopfield.reading import one_of, read_probes, read_whole

from neurosim.connectivity.dale import split_by_sign
from neurosim.errors import ParameterError
from neurosim.network import Network, Population, Projection, SpikeMonitor, StateMonitor
from neurosim.neurons import LIF, HodgkinHuxley, LIFRate, NeuronModel
from neurosim.synapses import PSCFilter
from neurosim.units import convert

READING = 40.0
"""Time constant of the filter through which spikes are read, ms."""


@dataclass(frozen=True)
class Kind:
    """A kind of unit as an element of a memory.

    Attributes
    ----------
    model : NeuronModel
    input : str
        Variable that takes the drive.
    threshold : float
        Drive in the middle, in the unit of the input.
    gain : float
        G: what a field of 1 adds to the drive.
    order : int
        Of the synaptic filter.
    tau : float
        Of the filter, ms.
    dale : bool
        Whether each unit is an excitatory and an inhibitory one.
    """

    model: NeuronModel
    input: str
    threshold: float
    gain: float
    order: int = 0
    tau: float = 10.0
    dale: bool = False


KINDS = {
    # Slow, rounded currents everywhere: abrupt ones let rates near threshold follow their fluctuations.
    # A long refractory time lets rates saturate; without it, units that are driven most outweigh the others.
    "rate": Kind(LIFRate.copy(tau_ref="8 ms"), "v_in", 1.0, 4.0, order=1, tau=20.0),
    "lif": Kind(LIF.copy(tau_ref="8 ms"), "v_in", 1.0, 4.0, order=1, tau=20.0),
    "lif_dale": Kind(LIF.copy(tau_ref="8 ms"), "v_in", 1.0, 4.0, order=1, tau=20.0, dale=True),
    "hh": Kind(HodgkinHuxley, "I", 6.3, 8.0, order=1, tau=20.0),
}
"""Units driven by currents, by name."""

UNITS = ("binary", "continuous", *KINDS)


def recall_in_units(
    memory: Hopfield,
    probe: Any,
    pattern: int,
    units: Sequence[str] = ("binary", "continuous", "lif", "hh"),
    *,
    cue: Any = 60.0,
    duration: Any = 400.0,
    window: Any = 20.0,
    dt: Any = 0.05,
    threads: int | None = None,
) -> Courses:
    """Let one memory recall in units of several kinds, from the same probe.

    For the time of the cue each unit is driven as the probe says; then the connections alone hold the state.

    Parameters
    ----------
    memory : Hopfield
        Fitted, with patterns and symmetric weights.
    probe : array of shape (n,)
    pattern : int
        Which stored pattern overlaps are with.
    units : sequence of str, default ("binary", "continuous", "lif", "hh")
        Also ``"rate"``, the rate twin of LIF, and ``"lif_dale"``, LIF units by Dale's law.
    cue : float, str or quantity, default 60
        ms.
    duration : float, str or quantity, default 400
        ms, with the cue.
    window : float, str or quantity, default 20
        Interval at which states are read, ms.
    dt : float, str or quantity, default 0.05
        ms.
    threads : int, optional
        By default one for each processor.

    Returns
    -------
    Courses
        A dict of str to Course, with a ``plot`` of overlaps against time. Binary units are held as the probe
        says while the cue lasts; then a window stands for a sweep, and at rest they stay as they are.

    Raises
    ------
    ParameterError, UnitError
        If a kind of unit is unknown, the memory holds nothing or has no energy, the probe is not one state
        that fits it, or a time is none or out of its range.
    """
    stored = patterns_in("recall_in_units(memory)", memory)
    if not memory.has_energy:
        limit = "the weights are not symmetric, so that units of other kinds may never come to rest"
        raise ParameterError(
            "recall_in_units(memory)", memory, limit, "Use a symmetric rule, such as 'hebb'."
        )
    check_units("recall_in_units(units)", units)
    sought = read_whole("recall_in_units(pattern)", pattern, 0, len(stored) - 1)
    states = read_probes("recall_in_units(probe)", probe, memory.values, stored.shape[1])
    if len(states) > 1:
        raise ParameterError("recall_in_units(probe)", states.shape, "must be a single state")
    times = {"cue": cue, "duration": duration, "window": window, "dt": dt}
    led, length, interval, step = (
        float(convert(time, "ms", f"recall_in_units({name})")) for name, time in times.items()
    )
    if not 0 <= led <= length:
        limit = f"must be from 0 to the duration, {length:g} ms"
        raise ParameterError("recall_in_units(cue)", cue, limit)
    if not 0 < interval <= length:
        limit = f"must be above 0 and at most the duration, {length:g} ms"
        raise ParameterError("recall_in_units(window)", window, limit)
    courses = {}
    for name in units:
        if name == "binary":
            courses[name] = _binary(memory, probe, sought, led, length, interval)
        elif name == "continuous":
            courses[name] = _continuous(memory, probe, sought, led, length, interval)
        else:
            courses[name] = _driven(
                memory, KINDS[name], states[0], sought, led, length, interval, step, threads
            )
    return Courses(courses, led)


def check_units(where: str, units: Sequence[str]) -> None:
    """Raise ParameterError unless this is a list of kinds of unit, at least one."""
    if not isinstance(units, list | tuple) or not units:
        raise ParameterError(
            where, units, "must name at least one kind of unit", f"There are {', '.join(UNITS)}."
        )
    for name in units:
        one_of(where, name, UNITS)


def _ends(duration: float, window: float) -> np.ndarray:
    """Ends of the windows that a run holds, ms."""
    return window * np.arange(1, int(duration / window * (1 + 1e-9)) + 1)


def _binary(memory: Hopfield, probe: Any, pattern: int, cue: float, duration: float, window: float) -> Course:
    t = _ends(duration, window)
    sweeps = np.ceil((t - cue) / window - 1e-9).astype(int).clip(0)
    kept = memory.recall(probe, sweeps=max(int(sweeps[-1]), 1), trajectory=True).trajectory[:, 0]
    states = kept[np.minimum(sweeps, len(kept) - 1)]
    if memory.values == (0, 1):
        states = 2 * states - 1
    return Course(t, states, memory._overlap(states)[:, pattern])


def _continuous(
    memory: Hopfield, probe: Any, pattern: int, cue: float, duration: float, window: float
) -> Course:
    found = ContinuousHopfield(memory).recall(probe, duration, cue=cue, every=window)
    states = np.where(found.outputs[1:, 0] > 0, np.int8(1), np.int8(-1))
    return Course(found.t[1:], states, memory._overlap(states)[:, pattern])


def _driven(
    memory: Hopfield,
    kind: Kind,
    probe: np.ndarray,
    pattern: int,
    cue: float,
    duration: float,
    window: float,
    dt: float,
    threads: int | None,
) -> Course:
    n, full = probe.size, _full_rate(kind)
    gain = kind.gain / pattern_field("recall_in_units(memory)", memory)
    balance = kind.threshold + gain * (memory.bias_ - memory.connectivity_.forward(np.ones(n)))
    current = PSCFilter(kind.tau, order=kind.order, gain=2 * gain * 1000.0 / full)
    parts = split_by_sign(memory.connectivity_) if kind.dale else (memory.connectivity_,)
    cells = [Population(n, kind.model, receptors={"memory": current}) for _ in parts]
    recurrent = [
        Projection(pre, post, part, delay=dt, dale=kind.dale)
        for pre, part in zip(cells, parts, strict=True)
        for post in cells
    ]
    spiking = kind.model.threshold is not None
    monitor: Any = (
        SpikeMonitor(cells[0]) if spiking else StateMonitor(cells[0], "rate", dt=window, when="end")
    )
    network = Network(*cells, *recurrent, monitor, dt=dt, threads=threads)
    for drive, time in ((balance + 2 * kind.gain * probe, cue), (balance, duration - cue)):
        for population in cells:
            population[kind.input] = drive
        network.run(time)
    if spiking:
        t, rates = read_rates(monitor.t, monitor.i, n, duration, window)
    else:
        t, rates = monitor.t, monitor["rate"]
    states = np.where(rates > full / 2, np.int8(1), np.int8(-1))
    return Course(
        t, states, memory._overlap(states)[:, pattern], len(monitor) * len(cells) if spiking else None
    )


def _full_rate(kind: Kind) -> float:
    """Rate of a unit that a field of 1 drives, Hz."""
    model = KINDS["lif"].model if kind is KINDS["rate"] else kind.model
    return float(model.rate(kind.threshold + kind.gain))


def read_rates(
    spike_times: np.ndarray, neurons: np.ndarray, n: int, duration: float, window: float
) -> tuple[np.ndarray, np.ndarray]:
    """Spikes through the filter ``exp(-t/tau)/tau``, read at the end of each window.

    The levels are those that a constant rate since time 0 would have to have, so that the first are not low.

    Parameters
    ----------
    spike_times, neurons : ndarray, shape (n_spikes,)
        ms, and the neuron that fired, from 0 to `n` - 1.
    n : int
    duration, window : float
        ms.

    Returns
    -------
    tuple of ndarray
        The ends of the windows, ms, shape (n_windows,), and the rates, Hz, shape (n_windows, n).
    """
    ends = _ends(duration, window)
    place = (spike_times / window).astype(int)
    read = place < len(ends)  # what comes after the last window is not
    spike_times, neurons, place = spike_times[read], neurons[read], place[read]
    left = np.exp((spike_times - ends[place]) / READING) * 1000.0 / READING
    levels = np.bincount(place * n + neurons, left, len(ends) * n).reshape(-1, n)
    for before, level in pairwise(levels):
        level += np.exp(-window / READING) * before
    return ends, levels / (1 - np.exp(-ends / READING))[:, None]
