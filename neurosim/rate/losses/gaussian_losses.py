"""Losses of predicted normal distributions."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from neurosim.errors import ParameterError
from neurosim.rate.autodiff.variable import Variable, as_variable
from neurosim.rate.losses.targets import as_targets

_LOG_2_PI = float(np.log(2.0 * np.pi))


def gaussian_nll(
    mean: Variable | ArrayLike, target: Variable | ArrayLike, log_variance: Variable | ArrayLike = 0.0
) -> Variable:
    """Negative log likelihood of targets under predicted normal distributions, mean over all elements.

    Each element gives ((target - mean)^2/variance + log(variance) + log(2 pi))/2.

    Parameters
    ----------
    mean : Variable
        Predicted means.
    target : array or Variable of the same shape
    log_variance : Variable, array or float, default 0.0
        Logarithm of the variances, which keeps them positive whatever a network predicts; of the shape of
        `mean`, or broadcast to it. With a constant one, the loss is a squared error.

    Returns
    -------
    Variable of shape ()

    Raises
    ------
    ParameterError
        If the shapes do not meet or are empty.
    """
    x, t = as_targets("gaussian_nll", mean, target)
    spread = _checked_spread("gaussian_nll(log_variance)", log_variance, x)
    difference = x - t
    return 0.5 * ((difference * difference * np.exp(-spread) + spread).mean() + _LOG_2_PI)


def gaussian_kl_divergence(mean: Variable | ArrayLike, log_variance: Variable | ArrayLike) -> Variable:
    """Kullback-Leibler divergence, in nats, of normal distributions from the standard normal distribution.

    Sum over the last axis of (mean^2 + variance - 1 - log(variance))/2, mean over the batch: what holds the
    latent variables of a variational autoencoder together.

    Parameters
    ----------
    mean : Variable of shape (batch, n)
    log_variance : Variable of the same shape

    Returns
    -------
    Variable of shape ()

    Raises
    ------
    ParameterError
        If the shapes differ, are empty or are not (batch, n).

    References
    ----------
    Kingma & Welling 2014, arXiv:1312.6114, appendix B.
    """
    x, spread = as_targets("gaussian_kl_divergence", mean, log_variance, "log_variance")
    if x.ndim != 2:
        raise ParameterError("gaussian_kl_divergence(mean)", x.shape, "the shape must be (batch, n)")
    return (x * x + np.exp(spread) - 1.0 - spread).sum() * (0.5 / len(x))


def _checked_spread(where: str, log_variance: Variable | ArrayLike, mean: Variable) -> Variable:
    spread = as_variable(log_variance, mean.dtype)
    try:
        fits = np.broadcast_shapes(spread.shape, mean.shape) == mean.shape
    except ValueError:
        fits = False
    if not fits:
        raise ParameterError(where, spread.shape, f"the shape must be {mean.shape} like the mean")
    return spread
