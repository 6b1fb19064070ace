"""The rectifier in one pass over memory, against NumPy."""

import numpy as np
import pytest

from neurosim.rate import ReLU, Variable

X = np.array([[-2.0, -0.0, 0.0, 3.0], [np.nan, np.inf, -np.inf, 1e-300]])


@pytest.mark.parametrize("x", [X, X.T, X.astype(np.float32), X[:, ::2], X[0, 3].reshape(())])
def test_any_array_gives_what_numpy_gives(x):
    y = ReLU().value(x)
    np.testing.assert_array_equal(y, np.maximum(x, 0.0))
    assert (y.dtype, y.shape) == (x.dtype, x.shape)


@pytest.mark.parametrize("x", [X, X.T, X.astype(np.float32)])
def test_a_gradient_passes_where_the_drive_is_positive(x):
    g = np.arange(1.0, 9.0, dtype=x.dtype).reshape(x.shape)
    drive = Variable(x)
    ReLU()(drive).backward(g)
    np.testing.assert_array_equal(drive.grad, np.where(x > 0, g, 0.0))
    assert drive.grad.dtype == x.dtype
