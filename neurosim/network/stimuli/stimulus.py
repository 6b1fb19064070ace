"""What drives an input over time: components, their sums and multiples."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar

import numpy as np

from neurosim.description import Described
from neurosim.distributions import Distribution
from neurosim.equations.expression import names_in
from neurosim.equations.expression_parser import parse_expression
from neurosim.equations.names import is_noise
from neurosim.equations.parser import parse_equations
from neurosim.errors import ParameterError
from neurosim.network.stimuli.table import Table
from neurosim.units import Unit, convert, parse_unit

NOW = "t_step*1.00000000000001"
"""The time, raised by more than rounding takes from a multiple of the time step, so that a stimulus that
begins on the grid begins there."""


class Stimulus(Described, ABC):
    """What an input is given over time: ``cells["I"] = stimulus``, or ``Population(n, model, I=stimulus)``.

    Stimuli can be added, to each other and to constants (numbers, text with a unit, arrays with a value for
    each neuron, quantities), and multiplied by numbers. Slices take stimuli of their own, as in
    ``cells[:50]["I"] = ...``; another value, ``cells["I"] = 0``, takes the place of a stimulus, between runs
    too. ``cells["I"]`` is the value at the moment, receptors included, and ``cells.stimuli`` tells what is at
    work.

    The time is that of the network. What jumps does so at the first step that begins at the given time or
    later.

    Attributes
    ----------
    parts : tuple of (float, Component or constant)
        The sum it stands for: factor and what it multiplies.

    Notes
    -----
    A stimulus becomes part of the equations of the population, and of their kernel: another kind of stimulus
    is another kernel, other numbers are not. Where the integrator has been left to the population it follows:
    linear neurons stay ``exact``, with the value at the beginning held over the step, which is of order 1 in
    the time step; noise makes it ``exponential_euler``. The stages of ``rk4`` and its kind see formulas of
    ``t`` at their own times, and what jumps as it is at the beginning of the step.
    """

    __array_ufunc__ = None  # array + stimulus asks the stimulus

    @property
    @abstractmethod
    def parts(self) -> tuple[tuple[float, Any], ...]:
        """Factors, and the components or constants that they multiply."""

    def __add__(self, other: Any) -> Any:
        if isinstance(other, Stimulus):
            return Sum((*self.parts, *other.parts))
        if other is None or isinstance(other, bool | dict | set | Distribution):
            return NotImplemented
        return Sum((*self.parts, (1.0, other)))

    __radd__ = __add__

    def __neg__(self) -> Sum:
        return self * -1.0

    def __sub__(self, other: Any) -> Any:
        return self + (other if isinstance(other, Stimulus) else Sum(((1.0, other),))) * -1.0

    def __rsub__(self, other: Any) -> Any:
        return -self + other

    def __mul__(self, factor: Any) -> Sum:
        number = convert(factor, "1", f"factor of {self!r}")
        if not isinstance(number, float):
            raise ParameterError(f"factor of {self!r}", factor, "must be a single number")
        return Sum(tuple((number * own, part) for own, part in self.parts))

    __rmul__ = __mul__

    def __truediv__(self, divisor: Any) -> Sum:
        number = convert(divisor, "1", f"divisor of {self!r}")
        if not isinstance(number, float) or number == 0:
            raise ParameterError(f"divisor of {self!r}", divisor, "must be a single number other than 0")
        return Sum(tuple((own / number, part) for own, part in self.parts))

    def sample(
        self, duration: Any, *, dt: Any = 0.1, n: int | None = None, unit: str | None = None, seed: int = 0
    ) -> tuple[np.ndarray, np.ndarray, str]:
        """What neurons would be given, for a look at it.

        Parameters
        ----------
        duration : float, str or quantity
            ms.
        dt : float, str or quantity, default 0.1
            Time step, ms.
        n : int, optional
            Number of neurons; by default as many as arrays among the values are for, or 1.
        unit : str, optional
            Of the input; by default that of the first value which is text with a unit or a quantity, or 1.
        seed : int, default 0
            Of noise.

        Returns
        -------
        t : ndarray, shape (n_times,)
            Beginnings of the steps, ms.
        values : ndarray, shape (n_times, n)
            With white noise, means over the steps.
        unit : str

        Raises
        ------
        ParameterError, UnitError, EquationError
            If an argument or a value does not fit.
        """
        from neurosim.network.stimuli.sampling import sample

        return sample(self, duration, dt, n, unit, seed)

    @property
    def components(self) -> list[tuple[float, Component]]:
        """The parts that are no constants."""
        return [(factor, part) for factor, part in self.parts if isinstance(part, Component)]

    def constant(self, unit: Unit, where: str) -> float | np.ndarray:
        """Sum of the constants, in a unit."""
        total: Any = 0.0
        for factor, part in self.parts:
            if not isinstance(part, Component):
                value = convert(part, unit, where)
                try:
                    total = total + factor * value
                except ValueError:
                    limit = f"does not have the shape {np.shape(total)} of the constants beside it"
                    raise ParameterError(where, np.shape(value), limit) from None
        return total if np.ndim(total) else float(total)


@dataclass(frozen=True, repr=False, eq=False)
class Sum(Stimulus):
    """A sum of components and constants, each times a factor; ``+`` and ``*`` make it."""

    terms: tuple[tuple[float, Any], ...]

    @property
    def parts(self) -> tuple[tuple[float, Any], ...]:
        """The terms."""
        return self.terms

    def __repr__(self) -> str:
        def text(factor: float, part: Any) -> str:
            what = _shown(part)
            return what if factor == 1.0 else f"-{what}" if factor == -1.0 else f"{factor:g}*{what}"

        return " + ".join(text(*part) for part in self.terms).replace("+ -", "- ")


class Component(Stimulus):
    """One kind of stimulus: a formula with parameters, which the kernel of the neurons takes in.

    Attributes
    ----------
    formula : str
        Its value, in the unit of the input: parameters, variables of `equations`, ``t`` and ``t_step``, the
        white noise ``xi``, and ``table``, dimensionless: the row of the step, and its ``slope`` per ms.
    equations : str
        Further lines, in the notation of models. Their states begin with standard normal numbers.
    table : Table or None
    """

    equations: ClassVar[str] = ""

    @property
    def parts(self) -> tuple[tuple[float, Any], ...]:
        """The component itself."""
        return ((1.0, self),)

    @property
    @abstractmethod
    def formula(self) -> str:
        """Its value; see above."""

    @property
    def table(self) -> Table | None:
        """Values that the formula reads; none for most kinds."""
        return None

    @abstractmethod
    def units(self, unit: Unit) -> dict[str, Unit]:
        """Unit of each parameter, for an input of a unit."""

    def numbers(self, unit: Unit) -> dict[str, float | np.ndarray]:
        """Values of the parameters, in their units, for an input of a unit."""
        return {name: self._number(name, u) for name, u in self.units(unit).items()}

    def _number(self, name: str, unit: str | Unit) -> float | np.ndarray:
        """A parameter, checked, in a unit."""
        return convert(self.given(name), unit, f"{type(self).__name__}.{name}")

    @property
    def noisy(self) -> bool:
        """Whether it holds white noise, or states that it drives."""
        return any(is_noise(name) for name in names_in(parse_expression(self.formula)[0])) or any(
            e.kind == "differential" for e in parse_equations(self.equations)
        )

    def given(self, name: str) -> Any:
        """A parameter as the user gave it."""
        return getattr(self, name)

    def _check(self, name: str, unit: str, *, above: float = -math.inf, zero: bool = True) -> None:
        """Refuse a parameter that is not greater than, or with `zero` equal to, a limit."""
        value = np.asarray(self._number(name, unit))
        if np.any(value < above if zero else value <= above):
            limit = f"must be {'at least' if zero else 'more than'} {above:g} {unit}"
            raise ParameterError(f"{type(self).__name__}.{name}", self.given(name), limit)

    def __repr__(self) -> str:
        shown = [
            f"{f.name}={_shown(value)}"
            for f in fields(self)  # type: ignore[arg-type]
            if _shown(value := getattr(self, f.name)) != _shown(f.default)
        ]
        return f"{type(self).__name__}({', '.join(shown)})"


def _shown(value: Any) -> str:
    if isinstance(value, np.ndarray) and value.size > 8:
        return f"<array of shape {value.shape}>"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{k!r}: {_shown(v)}" for k, v in value.items()) + "}"
    return repr(value)


class Interval(Component):
    """A component that is 0 before `start` and from `stop` on.

    Attributes
    ----------
    start, stop : float, array_like, str or quantity
        ms; without `stop` it goes on.
    """

    start: Any
    stop: Any

    def __post_init__(self) -> None:
        start = np.asarray(self._number("start", "ms"))
        if self.stop is None:
            return
        stop = np.asarray(self._number("stop", "ms"))
        try:
            early = np.any(stop <= start)
        except ValueError:
            limit = f"does not have the shape {start.shape} of start"
            raise ParameterError(f"{type(self).__name__}.stop", stop.shape, limit) from None
        if early:
            raise ParameterError(
                f"{type(self).__name__}.stop", self.stop, f"must be after start = {self.start}"
            )

    def times(self) -> dict[str, Unit]:
        """Units of the bounds there are."""
        ms = parse_unit("ms")
        return {"start": ms} | ({} if self.stop is None else {"stop": ms})

    @property
    def inside(self) -> str:
        """Formula that is 1 between the bounds and else 0."""
        return f"int({NOW} >= start" + ("" if self.stop is None else f" and {NOW} < stop") + ")"
