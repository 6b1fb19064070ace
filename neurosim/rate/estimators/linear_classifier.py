"""What classifiers of a single layer share."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neurosim.rate.autodiff.operations import Array
from neurosim.rate.estimators.linear_estimator import LinearEstimator
from neurosim.rate.training.labels import share_correct


class LinearClassifier(LinearEstimator):
    """A classifier with a unit for each class, the strongest of which decides; for two classes a single unit.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Labels, sorted. A single unit stands for the second.
    """

    kind = "classifier"

    classes_: NDArray[Any]

    def decision_function(self, X: ArrayLike) -> Array:
        """Return the drive of each unit, shape (n_samples, n_classes).

        For two classes, shape (n_samples,): positive for the second.

        Raises
        ------
        ParameterError
            If the classifier is not trained, or `X` does not fit it.
        NonFiniteError
            If a drive is too large for a number.
        """
        drives = self._drives("decision_function", X)
        return drives[:, 0] if drives.shape[1] == 1 else drives

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Return the label of each sample, shape (n_samples,)."""
        drives = self._drives("predict", X)
        winners = drives[:, 0] > 0.0 if drives.shape[1] == 1 else drives.argmax(axis=1)
        return np.asarray(self.classes_[winners.astype(np.intp)])

    def score(self, X: ArrayLike, y: ArrayLike) -> float:
        """Return the share of samples whose label is predicted correctly."""
        return share_correct(type(self).__name__, self.predict(X), y, self.classes_)
