"""Words in memory that several threads read and write."""

from __future__ import annotations

from typing import Any

from llvmlite import binding, ir
from numba import int64, types
from numba.core import cgutils
from numba.extending import intrinsic

_HINTS = {
    "x86_64": ("llvm.x86.sse2.pause",),
    "aarch64": ("llvm.aarch64.hint", 1),
    "arm64": ("llvm.aarch64.hint", 1),
}
"""Intrinsic of LLVM and its argument, by the first part of the name that it gives to a machine."""


@intrinsic  # type: ignore[untyped-decorator]
def add_to(typing_context: Any, address: Any, value: Any) -> Any:
    """Add to a word in memory, undivided; what was there before."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        word = builder.inttoptr(arguments[0], ir.IntType(64).as_pointer())
        return builder.atomic_rmw("add", word, arguments[1], "seq_cst")

    return int64(int64, int64), generate


@intrinsic  # type: ignore[untyped-decorator]
def look_at(typing_context: Any, address: Any) -> Any:
    """A word in memory, as other threads have left it."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        word = builder.inttoptr(arguments[0], ir.IntType(64).as_pointer())
        return builder.load_atomic(word, "acquire", 8)

    return int64(int64), generate


@intrinsic  # type: ignore[untyped-decorator]
def put_to(typing_context: Any, address: Any, value: Any) -> Any:
    """Write a word in memory for other threads to see, with all that was written before."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        word = builder.inttoptr(arguments[0], ir.IntType(64).as_pointer())
        builder.store_atomic(arguments[1], word, "release", 8)
        return arguments[1]

    return int64(int64, int64), generate


@intrinsic  # type: ignore[untyped-decorator]
def exchange(typing_context: Any, address: Any, known: Any, value: Any) -> Any:
    """Write a word in memory if it is what is known of it, undivided; what was there before."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        word = builder.inttoptr(arguments[0], ir.IntType(64).as_pointer())
        result = builder.cmpxchg(word, arguments[1], arguments[2], "seq_cst", "seq_cst")
        return builder.extract_value(result, 0)

    return int64(int64, int64, int64), generate


@intrinsic  # type: ignore[untyped-decorator]
def pause(typing_context: Any) -> Any:
    """Tell the processor that this thread is waiting: another one may share its units."""
    name, *numbers = _HINTS.get(binding.get_process_triple().split("-")[0].lower(), (None,))
    word = ir.IntType(32)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        if name is not None:
            kind = ir.FunctionType(ir.VoidType(), [word for _ in numbers])
            builder.call(cgutils.get_or_insert_function(builder.module, kind, name), map(word, numbers))
        return context.get_dummy_value()

    return types.void(), generate
