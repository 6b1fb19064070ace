"""Arrays that begin at a cache line."""

from __future__ import annotations

import numpy as np
import pytest

from neurosim.kernels.core.aligned import aligned_zeros
from neurosim.kernels.core.lines import LINE_BYTES
from neurosim.network import Network, Population
from neurosim.neurons import LIF


@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.float64])
@pytest.mark.parametrize("shape", [0, 1, 1000, (3, 64), (2, 0, 8), (2, 3, 5)])
def test_zeros_begin_at_a_cache_line(shape: int | tuple[int, ...], dtype: type) -> None:
    # NumPy hands out memory at multiples of 16 bytes: several at a time make luck unlikely.
    arrays = [aligned_zeros(shape, dtype) for _ in range(8)]
    for array in arrays:
        assert array.shape == (shape if isinstance(shape, tuple) else (shape,))
        assert array.dtype == dtype
        assert array.flags.c_contiguous
        assert array.flags.writeable
        assert array.ctypes.data % LINE_BYTES == 0 or array.size == 0
        assert not array.any()
        array[...] = 1
    assert all((array == 1).all() for array in arrays)  # they do not overlap


def test_the_rows_that_a_population_streams_through_begin_at_cache_lines() -> None:
    for n in (33, 1500, 5000):
        cells = Population(n, LIF, v_in=np.linspace(0.0, 2.0, n))
        network = Network(cells)
        network.run(1.0)
        (state,) = network.session.states
        rows = [*state.state, *state.given["_arrays"], state.left, state.fired]
        assert [row.ctypes.data % LINE_BYTES for row in rows] == [0] * len(rows)
