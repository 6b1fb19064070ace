"""Record state variables over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
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
    ``monitor["v"]`` has the shape (n_times, n_recorded), or (n_times, trials, n_recorded) with several
    trials, in the variable's unit.
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
            raise ParameterError(
                "StateMonitor.source", source, "has no state variables", "Use a SpikeMonitor."
            )
        self.population = group
        self.name = name or f"states of {self.source.name}"
        self.network: Any = None
        if not variables or not isinstance(variables, str | list | tuple):
            raise ParameterError(f"{self.name}.variables", variables, "must be a name or a list of names")
        self.variables = [variables] if isinstance(variables, str) else list(variables)
        system = group.system
        self.states: list[str] = []
        for variable in self.variables:
            if variable not in (*system.states, *system.subexpressions):
                valid = ", ".join([*system.states, *system.subexpressions])
                limit = f"cannot be recorded; valid are {valid}"
                raise ParameterError(f"{self.name}.variables", variable, limit)
            system.check_noiseless(variable, f"{self.name}.variables")
            needed = system.ancestors(expression(variable))
            self.states += [s for s in system.states if s in needed and s not in self.states]
        self.record = self._recorded(record)
        interval = None if dt is None else convert(dt, "ms", f"{self.name}.dt")
        if interval is not None and (not isinstance(interval, float) or interval <= 0):
            raise ParameterError(f"{self.name}.dt", dt, "must be one positive time")
        self.interval = interval
        self.clear(dt=0.0, trials=1)
        group.attached.add(self)

    def _recorded(self, record: Any) -> np.ndarray:
        if record is True:
            return np.arange(self.source.n)
        where, neurons = f"{self.name}.record", np.atleast_1d(np.asarray(record))
        if neurons.ndim != 1 or neurons.dtype.kind not in "iu" or not neurons.size:
            raise ParameterError(where, record, "must be True or a list of neuron numbers")
        if neurons.min() < 0 or neurons.max() >= self.source.n:
            raise ParameterError(where, record, f"must be numbers from 0 to {self.source.n - 1}")
        return neurons.astype(np.int64)

    def clear(self, dt: float, trials: int) -> None:
        """Forget what was recorded, and set the time step (ms) and the number of trials."""
        self.dt, self.trials = dt, trials
        self._runs: list[_Run] = []

    def begin(self, constants: dict[str, Any]) -> None:
        """Note the parameters and inputs, of shape () or (trials*n_recorded,), that hold from now on."""
        self._runs.append(_Run(constants))

    def append(self, step: int, interval: int, states: np.ndarray) -> None:
        """Take over the states of a window, from `step` on every `interval` steps.

        Parameters
        ----------
        step, interval : int
        states : ndarray, shape (n_times, n_states, trials*n_recorded)
            In coherent units, in the order of `states`.
        """
        self._runs[-1].steps.append(step + interval * np.arange(len(states)))
        self._runs[-1].rows.append(states)

    @property
    def t(self) -> np.ndarray:
        """Times, ms."""
        steps = np.concatenate([np.zeros(0, np.int64), *(s for run in self._runs for s in run.steps)])
        return np.asarray(steps * self.dt)

    def __getitem__(self, variable: str) -> np.ndarray:
        if variable not in self.variables:
            limit = f"was not recorded; there are {', '.join(self.variables)}"
            raise ParameterError(f"{self.name}[{variable!r}]", variable, limit)
        n = self.trials * self.record.size
        parts = [self._values(variable, run, n) for run in self._runs if run.rows]
        coherent = np.concatenate([np.zeros((0, n)), *parts])
        values = np.asarray(coherent / self.population.system.units[variable].scale)
        return values if self.trials == 1 else values.reshape(-1, self.trials, self.record.size)

    def _values(self, variable: str, run: _Run, n: int) -> np.ndarray:
        rows = run.joined()
        if variable in self.states:
            return rows[:, self.states.index(variable)]
        system, node = self.population.system, expression(variable)
        known = run.constants | {s: rows[:, k] for k, s in enumerate(self.states)}
        known["t"] = np.concatenate(run.steps)[:, None] * self.dt
        with np.errstate(all="ignore"):  # a run that failed has recorded what no function takes
            value = evaluate(node, system.with_needed(node, known))
        return np.broadcast_to(value, (len(rows), n))

    def __repr__(self) -> str:
        return f"StateMonitor({self.source.name}, {self.variables}, {self.t.size} times)"


@dataclass
class _Run:
    """What was recorded in one run, whose parameters were constant."""

    constants: dict[str, Any]
    steps: list[np.ndarray] = field(default_factory=list)
    rows: list[np.ndarray] = field(default_factory=list)

    def joined(self) -> np.ndarray:
        if len(self.rows) > 1:
            self.rows = [np.concatenate(self.rows)]
        return self.rows[0]
