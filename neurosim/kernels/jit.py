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
    """Compile a hot loop: no GIL, cached on disk where a folder can be written, `FAST` arithmetic."""
    return _cached(function, FAST)


def exact_kernel(function: F) -> F:
    """Compile a function whose order of floating-point operations matters."""
    return _cached(function, EXACT)


def inline(function: F) -> F:
    """Compile a scalar function that LLVM always inlines into kernels, with the order of its operations kept.

    The flags stand on each instruction, so the caller's `FAST` arithmetic does not reach into it.
    """
    return numba.njit(nogil=True, fastmath=set(EXACT), error_model="numpy", forceinline=True)(function)  # type: ignore[no-any-return]


def _cached(function: F, flags: frozenset[str]) -> F:
    options: dict[str, Any] = {"nogil": True, "fastmath": set(flags), "error_model": "numpy"}
    try:
        return numba.njit(cache=True, **options)(function)  # type: ignore[no-any-return]
    except RuntimeError:  # numba finds no folder that it can write its cache to
        return numba.njit(**options)(function)  # type: ignore[no-any-return]
