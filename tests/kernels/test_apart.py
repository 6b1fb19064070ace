"""Loads and stores with numbers for pieces of memory: what indexing does; other layouts are refused."""

import numba
import numpy as np
import pytest

from neurosim.kernels.core.apart import load, store
from neurosim.kernels.core.jit import kernel


@kernel
def swap_signs(x, out):
    for i in range(x.size):
        store(out, i, 1, -load(x, i, 0))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_entries_are_counted_over_all_dimensions(dtype):
    x = np.arange(40, dtype=dtype).reshape(2, 4, 5)
    out = np.empty_like(x)
    swap_signs(x, out)
    np.testing.assert_array_equal(out, -x)


def test_other_layouts_are_refused():
    with pytest.raises(numba.TypingError, match="must be C-contiguous"):
        swap_signs(np.ones((3, 4)).T, np.ones((4, 3)))
