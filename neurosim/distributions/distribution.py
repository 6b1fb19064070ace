"""What every distribution is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from numbers import Real
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from neurosim.distributions.call import as_call
from neurosim.errors import ParameterError
from neurosim.units import Unit, convert


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
