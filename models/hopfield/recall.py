"""What a recall gives."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from neurosim.models.hopfield.reading import one_of, read_whole

from neurosim.errors import ParameterError


@dataclass(frozen=True)
class Recall:
    """Where probes went.

    Attributes
    ----------
    states : ndarray of int8, shape (batch, n)
        The last states.
    overlaps : ndarray of shape (batch, m)
        With each stored pattern, see `Hopfield.overlap`; 1 where they are the same.
    energies : ndarray of shape (batch,), or None
        Of the last states; None for weights without an energy.
    sweeps : ndarray of int, shape (batch,)
        Sweeps done, the one that changed nothing, or closed a cycle, included.
    flips : ndarray of int, shape (batch,)
        Units that changed, counted each time.
    periods : ndarray of int, shape (batch,)
        1 for a fixed point; more for a cycle of so many sweeps, between two states where all units change at
        once, and longer only where weights are not symmetric; 0 for neither.
    trajectory : ndarray of int8, shape (sweeps + 1, batch, n), or None
        States before the first sweep and after each, where asked for.
    trajectory_overlaps : ndarray of shape (sweeps + 1, batch, m), or None
        Their overlaps.
    trajectory_energies : ndarray of shape (sweeps + 1, batch), or None
        Their energies, for weights that have one.
    """

    states: np.ndarray
    overlaps: np.ndarray
    energies: np.ndarray | None
    sweeps: np.ndarray
    flips: np.ndarray
    periods: np.ndarray
    trajectory: np.ndarray | None = None
    trajectory_overlaps: np.ndarray | None = field(default=None, repr=False)
    trajectory_energies: np.ndarray | None = field(default=None, repr=False)

    @property
    def outcome(self) -> np.ndarray:
        """``"converged"`` to a fixed point, ``"cycling"`` or ``"unfinished"``; str, shape (batch,)."""
        return np.array(["unfinished", "converged", "cycling"])[np.minimum(self.periods, 2)]

    @property
    def trajectory_flips(self) -> np.ndarray | None:
        """Units that each sweep left other than before, shape (sweeps, batch)."""
        if self.trajectory is None:
            return None
        changed: np.ndarray = (self.trajectory[1:] != self.trajectory[:-1]).sum(axis=2)
        return changed

    @property
    def nearest(self) -> np.ndarray:
        """Stored pattern that each state is most alike, in either sign; shape (batch,).

        Raises
        ------
        ParameterError
            If there are none.
        """
        if not self.overlaps.shape[1]:
            raise ParameterError("Recall.nearest", self, "there are no stored patterns")
        return np.abs(self.overlaps).argmax(axis=1)

    def plot(self, ax: Any = None, *, quantity: str = "overlap", probe: int | None = None) -> Any:
        """Draw the overlap with the nearest pattern against sweeps, a line for each probe, or its histogram.

        Parameters
        ----------
        ax : Axes, optional
            A new figure's otherwise.
        quantity : {"overlap", "energy", "flips"}, default "overlap"
            What to draw; the latter two need a trajectory, and weights with an energy.
        probe : int, optional
            Draw only this probe, and its overlaps with all patterns, a line for each; needs a trajectory.

        Returns
        -------
        Axes

        Raises
        ------
        ParameterError
            If there is no such quantity or probe, or no trajectory of it.
        """
        from neurosim.plotting import plot_overlaps, plot_pattern_overlaps, plot_recall_course

        one_of("Recall.plot(quantity)", quantity, ("overlap", "energy", "flips"))
        if quantity == "energy":
            energies = self._with_trajectory("plot(quantity='energy')", self.trajectory_energies)
            return plot_recall_course(energies, "Energy", ax)
        if quantity == "flips":
            flips = self._with_trajectory("plot(quantity='flips')", self.trajectory_flips)
            return plot_recall_course(flips, "Units flipped", ax, first=1)
        if probe is not None:
            overlaps = self._with_trajectory("plot(probe)", self.trajectory_overlaps)
            read_whole("Recall.plot(probe)", probe, 0, len(self.states) - 1)
            return plot_pattern_overlaps(overlaps[:, probe], ax)
        if self.trajectory_overlaps is None:
            best = np.take_along_axis(np.abs(self.overlaps), self.nearest[:, None], axis=1)
            return plot_overlaps(best[:, 0], ax)
        return plot_overlaps(self._towards_nearest(self.trajectory_overlaps), ax)

    def animate(self, path: str | Path, shape: tuple[int, int] | None = None) -> Path:
        """Write a GIF of the states as images, over their overlaps and energies.

        Parameters
        ----------
        path : str or path
            The file; its name must end in ``.gif``.
        shape : tuple of two int, optional
            Rows and columns of an image; by default square.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        ParameterError
            If there is no trajectory, or the shape does not hold the units.
        OutputError
            If the file cannot be written.
        """
        from neurosim.output import new_file
        from neurosim.plotting import animate_recall

        target = Path(path).expanduser()
        if target.suffix.lower() != ".gif":
            raise ParameterError("Recall.animate(path)", str(path), "must end in .gif")
        course = self._with_trajectory("animate", self.trajectory)
        overlaps = self._with_trajectory("animate", self.trajectory_overlaps)
        side = math.isqrt(course.shape[2])
        if shape is None and side**2 != course.shape[2]:
            limit = f"must be given, as {course.shape[2]} units make no square"
            raise ParameterError("Recall.animate(shape)", shape, limit)
        shown = self._towards_nearest(overlaps) if overlaps.shape[2] else np.zeros(overlaps.shape[:2])
        with new_file(target) as file:
            file.write(animate_recall(course, shape or (side, side), shown, self.trajectory_energies))
        return target

    def _towards_nearest(self, overlaps: np.ndarray) -> np.ndarray:
        """Overlaps with the pattern that the last state is nearest to, against sweeps."""
        return np.take_along_axis(overlaps, self.nearest[None, :, None], axis=2)[..., 0]

    def _with_trajectory(self, method: str, part: np.ndarray | None) -> np.ndarray:
        if part is None:
            remedy = "Recall with trajectory=True." if self.trajectory is None else ""
            what = "states in between were not kept" if self.trajectory is None else "weights have no energy"
            raise ParameterError(f"Recall.{method}", self, f"the {what}", remedy)
        return part

    def __repr__(self) -> str:
        kinds, counts = np.unique(self.outcome, return_counts=True)
        told = ", ".join(f"{count} {kind}" for kind, count in zip(kinds, counts, strict=True))
        best = f"; largest overlap {np.abs(self.overlaps).max():.3f}" if self.overlaps.size else ""
        return f"Recall({len(self.states)} probes: {told}{best})"
