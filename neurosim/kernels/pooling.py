"""Largest values in windows that slide over images."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.kernels.convolution import inside
from neurosim.kernels.jit import exact_kernel, inline

Floats = NDArray[np.floating[Any]]
Taps = NDArray[np.unsignedinteger[Any]]


@inline
def _compare(seen: Floats, largest: Floats, winners: Taps, tap: int, stride: int) -> None:
    for o in range(largest.size):
        value, known = seen[o * stride], largest[o]
        better = value > known or value != value  # so that what is not a number shows
        largest[o] = value if better else known
        winners[o] = tap if better else winners[o]


@inline
def _spread(g: Floats, winners: Taps, target: Floats, tap: int, stride: int) -> None:
    for o in range(g.size):
        target[o * stride] += g[o] if winners[o] == tap else 0.0


@exact_kernel
def largest_in_windows(
    images: Floats,
    largest: Floats,
    winners: Taps,
    kh: int,
    stride_y: int,
    top: int,
    kw: int,
    stride_x: int,
    left: int,
) -> None:
    """Find the largest value in each window, and the number of its tap; of equal ones the first.

    Parameters
    ----------
    images : ndarray of shape (n, height, width)
    largest, winners : ndarrays of shape (n, out_height, out_width)
        Filled.
    kh, stride_y, top, kw, stride_x, left : int
        The window along both axes; `top` and `left` are the padding before the image, which never wins.
    """
    for n in range(images.shape[0]):
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
                    seen, tap = images[n, y, x + lo * stride_x :], i * kw + j
                    if stride_x == 2:  # a loop of its own, which vectorises
                        _compare(seen, largest[n, r, lo:hi], winners[n, r, lo:hi], tap, 2)
                    else:
                        _compare(seen, largest[n, r, lo:hi], winners[n, r, lo:hi], tap, stride_x)


@exact_kernel
def spread_to_winners(
    g: Floats,
    winners: Taps,
    images: Floats,
    kh: int,
    stride_y: int,
    top: int,
    kw: int,
    stride_x: int,
    left: int,
) -> None:
    """Add to the winner of each window what the window has in `g`: the transpose of `take_from_winners`."""
    for n in range(images.shape[0]):
        for r in range(g.shape[1]):
            for i in range(kh):
                y = r * stride_y + i - top
                if y < 0 or y >= images.shape[1]:
                    continue
                for j in range(kw):
                    x = j - left
                    lo, hi = inside(x, stride_x, images.shape[2], g.shape[2])
                    target, tap = images[n, y, x + lo * stride_x :], i * kw + j
                    if stride_x == 2:  # a loop of its own, which vectorises
                        _spread(g[n, r, lo:hi], winners[n, r, lo:hi], target, tap, 2)
                    else:
                        _spread(g[n, r, lo:hi], winners[n, r, lo:hi], target, tap, stride_x)


@exact_kernel
def take_from_winners(
    images: Floats,
    winners: Taps,
    taken: Floats,
    kh: int,
    stride_y: int,
    top: int,
    kw: int,
    stride_x: int,
    left: int,
) -> None:
    """Take from each window what lies at its winner."""
    for n in range(images.shape[0]):
        for r in range(taken.shape[1]):
            for o in range(taken.shape[2]):
                i, j = divmod(winners[n, r, o], np.uint32(kw))
                y, x = r * stride_y + np.int64(i) - top, o * stride_x + np.int64(j) - left
                taken[n, r, o] = images[n, y, x]
