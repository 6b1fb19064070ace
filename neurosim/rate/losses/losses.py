"""Losses by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from neurosim.rate.autodiff.variable import Variable
from neurosim.rate.checks import find_named
from neurosim.rate.losses.classification_losses import (
    binary_cross_entropy,
    hinge,
    softmax_cross_entropy,
    softmax_kl_divergence,
)
from neurosim.rate.losses.gaussian_losses import gaussian_nll
from neurosim.rate.losses.regression_losses import huber, mean_absolute_error, mean_squared_error

Loss = Callable[[Variable, Any], Variable]

LOSSES: dict[str, Loss] = {
    "mean_squared_error": mean_squared_error,
    "mean_absolute_error": mean_absolute_error,
    "huber": huber,
    "hinge": hinge,
    "binary_cross_entropy": binary_cross_entropy,
    "softmax_cross_entropy": softmax_cross_entropy,
    "softmax_kl_divergence": softmax_kl_divergence,
    "gaussian_nll": gaussian_nll,
}
"""Losses by name: functions of a network's output and the targets."""


def find_loss(loss: str | Loss, where: str = "loss") -> Loss:
    """Return the loss of that name, or the function itself if it is one.

    Parameters
    ----------
    loss : str or callable
        A name in `LOSSES`, or a function of output and targets.
    where : str
        What to call the argument in an error.

    Raises
    ------
    ParameterError
        If there is no such loss; the message suggests names.
    """
    return loss if callable(loss) else find_named(where, loss, LOSSES, "a function")
