"""One memory in units of different kinds: binary, rate, LIF and Hodgkin-Huxley, on the same connections.

A unit is up while it fires. With rho its rate, in parts of the rate at which it should fire, the field that
binary units get from states ``2 rho - 1`` becomes the current ``2 G W rho`` through the connections, and a
constant ``-G (1 W)`` to each unit. So the very weights of the memory drive every kind of unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from neurosim.models.hopfield.memory import Hopfield
from neurosim.models.hopfield.reading import read_states

from neurosim.errors import ParameterError
from neurosim.network import Network, Population, Projection, SpikeMonitor, StateMonitor
from neurosim.neurons import LIF, HodgkinHuxley, LIFRate, NeuronModel
from neurosim.synapses import PSCFilter

SMOOTHING = 3
"""Windows over which spikes are averaged."""


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
    """

    model: NeuronModel
    input: str
    threshold: float
    gain: float
    order: int = 0
    tau: float = 10.0


KINDS = {
    # Slow, rounded currents everywhere: abrupt ones let rates near threshold follow their fluctuations.
    # A long refractory time lets rates saturate; without it, units that are driven most outweigh the others.
    "rate": Kind(LIFRate.copy(tau_ref="8 ms"), "v_in", 1.0, 4.0, order=1, tau=20.0),
    "lif": Kind(LIF.copy(tau_ref="8 ms"), "v_in", 1.0, 4.0, order=1, tau=20.0),
    "hh": Kind(HodgkinHuxley, "I", 6.3, 8.0, order=1, tau=20.0),
}
"""By name; binary units need no entry."""


@dataclass(frozen=True)
class Course:
    """How one network comes to a pattern.

    Attributes
    ----------
    t : ndarray, shape (n_times,)
        Ends of the windows, ms.
    states : ndarray of int8, shape (n_times, n)
        1 for units whose rate, smoothed over a few windows, is more than half of the full rate; else -1.
    overlaps : ndarray, shape (n_times,)
        With the pattern that was sought.
    """

    t: np.ndarray
    states: np.ndarray
    overlaps: np.ndarray


def recall_in_units(
    memory: Hopfield,
    probe: Any,
    pattern: int,
    units: Sequence[str] = ("binary", "rate", "lif", "hh"),
    *,
    cue: float = 60.0,
    duration: float = 400.0,
    window: float = 20.0,
    dt: float = 0.05,
) -> dict[str, Course]:
    """Let one memory recall in units of several kinds, from the same probe.

    For the time of the cue each unit is driven as the probe says; then the connections alone hold the state.

    Parameters
    ----------
    memory : Hopfield
        Fitted; with symmetric weights.
    probe : array of shape (n,)
    pattern : int
        Which stored pattern overlaps are with.
    units : sequence of str, default all
        Of ``"binary"``, ``"rate"``, ``"lif"`` and ``"hh"``.
    cue : float, default 60
        ms.
    duration : float, default 400
        ms, with the cue.
    window : float, default 20
        Time over which spikes are counted, ms.
    dt : float, default 0.05
        ms.

    Returns
    -------
    dict of str to Course
        Binary units begin at the end of the cue, with a window for each sweep.

    Raises
    ------
    ParameterError
        If a kind of unit is unknown, the memory holds nothing, or the probe does not fit it.
    """
    memory._check_fitted("recall_in_units")
    for name in units:
        if name != "binary" and name not in KINDS:
            known = ", ".join(["binary", *KINDS])
            raise ParameterError("recall_in_units(units)", name, f"must be among {known}")
    m = len(memory.patterns_)
    if isinstance(pattern, bool) or not isinstance(pattern, int | np.integer) or not 0 <= pattern < m:
        limit = f"must be a whole number from 0 to {m - 1}"
        raise ParameterError("recall_in_units(pattern)", pattern, limit)
    wanted = memory.patterns_[pattern].astype(float)
    state = read_states("recall_in_units(probe)", np.atleast_2d(np.asarray(probe)), memory.values)[0]
    if state.size != wanted.size:
        limit = f"the stored patterns have {wanted.size} units"
        raise ParameterError("recall_in_units(probe)", state.shape, limit)
    courses = {}
    for name in units:
        if name == "binary":
            courses[name] = _binary(memory, probe, wanted, cue, window)
        else:
            courses[name] = _driven(memory, KINDS[name], state, wanted, cue, duration, window, dt)
    return courses


def _binary(memory: Hopfield, probe: Any, wanted: np.ndarray, cue: float, window: float) -> Course:
    found = memory.recall(probe, trajectory=True)
    states = found.trajectory[:, 0]
    if memory.values == (0, 1):
        states = 2 * states - 1
    return Course(cue + window * np.arange(len(states)), states, states @ wanted / wanted.size)


def _driven(
    memory: Hopfield,
    kind: Kind,
    probe: np.ndarray,
    wanted: np.ndarray,
    cue: float,
    duration: float,
    window: float,
    dt: float,
) -> Course:
    n, full = wanted.size, _full_rate(kind)
    # The field that a stored pattern has counts as 1, whatever the scale of the rule.
    gain = kind.gain / float(np.abs(memory.fields(memory.patterns_)).mean())
    balance = kind.threshold + gain * (memory.bias_ - memory.connectivity_.forward(np.ones(n)))
    current = PSCFilter(kind.tau, order=kind.order, gain=2 * gain * 1000.0 / full)
    cells = Population(n, kind.model, receptors={"memory": current})
    cells[kind.input] = balance + 2 * kind.gain * probe
    recurrent = Projection(cells, cells, memory.connectivity_, delay=dt)
    spiking = kind.model.threshold is not None
    monitor: Any = SpikeMonitor(cells) if spiking else StateMonitor(cells, "rate", dt=window, when="end")
    network = Network(cells, recurrent, monitor, dt=dt)
    network.run(cue)
    cells[kind.input] = balance
    network.run(duration - cue)
    if spiking:
        edges = np.arange(0.0, duration + window / 2, window)
        counts = np.histogram2d(monitor.t, monitor.i, [edges, np.arange(n + 1) - 0.5])[0]
        rates, t = 1000.0 / window * _smoothed(counts), edges[1:]
    else:
        rates, t = monitor["rate"], monitor.t
    states = np.where(rates > full / 2, np.int8(1), np.int8(-1))
    return Course(t, states, states @ wanted / n)


def _full_rate(kind: Kind) -> float:
    """Rate of a unit that a field of 1 drives, Hz."""
    model = KINDS["lif"].model if kind is KINDS["rate"] else kind.model
    return float(model.rate(kind.threshold + kind.gain))


def _smoothed(counts: np.ndarray) -> np.ndarray:
    """Means over up to `SMOOTHING` windows, none of them later."""
    sums = np.cumsum(np.vstack([np.zeros((1, counts.shape[1])), counts]), axis=0)
    last = np.arange(1, len(counts) + 1)
    first = np.maximum(last - SMOOTHING, 0)
    means: np.ndarray = (sums[last] - sums[first]) / (last - first)[:, None]
    return means
