"""Exponentials of small matrices: closed forms, fifty digits, SciPy's, and sizes that need squaring."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm

from neurosim.engines.matrix_exponential import matrix_exponential


def largest_error(found: np.ndarray, wanted: np.ndarray) -> float:
    return float(np.abs(found - wanted).max() / np.abs(wanted).max())


@given(st.integers(1, 5), st.floats(1e-6, 30), st.integers(0, 2**32 - 1))
@settings(max_examples=25)
def test_as_it_is_with_fifty_digits(n: int, size: float, seed: int) -> None:
    matrices = np.random.default_rng(seed).normal(size=(2, n, n)) * size / n
    matrices[0] = -np.abs(matrices[0])  # decays
    with mpmath.workdps(50):
        for found, matrix in zip(matrix_exponential(matrices), matrices, strict=True):
            wanted = mpmath.expm(mpmath.matrix(matrix.tolist()), method="taylor")
            exact = np.array(wanted.tolist(), float).reshape(n, n)
            assert largest_error(found, exact) < 3e-15 * max(1.0, size)


def test_as_scipy_finds_it() -> None:
    matrices = np.random.default_rng(0).normal(size=(30, 4, 4)) * 0.3
    for found, matrix in zip(matrix_exponential(matrices), matrices, strict=True):
        assert largest_error(found, expm(matrix)) < 1e-14


@pytest.mark.parametrize("rate", [0.0, 1e-9, 0.02, 0.9, 3.0, 40.0])
def test_cascade_of_equal_filters(rate: float) -> None:
    """x_k' = rate*(x_(k-1) - x_k): the weights are those of a Poisson distribution."""
    n = 5
    matrix = -rate * np.eye(n) + rate * np.eye(n, k=-1)
    (found,) = matrix_exponential(matrix[np.newaxis])
    wanted = np.exp(-rate)
    for k in range(n):
        np.testing.assert_allclose(found[k, 0], wanted, rtol=2e-13, atol=1e-30)
        wanted *= rate / (k + 1)
    np.testing.assert_array_equal(found[np.triu_indices(n, 1)], 0.0)


def test_rates_and_couplings_of_very_different_size() -> None:
    """(exp(-a) - exp(-b))/(b - a), times a coupling that would ask for 20 halvings if it counted."""
    a, b, coupling = 0.005, 0.02, 1e6
    (found,) = matrix_exponential(np.array([[[-a, coupling], [0.0, -b]]]))
    wanted = [[np.exp(-a), coupling * np.exp(-a) * -np.expm1(a - b) / (b - a)], [0.0, np.exp(-b)]]
    np.testing.assert_allclose(found, wanted, rtol=1e-14)


def test_each_matrix_for_itself() -> None:
    matrices = np.array([np.diag([-0.1, -0.2]), np.diag([-50.0, -3.0]), np.zeros((2, 2))])
    together = matrix_exponential(matrices)
    for alone, found in zip(matrices, together, strict=True):
        np.testing.assert_array_equal(matrix_exponential(alone[np.newaxis])[0], found)
    np.testing.assert_allclose(np.diagonal(together[1]), np.exp([-50.0, -3.0]), rtol=1e-13)
    np.testing.assert_array_equal(together[2], np.eye(2))
