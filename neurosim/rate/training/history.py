"""What happened during training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass
class History:
    """What happened during training, one entry for each finished epoch.

    Attributes
    ----------
    loss : list of float
        Mean loss over the training samples, each seen with the weights of its moment.
    accuracy : list of float
        Share of training samples classified correctly, likewise; empty unless the targets are class labels.
    metric : list of float
        Mean over the training samples of the metric given to `fit`, likewise; empty without one.
    validation_loss, validation_accuracy, validation_metric : list of float
        The same on the validation data after each epoch; empty without such data.
    learning_rate : list of float
        Rate of the step that comes after each epoch.
    interrupted : bool
        Whether the user stopped training (Ctrl-C) before the last epoch.
    stopped_early : bool
        Whether training ended before the last epoch because the loss did not fall any more, or a callback
        said so.
    restored_epoch : int or None
        The epoch, counted from 1, whose weights the network was given in the end; None where they are the
        last ones.
    """

    loss: list[float] = field(default_factory=list)
    accuracy: list[float] = field(default_factory=list)
    validation_loss: list[float] = field(default_factory=list)
    validation_accuracy: list[float] = field(default_factory=list)
    interrupted: bool = False
    metric: list[float] = field(default_factory=list)
    validation_metric: list[float] = field(default_factory=list)
    learning_rate: list[float] = field(default_factory=list)
    stopped_early: bool = False
    restored_epoch: int | None = None

    @property
    def n_epochs(self) -> int:
        """Number of finished epochs."""
        return len(self.loss)

    @property
    def watched(self) -> list[float]:
        """The loss that tells how good the network is: on the validation data where there are any."""
        return self.validation_loss or self.loss

    def plot(self, ax: Any = None) -> Any:
        """Draw the losses over the epochs into an Axes, and return it; see `plotting.plot_history`."""
        from neurosim.plotting.history import plot_history

        return plot_history(self, ax)

    def as_dict(self) -> dict[str, Any]:
        """Return copies of all entries, for a file."""
        return asdict(self)

    def load(self, entries: Mapping[str, Any]) -> None:
        """Go on from what `as_dict` returned."""
        for name in self.as_dict():
            setattr(self, name, entries[name])
