"""A multilayer perceptron with the interface of a scikit-learn classifier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neurosim.errors import ParameterError
from neurosim.rate.autodiff.operations import Array
from neurosim.rate.autodiff.softmax import softmax
from neurosim.rate.estimators.mlp import MLP
from neurosim.rate.losses.classification_losses import softmax_cross_entropy
from neurosim.rate.training.labels import encode_labels, share_correct


@dataclass(eq=False, repr=False)
class MLPClassifier(MLP):
    """Multilayer perceptron trained by backpropagation on the softmax cross-entropy.

    Parameters
    ----------
    **all
        As of `MLP`; without hidden layers it is softmax regression.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Labels, sorted.
    **others
        As of `MLP`; `network_` gives logits, and `history_` has the accuracy too.

    Examples
    --------
    >>> from neurosim.data import load_digits
    >>> from neurosim.rate import MLPClassifier
    >>> train, test = load_digits().split()
    >>> classifier = MLPClassifier((64,), epochs=20, random_state=0).fit(train.images, train.labels)
    >>> classifier.score(test.images, test.labels) > 0.96
    True
    """

    kind = "classifier"

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Train on labelled samples.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
        y : array of shape (n_samples,)
            Labels of any type that can be sorted; numbers must be whole.

        Returns
        -------
        MLPClassifier
            Itself.

        Raises
        ------
        ParameterError
            If a parameter cannot be used, `X` is not a matrix of finite numbers, `y` does not have one label
            for each sample, there is only one class, or a warm start has other classes or layers than before.
        NonFiniteError
            If training diverges.
        """
        self._check_parameters()
        inputs = self._read_new("fit", X)
        classes, labels = encode_labels(self._name("fit(y)"), y, len(inputs))
        if self.warm_start and hasattr(self, "classes_") and not np.array_equal(classes, self.classes_):
            limit = f"a warm start needs the same classes, {self.classes_.tolist()}"
            raise ParameterError(self._name("fit(y)"), classes.tolist(), limit)
        self._train(X, inputs, labels, len(classes), softmax_cross_entropy)
        self.classes_: NDArray[Any] = classes
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
        return share_correct(type(self).__name__, self.predict(X), y, self.classes_)

    def _logits(self, method: str, X: ArrayLike) -> Array:
        inputs = self._read_more(method, X)
        return self._apply(method, self.network_, inputs)
