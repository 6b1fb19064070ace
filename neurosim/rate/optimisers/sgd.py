"""Stochastic gradient descent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Unpack

from neurosim.errors import ParameterError
from neurosim.rate.autodiff.variable import Variable
from neurosim.rate.checks import checked_flag, checked_share
from neurosim.rate.optimisers.optimiser import Optimiser
from neurosim.rate.optimisers.optimiser_options import Shared
from neurosim.rate.optimisers.schedule import LearningRate


class SGD(Optimiser):
    """Gradient descent with momentum: u <- momentum*u + g; w <- w - rate*u.

    Parameters
    ----------
    parameters : iterable of Variable
        What to learn.
    learning_rate : float or callable, default 0.01
        Size of a step, or a schedule.
    momentum : float, default 0.0
        Share of the velocity u that is kept, below 1.
    nesterov : bool, default False
        Step along g + momentum*u instead of u: the gradient one step ahead.
    **shared
        Clipping, penalties and limits: see `Optimiser`.

    Raises
    ------
    ParameterError
        If a number is out of its range, or `nesterov` is asked for without momentum.

    References
    ----------
    Sutskever, Martens, Dahl & Hinton 2013, ICML, "On the importance of initialization and momentum".
    """

    def __init__(
        self,
        parameters: Iterable[Variable],
        learning_rate: LearningRate = 0.01,
        *,
        momentum: float = 0.0,
        nesterov: bool = False,
        **shared: Unpack[Shared],
    ) -> None:
        self.momentum = checked_share("SGD.momentum", momentum)
        self.nesterov = checked_flag("SGD.nesterov", nesterov)
        if nesterov and momentum == 0.0:
            raise ParameterError("SGD.nesterov", nesterov, "needs momentum above 0")
        super().__init__(parameters, learning_rate, **shared)

    @property
    def states(self) -> tuple[str, ...]:
        """The velocity, where there is momentum."""
        return ("velocity",) if self.momentum else ()

    @property
    def rule(self) -> str:
        """Accumulate the velocity, and step along it."""
        if not self.momentum:
            return "w = w - rate*g"
        direction = "(g + momentum*velocity)" if self.nesterov else "velocity"
        return f"velocity = momentum*velocity + g\nw = w - rate*{direction}"

    def numbers(self, update: int, rate: float) -> dict[str, float]:
        """Return the share of the velocity that is kept."""
        return {"momentum": self.momentum}
