"""A multilayer perceptron with the interface of a scikit-learn regressor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neurosim.errors import ParameterError
from neurosim.rate.autodiff.operations import Array
from neurosim.rate.checks import find_named
from neurosim.rate.estimators.mlp import MLP
from neurosim.rate.estimators.r_squared import share_explained
from neurosim.rate.losses.losses import Loss
from neurosim.rate.losses.regression_losses import huber, mean_absolute_error, mean_squared_error
from neurosim.rate.training.samples import read_responses

REGRESSION_LOSSES: dict[str, Loss] = {
    "mean_squared_error": mean_squared_error,
    "mean_absolute_error": mean_absolute_error,
    "huber": huber,
}
"""Losses for numbers to predict, by name."""


@dataclass(eq=False, repr=False)
class MLPRegressor(MLP):
    """Multilayer perceptron that predicts one or several numbers, trained by backpropagation.

    The network learns each output from its mean on, in units of its standard deviation, so that the learning
    rate need not know the size of the numbers; what is predicted and scored is in their own unit.

    Parameters
    ----------
    loss : {"mean_squared_error", "mean_absolute_error", "huber"} or callable, default "mean_squared_error"
        What to minimise, a function of the network's output and the standardised targets; the Huber loss
        becomes linear at one standard deviation.
    **others
        As of `MLP`, but `dtype` is "float64" by default; without hidden layers it is linear regression by
        gradient descent.

    Attributes
    ----------
    response_mean_, response_deviation_ : ndarray of shape (n_outputs,)
        Mean and standard deviation of the outputs in `fit`; for one that never varies the deviation is 1.
    n_outputs_ : int
        Number of outputs.
    **others
        As of `MLP`.

    Examples
    --------
    >>> import numpy as np
    >>> from neurosim.rate import MLPRegressor
    >>> x = np.linspace(-1.0, 1.0, 100)[:, None]
    >>> MLPRegressor(learning_rate=0.01, random_state=0).fit(x, x[:, 0] ** 2).score(x, x[:, 0] ** 2) > 0.99
    True
    """

    kind = "regressor"

    dtype: str = "float64"
    loss: str | Loss = "mean_squared_error"

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Train on samples and the numbers to predict.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
        y : array of shape (n_samples,) or (n_samples, n_outputs)

        Returns
        -------
        MLPRegressor
            Itself. A warm start keeps the first mean and deviation of the outputs.

        Raises
        ------
        ParameterError
            If a parameter cannot be used, `X` or `y` is not an array of finite numbers of that shape, or a
            warm start has other layers than before.
        NonFiniteError
            If training diverges.
        """
        self._check_parameters()
        loss = self._find_loss()
        inputs = self._read_new("fit", X)
        response = read_responses(self._name("fit(y)"), y, len(inputs), "float64")
        columns = response.reshape(len(response), -1)
        mean, deviation = self._measure(columns)
        targets = ((columns - mean) / deviation).astype(self.dtype)
        self._train(X, inputs, targets, columns.shape[1], loss)
        self.response_mean_, self.response_deviation_ = mean, deviation
        self.n_outputs_ = columns.shape[1]
        self._is_flat = response.ndim == 1
        return self

    def predict(self, X: ArrayLike) -> NDArray[np.float64]:
        """Return the predicted numbers, shape (n_samples,) or (n_samples, n_outputs) like the `y` of `fit`.

        Raises
        ------
        ParameterError
            If the network is not trained, or `X` does not fit it.
        NonFiniteError
            If a weight, a bias or an output is not finite; the message names the layer.
        """
        inputs = self._read_more("predict", X)
        output = self._apply("predict", self.network_, inputs)
        predicted = output * self.response_deviation_ + self.response_mean_
        return predicted[:, 0] if self._is_flat else predicted

    def score(self, X: ArrayLike, y: ArrayLike) -> float:
        """Return the coefficient of determination of the prediction; see `r_squared`."""
        return share_explained(type(self).__name__, self.predict(X), y)

    def _find_loss(self) -> Loss:
        if callable(self.loss):
            return self.loss
        return find_named(self._name("loss"), self.loss, REGRESSION_LOSSES, "a function")

    def _measure(self, columns: Array) -> tuple[Array, Array]:
        """Return mean and standard deviation of each output, those there are in a warm start."""
        if self.warm_start and hasattr(self, "response_mean_"):
            return self.response_mean_, self.response_deviation_
        with np.errstate(over="ignore", invalid="ignore"):
            mean, deviation = columns.mean(axis=0), columns.std(axis=0)
        if not np.isfinite(deviation).all():
            largest = float(np.abs(columns).max())
            raise ParameterError(self._name("fit(y)"), largest, "is too large for a standard deviation")
        # Rounding leaves a trace of a deviation where all values are the same.
        varies = columns.max(axis=0) > columns.min(axis=0)
        return mean, np.where(varies, deviation, 1.0)
