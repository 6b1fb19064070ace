"""What every rule for changing parameters by their gradients is."""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from neurosim.errors import ParameterError
from neurosim.rate.autodiff.operations import Array
from neurosim.rate.autodiff.variable import Variable
from neurosim.rate.checks import checked_amount, checked_flag, checked_positive, is_real, suggestion
from neurosim.rate.optimisers.gradient_norm import checked_gradients, common_norm
from neurosim.rate.optimisers.max_norm import limit_norm
from neurosim.rate.optimisers.optimiser_options import DEFAULTS, Shared
from neurosim.rate.optimisers.optimiser_state import checked_state
from neurosim.rate.optimisers.parameter_list import checked_parameters
from neurosim.rate.optimisers.schedule import LearningRate, Schedule, checked_rate

if TYPE_CHECKING:
    from neurosim.kernels.rate.descent import DescentRule


class Optimiser(ABC):
    """Changes parameters in place, so that whoever shares their memory sees the change.

    A rule of one's own names its `states`, writes `rule` as assignments for one weight, and returns from
    `numbers` what the rule names besides; it is compiled into one loop without temporaries.

    Parameters
    ----------
    parameters : iterable of Variable
        What to learn; one that is named twice counts once. A parameter without a gradient is left alone.
    learning_rate : float or callable
        Size of a step, or a `Schedule`: any function of the number of steps taken before. May be changed
        between steps; everything else is fixed.
    **shared
        Of every optimiser, in the order in which they are applied to the gradient g of a weight w:

        clip_norm : float, optional
            Scale all gradients together where their common Euclidean norm is larger, to this norm.
        clip_value : float, optional
            Limit each g to +-clip_value.
        l1 : float, default 0.0
            Add l1*sign(w) to g: the gradient of l1*sum(abs(w)).
        weight_decay : float, default 0.0
            Add weight_decay*w to g: the gradient of weight_decay/2*sum(w**2), known as L2.
        decoupled : bool, default False
            Shrink w by rate*weight_decay*w itself, before the step, instead of changing g.
        max_norm : float, optional
            After the step, scale the weights into a unit down to this Euclidean norm where theirs is larger:
            columns of a matrix W[pre, post], be it Sparse or LowRank, and kernels (first axis) of a
            convolution. Other parameters with one axis are left alone.

    Raises
    ------
    ParameterError
        If there are no parameters, a number is out of its range, or an option is unknown.

    References
    ----------
    Clipping by norm: Pascanu, Mikolov & Bengio 2013, arXiv:1211.5063, algorithm 1. Decoupled decay:
    Loshchilov & Hutter 2019, arXiv:1711.05101. Max-norm: Srebro & Shraibman 2005,
    doi:10.1007/11503415_37; Srivastava et al. 2014, JMLR 15:1929, section 5.1.
    """

    def __init__(
        self, parameters: Iterable[Variable], learning_rate: LearningRate, **shared: Unpack[Shared]
    ) -> None:
        self.parameters = checked_parameters(type(self).__name__, parameters)
        self.learning_rate = learning_rate
        for name in shared:
            if name not in DEFAULTS:
                raise ParameterError(
                    self._place(name),
                    shared[name],  # type: ignore[literal-required]
                    "there is no such option",
                    suggestion(name, ["learning_rate", *self._options()]),
                )
        options: Shared = {**DEFAULTS, **shared}
        self.weight_decay = checked_amount(self._place("weight_decay"), options["weight_decay"])
        self.decoupled = checked_flag(self._place("decoupled"), options["decoupled"])
        self.l1 = checked_amount(self._place("l1"), options["l1"])
        self.clip_value = self._checked_limit("clip_value", options["clip_value"])
        self.clip_norm = self._checked_limit("clip_norm", options["clip_norm"])
        self.max_norm = self._checked_limit("max_norm", options["max_norm"])
        self._n_steps = 0
        self._updates = [0] * len(self.parameters)
        self._rule: DescentRule | None = None
        self._states: list[Array] | None = None
        self._ready = True

    @property
    def states(self) -> tuple[str, ...]:
        """Names of what is kept for each weight; it starts at 0."""
        return ()

    @property
    @abstractmethod
    def rule(self) -> str:
        """The step of one weight `w` with gradient `g`, as `neurosim.kernels.rate.descent` reads it."""

    def numbers(self, update: int, rate: float) -> dict[str, float]:
        """Return what the rule names besides `w`, `g` and the states.

        Parameters
        ----------
        update : int
            How many updates the parameter will have had, 1 for the first.
        rate : float
            The learning rate, which rules have as ``rate`` without doing anything here.
        """
        return {}

    @property
    def learning_rate(self) -> LearningRate:
        """Size of a step, a number or a function of the number of steps taken before."""
        return self._learning_rate

    @learning_rate.setter
    def learning_rate(self, new: LearningRate) -> None:
        where = self._place("learning_rate")
        if not callable(new) and not (is_real(new) and 0.0 < new < np.inf):
            raise ParameterError(where, new, "must be positive and finite, or a schedule")
        self._learning_rate = new

    @property
    def rate(self) -> float:
        """The learning rate of the next step."""
        if callable(self._learning_rate):
            where = self._place(f"learning_rate({self._n_steps})")
            return checked_rate(where, self._learning_rate(self._n_steps))
        return float(self._learning_rate)

    @property
    def n_steps(self) -> int:
        """Number of steps taken."""
        return self._n_steps

    def step(self) -> None:
        """Change every parameter that has a gradient once.

        Raises
        ------
        ParameterError
            If no parameter has a gradient, one has the wrong shape, or the schedule gives no rate.
        NonFiniteError
            If a gradient is not finite. Whatever is raised, nothing has changed.
        """
        from neurosim.kernels.rate.descent import descend

        rate = self.rate
        gradients = checked_gradients(type(self).__name__, self.parameters)
        norm = common_norm(type(self).__name__, self.parameters, gradients)
        scale = 1.0 if self.clip_norm is None or norm <= self.clip_norm else self.clip_norm / norm
        rule, states = self._compiled()
        updates = {self._updates[k] + 1 for k, _ in gradients}  # most often one number for all parameters
        numbers = {update: self._values(rule.numbers, update, rate, scale) for update in updates}
        for k, gradient in gradients:
            self._updates[k] += 1
            value = self.parameters[k].value
            weights = value.reshape(-1) if value.flags.c_contiguous else value.flatten()
            descend(rule, weights, gradient, states[k], numbers[self._updates[k]].astype(value.dtype))
            if not value.flags.c_contiguous:
                value[...] = weights.reshape(value.shape)
            if self.max_norm is not None:
                limit_norm(self.parameters[k], self.max_norm)
            self.parameters[k].version += 1
        self._n_steps += 1

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters."""
        for parameter in self.parameters:
            parameter.zero_grad()

    def observe(self, loss: float) -> None:
        """Tell the schedule the loss, for schedules that depend on it; `fit` does so after an epoch."""
        if isinstance(self._learning_rate, Schedule):
            self._learning_rate.observe(loss)

    def state(self) -> dict[str, Any]:
        """Return copies of all that changes from step to step, except the parameters.

        Returns
        -------
        dict
            ``"arrays"`` maps names such as ``"mean[0]"`` to arrays of the shape of parameter 0; the other
            entries can be written as JSON.
        """
        states = self._empty_states() if self._states is None else self._states
        rate = self._learning_rate
        return {
            "optimiser": type(self).__name__,
            "n_steps": self._n_steps,
            "updates": list(self._updates),
            "learning_rate": None if callable(rate) else float(rate),
            "schedule": rate.state() if isinstance(rate, Schedule) else {},
            "arrays": {
                f"{name}[{k}]": states[k][i].reshape(parameter.shape).copy()
                for k, parameter in enumerate(self.parameters)
                for i, name in enumerate(self.states)
            },
        }

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Go on from what `state` returned, for an optimiser with as many parameters of the same shapes.

        Raises
        ------
        ParameterError
            If an entry is missing, unknown, of the wrong shape or not finite; nothing has then changed.
        """
        where = self._place("load_state(state)")
        arrays = checked_state(where, state, self.state())
        if isinstance(self._learning_rate, Schedule):
            self._learning_rate.load_state(state["schedule"])
        if state["learning_rate"] is not None and not callable(self._learning_rate):
            self.learning_rate = state["learning_rate"]
        self._n_steps = int(state["n_steps"])
        self._updates = [int(n) for n in state["updates"]]
        self._states = self._empty_states()
        for k in range(len(self.parameters)):
            for i, name in enumerate(self.states):
                self._states[k][i] = arrays[f"{name}[{k}]"].reshape(-1)

    def _compiled(self) -> tuple[DescentRule, list[Array]]:
        """The rule, compiled before the first step, and the states, which begin with it."""
        from neurosim.kernels.rate.descent import load_rule

        if self._rule is None:
            self._rule = load_rule(self._whole_rule(), self.states)
        if self._states is None:
            self._states = self._empty_states()
        return self._rule, self._states

    def _values(self, names: tuple[str, ...], update: int, rate: float, scale: float) -> Array:
        known = self._shared_numbers(rate, scale) | self.numbers(update, rate)
        for name in names:
            if name not in known:
                raise ParameterError(
                    self._place("rule"), name, "is no state, and numbers() does not return it either"
                )
        return np.array([known[name] for name in names])

    def _whole_rule(self) -> str:
        lines = []
        if self.clip_norm is not None:
            lines.append("g = scale*g")
        if self.clip_value is not None:
            lines.append("g = clip(g, lowest, highest)")
        if self.l1:
            lines.append("g = g + where(w > zero, l1, where(w < zero, minus_l1, zero))")
        if self.weight_decay:
            lines.append("w = kept*w" if self.decoupled else "g = g + weight_decay*w")
        return "\n".join([*lines, self.rule])

    def _shared_numbers(self, rate: float, scale: float) -> dict[str, float]:
        limit = self.clip_value or 0.0
        return {
            "rate": rate,
            "scale": scale,
            "lowest": -limit,
            "highest": limit,
            "zero": 0.0,
            "l1": self.l1,
            "minus_l1": -self.l1,
            "weight_decay": self.weight_decay,
            "kept": 1.0 - rate * self.weight_decay,
        }

    def _empty_states(self) -> list[Array]:
        return [np.zeros((len(self.states), p.size), p.dtype) for p in self.parameters]

    @classmethod
    def _options(cls) -> list[str]:
        own = inspect.signature(cls).parameters.values()
        return [*(p.name for p in own if p.kind is p.KEYWORD_ONLY), *DEFAULTS]

    @classmethod
    def _place(cls, name: str) -> str:
        return f"{cls.__name__}.{name}"

    def _checked_limit(self, name: str, number: float | None) -> float | None:
        return None if number is None else checked_positive(self._place(name), number)

    def __setattr__(self, name: str, value: Any) -> None:
        if "_ready" in self.__dict__ and not name.startswith("_") and name != "learning_rate":
            raise ParameterError(
                self._place(name),
                value,
                "is fixed from the beginning",
                "Make a new optimiser, and give it the old one's state.",
            )
        super().__setattr__(name, value)

    def __repr__(self) -> str:
        n = sum(p.size for p in self.parameters)
        one = len(self.parameters) == 1
        parts = [f"{len(self.parameters)} parameter{'' if one else 's'} of {n:,} weights"]
        parts.append(f"learning_rate={self._learning_rate!r}")
        for name in self._options():
            value = getattr(self, name)
            if name not in DEFAULTS or value != DEFAULTS[name]:  # type: ignore[literal-required]
                parts.append(f"{name}={value!r}")
        return f"{type(self).__name__}({', '.join(parts)}; {self._n_steps} steps)"
