"""Normalisation in few passes, against its definition in float64."""

import numpy as np
import pytest

from neurosim.rate import BatchNorm, LayerNorm, Variable

rng = np.random.default_rng(5)
IMAGES = 1000.0 + rng.standard_normal((6, 5, 3, 4))  # far from 0, where single precision loses most
EPSILON = 1e-5


def definition(x, g, gain, shift, axes, shape):
    """Value, and gradients for x, gain and shift, of which `shape` is the one that fits x."""
    gain, shift = gain.reshape(shape), shift.reshape(shape)
    inverse = 1.0 / np.sqrt(x.var(axis=axes, keepdims=True) + EPSILON)
    standard = (x - x.mean(axis=axes, keepdims=True)) * inverse
    h = g * gain
    by_x = h - h.mean(axis=axes, keepdims=True) - standard * (h * standard).mean(axis=axes, keepdims=True)
    others = tuple(i for i, length in enumerate(shape) if length == 1)
    sums = ((g * standard).sum(axis=others).ravel(), g.sum(axis=others).ravel())
    return standard * gain + shift, by_x * inverse, *sums


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(
    ("layer", "x", "axes", "shape"),
    [
        (BatchNorm(), IMAGES[:, :, 0, 0], (0,), (1, 5)),
        (BatchNorm(), IMAGES, (0, 2, 3), (1, 5, 1, 1)),
        (BatchNorm(), IMAGES.transpose(3, 1, 0, 2), (0, 2, 3), (1, 5, 1, 1)),
        (LayerNorm(), IMAGES[:, :, 0, 0], (1,), (1, 5)),
        (LayerNorm(2), IMAGES, (2, 3), (1, 1, 3, 4)),
    ],
)
def test_value_and_gradients(layer, x, axes, shape, dtype):
    layer = type(layer)(*([layer.n_axes] if isinstance(layer, LayerNorm) else []), epsilon=EPSILON)
    layer.build(x.shape[1:], dtype=dtype)
    layer.train()
    gain, shift = layer.parameters()
    gain.value, shift.value = rng.standard_normal((2, *gain.shape))
    given, g = x.astype(dtype), rng.standard_normal(x.shape).astype(dtype)
    drive = Variable(given)
    value = layer(drive)
    value.backward(g)
    found = (value.value, drive.grad, gain.grad.ravel(), shift.grad.ravel())
    exact = (array.astype(np.float64) for array in (given, g, gain.value, shift.value))
    tolerance = 1e-10 if dtype is np.float64 else 2e-6
    for ours, expected in zip(found, definition(*exact, axes, shape), strict=True):
        assert ours.dtype == dtype
        np.testing.assert_allclose(ours, expected, rtol=0, atol=tolerance * np.abs(expected).max())
