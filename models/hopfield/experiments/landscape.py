"""The energy of a memory in the plane of two of its patterns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from neurosim.models.hopfield.memory import Hopfield, patterns_in
from neurosim.models.hopfield.reading import read_whole
from neurosim.models.hopfield.recall import Recall

from neurosim.connectivity.checks import read_array
from neurosim.errors import ParameterError


@dataclass(frozen=True)
class Landscape:
    """Energy over the plane of two patterns a and b.

    Attributes
    ----------
    coordinates : ndarray, shape (points,)
        Of both axes, from -1 to 1.
    energies : ndarray, shape (points, points)
        Of the states ``u a + v b``, v by row and u by column; NaN outside ``|u| + |v| <= 1``, where units
        would leave the range from -1 to 1.
    patterns : tuple of two int
        Which these are.
    gram : ndarray, shape (2, 2)
        Overlaps of both (row) with both (column). They are not symmetric where overlaps are `centred` and the
        two differ in activity.
    """

    coordinates: np.ndarray
    energies: np.ndarray
    patterns: tuple[int, int]
    gram: np.ndarray

    def project(self, overlaps: np.ndarray) -> np.ndarray:
        """Coordinates of the points of the plane that overlap a and b as states do.

        Where overlaps are plain products these are the points nearest to the states.

        Parameters
        ----------
        overlaps : ndarray, shape (..., m)
            Of the states with all stored patterns.

        Returns
        -------
        ndarray, shape (..., 2)
        """
        both = overlaps[..., list(self.patterns)]
        return np.asarray(both @ np.linalg.inv(self.gram))

    def plot(self, ax: Any = None, *, recall: Recall | None = None) -> Any:
        """Draw the landscape, and the paths of a recall with a trajectory as seen from above.

        Raises
        ------
        ParameterError
            If the recall has no trajectory, or is that of a memory without these patterns.
        """
        from neurosim.plotting import plot_energy_landscape

        paths = None
        if recall is not None:
            if recall.trajectory_overlaps is None:
                remedy = "Recall with trajectory=True."
                raise ParameterError("Landscape.plot(recall)", recall, "has no trajectory", remedy)
            if (m := recall.overlaps.shape[1]) <= max(self.patterns):
                limit = f"is of a memory of {m} patterns, which has no pattern {max(self.patterns)}"
                raise ParameterError("Landscape.plot(recall)", recall, limit)
            paths = self.project(recall.trajectory_overlaps)
        a, b = self.patterns
        names = (f"Pattern {a}", f"Pattern {b}")
        return plot_energy_landscape(self.coordinates, self.energies, ax, paths=paths, names=names)


def energy_landscape(memory: Hopfield, patterns: tuple[int, int] = (0, 1), *, points: int = 121) -> Landscape:
    """Energy of a memory over the plane of two stored patterns, and their negatives.

    Parameters
    ----------
    memory : Hopfield
        Fitted, with symmetric weights.
    patterns : tuple of two int, default (0, 1)
        Which; neither the same nor each other's negative. Where overlaps are `centred`, the units of neither
        may be all alike.
    points : int, default 121
        On each axis.

    Raises
    ------
    ParameterError
        If there are no such patterns or they span no plane, or the memory has no energy.
    """
    stored = patterns_in("energy_landscape(memory)", memory)
    if not memory.has_energy:
        limit = "there is no energy for weights that are not symmetric"
        raise ParameterError("energy_landscape(memory)", memory, limit)
    read_whole("energy_landscape(points)", points, 2)
    chosen, m = read_array("energy_landscape(patterns)", patterns), len(stored)
    if chosen.shape != (2,) or chosen.dtype.kind not in "iu" or not 0 <= chosen.min() <= chosen.max() < m:
        limit = f"must be two whole numbers from 0 to {m - 1}"
        raise ParameterError("energy_landscape(patterns)", patterns, limit)
    both = stored[chosen].astype(float)
    gram = memory._overlap(stored[chosen])[:, chosen]
    if np.linalg.matrix_rank(gram) < 2:
        limit = "span no plane: the same, each other's negative, or of units all alike"
        raise ParameterError("energy_landscape(patterns)", patterns, limit)
    # The energy is a quadratic form: three products say all about the plane.
    weighted = memory.fields(both) - memory.bias_
    quadratic, linear = both @ weighted.T, both @ memory.bias_
    coordinates = np.linspace(-1, 1, points)
    u, v = np.meshgrid(coordinates, coordinates)
    cross = quadratic[0, 1] + quadratic[1, 0]
    energies = -0.5 * (quadratic[0, 0] * u**2 + cross * u * v + quadratic[1, 1] * v**2)
    energies -= linear[0] * u + linear[1] * v
    energies[np.abs(u) + np.abs(v) > 1 + 1e-9] = np.nan
    return Landscape(coordinates, energies, (int(patterns[0]), int(patterns[1])), gram)
