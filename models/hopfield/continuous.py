"""The memory of graded units: a differential equation on the weights of the binary one (Hopfield 1984)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from neurosim.models.hopfield.memory import Hopfield, patterns_in
from neurosim.models.hopfield.reading import read_number, read_probes

from neurosim.connectivity.checks import read_numbers
from neurosim.errors import ParameterError
from neurosim.network import Network, Population, Projection, StateMonitor
from neurosim.neurons import LeakyPotential
from neurosim.synapses import Continuous
from neurosim.units import convert


@dataclass(frozen=True)
class Flow:
    """How graded units came to rest.

    Attributes
    ----------
    t : ndarray, shape (n_times,)
        ms; the first is 0.
    outputs : ndarray, shape (n_times, batch, n)
        V, from -1 to 1.
    energies : ndarray, shape (n_times, batch)
        See `ContinuousHopfield.energy`.
    overlaps : ndarray, shape (n_times, batch, m)
        Mean product of V with each stored pattern.
    values : tuple of two int, default (-1, 1)
        How the memory writes the two states.
    """

    t: np.ndarray
    outputs: np.ndarray
    energies: np.ndarray
    overlaps: np.ndarray
    values: tuple[int, int] = (-1, 1)

    @property
    def states(self) -> np.ndarray:
        """States by the signs of the last outputs, of the memory's two values; int8, shape (batch, n)."""
        low, high = self.values
        return np.where(self.outputs[-1] > 0, np.int8(high), np.int8(low))

    def plot(self, ax: Any = None) -> Any:
        """Draw the energy against time, a line for each probe, up to seven of them with their names.

        Parameters
        ----------
        ax : Axes, optional
            A new figure's otherwise.
        """
        from neurosim.plotting import new_figure
        from neurosim.plotting.style import CYCLE, add_legend, dress, layered_widths

        axes = new_figure().add_subplot() if ax is None else ax
        batch = self.energies.shape[1]
        widths = layered_widths(batch) if batch <= len(CYCLE) else [1.2] * batch
        for k, (energies, width) in enumerate(zip(self.energies.T, widths, strict=True)):
            colour = CYCLE[k % len(CYCLE)]
            axes.plot(self.t, energies, color=colour, linewidth=width, label=f"Probe {k}")
        if 1 < batch <= len(CYCLE):
            add_legend(axes)
        return dress(axes, "Time (ms)", "Energy")


