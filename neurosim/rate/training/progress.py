"""The progress bar of training."""

from __future__ import annotations

from neurosim.rate.training.history import History


class ProgressBar:
    """A bar on stderr, if that is a terminal, that counts epochs and shows the newest figures.

    Parameters
    ----------
    epochs : int
        In all.
    done : int, default 0
        Finished before.
    """

    def __init__(self, epochs: int, done: int = 0) -> None:
        from tqdm import tqdm

        self._bar = tqdm(
            total=epochs, initial=done, desc="training", unit="epoch", dynamic_ncols=True, disable=None
        )

    def advance(self, history: History) -> None:
        """Count an epoch, and show loss, accuracy or metric, those on validation data, and learning rate."""
        figures = {"loss": f"{history.loss[-1]:.4f}"}
        if history.validation_loss:
            figures["validation loss"] = f"{history.validation_loss[-1]:.4f}"
        for name, values, form in (
            ("accuracy", history.accuracy, ".2%"),
            ("validation", history.validation_accuracy, ".2%"),
            ("metric", history.metric, ".4g"),
            ("validation metric", history.validation_metric, ".4g"),
            ("rate", history.learning_rate, ".3g"),
        ):
            if values:
                figures[name] = format(values[-1], form)
        self._bar.set_postfix(figures, refresh=False)
        self._bar.update()

    def close(self) -> None:
        """Leave the bar as it stands."""
        self._bar.close()
