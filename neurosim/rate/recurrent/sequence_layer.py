"""What layers that go through sequences step by step have in common."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from neurosim.errors import ParameterError
from neurosim.rate.autodiff.operations import Array
from neurosim.rate.autodiff.variable import Variable, as_variable
from neurosim.rate.checks import Checked, checked_flag
from neurosim.rate.layers.layer import Layer, Mask
from neurosim.rate.layers.receptive_field import ReceptiveField
from neurosim.rate.recurrent.recurrent_options import checked_returns, checked_window


class SequenceLayer(Layer):
    """Units that go from state to state along sequences, shape (batch, time, n_inputs).

    Attributes
    ----------
    returns : {"last", "all"}
        The output at the step processed last, or at all steps.
    reverse : bool
        From the end of a sequence to its beginning; outputs stand at the place of their input.
    window : int or None
        No gradient passes from a multiple of so many steps to the step before it.
    """

    returns = Checked(checked_returns)
    reverse = Checked(checked_flag)
    window = Checked(checked_window)

    @property
    @abstractmethod
    def n_state(self) -> int:
        """Length of the state of a sample."""

    def __call__(
        self,
        x: Variable | ArrayLike,
        state: Variable | ArrayLike | None = None,
        *,
        lengths: ArrayLike | None = None,
        mask: ArrayLike | None = None,
    ) -> Variable:
        """Go through the sequences; see `advance`, which returns the last state too."""
        return self.advance(x, state, lengths=lengths, mask=mask)[0]

    @abstractmethod
    def advance(
        self,
        x: Variable | ArrayLike,
        state: Variable | ArrayLike | None = None,
        *,
        lengths: ArrayLike | None = None,
        mask: ArrayLike | None = None,
    ) -> tuple[Variable, Variable]:
        """Go through the sequences.

        Parameters
        ----------
        x : Variable or array, shape (batch, time, n_inputs)
        state : Variable or array, shape (batch, n_state) or (n_state,), optional
            To start from, such as the one an earlier call ended with; `initial_state` by default.
        lengths : integer array of shape (batch,), optional
            Steps of each sequence, from 1 to time; what comes after them is not looked at.
        mask : array of bool, shape (batch, time), optional
            True where a step counts, in place of `lengths`. At other steps the state, and with it the
            output, stays as it was.

        Returns
        -------
        output : Variable, shape (batch, n_units), or (batch, time, n_units) where the layer returns all
        state : Variable, shape (batch, n_state)
            After the step processed last.

        Raises
        ------
        ParameterError
            If input, state, lengths or mask do not fit, or a sequence has no step.
        """

    def forward(self, x: Variable) -> Variable:
        """Return the outputs for sequences `x`, shape (batch, time, n_inputs)."""
        return self(x)

    def masked(self, x: Variable, mask: Mask) -> tuple[Variable, Mask | None]:
        """Go through the steps that count."""
        return self(x, mask=None if mask.all() else mask), mask if self.returns == "all" else None

    def seen(self, field: ReceptiveField) -> ReceptiveField | None:
        """Return None: a unit remembers every input."""
        return None

    def _check_sample(self, sample: Array) -> None:
        if sample.ndim != 3:
            limit = "a sample must have the shape (time, n_inputs)"
            remedy = 'Set returns="all" in a recurrent layer before it, or put a Repeat or a Reshape there.'
            raise ParameterError(f"{self.describe()}, input", sample.shape[1:], limit, remedy)

    def _read_state(self, state: Any, n_rows: int, dtype: np.dtype[Any]) -> Variable:
        """Return a state that was given, for all rows or for each."""
        n, where = self.n_state, f"{self.describe()}(state)"
        start = as_variable(state, dtype, where)
        if start.shape not in ((n,), (n_rows, n)):
            raise ParameterError(where, start.shape, f"the shape must be ({n_rows}, {n}) or ({n},)")
        return start
