"""How far apart the rows of an array lie."""

import numpy as np
import pytest

from neurosim.kernels.core.lines import LINE_BYTES, spread_pitch, whole_lines


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n", [1, 29, 32, 512, 513])
def test_rows_begin_at_lines_of_which_there_is_an_odd_number(n, dtype):
    in_line = LINE_BYTES // np.dtype(dtype).itemsize
    assert 0 <= whole_lines(n, dtype) - n < in_line
    assert whole_lines(n, dtype) % in_line == 0
    pitch = spread_pitch(n, dtype)
    assert pitch % (2 * in_line) == in_line
    assert n < pitch <= n + 3 * in_line
