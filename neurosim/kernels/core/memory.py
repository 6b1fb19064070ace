"""Numbers and arrays in memory, found by their address, for use inside kernels.

numba offers the same, but compiles such a function by itself for every type; these write the few instructions
into the code that calls them, which takes a tenth of the time.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

WORD = ir.IntType(64)

BLOCK = 32
"""Bytes that `block_bits` looks at."""


@intrinsic  # type: ignore[untyped-decorator]
def number(typing_context: Any, address: Any, place: Any, dtype: Any) -> Any:
    """The number of a type, of 64 bits, that is an entry of the table at an address."""
    result = dtype.instance_type

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        address, place, _ = arguments
        return _load(builder, address, place, context.get_value_type(result))

    return result(types.int64, types.int64, dtype), generate


@intrinsic(prefer_literal=True)  # type: ignore[untyped-decorator]
def c_array(typing_context: Any, address: Any, place: Any, dtype: Any, n_axes: Any) -> Any:
    """The array in C order whose address and lengths are the entries of a table from `place` on."""
    return _array(types.Array(dtype.instance_type, n_axes.literal_value, "C"), dtype, n_axes)


@intrinsic(prefer_literal=True)  # type: ignore[untyped-decorator]
def f_array(typing_context: Any, address: Any, place: Any, dtype: Any, n_axes: Any) -> Any:
    """The array in Fortran order whose address and lengths are the entries of a table from `place` on."""
    return _array(types.Array(dtype.instance_type, n_axes.literal_value, "F"), dtype, n_axes)


@intrinsic  # type: ignore[untyped-decorator]
def block_bits(typing_context: Any, array: Any, index: Any) -> Any:
    """A bit for each of the `BLOCK` bytes of a uint8 array from ``BLOCK*index`` on: whether it is not 0."""
    block = ir.VectorType(ir.IntType(8), BLOCK)  # a vector register, looked at by one instruction

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        blocks = builder.bitcast(data, block.as_pointer())
        found = builder.load(builder.gep(blocks, [arguments[1]]), align=1)
        bits = builder.icmp_unsigned("!=", found, ir.Constant(block, None))
        return builder.zext(builder.bitcast(bits, ir.IntType(BLOCK)), WORD)

    return types.uint64(array, types.int64), generate


@intrinsic  # type: ignore[untyped-decorator]
def lowest_bit(typing_context: Any, bits: Any) -> Any:
    """Number of the lowest bit that is set in a uint64 other than 0."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.IntType(1)(1))

    return types.int64(types.uint64), generate


@intrinsic  # type: ignore[untyped-decorator]
def float_bits(typing_context: Any, x: Any) -> Any:
    """The bit pattern of a float64 as an int64."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], WORD)

    return types.int64(types.float64), generate


@intrinsic  # type: ignore[untyped-decorator]
def bits_float(typing_context: Any, bits: Any) -> Any:
    """The float64 that has a given bit pattern."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.DoubleType())

    return types.float64(types.int64), generate


def _load(builder: Any, address: Any, place: Any, kind: Any) -> Any:
    """Load an entry of a table."""
    entry = builder.add(address, builder.shl(place, WORD(3)))
    return builder.load(builder.inttoptr(entry, kind.as_pointer()))


def _array(result: Any, dtype: Any, n_axes: Any) -> Any:
    from numba.np.arrayobj import populate_array

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        address, place = arguments[:2]
        item = context.get_data_type(result.dtype)
        data = _load(builder, address, place, item.as_pointer())
        axes = range(result.ndim)
        shape = [_load(builder, address, builder.add(place, WORD(1 + axis)), WORD) for axis in axes]
        itemsize = context.get_abi_sizeof(item)
        strides, stride = {}, WORD(itemsize)
        for axis in axes if result.layout == "F" else reversed(axes):
            strides[axis] = stride
            stride = builder.mul(stride, shape[axis], flags=["nsw"])
        made = context.make_array(result)(context, builder)
        in_order = [strides[axis] for axis in axes]
        populate_array(made, data=data, shape=shape, strides=in_order, itemsize=itemsize, meminfo=None)
        return made._getvalue()

    return result(types.int64, types.int64, dtype, n_axes), generate
