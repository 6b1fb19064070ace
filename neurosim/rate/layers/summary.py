"""A network as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from neurosim.errors import ParameterError
from neurosim.rate.autodiff.variable import Variable
from neurosim.rate.layers.layer import Shape
from neurosim.rate.layers.receptive_field import ReceptiveField

if TYPE_CHECKING:
    from neurosim.rate.layers.composite import Composite

HEAD = ("", "layer", "output", "receptive field", "parameters", "synapses", "multiply-adds")


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
    fields = receptive_fields(network, shapes)
    cases = zip(network, shapes[:-1], shapes[1:], fields, strict=True)
    for i, (layer, before, after, field) in enumerate(cases):
        new = set(layer.parameters()) - seen
        seen |= new
        counts = [sum(p.size for p in new), layer.n_synapses, layer.multiply_accumulates(before)]
        totals = [total + count for total, count in zip(totals, counts, strict=True)]
        shown = " × ".join(map(str, after))
        rows.append((str(i), layer.describe(), shown, field, *(f"{count:,}" for count in counts)))
    rows = [HEAD, *rows, ("", "total", "", "", *(f"{total:,}" for total in totals))]
    kept = [k for k in range(len(HEAD)) if HEAD[k] != "receptive field" or any(fields)]
    widths = {k: max(len(row[k]) for row in rows) for k in kept}
    return "\n".join(_line(row, widths) for row in rows)


def receptive_fields(network: Composite, shapes: list[Shape]) -> list[str]:
    """Name the receptive field behind each layer: its sides, ``"all"``, or nothing where there are no images.

    Parameters
    ----------
    network : Composite
    shapes : list of tuple of int
        Of a sample, before the first layer and behind each.
    """
    layers = list(network)
    first = next((i for i, shape in enumerate(shapes) if len(shape) > 1), len(layers))
    n_axes = len(shapes[first]) - 1
    field: ReceptiveField | None = ReceptiveField.of_input(n_axes)
    named = []
    for i, (layer, before, after) in enumerate(zip(layers, shapes[:-1], shapes[1:], strict=True)):
        kept = i < first or len(before) == n_axes + 1 or before[1:] == after[1:]
        field = layer.seen(field) if field is not None and kept and len(after) in (1, n_axes + 1) else None
        named.append("all" if field is None else str(field))
    return named if set(named) - {"", "all"} else [""] * len(named)


def _line(row: tuple[str, ...], widths: dict[int, int]) -> str:
    cells = [f"{row[k]:<{width}}" if k in (1, 2, 3) else f"{row[k]:>{width}}" for k, width in widths.items()]
    return "  ".join(cells)
