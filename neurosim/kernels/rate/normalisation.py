"""Values brought to a learned mean and variance, and the way back, each in as few passes as there can be.

Sums are taken in float64. There are three layouts: statistics of each column of a matrix (a unit in a batch),
of each row (the units of a sample), and of each channel of images.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.kernels.core.jit import kernel

Floats = NDArray[np.floating[Any]]
Doubles = NDArray[np.float64]


@kernel
def normalise_columns(
    x: Floats, gain: Floats, shift: Floats, epsilon: float, mean: Doubles, variance: Doubles, y: Floats
) -> None:
    """Write gain*(x - mean)/sqrt(variance + epsilon) + shift into `y`, with statistics of each column.

    Parameters
    ----------
    x, y : ndarray of shape (n, m)
    gain, shift : ndarray of shape (m,)
    epsilon : float
    mean, variance : ndarray of shape (m,)
        Written into.
    """
    n, m = x.shape
    mean[:] = 0.0
    variance[:] = 0.0
    for i in range(n):
        row = x[i]
        for j in range(m):
            mean[j] += row[j]
    mean /= n
    for i in range(n):
        row = x[i]
        for j in range(m):
            variance[j] += (row[j] - mean[j]) * (row[j] - mean[j])
    variance /= n
    factor = gain / np.sqrt(variance + epsilon)
    for i in range(n):
        row, out = x[i], y[i]
        for j in range(m):
            out[j] = (row[j] - mean[j]) * factor[j] + shift[j]


@kernel
def columns_gradient(
    x: Floats,
    g: Floats,
    gain: Floats,
    epsilon: float,
    mean: Doubles,
    variance: Doubles,
    by_x: Floats,
    by_gain: Doubles,
    by_shift: Doubles,
) -> None:
    """Write the gradients, given `g` of shape (n, m) for the value, into the last three."""
    n, m = x.shape
    inverse = 1.0 / np.sqrt(variance + epsilon)
    by_gain[:] = 0.0
    by_shift[:] = 0.0
    for i in range(n):
        row, g_row = x[i], g[i]
        for j in range(m):
            by_gain[j] += g_row[j] * ((row[j] - mean[j]) * inverse[j])
            by_shift[j] += g_row[j]
    factor = gain * inverse
    along, level = inverse * by_gain / n, by_shift / n
    for i in range(n):
        row, g_row, out = x[i], g[i], by_x[i]
        for j in range(m):
            out[j] = factor[j] * (g_row[j] - level[j] - (row[j] - mean[j]) * along[j])


@kernel
def normalise_rows(
    x: Floats, gain: Floats, shift: Floats, epsilon: float, mean: Doubles, variance: Doubles, y: Floats
) -> None:
    """Do as `normalise_columns` does with statistics of each row; `mean` and `variance` are of shape (n,)."""
    n, m = x.shape
    for i in range(n):
        row, out = x[i], y[i]
        total = 0.0
        for j in range(m):
            total += row[j]
        centre = total / m
        squares = 0.0
        for j in range(m):
            squares += (row[j] - centre) * (row[j] - centre)
        inverse = 1.0 / np.sqrt(squares / m + epsilon)
        for j in range(m):
            out[j] = (row[j] - centre) * inverse * gain[j] + shift[j]
        mean[i], variance[i] = centre, squares / m


@kernel
def rows_gradient(
    x: Floats,
    g: Floats,
    gain: Floats,
    epsilon: float,
    mean: Doubles,
    variance: Doubles,
    by_x: Floats,
    by_gain: Doubles,
    by_shift: Doubles,
) -> None:
    """Do as `columns_gradient` does with statistics of each row."""
    n, m = x.shape
    by_gain[:] = 0.0
    by_shift[:] = 0.0
    for i in range(n):
        row, g_row, out = x[i], g[i], by_x[i]
        centre, inverse = mean[i], 1.0 / np.sqrt(variance[i] + epsilon)
        along = level = 0.0
        for j in range(m):
            standard = (row[j] - centre) * inverse
            by_gain[j] += g_row[j] * standard
            by_shift[j] += g_row[j]
            along += g_row[j] * gain[j] * standard
            level += g_row[j] * gain[j]
        along, level = inverse * along / m, level / m
        for j in range(m):
            out[j] = inverse * (g_row[j] * gain[j] - level - (row[j] - centre) * along)


@kernel
def normalise_channels(
    x: Floats, gain: Floats, shift: Floats, epsilon: float, mean: Doubles, variance: Doubles, y: Floats
) -> None:
    """Do as `normalise_columns` does for images, `x` and `y` of shape (n, m, places)."""
    n, m, places = x.shape
    mean[:] = 0.0
    variance[:] = 0.0
    for i in range(n):
        for j in range(m):
            channel = x[i, j]
            total = 0.0
            for k in range(places):
                total += channel[k]
            mean[j] += total
    mean /= n * places
    for i in range(n):
        for j in range(m):
            channel, centre = x[i, j], mean[j]
            squares = 0.0
            for k in range(places):
                squares += (channel[k] - centre) * (channel[k] - centre)
            variance[j] += squares
    variance /= n * places
    factor = gain / np.sqrt(variance + epsilon)
    for i in range(n):
        for j in range(m):
            channel, out = x[i, j], y[i, j]
            centre, scale, level = mean[j], factor[j], shift[j]
            for k in range(places):
                out[k] = (channel[k] - centre) * scale + level


@kernel
def channels_gradient(
    x: Floats,
    g: Floats,
    gain: Floats,
    epsilon: float,
    mean: Doubles,
    variance: Doubles,
    by_x: Floats,
    by_gain: Doubles,
    by_shift: Doubles,
) -> None:
    """Do as `columns_gradient` does for images."""
    n, m, places = x.shape
    inverse = 1.0 / np.sqrt(variance + epsilon)
    by_gain[:] = 0.0
    by_shift[:] = 0.0
    for i in range(n):
        for j in range(m):
            channel, g_channel, centre = x[i, j], g[i, j], mean[j]
            products = total = 0.0
            for k in range(places):
                products += g_channel[k] * (channel[k] - centre)
                total += g_channel[k]
            by_gain[j] += products * inverse[j]
            by_shift[j] += total
    share = 1.0 / (n * places)
    for i in range(n):
        for j in range(m):
            channel, g_channel, out = x[i, j], g[i, j], by_x[i, j]
            centre, factor = mean[j], gain[j] * inverse[j]
            along, level = share * inverse[j] * by_gain[j], share * by_shift[j]
            for k in range(places):
                out[k] = factor * (g_channel[k] - level - (channel[k] - centre) * along)
