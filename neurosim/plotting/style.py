"""The house style: colours, sizes and bare axes."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# M. Okabe, K. Ito, "Color universal design" (2008): distinct for colour-blind readers too.
BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#CC79A7",
    "#E69F00",
    "#56B4E9",
)
INK = "#2B2F36"
GREY = "#8A9099"
PALE = "#E4E7EB"
CYCLE = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY, INK)

UNITS = {
    "rate": ("Rate", INK),
    "lif": ("LIF", BLUE),
    "hh": ("Hodgkin-Huxley", VERMILLION),
    "binary": ("Binary", GREEN),
    "continuous": ("Continuous", PURPLE),
    "lif_dale": ("LIF, Dale's law", SKY),
}

LABEL_SIZE = 10
TICK_SIZE = 9

_MICRO = re.compile(r"\bu(?=(?:A|F|S|V|M|m|s|mol|W|J|L|g)\d?\b)")
_POWER = re.compile(r"(?<=[A-Za-z])(?:\^|\*\*)?(-?\d+)\b")
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def unit_colour(unit: str, position: int = 0) -> str:
    """Return the colour of a unit type, such as ``"lif"`` or ``"hh"``; others take turns in a cycle.

    Parameters
    ----------
    unit : str
        Type of unit.
    position : int, default 0
        Place in the cycle of colours of a name that has none of its own.
    """
    return UNITS[unit][1] if unit in UNITS else CYCLE[position % len(CYCLE)]


def unit_name(unit: str) -> str:
    """Return the name of a unit type as figures and reports spell it; any other stays as it is."""
    return UNITS[unit][0] if unit in UNITS else unit


def pretty_unit(unit: str) -> str:
    """Return the name of a unit as print spells it: ``"uA/cm2"`` becomes ``"µA/cm²"``."""
    micro = _MICRO.sub("µ", unit)
    return _POWER.sub(lambda power: power[1].translate(_SUPERSCRIPTS), micro)


def with_unit(quantity: str, unit: str) -> str:
    """Return the label of an axis: ``"I (µA/cm²)"``, or the quantity alone for ``"1"`` or no unit."""
    return quantity if unit in ("", "1") else f"{quantity} ({pretty_unit(unit)})"


def new_figure(width: float = 6.4, height: float = 3.6) -> Figure:
    """Return an empty figure that lays its axes out itself and that pyplot does not know.

    Parameters
    ----------
    width, height : float, default 6.4 and 3.6
        Size in inches.
    """
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    return Figure(
        figsize=(width, height), layout=ConstrainedLayoutEngine(w_pad=0.1, h_pad=0.1), facecolor="white"
    )


def dress(ax: Axes, x_label: str = "", y_label: str = "") -> Axes:
    """Give axes the house style: labels, two spines, quiet ticks."""
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[["left", "bottom"]].set(color=GREY, linewidth=0.8)
    ax.tick_params(labelsize=TICK_SIZE, labelcolor=INK, color=GREY, width=0.8, length=3)
    ax.set_xlabel(x_label, fontsize=LABEL_SIZE, color=INK)
    ax.set_ylabel(y_label, fontsize=LABEL_SIZE, color=INK)
    return ax


def span_time(ax: Axes, start: float, end: float, interval: float = 0.0) -> None:
    """Let a time axis reach from start to end, with a tick at both where round steps allow it.

    Parameters
    ----------
    ax : Axes
    start, end : float
        First and last time, ms.
    interval : float, default 0
        Samples begin intervals of this length, ms: the axis may reach to the end of the last one.
    """
    from matplotlib.ticker import MultipleLocator

    if not end > start:
        end = start + 1.0
    for stop in (end, end + interval):
        step = _round_step(stop - start)
        if step is not None and _is_multiple(start, step):
            ax.xaxis.set_major_locator(MultipleLocator(step))
            end = step * round(stop / step)
            break
    ax.set_xlim(start, end)


def layered_widths(n: int) -> list[float]:
    """Widths for n lines, drawn in turn, with which all can be seen even where they lie on one another."""
    widest = min(6.0, 1.2 + 1.6 * (n - 1))
    return [widest + (1.2 - widest) * k / max(n - 1, 1) for k in range(n)]


def count_along_x(ax: Axes) -> None:
    """Let the ticks of the x axis stand at whole numbers only."""
    from matplotlib.ticker import MaxNLocator

    ax.xaxis.set_major_locator(MaxNLocator("auto", integer=True))


def point_marker(n: int) -> str | None:
    """A marker for courses of so few points that they can be told apart; a single one has no line."""
    return "." if n < 30 else None


def _round_step(span: float) -> float | None:
    """The smallest of 1, 2, 2.5, 5 times a power of ten that divides a span into at most six parts."""
    decade = 10.0 ** (math.floor(math.log10(span)) - 1)
    steps = (decade * factor for factor in (1, 2, 2.5, 5, 10, 20, 25))
    return next((step for step in steps if span <= 6.001 * step and _is_multiple(span, step)), None)


def _is_multiple(value: float, step: float) -> bool:
    return abs(value / step - round(value / step)) < 1e-6


def add_title(ax: Axes, text: str) -> None:
    """Write a title over the left end of the axes."""
    ax.set_title(text, loc="left", fontsize=LABEL_SIZE, color=INK)


def add_legend(ax: Axes, location: str = "best") -> None:
    """Add a legend without a frame; at the location ``"above"`` it stands over the axes, in rows of four."""
    above = location == "above"
    ax.legend(
        loc="lower left" if above else location,
        bbox_to_anchor=(0, 1) if above else None,
        ncols=4 if above else 1,
        frameon=False,
        fontsize=TICK_SIZE,
        labelcolor=INK,
        handlelength=1.6,
    )
