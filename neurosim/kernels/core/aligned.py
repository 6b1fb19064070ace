"""Arrays that begin at a cache line, as the processor fetches memory.

A vector of the width of a cache line then lies in one line, not in two. NumPy's own arrays begin anywhere at
a multiple of 16 bytes; streaming through them takes up to half as long again.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from neurosim.kernels.core.lines import LINE_BYTES


def aligned_zeros(shape: int | tuple[int, ...], dtype: DTypeLike = np.float64) -> NDArray[Any]:
    """Zeros in C order, the first of them at the beginning of a cache line.

    Parameters
    ----------
    shape : int or tuple of int
        Rows begin at cache lines too if their length is a multiple of `LINE_BYTES` bytes.
    dtype : dtype, default float64

    Returns
    -------
    ndarray
    """
    shape = (shape,) if isinstance(shape, int) else shape
    n_bytes = math.prod(shape) * np.dtype(dtype).itemsize
    memory = np.zeros(n_bytes + LINE_BYTES, np.uint8)
    begin = -memory.ctypes.data % LINE_BYTES
    return memory[begin : begin + n_bytes].view(dtype).reshape(shape)
