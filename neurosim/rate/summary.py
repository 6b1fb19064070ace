"""A network as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from neurosim.errors import ParameterError
from neurosim.rate.layer import Shape
from neurosim.rate.variable import Variable

if TYPE_CHECKING:
    from neurosim.rate.composite import Composite

HEAD = ("", "layer", "output", "parameters", "synapses", "multiply-adds")


def summarise(network: Composite, input_shape: Shape | None) -> str:
    """Return a table of the layers of a network; parameters that layers share count with the first.

    Raises
    ------
    ParameterError
        If the shape of the input is not known.
    """
    if input_shape is None:
        where = f"{type(network).__name__}.summary()"
        raise ParameterError(where, None, "the input is not known", "Call build(input_shape) first.")
    shapes = network.shapes(input_shape)
    rows, seen = [], set[Variable]()
    totals = [0, 0, 0]
    for i, (layer, before, after) in enumerate(zip(network, shapes[:-1], shapes[1:], strict=True)):
        new = set(layer.parameters()) - seen
        seen |= new
        counts = [sum(p.size for p in new), layer.n_synapses, layer.multiply_accumulates(before)]
        totals = [total + count for total, count in zip(totals, counts, strict=True)]
        shown = " × ".join(map(str, after))
        rows.append((str(i), layer.describe(), shown, *(f"{count:,}" for count in counts)))
    rows = [HEAD, *rows, ("", "total", "", *(f"{total:,}" for total in totals))]
    widths = [max(len(row[k]) for row in rows) for k in range(len(HEAD))]
    return "\n".join(_line(row, widths) for row in rows)


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    cells = [
        f"{cell:<{width}}" if k in (1, 2) else f"{cell:>{width}}"
        for k, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
    return "  ".join(cells)
