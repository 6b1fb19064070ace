"""What all estimators made of fully connected layers share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from neurosim.connectivity import Dense
from neurosim.errors import NonFiniteError, ParameterError
from neurosim.rate.activations.activation import Activation
from neurosim.rate.activations.activation_names import find_activation
from neurosim.rate.autodiff.graph import no_grad
from neurosim.rate.autodiff.operations import Array
from neurosim.rate.checks import (
    checked_amount,
    checked_count,
    checked_flag,
    checked_positive,
    checked_share,
    is_whole,
)
from neurosim.rate.estimators.estimator import Estimator
from neurosim.rate.layers.affine import Affine
from neurosim.rate.layers.composite import Composite
from neurosim.rate.layers.initialisation import glorot_uniform, he_normal
from neurosim.rate.layers.layer import Layer
from neurosim.rate.layers.noise import GaussianNoise
from neurosim.rate.layers.sequential import Sequential
from neurosim.rate.losses.losses import Loss
from neurosim.rate.optimisers.optimiser import Optimiser
from neurosim.rate.optimisers.optimisers import find_optimiser
from neurosim.rate.optimisers.sgd import SGD
from neurosim.rate.randomness import as_generator, drawn_seed
from neurosim.rate.training.non_finite import find_non_finite
from neurosim.rate.training.training import fit

_SGD_MOMENTUM = 0.9
_MOST_BYTES = 4 * 2**30  # of weights; training takes several times as much


@dataclass(eq=False, repr=False)
class MLP(Estimator):
    """A multilayer perceptron trained by backpropagation; use one of its kinds.

    Parameters
    ----------
    hidden : tuple of int, default (128,)
        Units in each hidden layer; an empty tuple gives a linear model.
    activation : str or Activation, default "relu"
        Of the hidden units: a name, or an object such as a neuron's `TuningCurve`.
    epochs : int, default 50
        Passes over the training data.
    batch_size : int, default 32
        Samples per step.
    optimiser : str, default "adam"
        A name in `OPTIMISERS`; "sgd" has a momentum of 0.9 here.
    learning_rate : float, default 0.001
        Size of a step.
    weight_decay : float, default 0.0
        Pull of weights and biases towards 0: added to the gradient for SGD, decoupled for others.
    input_noise, activation_noise : float, default 0.0
        Standard deviation of Gaussian noise added to the inputs and to the hidden activations in training.
    dtype : {"float32", "float64"}, default "float32"
        Of the weights; NumPy's types of these names will do too.
    random_state : int or numpy.random.Generator, optional
        Seed for initial weights, noise and the order of samples; a fresh one where none is given.
    progress : bool, default False
        Show a progress bar on stderr.
    validation_fraction : float, default 0.0
        Share of the samples, for a classifier of each class, kept out of training and evaluated after each
        epoch.
    warm_start : bool, default False
        Let another `fit` go on with the network there is, instead of new random weights.

    Attributes
    ----------
    network_ : Sequential
        The trained network.
    connectivities_ : list of Connectivity
        Connections from layer to layer: the objects the network itself computes with.
    biases_ : list of ndarray
        Bias of each layer after the input, likewise.
    history_ : History
        Loss by epoch.
    n_features_in_ : int
        Number of inputs.
    feature_names_in_ : ndarray of str
        Names of the inputs, where `fit` was given a data frame.
    seed_ : int
        The seed that was used.
    """

    hidden: tuple[int, ...] = (128,)
    activation: str | Activation = "relu"
    epochs: int = 50
    batch_size: int = 32
    optimiser: str = "adam"
    learning_rate: float = 0.001
    weight_decay: float = 0.0
    input_noise: float = 0.0
    activation_noise: float = 0.0
    dtype: str = "float32"
    random_state: int | np.random.Generator | None = None
    progress: bool = False
    validation_fraction: float = 0.0
    warm_start: bool = False

    def _train(self, X: ArrayLike, inputs: Array, targets: Array, n_outputs: int, loss: Loss) -> None:
        """Train on what was read from `X`, and set what was learnt."""
        self._check_size(inputs.shape[1], n_outputs)
        share = self.validation_fraction
        if share and not 0 < round(share * len(inputs)) < len(inputs):
            limit = f"must leave at least one of {len(inputs)} samples on either side"
            raise ParameterError(self._name("validation_fraction"), share, limit)
        seed = drawn_seed(self._name("random_state"), self.random_state)
        rng = np.random.default_rng(seed)
        network = self._present(inputs.shape[1], n_outputs) or self._build(inputs.shape[1], n_outputs, rng)
        history = fit(
            network,
            loss,
            self._make_optimiser(network),
            inputs,
            targets,
            epochs=self.epochs,
            batch_size=self.batch_size,
            rng=rng,
            validation=share or None,
            progress=self.progress,
        )
        affine = list(_affine_layers(network))
        self.network_ = network
        self.connectivities_ = [layer.connectivity for layer in affine]
        self.biases_ = [layer.bias.value for layer in affine if layer.bias is not None]
        self.history_ = history
        self.seed_ = seed
        self._remember(X, inputs.shape[1])

    def _apply(self, method: str, network: Sequential, inputs: Array) -> Array:
        """Return the output of the trained network, or of a part of it.

        Raises
        ------
        NonFiniteError
            If a weight, a bias or an output is not finite; the message names the layer.
        """
        with no_grad(), np.errstate(over="ignore", invalid="ignore"):
            output = network(inputs).value
        finite = all(np.isfinite(p.value).all() for p in network.parameters())
        if not finite or not np.isfinite(output).all():
            raise NonFiniteError(
                f"{self._name(method)}: {find_non_finite(network, inputs)}. "
                "Restore the weights, or call fit again."
            )
        return output

    def _present(self, n_inputs: int, n_outputs: int) -> Sequential | None:
        """Return the network to go on with in a warm start, and None where a new one is wanted."""
        if not self.warm_start or not hasattr(self, "network_"):
            return None
        shapes = [
            (layer.connectivity.n_pre, layer.connectivity.n_post) for layer in _affine_layers(self.network_)
        ]
        wanted = list(pairwise(self._sizes(n_inputs, n_outputs)))
        if shapes != wanted:
            raise ParameterError(
                self._name("warm_start"),
                True,
                f"the network there is has layers of {shapes}, not of {wanted}",
                "Set warm_start=False to begin anew.",
            )
        return self.network_

    def _build(self, n_inputs: int, n_outputs: int, rng: np.random.Generator) -> Sequential:
        sizes = self._sizes(n_inputs, n_outputs)
        hidden = [self._affine(*pair, rng) for pair in pairwise(sizes[:-1])]
        output = self._affine(sizes[-2], sizes[-1], rng, hidden=False)
        return Sequential(*self._noise(self.input_noise, rng), *self._activated(hidden, rng), output)

    def _affine(self, n_pre: int, n_post: int, rng: np.random.Generator, *, hidden: bool = True) -> Affine:
        rectifying = hidden and find_activation(self.activation).rectifying
        initialise = he_normal if rectifying else glorot_uniform
        return Affine(initialise(Dense(np.zeros((n_pre, n_post), self.dtype)), rng))

    def _activated(self, layers: list[Affine], rng: np.random.Generator) -> Iterator[Layer]:
        """Yield each layer, its activation and its noise."""
        for layer in layers:
            yield layer
            yield find_activation(self.activation).fresh()
            yield from self._noise(self.activation_noise, rng)

    def _noise(self, std: float, rng: np.random.Generator) -> list[Layer]:
        return [GaussianNoise(std, rng)] if std else []

    def _sizes(self, n_inputs: int, n_outputs: int) -> list[int]:
        """Units of all layers."""
        return [n_inputs, *map(int, self.hidden), n_outputs]

    def _make_optimiser(self, network: Sequential) -> Optimiser:
        kind, parameters = find_optimiser(self.optimiser), network.parameters()
        if kind is SGD:
            return SGD(parameters, self.learning_rate, momentum=_SGD_MOMENTUM, weight_decay=self.weight_decay)
        return kind(parameters, self.learning_rate, weight_decay=self.weight_decay, decoupled=True)

    def _check_parameters(self) -> None:
        hidden = self.hidden
        if not isinstance(hidden, tuple | list) or any(not is_whole(n) or n < 1 for n in hidden):
            limit = "must be a tuple of positive whole numbers"
            raise ParameterError(self._name("hidden"), hidden, limit, "For instance (128,).")
        for name in ("epochs", "batch_size"):
            checked_count(self._name(name), getattr(self, name))
        for name in ("weight_decay", "input_noise", "activation_noise"):
            checked_amount(self._name(name), getattr(self, name))
        for name in ("progress", "warm_start"):
            checked_flag(self._name(name), getattr(self, name))
        checked_positive(self._name("learning_rate"), self.learning_rate)
        checked_share(self._name("validation_fraction"), self.validation_fraction)
        as_generator(self._name("random_state"), self.random_state)
        find_optimiser(self.optimiser, self._name("optimiser"))
        find_activation(self.activation, self._name("activation"))
        known: tuple[Any, ...] = ("float32", "float64", np.float32, np.float64)
        if not isinstance(self.dtype, str | np.dtype | type) or self.dtype not in known:
            raise ParameterError(self._name("dtype"), self.dtype, "must be 'float32' or 'float64'")

    def _check_size(self, n_inputs: int, n_outputs: int) -> None:
        sizes = self._sizes(n_inputs, n_outputs)
        needed = sum(a * b for a, b in pairwise(sizes)) * np.dtype(self.dtype).itemsize
        if needed > _MOST_BYTES:
            raise ParameterError(
                self._name("hidden"),
                self.hidden,
                f"its weights would need {needed} bytes, and may need {_MOST_BYTES}",
                "Use smaller layers.",
            )


def _affine_layers(network: Composite) -> Iterator[Affine]:
    for layer in network:
        if isinstance(layer, Affine):
            yield layer
        elif isinstance(layer, Composite):
            yield from _affine_layers(layer)
