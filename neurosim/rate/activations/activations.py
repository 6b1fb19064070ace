"""Activation functions of a unit's own drive."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from neurosim.errors import ParameterError
from neurosim.rate.activations.activation import Activation
from neurosim.rate.autodiff.operations import Array
from neurosim.rate.checks import is_real

_SQRT_2_PI = float(np.sqrt(2.0 * np.pi))
_FAR = 40.0
"""Beyond this distance from 0 the normal density is 0 in double precision."""


class Identity(Activation):
    """y = x."""

    def value(self, x: Array) -> Array:
        """Return x."""
        return x

    def derivative(self, x: Array) -> Array:
        """Return 1."""
        return np.ones_like(x)


class Logistic(Activation):
    """y = 1/(1 + exp(-x))."""

    def value(self, x: Array) -> Array:
        """Return 1/(1 + exp(-x)), to full relative accuracy for any x."""
        return logistic(x)

    def derivative(self, x: Array) -> Array:
        """Return y (1 - y)."""
        return _logistic_slope(x)


class Tanh(Activation):
    """y = tanh(x)."""

    def value(self, x: Array) -> Array:
        """Return tanh(x)."""
        return np.asarray(np.tanh(x))

    def derivative(self, x: Array) -> Array:
        """Return 1 - y^2."""
        return np.asarray(1.0 - np.square(np.tanh(x)))


class Arctan(Activation):
    """y = arctan(x), from -pi/2 to pi/2."""

    def value(self, x: Array) -> Array:
        """Return arctan(x)."""
        return np.asarray(np.arctan(x))

    def derivative(self, x: Array) -> Array:
        """Return 1/(1 + x^2)."""
        with np.errstate(over="ignore"):
            return np.asarray(1.0 / (1.0 + np.square(x)))


class Threshold(Activation):
    """y = 1 for x > 0, otherwise 0: the unit of McCulloch and Pitts.

    Its derivative is 0 wherever it has one, and counts as 0 at the threshold: no gradient passes, so what
    lies before it does not learn by gradient descent.
    """

    def value(self, x: Array) -> Array:
        """Return 1 for a positive drive, otherwise 0."""
        return np.asarray(x > 0.0, x.dtype)

    def derivative(self, x: Array) -> Array:
        """Return 0."""
        return np.zeros_like(x)


class ReLU(Activation):
    """y = max(x, 0); the derivative at 0 is 0."""

    rectifying = True

    def value(self, x: Array) -> Array:
        """Return max(x, 0)."""
        from neurosim.kernels.rate.rectifier import rectify

        y = np.empty(x.shape, x.dtype)
        rectify(np.ravel(x), y.reshape(-1))
        return y

    def derivative(self, x: Array) -> Array:
        """Return 1 for a positive drive, otherwise 0."""
        return np.asarray(x > 0.0, x.dtype)

    def backward(self, x: Array, g: Array) -> Array:
        """Return g for a positive drive, otherwise 0."""
        from neurosim.kernels.rate.rectifier import rectify_gradient

        by_x = np.empty(x.shape, x.dtype)
        rectify_gradient(np.ravel(x), np.ravel(g), by_x.reshape(-1))
        return by_x


class LeakyReLU(Activation):
    """y = x for x > 0, otherwise slope*x; the derivative at 0 is the slope.

    Parameters
    ----------
    slope : float, default 0.01
        Derivative for negative drives.

    Raises
    ------
    ParameterError
        If the slope is not a finite number.

    References
    ----------
    Maas, Hannun & Ng (2013), Rectifier nonlinearities improve neural network acoustic models, eq. 2.
    """

    rectifying = True

    def __init__(self, slope: float = 0.01) -> None:
        self.slope = _checked_number("LeakyReLU.slope", slope)

    def value(self, x: Array) -> Array:
        """Return x for a positive drive, otherwise slope*x."""
        return np.where(x > 0.0, x, self.slope * x)

    def derivative(self, x: Array) -> Array:
        """Return 1 for a positive drive, otherwise the slope."""
        return np.asarray(np.where(x > 0.0, 1.0, self.slope), x.dtype)

    def describe(self) -> str:
        """Name the slope."""
        return f"LeakyReLU(slope={self.slope:g})"


class ELU(Activation):
    """Exponential linear unit: y = x for x > 0, otherwise a (exp(x) - 1); the derivative at 0 is a.

    Parameters
    ----------
    a : float, default 1.0
        The value far below 0 is -a; at 1 the derivative has no step.

    Raises
    ------
    ParameterError
        If `a` is not a finite number.

    References
    ----------
    Clevert, Unterthiner & Hochreiter 2016, arXiv:1511.07289, equation 15.
    """

    rectifying = True

    def __init__(self, a: float = 1.0) -> None:
        self.a = _checked_number("ELU.a", a)

    def value(self, x: Array) -> Array:
        """Return x for a positive drive, otherwise a (exp(x) - 1)."""
        return np.where(x > 0.0, x, self.a * np.expm1(np.minimum(x, 0.0)))

    def derivative(self, x: Array) -> Array:
        """Return 1 for a positive drive, otherwise a exp(x)."""
        return np.where(x > 0.0, x.dtype.type(1.0), self.a * np.exp(np.minimum(x, 0.0)))

    def describe(self) -> str:
        """Name the parameter."""
        return f"ELU(a={self.a:g})"


class GELU(Activation):
    """Gaussian error linear unit: y = x Phi(x), Phi the standard normal distribution function; exact.

    References
    ----------
    Hendrycks & Gimpel 2016, arXiv:1606.08415.
    """

    rectifying = True

    def value(self, x: Array) -> Array:
        """Return x Phi(x)."""
        from scipy.special import ndtr

        return np.asarray(x * ndtr(x))

    def derivative(self, x: Array) -> Array:
        """Return Phi(x) + x phi(x), with the normal density phi."""
        from scipy.special import ndtr

        near = np.clip(x, -_FAR, _FAR)
        return np.asarray(ndtr(x) + near * (np.exp(-0.5 * np.square(near)) / _SQRT_2_PI))


class Swish(Activation):
    """y = x/(1 + exp(-beta x)); with beta = 1 also known as SiLU.

    Parameters
    ----------
    beta : float, default 1.0
        From x/2 at 0 to the ReLU at infinity; 1.702 comes close to the GELU.

    Raises
    ------
    ParameterError
        If `beta` is not a finite number.

    References
    ----------
    Ramachandran, Zoph & Le 2017, arXiv:1710.05941.
    """

    rectifying = True

    def __init__(self, beta: float = 1.0) -> None:
        self.beta = _checked_number("Swish.beta", beta)

    def value(self, x: Array) -> Array:
        """Return x/(1 + exp(-beta x))."""
        return np.asarray(x * logistic(self.beta * x))

    def derivative(self, x: Array) -> Array:
        """Return s + beta x s (1 - s), with s the logistic function of beta x."""
        drive = self.beta * x
        return np.asarray(logistic(drive) + drive * _logistic_slope(drive))

    def describe(self) -> str:
        """Name the parameter."""
        return f"Swish(beta={self.beta:g})"


class Softplus(Activation):
    """y = log(1 + exp(x)), the smooth rectifier."""

    rectifying = True

    def value(self, x: Array) -> Array:
        """Return log(1 + exp(x))."""
        return softplus(x)

    def derivative(self, x: Array) -> Array:
        """Return the logistic function."""
        return logistic(x)


def softplus(x: Array) -> Array:
    """Return log(1 + exp(x)) without overflow, in the dtype of `x`."""
    return np.asarray(np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x))))


def logistic(x: Array) -> Array:
    """Return 1/(1 + exp(-x)) without overflow, to full relative accuracy, in the dtype of `x`."""
    from neurosim.kernels.rate.logistic import fill_logistic

    return _filled(fill_logistic, x)


def _logistic_slope(x: Array) -> Array:
    from neurosim.kernels.rate.logistic import fill_logistic_slope

    return _filled(fill_logistic_slope, x)


def _filled(fill: Callable[[Array, Array], None], x: Array) -> Array:
    drives = np.ravel(x).astype(np.result_type(x, np.float32), copy=False)
    y = np.empty(np.shape(x), drives.dtype)
    fill(drives, y.reshape(-1))
    return y


def _checked_number(where: str, number: float) -> float:
    if not (is_real(number) and -np.inf < number < np.inf):
        raise ParameterError(where, number, "must be a finite number")
    return float(number)
