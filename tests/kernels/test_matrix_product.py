"""Products of matrices on our own threads against NumPy; no number depends on threads or on other rows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neurosim.connectivity import Dense
from neurosim.connectivity import dense as room
from neurosim.kernels.core import crew
from neurosim.kernels.rate import matrix_product
from neurosim.kernels.rate.matrix_product import product

DTYPES = [np.float32, np.float64]


def drawn(shape: tuple[int, ...], dtype: type, seed: int = 0) -> np.ndarray:
    return np.random.default_rng([seed, *shape]).standard_normal(shape).astype(dtype)


def multiply(a: np.ndarray, b: np.ndarray, transposed: bool) -> np.ndarray:
    out = np.full((len(a), b.shape[1]), np.nan, a.dtype)
    product(a, np.ascontiguousarray(b.T) if transposed else b, out, transposed)
    return out


@pytest.mark.parametrize("transposed", [False, True], ids=["plain", "transposed"])
@pytest.mark.parametrize("dtype", DTYPES)
@settings(deadline=None, max_examples=50)
@given(st.integers(1, 300), st.integers(1, 300), st.integers(1, 100))
def test_products(dtype: type, transposed: bool, n_rows: int, n_terms: int, n_columns: int) -> None:
    a, b = drawn((n_rows, n_terms), dtype), drawn((n_terms, n_columns), dtype, 1)
    exact = a.astype(np.longdouble) @ b.astype(np.longdouble)
    size = np.abs(a).astype(np.float64) @ np.abs(b)
    error = np.abs(multiply(a, b, transposed) - exact)
    assert (error <= n_terms * np.finfo(dtype).eps * size).all()


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_number_is_the_same_on_any_threads_and_among_any_rows(
    dtype: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matrix_product, "WORTH_SHARING", 1)
    a, b = drawn((301, 200), dtype), drawn((200, 70), dtype)
    found = []
    for n in (1, 3):
        monkeypatch.setattr(crew, "processors", lambda n=n: n)
        found += [multiply(a, b, False), multiply(a, b, True), multiply(a[100:110], b, False)]
    for other in (found[1], *found[3:5]):
        np.testing.assert_array_equal(other, found[0])
    for few in (found[2], found[5]):
        np.testing.assert_array_equal(few, found[0][100:110])


def test_what_is_no_number_stays_in_its_row_and_column() -> None:
    a, b = drawn((20, 40), np.float32), drawn((40, 33), np.float32)
    a[3, 7], b[9, 32] = np.nan, np.inf
    y = multiply(a, b, False)
    assert np.isnan(y[3]).all()
    assert not np.isfinite(y[:, 32]).any()
    assert np.isfinite(np.delete(y[:, :32], 3, axis=0)).all()


@pytest.mark.parametrize("n_rows", [7, 9])
@pytest.mark.parametrize(("x_type", "w_type"), [(a, b) for a in DTYPES for b in DTYPES])
def test_dense_computes_the_same_whoever_multiplies(
    n_rows: int, x_type: type, w_type: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "SMALL", 0)
    weights = drawn((30, 40), w_type)
    dense = Dense(weights)
    x, g = drawn((n_rows, 30), x_type), drawn((n_rows, 40), x_type)
    dtype = np.result_type(x_type, w_type)
    rounding = 100 * np.finfo(np.float32 if np.float32 in (x_type, w_type) else np.float64).eps
    for found, wanted in (
        (dense.forward(x), x @ weights),
        (dense.forward(np.asfortranarray(x)), x @ weights),
        (dense.forward(np.repeat(x, 2, axis=0)[::2]), x @ weights),
        (dense.backward(g), g @ weights.T),
        (dense.T.forward(g), g @ weights.T),
    ):
        assert found.dtype == dtype
        np.testing.assert_allclose(found, wanted, rtol=0, atol=rounding)
    gradient = dense.weight_gradient(np.asfortranarray(x), g)
    assert gradient.dtype == x_type
    np.testing.assert_allclose(gradient, x.T @ g, rtol=0, atol=100 * np.finfo(x_type).eps)


def test_a_product_may_be_written_over_its_operand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "SMALL", 0)
    dense, x = Dense(drawn((40, 40), np.float64)), drawn((200, 40), np.float64)
    wanted = x @ dense.weights
    dense.forward_into(x, x)
    np.testing.assert_allclose(x, wanted, rtol=0, atol=1e-12)
