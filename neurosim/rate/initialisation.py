"""Random weights to start learning from, scaled by the number of inputs and outputs."""

from __future__ import annotations

import numpy as np

from neurosim.errors import ParameterError
from neurosim.rate.operations import Array


def glorot(
    fan_in: int, fan_out: int, rng: np.random.Generator, dtype: str | type[np.floating] = "float64"
) -> Array:
    """Draw weights from a uniform distribution with variance 2/(fan_in + fan_out).

    It keeps the variance of activations and of gradients about equal from layer to layer where the activation
    is odd and has slope 1 at 0, such as tanh.

    Parameters
    ----------
    fan_in, fan_out : int
        Number of inputs and outputs of a unit.
    rng : numpy.random.Generator
        Source of the weights.
    dtype : str or type, default "float64"
        float32 or float64.

    Returns
    -------
    ndarray of shape (fan_in, fan_out)

    Raises
    ------
    ParameterError
        If `fan_in` or `fan_out` is not positive.

    References
    ----------
    Glorot & Bengio 2010, AISTATS 9:249, equation 16.
    """
    _check_fans(fan_in, fan_out)
    limit = np.sqrt(6.0 / (fan_in + fan_out))
    return np.asarray(rng.uniform(-limit, limit, (fan_in, fan_out)), dtype)


def he(
    fan_in: int, fan_out: int, rng: np.random.Generator, dtype: str | type[np.floating] = "float64"
) -> Array:
    """Draw weights from a normal distribution with variance 2/fan_in, for rectifying activations.

    Parameters
    ----------
    fan_in, fan_out : int
        Number of inputs and outputs of a unit.
    rng : numpy.random.Generator
        Source of the weights.
    dtype : str or type, default "float64"
        float32 or float64.

    Returns
    -------
    ndarray of shape (fan_in, fan_out)

    Raises
    ------
    ParameterError
        If `fan_in` or `fan_out` is not positive.

    References
    ----------
    He, Zhang, Ren & Sun 2015, doi:10.1109/ICCV.2015.123, equation 10.
    """
    _check_fans(fan_in, fan_out)
    return np.asarray(np.sqrt(2.0 / fan_in) * rng.standard_normal((fan_in, fan_out)), dtype)


def _check_fans(fan_in: int, fan_out: int) -> None:
    for name, n in (("fan_in", fan_in), ("fan_out", fan_out)):
        if n < 1:
            raise ParameterError(name, n, "must be at least 1")
