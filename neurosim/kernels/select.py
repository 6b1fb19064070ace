"""Choices without branches, for use inside kernels: both sides are computed, one is taken."""

from __future__ import annotations

from neurosim.kernels.jit import inline


@inline
def where(condition: bool, a: float, b: float) -> float:
    """`a` where the condition holds, else `b`."""
    return a if condition else b


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
