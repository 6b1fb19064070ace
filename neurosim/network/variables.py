"""The variables of a population: the values they have, and those they can have."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np

from neurosim.equations.expression import evaluate
from neurosim.equations.names import TIMES
from neurosim.errors import ParameterError
from neurosim.network.composition import Composition
from neurosim.neurons.model import NeuronModel
from neurosim.units import Unit, convert, parse_unit

Values = dict[str, float | np.ndarray]

POSITIVE = [parse_unit(unit).dimension for unit in ("ms", "pF", "uF/cm2")]
"""Times and capacitances: parameters of these dimensions cannot be negative."""


class Variables:
    """Parameters, inputs and states of the neurons of a population.

    Parameters
    ----------
    name : str
        Of the population, for messages.
    n : int
        Number of neurons.
    model : NeuronModel
    composition : Composition

    Attributes
    ----------
    constants : dict of str to float or ndarray
        Parameters, and the constant part of inputs, in the units they were declared with.
    start : dict of str to float or ndarray
        Start values of states that the user gave, in their units.
    live : dict of str to ndarray
        States that an engine works on, in coherent units; none before the first run.
    driven : dict of str to float, ndarray or Course
        Parameters of stimuli, in coherent units.
    """

    def __init__(self, name: str, n: int, model: NeuronModel, composition: Composition) -> None:
        self.name, self.n, self.model, self.composition = name, n, model, composition
        self.constants: Values = {key: p.value for key, p in composition.parameters.items()}
        self.constants |= dict.fromkeys(composition.external, 0.0)
        self.start: Values = {}
        self.live: dict[str, np.ndarray] = {}
        self.driven: dict[str, Any] = {}
        for key, value in self.constants.items():
            self._check_sign(key, value, f"{name}.{key}")

    def begin(self, values: Mapping[str, Any]) -> None:
        """Take over the values that a population is made with."""
        converted = {key: self.checked(key, value) for key, value in values.items()}
        self.start |= {key: value for key, value in converted.items() if key not in self.constants}
        self.constants |= {key: value for key, value in converted.items() if key in self.constants}
        for key, value in converted.items():
            self.check_trials(key, np.shape(value))
        self.check_reset()

    def follow(self, composition: Composition, driven: Mapping[str, Any]) -> None:
        """Take over other stimuli."""
        self.composition, self.driven = composition, dict(driven)
        states = composition.system.states
        self.start = {key: value for key, value in self.start.items() if key in states}
        self.live = {key: value for key, value in self.live.items() if key in states}
        self.__dict__.pop("reset_names", None)

    def store(self, key: str, start: int, stop: int, value: Any) -> None:
        """Set a variable of the neurons from `start` up to `stop`; one they shared becomes one for each.

        Raises
        ------
        ParameterError, UnitError
            If the variable cannot have this value; nothing has changed then.
        """
        if stop - start < self.n:
            part = self.converted(key, value, stop - start)
            shared = self._present(key)
            if not np.ndim(part) and not np.ndim(shared) and part == shared:
                return
            trials, others = (np.shape(a)[0] if np.ndim(a) == 2 else 1 for a in (part, shared))
            if 1 != trials != others != 1:
                limit = f"is for {trials} trials, but {key} of other neurons is for {others}"
                raise ParameterError(f"{self.name}.{key}", np.shape(part), limit)
            shape = np.broadcast_shapes(np.shape(shared), (*np.shape(part)[:-1], self.n))
            value = np.broadcast_to(shared, shape).copy()
            value[..., start:stop] = part
        converted = self.checked(key, value)
        if key in self.live:
            self.live[key][...] = converted * self.composition.system.units[key].scale
        elif key not in self.constants:
            self.start[key] = converted
        else:
            before = self.constants[key]
            self.constants[key] = converted
            try:
                if key in self.reset_names:
                    self.check_reset()
            except ParameterError:
                self.constants[key] = before
                raise

    def _present(self, key: str) -> Any:
        """Value of a variable that can be set, in its unit."""
        if key in self.constants:
            return self.constants[key]
        return self.states()[key] / self.composition.system.units[key].scale

    def __contains__(self, key: object) -> bool:
        return key in self.constants or key in self.composition.system.states

    def unit_of(self, key: str) -> Unit:
        """Unit that a variable was declared with.

        Raises
        ------
        ParameterError
            If there is no such variable that can be set.
        """
        self.check_name(key)
        return self.composition.system.units[self.composition.external.get(key, key)]

    def converted(self, key: str, value: Any, n: int) -> float | np.ndarray:
        """A user's value for n neurons, in the unit of the variable.

        Raises
        ------
        ParameterError, UnitError
            If there is no such variable, or the value, its unit or its shape does not fit.
        """
        if key in self.composition.summed.values():
            limit = "is the sum of what projections bring, which they alone set"
            raise ParameterError(f"{self.name}[{key!r}]", key, limit, "Set an input of the neuron.")
        unit, where = self.unit_of(key), f"{self.name}.{key}"
        converted = convert(value, unit, where)
        shape = np.shape(converted)
        if shape and (len(shape) > 2 or shape[-1] != n):
            raise ParameterError(where, shape, f"the shape must be (), ({n},) or (trials, {n})")
        return converted

    def checked(self, key: str, value: Any) -> float | np.ndarray:
        """A user's value for all neurons, if it is one that the variable can have."""
        converted = self.converted(key, value, self.n)
        self.check_trials(key, np.shape(converted))
        if key in self.constants:
            self._check_sign(key, converted, f"{self.name}.{key}")
        return converted

    def check_trials(self, key: str, shape: tuple[int, ...]) -> None:
        """Refuse a value for another number of trials than those before."""
        if len(shape) < 2:
            return
        for other, value in (self.constants | self.start | self.live).items():
            size = np.shape(value)
            trials = size[0] if len(size) == 2 else 1 if other in self.live else shape[0]
            if trials != shape[0] and (other != key or key in self.live):
                limit = f"is for {shape[0]} trials, but {other} is for {trials}"
                raise ParameterError(f"{self.name}.{key}", shape, limit)

    def check_name(self, key: Any) -> None:
        """Refuse what is not a variable that can be set."""
        if not isinstance(key, str) or key not in self:
            valid = ", ".join([*self.constants, *self.composition.system.states])
            limit = f"is not a variable of {self.model.name} that can be set; valid are {valid}"
            remedy = f"One neuron is [{key}:{key + 1}]." if isinstance(key, int) else ""
            raise ParameterError(f"{self.name}[{key!r}]", key, limit, remedy)

    def _check_sign(self, key: str, value: float | np.ndarray, where: str) -> None:
        system = self.composition.system
        dimension = system.units[self.composition.external.get(key, key)].dimension
        if key in self.composition.external or dimension not in POSITIVE:
            return
        used = any(key in system.ancestors(e) for e in system.expressions.values())
        if np.any(np.asarray(value) < 0) or (used and np.any(np.asarray(value) == 0)):
            raise ParameterError(where, value, "must be positive" if used else "must not be negative")

    @cached_property
    def reset_names(self) -> set[str]:
        """Parameters and inputs that threshold and reset depend on; none if the time does as well."""
        model, system = self.model, self.composition.system
        if model.threshold is None or model.reset is None:
            return set()
        nodes = [system.condition(model.threshold), *(e for _, e in system.statements(model.reset))]
        used = set().union(*(system.ancestors(node) for node in nodes))
        return set() if used & {*TIMES, *self.composition.tables} else used & self.constants.keys()

    def check_reset(self) -> None:
        """Refuse parameter values for which a reset neuron is above its threshold at once."""
        model, system = self.model, self.composition.system
        if not self.reset_names or model.threshold is None or model.reset is None:
            return
        condition = system.condition(model.threshold)
        known = self.coherent() | self.start_values()
        with np.errstate(all="ignore"):
            for state, value in system.statements(model.reset):
                known[state] = evaluate(value, system.with_needed(value, known))
            passed = np.any(evaluate(condition, system.with_needed(condition, known)))
        if passed:
            given = {name: self.constants[name] for name in sorted(self.reset_names)}
            limit = f"after {model.reset!r} the threshold {model.threshold!r} is still passed"
            raise ParameterError(f"{self.name}.reset", given, limit)

    def coherent(self) -> dict[str, Any]:
        """Parameters, derived ones included, and the constant part of inputs, in coherent units.

        What a stimulus reads from a table is a function of the time.
        """
        system, external = self.composition.system, self.composition.external
        names = {key: external.get(key, key) for key in self.constants}
        values = {names[k]: v * system.units[names[k]].scale for k, v in self.constants.items()}
        return system.with_derived(values | self.driven)

    def start_values(self) -> dict[str, Any]:
        """Start values of all states in coherent units: those the user gave, and what follows from them."""
        system = self.composition.system
        given = {k: v * system.units[k].scale for k, v in self.start.items()}
        own = {k: v for k, v in given.items() if k in self.model.system.states}
        values = self.model.start(self.coherent(), own) if self.model.initial else {}
        return dict.fromkeys(system.states, 0.0) | values | given

    def states(self) -> dict[str, Any]:
        """Values of all states, in coherent units: those of the run, or those it will start with."""
        return self.start_values() | self.live
