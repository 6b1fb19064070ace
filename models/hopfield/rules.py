"""Learning rules: from patterns to the weights of a connectivity.

A rule takes patterns of shape (m, n) in {-1, 1} and an operator on n units, and writes its weights. What a
unit would send itself is 0, or, where a rule needs it (`pseudo_inverse`) and in factors, left out of recall.
"""

from __future__ import annotations

import warnings

import numpy as np

from neurosim.connectivity import Dense, LowRank
from neurosim.connectivity.connectivity import Connectivity
from neurosim.errors import ParameterError

LEARNING_SWEEPS = 1000
"""Most passes of the perceptron rule over the patterns."""

MARGIN = 0.1
"""Stability, in units of the length of a unit's weights, that the perceptron rule asks for."""


def hebb(patterns: np.ndarray, connectivity: Connectivity) -> None:
    """Mean of the outer products, W = (1/m) sum x^T x without the diagonal.

    It is the gradient that backpropagation would compute with the patterns on both sides, so that every kind
    of connectivity learns: `Dense`, `Sparse` (diluted), `Conv2d`; a `LowRank` holds the patterns themselves.

    References
    ----------
    Hopfield (1982), doi:10.1073/pnas.79.8.2554.
    """
    if isinstance(connectivity, LowRank):
        np.multiply(patterns.T, len(patterns) ** -0.5, out=connectivity.left, casting="unsafe")
        return
    x = patterns.astype(connectivity.weights.dtype)
    connectivity.weights[...] = connectivity.weight_gradient(x, x) / len(patterns)
    _clear_diagonal(connectivity)


def storkey(patterns: np.ndarray, connectivity: Connectivity) -> None:
    """Pattern after pattern, less what the weights say of it already: more capacity, still incremental.

    W grows by (x_i x_j - x_i h_ji - h_ij x_j)/n, where h_ij is the field of unit i without those of i and j.

    References
    ----------
    Storkey & Valabregue (1999), doi:10.1016/S0893-6080(98)00149-1, equation 7.
    """
    _only_dense("storkey", connectivity)
    weights = connectivity.weights
    n = connectivity.n_pre
    weights[...] = 0
    for x in patterns.astype(weights.dtype):
        field = x @ weights
        without = field[:, None] - weights.T * x  # h_ij: the sum over k of w_ki x_k, but for k = j
        correction = x[:, None] * without.T
        weights += (np.outer(x, x) - correction - correction.T) / n
        np.fill_diagonal(weights, 0)


def pseudo_inverse(patterns: np.ndarray, connectivity: Connectivity) -> None:
    """Projection onto the patterns, W = X^+ X: each is kept exactly, up to n of them.

    References
    ----------
    Personnaz, Guyon & Dreyfus (1985), doi:10.1051/jphyslet:01985004608035900.
    """
    if not isinstance(connectivity, LowRank):
        _only_dense("pseudo_inverse", connectivity)
    _, lengths, basis = np.linalg.svd(patterns.astype(np.float64), full_matrices=False)
    # Patterns that depend on others add nothing.
    basis[lengths <= lengths[0] * patterns.shape[1] * np.finfo(float).eps] = 0
    if isinstance(connectivity, LowRank):
        connectivity.left[:, : len(basis)] = basis.T
    else:
        np.matmul(basis.T, basis, out=connectivity.weights)


def perceptron(patterns: np.ndarray, connectivity: Connectivity) -> None:
    """Each unit learns as a perceptron until every pattern holds it in place by a margin: up to 2n patterns.

    The weights that come out are not symmetric.

    References
    ----------
    Gardner (1988), doi:10.1088/0305-4470/21/1/030; Krauth & Mezard (1987), doi:10.1088/0305-4470/20/11/013.
    """
    _only_dense("perceptron", connectivity)
    weights = connectivity.weights
    hebb(patterns, connectivity)
    weights *= len(patterns) / connectivity.n_pre
    for _ in range(LEARNING_SWEEPS):
        wrong = 0
        for x in patterns.astype(weights.dtype):
            lengths = np.linalg.norm(weights, axis=0)
            unstable = x * (x @ weights) <= MARGIN * lengths
            wrong += int(unstable.sum())
            weights[:, unstable] += np.outer(x, x[unstable]) / connectivity.n_pre
            np.fill_diagonal(weights, 0)
        if not wrong:
            return
    load = len(patterns) / connectivity.n_pre
    warnings.warn(
        f"perceptron: {wrong} of {patterns.size} conditions are not met after {LEARNING_SWEEPS} sweeps, at a "
        f"load of {load:.2f} patterns a unit",
        stacklevel=3,
    )


RULES = {"hebb": hebb, "storkey": storkey, "pseudo_inverse": pseudo_inverse, "perceptron": perceptron}
"""By name."""

SYMMETRIC = ("hebb", "storkey", "pseudo_inverse")
"""Rules whose weights are symmetric, so that there is an energy."""


def _clear_diagonal(connectivity: Connectivity) -> None:
    if isinstance(connectivity, Dense):
        np.fill_diagonal(connectivity.weights, 0)


def _only_dense(rule: str, connectivity: Connectivity) -> None:
    if not isinstance(connectivity, Dense):
        remedy = "Use 'hebb', or leave the connectivity out."
        raise ParameterError(
            f"Hopfield.rule with {connectivity!r}", rule, "needs a Dense connectivity", remedy
        )
