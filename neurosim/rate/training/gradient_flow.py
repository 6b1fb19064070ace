"""How far back in time gradients reach."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from neurosim.errors import ParameterError
from neurosim.rate.autodiff.functions import stack, where
from neurosim.rate.autodiff.operations import Array
from neurosim.rate.autodiff.variable import Variable
from neurosim.rate.layers.composite import Composite
from neurosim.rate.layers.layer import Layer, Mask
from neurosim.rate.layers.masking import compared
from neurosim.rate.losses.losses import Loss, find_loss
from neurosim.rate.recurrent.jordan_rnn import JordanRNN
from neurosim.rate.recurrent.recurrent import RecurrentLayer
from neurosim.rate.training.training_data import checked_data


@dataclass(frozen=True, eq=False)
class GradientFlow:
    """Size of the gradients at each step of the recurrent layers of a network.

    Attributes
    ----------
    layers : tuple of str
        Names of the layers, from the input on.
    norms : tuple of ndarray of shape (time,)
        For each, the norm of the loss's gradient for the state after each step, over batch and units.
    """

    layers: tuple[str, ...]
    norms: tuple[Array, ...]

    def plot(self, ax: Any = None, *, label: str | None = None) -> Any:
        """Draw the norms over time into an Axes, and return it; see `plotting.plot_gradient_flow`."""
        from neurosim.plotting.gradient_flow import plot_gradient_flow

        return plot_gradient_flow(self, ax, label=label)


def gradient_flow(
    network: Layer, loss: str | Loss, X: ArrayLike, y: ArrayLike, *, lengths: ArrayLike | None = None
) -> GradientFlow:
    """Return how much the loss depends on the state of recurrent units at each step.

    The state is all that a unit remembers: its output, and for `LSTM` its cell; for `JordanRNN` the output
    that is fed back. Where gradients fade towards the first steps, what happens there is not learnt. Windows
    of truncated back-propagation are kept.

    Parameters
    ----------
    network : Layer
        Built; evaluated outside training. Gradients of its parameters are left as they were.
    loss : str or callable
        As for `fit`.
    X : array of shape (n_samples, ...)
    y : array of shape (n_samples, ...)
        Targets.
    lengths : integer array of shape (n_samples,), optional
        Steps of each sequence, as for `fit`; a step that does not count has a gradient of 0.

    Returns
    -------
    GradientFlow

    Raises
    ------
    ParameterError
        If there is no recurrent layer, or network, loss and data do not fit each other.

    References
    ----------
    Bengio, Simard & Frasconi 1994, doi:10.1109/72.279181.

    Examples
    --------
    >>> from neurosim.data import adding_task
    >>> from neurosim.rate import Affine, ElmanRNN, Sequential, gradient_flow
    >>> data = adding_task(20, length=50)
    >>> network = Sequential(ElmanRNN(16), Affine(1), input_shape=(50, 2), seed=0)
    >>> flow = gradient_flow(network, "mean_squared_error", data.inputs, data.targets)
    >>> flow.norms[0].shape, bool(flow.norms[0][0] < 0.1 * flow.norms[0][-1])
    ((50,), True)
    """
    if not isinstance(network, Layer):
        raise ParameterError("gradient_flow.network", network, "must be a Layer")
    function = find_loss(loss, "gradient_flow.loss")
    data = checked_data("gradient_flow", X, y, lengths)
    watched: list[_Watched] = []
    twin = _with_probes(network, watched)
    if not watched:
        limit = "has no recurrent layer"
        raise ParameterError("gradient_flow.network", network, limit, "Such as GRU(64).")
    kept = [(p, p.grad) for p in network.parameters()]
    was_training = network.training
    network.evaluate()
    try:
        function(*compared(twin, *data)).backward()
    finally:
        network.train(was_training)
        for parameter, gradient in kept:
            parameter.grad = gradient
    names = tuple(each.layer.describe() for each in watched)
    return GradientFlow(names, tuple(each.norms() for each in watched))


class _Watched(Layer):
    """A recurrent layer taken step by step, so that a 0 that is added to each state receives its gradient."""

    def __init__(self, layer: RecurrentLayer | JordanRNN) -> None:
        self.layer = layer
        self._probes: dict[int, Variable] = {}

    def forward(self, x: Variable) -> Variable:
        return self.masked(x, np.ones(x.shape[:2], np.bool_))[0]

    def masked(self, x: Variable, mask: Mask) -> tuple[Variable, Mask | None]:
        layer, n_rows, n_times = self.layer, *mask.shape
        state = layer._start(None, n_rows, x.dtype) + np.zeros((n_rows, layer.n_state), x.dtype)
        y: Variable = Variable(np.zeros((n_rows, layer.n_units), x.dtype), requires_grad=False)
        outputs = []
        for k, time in enumerate(reversed(range(n_times)) if layer.reverse else range(n_times)):
            if layer.window is not None and k and k % layer.window == 0:
                state = Variable(state.value, requires_grad=False)
            probe = self._probes[time] = Variable(np.zeros_like(state.value))
            now, after = layer.advance(x[:, time : time + 1], state)
            now = now if layer.returns == "last" else now[:, 0]
            counts = mask[:, time, np.newaxis]
            y = where(counts, now + probe[:, : layer.n_units], y)
            state = where(counts, after + probe, state)
            outputs.append(y)
        if layer.returns == "last":
            return y, None
        return stack(outputs[::-1] if layer.reverse else outputs, axis=1), mask

    def norms(self) -> Array:
        """Return the norm of each probe's gradient, in the order of time."""
        gradients = [self._probes[time].grad for time in sorted(self._probes)]
        return np.array([0.0 if g is None else np.linalg.norm(g.astype(np.float64)) for g in gradients])


def _with_probes(layer: Layer, watched: list[_Watched]) -> Layer:
    """Return a layer like this, on the same parameters, and list the recurrent layers in it."""
    if isinstance(layer, RecurrentLayer | JordanRNN):
        watched.append(_Watched(layer))
        return watched[-1]
    if not isinstance(layer, Composite):
        return layer
    twin = copy.copy(layer)
    twin.layers = tuple(_with_probes(each, watched) for each in layer.layers)
    return twin
