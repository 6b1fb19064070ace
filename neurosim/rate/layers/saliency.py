"""Which parts of an input a decision rests on."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from neurosim.connectivity.checks import read_numbers
from neurosim.errors import ParameterError
from neurosim.rate.autodiff.graph import no_grad
from neurosim.rate.autodiff.operations import Array
from neurosim.rate.autodiff.variable import Variable
from neurosim.rate.checks import checked_count, is_real, is_whole
from neurosim.rate.layers.layer import Layer


def gradient_saliency(network: Layer, x: ArrayLike, unit: int) -> Array:
    """Return how fast an output changes with each number of an input.

    Parameters
    ----------
    network : Layer
        Built; evaluated outside training. Gradients of its parameters are left as they were.
    x : array of the shape of a sample
    unit : int
        Which output, such as the score of a class.

    Returns
    -------
    ndarray of the shape of `x`
        With its sign.

    Raises
    ------
    ParameterError
        If the sample does not fit the network, or there is no such output.

    References
    ----------
    Simonyan, Vedaldi & Zisserman 2014, arXiv:1312.6034, section 3.
    """
    sample = Variable(_sample(network, "gradient_saliency(x)", x)[np.newaxis])
    kept = [(p, p.grad) for p in network.parameters()]
    was_training = network.training
    network.evaluate()
    try:
        scores = network(sample)
        _check_unit("gradient_saliency(unit)", unit, scores.value)
        scores[0, unit].backward()
    finally:
        network.train(was_training)
        for parameter, gradient in kept:
            parameter.grad = gradient
    return np.zeros(sample.shape[1:]) if sample.grad is None else sample.grad[0]


def occlusion_saliency(
    network: Layer, x: ArrayLike, unit: int, *, size: int = 3, stride: int = 1, value: float = 0.0
) -> Array:
    """Return how much an output falls where a square patch covers an image.

    Parameters
    ----------
    network : Layer
        Built; evaluated outside training.
    x : array of shape (channels, height, width)
    unit : int
        Which output, such as the score of a class.
    size : int, default 3
        Side of the patch.
    stride : int, default 1
        Steps of the patch, from 1 to `size`, so that every pixel is covered.
    value : float, default 0.0
        What the patch shows, in all channels; finite.

    Returns
    -------
    ndarray of shape (height, width)
        Mean of the fall over all patches that cover a pixel.

    Raises
    ------
    ParameterError
        If the image does not fit the network, the patch is larger, a step leaves pixels out, the value is no
        finite number, or there is no such output.

    References
    ----------
    Zeiler & Fergus 2014, doi:10.1007/978-3-319-10590-1_53, section 4.2.
    """
    image = _sample(network, "occlusion_saliency(x)", x)
    if image.ndim != 3:
        raise ParameterError("occlusion_saliency(x)", image.shape, "must be (channels, height, width)")
    side = checked_count("occlusion_saliency(size)", size)
    step = checked_count("occlusion_saliency(stride)", stride)
    if step > side:
        raise ParameterError(
            "occlusion_saliency(stride)",
            stride,
            f"must be at most the size, {side}, or pixels are never covered",
        )
    if not is_real(value) or not math.isfinite(value):
        raise ParameterError("occlusion_saliency(value)", value, "must be a finite number")
    height, width = image.shape[1:]
    if side > min(height, width):
        raise ParameterError("occlusion_saliency(size)", size, f"is larger than the image, {(height, width)}")
    corners = [
        (y, x)
        for y in dict.fromkeys([*range(0, height - side, step), height - side])
        for x in dict.fromkeys([*range(0, width - side, step), width - side])
    ]
    batch = np.repeat(image[np.newaxis], len(corners) + 1, axis=0)
    for covered, (y, x_left) in zip(batch[1:], corners, strict=True):
        covered[:, y : y + side, x_left : x_left + side] = value
    was_training = network.training
    network.evaluate()
    try:
        with no_grad():
            scores = network(batch).value
    finally:
        network.train(was_training)
    _check_unit("occlusion_saliency(unit)", unit, scores)
    total, count = np.zeros((height, width)), np.zeros((height, width))
    for fall, (y, x_left) in zip(scores[0, unit] - scores[1:, unit], corners, strict=True):
        patch = slice(y, y + side), slice(x_left, x_left + side)
        total[patch] += fall
        count[patch] += 1.0
    return np.asarray(total / count)


def _sample(network: Layer, where: str, x: ArrayLike) -> Array:
    """The input as an array in the network's own precision."""
    values = read_numbers(where, x)
    dtype = next((p.dtype for p in network.parameters()), np.dtype(np.float64))
    return values.astype(dtype)


def _check_unit(where: str, unit: int, scores: Array) -> None:
    if scores.ndim != 2 or not is_whole(unit) or not 0 <= unit < scores.shape[1]:
        raise ParameterError(
            where, unit, f"must be the number of an output, which have shape {scores.shape[1:]}"
        )
