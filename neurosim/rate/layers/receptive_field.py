"""How much of the input a unit sees."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol, Self


class Window(Protocol):
    """A window that slides along an axis."""

    @property
    def extent(self) -> int:
        """Points from the first to the last that it sees."""

    @property
    def stride(self) -> int:
        """Points from one place to the next."""


@dataclass(frozen=True)
class ReceptiveField:
    """The part of the input that a unit of a later layer depends on, far from the margins.

    Parameters
    ----------
    size : tuple of Fraction
        Points of the input along each axis.
    step : tuple of Fraction
        Points of the input from one unit to the next; less than 1 where images have been enlarged.

    References
    ----------
    Araujo, Norris & Sim 2019, doi:10.23915/distill.00021, equations 1 and 2.
    """

    size: tuple[Fraction, ...]
    step: tuple[Fraction, ...]

    @classmethod
    def of_input(cls, n_axes: int) -> Self:
        """The field of the input itself: a point."""
        ones = (Fraction(1),) * n_axes
        return cls(ones, ones)

    def behind(self, windows: Iterable[Window], *, transposed: bool = False) -> ReceptiveField:
        """Return the field of a unit that looks at these units through a window.

        Parameters
        ----------
        windows : iterable of Window
            One for each axis.
        transposed : bool, default False
            Whether the window belongs to the units that are looked at, and spreads what they give.
        """
        size, step = [], []
        for points, jump, window in zip(self.size, self.step, windows, strict=True):
            seen = -(-window.extent // window.stride) if transposed else window.extent
            size.append(points + (seen - 1) * jump)
            step.append(jump / window.stride if transposed else jump * window.stride)
        return ReceptiveField(tuple(size), tuple(step))

    def joined(self, other: ReceptiveField) -> ReceptiveField:
        """Return the field of a unit that depends on units with this field and with another."""
        size = tuple(max(a, b) for a, b in zip(self.size, other.size, strict=True))
        return ReceptiveField(size, other.step)

    def __str__(self) -> str:
        return " × ".join(str(-(-n.numerator // n.denominator)) for n in self.size)
