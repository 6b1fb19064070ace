"""A population: a number of neurons of one model, with their receptors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, overload

import numpy as np

from neurosim.equations.expression import evaluate
from neurosim.errors import ParameterError
from neurosim.integrators import check_integrator
from neurosim.network.composition import compose
from neurosim.network.group import Group, Slice
from neurosim.neurons.model import NeuronModel
from neurosim.synapses.receptor import Receptor
from neurosim.units import UNITS, convert


class Population(Group):
    """Neurons of one model.

    Parameters
    ----------
    n : int
        Number of neurons.
    model : NeuronModel
    receptors : mapping of str to Receptor, optional
        By name; projections say which one they end on.
    integrator : str, optional
        ``exact``, ``exponential_euler``, ``euler`` or ``rk4``; by default the model's own.
    name : str, optional
    **values : float, array_like, str or quantity
        Parameters, inputs and start values of states: one for all, one for each neuron (n,), or one for each
        neuron of each trial (trials, n). A bare number is in the unit the variable was declared with.

    Raises
    ------
    ParameterError
        If a name is unknown (the valid ones are listed), a value is not finite, a time constant not positive, a
        shape wrong, or a reset leaves the neuron above its threshold.
    UnitError
        If a unit does not fit; both are named.

    Examples
    --------
    >>> from neurosim.neurons import LIF
    >>> cells = Population(3, LIF, v_in=[0.5, 1.5, 2.5], tau_m="10 ms")
    >>> cells["tau_m"]
    10.0
    """

    def __init__(
        self,
        n: int,
        model: NeuronModel,
        *,
        receptors: Mapping[str, Receptor] | None = None,
        integrator: str | None = None,
        name: str | None = None,
        **values: Any,
    ) -> None:
        super().__init__(n, name)
        if not isinstance(model, NeuronModel):
            raise ParameterError("Population.model", model, "must be a NeuronModel")
        self.model = model
        self.receptors = dict(receptors or {})
        for key, receptor in self.receptors.items():
            if not isinstance(receptor, Receptor) or not key.isidentifier():
                raise ParameterError(f"{self.name}.receptors", {key: receptor}, "must map a name to a Receptor")
        self.composition = compose(model, self.receptors)
        self.system = self.composition.system
        self.integrator = check_integrator(
            integrator or model.integrator or ("exact" if self.system.is_linear else "exponential_euler"),
            f"{self.name}.integrator",
        )
        self._constants: dict[str, float | np.ndarray] = {
            key: p.value for key, p in self.composition.parameters.items()
        } | {key: 0.0 for key in self.composition.external}
        self._start: dict[str, float | np.ndarray] = {}
        self._live: dict[str, np.ndarray] = {}
        for key, value in values.items():
            self[key] = value
        self._check_reset()

    def __repr__(self) -> str:
        return f"Population({self.n}, {self.model.name}, name={self.name!r})"

    @overload
    def __getitem__(self, key: str) -> float | np.ndarray: ...
    @overload
    def __getitem__(self, key: slice) -> Slice: ...
    def __getitem__(self, key: str | slice) -> float | np.ndarray | Slice:
        if isinstance(key, slice):
            return self.part(key)
        self._check_name(key)
        if key in self._constants:
            value = self._constants[key]
            return value.copy() if isinstance(value, np.ndarray) else value
        scale = self.system.units[key].scale
        if key in self._live:
            return self._live[key] / scale
        return np.array(self.start_values()[key] / scale)

    def __setitem__(self, key: str, value: Any) -> None:
        self._check_name(key)
        where = f"{self.name}.{key}"
        converted = convert(value, self.system.units[self.composition.external.get(key, key)], where)
        shape = np.shape(converted)
        if shape and (len(shape) > 2 or shape[-1] != self.n):
            raise ParameterError(where, shape, f"the shape must be (), ({self.n},) or (trials, {self.n})")
        if key in self.system.states:
            if key in self._live:
                self._live[key][...] = converted * self.system.units[key].scale
            else:
                self._start[key] = converted
            return
        self._check_sign(key, converted, where)
        self._constants[key] = converted

    def _check_name(self, key: str) -> None:
        if key not in self._constants and key not in self.system.states:
            valid = ", ".join([*self._constants, *self.system.states])
            raise ParameterError(f"{self.name}.{key}", key, f"is not a variable of {self.model.name}; valid are {valid}")

    def _check_sign(self, key: str, value: float | np.ndarray, where: str) -> None:
        dimension = self.system.units[self.composition.external.get(key, key)].dimension
        if key in self.composition.external or dimension not in (UNITS["ms"].dimension, UNITS["F"].dimension):
            return
        used = any(key in self.system.ancestors(e) for e in self.system.expressions.values())
        if np.any(np.asarray(value) < 0) or (used and np.any(np.asarray(value) == 0)):
            raise ParameterError(where, value, "must be positive" if used else "must not be negative")

    def _check_reset(self) -> None:
        """Refuse parameter values for which a reset neuron is above its threshold at once."""
        model, system = self.model, self.system
        if model.threshold is None or model.reset is None:
            return
        condition = system.condition(model.threshold)
        statements = system.statements(model.reset)
        mentioned = system.ancestors(condition).union(*(system.ancestors(e) for _, e in statements))
        if not mentioned & self._constants.keys():
            return
        known = self.constants() | self.start_values()
        for state, value in statements:
            known[state] = evaluate(value, system.with_needed(value, known))
        if np.any(evaluate(condition, system.with_needed(condition, known))):
            given = {k: self._constants[k] for k in mentioned if k in self._constants}
            raise ParameterError(
                f"{self.name}.reset", given, f"after {model.reset!r} the threshold {model.threshold!r} is still passed"
            )

    def constants(self) -> dict[str, Any]:
        """Parameters, derived ones included, and external inputs, in coherent units."""
        units, external = self.system.units, self.composition.external
        values = {external.get(k, k): v * units[external.get(k, k)].scale for k, v in self._constants.items()}
        return self.system.with_derived(values)

    def start_values(self) -> dict[str, Any]:
        """Start values of all states in coherent units: the model's own, or those the user gave."""
        values = self.model.start(self.constants()) if self.model.initial else {}
        for state in self.system.states:
            values.setdefault(state, 0.0)
        return values | {k: v * self.system.units[k].scale for k, v in self._start.items()}

    def bind(self, states: Mapping[str, np.ndarray]) -> None:
        """Let the population show, and change, the states an engine works on (coherent units)."""
        self._live = dict(states)
