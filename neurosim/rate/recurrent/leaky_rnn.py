"""A continuous-time network of leaky rate units, in steps of time."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from neurosim.connectivity import Connectivity
from neurosim.errors import ParameterError
from neurosim.rate.autodiff.operations import Array
from neurosim.rate.autodiff.workspace import Workspace
from neurosim.rate.checks import checked_positive, find_named
from neurosim.rate.layers.course import Course
from neurosim.rate.recurrent.recurrence import Recurrence
from neurosim.rate.recurrent.recurrent import RecurrentLayer

KINDS = {"tanh": 0, "logistic": 1, "relu": 2}
"""Activation functions, and their numbers in the kernels."""


class LeakyRNN(RecurrentLayer):
    """tau dh/dt = -h + f(x W + h U + b), in Euler steps: h moves dt/tau of the way to f.

    Parameters
    ----------
    connectivity, recurrent
        As for `RecurrentLayer`, with one gate.
    tau : float or array of shape (n_units,), default 10.0
        Time constants in ms, at least `dt`.
    dt : float, default 1.0
        Step in ms.
    activation : {"tanh", "logistic", "relu"}, default "tanh"
        f.
    **options
        As for `RecurrentLayer`.

    Raises
    ------
    ParameterError
        If an argument is not as above.

    References
    ----------
    Yang & Wang 2020, doi:10.1016/j.neuron.2020.09.005, section "Recurrent neural networks"; Dayan & Abbott
    (2001), Theoretical Neuroscience, eq. 7.11.
    """

    n_gates = 1

    def __init__(
        self,
        connectivity: Connectivity | int,
        recurrent: Connectivity | None = None,
        *,
        tau: float | ArrayLike = 10.0,
        dt: float = 1.0,
        activation: str = "tanh",
        **options: Any,
    ) -> None:
        super().__init__(connectivity, recurrent, **options)
        name = type(self).__name__
        self._kind = find_named(f"{name}.activation", activation, KINDS, "a name")
        self.activation = activation
        self.dt = checked_positive(f"{name}.dt", dt)
        self.tau = self._vector("tau", np.full(self.n_units, tau) if np.ndim(tau) == 0 else tau, self.n_units)
        if self.tau.min() < self.dt:
            limit = f"must be at least dt = {self.dt:g} ms"
            raise ParameterError(f"{name}.tau", float(self.tau.min()), limit, "Take shorter steps.")

    def _recurrence(self, course: Course) -> Recurrence:
        share = (self.dt / self.tau).astype(self.weights.dtype)
        return LeakySteps(self.connectivity, self.recurrent, course, self._workspace, share, self._kind)

    def description(self) -> dict[str, Any]:
        """As of every recurrent layer, with time constants, step and activation."""
        return {**super().description(), "tau": self.tau, "dt": self.dt, "activation": self.activation}


class LeakySteps(Recurrence):
    """Steps of leaky units.

    Parameters
    ----------
    source, recurrent, course, workspace
        As for `Recurrence`.
    share : ndarray of shape (n,)
        Of the way to f that a unit goes in a step.
    kind : int
        Number of the activation function.
    """

    n_kept = 1

    def __init__(
        self,
        source: Connectivity,
        recurrent: Connectivity,
        course: Course,
        workspace: Workspace,
        share: Array,
        kind: int,
    ) -> None:
        super().__init__(source, recurrent, course, workspace)
        self._share, self._kind = share, kind

    def _units_of(self, dtype: np.dtype[Any]) -> tuple[Array | None, Array | None, int]:
        return None, self._share.astype(dtype, copy=False), self._kind
