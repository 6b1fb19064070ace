"""Probability distributions that stand for a value each: of parameters, start values, weights and delays.

A distribution is a description; numbers are drawn from it when a network is made, or by a wiring rule. Its
arguments may carry units (``Normal("20 ms", "2 ms")``); bare numbers are in the unit of what is drawn.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import KW_ONLY, MISSING, dataclass, fields, replace
from numbers import Real
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from neurosim.errors import ParameterError
from neurosim.units import Unit, convert

ROUNDS = 1000
"""Times that values outside the limits are drawn anew before the limits are said to leave too little."""


@dataclass(frozen=True)
class Distribution(ABC):
    """What every distribution is.

    Notes
    -----
    A member names in `_with_unit` the arguments that have the unit of what is drawn, and implements `_draw`
    and, where arguments can be wrong, `_check`.
    """

    _with_unit: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        if self._is_plain():
            self._check()

    def in_unit(self, unit: str | Unit, where: str) -> Self:
        """The same distribution with bare numbers in a unit.

        Parameters
        ----------
        unit : str or Unit
        where : str
            Object and attribute, for messages.

        Raises
        ------
        ParameterError, UnitError
            If an argument cannot be converted or used.
        """
        arguments = {name: getattr(self, name) for name in self._with_unit}
        given = {name: value for name, value in arguments.items() if value is not None}
        return replace(self, **{k: self._one(v, unit, f"{where}: {self!r}.{k}") for k, v in given.items()})

    def _one(self, value: Any, unit: str | Unit, where: str) -> Any:
        number = convert(value, unit, where)
        if not isinstance(number, float):
            raise ParameterError(where, value, "must be one number")
        return number

    def sample(self, size: int, rng: np.random.Generator) -> NDArray[np.float64]:
        """Draw independent values.

        Parameters
        ----------
        size : int
        rng : numpy.random.Generator

        Returns
        -------
        ndarray of float64, shape (size,)

        Raises
        ------
        ParameterError
            If an argument still carries a unit, or the limits leave too little.
        """
        if not self._is_plain():
            raise ParameterError(
                type(self).__name__, self, "has arguments with units", "Use in_unit(...) first."
            )
        return self._draw(size, rng)

    def _is_plain(self) -> bool:
        arguments = (getattr(self, name) for name in self._with_unit)
        return all(value is None or isinstance(value, Real) for value in arguments)

    def _require(self, name: str, limit: str, holds: bool) -> None:
        if not holds:
            raise ParameterError(f"{type(self).__name__}.{name}", getattr(self, name), limit)

    def _check(self) -> None:  # noqa: B027, for some members any arguments will do
        """Refuse arguments that no values can be drawn with."""

    @abstractmethod
    def _draw(self, size: int, rng: np.random.Generator) -> NDArray[np.float64]: ...

    def __repr__(self) -> str:
        return as_call(self)


@dataclass(frozen=True, repr=False)
class Truncated(Distribution):
    """A distribution that may be cut off: values outside the limits are drawn anew.

    Parameters
    ----------
    low, high : float, str or quantity, optional
        Smallest and largest value allowed; by default there is none.
    """

    _: KW_ONLY
    low: Any = None
    high: Any = None

    def _check(self) -> None:
        if self.low is not None and self.high is not None:
            self._require("high", f"must be above low = {self.low}", self.low < self.high)

    def _draw(self, size: int, rng: np.random.Generator) -> NDArray[np.float64]:
        values = self._draw_all(size, rng)
        low = -math.inf if self.low is None else self.low
        high = math.inf if self.high is None else self.high
        outside = np.flatnonzero((values < low) | (values > high))
        for _ in range(ROUNDS):
            if not outside.size:
                return values
            new = self._draw_all(outside.size, rng)
            values[outside] = new
            outside = outside[(new < low) | (new > high)]
        raise ParameterError(
            type(self).__name__, self, "hardly ever lies between its limits", "Widen low and high."
        )

    @abstractmethod
    def _draw_all(self, size: int, rng: np.random.Generator) -> NDArray[np.float64]: ...


@dataclass(frozen=True, repr=False)
class Normal(Truncated):
    """The normal distribution.

    Parameters
    ----------
    mean, sd : float, str or quantity
        Mean and standard deviation, before it is cut off.
    low, high : float, str or quantity, optional
        Values outside are drawn anew.

    Raises
    ------
    ParameterError
        If `sd` is negative or the limits are the wrong way round.

    Examples
    --------
    >>> Normal("20 ms", "2 ms", low="5 ms")
    Normal('20 ms', '2 ms', low='5 ms')
    """

    mean: Any
    sd: Any
    _with_unit: ClassVar[tuple[str, ...]] = ("mean", "sd", "low", "high")

    def _check(self) -> None:
        super()._check()
        self._require("sd", "must not be negative", self.sd >= 0)

    def _draw_all(self, size: int, rng: np.random.Generator) -> NDArray[np.float64]:
        return rng.normal(self.mean, self.sd, size)


@dataclass(frozen=True, repr=False)
class LogNormal(Truncated):
    """The log-normal distribution, by the mean and standard deviation of the values themselves.

    Parameters
    ----------
    mean, sd : float, str or quantity
        Of the values, not of their logarithms, before it is cut off; `mean` above 0. The logarithms have the
        variance ``ln(1 + (sd/mean)**2)`` and the mean ``ln(mean)`` less half of it.
    low, high : float, str or quantity, optional
        Values outside are drawn anew.

    Raises
    ------
    ParameterError
        If `mean` is not positive, `sd` is negative or the limits are the wrong way round.
    """

    mean: Any
    sd: Any
    _with_unit: ClassVar[tuple[str, ...]] = ("mean", "sd", "low", "high")

    def _check(self) -> None:
        super()._check()
        self._require("mean", "must be positive", self.mean > 0)
        self._require("sd", "must not be negative", self.sd >= 0)

    def _draw_all(self, size: int, rng: np.random.Generator) -> NDArray[np.float64]:
        variance = math.log1p((self.sd / self.mean) ** 2)
        return rng.lognormal(math.log(self.mean) - variance / 2, math.sqrt(variance), size)


@dataclass(frozen=True, repr=False)
class Gamma(Truncated):
    """The gamma distribution, with mean ``shape*scale`` and variance ``shape*scale**2``.

    Parameters
    ----------
    shape : float
        Above 0.
    scale : float, str or quantity
        Above 0.
    low, high : float, str or quantity, optional
        Values outside are drawn anew.

    Raises
    ------
    ParameterError
        If `shape` or `scale` is not positive, or the limits are the wrong way round.
    """

    shape: float
    scale: Any
    _with_unit: ClassVar[tuple[str, ...]] = ("scale", "low", "high")

    def __post_init__(self) -> None:
        shape = convert(self.shape, "1", "Gamma.shape")
        self._require("shape", "must be a positive number", isinstance(shape, float) and shape > 0)
        super().__post_init__()

    def _check(self) -> None:
        super()._check()
        self._require("scale", "must be positive", self.scale > 0)

    def _draw_all(self, size: int, rng: np.random.Generator) -> NDArray[np.float64]:
        return rng.gamma(self.shape, self.scale, size)


@dataclass(frozen=True, repr=False)
class Exponential(Truncated):
    """The exponential distribution.

    Parameters
    ----------
    mean : float, str or quantity
        Above 0.
    low, high : float, str or quantity, optional
        Values outside are drawn anew.

    Raises
    ------
    ParameterError
        If `mean` is not positive, or the limits are the wrong way round.
    """

    mean: Any
    _with_unit: ClassVar[tuple[str, ...]] = ("mean", "low", "high")

    def _check(self) -> None:
        super()._check()
        self._require("mean", "must be positive", self.mean > 0)

    def _draw_all(self, size: int, rng: np.random.Generator) -> NDArray[np.float64]:
        return rng.exponential(self.mean, size)


@dataclass(frozen=True, repr=False)
class Uniform(Distribution):
    """Every value from `low` up to, but not including, `high` is equally likely.

    Parameters
    ----------
    low, high : float, str or quantity

    Raises
    ------
    ParameterError
        If `high` is not above `low`.
    """

    low: Any
    high: Any
    _with_unit: ClassVar[tuple[str, ...]] = ("low", "high")

    def _check(self) -> None:
        self._require("high", f"must be above low = {self.low}", self.low < self.high)

    def _draw(self, size: int, rng: np.random.Generator) -> NDArray[np.float64]:
        return rng.uniform(self.low, self.high, size)


@dataclass(frozen=True, repr=False)
class Choice(Distribution):
    """One of several values.

    Parameters
    ----------
    values : sequence of float, str or quantity
    probabilities : sequence of float, optional
        Of each value, adding up to 1; by default all are equally likely.

    Raises
    ------
    ParameterError
        If there are no values, or the probabilities do not fit them or do not add up to 1.
    """

    values: Any
    probabilities: Any = None
    _with_unit: ClassVar[tuple[str, ...]] = ("values",)

    def __post_init__(self) -> None:
        is_list = isinstance(self.values, Iterable) and not isinstance(self.values, str)
        self._require("values", "must be a list of at least one value", is_list and len(self.values) > 0)
        # Tuples cannot be changed from outside.
        object.__setattr__(self, "values", tuple(self.values))
        if self.probabilities is not None:
            chances = np.atleast_1d(convert(self.probabilities, "1", "Choice.probabilities"))
            object.__setattr__(self, "probabilities", tuple(chances.tolist()))
            limit = f"must be {len(self.values)} numbers from 0 on that add up to 1"
            fits = chances.shape == (len(self.values),) and bool((chances >= 0).all())
            self._require("probabilities", limit, fits and abs(chances.sum() - 1) < 1e-9)

    def _is_plain(self) -> bool:
        return all(isinstance(value, Real) for value in self.values)

    def _one(self, value: Any, unit: str | Unit, where: str) -> Any:
        return convert(list(value), unit, where)

    def _draw(self, size: int, rng: np.random.Generator) -> NDArray[np.float64]:
        return rng.choice(np.array(self.values, dtype=np.float64), size, p=self.probabilities)


def as_call(description: Any) -> str:
    """A dataclass as the call that makes it, without what was left out; arrays by their shape."""
    parts = []
    for entry in sorted(fields(description), key=lambda entry: bool(entry.kw_only)):
        value = getattr(description, entry.name)
        if value is not entry.default:
            shown = f"array{value.shape}" if isinstance(value, np.ndarray) else repr(value)
            parts.append(shown if entry.default is MISSING else f"{entry.name}={shown}")
    return f"{type(description).__name__}({', '.join(parts)})"


def in_unit(given: Any, unit: str | Unit, where: str) -> Any:
    """A number, an array or a distribution in a unit; None and functions as they are.

    Parameters
    ----------
    given : float, array_like, str, quantity, Distribution, callable or None
    unit : str or Unit
    where : str
        Object and attribute, for messages.

    Returns
    -------
    float, ndarray, Distribution, callable or None

    Raises
    ------
    ParameterError, UnitError
        If it cannot be converted.
    """
    if given is None or callable(given):
        return given
    if isinstance(given, Distribution):
        return given.in_unit(unit, where)
    return convert(given, unit, where)
