"""`tanh` and `sigmoid` in the precision of their argument, for kernels that are compiled for both."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import types
from numba.extending import overload

from neurosim.kernels.mathematics import simd_math, single_precision


def tanh(x: Any) -> Any:
    """Return the hyperbolic tangent of a float32 or float64, within 3 ulp, where compiled code calls it."""
    return (single_precision if x.dtype == "float32" else simd_math).tanh(x)


def sigmoid(x: Any) -> Any:
    """Return the logistic function of a float32 or float64, within 3 ulp, where compiled code calls it."""
    return (single_precision if x.dtype == "float32" else simd_math).sigmoid(x)


@overload(tanh, strict=False)  # type: ignore[untyped-decorator]
def _tanh(x: Any) -> Callable[[Any], Any]:
    single, double = single_precision.tanh, simd_math.tanh
    return (lambda x: single(x)) if x == types.float32 else (lambda x: double(x))


@overload(sigmoid, strict=False)  # type: ignore[untyped-decorator]
def _sigmoid(x: Any) -> Callable[[Any], Any]:
    single, double = single_precision.sigmoid, simd_math.sigmoid
    return (lambda x: single(x)) if x == types.float32 else (lambda x: double(x))
