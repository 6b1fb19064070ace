"""Products of matrices held in the registers of a vector processor: the inner loops of convolution.

A tile of sums stays in registers while the terms stream past, so that each number that is loaded takes part
in several products (Goto & van de Geijn 2008, doi:10.1145/1356052.1356053). LLVM turns loops over arrays into
such code only by luck, hence these functions write it down.
"""

from __future__ import annotations

from typing import Any

from llvmlite import binding, ir
from numba import types
from numba.extending import intrinsic

from neurosim.kernels.core.vector_code import (
    fused,
    lane_sums,
    length_of,
    load,
    loop,
    splat,
    store,
    vectors_of,
    word,
)

_WIDE = bool(binding.get_host_cpu_features().get("avx512f"))

REGISTER_BYTES = 64 if _WIDE else 32
"""Size of a vector register."""

TILES = ((8, 3), (6, 4), (4, 6)) if _WIDE else ((4, 3), (6, 2), (2, 6))
"""Rows of sums, and vectors in a row, that fill the registers but for a few."""

PANEL_ROWS, PANEL_VECTORS = (8, 2) if _WIDE else (4, 2)
"""The same for products with a panel, whose width divides most sizes."""


def whole_registers(n: int, itemsize: int) -> int:
    """Return how many numbers of so many bytes the registers hold that n of them need."""
    lanes = REGISTER_BYTES // itemsize
    return -(-n // lanes) * lanes


def fitting_tile(n_rows: int) -> tuple[int, int, int]:
    """Return number, rows and vectors of the tile that wastes least on so many rows."""
    waste = [-(-n_rows // rows) * rows for rows, _ in TILES]
    best = waste.index(min(waste))
    return best, *TILES[best]


@intrinsic(prefer_literal=True)  # type: ignore[untyped-decorator]
def lanes_of(typing_context: Any, array: Any) -> Any:
    """Numbers of an array's type in a vector register."""
    number = REGISTER_BYTES * 8 // array.dtype.bitwidth

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return ir.Constant(ir.IntType(64), number)

    return types.int64(array), generate


@intrinsic(prefer_literal=True)  # type: ignore[untyped-decorator]
def sum_products(
    typing_context: Any,
    x: Any,
    start: Any,
    offsets: Any,
    weights: Any,
    first_weight: Any,
    out: Any,
    place: Any,
    pitch: Any,
    tile: Any,
) -> Any:
    """Fill a tile of sums of products.

    ``out[place + r*pitch + i] = sum_k weights[first_weight + k*R + r]*x[start + offsets[k] + i]``. `tile` is
    a literal number, an index into `TILES`: r goes up to R, and i up to V vectors. All arrays are of one
    dimension; nothing is checked.
    """
    rows, vectors = TILES[tile.literal_value]

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        vector, data = vectors_of(context, builder, signature, REGISTER_BYTES)
        x_data, offset_data, weight_data, out_data = (data(arguments, k) for k in (0, 2, 3, 5))
        _, start, _, _, first_weight, _, place, pitch, _ = arguments
        n_terms = length_of(context, builder, signature, arguments, 2)
        lanes = vector.count

        def term(k: Any, sums: list[Any]) -> list[Any]:
            base = builder.add(start, builder.load(builder.gep(offset_data, [k])))
            own = builder.add(first_weight, builder.mul(k, word(rows)))
            seen = [load(builder, x_data, builder.add(base, word(v * lanes)), vector) for v in range(vectors)]
            spread = [splat(builder, weight_data, builder.add(own, word(r)), vector) for r in range(rows)]
            return [
                fused(builder, spread[r], seen[v], sums[r * vectors + v])
                for r in range(rows)
                for v in range(vectors)
            ]

        sums = loop(builder, n_terms, word(1), [ir.Constant(vector, None)] * (rows * vectors), term)
        for r in range(rows):
            row = builder.add(place, builder.mul(pitch, word(r)))
            for v in range(vectors):
                store(builder, sums[r * vectors + v], out_data, builder.add(row, word(v * lanes)))
        return context.get_dummy_value()

    return types.void(x, start, offsets, weights, first_weight, out, place, pitch, tile), generate


@intrinsic(prefer_literal=True)  # type: ignore[untyped-decorator]
def add_products(
    typing_context: Any,
    a: Any,
    a_start: Any,
    a_pitch: Any,
    a_step: Any,
    b: Any,
    start: Any,
    b_pitch: Any,
    n_terms: Any,
    out: Any,
    place: Any,
    out_pitch: Any,
    rows: Any,
) -> Any:
    """Add to a tile the products of so many rows with columns of a matrix, `PANEL_VECTORS` vectors wide.

    ``out[place + r*out_pitch + i] += sum_k a[a_start + r*a_pitch + k*a_step]*b[start + k*b_pitch + i]``, k up
    to `n_terms`. `rows` is a literal number. All arrays are of one dimension; nothing is checked.
    """
    n_rows = rows.literal_value

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        vector, data = vectors_of(context, builder, signature, REGISTER_BYTES)
        a_data, b_data, out_data = (data(arguments, k) for k in (0, 4, 8))
        _, a_start, a_pitch, a_step, _, start, b_pitch, n_terms, _, place, out_pitch, _ = arguments
        a_from = [builder.add(a_start, builder.mul(a_pitch, word(r))) for r in range(n_rows)]
        targets = [
            builder.add(builder.add(place, builder.mul(out_pitch, word(r))), word(v * vector.count))
            for r in range(n_rows)
            for v in range(PANEL_VECTORS)
        ]

        def term(k: Any, sums: list[Any]) -> list[Any]:
            base = builder.add(start, builder.mul(k, b_pitch))
            seen = [
                load(builder, b_data, builder.add(base, word(v * vector.count)), vector)
                for v in range(PANEL_VECTORS)
            ]
            along = builder.mul(k, a_step)
            spread = [splat(builder, a_data, builder.add(first, along), vector) for first in a_from]
            return [
                fused(builder, spread[r], seen[v], sums[r * PANEL_VECTORS + v])
                for r in range(n_rows)
                for v in range(PANEL_VECTORS)
            ]

        before = [load(builder, out_data, target, vector) for target in targets]
        sums = loop(builder, n_terms, word(1), before, term)
        for total, target in zip(sums, targets, strict=True):
            store(builder, total, out_data, target)
        return context.get_dummy_value()

    arguments = (a, a_start, a_pitch, a_step, b, start, b_pitch, n_terms, out, place, out_pitch, rows)
    return types.void(*arguments), generate


@intrinsic(prefer_literal=True)  # type: ignore[untyped-decorator]
def sum_overlaps(
    typing_context: Any,
    x: Any,
    start: Any,
    step: Any,
    offsets: Any,
    first_offset: Any,
    g: Any,
    g_start: Any,
    g_step: Any,
    pitch: Any,
    length: Any,
    n: Any,
    out: Any,
    place: Any,
    tile: Any,
) -> Any:
    """Add to a tile the sums over i and over n images of two rows that are shifted against each other.

    ``out[place + r*T + t] += sum_b sum_i g[g_start + b*g_step + r*pitch + i]
    *x[start + b*step + offsets[first_offset + t] + i]``, for i up to `length`, a multiple of the lanes.
    `tile` is a literal number, an index into `TILES`: there are as many offsets t as vectors in a row, T. The
    last register that is written may hold more; that stays as it is.
    """
    rows, taps = TILES[tile.literal_value]

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        vector, data = vectors_of(context, builder, signature, REGISTER_BYTES)
        x_data, offset_data, g_data, out_data = (data(arguments, k) for k in (0, 3, 5, 11))
        _, start, step, _, first_offset, _, g_start, g_step, pitch, length, n, _, place, _ = arguments
        shifts = [
            builder.load(builder.gep(offset_data, [builder.add(first_offset, word(t))])) for t in range(taps)
        ]

        def image(b: Any, outer: list[Any]) -> list[Any]:
            origin = builder.add(start, builder.mul(b, step))
            seen_from = [builder.add(origin, shift) for shift in shifts]
            g_origin = builder.add(g_start, builder.mul(b, g_step))
            g_from = [builder.add(g_origin, builder.mul(pitch, word(r))) for r in range(rows)]

            def place_of(i: Any, sums: list[Any]) -> list[Any]:
                errors = [load(builder, g_data, builder.add(first, i), vector) for first in g_from]
                seen = [load(builder, x_data, builder.add(first, i), vector) for first in seen_from]
                return [
                    fused(builder, errors[r], seen[t], sums[r * taps + t])
                    for r in range(rows)
                    for t in range(taps)
                ]

            return loop(builder, length, word(vector.count), outer, place_of)

        sums = loop(builder, n, word(1), [ir.Constant(vector, None)] * (rows * taps), image)
        for v, total in enumerate(lane_sums(builder, sums)):
            at = builder.add(place, word(v * vector.count))
            store(builder, builder.fadd(load(builder, out_data, at, vector), total), out_data, at)
        return context.get_dummy_value()

    arguments = (
        x, start, step, offsets, first_offset, g, g_start, g_step, pitch, length, n, out, place, tile,
    )  # fmt: skip
    return types.void(*arguments), generate
