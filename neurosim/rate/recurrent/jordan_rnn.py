"""A network whose output is fed back."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from neurosim.errors import ParameterError
from neurosim.machine import check_room
from neurosim.rate.autodiff.functions import concatenate, stack, where
from neurosim.rate.autodiff.operations import Array
from neurosim.rate.autodiff.variable import Variable
from neurosim.rate.checks import Checked, checked_count, checked_share
from neurosim.rate.layers.composite import Composite
from neurosim.rate.layers.course import running_steps
from neurosim.rate.layers.layer import Layer, Shape
from neurosim.rate.recurrent.recurrent_options import checked_start
from neurosim.rate.recurrent.sequence_layer import SequenceLayer


class JordanRNN(SequenceLayer, Composite):
    """y_t = f(x_t, c_t) and c_{t+1} = decay c_t + y_t: context units that keep a trace of the output.

    The f is any layer, such as a perceptron: it takes the input and the context side by side.

    Parameters
    ----------
    body : Layer
        f, from n_inputs + n_outputs to n_outputs units.
    n_outputs : int
    decay : float, default 0.0
        What is left of the context after a step, from 0 (the last output alone) up to, not including, 1.
    returns : {"last", "all"}, default "last"
        The output at the step processed last, or at all steps.
    reverse : bool, default False
        Go through the sequence from its end to its beginning; outputs stand at the place of their input.
    initial_state : "zero", "learned" or array of shape (n_outputs,), default "zero"
        Context before the first step, where none is given. Learned ones start from 0, or from the array.
    window : int, optional
        No gradient passes from a multiple of so many steps to the step before it; with 1 the context is
        taken as given. Without it gradients go all the way.

    Attributes
    ----------
    initial_state : Variable or None
        None where it is 0.

    Raises
    ------
    ParameterError
        If an argument is not as above; when built, if the body does not give `n_outputs`; and when applied,
        if input or state does not fit, or a sequence has no step.

    References
    ----------
    Jordan 1986, Serial order: a parallel distributed processing approach, ICS Report 8604; reprinted 1997,
    doi:10.1016/S0166-4115(97)80111-2.

    Examples
    --------
    >>> from neurosim.rate import Affine, JordanRNN, Logistic, Sequential, Tanh
    >>> body = Sequential(Affine(12), Tanh(), Affine(4), Logistic())
    >>> network = Sequential(JordanRNN(body, 4, decay=0.5, returns="all"), input_shape=(6, 3), seed=0)
    >>> network(np.zeros((5, 6, 3))).shape
    (5, 6, 4)
    """

    one_after_the_other = False
    decay = Checked(checked_share)

    def __init__(
        self,
        body: Layer,
        n_outputs: int,
        *,
        decay: float = 0.0,
        returns: str = "last",
        reverse: bool = False,
        initial_state: str | ArrayLike = "zero",
        window: int | None = None,
    ) -> None:
        super().__init__(body)
        self.n_units = checked_count("JordanRNN.n_outputs", n_outputs)
        check_room("JordanRNN.n_outputs", n_outputs, 8 * self.n_units)
        self.decay, self.returns, self.reverse, self.window = decay, returns, reverse, window
        self._start_wanted = initial_state
        self._start_from = checked_start("JordanRNN.initial_state", initial_state, self.n_units)
        self._initial: Variable | None = None

    @property
    def initial_state(self) -> Variable | None:
        """Context to start from, which is learned; its dtype is that of the body, which must be built."""
        if self._initial is None and self._start_from is not None:
            dtype = next((p.dtype for p in super().parameters()), np.dtype(np.float64))
            self._initial = Variable(self._start_from.astype(dtype))
        return self._initial

    @property
    def n_state(self) -> int:
        """Length of the context of a sample."""
        return self.n_units

    def advance(
        self,
        x: Variable | ArrayLike,
        state: Variable | ArrayLike | None = None,
        *,
        lengths: ArrayLike | None = None,
        mask: ArrayLike | None = None,
    ) -> tuple[Variable, Variable]:
        """Go through the sequences, and return the last context too; see `SequenceLayer`.

        At steps that do not count the output is that of the step before, 0 before the first one.
        """
        given = self._batch(x)
        if given.ndim != 3 or not given.shape[1]:
            raise ParameterError(f"{self.describe()}(x)", given.shape, "must be (batch, time, n_inputs)")
        n_rows, n_times, _ = given.shape
        runs = running_steps(self.describe(), n_rows, n_times, lengths, mask)
        some_rest = not runs.all()
        if some_rest:  # 0 times what is no number would be no number
            given = where(runs.T[:, :, np.newaxis], given, 0.0)
        context = self._start(state, n_rows, given.dtype)
        y = Variable(np.zeros((n_rows, self.n_units), given.dtype), requires_grad=False)
        outputs = []
        for k, time in enumerate(reversed(range(n_times)) if self.reverse else range(n_times)):
            if self.window is not None and k and k % self.window == 0:
                context = Variable(context.value, requires_grad=False)
            now = self.layers[0](concatenate([given[:, time], context], axis=1))
            moved = now if self.decay == 0.0 else self.decay * context + now
            if some_rest:
                count = runs[time][:, np.newaxis]
                now, moved = where(count, now, y), where(count, moved, context)
            y, context = now, moved
            outputs.append(y)
        if self.returns == "last":
            return y, context
        return stack(outputs[::-1] if self.reverse else outputs, axis=1), context

    def parameters(self) -> list[Variable]:
        """Return those of the body, and the initial state where it is learned."""
        own = super().parameters()
        return own if self.initial_state is None else [*own, self.initial_state]

    @property
    def input_shape(self) -> Shape | None:
        """None: sequences of any length will do."""
        return None

    def multiply_accumulates(self, input_shape: Shape) -> int:
        """Return the products of the body at each step."""
        n_times, n_inputs = input_shape
        return n_times * self.layers[0].multiply_accumulates((n_inputs + self.n_units,))

    def _build(self, sample: Array, rng: np.random.Generator) -> None:
        self._check_sample(sample)
        body, n = self.layers[0], self.n_units
        made = body.trial(np.zeros((1, sample.shape[2] + n), sample.dtype), rng)
        if made.shape[1:] != (n,):
            limit = f"{body.describe()} makes the shape {made.shape[1:]} of input and context"
            raise ParameterError("JordanRNN.n_outputs", n, limit)

    def _start(self, state: Any, n_rows: int, dtype: np.dtype[Any]) -> Variable:
        zeros = Variable(np.zeros((n_rows, self.n_units), dtype), requires_grad=False)
        if state is None:
            return zeros if self.initial_state is None else self.initial_state + zeros
        return self._read_state(state, n_rows, dtype) + zeros

    def description(self) -> dict[str, Any]:
        """The body, the number of outputs and the options; the initial state as it is now."""
        return {
            "body": self.layers[0],
            "n_outputs": self.n_units,
            "decay": self.decay,
            "returns": self.returns,
            "reverse": self.reverse,
            "initial_state": self._start_wanted if self._initial is None else self._initial.value,
            "window": self.window,
        }

    @classmethod
    def from_description(cls, **description: Any) -> Self:
        """Make one from what `description` returned."""
        return cls(**description)

    def describe(self) -> str:
        """Name the body and what is fed back."""
        ending = ", reversed" if self.reverse else ""
        return f"JordanRNN({self.layers[0].describe()}, {self.n_units} fed back{ending})"
