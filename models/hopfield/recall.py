"""What a recall gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Recall:
    """Where probes went.

    Attributes
    ----------
    states : ndarray of int8, shape (batch, n)
        The last states.
    overlaps : ndarray of shape (batch, m)
        Mean product with each stored pattern; 1 where they are the same.
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
        """Stored pattern that each state is most alike, in either sign; shape (batch,)."""
        return np.abs(self.overlaps).argmax(axis=1)

    def plot(self, ax: Any = None) -> Any:
        """Draw the overlap with the nearest pattern against sweeps, a line for each probe, or its histogram.

        Parameters
        ----------
        ax : Axes, optional
            A new figure's otherwise.
        """
        from neurosim.plotting import plot_overlaps

        if self.trajectory_overlaps is None:
            return plot_overlaps(np.abs(self.overlaps).max(axis=1), ax)
        nearest = self.nearest
        lines = np.take_along_axis(self.trajectory_overlaps, nearest[None, :, None], axis=2)[..., 0]
        return plot_overlaps(lines, ax)

    def __repr__(self) -> str:
        kinds, counts = np.unique(self.outcome, return_counts=True)
        told = ", ".join(f"{count} {kind}" for kind, count in zip(kinds, counts, strict=True))
        best = f"; largest overlap {np.abs(self.overlaps).max():.3f}" if self.overlaps.size else ""
        return f"Recall({len(self.states)} probes: {told}{best})"
