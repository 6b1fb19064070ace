"""Record state variables over time."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from neurosim.equations.expression import evaluate, expression
from neurosim.errors import ParameterError
from neurosim.network.group import Slice, as_slice
from neurosim.network.monitor import Monitor
from neurosim.network.population import Population
from neurosim.recording import StateRecording
from neurosim.units import convert


class StateMonitor(StateRecording, Monitor):
    """Records variables of some neurons at each step, or every so many steps.

    Parameters
    ----------
    source : Population or slice of one
    variables : str or sequence of str
        States, sub-expressions and inputs, of the neuron and of its receptors: ``"v"``, ``["v", "I_Na",
        "x0_exc"]``.
    record : True, slice or sequence of int, default True
        Neurons, counted from the start of `source`.
    dt : float, str or quantity, optional
        Interval, ms, a multiple of the network's time step; by default every step.
    when : {"start", "end"}, default "start"
        Whether values are taken at the beginning of a step, at 0, dt, 2 dt, ..., or at the end of one, after
        the reset, at dt, 2 dt, ... The two differ where a variable is set between two runs.
    name : str, optional
    file : path, optional
        Stream the values to this file instead of keeping them in memory; see `SpikeMonitor`.
    overwrite : bool, default False
        Whether a file that exists may be replaced.

    Attributes
    ----------
    t : ndarray, shape (n_times,)
        ms.
    units : dict of str to str
        Unit of each variable.

    Raises
    ------
    ParameterError
        If a variable does not exist (the valid ones are listed) or a neuron is out of range; when the
        network runs, if the interval is off the grid.
    OutputError
        If the file cannot be made.

    Notes
    -----
    ``monitor["v"]`` has the shape (n_times, n_recorded), or (n_times, trials, n_recorded) with several
    trials, in the variable's unit, and cannot be written to. Sub-expressions are computed from the recorded
    states, and the parameters and inputs of the run.
    """

    def __init__(
        self,
        source: Any,
        variables: str | Sequence[str],
        *,
        record: Any = True,
        dt: Any = None,
        when: str = "start",
        name: str | None = None,
        file: str | os.PathLike[str] | None = None,
        overwrite: bool = False,
    ) -> None:
        self.source = as_slice(source, "StateMonitor.source")
        group = self.source.group
        if not isinstance(group, Population):
            raise ParameterError(
                "StateMonitor.source", source, "has no state variables", "Use a SpikeMonitor."
            )
        self.population = group
        name = name or f"states of {self.source.name}"
        if not variables or not isinstance(variables, str | list | tuple):
            raise ParameterError(f"{name}.variables", variables, "must be a name or a list of names")
        names = [variables] if isinstance(variables, str) else list(variables)
        system = group.system
        valid = [*system.states, *system.subexpressions, *group.composition.external]
        for variable in names:
            _check_variable(f"{name}.variables", variable, [*dict.fromkeys(valid)])
            system.check_noiseless(variable, f"{name}.variables")
        super().__init__(
            name=name,
            units={variable: system.units[variable].name for variable in names},
            record=_recorded(f"{name}.record", record, self.source),
        )
        interval = None if dt is None else convert(dt, "ms", f"{name}.dt")
        if interval is not None and (not isinstance(interval, float) or interval <= 0):
            raise ParameterError(f"{name}.dt", dt, "must be one positive time")
        self.interval = interval
        if when not in ("start", "end"):
            raise ParameterError(f"{name}.when", when, "must be 'start' or 'end'")
        self.when = when
        self._constants: Mapping[str, Any] = {}
        self._attach(group, file, overwrite)

    def description(self) -> dict[str, Any]:
        """Arguments that make a monitor like this, but for what was recorded."""
        own = {"variables": self.variables, "record": self.record, "dt": self.interval, "when": self.when}
        return super().description() | {"source": self.source, **own}

    @property
    def states(self) -> list[str]:
        """States that the variables are made of, of the population as it is now."""
        system = self.population.system
        needed = [system.ancestors(expression(variable)) for variable in self.units]
        return [s for s in system.states if any(s in names for names in needed)]

    def begin(self, constants: Mapping[str, Any]) -> None:
        """Note the parameters and inputs, of shape () or (trials*n_recorded,), that hold from now on."""
        self._constants = constants

    def append(self, steps: np.ndarray, states: np.ndarray) -> None:
        """Take over the states at some steps.

        Parameters
        ----------
        steps : ndarray of int, shape (n_times,)
        states : ndarray, shape (n_times, n_states, trials*n_recorded)
            In coherent units, in the order of `states`.
        """
        recorded = self.states
        known = {s: states[:, k] for k, s in enumerate(recorded)} | {"t": steps[:, None] * self.dt}
        shape = (len(steps), *self.columns.layout[self.variables[0]][1])
        rows = {v: self._values(v, known, (len(steps), states.shape[-1])).reshape(shape) for v in self.units}
        self.columns.append({"_step": steps, **rows})

    def _values(self, variable: str, known: dict[str, np.ndarray], shape: tuple[int, ...]) -> np.ndarray:
        system = self.population.system
        if variable in known:
            values = known[variable]
        else:
            node = expression(variable)
            with np.errstate(all="ignore"):  # a run that failed has recorded what no function takes
                value = evaluate(node, system.with_needed(node, {**self._constants, **known}))
            values = np.broadcast_to(value, shape)
        scale = system.units[variable].scale
        return values if scale == 1.0 else values / scale

    def __repr__(self) -> str:
        return f"StateMonitor({self.source.name}, {self.variables}, {self.columns.n_rows} times)"


def _check_variable(where: str, variable: Any, valid: Sequence[str]) -> None:
    if variable not in valid:
        near = difflib.get_close_matches(str(variable), valid, n=2)
        remedy = f"Did you mean {' or '.join(near)}?" if near else ""
        raise ParameterError(where, variable, f"cannot be recorded; valid are {', '.join(valid)}", remedy)


def _recorded(where: str, record: Any, source: Slice) -> np.ndarray:
    if record is True:
        return np.arange(source.n)
    if isinstance(record, slice):
        record = range(source.n)[record]
    neurons = np.atleast_1d(np.asarray(record))
    if neurons.ndim != 1 or neurons.dtype.kind not in "iu" or not neurons.size:
        raise ParameterError(where, record, "must be True, a slice or a list of neuron numbers")
    if neurons.min() < 0 or neurons.max() >= source.n:
        raise ParameterError(where, record, f"must be numbers from 0 to {source.n - 1}")
    return neurons.astype(np.int64)
