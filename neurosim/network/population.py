"""A population: a number of neurons of one model, with their receptors."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Mapping
from functools import cached_property
from typing import Any, overload

import numpy as np

from neurosim.distributions import Distribution
from neurosim.equations.expression import evaluate, expression
from neurosim.errors import ParameterError
from neurosim.integrators import check_integrator, default_integrator
from neurosim.network.composition import compose
from neurosim.network.draws import Draws
from neurosim.network.group import Group, Slice
from neurosim.network.precision import obstacle
from neurosim.network.stream import Stream
from neurosim.neurons.model import NeuronModel
from neurosim.neurons.signal import Signal
from neurosim.synapses.receptor import Receptor
from neurosim.units import Unit, convert, parse_unit

Values = dict[str, float | np.ndarray]

POSITIVE = [parse_unit(unit).dimension for unit in ("ms", "pF", "uF/cm2")]
"""Times and capacitances: parameters of these dimensions cannot be negative."""


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
        One of `neurosim.integrators.INTEGRATORS`; by default the model's own, or else ``exact`` if all
        equations are linear and without noise, and ``exponential_euler`` otherwise.
    precise_spikes : bool, default False
        Find the time at which a neuron crosses its threshold inside a step; see Notes.
    name : str, optional
    **values : float, array_like, str, quantity or Distribution
        Parameters, inputs and start values of states: one for all, one for each neuron (n,), or one for each
        neuron of each trial (trials, n). A bare number is in the unit the variable was declared with.
        ``population[name]`` reads them, as copies, and sets them, between runs too. From a distribution, such
        as ``Normal("20 ms", "2 ms", low="5 ms")``, each neuron draws its own when the network is made, from
        the network's seed, and the same for all trials; in a network already, at once. A population that was
        given a name draws the same numbers whatever else is in the network.

    Attributes
    ----------
    integrator : str
        The one in use.
    revision : int
        Counts the changes of parameters, inputs and, once it has run, states.

    Raises
    ------
    ParameterError
        If a name is unknown (the valid ones are listed), a value is not finite, a time constant not
        positive, a shape wrong, or a reset leaves the neuron above its threshold.
    UnitError
        If a unit does not fit; both are named.

    Notes
    -----
    With `precise_spikes` reset and refractory time begin at the crossing, and the next step is longer by what
    is left of this one. Times come out to round-off where one linear state under constant input makes the
    spike, as in `LIF`: ``exponential_euler``, then the default integrator, is exact. Otherwise the default is
    ``rk4``; the error of a spike falls as ``dt**2`` or so, once a step resolves the rise to the threshold. A
    neuron can spike once a step. Spikes arrive, inputs and synapses act, and states are recorded on the grid,
    a state after a spike as it was reset. Without a reset, only the times of spikes are found, and the states
    are, to round-off, those of a run without.

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
        /,  # a model may have a state called n
        *,
        receptors: Mapping[str, Receptor] | None = None,
        integrator: str | None = None,
        precise_spikes: bool = False,
        name: str | None = None,
        **values: Any,
    ) -> None:
        super().__init__(n, name)
        if not isinstance(model, NeuronModel):
            raise ParameterError("Population.model", model, "must be a NeuronModel")
        self.model = model
        if not isinstance(receptors or {}, Mapping):
            raise ParameterError(
                f"{self.name}.receptors", receptors, "must be a mapping, such as {'exc': PSCFilter('5 ms')}"
            )
        self.receptors = dict(receptors or {})
        for key, receptor in self.receptors.items():
            if not isinstance(receptor, Receptor) or not isinstance(key, str) or not key.isidentifier():
                limit = "must map names, such as 'exc', to Receptors"
                raise ParameterError(f"{self.name}.receptors", {key: receptor}, limit)
        self.composition = compose(model, self.receptors)
        self.system = self.composition.system
        self._check_arguments()
        if not self.system.states and model.output is None and model.threshold is None:
            remedy = "Give it a differential equation, or an output."
            raise ParameterError(f"{self.name}.model", model, "has nothing to run", remedy)
        if not isinstance(precise_spikes, bool):
            limit = "must be True or False"
            raise ParameterError(f"{self.name}.precise_spikes", precise_spikes, limit)
        if precise_spikes and (limit := obstacle(model, self.system)):
            raise ParameterError(f"{self.name}.precise_spikes", precise_spikes, limit)
        self.precise_spikes = precise_spikes
        uneven = self.precise_spikes and bool(model.reset)
        own = None if uneven and model.integrator == "exact" else model.integrator
        self.integrator = check_integrator(
            integrator or own or default_integrator(self.system, precise=uneven),
            f"{self.name}.integrator",
            self.system,
        )
        if self.integrator == "exact" and not self.system.is_linear:
            limit = f"needs linear equations with constant coefficients, which {model.name} does not have"
            remedy = "Use 'exponential_euler' or 'rk4'."
            raise ParameterError(f"{self.name}.integrator", self.integrator, limit, remedy)
        if self.integrator == "exact" and uneven:
            limit = "has steps of one length, but precise spikes make them differ"
            remedy = f"Leave it out for {default_integrator(self.system, precise=True)!r}."
            raise ParameterError(f"{self.name}.integrator", self.integrator, limit, remedy)
        self.revision = 0
        self.draws = Draws(self)
        self._constants: Values = {key: p.value for key, p in self.composition.parameters.items()}
        self._constants |= dict.fromkeys(self.composition.external, 0.0)
        self._start: Values = {}
        self._live: dict[str, np.ndarray] = {}
        for key, value in self._constants.items():
            self._check_sign(key, value, f"{self.name}.{key}")
        drawn = {key: value for key, value in values.items() if isinstance(value, Distribution)}
        converted = {key: self._checked(key, value) for key, value in values.items() if key not in drawn}
        self._start |= {key: value for key, value in converted.items() if key not in self._constants}
        self._constants |= {key: value for key, value in converted.items() if key in self._constants}
        for key, value in converted.items():
            self._check_trials(key, np.shape(value))
        self._check_reset()
        for key, distribution in drawn.items():
            self[key] = distribution

    def _check_arguments(self) -> None:
        """Refuse a variable that could not be given here, because an argument has its name."""
        arguments = inspect.signature(Population).parameters.values()
        taken = {a.name for a in arguments if a.kind is a.KEYWORD_ONLY}
        for variable in (*self.composition.parameters, *self.composition.external, *self.system.states):
            if variable in taken:
                limit = "is also the name of an argument of Population"
                raise ParameterError(f"{self.model.name}.{variable}", variable, limit, "Rename the variable.")

    def __repr__(self) -> str:
        return f"Population({self.n}, {self.model.name}, name={self.name!r})"

    @overload
    def __getitem__(self, key: str) -> float | np.ndarray: ...
    @overload
    def __getitem__(self, key: slice) -> Slice: ...
    def __getitem__(self, key: str | slice) -> float | np.ndarray | Slice:
        if isinstance(key, slice):
            return self.part(key)
        waiting = self.draws.waiting
        if waiting:
            itself = key in waiting or key in self._constants or key in self._start
            self.draws.check_known(key, {key} if itself else waiting)
        if key in self.system.subexpressions:
            self.system.check_noiseless(key, f"{self.name}[{key!r}]")
            node = expression(key)
            known = self.constants() | self._states() | {"t": self.network.t if self.network else 0.0}
            value: Any = evaluate(node, self.system.with_needed(node, known))
        elif key in self._constants:
            value = self._constants[key] * self.system.units[self.composition.external.get(key, key)].scale
        else:
            self._check_name(key)
            value = self._states()[key]
            value = np.broadcast_to(value, np.broadcast_shapes(np.shape(value), (self.n,)))
        if key in self._constants and not np.ndim(value):
            return float(self._constants[key])
        # A copy that cannot be written to: writing into it would change nothing, and nobody would know.
        shown = np.asarray(value / self.system.units[key].scale)
        shown.setflags(write=False)
        return shown

    def _states(self) -> dict[str, Any]:
        """Values of all states, in coherent units: those of the run, or those it will start with."""
        return self._live or self.start_values()

    def __setattr__(self, name: str, value: Any) -> None:
        # Without this, population.I = 2 would make an attribute that nothing looks at.
        if self._is_variable(name) and (name == "n" or name not in self.__dict__):
            remedy = f"Write population[{name!r}] = ..."
            raise ParameterError(f"{self.name}.{name}", value, "is a variable of the model", remedy)
        super().__setattr__(name, value)

    def __getattr__(self, name: str) -> Any:
        hint = f"; a variable is read as population[{name!r}]" if self._is_variable(name) else ""
        raise AttributeError(f"Population has no attribute {name!r}{hint}")

    def _is_variable(self, name: str) -> bool:
        constants = self.__dict__.get("_constants")
        return constants is not None and (name in constants or name in self.__dict__["system"].states)

    def __setitem__(self, key: str, value: Any) -> None:
        self.assign(key, 0, self.n, value)

    def assign(self, key: str, start: int, stop: int, value: Any) -> None:
        """Set a variable of the units from `start` up to `stop`; see `Population`."""
        if isinstance(value, Distribution):
            self.draws.note(key, start, stop, value)
            return
        if key not in self.draws.waiting or stop - start == self.n:
            self.store(key, start, stop, value)
        self.draws.note_values(key, start, stop, value)

    def draw(self, stream: Stream) -> None:
        """Draw the variables that were given as distributions; `Network` does so."""
        self.draws.draw(stream)

    def store(self, key: str, start: int, stop: int, value: Any) -> None:
        """Set a variable of some units to values; one that was shared becomes one for each neuron."""
        if stop - start < self.n:
            part, shared = self.converted(key, value, stop - start), self[key]
            shape = np.broadcast_shapes(np.shape(shared), (*np.shape(part)[:-1], self.n))
            value = np.broadcast_to(shared, shape).copy()
            value[..., start:stop] = part
        converted = self._checked(key, value)
        if key in self._live:
            self._live[key][...] = converted * self.system.units[key].scale
            self.revision += 1
        elif key in self.system.states:
            self._start[key] = converted
        else:
            before = self._constants[key]
            self._constants[key] = converted
            try:
                if key in self._reset_names:
                    self._check_reset()
            except ParameterError:
                self._constants[key] = before
                raise
            self.revision += 1

    def unit_of(self, key: str) -> Unit:
        """Unit that a variable was declared with.

        Raises
        ------
        ParameterError
            If there is no such variable that can be set.
        """
        self._check_name(key)
        return self.system.units[self.composition.external.get(key, key)]

    def converted(self, key: str, value: Any, n: int) -> float | np.ndarray:
        """A user's value for n neurons, in the unit of the variable.

        Raises
        ------
        ParameterError, UnitError
            If there is no such variable, or the value, its unit or its shape does not fit.
        """
        self._check_settable(key)
        unit, where = self.unit_of(key), f"{self.name}.{key}"
        converted = convert(value, unit, where)
        shape = np.shape(converted)
        if shape and (len(shape) > 2 or shape[-1] != n):
            raise ParameterError(where, shape, f"the shape must be (), ({n},) or (trials, {n})")
        return converted

    def _checked(self, key: str, value: Any) -> float | np.ndarray:
        """A user's value, if it is one that the variable can have."""
        converted = self.converted(key, value, self.n)
        where, shape = f"{self.name}.{key}", np.shape(converted)
        self._check_trials(key, shape)
        if key in self._constants:
            self._check_sign(key, converted, where)
        return converted

    def _check_trials(self, key: str, shape: tuple[int, ...]) -> None:
        """Refuse a value for another number of trials than those before."""
        if len(shape) < 2:
            return
        for other, value in (self._constants | self._start | self._live).items():
            size = np.shape(value)
            trials = size[0] if len(size) == 2 else 1 if other in self._live else shape[0]
            if trials != shape[0] and (other != key or key in self._live):
                limit = f"is for {shape[0]} trials, but {other} is for {trials}"
                raise ParameterError(f"{self.name}.{key}", shape, limit)

    def _check_name(self, key: str) -> None:
        if key not in self._constants and key not in self.system.states:
            valid = ", ".join([*self._constants, *self.system.states])
            limit = f"is not a variable of {self.model.name} that can be set; valid are {valid}"
            remedy = f"One neuron is [{key}:{key + 1}]." if isinstance(key, int) else ""
            raise ParameterError(f"{self.name}[{key!r}]", key, limit, remedy)

    def _check_settable(self, key: str) -> None:
        if key in self.composition.summed.values():
            limit = "is the sum of what projections bring, which they alone set"
            raise ParameterError(f"{self.name}[{key!r}]", key, limit, "Set an input of the neuron.")

    def _check_sign(self, key: str, value: float | np.ndarray, where: str) -> None:
        dimension = self.system.units[self.composition.external.get(key, key)].dimension
        if key in self.composition.external or dimension not in POSITIVE:
            return
        used = any(key in self.system.ancestors(e) for e in self.system.expressions.values())
        if np.any(np.asarray(value) < 0) or (used and np.any(np.asarray(value) == 0)):
            raise ParameterError(where, value, "must be positive" if used else "must not be negative")

    @cached_property
    def _reset_names(self) -> set[str]:
        """Parameters and inputs that threshold and reset depend on; none if the time does as well."""
        model, system = self.model, self.system
        if model.threshold is None or model.reset is None:
            return set()
        nodes = [system.condition(model.threshold), *(e for _, e in system.statements(model.reset))]
        used = set().union(*(system.ancestors(node) for node in nodes))
        return set() if "t" in used else used & self._constants.keys()

    def _check_reset(self) -> None:
        """Refuse parameter values for which a reset neuron is above its threshold at once."""
        model, system = self.model, self.system
        if not self._reset_names or model.threshold is None or model.reset is None:
            return
        condition = system.condition(model.threshold)
        known = self.constants() | self.start_values()
        with np.errstate(all="ignore"):
            for state, value in system.statements(model.reset):
                known[state] = evaluate(value, system.with_needed(value, known))
            passed = np.any(evaluate(condition, system.with_needed(condition, known)))
        if passed:
            given = {name: self._constants[name] for name in sorted(self._reset_names)}
            limit = f"after {model.reset!r} the threshold {model.threshold!r} is still passed"
            raise ParameterError(f"{self.name}.reset", given, limit)

    def constants(self) -> dict[str, Any]:
        """Parameters, derived ones included, and external inputs, in coherent units."""
        units, external = self.system.units, self.composition.external
        values = {external.get(k, k): v * units[external.get(k, k)].scale for k, v in self._constants.items()}
        return self.system.with_derived(values)

    def start_values(self) -> dict[str, Any]:
        """Start values of all states in coherent units: those the user gave, and what follows from them."""
        given = {k: v * self.system.units[k].scale for k, v in self._start.items()}
        own = {k: v for k, v in given.items() if k in self.model.system.states}
        values = self.model.start(self.constants(), own) if self.model.initial else {}
        return dict.fromkeys(self.system.states, 0.0) | values | given

    def signal(self, variable: str, where: str) -> Signal:
        """A variable as a continuous signal to other populations.

        Raises
        ------
        ParameterError
            If it is not a state or a sub-expression.
        """
        names = [*self.system.states, *self.system.subexpressions]
        if variable not in names:
            limit = f"must be a state or a sub-expression of {self.name}: {', '.join(names) or 'none'}"
            raise ParameterError(where, variable, limit)
        return Signal(variable, self.system.units[variable])

    def bind(self, states: Mapping[str, np.ndarray]) -> None:
        """Let the population show, and change, the states an engine works on (coherent units)."""
        self._live = dict(states)

    def snapshot(self) -> dict[str, Any]:
        """Parameters, inputs and start values, and how often each has been drawn."""
        drawn = dict(self.draws.drawn)
        return {"constants": dict(self._constants), "start": dict(self._start), "drawn": drawn}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take over what `snapshot` found."""
        self._constants, self._start = dict(saved["constants"]), dict(saved["start"])
        self.draws.drawn = Counter(saved["drawn"])
        self.revision += 1
