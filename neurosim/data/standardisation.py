"""Features brought to mean 0 and variance 1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from neurosim.errors import ParameterError

Array = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class Standardisation:
    """(x - mean)/deviation for each feature, with the numbers of one set applied to any other.

    Make it with `of` from the training part only: what the test part is like must stay unknown.

    Parameters
    ----------
    mean : ndarray, shape (n_features,)
    deviation : ndarray, shape (n_features,)
        Positive.

    Examples
    --------
    >>> import numpy as np
    >>> from neurosim.data import Standardisation
    >>> training, test = np.array([[0.0], [2.0]]), np.array([[5.0]])
    >>> Standardisation.of(training).apply(test)
    array([[4.]])
    """

    mean: Array
    deviation: Array

    @classmethod
    def of(cls, X: npt.ArrayLike) -> Standardisation:
        """Measure mean and standard deviation of each feature.

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
            Features that never vary are only centred.

        Raises
        ------
        ParameterError
            If it is not a matrix of finite numbers with at least one sample.
        """
        samples = _checked("Standardisation.of(X)", X)
        deviation = samples.std(axis=0)
        # Rounding leaves a trace of a deviation where all values are the same.
        varies = samples.max(axis=0) > samples.min(axis=0)
        return cls(samples.mean(axis=0), np.where(varies, deviation, 1.0).astype(samples.dtype))

    def apply(self, X: npt.ArrayLike) -> Array:
        """Return standardised samples, in float32 where they and the numbers are.

        Raises
        ------
        ParameterError
            If the number of features differs, or a value is not finite.
        """
        return np.asarray((self._fitting("apply", X) - self.mean) / self.deviation)

    def undo(self, X: npt.ArrayLike) -> Array:
        """Return the samples that `apply` standardised.

        Raises
        ------
        ParameterError
            If the number of features differs, or a value is not finite.
        """
        return np.asarray(self._fitting("undo", X) * self.deviation + self.mean)

    def _fitting(self, method: str, X: npt.ArrayLike) -> Array:
        samples = _checked(f"Standardisation.{method}(X)", X)
        if samples.shape[1] != len(self.mean):
            limit = f"needs {len(self.mean)} features"
            raise ParameterError(f"Standardisation.{method}(X)", samples.shape, limit)
        return samples


def _checked(where: str, X: npt.ArrayLike) -> Array:
    try:
        samples = np.asarray(X)
    except (TypeError, ValueError) as error:
        raise ParameterError(where, X, "must be an array, its rows equally long") from error
    if samples.ndim != 2 or 0 in samples.shape or samples.dtype.kind not in "biuf":
        limit = "must be real numbers of shape (n_samples, n_features), neither of them 0"
        raise ParameterError(where, (samples.dtype, samples.shape), limit)
    if samples.dtype != np.float32:
        samples = samples.astype(np.float64)
    finite = np.isfinite(samples)
    if not finite.all():
        row, column = (int(i) for i in np.argwhere(~finite)[0])
        raise ParameterError(f"{where}[{row}, {column}]", float(samples[row, column]), "must be finite")
    return samples
