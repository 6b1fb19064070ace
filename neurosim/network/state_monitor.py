"""Record state variables over time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from neurosim.equations.expression import evaluate, expression
from neurosim.errors import ParameterError
from neurosim.network.group import as_slice
from neurosim.network.population import Population
from neurosim.units import convert


class StateMonitor:
    """Records variables of some neurons at the beginning of each step, or every so many steps.

    Parameters
    ----------
    source : Population or slice of one
    variables : str or sequence of str
        States and sub-expressions: ``"v"``, ``["v", "I_Na"]``.
    record : True or sequence of int, default True
        Neurons, counted from the start of `source`.
    dt : float, str or quantity, optional
        Interval, ms, a multiple of the network's time step; by default every step.
    name : str, optional

    Attributes
    ----------
    t : ndarray, shape (n_times,)
        ms.

    Raises
    ------
    ParameterError
        If a variable does not exist (the valid ones are listed) or a neuron is out of range.

    Notes
    -----
    ``monitor["v"]`` has the shape (n_times, n_recorded), or (n_times, trials, n_recorded) with several trials,
    in the variable's unit.
    """

    def __init__(
        self,
        source: Any,
        variables: str | Sequence[str],
        *,
        record: Any = True,
        dt: Any = None,
        name: str | None = None,
    ) -> None:
        self.source = as_slice(source, "StateMonitor.source")
        group = self.source.group
        if not isinstance(group, Population):
            raise ParameterError("StateMonitor.source", source, "has no state variables; use a SpikeMonitor")
        self.population = group
        self.name = name or f"states of {self.source.name}"
        self.variables = [variables] if isinstance(variables, str) else list(variables)
        system = group.system
        for variable in self.variables:
            if variable not in system.states and variable not in system.subexpressions:
                valid = ", ".join([*system.states, *system.subexpressions])
                raise ParameterError(f"{self.name}.variables", variable, f"cannot be recorded; valid are {valid}")
        self.record = np.arange(self.source.n) if record is True else np.atleast_1d(np.asarray(record))
        if self.record.ndim != 1 or self.record.dtype.kind not in "iu" or not self.record.size:
            raise ParameterError(f"{self.name}.record", record, "must be True or a list of neuron numbers")
        if self.record.min() < 0 or self.record.max() >= self.source.n:
            raise ParameterError(f"{self.name}.record", record, f"must be numbers from 0 to {self.source.n - 1}")
        self.interval = None if dt is None else convert(dt, "ms", f"{self.name}.dt")
        if self.interval is not None and (not isinstance(self.interval, float) or self.interval <= 0):
            raise ParameterError(f"{self.name}.dt", dt, "must be one positive time")
        needed = {v for v in self.variables if v in system.states}
        for variable in self.variables:
            needed |= system.ancestors(expression(variable)) & set(system.states)
        self.states = [s for s in system.states if s in needed]
        group.monitors.add(self)
        self.clear(dt=0.0, trials=1)

    def clear(self, dt: float, trials: int) -> None:
        """Forget what was recorded, and set the time step (ms) and the number of trials."""
        self.dt, self.trials = dt, trials
        self._steps: list[np.ndarray] = [np.zeros(0, np.int64)]
        self._values: dict[str, list[np.ndarray]] = {v: [] for v in self.variables}

    def append(self, steps: np.ndarray, states: dict[str, np.ndarray], constants: dict[str, Any]) -> None:
        """Take over the states of a window, each (n_times, trials*n_recorded), and keep the variables wanted."""
        self._steps.append(steps)
        system = self.population.system
        for variable in self.variables:
            node = expression(variable)
            value = evaluate(node, system.with_needed(node, constants | states))
            shape = (steps.size, self.trials * self.record.size)
            self._values[variable].append(np.broadcast_to(value, shape).copy())

    @property
    def t(self) -> np.ndarray:
        """Times, ms."""
        return np.concatenate(self._steps) * self.dt

    def __getitem__(self, variable: str) -> np.ndarray:
        if variable not in self.variables:
            raise ParameterError(f"{self.name}[{variable!r}]", variable, f"was not recorded; there are {', '.join(self.variables)}")
        if len(self._values[variable]) > 1:
            self._values[variable] = [np.concatenate(self._values[variable])]
        n_times = sum(s.size for s in self._steps)
        values = self._values[variable][0] if n_times else np.zeros((0, self.trials * self.record.size))
        values = values / self.population.system.units[variable].scale
        return values if self.trials == 1 else values.reshape(n_times, self.trials, self.record.size)

    def __repr__(self) -> str:
        return f"StateMonitor({self.source.name}, {self.variables}, {self.t.size} times)"
