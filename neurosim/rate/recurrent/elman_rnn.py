"""The simple recurrent network."""

from __future__ import annotations

from typing import Any

import numpy as np

from neurosim.connectivity import Connectivity
from neurosim.rate.checks import find_named
from neurosim.rate.layers.course import Course
from neurosim.rate.recurrent.leaky_rnn import KINDS, LeakySteps
from neurosim.rate.recurrent.recurrence import Recurrence
from neurosim.rate.recurrent.recurrent import RecurrentLayer


class ElmanRNN(RecurrentLayer):
    """h_t = f(x_t W + h_{t-1} U + b).

    Parameters
    ----------
    connectivity, recurrent
        As for `RecurrentLayer`, with one gate.
    activation : {"tanh", "logistic", "relu"}, default "tanh"
        f.
    **options
        As for `RecurrentLayer`.

    Raises
    ------
    ParameterError
        If an argument is not as above.

    Notes
    -----
    The weights are those of PyTorch's RNN, transposed; its two biases are one here, their sum.

    References
    ----------
    Elman 1990, doi:10.1207/s15516709cog1402_1.

    Examples
    --------
    >>> from neurosim.rate import Affine, ElmanRNN, Sequential
    >>> network = Sequential(ElmanRNN(16), Affine(2), input_shape=(20, 3), seed=0)
    >>> network(np.zeros((5, 20, 3))).shape
    (5, 2)
    """

    n_gates = 1

    def __init__(
        self,
        connectivity: Connectivity | int,
        recurrent: Connectivity | None = None,
        *,
        activation: str = "tanh",
        **options: Any,
    ) -> None:
        super().__init__(connectivity, recurrent, **options)
        self._kind = find_named("ElmanRNN.activation", activation, KINDS, "a name")
        self.activation = activation

    def _recurrence(self, course: Course) -> Recurrence:
        # A leaky unit whose time constant is one step.
        share = np.ones(self.n_units, self.weights.dtype)
        return LeakySteps(self.connectivity, self.recurrent, course, self._workspace, share, self._kind)

    def description(self) -> dict[str, Any]:
        """As of every recurrent layer, with the activation."""
        return {**super().description(), "activation": self.activation}
