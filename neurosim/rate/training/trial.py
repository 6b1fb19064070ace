"""Whether network, loss, optimiser and data go together, found out before anything is learnt."""

from __future__ import annotations

import numpy as np

from neurosim.errors import ParameterError
from neurosim.rate.activations.activations import Logistic
from neurosim.rate.activations.vector_activations import Softmax
from neurosim.rate.autodiff.graph import no_grad
from neurosim.rate.autodiff.operations import Array
from neurosim.rate.autodiff.variable import Variable
from neurosim.rate.layers.layer import Layer
from neurosim.rate.layers.masking import compared
from neurosim.rate.layers.sequential import Sequential
from neurosim.rate.losses.classification_losses import (
    binary_cross_entropy,
    softmax_cross_entropy,
    softmax_kl_divergence,
)
from neurosim.rate.losses.losses import Loss, find_loss
from neurosim.rate.optimisers.optimiser import Optimiser
from neurosim.rate.training.training_data import Samples

_OF_LOGITS = (softmax_cross_entropy, softmax_kl_divergence, binary_cross_entropy)


def checked_loss(where: str, network: Layer, loss: str | Loss, optimiser: Optimiser) -> Loss:
    """Return the loss as a function.

    Parameters
    ----------
    where : str
        What is to train, for errors: ``"fit"``.
    network, loss, optimiser
        As for `fit`.

    Raises
    ------
    ParameterError
        If one of them is something else, or the network already ends in what the loss does to its output.
    """
    function = find_loss(loss, f"{where}.loss")
    if not isinstance(network, Layer):
        raise ParameterError(f"{where}.network", network, "must be a Layer")
    if not isinstance(optimiser, Optimiser):
        limit = "must be an Optimiser"
        raise ParameterError(f"{where}.optimiser", optimiser, limit, "Such as Adam(network.parameters()).")
    last = network
    while isinstance(last, Sequential):
        last = last[-1]
    if function in _OF_LOGITS and isinstance(last, Softmax | Logistic):
        limit = f"takes logits, and the last layer, {last.describe()}, has made probabilities of them"
        raise ParameterError(f"{where}.loss", loss, limit, "Leave that layer out.")
    return function


def try_out(where: str, network: Layer, loss: Loss, data: Samples) -> None:
    """Apply network and loss to the samples with the least and the greatest target, without training.

    No label lies outside the classes of these two.

    Raises
    ------
    ParameterError
        If network, loss and data do not fit each other, or the loss is no scalar Variable.
    """
    targets = data.targets
    width = max(targets.size // len(targets), 1)
    ends = np.array([targets.argmin() // width, targets.argmax() // width]) if targets.size else [0]
    network.train(False)
    with no_grad(), np.errstate(all="ignore"):
        found = loss(*compared(network, *data.taken(ends)))
    if not isinstance(found, Variable) or found.size != 1:
        limit = "must return a Variable with a single element"
        raise ParameterError(f"{where}.loss(output, targets)", found, limit, "Take the mean over the batch.")


def try_last_batch(where: str, network: Layer, inputs: Array, batch_size: int) -> None:
    """Find out whether the network can be trained on the last batch, where that is a single sample.

    Raises
    ------
    ParameterError
        If a layer, such as `BatchNorm`, needs more.
    """
    if len(inputs) % batch_size != 1 % batch_size:
        return
    before = network.state()
    network.train()
    try:
        with no_grad(), np.errstate(all="ignore"):
            network(inputs[:1])
    except ParameterError as error:
        limit = f"the last of {len(inputs)} samples would be a batch of its own"
        raise ParameterError(f"{where}.batch_size", batch_size, limit, f"Choose another. {error}") from error
    finally:
        network.train(False)
        network.load_state(before)
