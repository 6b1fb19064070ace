"""Short rows of numbers, moved a register at a time.

The rows of small images are no multiple of a register, and what is left over, moved number by number, would
take as long as all the rest. Here whole registers are written, over the end of the row, so rows must be
written in the order in which they lie in memory.
"""

from __future__ import annotations

from typing import Any

from numba import types
from numba.extending import intrinsic

from neurosim.kernels.core.vector_code import (
    lanes_before,
    load_some,
    loop,
    repeated,
    store,
    store_some,
    vectors_of,
    word,
)
from neurosim.kernels.rate.register_tile import REGISTER_BYTES


@intrinsic  # type: ignore[untyped-decorator]
def copy_row(typing_context: Any, source: Any, start: Any, target: Any, place: Any, n: Any, end: Any) -> Any:
    """Do ``target[place : place + n] = source[start : start + n]``, and overwrite less than a register more.

    What follows the row in `target` becomes 0, but never from `end` on. Arrays are of one dimension and one
    dtype; nothing is checked.
    """
    return types.void(source, start, target, place, n, end), _mover(lambda builder, value, arguments: value)


@intrinsic  # type: ignore[untyped-decorator]
def finish_row(
    typing_context: Any,
    source: Any,
    start: Any,
    target: Any,
    place: Any,
    n: Any,
    end: Any,
    bias: Any,
    least: Any,
) -> Any:
    """Do as `copy_row`, with a bias added to each number, and `least` in place of what is no larger.

    With `least` = -inf nothing is replaced; what is no number stays so. What follows may become anything.
    """

    def finished(builder: Any, value: Any, arguments: Any) -> Any:
        bias, least = (repeated(builder, number, value.type.count) for number in arguments[6:])
        total = builder.fadd(value, bias)
        return builder.select(builder.fcmp_ordered("<=", total, least), least, total)

    number = source.dtype
    return types.void(source, start, target, place, n, end, number, number), _mover(finished)


def _mover(changed: Any) -> Any:
    """What generates a loop over the registers of a row, each of which is changed on its way."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        vector, data = vectors_of(context, builder, signature, REGISTER_BYTES)
        source_data, target_data = data(arguments, 0), data(arguments, 2)
        _, start, _, place, n, end, *_ = arguments

        def move(i: Any, carried: list[Any]) -> list[Any]:
            mask = lanes_before(builder, builder.sub(n, i), vector)
            value = load_some(builder, source_data, builder.add(start, i), vector, mask)
            value, at = changed(builder, value, arguments), builder.add(place, i)
            fits = builder.icmp_signed("<=", builder.add(at, word(vector.count)), end)
            with builder.if_else(fits, likely=True) as (
                whole,
                part,
            ):  # under a mask it takes ten times as long
                with whole:
                    store(builder, value, target_data, at)
                with part:
                    store_some(builder, value, target_data, at, mask)
            return carried

        loop(builder, n, word(vector.count), [], move)
        return context.get_dummy_value()

    return generate
