"""Pairs joined with a probability that depends on how far they lie apart."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neurosim.connectivity.checks import read_numbers
from neurosim.connectivity.rules.checks import checked_flag
from neurosim.connectivity.rules.rule import Rows, Rule, Task
from neurosim.distributions import in_unit
from neurosim.errors import ParameterError
from neurosim.units import Unit

BLOCK = 2**20
"""Pairs looked at together, which bounds the memory."""


@dataclass(frozen=True, eq=False, repr=False)
class DistanceDependent(Rule):
    """Each pair is joined with a probability that depends on its distance.

    Parameters
    ----------
    probability : callable or str
        Function of an array of distances, or an expression of the distance ``d`` such as
        ``"0.3*exp(-d/200)"``; its values must be probabilities. Distances are in the unit of the positions.
    positions : array of shape (n_pre,) or (n_pre, dimensions)
        Of the presynaptic units, in one to three dimensions.
    post_positions : array of shape (n_post,) or (n_post, dimensions), optional
        Of the postsynaptic units; by default `positions`.
    period : float or array of shape (dimensions,), optional
        Length after which space repeats itself, so that there are no borders; distances are the shortest.
    autapses : bool, default True
        Whether a neuron may be joined to itself.
    weight, delay
        See `Rule`. They may also be functions of an array of distances:
        ``delay=lambda d: 0.5 + d/300``.

    Raises
    ------
    ParameterError
        If positions or period are not numbers of these shapes; when building, if sizes do not fit or a
        probability is none.
    EquationError
        If the expression has a mistake.

    Notes
    -----
    All pairs are looked at, a part at a time: the work grows with ``n_pre*n_post``.
    """

    probability: Callable[[NDArray[np.float64]], ArrayLike] | str
    positions: Any
    post_positions: Any = None
    period: Any = None
    autapses: bool = True

    def __post_init__(self) -> None:
        checked_flag("DistanceDependent.autapses", self.autapses)
        if self._pre.shape[1] != self._post.shape[1]:
            limit = f"must have {self._pre.shape[1]} dimensions, as the positions have"
            raise ParameterError("DistanceDependent.post_positions", self._post.shape, limit)
        _ = self._function, self._period  # reading them checks them

    @cached_property
    def _function(self) -> Callable[[NDArray[np.float64]], Any]:
        if isinstance(self.probability, str):
            return _parsed(self.probability)
        if not callable(self.probability):
            limit = "must be a function of distances, or text"
            raise ParameterError("DistanceDependent.probability", self.probability, limit)
        return self.probability

    @cached_property
    def _pre(self) -> NDArray[np.float64]:
        return _checked_positions("DistanceDependent.positions", self.positions)

    @cached_property
    def _post(self) -> NDArray[np.float64]:
        if self.post_positions is None:
            return self._pre
        return _checked_positions("DistanceDependent.post_positions", self.post_positions)

    @cached_property
    def _period(self) -> NDArray[np.float64] | None:
        if self.period is None:
            return None
        where, dimensions = "DistanceDependent.period", self._pre.shape[1]
        period: NDArray[np.float64] = read_numbers(where, self.period).astype(np.float64)
        if period.shape not in ((), (dimensions,)) or not (period > 0).all():
            limit = f"must be a positive length, or one for each of the {dimensions} dimensions"
            raise ParameterError(where, self.period, limit)
        return period

    def _distances(self, pre: Any, post: Any) -> NDArray[np.float64]:
        """Distances between units; the indices broadcast."""
        apart = np.abs(self._pre[pre] - self._post[post])
        if self._period is not None:
            apart = apart % self._period
            apart = np.minimum(apart, self._period - apart)
        distances: NDArray[np.float64] = np.sqrt(np.square(apart).sum(axis=-1))
        return distances

    def _wire(self, task: Task) -> Rows:
        for name, n, found in (
            ("positions", task.n_pre, self._pre),
            ("positions" if self.post_positions is None else "post_positions", task.n_post, self._post),
        ):
            if len(found) != n:
                raise ParameterError(f"DistanceDependent.{name}", found.shape, f"must be those of {n} units")
        rng, everyone = task.generator(0), np.arange(task.n_post)
        at_once = max(1, BLOCK // task.n_post)
        degrees, targets = [np.zeros(1, np.int64)], [np.zeros(0, np.int32)]
        for first in range(0, task.n_pre, at_once):
            pre = np.arange(first, min(first + at_once, task.n_pre))[:, None]
            distances = self._distances(pre, everyone)
            joined = rng.random(distances.shape) < self._chances(distances)
            if not self.autapses and task.shift is not None:
                joined &= everyone != pre + task.shift
            degrees.append(joined.sum(axis=1))
            targets.append(np.nonzero(joined)[1].astype(np.int32))
        return Rows(np.cumsum(np.concatenate(degrees)), np.concatenate(targets))

    def _chances(self, distances: NDArray[np.float64]) -> NDArray[np.float64]:
        chances = np.asarray(self._function(distances), dtype=np.float64)
        if chances.shape not in ((), distances.shape):
            limit = f"must give one probability for each of {distances.shape} distances"
            raise ParameterError("DistanceDependent.probability", chances.shape, limit)
        wrong = ~((chances >= 0) & (chances <= 1))
        if wrong.any():
            where = float(distances[wrong][0]) if chances.ndim else "any"
            value = float(chances[wrong][0]) if chances.ndim else float(chances)
            limit = f"must be a probability, from 0 to 1, but not so at the distance {where}"
            raise ParameterError("DistanceDependent.probability", value, limit)
        return chances

    def _values(self, name: str, unit: str | Unit, rows: Rows, task: Task) -> NDArray[np.float64]:
        given = getattr(self, name)
        if not callable(given):
            return super()._values(name, unit, rows, task)
        found = given(self._distances(rows.sources, rows.targets))
        values = np.asarray(in_unit(found, unit, f"DistanceDependent.{name}"))
        if values.shape not in ((), rows.targets.shape):
            limit = f"must give one number for each of {rows.targets.size} distances"
            raise ParameterError(f"DistanceDependent.{name}", values.shape, limit)
        return values


def _checked_positions(where: str, given: Any) -> NDArray[np.float64]:
    positions = read_numbers(where, given).astype(np.float64)
    if positions.ndim == 1:
        positions = positions[:, None]
    if positions.ndim != 2 or not 1 <= positions.shape[1] <= 3 or not np.isfinite(positions).all():
        raise ParameterError(
            where, f"array of shape {np.shape(given)}", "must be finite, shape (n,) or (n, 1 to 3 dimensions)"
        )
    return positions


def _parsed(text: str) -> Callable[[NDArray[np.float64]], Any]:
    """The function of distance that an expression of ``d`` stands for."""
    parser = importlib.import_module("neurosim.equations.parser")
    expression = importlib.import_module("neurosim.equations.expression")
    node, _ = parser.parse_expression(text)
    if unknown := sorted(expression.names_in(node) - {"d"}):
        limit = f"unknown name {unknown[0]!r}; the distance is d, in the unit of the positions"
        raise ParameterError("DistanceDependent.probability", text, limit)
    return lambda distances: expression.evaluate(node, {"d": distances})
