"""What estimators of a single layer share."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import ArrayLike

from neurosim.connectivity import Dense
from neurosim.errors import NonFiniteError, ParameterError
from neurosim.rate.autodiff.operations import Array
from neurosim.rate.checks import checked_amount, checked_choice, checked_count, checked_flag, checked_positive
from neurosim.rate.estimators.estimator import Estimator


class LinearEstimator(Estimator):
    """An estimator whose units are driven by ``x @ w + b``.

    Attributes
    ----------
    connectivity_ : Dense
        From the inputs to the units.
    bias_ : ndarray of shape (n_units,)
    """

    fit_intercept: bool

    connectivity_: Dense
    bias_: Array

    def _drives(self, method: str, X: ArrayLike) -> Array:
        """Return the drive of each unit, shape (n_samples, n_units)."""
        samples = self._read_more(method, X)
        with np.errstate(over="ignore", invalid="ignore"):
            drives: Array = self.connectivity_.forward(samples) + self.bias_
        if not np.isfinite(drives).all():
            row = int(np.argmin(np.isfinite(drives).all(axis=1)))
            raise NonFiniteError(f"{self._name(method)}: the drive for X[{row}] is not finite. Scale X down.")
        return drives

    def _check_intercept(self) -> None:
        checked_flag(self._name("fit_intercept"), self.fit_intercept)


class Minimised(LinearEstimator):
    """One that minimises a convex loss, plus half the weight decay times the sum of the squared weights.

    It works on inputs less their mean (where there is a bias) and over their deviation. Only the way to the
    minimum depends on that, since the penalty is that of the weights from the original inputs.
    """

    solver: str
    weight_decay: float
    max_steps: int
    tolerance: float

    def _check_minimised(self, solvers: tuple[str, ...]) -> None:
        self._check_intercept()
        checked_choice(self._name("solver"), self.solver, solvers)
        checked_amount(self._name("weight_decay"), self.weight_decay)
        checked_count(self._name("max_steps"), self.max_steps)
        checked_positive(self._name("tolerance"), self.tolerance)

    def _standardise(self, what: str, numbers: Array, decay: float = 0.0) -> tuple[Array, Array, Array]:
        """Return columns standardised, their means (0 where there is no bias) and the deviations from these.

        A decay is added to the square of each deviation, as it adds to the curvature of the loss.

        Raises
        ------
        ParameterError
            If a deviation is too large for a number.
        """
        with np.errstate(over="ignore", invalid="ignore"):
            mean = numbers.mean(axis=0) if self.fit_intercept else np.zeros(numbers.shape[1])
            centred = numbers - mean
            deviation = np.sqrt(np.mean(centred**2, axis=0) + decay)
        if not np.isfinite(deviation).all():
            largest = float(np.abs(numbers).max())
            raise ParameterError(self._name(what), largest, "is too large for a deviation", "Scale it down.")
        # Rounding leaves a trace of a deviation where all values are the same.
        varies = np.ptp(numbers, axis=0) > 0.0 if self.fit_intercept else deviation > 0.0
        deviation = np.where(varies & (deviation > 0.0), deviation, 1.0)
        return centred / deviation, mean, deviation

    def _keep(self, X: ArrayLike, weights: Array, bias: Array, mean: Array) -> None:
        """Set what was learnt from samples less their mean."""
        self.connectivity_ = Dense(weights)
        self.bias_ = bias - mean @ weights
        self._remember(X, len(weights))

    def _warn_of_end(self, n_steps: int, largest: float) -> None:
        warnings.warn(
            f"{self._name('fit')}: after {n_steps} steps the largest entry of the gradient is {largest:.2g}, "
            f"above the tolerance of {self.tolerance:g}. Raise max_steps, or the weight decay.",
            stacklevel=4,
        )
