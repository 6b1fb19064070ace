"""Kernels made by hand, and the matrix that a convolution is."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neurosim.connectivity.checks import checked_size, read_numbers
from neurosim.errors import ParameterError

Kernel = NDArray[np.float64]


def sobel_kernels() -> Kernel:
    """Return the derivatives along a row and down a column, smoothed across: shape (2, 3, 3).

    The first answers to vertical edges, the second to horizontal ones: positive, as a layer convolves them,
    where brightness rises to the right, or downwards.

    References
    ----------
    Sobel & Feldman 1968, "A 3x3 isotropic gradient operator for image processing", Stanford AI Project.
    """
    across = np.outer([1.0, 2.0, 1.0], [-1.0, 0.0, 1.0])
    return np.stack([across, across.T])


def box_kernel(size: int = 3) -> Kernel:
    """Return the mean over a square, shape (size, size).

    Raises
    ------
    ParameterError
        If `size` is not a positive whole number.
    """
    n = checked_size("box_kernel(size)", size)
    return np.full((n, n), 1.0 / n**2)


def gaussian_kernel(size: int = 5, sigma: float = 1.0) -> Kernel:
    """Return a Gaussian of sum 1, shape (size, size).

    Parameters
    ----------
    size : int, default 5
    sigma : float, default 1.0
        Standard deviation in pixels.

    Raises
    ------
    ParameterError
        If a number is not positive.
    """
    distance = _centred(checked_size("gaussian_kernel(size)", size))
    profile = np.exp(-0.5 * (distance / _positive("gaussian_kernel(sigma)", sigma)) ** 2)
    return np.asarray(np.outer(profile, profile) / profile.sum() ** 2)


def sharpen_kernel(amount: float = 1.0) -> Kernel:
    """Return the image plus `amount` times its difference from the four neighbours, shape (3, 3)."""
    if not isinstance(amount, int | float) or not math.isfinite(amount):
        raise ParameterError("sharpen_kernel(amount)", amount, "must be a finite number")
    laplacian = np.array([[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]])
    kernel = -amount * laplacian
    kernel[1, 1] += 1.0
    return kernel


def gabor_kernel(
    size: int,
    wavelength: float,
    orientation: float = 0.0,
    *,
    phase: float = 0.0,
    sigma: float | None = None,
    aspect: float = 0.5,
) -> Kernel:
    """Return a wave under a Gaussian: the receptive field of a simple cell of the visual cortex.

    ``exp(-(u^2 + aspect^2 v^2)/(2 sigma^2)) cos(2 pi u/wavelength + phase)``, where u runs across the stripes
    and v along them.

    Parameters
    ----------
    size : int
        Of the square, in pixels.
    wavelength : float
        Of the wave, pixels.
    orientation : float, default 0.0
        Angle from the rows to the direction across the stripes, radians; 0 gives vertical stripes.
    phase : float, default 0.0
        0 for a stripe in the middle, pi/2 for an edge.
    sigma : float, optional
        Standard deviation across the stripes, pixels; 0.56 wavelengths if left out: a bandwidth of one
        octave.
    aspect : float, default 0.5
        Of the Gaussian; it is longer along the stripes where this is below 1.

    Returns
    -------
    ndarray of shape (size, size)

    Raises
    ------
    ParameterError
        If a length or the aspect is not positive, or an angle not finite.

    References
    ----------
    Daugman 1985, doi:10.1364/JOSAA.2.001160; Jones & Palmer 1987, doi:10.1152/jn.1987.58.6.1233.
    """
    distance = _centred(checked_size("gabor_kernel(size)", size))
    length = _positive("gabor_kernel(wavelength)", wavelength)
    width = 0.56 * length if sigma is None else _positive("gabor_kernel(sigma)", sigma)
    ratio = _positive("gabor_kernel(aspect)", aspect)
    for name, angle in (("orientation", orientation), ("phase", phase)):
        if not isinstance(angle, int | float | np.floating) or not math.isfinite(angle):
            raise ParameterError(f"gabor_kernel({name})", angle, "must be a finite number, in radians")
    y, x = np.meshgrid(distance, distance, indexing="ij")
    u = x * math.cos(orientation) + y * math.sin(orientation)
    v = y * math.cos(orientation) - x * math.sin(orientation)
    envelope = np.exp(-(u**2 + (ratio * v) ** 2) / (2.0 * width**2))
    return np.asarray(envelope * np.cos(2.0 * math.pi * u / length + phase))


def circulant_matrix(kernel: ArrayLike, shape: int | tuple[int, ...]) -> Kernel:
    """Return the matrix of a convolution on a ring, or on a torus, where nothing has to be padded.

    Each column is the one before, moved on by a place: the matrix is circulant, or block-circulant with
    circulant blocks, and the Fourier transform diagonalises it. Away from the margins it is the matrix of a
    Conv1d or Conv2d with ``padding="same"``.

    Parameters
    ----------
    kernel : array of shape (k,) or (kh, kw)
    shape : int or tuple of int
        Of the signal: n, or (height, width); at least that of the kernel.

    Returns
    -------
    ndarray of shape (n_pre, n_post), both the number of points
        W[pre, post], for ``signal.ravel() @ W``.

    Raises
    ------
    ParameterError
        If the kernel has another number of axes than the signal, is larger or not finite, or a side is no
        positive whole number.
    """
    taps = read_numbers("circulant_matrix(kernel)", kernel).astype(float)
    if not np.isfinite(taps).all():
        raise ParameterError("circulant_matrix(kernel)", taps, "must be finite")
    given = tuple(shape) if isinstance(shape, Iterable) else (shape,)
    sides = tuple(checked_size("circulant_matrix(shape)", n) for n in given)
    if taps.ndim != len(sides) or not 1 <= taps.ndim <= 2 or taps.size == 0:
        raise ParameterError("circulant_matrix(kernel)", taps.shape, f"must have an axis for each of {sides}")
    if any(k > n for k, n in zip(taps.shape, sides, strict=True)):
        raise ParameterError("circulant_matrix(kernel)", taps.shape, f"is larger than the signal, {sides}")
    points = np.arange(math.prod(sides))
    places = np.stack(np.unravel_index(points, sides), axis=-1)
    matrix = np.zeros((points.size, points.size))
    for tap in np.ndindex(taps.shape):
        shift = np.array(tap) - (np.array(taps.shape) - 1) // 2
        seen = (places + shift) % sides
        matrix[np.ravel_multi_index(tuple(seen.T), sides), points] += taps[tap]
    return matrix


def _centred(size: int) -> Kernel:
    places: Kernel = np.arange(size, dtype=np.float64) - (size - 1) / 2.0
    return places


def _positive(where: str, number: float) -> float:
    if not isinstance(number, int | float | np.floating) or not 0.0 < number < math.inf:
        raise ParameterError(where, number, "must be positive and finite")
    return float(number)
