"""The presynaptic terminals of a projection, whose resources short-term plasticity uses up and restores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.errors import ParameterError
from neurosim.synapses.short_term_plasticity import ShortTermPlasticity, decay
from neurosim.units import convert


class Terminals:
    """Resources and their use, for each presynaptic unit and trial.

    All synapses of a unit are in the same state, so that there is one terminal for each unit.

    Parameters
    ----------
    rule : ShortTermPlasticity
    n : int
        Presynaptic units.
    name : str
        For messages.

    Attributes
    ----------
    rule : ShortTermPlasticity
    resources, utilisation : ndarray, shape (trials, n)
        x and u as the last event of each terminal left them.
    last : ndarray of int64, shape (trials, n)
        Steps the network had done by then.

    Raises
    ------
    ParameterError
        If a parameter of the rule is an array that does not fit `n` units.
    """

    def __init__(self, rule: ShortTermPlasticity, n: int, name: str) -> None:
        self.rule, self.n, self.name = rule, n, name
        self.network: Any = None
        for parameter, value in rule.parameters.items():
            if np.ndim(value) and np.shape(value) != (n,):
                limit = f"must be one number or one for each of the {n} presynaptic units"
                raise ParameterError(f"{name}.{parameter}", np.shape(value), limit)
        self.resources: NDArray[np.float64] = np.ones((1, n))
        self.utilisation: NDArray[np.float64] = np.zeros((1, n))
        self.last: NDArray[np.int64] = np.zeros((1, n), np.int64)

    def claim(self, network: Any) -> None:
        """Become a part of a network: from now on, there are terminals for each trial."""
        self.network = network
        shape = (network.trials, self.n)
        self.resources = np.broadcast_to(self.resources, shape).copy()
        self.utilisation = np.broadcast_to(self.utilisation, shape).copy()
        self.last = np.broadcast_to(self.last, shape).copy()

    def snapshot(self) -> dict[str, NDArray[Any]]:
        """The terminals as their last events left them."""
        return {"resources": self.resources, "utilisation": self.utilisation, "last": self.last}

    def restore(self, saved: Mapping[str, NDArray[Any]]) -> None:
        """Take over what `snapshot` found."""
        self.resources, self.utilisation = saved["resources"].copy(), saved["utilisation"].copy()
        self.last = saved["last"].copy()

    @property
    def x(self) -> NDArray[np.float64]:
        """Resources available now, shape (n,), or (trials, n) with several trials; can be set."""
        return self._shown(1 - (1 - self.resources) * decay(self._pause, self.rule.tau_rec))

    @x.setter
    def x(self, value: Any) -> None:
        self._set("x", value)

    @property
    def u(self) -> NDArray[np.float64]:
        """Use of the resources now, before the jump of a next spike; of the same shape, and can be set."""
        return self._shown(self.utilisation * decay(self._pause, self.rule.tau_facil))

    @u.setter
    def u(self, value: Any) -> None:
        self._set("u", value)

    def reset(self) -> None:
        """Let all terminals rest: x = 1 and u = 0."""
        self.x, self.u = 1.0, 0.0

    @property
    def _now(self) -> int:
        return 0 if self.network is None else int(self.network.step)

    @property
    def _pause(self) -> NDArray[np.float64]:
        """Time since the last event, ms."""
        return (self._now - self.last) * (0.0 if self.network is None else self.network.dt)

    def _shown(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        return values if len(values) > 1 else values[0]

    def _set(self, variable: str, value: Any) -> None:
        where = f"{self.name}.{variable}"
        numbers = np.asarray(convert(value, "1", where))
        if not ((numbers >= 0) & (numbers <= 1)).all():
            raise ParameterError(where, value, "must be fractions, from 0 to 1")
        shape = self.x.shape
        try:
            numbers = np.broadcast_to(numbers, shape)
        except ValueError:
            raise ParameterError(where, numbers.shape, f"does not fit {shape} terminals") from None
        x, u = (numbers, self.u) if variable == "x" else (self.x, numbers)
        self.resources[...], self.utilisation[...], self.last[...] = x, u, self._now

    def __repr__(self) -> str:
        return f"Terminals({self.name}, n={self.n}, {self.rule!r})"
