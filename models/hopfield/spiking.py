"""One memory in units of different kinds: binary, continuous, rate, LIF and Hodgkin-Huxley.

A unit is up while it fires. With rho its rate, in parts of the rate at which it should fire, the field that
binary units get from states ``2 rho - 1`` becomes the current ``2 G W rho`` through the connections, and a
constant ``-G (1 W)`` to each unit. So the very weights of the memory drive every kind of unit. Where Dale's
law is to hold, each unit is two that get the same input: one sends the positive weights, one the negative.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from neurosim.models.hopfield.continuous import ContinuousHopfield, pattern_field
from neurosim.models.hopfield.memory import Hopfield
from neurosim.models.hopfield.reading import read_states

from neurosim.connectivity.dale import split_by_sign
from neurosim.errors import ParameterError
from neurosim.network import Network, Population, Projection, SpikeMonitor, StateMonitor
from neurosim.neurons import LIF, HodgkinHuxley, LIFRate, NeuronModel
from neurosim.synapses import PSCFilter

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


@dataclass(frozen=True)
class Course:
    """How one network comes to a pattern.

    Attributes
    ----------
    t : ndarray, shape (n_times,)
        Ends of the windows, ms.
    states : ndarray of int8, shape (n_times, n)
        1 for units whose rate, read through an exponential filter, is more than half of the full rate, or
        whose output is positive; else -1.
    overlaps : ndarray, shape (n_times,)
        With the pattern that was sought.
    n_spikes : int or None
        Of all neurons; None for units without spikes.
    """

    t: np.ndarray
    states: np.ndarray
    overlaps: np.ndarray
    n_spikes: int | None = None


class Courses(dict[str, Course]):
    """The course of each kind of unit, by name."""

    def __init__(self, courses: Mapping[str, Course], cue: float) -> None:
        super().__init__(courses)
        self.cue = cue

    def plot(self, ax: Any = None) -> Any:
        """Draw overlaps against time, a line for each kind of unit, with the time of the cue shaded.

        Parameters
        ----------
        ax : Axes, optional
            A new figure's otherwise.
        """
        from neurosim.plotting import new_figure, unit_colour, unit_name
        from neurosim.plotting.style import PALE, add_legend, dress

        axes = new_figure().add_subplot() if ax is None else ax
        axes.axvspan(0, self.cue, color=PALE, linewidth=0, label="Cue")
        widths = np.linspace(6.0, 1.2, len(self))  # lines on top of one another can all be seen
        for width, (name, course) in zip(widths, self.items(), strict=True):
            axes.plot(
                course.t, course.overlaps, linewidth=width, color=unit_colour(name), label=unit_name(name)
            )
        axes.set_ylim(min(0.0, *(course.overlaps.min() for course in self.values())), 1.03)
        axes.set_xlim(left=0)
        add_legend(axes, "lower right")
        return dress(axes, "Time (ms)", "Overlap with the stored pattern")

    def plot_states(self) -> Any:
        """Draw the states against time, a panel for each kind of unit; returns the figure."""
        from neurosim.plotting import new_figure, unit_name
        from neurosim.plotting.style import add_title, dress

        rows = -(-len(self) // 2)
        figure = new_figure(7.0, 0.6 + 2.2 * rows)
        panels = figure.subplots(rows, 2, sharex=True, sharey=True, squeeze=False).ravel()
        for ax, (name, course) in zip(panels, self.items(), strict=False):
            ends = np.append(2 * course.t[0] - course.t[1], course.t)
            ax.pcolormesh(ends, np.arange(course.states.shape[1] + 1), course.states.T, cmap="Greys")
            add_title(dress(ax, "Time (ms)", "Unit"), unit_name(name))
        for ax in panels[len(self) :]:
            ax.remove()
        return figure


def recall_in_units(
    memory: Hopfield,
    probe: Any,
    pattern: int,
    units: Sequence[str] = ("binary", "continuous", "lif", "hh"),
    *,
    cue: float = 60.0,
    duration: float = 400.0,
    window: float = 20.0,
    dt: float = 0.05,
    threads: int | None = None,
) -> Courses:
    """Let one memory recall in units of several kinds, from the same probe.

    For the time of the cue each unit is driven as the probe says; then the connections alone hold the state.

    Parameters
    ----------
    memory : Hopfield
        Fitted; with symmetric weights.
    probe : array of shape (n,)
    pattern : int
        Which stored pattern overlaps are with.
    units : sequence of str, default ("binary", "continuous", "lif", "hh")
        Also ``"rate"``, the rate twin of LIF, and ``"lif_dale"``, LIF units by Dale's law.
    cue : float, default 60
        ms.
    duration : float, default 400
        ms, with the cue.
    window : float, default 20
        Interval at which states are read, ms.
    dt : float, default 0.05
        ms.
    threads : int, optional
        By default one for each processor.

    Returns
    -------
    Courses
        A dict of str to Course, with a ``plot`` of overlaps against time. Binary units begin at the end of
        the cue, with a window for each sweep, and then stay as they are.

    Raises
    ------
    ParameterError
        If a kind of unit is unknown, the memory holds nothing, or the probe does not fit it.
    """
    memory._check_fitted("recall_in_units")
    for name in units:
        if name not in UNITS:
            raise ParameterError("recall_in_units(units)", name, f"must be among {', '.join(UNITS)}")
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
            courses[name] = _binary(memory, probe, wanted, cue, duration, window)
        elif name == "continuous":
            courses[name] = _continuous(memory, probe, wanted, cue, duration, window)
        else:
            courses[name] = _driven(memory, KINDS[name], state, wanted, cue, duration, window, dt, threads)
    return Courses(courses, cue)


def _binary(
    memory: Hopfield, probe: Any, wanted: np.ndarray, cue: float, duration: float, window: float
) -> Course:
    t = np.arange(cue, duration + window / 2, window)
    kept = memory.recall(probe, sweeps=max(len(t) - 1, 1), trajectory=True).trajectory[:, 0]
    states = kept[np.minimum(np.arange(len(t)), len(kept) - 1)]
    if memory.values == (0, 1):
        states = 2 * states - 1
    return Course(t, states, states @ wanted / wanted.size)


def _continuous(
    memory: Hopfield, probe: Any, wanted: np.ndarray, cue: float, duration: float, window: float
) -> Course:
    found = ContinuousHopfield(memory).recall(probe, duration, cue=cue, every=window)
    states = np.where(found.outputs[1:, 0] > 0, np.int8(1), np.int8(-1))
    return Course(found.t[1:], states, states @ wanted / wanted.size)


def _driven(
    memory: Hopfield,
    kind: Kind,
    probe: np.ndarray,
    wanted: np.ndarray,
    cue: float,
    duration: float,
    window: float,
    dt: float,
    threads: int | None,
) -> Course:
    n, full = wanted.size, _full_rate(kind)
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
    return Course(t, states, states @ wanted / n, len(monitor) * len(cells) if spiking else None)


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
    ends = np.arange(window, duration + window / 2, window)
    place = np.minimum((spike_times / window).astype(int), len(ends) - 1)
    left = np.exp((spike_times - ends[place]) / READING) * 1000.0 / READING
    levels = np.bincount(place * n + neurons, left, len(ends) * n).reshape(-1, n)
    for before, level in pairwise(levels):
        level += np.exp(-window / READING) * before
    return ends, levels / (1 - np.exp(-ends / READING))[:, None]
