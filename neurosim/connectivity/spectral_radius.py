"""How fast activity grows or fades that goes through connections again and again."""

from __future__ import annotations

import copy

import numpy as np

from neurosim.connectivity.connectivity import Connectivity
from neurosim.errors import ParameterError


def spectral_radius(connectivity: Connectivity) -> float:
    """Return the largest absolute value of an eigenvalue of the weight matrix.

    Parameters
    ----------
    connectivity : Connectivity
        From units to themselves. The matrix is formed.

    Raises
    ------
    ParameterError
        If it does not lead from units to as many.
    """
    _check_square("spectral_radius(connectivity)", connectivity)
    return float(np.abs(np.linalg.eigvals(connectivity.to_dense())).max())


def with_spectral_radius(connectivity: Connectivity, radius: float) -> Connectivity:
    """Return a copy whose weights are scaled to a spectral radius.

    Parameters
    ----------
    connectivity : Connectivity
        From units to themselves; it stays as it is.
    radius : float
        Positive.

    Raises
    ------
    ParameterError
        If it does not lead from units to as many, all its eigenvalues are 0, or the radius is not positive.
    """
    if not (np.isreal(radius) and 0.0 < radius < np.inf):
        raise ParameterError("with_spectral_radius(radius)", radius, "must be positive and finite")
    now = spectral_radius(connectivity)
    size = float(np.abs(connectivity.weights).max())
    if now <= 1e-6 * size:  # a nilpotent matrix of n units has eigenvalues up to about eps**(1/n)
        limit = "all its eigenvalues are 0, so that no factor gives it that radius"
        raise ParameterError("with_spectral_radius(connectivity)", connectivity, limit)
    scaled = copy.deepcopy(connectivity)
    scaled.weights *= 2.0
    # Products of two factors grow with the square of the weights.
    probe = np.random.default_rng(0).standard_normal(connectivity.n_pre)
    growth = np.linalg.norm(scaled.forward(probe)) / np.linalg.norm(connectivity.forward(probe))
    scaled.weights *= 0.5 * (radius / now) ** (1.0 / np.log2(growth))
    return scaled


def _check_square(where: str, connectivity: Connectivity) -> None:
    if not isinstance(connectivity, Connectivity):
        raise ParameterError(where, connectivity, "must be a Connectivity", "Wrap a matrix in Dense.")
    if connectivity.n_pre != connectivity.n_post:
        limit = f"leads from {connectivity.n_pre} to {connectivity.n_post} units, and must lead to as many"
        raise ParameterError(where, connectivity, limit)
