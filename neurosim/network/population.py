"""A population: a number of neurons of one model, with their receptors."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Mapping
from typing import Any, Self, overload

import numpy as np

from neurosim.distributions import Distribution
from neurosim.equations.expression import evaluate, expression
from neurosim.errors import ParameterError
from neurosim.network.composition import Composition, compose
from neurosim.network.draws import Draws
from neurosim.network.group import Group, Slice
from neurosim.network.stimuli.application import Application, applied
from neurosim.network.stimuli.drive import Drive, Driven
from neurosim.network.stimuli.stimulus import Stimulus
from neurosim.network.stream import Stream
from neurosim.network.variables import Variables
from neurosim.neurons.model import NeuronModel
from neurosim.neurons.signal import Signal
from neurosim.synapses.receptor import Receptor


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
    **values : float, array_like, str, quantity, Distribution or Stimulus
        Parameters, inputs and start values of states: one for all, one for each neuron (n,), or one for each
        neuron of each trial (trials, n). A bare number is in the unit the variable was declared with.
        ``population[name]`` reads them, as copies, and sets them, between runs too. From a distribution, such
        as ``Normal("20 ms", "2 ms", low="5 ms")``, each neuron draws its own when the network is made, from
        the network's seed, and the same for all trials; in a network already, at once. A population that was
        given a name draws the same numbers whatever else is in the network. An input can be given a stimulus,
        such as ``I=Step("200 pA", start="100 ms")``; then ``population["I"]`` is its value at the moment.

    Attributes
    ----------
    integrator : str
        The one in use.
    stimuli : tuple of Application
        The stimuli at work, one for each component: on which input and units, and what it is.
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
    ``rk4``; the error of a spike falls as ``dt**2`` or so, once a step resolves the rise to the threshold.
    Where the rise is an explosion within less than a step, as in `AdEx` and `ExponentialIF`, it is not
    resolved: times are then right to about a third of a step, as on the grid, and the remedy is a smaller dt.
    A neuron can spike once a step. Spikes arrive, inputs and synapses act, and states are recorded on the
    grid, a state after a spike as it was reset. Without a reset, only the times of spikes are found, and the
    states are, to round-off, those of a run without.

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
            remedy = f"Make one: {model.__name__}(...)." if isinstance(model, type) else ""
            raise ParameterError("Population.model", model, "must be a NeuronModel", remedy)
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
        _check_arguments(model, self.composition)
        if not self.system.states and model.output is None and model.threshold is None:
            remedy = "Give it a differential equation, or an output."
            raise ParameterError(f"{self.name}.model", model, "has nothing to run", remedy)
        self._driven = Driven(self.name, n, model, self.composition, integrator, precise_spikes)
        self.integrator = self._driven.by(()).integrator
        self.precise_spikes = precise_spikes
        self.stimuli: tuple[Application, ...] = ()
        self.revision = 0
        self.draws = Draws(self)
        self.variables = Variables(self.name, n, model, self.composition)
        later = {k: value for k, value in values.items() if isinstance(value, Distribution | Stimulus)}
        self.variables.begin({key: value for key, value in values.items() if key not in later})
        for key, value in later.items():
            self[key] = value

    def __repr__(self) -> str:
        return f"Population({self.n}, {self.model.name}, name={self.name!r})"

    @overload
    def __getitem__(self, key: str) -> float | np.ndarray: ...
    @overload
    def __getitem__(self, key: slice) -> Slice: ...
    def __getitem__(self, key: str | slice) -> float | np.ndarray | Slice:
        if isinstance(key, slice):
            return self.part(key)
        if not isinstance(key, str):
            self.variables.check_name(key)
        waiting, variables = self.draws.waiting, self.variables
        if waiting:
            itself = key in waiting or key in variables.constants or key in variables.start
            self.draws.check_known(key, {key} if itself else waiting)
        if key in variables.constants and key not in self.system.subexpressions:
            constant = variables.constants[key]
            return constant if isinstance(constant, float) else _shown(constant)
        if key in self.system.subexpressions:
            self.system.check_noiseless(key, f"{self.name}[{key!r}]")
            node = expression(key)
            known = self.constants() | variables.states() | {"t": self.network.t if self.network else 0.0}
            value: Any = evaluate(node, self.system.with_needed(node, known))
        else:
            variables.check_name(key)
            value = variables.states()[key]
            value = np.broadcast_to(value, np.broadcast_shapes(np.shape(value), (self.n,)))
        value = value / self.system.units[key].scale
        return _shown(value) if np.ndim(value) or key not in variables.constants else float(value)

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
        variables = self.__dict__.get("variables")
        return variables is not None and name in variables

    def __setitem__(self, key: str, value: Any) -> None:
        self.assign(key, 0, self.n, value)

    def assign(self, key: str, start: int, stop: int, value: Any) -> None:
        """Set a variable of the units from `start` up to `stop`; see `Population`."""
        drive = self._drive(key, start, stop, value)
        if isinstance(value, Stimulus):
            value = value.constant(self.variables.unit_of(key), f"{self.name}.{key}")
        if isinstance(value, Distribution):
            self.draws.note(key, start, stop, value)
        else:
            if key not in self.draws.waiting or stop - start == self.n:
                self.store(key, start, stop, value)
            self.draws.note_values(key, start, stop, value)
        if drive is not None:
            self._follow(drive)

    def _drive(self, key: str, start: int, stop: int, value: Any) -> Drive | None:
        """What other stimuli of some units would make of the population; None if none change."""
        stimulus = value if isinstance(value, Stimulus) else None
        if stimulus is None and all(a.input != key for a in self.stimuli):
            return None
        self.variables.check_name(key)
        if key not in self.composition.external:
            limit = f"is not an input of {self.model.name}, as {', '.join(self.composition.external)} is"
            raise ParameterError(f"{self.name}[{key!r}]", value, limit, "Stimuli drive inputs.")
        return self._driven.by(applied(self.stimuli, key, start, stop, stimulus))

    def _follow(self, drive: Drive) -> None:
        """Take over other stimuli."""
        self.stimuli, self.integrator = drive.applications, drive.integrator
        self.composition, self.system = drive.composition, drive.composition.system
        self.variables.follow(drive.composition, drive.values)
        self.revision += 1

    def draw(self, stream: Stream) -> None:
        """Draw the variables that were given as distributions; `Network` does so."""
        self.draws.draw(stream)

    def store(self, key: str, start: int, stop: int, value: Any) -> None:
        """Set a variable of some units to values; one that was shared becomes one for each neuron."""
        self.variables.store(key, start, stop, value)
        self.revision += 1

    def constants(self) -> dict[str, Any]:
        """Parameters, derived ones included, and external inputs, in coherent units."""
        return self.variables.coherent()

    def start_values(self) -> dict[str, Any]:
        """Start values of all states in coherent units: those the user gave, and what follows from them."""
        return self.variables.start_values()

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
        self.variables.live = dict(states)

    def description(self) -> dict[str, Any]:
        """Arguments that make a population like this, but for its values."""
        own = ("n", "model", "receptors", "precise_spikes", "name", "named")
        return {name: getattr(self, name) for name in own} | {"integrator": self._driven.integrator}

    @classmethod
    def from_description(cls, **description: Any) -> Self:
        """Make a population from what `description` returned."""
        n, model, named = (description.pop(key) for key in ("n", "model", "named"))
        population = cls(n, model, **description)
        population.named = named
        return population

    def snapshot(self) -> dict[str, Any]:
        """Parameters, inputs and start values, and how often each has been drawn."""
        given, drawn = self.variables, dict(self.draws.drawn)
        values = {"constants": dict(given.constants), "start": dict(given.start)}
        return values | {"drawn": drawn, "stimuli": self.stimuli}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take over what `snapshot` found."""
        self._follow(self._driven.by(saved["stimuli"]))
        self.variables.constants = dict(saved["constants"])
        self.variables.start = dict(saved["start"])
        self.draws.drawn = Counter(saved["drawn"])
        self.revision += 1


def _check_arguments(model: NeuronModel, composition: Composition) -> None:
    """Refuse a variable that could not be given to `Population`, because an argument has its name."""
    arguments = inspect.signature(Population).parameters.values()
    taken = {a.name for a in arguments if a.kind is a.KEYWORD_ONLY}
    for variable in (*composition.parameters, *composition.external, *composition.system.states):
        if variable in taken:
            limit = "is also the name of an argument of Population"
            raise ParameterError(f"{model.name}.{variable}", variable, limit, "Rename the variable.")


def _shown(value: np.ndarray) -> np.ndarray:
    """A copy that cannot be written to: writing into it would change nothing, and nobody would know."""
    copy = np.array(value)
    copy.setflags(write=False)
    return copy
