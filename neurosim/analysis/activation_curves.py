"""Activation functions and their derivatives as curves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neurosim.errors import ParameterError
from neurosim.rate import (
    ACTIVATIONS,
    Layer,
    LogSoftmax,
    Maxout,
    OneHot,
    Softmax,
    Variable,
    find_activation,
    jvp,
)

Activations = str | Layer | Iterable[str | Layer] | Mapping[str, str | Layer] | None
"""One activation or several, by their names or themselves; None for all."""

_ALONE = np.ones(1), np.zeros(1)
_PAIR = np.array([1.0, 0.0]), np.array([0.0, 0.0])
_VECTOR: dict[str, tuple[Layer, NDArray[np.float64], NDArray[np.float64]]] = {
    "softmax": (Softmax(), *_PAIR),
    "log_softmax": (LogSoftmax(), *_PAIR),
    "one_hot": (OneHot(), *_PAIR),
    "maxout": (Maxout(3), np.array([-0.5, 0.25, 1.5]), np.array([-0.5, 0.0, -1.0])),
}
"""Functions of several drives, with the slopes and offsets of the drives as one number x varies: a unit
against another one whose drive stays 0, and three lines for the pieces of a maxout unit."""


class ActivationCurve(NamedTuple):
    """An activation along x.

    Attributes
    ----------
    x, value, derivative : ndarray of shape (n,)
    """

    x: NDArray[np.float64]
    value: NDArray[np.float64]
    derivative: NDArray[np.float64]


def activation_curves(
    activations: Activations = None, x: ArrayLike | None = None
) -> dict[str, ActivationCurve]:
    """Return activations with their derivatives by the drive, exact by a forward derivative.

    Of those in which units compete, softmax, log_softmax and one_hot stand for a unit with the drive x beside
    one with the drive 0; maxout has the three pieces -x/2 - 1/2, x/4 and 3x/2 - 1.

    Parameters
    ----------
    activations : str, Layer, list of them or mapping of name to them, optional
        All by default, and each once where it has two names. The layers are functions of each unit's own
        drive, such as a TuningCurve.
    x : array of shape (n,), optional
        Drives; 401 from -4 to 4 by default.

    Returns
    -------
    dict of str to ActivationCurve

    Raises
    ------
    ParameterError
        If there is no such name, or `x` is not a row of finite numbers.
    """
    drives = np.linspace(-4.0, 4.0, 401) if x is None else np.asarray(x, np.float64)
    if drives.ndim != 1 or not np.isfinite(drives).all():
        raise ParameterError("activation_curves(x)", drives, "must be a row of finite numbers")
    return {name: _curve(activation, drives) for name, activation in _named(activations).items()}


def _named(activations: Activations) -> Mapping[str, str | Layer]:
    if activations is None:
        activations = [*_first_names(), *_VECTOR]
    if isinstance(activations, Mapping):
        return activations
    if isinstance(activations, str | Layer) or not isinstance(activations, Iterable):
        activations = [activations]
    return {part.describe() if isinstance(part, Layer) else str(part): part for part in activations}


def _curve(activation: str | Layer, drives: NDArray[np.float64]) -> ActivationCurve:
    if isinstance(activation, str) and activation in _VECTOR:
        layer, slopes, offsets = _VECTOR[activation]
        return _along(layer, drives, slopes, offsets)
    if isinstance(activation, Layer):
        return _along(activation, drives)
    return _along(find_activation(activation, "activation_curves(activations)"), drives)


def _first_names() -> list[str]:
    seen = {id(activation): name for name, activation in reversed(ACTIVATIONS.items())}
    return [name for name, activation in ACTIVATIONS.items() if seen[id(activation)] == name]


def _along(
    layer: Layer,
    x: NDArray[np.float64],
    slopes: NDArray[np.float64] = _ALONE[0],
    offsets: NDArray[np.float64] = _ALONE[1],
) -> ActivationCurve:
    """Follow the first output as the drives move along a line."""
    drives = x[:, np.newaxis] * slopes + offsets

    def first_output(drives: Variable) -> Variable:
        return layer(drives)[:, 0]

    return ActivationCurve(x, *jvp(first_output, drives, tangents=[np.broadcast_to(slopes, drives.shape)]))
