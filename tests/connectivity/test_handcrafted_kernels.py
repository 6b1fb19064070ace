"""Kernels made by hand by their moments, and a convolution on a ring as a circulant matrix."""

import numpy as np
import pytest
from scipy.linalg import circulant
from scipy.ndimage import correlate, gaussian_filter, sobel

from neurosim.connectivity import (
    Conv1d,
    Conv2d,
    box_kernel,
    circulant_matrix,
    gabor_kernel,
    gaussian_kernel,
    sharpen_kernel,
    sobel_kernels,
)
from neurosim.errors import ParameterError

IMAGE = np.random.default_rng(0).random((12, 11))


def convolved(kernel):
    operator = Conv2d(kernel[None, None], (1, *IMAGE.shape), padding=kernel.shape[0] // 2)
    return operator.forward(IMAGE.ravel()).reshape(IMAGE.shape)


def test_against_the_filters_of_scipy():
    for axis, kernel in zip((1, 0), sobel_kernels(), strict=True):
        np.testing.assert_allclose(convolved(kernel), sobel(IMAGE, axis, mode="constant"), atol=1e-13)
    np.testing.assert_allclose(
        convolved(box_kernel(5)), correlate(IMAGE, np.full((5, 5), 0.04), mode="constant")
    )
    blurred = gaussian_filter(IMAGE, 1.2, mode="constant", radius=4)
    np.testing.assert_allclose(convolved(gaussian_kernel(9, 1.2)), blurred, atol=1e-13)


def test_sharpening_leaves_slopes_and_raises_peaks():
    slope = np.add.outer(np.arange(6.0), 2.0 * np.arange(6.0))
    for amount in (0.5, 1.0):
        operator = Conv2d(sharpen_kernel(amount)[None, None], (1, 6, 6))
        inner = operator.forward(slope.ravel()).reshape(4, 4)
        np.testing.assert_allclose(inner, slope[1:-1, 1:-1], atol=1e-12)
        assert sharpen_kernel(amount)[1, 1] == 1.0 + 4.0 * amount


@pytest.mark.parametrize("orientation", [0.0, 0.7, np.pi / 2])
def test_a_gabor_kernel_prefers_its_own_wave(orientation):
    kernel = gabor_kernel(21, 6.0, orientation)
    y, x = np.mgrid[-10:11, -10:11]

    def answer(wavelength, angle):
        wave = np.exp(2j * np.pi * (x * np.cos(angle) + y * np.sin(angle)) / wavelength)
        return abs((kernel * wave).sum())

    best = answer(6.0, orientation)
    for wavelength, angle in (
        (6.0, orientation + np.pi / 4),
        (6.0, orientation + np.pi / 2),
        (12.0, orientation),
    ):
        assert answer(wavelength, angle) < 0.6 * best
    assert kernel[10, 10] == 1.0
    edge = gabor_kernel(21, 6.0, orientation, phase=np.pi / 2)
    np.testing.assert_allclose(edge, -edge[::-1, ::-1], atol=1e-12)


def test_a_ring_is_a_circulant_matrix_that_the_fourier_transform_diagonalises():
    kernel = np.array([0.5, -1.0, 2.0, 0.3])
    matrix = circulant_matrix(kernel, 9)
    np.testing.assert_array_equal(matrix, circulant(matrix[:, 0]))
    fourier = np.fft.fft(np.eye(9)) / 3.0
    diagonal = fourier.conj().T @ matrix @ fourier
    np.testing.assert_allclose(diagonal, np.diag(np.diag(diagonal)), atol=1e-13)
    signal = np.random.default_rng(1).random(9)
    expected = [sum(kernel[j] * signal[(o + j - 1) % 9] for j in range(4)) for o in range(9)]
    np.testing.assert_allclose(signal @ matrix, expected)


def test_away_from_the_margin_it_is_the_convolution_with_padding():
    rng = np.random.default_rng(2)
    kernel = rng.random(4)
    on_line = Conv1d(kernel[None, None], (1, 12), padding="same").to_dense()
    np.testing.assert_array_equal(circulant_matrix(kernel, 12)[:, 1:-2], on_line[:, 1:-2])
    kernel = rng.random((3, 2))
    flat = Conv2d(kernel[None, None], (1, 5, 6), padding="same").to_dense().reshape(30, 5, 6)
    torus = circulant_matrix(kernel, (5, 6)).reshape(30, 5, 6)
    np.testing.assert_array_equal(torus[:, 1:-1, :-1], flat[:, 1:-1, :-1])
    answer = np.eye(30)[0] @ torus.reshape(30, 30)
    image = IMAGE[:5, :6]
    product = np.fft.fft2(image) * np.fft.fft2(answer.reshape(5, 6))
    np.testing.assert_allclose(image.ravel() @ torus.reshape(30, 30), np.fft.ifft2(product).real.ravel())


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: box_kernel(0), r"box_kernel\(size\) = 0"),
        (lambda: gaussian_kernel(5, 0.0), r"gaussian_kernel\(sigma\) = 0.0: must be positive"),
        (lambda: sharpen_kernel(np.inf), r"sharpen_kernel\(amount\) = inf"),
        (lambda: gabor_kernel(5, -1.0), r"gabor_kernel\(wavelength\) = -1.0"),
        (lambda: gabor_kernel(5, 2.0, np.nan), r"gabor_kernel\(orientation\) = nan"),
        (lambda: circulant_matrix(np.ones((2, 2)), 5), r"must have an axis for each of \(5,\)"),
        (lambda: circulant_matrix(np.ones(6), 5), r"= \(6,\): is larger than the signal, \(5,\)"),
        (
            lambda: circulant_matrix(np.ones(2), 2.5),
            r"circulant_matrix\(shape\) = 2.5: must be a whole number",
        ),
        (lambda: circulant_matrix([1.0, np.inf], 5), r"circulant_matrix\(kernel\) = .*: must be finite"),
    ],
)
def test_unusable_kernels(make, message):
    with pytest.raises(ParameterError, match=message):
        make()
