"""Minimisation of a loss that is always the same function of few parameters: L-BFGS and Newton."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np

from neurosim.errors import NonFiniteError, ParameterError
from neurosim.rate.autodiff.operations import Array
from neurosim.rate.autodiff.variable import Variable
from neurosim.rate.checks import checked_choice, checked_count, checked_positive
from neurosim.rate.optimisers.parameter_list import checked_parameters

METHODS = {"l-bfgs": "L-BFGS-B", "newton": "trust-exact"}
"""What SciPy calls the methods."""

MOST_FOR_NEWTON = 1000
"""Weights whose matrix of second derivatives is still quick to factor."""

_DIFFERENCE = float(np.cbrt(np.finfo(np.float64).eps))  # balances truncation and rounding


class Minimum(NamedTuple):
    """Where a minimisation ended; the parameters hold the best point it saw.

    Attributes
    ----------
    loss : float
        At that point.
    largest_gradient : float
        Largest absolute entry of the gradient there.
    converged : bool
        Whether that is at most the tolerance.
    n_steps : int
    n_evaluations : int
        How often loss and gradient were computed.
    message : str
        Why it ended, in SciPy's words.
    """

    loss: float
    largest_gradient: float
    converged: bool
    n_steps: int
    n_evaluations: int
    message: str


def minimise(
    loss: Callable[[], Variable],
    parameters: Iterable[Variable],
    method: str = "l-bfgs",
    *,
    max_steps: int = 500,
    tolerance: float = 1e-6,
) -> Minimum:
    """Change parameters until the gradient of the loss is 0: for small problems, on all samples at once.

    Parameters
    ----------
    loss : callable
        Takes nothing, returns the scalar Variable to minimise, always the same function of the parameters.
    parameters : iterable of Variable
        Changed in place. Their gradients are overwritten.
    method : {"l-bfgs", "newton"}, default "l-bfgs"
        L-BFGS remembers some gradients. Newton's method within a region of trust factors the matrix of second
        derivatives, from differences of gradients: a few steps, and away from saddles, for up to 1,000
        weights of float64.
    max_steps : int, default 500
    tolerance : float, default 1e-6
        Largest entry of the gradient at which the end is reached.

    Returns
    -------
    Minimum

    Raises
    ------
    ParameterError
        If an argument cannot be used.
    NonFiniteError
        If the loss or a gradient is not finite at a point that was tried. Then, as after Ctrl-C, the
        parameters hold the best point before.

    References
    ----------
    Byrd, Lu, Nocedal & Zhu 1995, doi:10.1137/0916069; Conn, Gould & Toint 2000,
    doi:10.1137/1.9780898719857, algorithm 7.3.4.
    """
    from scipy.optimize import minimize

    chosen = checked_parameters("minimise", parameters)
    checked_choice("minimise.method", method, METHODS)
    if not callable(loss):
        raise ParameterError("minimise.loss", loss, "must be a function that returns a Variable")
    options: dict[str, Any] = {
        "maxiter": checked_count("minimise.max_steps", max_steps),
        "gtol": checked_positive("minimise.tolerance", tolerance),
    }
    if method == "newton":
        _check_newton(chosen)
    else:
        options |= {"ftol": 0.0, "maxfun": 20 * max_steps}
    objective = _Objective(loss, chosen)
    try:
        found = minimize(
            objective,
            objective.best,
            jac=True,
            hess=objective.hessian if method == "newton" else None,
            method=METHODS[method],
            options=options,
        )
    finally:
        objective.assign(objective.best)
    largest = float(np.abs(objective.gradient_at_best).max(initial=0.0))
    return Minimum(
        objective.least,
        largest,
        largest <= tolerance,
        int(found.nit),
        objective.n_evaluations,
        str(found.message),
    )


class _Objective:
    """Loss and gradient as functions of one vector that holds all parameters."""

    def __init__(self, loss: Callable[[], Variable], parameters: list[Variable]) -> None:
        self._loss, self._parameters = loss, parameters
        self.n_evaluations = 0
        self.least = np.inf
        self.best = np.concatenate([p.value.ravel() for p in parameters], dtype=np.float64)
        self(self.best)

    def __call__(self, point: Array) -> tuple[float, Array]:
        value, gradient = self._evaluate(point)
        if self._is_better(value, gradient):
            self.least, self.best, self.gradient_at_best = value, point.copy(), gradient
        return value, gradient

    def _is_better(self, value: float, gradient: Array) -> bool:
        """Whether the loss is less, or where rounding hides that, the gradient."""
        rounding = 4.0 * np.finfo(np.float64).eps * abs(self.least) if np.isfinite(self.least) else 0.0
        if abs(value - self.least) > rounding:
            return value < self.least
        return bool(np.abs(gradient).max(initial=0.0) < np.abs(self.gradient_at_best).max(initial=0.0))

    def hessian(self, point: Array) -> Array:
        """Second derivatives, by central differences of the gradient."""
        rows = np.empty((point.size, point.size))
        for i in range(point.size):
            step = np.zeros_like(point)
            step[i] = _DIFFERENCE * max(1.0, abs(point[i]))
            ahead, behind = self._evaluate(point + step)[1], self._evaluate(point - step)[1]
            rows[i] = (ahead - behind) / (2.0 * step[i])
        return 0.5 * (rows + rows.T)

    def assign(self, point: Array) -> None:
        """Give the parameters the values of a vector."""
        start = 0
        for p in self._parameters:
            p.value = point[start : start + p.size].reshape(p.shape)
            start += p.size

    def _evaluate(self, point: Array) -> tuple[float, Array]:
        self.assign(point)
        for p in self._parameters:
            p.zero_grad()
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            loss = self._loss()
            if not isinstance(loss, Variable) or loss.size != 1:
                raise ParameterError("minimise.loss()", loss, "must return a Variable with one element")
            loss.backward()
        self.n_evaluations += 1
        gradients = [np.zeros(p.shape) if p.grad is None else p.grad for p in self._parameters]
        gradient = np.concatenate([np.ravel(g) for g in gradients], dtype=np.float64)
        value = float(loss)
        if not (np.isfinite(value) and np.isfinite(gradient).all()):
            raise NonFiniteError(
                f"minimise: the loss is {value:g}, or its gradient not finite, at a point that was tried. "
                "Start elsewhere, or bound the loss."
            )
        return value, gradient


def _check_newton(parameters: list[Variable]) -> None:
    n = sum(p.size for p in parameters)
    if n > MOST_FOR_NEWTON:
        limit = f"is for up to {MOST_FOR_NEWTON} weights, and here are {n}"
        raise ParameterError("minimise.method", "newton", limit, "Use 'l-bfgs'.")
    for k, p in enumerate(parameters):
        if p.dtype != np.float64:
            raise ParameterError(
                f"minimise.parameters[{k}]", p.dtype, "Newton's method needs float64", "Use 'l-bfgs'."
            )
