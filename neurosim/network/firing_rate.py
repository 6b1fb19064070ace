"""A firing rate over time: a constant, bins, a formula, a stimulus or a function."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.description import Described
from neurosim.equations.expression import evaluate
from neurosim.equations.names import objection
from neurosim.equations.system import EquationSystem
from neurosim.errors import ParameterError
from neurosim.network.checks import checked_mapping
from neurosim.network.stimuli.sampling import Function
from neurosim.network.stimuli.stimulus import Stimulus
from neurosim.units import UNITS, Unit, convert, convert_by_itself

Floats = NDArray[np.float64]


class FiringRate(Described):
    """The rate of n units as a user gave it, checked.

    Parameters
    ----------
    value : float, array_like, str, quantity, Stimulus or callable
        See `PoissonPopulation`.
    n : int
    where : str
        Object and attribute, for messages.
    rate_dt : float, str or quantity, optional
        Width of a bin, ms.
    parameters : mapping of str to float, array_like, str, quantity or (value, unit), optional
        Of a formula.

    Attributes
    ----------
    given : float, ndarray, str, Stimulus or callable
        As `PoissonPopulation.rate` shows it.
    constant : bool
    rate_dt : float or None
    end : float
        Time up to which it is given, ms; infinite but for bins and stimuli that are arrays.

    Raises
    ------
    ParameterError
        If a rate is negative or not finite, or a shape does not fit.
    UnitError, EquationError
        If a unit does not fit, or a formula has a mistake.
    """

    def __init__(
        self,
        value: Any,
        n: int,
        where: str,
        *,
        rate_dt: Any = None,
        parameters: Mapping[str, Any] | None = None,
    ) -> None:
        self.n, self.where = n, where
        given = checked_mapping(f"{where.rpartition('.')[0]}.parameters", parameters)
        self.parameters = {name: self._parameter(name, p) for name, p in given.items()}
        self.rate_dt = None if rate_dt is None else self._width(rate_dt)
        self.constant = False
        self.given: Any = value
        self.function: Callable[[Floats], Any] | None = value if callable(value) else None
        self.end = np.inf
        self.stimulus: Function | None = None
        if self.rate_dt is not None:
            self.given = self._bins(value)
            self.end = len(self.given) * self.rate_dt
        elif isinstance(value, Stimulus):
            self.stimulus = Function(value, UNITS["Hz"], n, where)
            self.end = self.stimulus.end
        elif self.function is not None:
            self._called(self.function, np.array([0.0, 1.0]))
        elif isinstance(value, str) and re.search(rf"\b({'|'.join(['t', *self.parameters])})\b", value):
            units = {"t": UNITS["ms"], "pi": UNITS["1"]} | {k: u for k, (_, u) in self.parameters.items()}
            self.formula = EquationSystem([], units).quantity(value, UNITS["Hz"])
        else:
            self.constant = True
            self.given = self._constant(value)
        if self.parameters and (self.constant or not isinstance(value, str)):
            raise ParameterError(where, self.given, "is no text that names the parameters given with it")

    def description(self) -> dict[str, Any]:
        """Arguments that make a rate like this.

        Raises
        ------
        ParameterError
            If it is a function.
        """
        if callable(self.given):
            limit = "is a function, which cannot be described in a file"
            raise ParameterError(self.where, self.given, limit, "Give the rate as text of t, or in bins.")
        parameters = {name: (value, unit.name) for name, (value, unit) in self.parameters.items()}
        own = {"n": self.n, "where": self.where, "rate_dt": self.rate_dt, "parameters": parameters}
        return {"value": self.given, **own}

    def _parameter(self, name: str, given: Any) -> tuple[float | Floats, Unit]:
        where = f"{self.where.rpartition('.')[0]}.parameters"
        if (reason := objection(name)) or name == "pi":
            raise ParameterError(where, name, reason or "is reserved; choose another name")
        value, unit = convert_by_itself(given, f"{where}[{name!r}]")
        self._check_shape(np.shape(value), f"{where}[{name!r}]")
        return value, unit

    def _width(self, rate_dt: Any) -> float:
        where = f"{self.where}_dt"
        width = convert(rate_dt, "ms", where)
        if not isinstance(width, float) or width <= 0:
            raise ParameterError(where, rate_dt, "must be one positive time")
        return width

    def _check_shape(self, shape: tuple[int, ...], where: str) -> None:
        if shape and (len(shape) > 2 or shape[-1] != self.n):
            raise ParameterError(where, shape, f"the shape must be (), ({self.n},) or (trials, {self.n})")

    def _numbers(self, value: Any) -> float | Floats:
        rate = convert(value, "Hz", self.where)
        if np.any(np.asarray(rate) < 0):
            raise ParameterError(self.where, value, "must not be negative")
        return rate

    def _constant(self, value: Any) -> float | Floats:
        rate = self._numbers(value)
        self._check_shape(np.shape(rate), self.where)
        return rate

    def _bins(self, value: Any) -> Floats:
        rate = np.asarray(self._numbers(value))
        if rate.ndim not in (1, 2, 3) or not len(rate) or (rate.ndim > 1 and rate.shape[-1] != self.n):
            limit = f"the shape must be (n_bins,), (n_bins, {self.n}) or (n_bins, trials, {self.n})"
            raise ParameterError(self.where, rate.shape, limit)
        return rate

    def _called(self, function: Callable[[Floats], Any], t: Floats) -> Floats:
        """What the function returns for some times, shape (1 or n_times, 1, 1 or n)."""
        rate = np.asarray(convert(function(t[:, None]), "Hz", self.where))
        if rate.shape not in ((), (len(t), 1), (len(t), self.n)):
            limit = (
                f"must give the shape ({len(t)}, 1) or ({len(t)}, {self.n}) for times of shape ({len(t)}, 1)"
            )
            raise ParameterError(self.where, rate.shape, limit)
        return rate.reshape(-1, 1, 1) if rate.size == 1 else rate[:, None]

    def at(self, steps: NDArray[np.int64], dt: float) -> Floats:
        """Rates at the beginning of some steps.

        Parameters
        ----------
        steps : ndarray of int64, shape (n_steps,)
        dt : float
            ms.

        Returns
        -------
        ndarray
            Hz: (), (n,) or (trials, n) for a constant, else of three axes that broadcast to (n_steps, trials,
            n). It may be negative or not finite where a formula, a stimulus or a function is.
        """
        if self.constant:
            return np.asarray(self.given)
        if self.rate_dt is not None:
            # Steps beyond the last bin are asked for in a block, but never used.
            rows = self.given[np.minimum(steps // round(self.rate_dt / dt), len(self.given) - 1)]
            between = (1,) * (3 - rows.ndim)
            return np.asarray(rows.reshape(len(rows), *between, *rows.shape[1:]))
        t = steps.astype(np.float64) * dt
        if self.stimulus is not None:
            return self.stimulus(t)
        if self.function is not None:
            return self._called(self.function, t)
        values = {name: value * unit.scale for name, (value, unit) in self.parameters.items()}
        rate = evaluate(self.formula, values | {"t": t[:, None, None], "pi": np.pi})
        return np.asarray(rate / UNITS["Hz"].scale).reshape((1,) * (3 - np.ndim(rate)) + np.shape(rate))
