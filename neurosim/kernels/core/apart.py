"""Loads and stores that tell LLVM which memory never overlaps, so that long loops vectorise.

LLVM gives up on a loop over many arrays: it would have to compare too many addresses before it begins. Here
whoever writes the loop gives a number, a literal, to each piece of memory: pieces with different numbers
never overlap, and in all that is compiled together a piece has one number. Nothing else is checked either.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core.errors import TypingError
from numba.extending import intrinsic

PIECES = 12
"""Numbers there are for pieces of memory, from 0 on."""


@intrinsic(prefer_literal=True)  # type: ignore[untyped-decorator]
def load(typing_context: Any, array: Any, index: Any, piece: Any) -> Any:
    """Return an entry of a C-contiguous array, counted over all dimensions."""
    number = _checked(array, piece)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        value = builder.load(_address(context, builder, signature, arguments))
        _mark(builder, value, number)
        return value

    return array.dtype(array, types.int64, piece), generate


@intrinsic(prefer_literal=True)  # type: ignore[untyped-decorator]
def store(typing_context: Any, array: Any, index: Any, piece: Any, value: Any) -> Any:
    """Write an entry of a C-contiguous array, counted over all dimensions."""
    number = _checked(array, piece)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        stored = builder.store(arguments[3], _address(context, builder, signature, arguments))
        _mark(builder, stored, number)
        return context.get_dummy_value()

    return types.void(array, types.int64, piece, array.dtype), generate


def _checked(array: Any, piece: Any) -> int:
    if array.layout != "C":
        raise TypingError(f"an array is of layout {array.layout}, and must be C-contiguous")
    return int(piece.literal_value)


def _address(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    array = context.make_array(signature.args[0])(context, builder, arguments[0])
    return builder.gep(array.data, [arguments[1]])


def _mark(builder: Any, instruction: Any, number: int) -> None:
    module: ir.Module = builder.module
    domain = module.add_metadata(["neurosim"])
    pieces = [module.add_metadata([f"neurosim piece {k}", domain]) for k in range(PIECES)]
    instruction.set_metadata("alias.scope", module.add_metadata([pieces[number]]))
    instruction.set_metadata("noalias", module.add_metadata([p for k, p in enumerate(pieces) if k != number]))
