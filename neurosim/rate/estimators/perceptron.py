"""Threshold units that learn by Rosenblatt's rule."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from math import isfinite
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neurosim.connectivity import Dense
from neurosim.errors import NonFiniteError, ParameterError
from neurosim.rate.autodiff.operations import Array
from neurosim.rate.checks import checked_choice, checked_count
from neurosim.rate.estimators.linear_classifier import LinearClassifier
from neurosim.rate.randomness import as_generator, drawn_seed
from neurosim.rate.training.labels import encode_labels, number_labels

ORDERS = ("cyclic", "random")


@dataclass(eq=False, repr=False)
class Perceptron(LinearClassifier):
    """Threshold units that change their weights only where they answer wrongly (Rosenblatt 1958).

    A unit looks at one sample after the other. Where it should fire and its drive ``x @ w + b`` is not
    positive, it adds the sample to its weights and 1 to its bias; where it should not and the drive is not
    negative, it subtracts them. Weights start at 0, so that a learning rate would only scale them.

    If a plane separates the classes, a unit finds one after at most ``largest_margin(X, y).mistake_bound``
    corrections. Otherwise corrections never end, and the weights kept are those of the pocket (Gallant 1990):
    of the weights with the longest row of right answers in each epoch, the ones with the fewest mistakes.

    Parameters
    ----------
    order : {"cyclic", "random"}, default "cyclic"
        Each epoch takes the samples in the order of `X`, or in a new one.
    max_epochs : int, default 1000
        Most passes over the samples.
    fit_intercept : bool, default True
        Whether there is a bias: a weight from an input that is always 1.
    random_state : int or numpy.random.Generator, optional
        Seed for a random order; a fresh one where none is given.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Labels, sorted.
    connectivity_ : Dense
        From the inputs to a unit for each class, or to one for the second of two. Whole inputs give whole
        weights, so that `McCullochPitts` units of threshold -bias compute with them exactly.
    bias_ : ndarray of shape (n_units,)
    n_corrections_ : ndarray of int, shape (n_units,)
    n_epochs_ : ndarray of int, shape (n_units,)
        Passes until nothing was wrong any more.
    n_mistakes_ : ndarray of int, shape (n_units,)
        Samples that a unit answered wrongly in the end; 0 if it converged. Set by `fit`.
    n_features_in_ : int
    seed_ : int
        The seed that was used.

    References
    ----------
    Rosenblatt 1958, doi:10.1037/h0042519; Gallant 1990, doi:10.1109/72.80230.

    Examples
    --------
    >>> from neurosim.rate import Perceptron
    >>> unit = Perceptron().fit([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 0, 0, 1])
    >>> unit.connectivity_.weights[:, 0], unit.bias_, unit.n_corrections_
    (array([3., 2.]), array([-4.]), array([18]))
    """

    order: str = "cyclic"
    max_epochs: int = 1000
    fit_intercept: bool = True
    random_state: int | np.random.Generator | None = None

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Learn labelled samples, from weights of 0.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
        y : array of shape (n_samples,)
            Labels of any type that can be sorted.

        Returns
        -------
        Perceptron
            Itself.

        Raises
        ------
        ParameterError
            If a parameter cannot be used, `X` is not a matrix of finite numbers or is too large, `y` does not
            have one label for each sample, or there is only one class.

        Warns
        -----
        UserWarning
            If mistakes are left after the last epoch.
        """
        self._check_parameters()
        seed = drawn_seed("Perceptron.random_state", self.random_state)
        samples = self._read_new("fit", X)
        classes, numbers = encode_labels("Perceptron.fit(y)", y, len(samples))
        units = _Units(self._extended("fit", samples), numbers, len(classes))
        n_epochs = np.zeros(units.n, np.int64)
        for epoch in range(self.max_epochs):
            n_epochs += units.mistakes > 0
            units.learn(epoch, seed, shuffled=self.order == "random")
            if not units.mistakes.any():
                break
        weights = _finite("fit", units.pocket)
        self.classes_ = classes
        self.connectivity_ = Dense(weights[:, : samples.shape[1]].T)
        self.bias_ = weights[:, -1].copy() if self.fit_intercept else np.zeros(units.n)
        self.n_corrections_ = units.corrections
        self.n_epochs_ = n_epochs
        self.n_mistakes_ = units.mistakes
        self.seed_ = seed
        self._remember(X, samples.shape[1])
        if units.mistakes.any():
            warnings.warn(
                f"Perceptron.fit: after {self.max_epochs} epochs the units answer "
                f"{units.mistakes.tolist()} of {len(samples)} samples wrongly. Raise max_epochs if a plane "
                "separates the classes; largest_margin tells.",
                stacklevel=2,
            )
        return self

    def partial_fit(self, X: ArrayLike, y: ArrayLike, classes: ArrayLike | None = None) -> Self:
        """Go through samples once, in their order, from the weights there are.

        The weights are those after the last sample; there is no pocket.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
        y : array of shape (n_samples,)
        classes : array of shape (n_classes,), optional
            All labels there will be; needed in the first call unless `y` holds all of them.

        Returns
        -------
        Perceptron
            Itself.

        Raises
        ------
        ParameterError
            As for `fit`; or if a label is not among the classes, or the classes are others than before.
        """
        self._check_parameters()
        trained = hasattr(self, "n_features_in_")
        samples = (self._read_more if trained else self._read_new)("partial_fit", X)
        known = self._known_classes(y if classes is None else classes, trained, classes is None)
        numbers = number_labels("Perceptron.partial_fit(y)", y, len(samples), known)
        units = _Units(self._extended("partial_fit", samples), numbers, len(known))
        n = samples.shape[1]
        if trained:
            units.weights[:, :n] = self.connectivity_.weights.T
            units.weights[:, n:] = self.bias_[:, None]
        units.learn(0, 0, shuffled=False)
        weights = _finite("partial_fit", units.weights)
        if not trained:
            self.classes_ = known
            self.connectivity_ = Dense(np.zeros((n, units.n)))
            self.bias_ = np.zeros(units.n)
            self.n_corrections_ = np.zeros(units.n, np.int64)
            self.n_epochs_ = np.zeros(units.n, np.int64)
            self._remember(X, n)
        self.connectivity_.weights[...] = weights[:, :n].T
        if self.fit_intercept:
            self.bias_[...] = weights[:, n]
        self.n_corrections_ += units.corrections
        self.n_epochs_ += 1
        return self

    def _check_parameters(self) -> None:
        checked_choice("Perceptron.order", self.order, ORDERS)
        checked_count("Perceptron.max_epochs", self.max_epochs)
        self._check_intercept()
        as_generator("Perceptron.random_state", self.random_state)

    def _extended(self, method: str, samples: Array) -> Array:
        """Samples with the input that is always 1, if no drive can overflow in a pass over them."""
        largest = float(np.abs(samples).max())
        if not isfinite(largest * largest * samples.size):
            raise ParameterError(
                self._name(f"{method}(X)"), largest, "is too large for a drive", "Scale it down."
            )
        return np.column_stack([samples, np.ones(len(samples))]) if self.fit_intercept else samples

    def _known_classes(self, given: ArrayLike, trained: bool, only_samples: bool) -> NDArray[Any]:
        if trained and only_samples:
            return self.classes_
        classes, _ = encode_labels("Perceptron.partial_fit(classes)", given, len(np.atleast_1d(given)))
        if trained and not np.array_equal(classes, self.classes_):
            limit = f"must be those of the first call, {self.classes_.tolist()}"
            raise ParameterError("Perceptron.partial_fit(classes)", classes.tolist(), limit)
        return classes


class _Units:
    """Units in learning."""

    def __init__(self, samples: Array, numbers: NDArray[np.int64], n_classes: int) -> None:
        own = np.arange(n_classes) if n_classes > 2 else np.array([1])
        self.n = own.size
        self.samples = np.ascontiguousarray(samples)
        self.signs = np.where(numbers == own[:, None], 1, -1).astype(np.int8)
        self.weights = np.zeros((self.n, samples.shape[1]))
        self.pocket = self.weights.copy()
        self.mistakes = np.full(self.n, len(samples) + 1)
        self.in_a_row = np.zeros(self.n, np.int64)
        self.corrections = np.zeros(self.n, np.int64)

    def learn(self, epoch: int, seed: int, *, shuffled: bool) -> None:
        """Go through the samples once."""
        from neurosim.kernels.attractors.corrections import correct_mistakes

        state = (self.weights, self.in_a_row, self.pocket, self.mistakes, self.corrections)
        correct_mistakes(self.samples, self.signs, shuffled, seed % 2**63, epoch, *state)


def _finite(method: str, weights: Array) -> Array:
    if not np.isfinite(weights).all():
        raise NonFiniteError(f"Perceptron.{method}: a weight is not finite. Scale X down.")
    return weights
