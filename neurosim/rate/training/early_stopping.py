"""When to stop training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from neurosim.rate.checks import checked_amount, checked_count


@dataclass(frozen=True)
class EarlyStopping:
    """Stop when the loss has not fallen for `patience` epochs; the network then gets its best weights back.

    The loss is that on the validation data, or without any that on the training data.

    Parameters
    ----------
    patience : int, default 10
        Epochs without progress after which training ends, at least 1.
    least : float, default 0.0
        Progress is a loss below the best one by more than this.

    Raises
    ------
    ParameterError
        If a number is out of its range.

    References
    ----------
    Prechelt 1998, doi:10.1007/3-540-49430-8_3.
    """

    patience: int = 10
    least: float = 0.0

    def __post_init__(self) -> None:
        checked_count("EarlyStopping.patience", self.patience)
        checked_amount("EarlyStopping.least", self.least)

    def is_over(self, losses: Sequence[float]) -> bool:
        """Tell whether the last `patience` losses brought no progress over the best of those before."""
        best, waited = float("inf"), 0
        for loss in losses:
            best, waited = (loss, 0) if loss < best - self.least else (best, waited + 1)
        return waited >= self.patience
