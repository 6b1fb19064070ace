"""Continuous coupling at work: signals of populations, weighted and summed into a receptor of another."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from neurosim.connectivity.connectivity import Connectivity
from neurosim.engines.population_state import PopulationState
from neurosim.errors import ParameterError
from neurosim.network.projection import Projection
from neurosim.neurons.signal import Signal


class Part(NamedTuple):
    """What one projection brings.

    Attributes
    ----------
    connectivity : Connectivity
    rows : list of ndarray, shape (trials, n_pre)
        The signal, by step, in a ring.
    delay : int
        Steps.
    factor : float
        From a weight times a coherent signal to the coherent input.
    units : slice
        Those it ends on.
    """

    connectivity: Connectivity
    rows: list[NDArray[np.float64]]
    delay: int
    factor: float
    units: slice


class Coupling:
    """The continuous input of one receptor, from all the projections that end on it.

    Parameters
    ----------
    target : PopulationState
    receptor : str
    sources : list of (Projection, Signal, PopulationState, int)
        Each with what it passes on, where from, and its delay in steps.
    """

    def __init__(
        self,
        target: PopulationState,
        receptor: str,
        sources: list[tuple[Projection, Signal, PopulationState, int]],
    ) -> None:
        self.target, self.receptor, self.sources = target, receptor, sources
        self.sums = list(target.inlet(receptor).reshape(-1, *target.shape))
        self.outlets = [source.outlets.add(signal, delay) for _, signal, source, delay in sources]
        kind = target.population.receptors[receptor]
        self.variable = kind.variable if kind.difference else None
        if self.variable is not None:
            self.own = target.outlets.add(target.population.signal(self.variable, target.population.name), 0)
        self.product = np.zeros(target.shape)

    def prepare(self) -> None:
        """Take over where signals and weights stand; the sums of the weights count from now on.

        Raises
        ------
        ParameterError
            If the time step is too large for weights along a difference.
        """
        self.parts = [self._part(k, *source) for k, source in zip(self.outlets, self.sources, strict=True)]
        if self.variable is not None:
            target = self.target
            self.own_rows = list(target.outlets.rings[self.own, :, : target.size].reshape(-1, *target.shape))
            self.conductance = np.zeros(target.shape)
            for part in self.parts:
                ones = np.full((target.trials, part.connectivity.n_pre), part.factor)
                self.conductance[:, part.units] += part.connectivity.forward(ones)
            self._check_time_step(self.variable)

    def _part(
        self, outlet: int, projection: Projection, signal: Signal, source: PopulationState, delay: int
    ) -> Part:
        pre, post, target = projection.pre, projection.post, self.target.population
        ring = source.outlets.rings[outlet, :, : source.size].reshape(-1, *source.shape)
        rows = [row[:, pre.start : pre.stop] for row in ring]
        taken = target.system.units[target.composition.summed[self.receptor]]
        factor = 10.0 ** (taken.decades - signal.unit.decades)
        return Part(projection.connectivity, rows, delay, factor, slice(post.start, post.stop))

    def _check_time_step(self, variable: str) -> None:
        """Refuse steps in which two neurons would swap more than the difference between them."""
        target, population = self.target, self.target.population
        name = population.composition.summed[self.receptor]
        known = {**target.constants, **target.views}
        with np.errstate(all="ignore"):
            slopes = [population.system.derivatives(known | {name: x})[variable] for x in (0.0, 1.0)]
            fastest = float(np.max(np.abs(slopes[1] - slopes[0]) * np.abs(self.conductance)))
        if target.dt * fastest > 1.0:
            limit = (
                f"is too large for {population.name}.{self.receptor}, whose weights give {variable} a time "
            )
            limit += f"constant of {1 / fastest:.3g} ms"
            raise ParameterError("Network.dt", target.dt, limit, f"Use at most {1 / fastest:.2g} ms.")

    def gather(self, step: int, n_steps: int) -> None:
        """Sum what arrives in each step of a window that begins now.

        A signal on its way for `delay` steps is that of the beginning of step ``step - delay``.
        """
        for k in range(step, step + n_steps):
            total = self.sums[k - step]
            total.fill(0.0)
            for connectivity, rows, delay, factor, units in self.parts:
                signal = rows[(k - delay) % len(rows)]
                connectivity.add_forward(signal if factor == 1.0 else signal * factor, total[:, units])
            if self.variable is not None:
                total -= np.multiply(
                    self.own_rows[k % len(self.own_rows)], self.conductance, out=self.product
                )
