"""A learning rate that falls when the loss does not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from neurosim.errors import ParameterError
from neurosim.rate.checks import (
    checked_amount,
    checked_count,
    checked_positive,
    checked_share,
    is_real,
)
from neurosim.rate.optimisers.optimiser_state import check_entries
from neurosim.rate.optimisers.schedule import Schedule


class ReduceOnPlateau(Schedule):
    """A rate that is multiplied by `factor` when the loss has not fallen for more than `patience` epochs.

    `fit` tells it the validation loss, or without validation data the loss, after each epoch; a loop of one's
    own calls ``optimiser.observe(loss)``.

    Parameters
    ----------
    rate : float
        The first.
    factor : float, default 0.1
        Below 1.
    patience : int, default 10
        Epochs without progress that are borne.
    threshold : float, default 1e-4
        Progress is a loss below the best one by more than this share of it.
    cooldown : int, default 0
        Epochs after a change that are not counted.
    lowest : float, default 0.0
        The rate does not fall below.

    Raises
    ------
    ParameterError
        If a number is out of its range.
    """

    def __init__(
        self,
        rate: float,
        factor: float = 0.1,
        *,
        patience: int = 10,
        threshold: float = 1e-4,
        cooldown: int = 0,
        lowest: float = 0.0,
    ) -> None:
        self.rate = checked_positive("ReduceOnPlateau.rate", rate)
        self.factor = checked_share("ReduceOnPlateau.factor", factor)
        self.patience = checked_count("ReduceOnPlateau.patience", patience, least=0)
        self.threshold = checked_share("ReduceOnPlateau.threshold", threshold)
        self.cooldown = checked_count("ReduceOnPlateau.cooldown", cooldown, least=0)
        self.lowest = checked_amount("ReduceOnPlateau.lowest", lowest)
        self._now = self.rate
        self._best = np.inf
        self._waited = 0
        self._cooling = 0

    def _rate(self, step: int) -> float:
        return self._now

    def observe(self, loss: float) -> None:
        """Take note of the loss after an epoch.

        Raises
        ------
        ParameterError
            If it is not a number.
        """
        if not is_real(loss) or np.isnan(loss):
            raise ParameterError("ReduceOnPlateau.observe(loss)", loss, "must be a number")
        if loss < self._goal():
            self._best, self._waited = float(loss), 0
        else:
            self._waited += 1
        if self._cooling:
            self._cooling -= 1
            self._waited = 0
        if self._waited > self.patience:
            self._now = max(self._now * self.factor, self.lowest)
            self._waited, self._cooling = 0, self.cooldown

    def _goal(self) -> float:
        """The loss below which there is progress."""
        return self._best - self.threshold * abs(self._best) if np.isfinite(self._best) else self._best

    def state(self) -> dict[str, Any]:
        """Return the present rate, the best loss and the epochs that were counted."""
        best = self._best if np.isfinite(self._best) else None  # JSON knows no infinity
        return {"rate": self._now, "best": best, "waited": self._waited, "cooling": self._cooling}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Go on from what `state` returned."""
        where = "ReduceOnPlateau.load_state(state)"
        check_entries(where, state, self.state())
        rate = checked_positive(f"{where}['rate']", state["rate"])
        best = np.inf if state["best"] is None else state["best"]
        if not is_real(best) or np.isnan(best):
            raise ParameterError(f"{where}['best']", best, "must be a number")
        waited = checked_count(f"{where}['waited']", state["waited"], least=0)
        cooling = checked_count(f"{where}['cooling']", state["cooling"], least=0)
        self._now, self._best, self._waited, self._cooling = rate, float(best), waited, cooling

    def __repr__(self) -> str:
        return (
            f"ReduceOnPlateau({self.rate!r}, {self.factor!r}, patience={self.patience}, "
            f"threshold={self.threshold!r}, cooldown={self.cooldown}, lowest={self.lowest!r}; "
            f"now {self._now!r})"
        )