class ContinuousHopfield:
    """Graded units on the connections of a memory: ``tau du/dt = -u + V W + b``, ``V = tanh(gain u/h)``.

    h is the mean field that the stored patterns have, so that a gain means the same for every rule. At a gain
    below about 1 the only state at rest is ``V = 0``; the higher it is, the nearer are the states at rest to
    those of the binary units. ``h/gain`` is the temperature at which binary units obey the same equations on
    average. The engine solves the equations.

    Parameters
    ----------
    memory : Hopfield
        Fitted. Its connectivity is used as it is, with what a unit sends itself.
    gain : float, default 10
        Slope of tanh at 0, for a field of h.
    tau : float, str or quantity, default "10 ms"
        Time constant.

    Raises
    ------
    ParameterError
        If the memory holds no patterns or has no fields, or a number is not positive.

    References
    ----------
    Hopfield (1984), doi:10.1073/pnas.81.10.3088, eq. 5.

    Examples
    --------
    >>> patterns = np.random.default_rng(0).choice([-1, 1], (5, 100))
    >>> probe = patterns[2] * np.where(np.arange(100) < 20, -1, 1)
    >>> found = ContinuousHopfield(Hopfield().fit(patterns)).recall(probe)
    >>> bool((found.states == patterns[2]).all())
    True
    """

    def __init__(self, memory: Hopfield, *, gain: float = 10.0, tau: Any = "10 ms") -> None:
        self.memory = memory
        self.field = pattern_field("ContinuousHopfield.memory", memory)
        self.gain = _positive("ContinuousHopfield.gain", gain)
        self.tau = _positive("ContinuousHopfield.tau", convert(tau, "ms", "ContinuousHopfield.tau"))

    def recall(
        self, probes: Any, duration: Any = "200 ms", *, cue: Any = 0.0, every: Any = None, dt: Any = None
    ) -> Flow:
        """Let the outputs flow downhill from where probes put them.

        Parameters
        ----------
        probes : array of shape (n,) or (batch, n)
            Of the memory's two values; the potentials begin at h, or -h.
        duration : float, str or quantity, default "200 ms"
            ms, with the cue.
        cue : float, str or quantity, default 0
            For how long the units are driven towards the probe by 2 h as well, ms.
        every : float, str or quantity, optional
            Interval at which outputs are kept, ms; `tau`/10 by default.
        dt : float, str or quantity, optional
            Time step, ms; `tau`/100 by default. The coupling is of first order in it, and the energy falls
            for certain where ``gain*dt`` is well below `tau`.

        Raises
        ------
        ParameterError, UnitError
            If a probe does not fit the memory, or a time does not fit the time step.
        """
        memory, where = self.memory, "ContinuousHopfield.recall"
        n = memory.connectivity_.n_pre
        given = read_probes(f"{where}(probes)", probes, memory.values, n)
        times = {"duration": duration, "cue": cue}
        driven, length = (convert(times[name], "ms", f"{where}({name})") for name in ("cue", "duration"))
        if not 0 <= driven <= length:
            raise ParameterError(f"{where}(cue)", cue, f"must be from 0 to the duration, {length:g} ms")
        model = LeakyPotential(
            "tanh(slope*x)", tau=self.tau, parameters={"slope": (self.gain / self.field, "1", "")}
        )
        units = Population(n, model, receptors={"memory": Continuous()})
        start = self.field * given[0] if len(given) == 1 else self.field * given
        units["u"] = start
        units["x"] = memory.bias_ + 2 * start
        coupling = Projection(units, units, memory.connectivity_)
        interval = self.tau / 10 if every is None else every
        outputs = StateMonitor(units, "r", dt=interval, when="end")
        step = self.tau / 100 if dt is None else dt
        network = Network(units, coupling, outputs, dt=step, trials=len(given))
        network.run(driven)
        units["x"] = memory.bias_
        network.run(length - driven)
        return self._flow(given, outputs)

    def energy(self, outputs: Any) -> np.ndarray:
        """Energy of outputs from -1 to 1, shape (..., n); it falls as long as anything changes.

        ``-V W V/2 - b V + (h/gain) sum((1 + V) ln(1 + V) + (1 - V) ln(1 - V))/2``: the last is the integral
        of the inverse of tanh from 0 to V (eq. 7).

        Raises
        ------
        ParameterError
            If the weights are not symmetric, or these are no outputs of the units.
        """
        from scipy.special import xlog1py

        if not self.memory.has_energy:
            limit = "there is no energy for weights that are not symmetric"
            raise ParameterError("ContinuousHopfield.energy, memory", self.memory, limit)
        where = "ContinuousHopfield.energy(outputs)"
        V, connectivity = read_numbers(where, outputs).astype(np.float64), self.memory.connectivity_
        if V.shape[-1:] != (connectivity.n_pre,):
            raise ParameterError(where, V.shape, f"the stored patterns have {connectivity.n_pre} units")
        if not (np.abs(V) <= 1).all():
            raise ParameterError(where, outputs, "must be from -1 to 1")
        flat = V.reshape(-1, V.shape[-1]).astype(connectivity.weights.dtype)
        fields = connectivity.forward(flat).reshape(V.shape)
        own = 0.5 * (xlog1py(1 + V, V) + xlog1py(1 - V, -V))
        value: np.ndarray = (own * self.field / self.gain - V * (0.5 * fields + self.memory.bias_)).sum(-1)
        return value

    def _flow(self, given: np.ndarray, monitor: StateMonitor) -> Flow:
        n_times, (batch, n) = len(monitor.t), given.shape
        V = monitor["r"].reshape(n_times, batch, n)
        V = np.concatenate([np.tanh(self.gain * given)[None], V])
        return Flow(
            np.append(0.0, monitor.t),
            V,
            self.energy(V) if self.memory.has_energy else np.full((n_times + 1, batch), np.nan),
            V @ self.memory.patterns_.T / n,
            self.memory.values,
        )

    def __repr__(self) -> str:
        return f"ContinuousHopfield({self.memory!r}, gain={self.gain:g}, tau={self.tau:g})"


def pattern_field(where: str, memory: Hopfield) -> float:
    """Mean size of the fields that stored patterns have: the scale of a memory's weights.

    Raises
    ------
    ParameterError
        If nothing is stored, or no field is other than 0.
    """
    stored = patterns_in(where, memory)
    field = float(np.abs(memory.fields(stored)).mean())
    if field == 0:
        raise ParameterError(where, memory, "the fields of its patterns are all 0, so nothing holds them")
    return field


def _positive(where: str, number: Any) -> float:
    return read_number(where, number, "must be a positive number", 0, np.inf, open_=True)
