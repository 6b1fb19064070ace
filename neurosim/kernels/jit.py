"""The one place where functions are compiled: numba, with one set of flags.

The flags let LLVM contract, reassociate and use reciprocals, which the vectoriser needs, but never assume
that values are finite: the check for a non-finite state must keep working (numba issue 2919).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba

FAST = frozenset({"contract", "arcp", "nsz", "reassoc"})
"""LLVM fast-math flags of kernels; ``nnan`` and ``ninf`` are left out on purpose."""

EXACT = frozenset({"contract"})
"""Flags of functions whose order of operations carries their accuracy (range reduction, for instance)."""

F = TypeVar("F", bound=Callable[..., Any])


def kernel(function: F) -> F:
    """Compile a hot loop: no GIL, cached on disk, `FAST` arithmetic."""
    return numba.njit(cache=True, nogil=True, fastmath=set(FAST), error_model="numpy")(function)  # type: ignore[no-any-return]


def exact_kernel(function: F) -> F:
    """Compile a function whose order of floating-point operations matters."""
    return numba.njit(cache=True, nogil=True, fastmath=set(EXACT), error_model="numpy")(function)  # type: ignore[no-any-return]


def inline(function: F) -> F:
    """Compile a scalar function meant to be inlined into kernels, with the order of its operations kept."""
    return numba.njit(nogil=True, fastmath=set(EXACT), error_model="numpy", inline="never")(function)  # type: ignore[no-any-return]
