"""What every part of a rate network is."""

from __future__ import annotations

from abc import ABC, abstractmethod

from numpy.typing import ArrayLike

from neurosim.rate.variable import Variable


class Layer(ABC):
    """A differentiable function of a batch, perhaps with parameters to learn.

    Attributes
    ----------
    training : bool
        Whether the layer is being trained; layers that add noise only then look at it. False at first.
    """

    training: bool = False

    @abstractmethod
    def forward(self, x: Variable) -> Variable:
        """Return the layer's output for a batch `x`."""

    def __call__(self, x: Variable | ArrayLike) -> Variable:
        """Apply `forward` to a variable, or to an array as a constant."""
        return self.forward(x if isinstance(x, Variable) else Variable(x, requires_grad=False))

    def parameters(self) -> list[Variable]:
        """Return the variables to learn, in a fixed order; none by default."""
        return []

    def train(self, training: bool = True) -> None:
        """Switch to training, or back."""
        self.training = training

    def describe(self) -> str:
        """Return a short name with the sizes that matter."""
        return type(self).__name__

    def __repr__(self) -> str:
        return self.describe()
