"""Least squares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from neurosim.connectivity import Dense
from neurosim.rate.autodiff.operations import Array
from neurosim.rate.autodiff.variable import Variable
from neurosim.rate.estimators.linear_estimator import Minimised
from neurosim.rate.estimators.r_squared import share_explained
from neurosim.rate.layers.affine import Affine
from neurosim.rate.losses.regression_losses import mean_squared_error
from neurosim.rate.optimisers.minimisation import minimise
from neurosim.rate.training.samples import read_responses

SOLVERS = ("lstsq", "gradient")


@dataclass(eq=False, repr=False)
class LinearRegression(Minimised):
    """Linear units that minimise the mean squared error, with weight decay: ridge regression.

    The loss is ``mean((y - x @ w - b)**2) + weight_decay/2*sum(w**2)``, summed over the outputs. The bias
    does not decay.

    Parameters
    ----------
    solver : {"lstsq", "gradient"}, default "lstsq"
        The closed form, by orthogonal decomposition: of several minima the one with the smallest weights. Or
        descent along gradients (L-BFGS) on all samples.
    weight_decay : float, default 0.0
        What others call alpha, for the sum of squares, is ``weight_decay*n_samples/2``.
    fit_intercept : bool, default True
        Whether there is a bias.
    max_steps : int, default 1000
        Of the descent.
    tolerance : float, default 1e-8
        Largest entry of the gradient at which the descent ends, where inputs and outputs have a deviation
        of 1.

    Attributes
    ----------
    connectivity_ : Dense
        From the inputs to the outputs.
    bias_ : ndarray of shape (n_outputs,)
    n_features_in_ : int

    References
    ----------
    Hoerl & Kennard 1970, doi:10.1080/00401706.1970.10488634.

    Examples
    --------
    >>> from neurosim.rate import LinearRegression
    >>> line = LinearRegression().fit([[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0])
    >>> line.connectivity_.weights.round(12), line.bias_.round(12)
    (array([[2.]]), array([1.]))
    """

    kind = "regressor"

    solver: str = "lstsq"
    weight_decay: float = 0.0
    fit_intercept: bool = True
    max_steps: int = 1000
    tolerance: float = 1e-8

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Find the best weights.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
        y : array of shape (n_samples,) or (n_samples, n_outputs)

        Returns
        -------
        LinearRegression
            Itself.

        Raises
        ------
        ParameterError
            If a parameter cannot be used, or `X` or `y` is not an array of finite numbers of that shape.

        Warns
        -----
        UserWarning
            If a descent has not reached the minimum after the last step.
        """
        self._check_minimised(SOLVERS)
        samples = self._read_new("fit", X)
        response = read_responses(self._name("fit(y)"), y, len(samples), "float64")
        columns = response.reshape(len(samples), -1)
        targets, target_mean, size = self._standardise("fit(y)", columns)
        inputs, mean, deviation = self._standardise("fit(X)", samples, self.weight_decay)
        if self.solver == "lstsq":
            weights = self._closed_form(inputs * deviation, targets)
        else:
            weights = self._descend(inputs, targets, deviation)
        self._keep(X, weights * size, target_mean, mean)
        self._is_flat = response.ndim == 1
        return self

    def predict(self, X: ArrayLike) -> Array:
        """Return the predicted numbers, shape (n_samples,) or (n_samples, n_outputs) like the `y` of `fit`.

        Raises
        ------
        ParameterError
            If there are no weights yet, or `X` does not fit them.
        NonFiniteError
            If an output is too large for a number.
        """
        outputs = self._drives("predict", X)
        return outputs[:, 0] if self._is_flat else outputs

    def score(self, X: ArrayLike, y: ArrayLike) -> float:
        """Return the coefficient of determination of the prediction; see `r_squared`."""
        return share_explained(type(self).__name__, self.predict(X), y)

    def _closed_form(self, inputs: Array, targets: Array) -> Array:
        if self.weight_decay:
            # A sample for each weight, which wants it to be 0.
            pull = np.sqrt(0.5 * self.weight_decay * len(inputs)) * np.eye(inputs.shape[1])
            inputs = np.vstack([inputs, pull])
            targets = np.vstack([targets, np.zeros((len(pull), targets.shape[1]))])
        weights: Array = np.linalg.lstsq(inputs, targets, rcond=None)[0]
        return weights

    def _descend(self, inputs: Array, targets: Array, deviation: Array) -> Array:
        n_outputs, pull = targets.shape[1], 1.0 / deviation[:, None]
        layer = Affine(Dense(np.zeros((inputs.shape[1], n_outputs))), bias=False)

        def loss() -> Variable:
            error = n_outputs * mean_squared_error(layer(inputs), targets)
            total: Variable = error + 0.5 * self.weight_decay * ((layer.weights * pull) ** 2).sum()
            return total

        found = minimise(loss, [layer.weights], max_steps=self.max_steps, tolerance=self.tolerance)
        if not found.converged:
            self._warn_of_end(found.n_steps, found.largest_gradient)
        return np.asarray(layer.weights.value * pull)
