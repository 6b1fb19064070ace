"""Vector instructions, written down: what the intrinsics of this room are made of.

Each function adds instructions of LLVM's language to a builder. LLVM turns loops over arrays into such code
only by luck.
"""

from __future__ import annotations

from typing import Any

from llvmlite import binding, ir


def vectors_of(context: Any, builder: Any, signature: Any, n_bytes: int) -> tuple[Any, Any]:
    """The vector of so many bytes that goes with the first argument, and what gives an argument's memory."""
    number = context.get_data_type(signature.args[0].dtype)
    lanes = n_bytes * 8 // signature.args[0].dtype.bitwidth

    def data(arguments: Any, k: int) -> Any:
        return context.make_array(signature.args[k])(context, builder, arguments[k]).data

    return ir.VectorType(number, lanes), data


def length_of(context: Any, builder: Any, signature: Any, arguments: Any, k: int) -> Any:
    """Length of an argument, an array."""
    array = context.make_array(signature.args[k])(context, builder, arguments[k])
    return builder.extract_value(array.shape, 0)


def word(number: int) -> ir.Constant:
    """A whole number."""
    return ir.Constant(ir.IntType(64), number)


def load(builder: Any, data: Any, index: Any, vector: ir.VectorType) -> Any:
    """What lies from an index on."""
    address = builder.bitcast(builder.gep(data, [index]), vector.as_pointer())
    loaded = builder.load(address)
    loaded.align = vector.element.get_abi_size(_TARGET)
    return loaded


def store(builder: Any, value: Any, data: Any, index: Any) -> None:
    """Put a vector where an index says."""
    address = builder.bitcast(builder.gep(data, [index]), value.type.as_pointer())
    builder.store(value, address, align=value.type.element.get_abi_size(_TARGET))


def lanes_before(builder: Any, end: Any, vector: ir.VectorType) -> Any:
    """The mask of the lanes whose numbers, from 0 on, are less than `end`."""
    numbers = ir.Constant(ir.VectorType(_BITS, vector.count), list(range(vector.count)))
    return builder.icmp_signed("<", numbers, repeated(builder, builder.trunc(end, _BITS), vector.count))


def load_some(builder: Any, data: Any, index: Any, vector: ir.VectorType, mask: Any) -> Any:
    """What lies from an index on, in the lanes of a mask, and 0 in the others, which are not read."""
    kinds = [vector.as_pointer(), _BITS, mask.type, vector]
    function = _masked(builder, "load", ir.FunctionType(vector, kinds), vector)
    address = builder.bitcast(builder.gep(data, [index]), kinds[0])
    return builder.call(function, [address, _alignment(vector), mask, ir.Constant(vector, None)])


def store_some(builder: Any, value: Any, data: Any, index: Any, mask: Any) -> None:
    """Put the lanes of a mask where an index says, and leave the memory of the others alone."""
    kinds = [value.type, value.type.as_pointer(), _BITS, mask.type]
    function = _masked(builder, "store", ir.FunctionType(ir.VoidType(), kinds), value.type)
    address = builder.bitcast(builder.gep(data, [index]), kinds[1])
    builder.call(function, [value, address, _alignment(value.type), mask])


def _masked(builder: Any, what: str, kind: ir.FunctionType, vector: ir.VectorType) -> Any:
    number = {"float": "f32", "double": "f64"}[str(vector.element)]
    name = f"llvm.masked.{what}.v{vector.count}{number}.p0"
    return builder.module.globals.get(name) or ir.Function(builder.module, kind, name)


def _alignment(vector: ir.VectorType) -> ir.Constant:
    return ir.Constant(_BITS, vector.element.get_abi_size(_TARGET))


def splat(builder: Any, data: Any, index: Any, vector: ir.VectorType) -> Any:
    """The number at an index in all lanes."""
    return repeated(builder, builder.load(builder.gep(data, [index])), vector.count)


def repeated(builder: Any, number: Any, n: int) -> Any:
    """A number in each of n lanes."""
    nothing = ir.Constant(ir.VectorType(number.type, n), ir.Undefined)
    single = builder.insert_element(nothing, number, ir.Constant(_BITS, 0))
    return builder.shuffle_vector(single, nothing, ir.Constant(ir.VectorType(_BITS, n), None))


def fused(builder: Any, a: Any, b: Any, c: Any) -> Any:
    """``a*b + c``, rounded once."""
    flags = ("contract",)
    return builder.fadd(c, builder.fmul(a, b, flags=flags), flags=flags)


def lane_sums(builder: Any, values: list[Any]) -> list[Any]:
    """The sum over the lanes of each of some vectors, in order, in as few vectors as hold them.

    In each round two vectors become one, with half as many lanes for each sum; all sums are done at once.
    """
    vector = values[0].type
    n = vector.count
    values = [*values, *[ir.Constant(vector, None)] * (-len(values) % n)]
    size = n
    while size > 1:
        size //= 2
        starts = [first + group for first in (0, n) for group in range(0, n, 2 * size)]
        low = [start + lane for start in starts for lane in range(size)]
        high = [lane + size for lane in low]
        pairs = zip(values[::2], values[1::2], strict=True)
        values = [builder.fadd(merged(builder, a, b, low), merged(builder, a, b, high)) for a, b in pairs]
    return values


def merged(builder: Any, a: Any, b: Any, lanes: list[int]) -> Any:
    """Lanes of two vectors, those of the second counted on."""
    chosen = ir.Constant(ir.VectorType(_BITS, len(lanes)), lanes)
    return builder.shuffle_vector(a, b, chosen)


def loop(builder: Any, end: Any, step: Any, initial: list[Any], body: Any) -> list[Any]:
    """Carry values through a loop from 0 up to `end`; they stay in registers."""
    before = builder.block
    head, inside, behind = (builder.append_basic_block(name) for name in ("head", "inside", "behind"))
    builder.branch(head)
    builder.position_at_end(head)
    counter = builder.phi(end.type)
    counter.add_incoming(ir.Constant(end.type, 0), before)
    carried = [builder.phi(value.type) for value in initial]
    for phi, value in zip(carried, initial, strict=True):
        phi.add_incoming(value, before)
    builder.cbranch(builder.icmp_signed("<", counter, end), inside, behind)
    builder.position_at_end(inside)
    new = body(counter, carried)
    last = builder.block
    counter.add_incoming(builder.add(counter, step), last)
    for phi, value in zip(carried, new, strict=True):
        phi.add_incoming(value, last)
    builder.branch(head)
    builder.position_at_end(behind)
    return carried


_BITS = ir.IntType(32)
_TARGET = binding.create_target_data("e-m:e-i64:64-f80:128-n8:16:32:64-S128")
