"""Classes by a single layer of logistic units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from neurosim.connectivity import Dense
from neurosim.errors import ParameterError
from neurosim.rate.activations.activations import logistic
from neurosim.rate.autodiff.operations import Array
from neurosim.rate.autodiff.softmax import softmax
from neurosim.rate.autodiff.variable import Variable
from neurosim.rate.estimators.linear_classifier import LinearClassifier
from neurosim.rate.estimators.linear_estimator import Minimised
from neurosim.rate.estimators.newton import CrossEntropy, newton
from neurosim.rate.layers.affine import Affine
from neurosim.rate.losses.classification_losses import binary_cross_entropy, softmax_cross_entropy
from neurosim.rate.optimisers.minimisation import MOST_FOR_NEWTON, minimise
from neurosim.rate.training.labels import encode_labels

SOLVERS = ("newton", "gradient")


@dataclass(eq=False, repr=False)
class LogisticRegression(Minimised, LinearClassifier):
    """Probabilities of classes as logistic functions of weighted inputs; for more than two, as a softmax.

    The loss is the mean cross-entropy plus ``weight_decay/2*sum(w**2)``. The bias does not decay.

    Parameters
    ----------
    solver : {"newton", "gradient"}, default "newton"
        Newton's method with the matrix of second derivatives, known as iteratively reweighted least squares:
        a few steps, for up to 1,000 weights. Or descent along gradients (L-BFGS).
    weight_decay : float, default 0.0
        What others call C is ``1/(weight_decay*n_samples)``. Where a plane separates the classes and nothing
        decays, weights have no end to go to; learning stops once the gradient is within the tolerance.
    fit_intercept : bool, default True
        Whether there is a bias.
    max_steps : int, default 1000
    tolerance : float, default 1e-6
        Largest entry of the gradient at which learning ends, for inputs of deviation 1.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Labels, sorted.
    connectivity_ : Dense
        From the inputs to a unit for each class, or to one for the second of two.
    bias_ : ndarray of shape (n_units,)
    n_steps_ : int
        Steps of the solver.
    n_features_in_ : int

    References
    ----------
    Hastie, Tibshirani & Friedman 2009, doi:10.1007/978-0-387-84858-7, section 4.4.

    Examples
    --------
    >>> from neurosim.rate import LogisticRegression
    >>> dose = [[0.0], [1.0], [2.0], [3.0]]
    >>> cure = LogisticRegression(weight_decay=0.01).fit(dose, ["ill", "ill", "well", "well"])
    >>> cure.predict_proba([[1.5]]).round(6)
    array([[0.5, 0.5]])
    """

    solver: str = "newton"
    weight_decay: float = 0.0
    fit_intercept: bool = True
    max_steps: int = 1000
    tolerance: float = 1e-6

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Find the weights that make the labels most probable.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
        y : array of shape (n_samples,)
            Labels of any type that can be sorted.

        Returns
        -------
        LogisticRegression
            Itself.

        Raises
        ------
        ParameterError
            If a parameter cannot be used, `X` is not a matrix of finite numbers, `y` does not have one label
            for each sample, there is only one class, or there are too many weights for Newton's method.

        Warns
        -----
        UserWarning
            If the gradient is not within the tolerance after the last step.
        """
        self._check_minimised(SOLVERS)
        samples = self._read_new("fit", X)
        classes, numbers = encode_labels(self._name("fit(y)"), y, len(samples))
        inputs, mean, deviation = self._standardise("fit(X)", samples, self.weight_decay)
        solve = self._newton if self.solver == "newton" else self._descend
        weights, bias = solve(inputs, numbers, 1.0 / deviation[:, None], len(classes))
        self.classes_ = classes
        self._keep(X, weights / deviation[:, None], bias, mean)
        return self

    def predict_proba(self, X: ArrayLike) -> Array:
        """Return the probability of each class, shape (n_samples, n_classes), in the order of `classes_`."""
        drives = self._drives("predict_proba", X)
        if drives.shape[1] > 1:
            return softmax(drives).value
        return np.hstack([logistic(-drives), logistic(drives)])

    def _newton(self, inputs: Array, numbers: Array, pull: Array, n_classes: int) -> tuple[Array, Array]:
        n, n_units = inputs.shape[1], 1 if n_classes == 2 else n_classes
        size = (n + self.fit_intercept) * n_units
        if size > MOST_FOR_NEWTON:
            limit = f"is for up to {MOST_FOR_NEWTON} weights, and here are {size}"
            raise ParameterError(self._name("solver"), self.solver, limit, "Use 'gradient'.")
        decay = self.weight_decay * np.square(pull[:, 0])
        if self.fit_intercept:
            inputs, decay = np.column_stack([inputs, np.ones(len(inputs))]), np.append(decay, 0.0)
        loss = CrossEntropy(inputs, numbers, n_units, decay)
        weights, self.n_steps_, largest = newton(loss, self.max_steps, self.tolerance)
        if largest > self.tolerance:
            self._warn_of_end(self.n_steps_, largest)
        return weights[:n], weights[n] if self.fit_intercept else np.zeros(n_units)

    def _descend(self, inputs: Array, numbers: Array, pull: Array, n_classes: int) -> tuple[Array, Array]:
        n_units = 1 if n_classes == 2 else n_classes
        layer = Affine(Dense(np.zeros((inputs.shape[1], n_units))), bias=self.fit_intercept)

        def loss() -> Variable:
            drives = layer(inputs)
            if n_units == 1:
                entropy = binary_cross_entropy(drives, numbers[:, None])
            else:
                entropy = softmax_cross_entropy(drives, numbers)
            total: Variable = entropy + 0.5 * self.weight_decay * ((layer.weights * pull) ** 2).sum()
            return total

        found = minimise(loss, layer.parameters(), max_steps=self.max_steps, tolerance=self.tolerance)
        self.n_steps_ = found.n_steps
        if not found.converged:
            self._warn_of_end(found.n_steps, found.largest_gradient)
        return layer.weights.value, np.zeros(n_units) if layer.bias is None else layer.bias.value
