"""Random weights to start learning from, scaled by the number of inputs and outputs of a unit.

Every function fills the weights of a Connectivity in place and returns it. Fan-in and fan-out are those of
the Connectivity: mean in- and out-degree of its units, or the size of the kernel of a convolution.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numpy.typing import DTypeLike

from neurosim.connectivity import Connectivity, Conv1d, Conv2d, Dense, LowRank
from neurosim.connectivity.transposed import Transposed
from neurosim.errors import ParameterError
from neurosim.machine import check_room
from neurosim.rate.autodiff.operations import Array
from neurosim.rate.checks import checked_choice, checked_positive, is_whole
from neurosim.rate.matrix_library import on_one_thread

Seed = int | np.random.Generator
C = TypeVar("C", bound=Connectivity)


def glorot_uniform(connectivity: C, seed: Seed, *, gain: float = 1.0) -> C:
    """Draw from a uniform distribution of variance 2*gain^2/(fan_in + fan_out).

    It keeps the variance of activations and of gradients about equal from layer to layer where the activation
    is odd and has slope 1 at 0, such as tanh.

    Parameters
    ----------
    connectivity : Connectivity
        Its weights are overwritten.
    seed : int or numpy.random.Generator
        The same seed gives the same weights.
    gain : float, default 1.0
        Factor on all weights.

    Returns
    -------
    Connectivity
        The same object.

    Raises
    ------
    ParameterError
        If an argument cannot be used; the weights are then as they were.

    References
    ----------
    Glorot & Bengio 2010, AISTATS 9:249, equation 16.
    """
    variance = 2.0 / (_checked(connectivity).fan_in + connectivity.fan_out)
    return _uniform(connectivity, seed, gain, variance)


def glorot_normal(connectivity: C, seed: Seed, *, gain: float = 1.0) -> C:
    """Draw from a normal distribution of variance 2*gain^2/(fan_in + fan_out); see `glorot_uniform`."""
    variance = 2.0 / (_checked(connectivity).fan_in + connectivity.fan_out)
    return _normal(connectivity, seed, gain, variance)


def he_uniform(connectivity: C, seed: Seed, *, gain: float = 1.0) -> C:
    """Draw from a uniform distribution of variance 2*gain^2/fan_in; see `he_normal`."""
    return _uniform(connectivity, seed, gain, 2.0 / _checked(connectivity).fan_in)


def he_normal(connectivity: C, seed: Seed, *, gain: float = 1.0) -> C:
    """Draw from a normal distribution of variance 2*gain^2/fan_in, for rectifying activations.

    Parameters, result and errors are those of `glorot_uniform`.

    References
    ----------
    He, Zhang, Ren & Sun 2015, doi:10.1109/ICCV.2015.123, equation 10.
    """
    return _normal(connectivity, seed, gain, 2.0 / _checked(connectivity).fan_in)


def orthogonal(connectivity: C, seed: Seed, *, gain: float = 1.0) -> C:
    """Draw a random orthogonal matrix times `gain`: it keeps lengths, and so do products of such matrices.

    Of a matrix that is not square the shorter side is orthonormal. The kernels of a convolution count as a
    matrix with a row for each output channel.

    Parameters, result and errors are those of `glorot_uniform`; only Dense, Conv1d and Conv2d can be
    orthogonal.

    References
    ----------
    Saxe, McClelland & Ganguli 2014, arXiv:1312.6120; uniform over all: Mezzadri 2007, arXiv:math-ph/0609050.
    """
    weights = _checked(connectivity).weights
    if not isinstance(_stored(connectivity), Dense | Conv1d | Conv2d):
        raise ParameterError(
            "orthogonal(connectivity)",
            connectivity,
            "must be a Dense, a Conv1d or a Conv2d",
            "Use glorot_normal.",
        )
    rng, factor = _generator(seed), checked_positive("orthogonal.gain", gain)
    shape = (len(weights), weights[0].size)
    drawn = rng.standard_normal((max(shape), min(shape)))
    with on_one_thread():
        q, r = np.linalg.qr(drawn)
    q *= np.sign(np.diag(r))  # else the distribution depends on how the decomposition chooses signs
    return _filled(connectivity, factor * (q if shape[0] >= shape[1] else q.T).reshape(weights.shape))


INITIALISERS: dict[str, Callable[..., Connectivity]] = {
    "glorot_uniform": glorot_uniform,
    "glorot_normal": glorot_normal,
    "he_uniform": he_uniform,
    "he_normal": he_normal,
    "orthogonal": orthogonal,
}
"""Initialisations by name."""


def initialise(connectivity: C, how: str, seed: Seed, *, gain: float = 1.0) -> C:
    """Fill the weights of a Connectivity by an initialisation of that name.

    Parameters
    ----------
    connectivity : Connectivity
        Its weights are overwritten.
    how : {"glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "orthogonal"}
    seed : int or numpy.random.Generator
        The same seed gives the same weights.
    gain : float, default 1.0
        Factor on all weights.

    Returns
    -------
    Connectivity
        The same object.

    Raises
    ------
    ParameterError
        If there is no such initialisation, or an argument cannot be used.
    """
    find_initialiser(how)(connectivity, seed, gain=gain)
    return connectivity


def blank_weights(
    where: str,
    value: object,
    *shapes: tuple[int, ...],
    dtype: DTypeLike,
    remedy: str = "Use fewer units.",
) -> list[Array]:
    """Return weights of 0, for initialisations to fill.

    Parameters
    ----------
    where : str
        The argument that asks for them, for messages.
    value : object
        What it is.
    *shapes : tuple of int
    dtype : {"float32", "float64"}
    remedy : str, default "Use fewer units."
        What to do where there is no room.

    Raises
    ------
    ParameterError
        If the machine has no room for them, and for as many random numbers in float64.
    """
    dtype = np.dtype(dtype)
    check_room(where, value, sum(map(math.prod, shapes)) * (dtype.itemsize + 8), remedy)
    return [np.zeros(shape, dtype) for shape in shapes]


def find_initialiser(how: str, where: str = "initialise.how") -> Callable[..., Any]:
    """Return the function of that name.

    Raises
    ------
    ParameterError
        If there is none; the message suggests one.
    """
    checked_choice(where, how, INITIALISERS)
    return INITIALISERS[how]


def _checked(connectivity: C) -> C:
    """Return the argument, if it is a Connectivity with synapses."""
    if not isinstance(connectivity, Connectivity):
        raise ParameterError("initialise.connectivity", connectivity, "must be a Connectivity")
    if connectivity.n_synapses == 0:
        raise ParameterError("initialise.connectivity", connectivity, "has no synapses")
    return connectivity


def _uniform(connectivity: C, seed: Seed, gain: float, variance: float) -> C:
    limit = np.sqrt(3.0) * _deviation(connectivity, gain, variance)
    return _filled(connectivity, _generator(seed).uniform(-limit, limit, connectivity.weights.shape))


def _normal(connectivity: C, seed: Seed, gain: float, variance: float) -> C:
    deviation = _deviation(connectivity, gain, variance)
    return _filled(connectivity, deviation * _generator(seed).standard_normal(connectivity.weights.shape))


def _deviation(connectivity: Connectivity, gain: float, variance: float) -> float:
    """Standard deviation of the stored weights for which those between units have the variance."""
    deviation = checked_positive("initialise.gain", gain) * np.sqrt(variance)
    operator = _stored(connectivity)
    if isinstance(operator, LowRank):  # a weight is a sum of products of two stored ones
        deviation = np.sqrt(deviation / np.sqrt(operator.rank))
    return float(deviation)


def _stored(connectivity: Connectivity) -> Connectivity:
    """The operator that the weights belong to: of a transpose, the one that was turned round."""
    return connectivity.T if isinstance(connectivity, Transposed) else connectivity


def _generator(seed: Seed) -> np.random.Generator:
    if isinstance(seed, np.random.Generator) or (is_whole(seed) and seed >= 0):
        return np.random.default_rng(seed)
    raise ParameterError("initialise.seed", seed, "must be a whole number from 0 on, or a Generator")


def _filled(connectivity: C, weights: Array) -> C:
    connectivity.weights[...] = weights
    return connectivity
