"""A network that learns a code for its own input, with the interface of a scikit-learn transformer."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from neurosim.errors import ParameterError
from neurosim.rate.autodiff.operations import Array
from neurosim.rate.checks import checked_flag, find_named
from neurosim.rate.estimators.mlp import MLP
from neurosim.rate.estimators.r_squared import r_squared
from neurosim.rate.estimators.regressor import REGRESSION_LOSSES
from neurosim.rate.layers.affine import Affine
from neurosim.rate.layers.sequential import Sequential
from neurosim.rate.losses.classification_losses import binary_cross_entropy
from neurosim.rate.losses.losses import Loss
from neurosim.rate.training.samples import read_samples

_LOSSES: dict[str, Loss] = {**REGRESSION_LOSSES, "binary_cross_entropy": binary_cross_entropy}


@dataclass(eq=False, repr=False)
class Autoencoder(MLP):
    """Encoder and decoder trained together to give back their input through few units, the code.

    Parameters
    ----------
    hidden : tuple of int, default (128,)
        Units in each layer of the encoder, the last of which is the code; the decoder mirrors them.
    loss : str or callable, default "mean_squared_error"
        What to minimise: "mean_squared_error", "mean_absolute_error", "huber", or a function of the
        reconstruction and the input. With "binary_cross_entropy" inputs must be from 0 to 1, and the outputs
        are logistic units.
    tied : bool, default False
        Let each layer of the decoder use the connections of its counterpart in the encoder backwards, with
        biases of its own.
    **others
        As of `MLP`. With `input_noise` it learns to remove noise.

    Attributes
    ----------
    encoder_, decoder_ : Sequential
        The two parts of `network_`; with logistic outputs the decoder gives logits.
    **others
        As of `MLP`.

    References
    ----------
    Hinton & Salakhutdinov 2006, doi:10.1126/science.1127647. Noise: Vincent et al. 2008,
    doi:10.1145/1390156.1390294.

    Examples
    --------
    >>> from neurosim.data import load_digits
    >>> from neurosim.rate import Autoencoder
    >>> images = load_digits().images
    >>> autoencoder = Autoencoder((16,), random_state=0).fit(images)
    >>> autoencoder.transform(images).shape
    (1797, 16)
    >>> autoencoder.score(images) > 0.75
    True
    """

    kind = "transformer"

    loss: str | Loss = "mean_squared_error"
    tied: bool = False

    def fit(self, X: ArrayLike, y: None = None) -> Self:
        """Train on samples.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
        y : ignored
            A pipeline passes it.

        Returns
        -------
        Autoencoder
            Itself.

        Raises
        ------
        ParameterError
            If a parameter cannot be used, `X` is not a matrix of finite numbers within the range of the loss,
            or a warm start has other layers than before.
        NonFiniteError
            If training diverges.
        """
        self._check_parameters()
        inputs = self._read_new("fit", X)
        loss = self.loss if callable(self.loss) else _LOSSES[self.loss]
        logistic = loss is binary_cross_entropy
        outside = inputs[(inputs < 0.0) | (inputs > 1.0)]
        if logistic and outside.size:
            limit = "binary_cross_entropy needs numbers from 0 to 1"
            raise ParameterError(self._name("fit(X)"), float(outside[0]), limit)
        self._train(X, inputs, inputs, inputs.shape[1], loss)
        self._gives_logits = logistic
        self.encoder_, self.decoder_ = (part for part in self.network_ if isinstance(part, Sequential))
        return self

    def transform(self, X: ArrayLike) -> Array:
        """Return the code of each sample, shape (n_samples, hidden[-1]).

        Raises
        ------
        ParameterError
            If the network is not trained, or `X` does not fit it.
        NonFiniteError
            If a weight, a bias or an output is not finite; the message names the layer.
        """
        inputs = self._read_more("transform", X)
        return self._apply("transform", self.encoder_, inputs)

    def fit_transform(self, X: ArrayLike, y: None = None) -> Array:
        """Train on samples, and return the code of each; see `fit` and `transform`."""
        return self.fit(X).transform(X)

    def inverse_transform(self, codes: ArrayLike) -> Array:
        """Return the sample that each code stands for, shape (n_samples, n_features).

        Parameters
        ----------
        codes : array of shape (n_samples, hidden[-1])

        Raises
        ------
        ParameterError
            If the network is not trained, or `codes` is no such array.
        NonFiniteError
            If a weight, a bias or an output is not finite; the message names the layer.
        """
        self._check_trained()
        where = self._name("inverse_transform(codes)")
        rows = read_samples(where, codes, self.dtype)
        n_units = self.connectivities_[len(self.connectivities_) // 2].n_pre
        if rows.shape[1] != n_units:
            raise ParameterError(where, rows.shape, f"the shape must be (n_samples, {n_units})")
        output = self._apply("inverse_transform", self.decoder_, rows)
        return np.asarray(0.5 * (1.0 + np.tanh(0.5 * output))) if self._gives_logits else output

    def reconstruct(self, X: ArrayLike) -> Array:
        """Return what is left of each sample after encoding and decoding, in the shape of `X`."""
        return self.inverse_transform(self.transform(X))

    def score(self, X: ArrayLike, y: None = None) -> float:
        """Return the share of the variance of the samples that the reconstruction keeps; see `r_squared`."""
        inputs = self._read_more("score", X)
        return r_squared(inputs, self.reconstruct(X))

    def _sizes(self, n_inputs: int, n_outputs: int) -> list[int]:
        units = [int(n) for n in self.hidden]
        return [n_inputs, *units, *units[-2::-1], n_outputs]

    def _build(self, n_inputs: int, n_outputs: int, rng: np.random.Generator) -> Sequential:
        sizes = self._sizes(n_inputs, n_outputs)
        middle = len(self.hidden)
        encoding = [self._affine(*pair, rng) for pair in pairwise(sizes[: middle + 1])]
        if self.tied:
            decoding = [Affine(layer.connectivity.T) for layer in reversed(encoding)]
        else:
            decoding = [self._affine(*pair, rng) for pair in pairwise(sizes[middle:-1])]
            decoding.append(self._affine(sizes[-2], sizes[-1], rng, hidden=False))
        encoder = Sequential(*self._noise(self.input_noise, rng), *self._activated(encoding, rng))
        return Sequential(encoder, Sequential(*self._activated(decoding[:-1], rng), decoding[-1]))

    def _check_parameters(self) -> None:
        super()._check_parameters()
        if not self.hidden:
            limit = "must name at least the number of units of the code"
            raise ParameterError(self._name("hidden"), self.hidden, limit, "For instance (128, 16).")
        if not callable(self.loss):
            find_named(self._name("loss"), self.loss, _LOSSES, "a function")
        checked_flag(self._name("tied"), self.tied)
