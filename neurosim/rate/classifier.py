"""A multilayer perceptron with the interface of a scikit-learn classifier."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neurosim.connectivity import Dense
from neurosim.errors import NonFiniteError, ParameterError
from neurosim.rate.activation import Activation
from neurosim.rate.activation_names import find_activation
from neurosim.rate.affine import Affine
from neurosim.rate.checks import is_real, is_whole
from neurosim.rate.classification_losses import softmax_cross_entropy
from neurosim.rate.estimator import Estimator
from neurosim.rate.graph import no_grad
from neurosim.rate.initialisation import glorot_uniform, he_normal
from neurosim.rate.labels import encode_labels, read_labels, split_stratified
from neurosim.rate.layer import Layer
from neurosim.rate.noise import GaussianNoise
from neurosim.rate.non_finite import find_non_finite
from neurosim.rate.operations import Array
from neurosim.rate.optimiser import Optimiser
from neurosim.rate.optimisers import find_optimiser
from neurosim.rate.sequential import Sequential
from neurosim.rate.sgd import SGD
from neurosim.rate.softmax import softmax
from neurosim.rate.training import fit

_SGD_MOMENTUM = 0.9
_MOST_BYTES = 4 * 2**30  # of weights; training takes several times as much


class MLPClassifier(Estimator):
    """Multilayer perceptron trained by backpropagation on the softmax cross-entropy.

    Parameters
    ----------
    hidden : tuple of int, default (128,)
        Units in each hidden layer; an empty tuple gives softmax regression.
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
        Of the weights.
    random_state : int or numpy.random.Generator, optional
        Seed for initial weights, noise and the order of samples; a fresh one where none is given.
    progress : bool, default False
        Show a progress bar on stderr.
    validation_fraction : float, default 0.0
        Share of each class kept out of training and evaluated after each epoch.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Labels, sorted.
    network_ : Sequential
        The trained network; its output is logits.
    connectivities_ : list of Dense
        Connections from layer to layer: the objects the network itself computes with.
    biases_ : list of ndarray
        Bias of each layer after the input, likewise.
    history_ : History
        Loss and accuracy by epoch.
    n_features_in_ : int
        Number of inputs.
    feature_names_in_ : ndarray of str
        Names of the inputs, where `fit` was given a data frame.
    seed_ : int
        The seed that was used.
    """

    kind = "classifier"

    def __init__(
        self,
        hidden: tuple[int, ...] = (128,),
        activation: str | Activation = "relu",
        epochs: int = 50,
        batch_size: int = 32,
        optimiser: str = "adam",
        learning_rate: float = 0.001,
        weight_decay: float = 0.0,
        input_noise: float = 0.0,
        activation_noise: float = 0.0,
        dtype: str = "float32",
        random_state: int | np.random.Generator | None = None,
        progress: bool = False,
        validation_fraction: float = 0.0,
    ) -> None:
        self.hidden = hidden
        self.activation = activation
        self.epochs = epochs
        self.batch_size = batch_size
        self.optimiser = optimiser
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.input_noise = input_noise
        self.activation_noise = activation_noise
        self.dtype = dtype
        self.random_state = random_state
        self.progress = progress
        self.validation_fraction = validation_fraction

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Train on labelled samples, from new random weights.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
        y : array of shape (n_samples,)
            Labels of any type that can be sorted.

        Returns
        -------
        MLPClassifier
            Itself.

        Raises
        ------
        ParameterError
            If a parameter cannot be used, `X` is not a matrix of finite numbers, `y` does not have one label
            for each sample, or there is only one class.
        NonFiniteError
            If training diverges.
        """
        self._check_parameters()
        inputs = self._read_new("fit", X)
        classes, labels = encode_labels("MLPClassifier.fit(y)", y, len(inputs))
        self._check_size(inputs.shape[1], len(classes))
        random_state = self.random_state
        fresh = np.random.default_rng(random_state)
        seed = int(random_state) if isinstance(random_state, int | np.integer) else int(fresh.integers(2**63))
        rng = np.random.default_rng(seed)
        learn, held_out = split_stratified(labels, self.validation_fraction, rng)
        network = self._build(inputs.shape[1], len(classes), rng)
        history = fit(
            network,
            softmax_cross_entropy,
            self._make_optimiser(network),
            inputs[learn],
            labels[learn],
            epochs=self.epochs,
            batch_size=self.batch_size,
            rng=rng,
            validation=(inputs[held_out], labels[held_out]) if held_out.size else None,
            progress=self.progress,
        )
        affine = [layer for layer in network if isinstance(layer, Affine)]
        self.classes_ = classes
        self.network_ = network
        self.connectivities_ = [layer.connectivity for layer in affine]
        self.biases_ = [layer.bias.value for layer in affine if layer.bias is not None]
        self.history_ = history
        self.seed_ = seed
        self._remember(X, inputs.shape[1])
        return self

    def decision_function(self, X: ArrayLike) -> Array:
        """Return the logits, shape (n_samples, n_classes).

        For two classes, shape (n_samples,): how much the logit of the second is above that of the first.

        Raises
        ------
        ParameterError
            If the network is not trained, or `X` does not fit it.
        NonFiniteError
            If a weight, a bias or a logit is not finite; the message names the layer.
        """
        logits = self._logits("decision_function", X)
        return np.asarray(logits[:, 1] - logits[:, 0]) if len(self.classes_) == 2 else logits

    def predict_proba(self, X: ArrayLike) -> Array:
        """Return the probability of each class, shape (n_samples, n_classes), in the order of `classes_`."""
        return softmax(self._logits("predict_proba", X)).value

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Return the most probable label of each sample, shape (n_samples,)."""
        winners = self._logits("predict", X).argmax(axis=1)
        return np.asarray(self.classes_[winners])

    def score(self, X: ArrayLike, y: ArrayLike) -> float:
        """Return the share of samples whose label is predicted correctly."""
        predicted = self.predict(X)
        labels, kind = read_labels("MLPClassifier.score(y)", y, len(predicted))
        _, known = read_labels("MLPClassifier.classes_", self.classes_, len(self.classes_))
        if kind != known:
            raise ParameterError("MLPClassifier.score(y)", labels, f"must be {known}, like the labels in fit")
        return float((predicted == labels).mean())

    def _logits(self, method: str, X: ArrayLike) -> Array:
        inputs = self._read_more(method, X)
        with no_grad(), np.errstate(over="ignore", invalid="ignore"):
            logits = self.network_(inputs).value
        finite = all(np.isfinite(p.value).all() for p in self.network_.parameters())
        if not finite or not np.isfinite(logits).all():
            raise NonFiniteError(
                f"MLPClassifier.{method}: {find_non_finite(self.network_, inputs)}. "
                "Restore the weights, or call fit again."
            )
        return logits

    def _build(self, n_features: int, n_classes: int, rng: np.random.Generator) -> Sequential:
        activation = find_activation(self.activation, "MLPClassifier.activation")
        sizes = [n_features, *self.hidden, n_classes]
        layers: list[Layer] = []
        if self.input_noise:
            layers.append(GaussianNoise(self.input_noise, rng))
        for k, (fan_in, fan_out) in enumerate(pairwise(sizes)):
            is_hidden = k < len(self.hidden)
            initialise = he_normal if is_hidden and activation.rectifying else glorot_uniform
            layers.append(Affine(initialise(Dense(np.zeros((fan_in, fan_out), self.dtype)), rng)))
            if is_hidden:
                layers.append(activation.fresh())
                if self.activation_noise:
                    layers.append(GaussianNoise(self.activation_noise, rng))
        return Sequential(*layers)

    def _make_optimiser(self, network: Sequential) -> Optimiser:
        kind, parameters = find_optimiser(self.optimiser), network.parameters()
        if kind is SGD:
            return SGD(parameters, self.learning_rate, momentum=_SGD_MOMENTUM, weight_decay=self.weight_decay)
        return kind(parameters, self.learning_rate, weight_decay=self.weight_decay, decoupled=True)

    def _check_parameters(self) -> None:
        hidden = self.hidden
        if not isinstance(hidden, tuple | list) or any(not is_whole(n) or n < 1 for n in hidden):
            raise ParameterError(
                "MLPClassifier.hidden",
                hidden,
                "must be a tuple of positive whole numbers",
                "For instance (128,).",
            )
        for name in ("epochs", "batch_size"):
            if not is_whole(getattr(self, name)) or getattr(self, name) < 1:
                raise ParameterError(
                    f"MLPClassifier.{name}", getattr(self, name), "must be a whole number, at least 1"
                )
        seed = self.random_state
        if not (seed is None or isinstance(seed, np.random.Generator) or (is_whole(seed) and seed >= 0)):
            raise ParameterError(
                "MLPClassifier.random_state", seed, "must be a whole number from 0 on, a Generator or None"
            )
        find_optimiser(self.optimiser, "MLPClassifier.optimiser")
        if not isinstance(self.dtype, str | np.dtype) or self.dtype not in ("float32", "float64"):
            raise ParameterError("MLPClassifier.dtype", self.dtype, "must be 'float32' or 'float64'")
        for name in ("learning_rate", "weight_decay", "input_noise", "activation_noise"):
            number = getattr(self, name)
            if not (is_real(number) and 0.0 <= number < np.inf):
                raise ParameterError(
                    f"MLPClassifier.{name}", number, "must be a number of at least 0, and finite"
                )
        if not (is_real(self.validation_fraction) and 0.0 <= self.validation_fraction < 1.0):
            raise ParameterError(
                "MLPClassifier.validation_fraction",
                self.validation_fraction,
                "must be from 0 up to, not including, 1",
            )
        find_activation(self.activation, "MLPClassifier.activation")

    def _check_size(self, n_features: int, n_classes: int) -> None:
        sizes = [n_features, *map(int, self.hidden), n_classes]
        needed = sum(a * b for a, b in pairwise(sizes)) * np.dtype(self.dtype).itemsize
        if needed > _MOST_BYTES:
            raise ParameterError(
                "MLPClassifier.hidden",
                self.hidden,
                f"its weights would need {needed} bytes, and may need {_MOST_BYTES}",
                "Use smaller layers.",
            )
