"""Large arrays that are used again."""

from __future__ import annotations

import math
import weakref
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from neurosim.kernels.core.aligned import aligned_zeros
from neurosim.rate.autodiff.operations import Array

LARGEST = 2**26
"""Bytes of the largest array whose memory is kept."""

AT_A_TIME = 2
"""Arrays of a name that are kept: a training loop often holds the last loss while it computes the next."""


class Workspace:
    """Memory for arrays that are needed again and again, handed out when nobody refers to it any more.

    Systems clear the memory that they give, page by page, which takes longer than computing with it.
    A copy, and what is stored of it in a file, is empty.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: dict[str, list[tuple[NDArray[np.uint8], weakref.ref[Array]]]] = {}

    def __reduce__(self) -> tuple[type[Workspace], tuple[()]]:
        return Workspace, ()

    def empty(self, name: str, shape: tuple[int, ...], dtype: DTypeLike) -> Array:
        """Return an array of any contents.

        Parameters
        ----------
        name : str
            What it is for; memory is used again under the same name.
        shape : tuple of int
        dtype : dtype
        """
        wanted = np.dtype(dtype)
        n_numbers = math.prod(shape)
        n_bytes = n_numbers * wanted.itemsize
        if not 0 < n_bytes <= LARGEST:
            return np.empty(shape, wanted)
        with self._lock:
            kept = self._kept.get(name, [])
            free = [memory for memory, user in kept if user() is None and memory.nbytes >= n_bytes]
            memory = free[0] if free else aligned_zeros(n_bytes, np.uint8)
            # NumPy makes this array, which owns no memory of NumPy's, the base of all its views.
            array: NDArray[Any] = np.frombuffer(memory.data, wanted, n_numbers)
            others = [entry for entry in kept if entry[0] is not memory]
            self._kept[name] = [(memory, weakref.ref(array)), *others][:AT_A_TIME]
        return array.reshape(shape)
