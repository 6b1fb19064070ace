"""One input at every step."""

from __future__ import annotations

from neurosim.machine import check_room
from neurosim.rate.autodiff.functions import stack
from neurosim.rate.autodiff.variable import Variable
from neurosim.rate.checks import checked_count
from neurosim.rate.layers.layer import Layer
from neurosim.rate.layers.receptive_field import ReceptiveField


class Repeat(Layer):
    """The same sample at each of so many steps: from one input to a sequence.

    Parameters
    ----------
    n_steps : int

    Raises
    ------
    ParameterError
        If it is not a positive whole number.

    Examples
    --------
    >>> import numpy as np
    >>> from neurosim.rate import GRU, Affine, Repeat, Sequential
    >>> network = Sequential(Repeat(20), GRU(16, returns="all"), Affine(2), input_shape=3, seed=0)
    >>> network(np.zeros((5, 3))).shape
    (5, 20, 2)
    """

    def __init__(self, n_steps: int) -> None:
        self.n_steps = checked_count("Repeat.n_steps", n_steps)

    def forward(self, x: Variable) -> Variable:
        """Return sequences of shape (batch, n_steps, ...) for `x` of shape (batch, ...)."""
        check_room("Repeat.n_steps", self.n_steps, self.n_steps * x.value.nbytes, "Use fewer steps.")
        return stack([x] * self.n_steps, axis=1)

    def seen(self, field: ReceptiveField) -> ReceptiveField | None:
        """Return None: what comes out is no image."""
        return None

    def describe(self) -> str:
        """Name the number of steps."""
        return f"Repeat({self.n_steps})"
