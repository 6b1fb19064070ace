"""The logistic function in one pass over memory, against SciPy."""

import numpy as np
import pytest
from scipy.special import expit

from neurosim.rate import Logistic

X = np.array([[-700.0, -80.0, -2.0, -1e-9], [0.0, 0.5, 30.0, 800.0]])


@pytest.mark.parametrize("x", [X, X.T, X[:, ::2], X[0, 2].reshape(()), X.astype(np.float32), X[:, :0]])
def test_any_array(x):
    value, slope = Logistic().value(x), Logistic().derivative(x)
    wide = x.astype(np.float64)
    accuracy = {"rtol": 6 * np.finfo(x.dtype).eps, "atol": np.finfo(x.dtype).tiny}
    np.testing.assert_allclose(value, expit(wide).astype(x.dtype), **accuracy)
    np.testing.assert_allclose(slope, (expit(wide) * expit(-wide)).astype(x.dtype), **accuracy)
    for y in (value, slope):
        assert (y.dtype, y.shape) == (x.dtype, x.shape)


def test_whole_numbers_and_what_is_none():
    np.testing.assert_allclose(Logistic().value(np.array([-1, 0, 1])), expit([-1.0, 0.0, 1.0]), rtol=1e-15)
    edge = np.array([-np.inf, np.inf, np.nan])
    np.testing.assert_array_equal(Logistic().value(edge), [0, 1, np.nan])
    np.testing.assert_array_equal(Logistic().derivative(edge), [0, 0, np.nan])
