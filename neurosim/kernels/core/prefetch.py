"""Fetch memory into the cache before it is needed."""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numpy.typing import NDArray

from neurosim.kernels.core.jit import inline

LINE = 16
"""Entries of 32 bits in a cache line."""


@intrinsic  # type: ignore[untyped-decorator]
def fetch(typing_context: Any, array: Any, index: Any) -> Any:
    """Ask for the cache line of an entry of a one-dimensional array, which need not exist."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind, (value, place) = signature.args[0], arguments
        data = context.make_array(kind)(context, builder, value).data
        address = builder.bitcast(builder.gep(data, [place]), cgutils.voidptr_t)
        word = ir.IntType(32)
        function = cgutils.get_or_insert_function(
            builder.module,
            ir.FunctionType(ir.VoidType(), [cgutils.voidptr_t, word, word, word]),
            "llvm.prefetch.p0",
        )
        builder.call(function, [address, word(0), word(3), word(1)])  # to read, to keep, data
        return context.get_dummy_value()

    return types.void(array, types.int64), generate


@inline
def fetch_row(targets: NDArray[np.int32], begin: int, end: int) -> None:
    """Ask for a row of synapses: rows lie anywhere in memory, so that no processor foresees the next one."""
    for s in range(begin, end, LINE):
        fetch(targets, s)
