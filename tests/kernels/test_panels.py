"""Products by panels against NumPy, and that nothing depends on neighbours or threads."""

import numpy as np
import pytest

from neurosim.kernels.core import crew
from neurosim.kernels.core.lines import spread_pitch
from neurosim.kernels.rate import panels

RNG = np.random.default_rng(8)
SIZES = [(1, 1, 1), (3, 5, 40), (8, 16, 64), (19, 30, 50)]


def product(x, matrix):
    strips = panels.packed(matrix, x.dtype)
    out = np.zeros((len(x), len(strips) * strips.shape[2]), x.dtype)
    panels.add_rows(x.reshape(-1), 0, x.shape[1], 1, len(x), strips, out)
    np.testing.assert_array_equal(out[:, matrix.shape[1] :], 0.0)
    return out[:, : matrix.shape[1]]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", SIZES)
def test_product_of_rows(size, dtype):
    n_rows, n, m = size
    x, matrix = RNG.standard_normal((n_rows, n)).astype(dtype), RNG.standard_normal((n, m)).astype(dtype)
    y = product(x, matrix)
    np.testing.assert_allclose(y, x @ matrix, rtol=0, atol=30 * n * np.finfo(dtype).eps)
    singly = np.concatenate([product(x[i : i + 1], matrix) for i in range(n_rows)])
    np.testing.assert_array_equal(y, singly)
    transposed = np.asfortranarray(matrix)
    np.testing.assert_array_equal(product(x, transposed), y)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [*SIZES, (600, 13, 70)])
def test_sum_over_rows(size, dtype):
    n, n_columns, m = size
    x = RNG.standard_normal((n, n_columns + 2)).astype(dtype)
    g = RNG.standard_normal((n, m)).astype(dtype)
    more = RNG.standard_normal((n, 9)).astype(dtype)
    found = panels.sum_over_rows(((x, n_columns, 0), (more, 9, n // 2)), g)
    for sums, columns in zip(found, (x[:, :n_columns], more), strict=True):
        assert sums.flags.c_contiguous
        if columns is more:
            columns, g = columns[n // 2 :], g[n // 2 :]
        np.testing.assert_allclose(sums, columns.T @ g, rtol=0, atol=30 * n * np.finfo(dtype).eps)


def test_rows_with_room_are_read_where_they_lie(monkeypatch):
    n, m = 50, 70
    x, g = np.full((90, 100), np.nan), np.full((90, spread_pitch(m, np.float64)), np.nan)
    x[:, :n], g[:, :m] = RNG.standard_normal((90, n)), RNG.standard_normal((90, m))
    monkeypatch.setattr(panels, "spread_pitch", None)  # which a copy needs
    (found,) = panels.sum_over_rows(((x, n, 0),), g, m)
    np.testing.assert_allclose(found, x[:, :n].T @ g[:, :m], rtol=0, atol=1e-12)


def test_nothing_is_read_behind_the_last_row(monkeypatch):
    given = []
    monkeypatch.setattr(panels, "share", lambda kernel, arguments, n, at_once: given.append(arguments))
    panels.sum_over_rows(((np.ones((4, 9)), 9, 0), (np.ones((4, 30)), 3, 0)), np.ones((4, 11)))
    ((x, y), _, _, g, (x_sums, y_sums)) = given[0]
    assert x.shape[1] >= len(x_sums) >= 9
    assert y.shape[1] >= len(y_sums) >= 3
    assert g.shape[1] >= x_sums.shape[1]


def test_the_number_of_threads_changes_nothing(monkeypatch):
    monkeypatch.setattr(panels, "WORTH_SHARING", 1)
    x, g = RNG.standard_normal((300, 20)), RNG.standard_normal((300, 90))
    found = []
    for n in (1, 2):
        for module in (panels, crew):
            monkeypatch.setattr(module, "processors", lambda n=n: n)
        found.append(panels.sum_over_rows(((x, 20, 0), (x, 3, 0)), g))
    for one, two in zip(*found, strict=True):
        np.testing.assert_array_equal(one, two)
