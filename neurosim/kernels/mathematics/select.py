"""Choices without branches, for use inside kernels: both sides are computed, one is taken."""

from __future__ import annotations

from typing import Any

from numba import types
from numba.extending import intrinsic

from neurosim.kernels.core.jit import inline


@intrinsic  # type: ignore[untyped-decorator]
def where(typing_context: Any, condition: Any, a: Any, b: Any) -> Any:
    """`a` where the condition holds, else `b`."""
    result = typing_context.unify_pairs(a, b)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.select(*arguments)

    return result(types.boolean, result, result), generate


@inline
def minimum(a: float, b: float) -> float:
    """The smaller of two numbers; NaN if either is."""
    return a if a < b or a != a else b


@inline
def maximum(a: float, b: float) -> float:
    """The larger of two numbers; NaN if either is."""
    return a if a > b or a != a else b


@inline
def clip(x: float, low: float, high: float) -> float:
    """`x`, but not below `low` nor above `high`."""
    return minimum(maximum(x, low), high)
