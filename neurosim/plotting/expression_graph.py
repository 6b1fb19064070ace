"""The expression graph: variables, and the operations that made them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from neurosim.errors import ParameterError
from neurosim.plotting.layered_layout import LayeredLayout
from neurosim.plotting.style import BLUE, GREY, INK, ORANGE, PALE, TICK_SIZE, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST_NODES = 200
_BOX, _HEIGHT, _CIRCLE = 0.84, 0.56, 0.5  # width of a variable, height of all, width of a circle
_SYMBOLS = {
    "add": "+",
    "subtract": "−",
    "negative": "−",
    "multiply": "×",
    "divide": "÷",
    "power": "^",
    "MatMul": "@",
    "Sum": "Σ",
}


class Node(Protocol):
    """A variable: an array that knows the operation that made it, and its inputs."""

    value: Any
    grad: Any
    creator: Any
    inputs: tuple[Any, ...]
    requires_grad: bool


def plot_expression_graph(
    result: Node, names: Mapping[str, Node] | None = None, ax: Axes | None = None
) -> Axes:
    """Draw the graph that led to a variable, the result on top.

    Boxes are variables, grey where they are constants; they show a name, the value (or the shape, where there
    are several elements) and, after `backward`, the gradient. Circles are operations. An orange arrow leads
    from a variable to its creator, grey ones from an operation to its inputs.

    Parameters
    ----------
    result : Variable
        With at most 200 variables and operations before it.
    names : mapping of str to Variable, optional
        What to call variables: ``{"x": x, "W": W}``.
    ax : Axes, optional
        Where to draw; a new figure, as large as the graph needs, if left out.

    Returns
    -------
    Axes

    Raises
    ------
    ParameterError
        If `result` is no variable, or the graph is too large to be read.
    """
    nodes, edges = _collect(result)
    layout = LayeredLayout(len(nodes), edges)
    left, right = min(layout.x), max(layout.x)
    if ax is None:
        ax = new_figure(1.15 * (right - left + 1.4), 0.72 * (1.6 - min(layout.y))).add_subplot()
    labels = {id(variable): name for name, variable in (names or {}).items()}
    for (upper, _), path in zip(edges, layout.paths, strict=True):
        _draw_arrow(ax, path, GREY if _is_operation(nodes[upper]) else ORANGE)
    for node, x, y in zip(nodes, layout.x, layout.y, strict=True):
        _draw_node(ax, node, x, y, labels.get(id(node), ""))
    ax.set(xlim=(left - 0.7, right + 0.7), ylim=(min(layout.y) - 0.5, 0.5))
    ax.set_axis_off()
    return ax


def _is_operation(node: Any) -> bool:
    return not hasattr(node, "creator")


def _collect(result: Node) -> tuple[list[Any], list[tuple[int, int]]]:
    """Return variables and operations, the result first, and which leads to which."""
    if _is_operation(result):
        raise ParameterError("plot_expression_graph(result)", result, "must be a Variable")
    nodes: list[Any] = [result]
    number = {id(result): 0}
    edges = []
    done = 0
    while done < len(nodes):
        node = nodes[done]
        if _is_operation(node):
            below = next(v.inputs for v in nodes if getattr(v, "creator", None) is node)
        else:
            below = () if node.creator is None else (node.creator,)
        for other in below:
            if id(other) not in number:
                number[id(other)] = len(nodes)
                nodes.append(other)
            edges.append((done, number[id(other)]))
        if len(nodes) > _MOST_NODES:
            limit = f"its graph has more than {_MOST_NODES} nodes"
            raise ParameterError("plot_expression_graph(result)", result, limit, "Draw a part of it.")
        done += 1
    return nodes, edges


def _draw_node(ax: Axes, node: Any, x: float, y: float, name: str) -> None:
    from matplotlib.patches import Ellipse, FancyBboxPatch

    if _is_operation(node):
        text = _SYMBOLS.get(node.name, node.name).replace("_", "\n")
        width = _CIRCLE if len(text) <= 4 else _BOX
        ax.add_patch(Ellipse((x, y), width, _HEIGHT, facecolor=PALE, edgecolor=GREY, linewidth=0.8))
    else:
        ax.add_patch(
            FancyBboxPatch(
                (x - _BOX / 2, y - _HEIGHT / 2),
                _BOX,
                _HEIGHT,
                boxstyle="round,pad=0,rounding_size=0.12",
                facecolor="white",
                edgecolor=BLUE if node.requires_grad else GREY,
                linewidth=1.2,
            )
        )
        text = _describe(node, name)
    size = TICK_SIZE if len(text) <= 3 else TICK_SIZE - 2
    ax.text(x, y, text, ha="center", va="center", fontsize=size, color=INK)


def _describe(variable: Node, name: str) -> str:
    single = variable.value.size == 1
    shown = f"{variable.value.item():.4g}" if single else str(variable.value.shape)
    lines = [f"{name} = {shown}" if name and single else f"{name} {shown}".strip()]
    if single and variable.grad is not None:
        lines.append(f"grad {variable.grad.item():.4g}")
    return "\n".join(lines)


def _draw_arrow(ax: Axes, path: list[tuple[float, float]], colour: str) -> None:
    """Draw a line that leaves its first node below and enters its last from above."""
    from matplotlib.patches import FancyArrowPatch
    from matplotlib.path import Path

    half = _HEIGHT / 2
    points = [(path[0][0], path[0][1] - half)]
    for x, y in path[1:]:
        top = (x, y + half)
        middle = (points[-1][1] + top[1]) / 2
        points += [(points[-1][0], middle), (x, middle), top]
        if (x, y) != path[-1]:
            bottom = (x, y - half)
            points += [top, bottom, bottom]
    codes = [Path.MOVETO, *[Path.CURVE4] * (len(points) - 1)]
    arrow = FancyArrowPatch(
        path=Path(points, codes), arrowstyle="-|>", mutation_scale=8, color=colour, linewidth=1.1, zorder=0
    )
    ax.add_patch(arrow)
