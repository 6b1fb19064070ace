"""Largest values in windows that slide over images."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.kernels.connections.convolution import inside
from neurosim.kernels.core.jit import exact_kernel, inline
from neurosim.kernels.rate.row_moves import copy_row

Floats = NDArray[np.floating[Any]]
Taps = NDArray[np.unsignedinteger[Any]]


@inline
def _wins(value: float, known: float) -> bool:
    return value > known or value != value  # so that what is not a number shows


@inline
def largest_of_pairs(upper: Floats, lower: Floats, largest: Floats, winners: Taps) -> None:
    """Find the largest of four, two of them side by side in one row and two in another, and its number."""
    for o in range(largest.size):
        best, value = upper[2 * o], upper[2 * o + 1]
        wins = _wins(value, best)
        best, tap = (value if wins else best), np.uint8(wins)
        value = lower[2 * o]
        wins = _wins(value, best)
        best, tap = (value if wins else best), (np.uint8(2) if wins else tap)
        value = lower[2 * o + 1]
        wins = _wins(value, best)
        largest[o] = value if wins else best
        winners[o] = np.uint8(3) if wins else tap


@inline
def spread_to_pairs(g: Floats, winners: Taps, upper: Floats, lower: Floats) -> None:
    """Give to the winner of four what they have in `g`, and 0 to the others."""
    nothing = g.dtype.type(0.0)
    for o in range(g.size):
        upper[2 * o] = g[o] if winners[o] == np.uint8(0) else nothing
        upper[2 * o + 1] = g[o] if winners[o] == np.uint8(1) else nothing
        lower[2 * o] = g[o] if winners[o] == np.uint8(2) else nothing
        lower[2 * o + 1] = g[o] if winners[o] == np.uint8(3) else nothing


@exact_kernel
def largest_in_windows(
    images: Floats, largest: Floats, winners: Taps, window: tuple[int, ...], first: int, last: int
) -> None:
    """Find the largest value in each window, and the number of its tap; of equal ones the first.

    Parameters
    ----------
    images : ndarray of shape (n, height, width)
    largest, winners : ndarrays of shape (n, out_height, out_width)
        Filled.
    window : tuple of six ints
        Taps, stride and padding above along the rows; and along the columns. Padding never wins.
    first, last : int
        Which images.
    """
    kh, stride_y, top, kw, stride_x, left = window
    for n in range(first, last):
        for r in range(largest.shape[1]):
            largest[n, r] = -np.inf
            winners[n, r] = 0
            for i in range(kh):
                y = r * stride_y + i - top
                if y < 0 or y >= images.shape[1]:
                    continue
                for j in range(kw):
                    x = j - left
                    lo, hi = inside(x, stride_x, images.shape[2], largest.shape[2])
                    for o in range(lo, hi):
                        value = images[n, y, x + o * stride_x]
                        if _wins(value, largest[n, r, o]):
                            largest[n, r, o] = value
                            winners[n, r, o] = i * kw + j


@exact_kernel
def largest_of_four(images: Floats, largest: Floats, winners: Taps, first: int, last: int) -> None:
    """Do as `largest_in_windows` for windows of 2x2 side by side: the usual ones, several times as fast."""
    height, width = largest.shape[1:]
    size, row = height * width, 2 * width
    flat, best_of, winner_of = images.reshape(-1), largest.reshape(-1), winners.reshape(-1)
    upper, lower = np.empty(2 * size, images.dtype), np.empty(2 * size, images.dtype)
    for n in range(first, last):
        for r in range(height):  # in one line, rows of any length are worked on at the same speed
            start = 4 * size * n + 2 * row * r
            copy_row(flat, start, upper, row * r, row, upper.size)
            copy_row(flat, start + row, lower, row * r, row, lower.size)
        here = slice(size * n, size * (n + 1))
        largest_of_pairs(upper, lower, best_of[here], winner_of[here])


@exact_kernel
def spread_to_winners(
    g: Floats, winners: Taps, images: Floats, window: tuple[int, ...], first: int, last: int
) -> None:
    """Give to the winner of each window what the window has in `g`: the transpose of `take_from_winners`."""
    kw, stride_x, left = window[3:]
    _, stride_y, top = window[:3]
    for n in range(first, last):
        images[n] = 0.0
        for r in range(g.shape[1]):
            for o in range(g.shape[2]):
                i, j = divmod(np.int64(winners[n, r, o]), kw)
                images[n, r * stride_y + i - top, o * stride_x + j - left] += g[n, r, o]


@exact_kernel
def spread_to_four(g: Floats, winners: Taps, images: Floats, first: int, last: int) -> None:
    """Do as `spread_to_winners` for windows of 2x2 side by side."""
    height, width = g.shape[1:]
    size, row = height * width, 2 * width
    flat, errors, winner_of = images.reshape(-1), g.reshape(-1), winners.reshape(-1)
    upper, lower = np.empty(2 * size, images.dtype), np.empty(2 * size, images.dtype)
    for n in range(first, last):
        here = slice(size * n, size * (n + 1))
        spread_to_pairs(errors[here], winner_of[here], upper, lower)
        for r in range(height):
            start = 4 * size * n + 2 * row * r
            copy_row(upper, row * r, flat, start, row, 4 * size * last)
            copy_row(lower, row * r, flat, start + row, row, 4 * size * last)


@exact_kernel
def take_from_winners(images: Floats, winners: Taps, taken: Floats, window: tuple[int, ...]) -> None:
    """Take from each window what lies at its winner."""
    kw, stride_x, left = window[3:]
    _, stride_y, top = window[:3]
    for n in range(images.shape[0]):
        for r in range(taken.shape[1]):
            for o in range(taken.shape[2]):
                i, j = divmod(np.int64(winners[n, r, o]), kw)
                taken[n, r, o] = images[n, r * stride_y + i - top, o * stride_x + j - left]
