"""What happened during training, as figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from neurosim.errors import ParameterError
from neurosim.plotting.checks import check_length, checked_array
from neurosim.plotting.style import BLUE, GREY, VERMILLION, dress, new_figure, point_marker

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_history(history: Any, ax: Axes | None = None) -> Axes:
    """Draw the training and the validation loss of each epoch, and mark the epoch whose weights were kept.

    Parameters
    ----------
    history : History
        Any object with lists ``loss`` and ``validation_loss``, and the ``restored_epoch``.
    ax : Axes, optional
        Where to draw; a new figure if left out.

    Returns
    -------
    Axes

    Raises
    ------
    ParameterError
        If no epoch is finished, or the lengths of the two losses differ.
    """
    from matplotlib.ticker import MaxNLocator

    loss = checked_array("plot_history(history.loss)", history.loss, 1)
    if not len(loss):
        raise ParameterError("plot_history(history)", history, "no epoch is finished")
    epochs = np.arange(1, len(loss) + 1)
    if ax is None:
        ax = new_figure().add_subplot()
    marker = point_marker(len(loss))
    ax.plot(epochs, loss, color=BLUE, linewidth=1.5, label="training", marker=marker)
    if history.validation_loss:
        where = "plot_history(history.validation_loss)"
        validation = checked_array(where, history.validation_loss, 1)
        check_length(where, validation, len(loss), "loss")
        ax.plot(epochs, validation, color=VERMILLION, linewidth=1.5, label="validation", marker=marker)
    if history.restored_epoch:
        ax.axvline(history.restored_epoch, color=GREY, linewidth=1.0, linestyle=(0, (4, 3)), zorder=1)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set_ylim(bottom=min(0.0, *ax.get_ylim()))
    ax.legend(frameon=False)
    return dress(ax, "Epoch", "Loss")
