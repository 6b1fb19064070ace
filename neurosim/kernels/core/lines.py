"""Rows of an array that lie well in a processor's cache.

Memory moves in lines, and some bits of their addresses tell which of them the cache has room for together:
rows that lie a power of two apart push each other out.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike

LINE_BYTES = 64
"""Bytes in a cache line."""


def whole_lines(n: int, dtype: DTypeLike) -> int:
    """Return how many numbers there are in the lines that `n` numbers take."""
    in_line = LINE_BYTES // np.dtype(dtype).itemsize
    return -(-n // in_line) * in_line


def spread_pitch(n: int, dtype: DTypeLike) -> int:
    """Return how far apart rows of `n` numbers may lie: an odd number of lines, room for panels."""
    in_line = LINE_BYTES // np.dtype(dtype).itemsize
    return (-(-n // (2 * in_line)) * 2 + 1) * in_line
