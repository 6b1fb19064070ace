"""Where in load and temperature a memory works."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from neurosim.models.hopfield.experiments.curve import read_points, vary
from neurosim.models.hopfield.experiments.patterns import patterns_at
from neurosim.models.hopfield.mean_field import retrieval_temperature
from neurosim.models.hopfield.memory import Hopfield
from neurosim.models.hopfield.reading import read_whole


@dataclass(frozen=True)
class PhaseDiagram:
    """Overlaps that memories keep, against load and temperature.

    Attributes
    ----------
    loads : ndarray, shape (loads,)
        Patterns a unit.
    temperatures : ndarray, shape (temperatures,)
        In units where the weights are ``(1/n) sum x^T x``.
    overlaps : ndarray, shape (temperatures, loads, trials)
    n : int
        Units.
    """

    loads: np.ndarray
    temperatures: np.ndarray
    overlaps: np.ndarray
    n: int

    def plot(self, ax: Any = None) -> Any:
        """Draw mean overlaps as a map, and the line up to which theory holds a pattern."""
        from neurosim.plotting import plot_phase_diagram

        inside = self.loads[self.loads < 0.1379]
        fine = np.linspace(max(float(inside.min()), 1e-3), 0.137, 10) if inside.size else np.zeros(0)
        line = np.array([retrieval_temperature(float(load)) for load in fine])
        mean = self.overlaps.mean(axis=2)
        return plot_phase_diagram(self.loads, self.temperatures, mean, ax, boundary=(fine, line))


def phase_diagram(
    n: int = 500,
    loads: Sequence[float] | np.ndarray = tuple(0.01 * k for k in range(1, 17)),
    temperatures: Sequence[float] | np.ndarray = tuple(0.1 * k for k in range(12)),
    *,
    sweeps: int = 40,
    trials: int = 2,
    probes: int = 5,
    seed: int = 0,
    progress: bool = False,
) -> PhaseDiagram:
    """Overlap with the pattern a run starts at, after a time at a temperature.

    Parameters
    ----------
    n : int, default 500
        Units.
    loads : sequence of float, default sixteen from 0.01 to 0.16
        Patterns a unit.
    temperatures : sequence of float, default twelve from 0 to 1.1
        In units where the weights are ``(1/n) sum x^T x``.
    sweeps : int, default 40
        Over all units, by heat bath.
    trials : int, default 2
        Memories of random patterns at each point.
    probes : int, default 5
        Patterns tried in each.
    seed : int, default 0
    progress : bool, default False

    Returns
    -------
    PhaseDiagram
        To be compared with `mean_field.order_parameters`.

    Raises
    ------
    ParameterError
        If loads or temperatures are no lists of numbers, or a number is out of its range.
    """
    x, y = (
        read_points("phase_diagram(loads)", loads),
        read_points("phase_diagram(temperatures)", temperatures),
    )
    read_whole("phase_diagram(probes)", probes)
    grid = [(float(T), float(load)) for T in y for load in x]

    def kept(place: float, rng: np.random.Generator) -> float:
        T, load = grid[int(place)]
        patterns = patterns_at(load, n, rng)
        memory = Hopfield(random_state=int(rng.integers(2**31))).fit(patterns)
        heat = T * n / len(patterns)  # rules divide by the number of patterns
        found = memory.recall(patterns[:probes], sweeps=sweeps, temperature=heat, threads=1)
        return float(found.overlaps.diagonal().mean())

    values = vary("phase_diagram(loads, temperatures)", np.arange(len(grid)), trials, seed, progress, kept)
    return PhaseDiagram(x, y, values.reshape(len(y), len(x), trials), n)
