"""What recurrent layers have in common."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, Never

import numpy as np
from numpy.typing import ArrayLike

from neurosim.connectivity import Connectivity, Dense
from neurosim.errors import ParameterError
from neurosim.keywords import refuse_keywords
from neurosim.rate.autodiff.functions import where
from neurosim.rate.autodiff.operations import Array
from neurosim.rate.autodiff.shared_weights import variable_of
from neurosim.rate.autodiff.variable import Variable, apply, as_variable
from neurosim.rate.autodiff.workspace import Workspace
from neurosim.rate.checks import checked_vector
from neurosim.rate.layers.course import Course, running_steps
from neurosim.rate.layers.initialisation import blank_weights, find_initialiser
from neurosim.rate.layers.layer import Shape
from neurosim.rate.recurrent.recurrence import Recurrence
from neurosim.rate.recurrent.recurrent_options import checked_start, checked_units
from neurosim.rate.recurrent.sequence_layer import SequenceLayer


class RecurrentLayer(SequenceLayer):
    """Units that see the input of each step and, through a second Connectivity, their own last output.

    With the last output a network has one answer for a sequence, with all outputs one for each step; a single
    input drives a sequence through `Repeat`. Layers are stacked in a Sequential, where all but the last
    return all steps; `Bidirectional` sees a sequence in both directions. Lengths and masks are given to the
    layer, to the Sequential, or to `fit`.

    Parameters
    ----------
    connectivity : Connectivity or int
        From n_inputs to the gates of the units, ``n_gates*n_units``: a block of columns for each gate. A
        number stands for so many units, with Dense ones both ways that are made when the network is built.
    recurrent : Connectivity, optional
        From n_units to the gates; needed where `connectivity` is not a number.
    bias : bool or array of shape (n_gates*n_units,), default True
        Of the gates. False: none.
    returns : {"last", "all"}, default "last"
        The output at the step processed last, or at all steps.
    reverse : bool, default False
        Go through the sequence from its end to its beginning; outputs stand at the place of their input.
    initial_state : "zero", "learned" or array of shape (n_state,), default "zero"
        State before the first step, where none is given. Learned ones start from 0, or from the array.
    window : int, optional
        Truncated back-propagation: the sequence is cut into windows of so many steps, and no gradient passes
        from one to the one before. Without it gradients go all the way.
    initialise, recurrent_initialise : str, default "glorot_uniform" and "orthogonal"
        Names in `INITIALISERS`, for weights that are made when the network is built.

    Attributes
    ----------
    connectivity, recurrent : Connectivity
    weights, recurrent_weights : Variable
        They share their memory with the weights of the two.
    bias : Variable or None
    initial_state : Variable or None
        None where it is 0.

    Raises
    ------
    ParameterError
        If an argument is not as above, or the operators do not fit together; and when applied, if the input
        does not fit, a state has the wrong shape, or a sequence has no step.
    """

    n_gates: int
    n_states: int = 1

    def __init__(
        self,
        connectivity: Connectivity | int,
        recurrent: Connectivity | None = None,
        *,
        bias: bool | ArrayLike = True,
        returns: str = "last",
        reverse: bool = False,
        initial_state: str | ArrayLike = "zero",
        window: int | None = None,
        initialise: str = "glorot_uniform",
        recurrent_initialise: str = "orthogonal",
        **unknown: Never,
    ) -> None:
        refuse_keywords(type(self), unknown)
        name = type(self).__name__
        self._initialisers = (
            find_initialiser(initialise, f"{name}.initialise"),
            find_initialiser(recurrent_initialise, f"{name}.recurrent_initialise"),
        )
        self._options = {"initialise": initialise, "recurrent_initialise": recurrent_initialise}
        self.returns, self.reverse, self.window = returns, reverse, window
        self._pair: tuple[Connectivity, Connectivity] | None = None
        self._workspace = Workspace()
        self.n_units = checked_units(name, self.n_gates, connectivity, recurrent)
        self.bias: Variable | None = None
        self.initial_state: Variable | None = None
        start = checked_start(f"{name}.initial_state", initial_state, self.n_state)
        self._starts = self._checked_bias(bias), start
        self._wanted = {"bias": bias, "initial_state": initial_state}
        if isinstance(connectivity, Connectivity) and recurrent is not None:
            self._connect(connectivity, recurrent)

    @property
    def connectivity(self) -> Connectivity:
        """From the input to the gates; there is none before the layer is built, where a number was given."""
        return self._made()[0]

    @property
    def recurrent(self) -> Connectivity:
        """From the units to the gates."""
        return self._made()[1]

    @property
    def weights(self) -> Variable:
        """Those from the input."""
        self._made()
        return self._weights[0]

    @property
    def recurrent_weights(self) -> Variable:
        """Those from the units themselves."""
        self._made()
        return self._weights[1]

    @property
    def n_state(self) -> int:
        """Length of the state of a sample: the output of each unit, and what else it remembers."""
        return self.n_states * self.n_units

    def __call__(
        self,
        x: Variable | ArrayLike,
        state: Variable | ArrayLike | None = None,
        *,
        lengths: ArrayLike | None = None,
        mask: ArrayLike | None = None,
    ) -> Variable:
        """Go through the sequences; see `advance`, which returns the last state too."""
        return self._states(x, state, lengths, mask, self.n_units)

    def advance(
        self,
        x: Variable | ArrayLike,
        state: Variable | ArrayLike | None = None,
        *,
        lengths: ArrayLike | None = None,
        mask: ArrayLike | None = None,
    ) -> tuple[Variable, Variable]:
        """Go through the sequences, and return the last state too; see `SequenceLayer`."""
        states = self._states(x, state, lengths, mask, self.n_state)
        last = states if self.returns == "last" else states[:, 0 if self.reverse else -1]
        return (states if self.n_states == 1 else states[..., : self.n_units]), last

    def _states(self, x: Any, state: Any, lengths: Any, mask: Any, n_wanted: int) -> Variable:
        """The first numbers of the last state, or of the state after each step."""
        name = self.describe()
        given = as_variable(x, where=f"{name}(x)")
        n_inputs = self.connectivity.n_pre
        if given.ndim != 3 or given.shape[-1] != n_inputs:
            raise ParameterError(f"{name}(x)", given.shape, f"the shape must be (batch, time, {n_inputs})")
        n_rows, n_times, _ = given.shape
        if not n_times:
            raise ParameterError(f"{name}(x)", given.shape, "a sequence needs at least one step")
        self._batch(given)
        runs = running_steps(name, n_rows, n_times, lengths, mask)
        course = Course(runs, self.reverse, self.window, self.returns == "last", n_wanted)
        start = self._start(state, n_rows, given.dtype)
        if lengths is not None or mask is not None:  # 0 times what is no number would be no number
            given = where(course.runs.T[:, :, np.newaxis], given, 0.0)
        biases = [p for p in (self.bias, *self._kernel_bias()) if p is not None]
        return apply(self._recurrence(course), given, self.weights, self.recurrent_weights, start, *biases)

    @abstractmethod
    def _recurrence(self, course: Course) -> Recurrence:
        """A fresh operation."""

    def _kernel_bias(self) -> list[Variable]:
        return []

    def parameters(self) -> list[Variable]:
        """Return the weights, the recurrent weights, and biases and initial state where there are any."""
        others = [p for p in (self.bias, *self._kernel_bias(), self.initial_state) if p is not None]
        return [self.weights, self.recurrent_weights, *others]

    @property
    def n_synapses(self) -> int:
        """Number of synapses of both operators."""
        return sum(operator.n_synapses for operator in self._made())

    def multiply_accumulates(self, input_shape: Shape) -> int:
        """Return a product for each synapse and step."""
        return self.n_synapses * input_shape[0]

    def _build(self, sample: Array, rng: np.random.Generator) -> None:
        self._check_sample(sample)
        if self._pair is None:
            n_gates = self.n_gates * self.n_units
            sizes = (sample.shape[-1], n_gates), (self.n_units, n_gates)
            where = f"{type(self).__name__}.connectivity"
            made = [Dense(w) for w in blank_weights(where, self.n_units, *sizes, dtype=sample.dtype)]
            for initialise, operator in zip(self._initialisers, made, strict=True):
                initialise(operator, rng)
            self._connect(made[0], made[1])

    def _own_dtype(self) -> np.dtype[Any]:
        return np.dtype(np.float64) if self._pair is None else self.weights.dtype

    def _connect(self, connectivity: Connectivity, recurrent: Connectivity) -> None:
        self._pair = connectivity, recurrent
        self._weights = variable_of(connectivity), variable_of(recurrent)
        bias, start = (
            None if array is None else Variable(array.astype(self.weights.dtype)) for array in self._starts
        )
        self.bias, self.initial_state = bias, start

    def _made(self) -> tuple[Connectivity, Connectivity]:
        if self._pair is None:
            where = f"{type(self).__name__}.connectivity"
            raise ParameterError(where, self.n_units, "is not made yet", "Call build(input_shape) first.")
        return self._pair

    def _default_bias(self) -> Array:
        return np.zeros(self.n_gates * self.n_units)

    def _checked_bias(self, bias: Any) -> Array | None:
        if bias is False:
            return None
        return (
            self._default_bias() if bias is True else self._vector("bias", bias, self.n_gates * self.n_units)
        )

    def _vector(self, attribute: str, values: Any, n: int) -> Array:
        return checked_vector(f"{type(self).__name__}.{attribute}", values, n)

    def _start(self, state: Any, n_rows: int, dtype: np.dtype[Any]) -> Variable:
        if state is None:
            zero = np.zeros(self.n_state, dtype)
            return Variable(zero, requires_grad=False) if self.initial_state is None else self.initial_state
        return self._read_state(state, n_rows, dtype)

    def description(self) -> dict[str, Any]:
        """The operators, biases and options; before the layer is built, what it will be made with."""
        described = {
            "returns": self.returns,
            "reverse": self.reverse,
            "window": self.window,
            **self._options,
            **self._wanted,
        }
        if self._pair is None:
            return {"connectivity": self.n_units, **described}
        described["bias"] = False if self.bias is None else self.bias.value
        if self.initial_state is not None:
            described["initial_state"] = self.initial_state.value
        return {"connectivity": self.connectivity, "recurrent": self.recurrent, **described}

    def describe(self) -> str:
        """Name the sizes."""
        n_inputs = "?" if self._pair is None else self.connectivity.n_pre
        ending = ", reversed" if self.reverse else ""
        return f"{type(self).__name__}({n_inputs} → {self.n_units}{ending})"
