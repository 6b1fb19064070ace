"""What layers on a Connectivity have in common."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from neurosim.connectivity import Connectivity
from neurosim.errors import ParameterError
from neurosim.rate.autodiff.operations import Array, Operation, unbroadcast
from neurosim.rate.autodiff.shared_weights import variable_of
from neurosim.rate.autodiff.variable import Variable
from neurosim.rate.checks import checked_vector
from neurosim.rate.layers.initialisation import find_initialiser
from neurosim.rate.layers.layer import Layer


class ConnectedLayer(Layer):
    """A layer whose weights are those of a Connectivity, with a bias for each output.

    Parameters
    ----------
    n_outputs : int
        How many biases there are.
    bias : bool or array of shape (n_outputs,)
        True: a bias that starts at 0. False: none.
    initialise : str
        A name in `INITIALISERS`, for weights that are made when the network is built.

    Raises
    ------
    ParameterError
        If there is no such initialisation, or the bias has the wrong shape or is not finite.
    """

    def __init__(self, n_outputs: int, bias: bool | ArrayLike, initialise: str) -> None:
        self._initialise = find_initialiser(initialise, f"{type(self).__name__}.initialise")
        self._initialise_name = initialise
        self._n_outputs = n_outputs
        self._connectivity: Connectivity | None = None
        self.bias: Variable | None = None
        self._bias_wanted = bool(bias) if isinstance(bias, np.bool_) else bias
        if not isinstance(self._bias_wanted, bool):
            self._checked_bias()

    @property
    def connectivity(self) -> Connectivity:
        """The operator; there is none before the layer is built, where only the outputs were given."""
        if self._connectivity is None:
            raise ParameterError(
                f"{type(self).__name__}.connectivity",
                self._n_outputs,
                "is not made yet",
                "Call build(input_shape) first.",
            )
        return self._connectivity

    @property
    def weights(self) -> Variable:
        """The weights of the connectivity."""
        self.connectivity  # noqa: B018  (raises where there is none yet)
        return self._weights

    def parameters(self) -> list[Variable]:
        """Return the weights and, if there is one, the bias."""
        return [self.weights] if self.bias is None else [self.weights, self.bias]

    @property
    def n_synapses(self) -> int:
        """Number of synapses of the connectivity."""
        return self.connectivity.n_synapses

    def _connect(self, connectivity: Connectivity) -> None:
        start = self._checked_bias()
        self._connectivity = connectivity
        self._weights = variable_of(connectivity)
        if start is not None:
            self.bias = Variable(start.astype(self._weights.dtype, copy=False))

    def _checked_bias(self) -> Array | None:
        if self._bias_wanted is False:
            return None
        n, wanted = self._n_outputs, self._bias_wanted
        return np.zeros(n) if wanted is True else checked_vector(f"{type(self).__name__}.bias", wanted, n)


class Connect(Operation):
    """Apply a Connectivity to `x`, and add a bias if there is one.

    The inputs are x, the weights, which are named so that they get a gradient, and perhaps the bias.
    """

    def __init__(self, connectivity: Connectivity) -> None:
        self._connectivity = connectivity

    @property
    def name(self) -> str:
        """Name of the Connectivity."""
        return type(self._connectivity).__name__

    def forward(self, *inputs: Array) -> Array:
        """Return x W + b."""
        self._x, _, *self._bias = inputs
        y = self._connectivity.forward(self._x)
        return y + self._bias[0] if self._bias else y

    def backward(self, g: Array) -> tuple[Array | None, ...]:
        """Return g W^T and, summed over the batch, x g and g."""
        gradients = (
            self._connectivity.backward(g) if self.needed[0] else None,
            self._connectivity.weight_gradient(self._x, g) if self.needed[1] else None,
        )
        if not self._bias:
            return gradients
        return (*gradients, unbroadcast(g, self._bias[0].shape) if self.needed[2] else None)

    def tangent(self, *tangents: Array | None) -> Array:
        """Return dx W + x dW + db."""
        x_tangent, w_tangent, *bias_tangent = tangents
        along = [] if x_tangent is None else [self._connectivity.forward(x_tangent)]
        if w_tangent is not None and w_tangent.any():
            along.append(self._along_weights(w_tangent))
        along += [t for t in bias_tangent if t is not None]
        shape = (*self._x.shape[:-1], self._connectivity.n_post)
        return np.broadcast_to(np.asarray(sum(along)), shape)

    def _along_weights(self, tangent: Array) -> Array:
        # A Connectivity is linear in its weights, or quadratic where it is a product of two factors: then the
        # central difference over any distance is exact, and a distance like the weights' own loses no digits.
        weights = self._connectivity.weights
        original = weights.copy()
        reach = float(np.abs(original).max() or 1.0) / float(np.abs(tangent).max())
        try:
            weights[...] = original + reach * tangent
            ahead = self._connectivity.forward(self._x)
            weights[...] = original - reach * tangent
            behind = self._connectivity.forward(self._x)
        finally:
            weights[...] = original
        return np.asarray((ahead - behind) / (2.0 * reach))
