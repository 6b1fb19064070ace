"""Coefficients of exact steps: matrix exponentials of the linear states, computed once before a run."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.engines.matrix_exponential import matrix_exponential
from neurosim.equations.expression import evaluate

ROUNDING = 1e-11
"""Largest relative change of Q that is made on account of rounding; states that hardly decay need none."""


def propagator_values(
    states: Sequence[str],
    matrix: Mapping[tuple[str, str], str],
    propagators: Sequence[tuple[str, str, int, int, float]],
    constants: Mapping[str, Any],
    dt: float,
    shape: tuple[int, ...],
) -> dict[str, Any]:
    """Values of the propagators of a step.

    Parameters
    ----------
    states : sequence of str
        Linear states, the rows of M.
    matrix : mapping of (str, str) to str
        Entries of M, formulas of parameters.
    propagators : sequence of (str, str, int, int, float)
        The entries wanted; see `Propagator`.
    constants : mapping of str to float or ndarray
        Parameters in coherent units.
    dt : float
        Time step, ms.
    shape : tuple of int
        Shape of per-neuron values.

    Returns
    -------
    dict of str to float or ndarray
        Entries of ``expm(M h)`` and of its integral from 0 to h; arrays where the parameters of M are.
    """
    if not propagators:
        return {}
    index = {s: i for i, s in enumerate(states)}
    size = len(index)
    entries = {
        (index[i], index[j]): evaluate(ast.parse(text, mode="eval").body, constants)
        for (i, j), text in matrix.items()
    }
    varying = [np.broadcast_to(value, shape).ravel() for value in entries.values() if np.ndim(value)]
    # Neurons that share their parameters share one matrix exponential.
    distinct, inverse = (
        np.unique(np.array(varying), axis=1, return_inverse=True) if varying else (np.zeros((0, 1)), None)
    )
    # The lower half of the augmented matrix turns its exponential into the integral as well.
    augmented = np.zeros((distinct.shape[1], 2 * size, 2 * size))
    row = 0
    for (i, j), value in entries.items():
        if np.ndim(value):
            augmented[:, i, j] = distinct[row]
            row += 1
        else:
            augmented[:, i, j] = value
    augmented[:, range(size), range(size, 2 * size)] = 1.0
    result: dict[str, Any] = {}
    for fraction in sorted({p[4] for p in propagators}):
        exponential = matrix_exponential(augmented * (dt * fraction))
        _keep_fixed_points(augmented[:, :size, :size], exponential[:, :size])
        for name, kind, i, j, wanted in propagators:
            if wanted == fraction:
                values = exponential[:, i, j + size * (kind == "Q")]
                result[name] = float(values[0]) if inverse is None else values[inverse].reshape(shape)
    return result


def _keep_fixed_points(matrices: NDArray[np.float64], halves: NDArray[np.float64]) -> None:
    """Let a state that rests go on resting, though P is rounded.

    A step to ``P v + Q b`` rests where ``(P - 1) v + Q b = 0``. P is rounded, which is much of P - 1 where a
    step is short: a neuron driven just up to its threshold would come to rest above it. The diagonal of Q is
    therefore made to agree with P as it is, by ``M Q = P - 1``.

    Parameters
    ----------
    matrices : ndarray, shape (k, n, n)
        M.
    halves : ndarray, shape (k, n, 2 n)
        P and Q, which is changed.
    """
    size = matrices.shape[-1]
    p, q = halves[..., :size], halves[..., size:]
    rates, diagonal = (np.einsum("kii->ki", each) for each in (matrices, q))  # views
    lacking = np.einsum("kii->ki", p - np.eye(size) - matrices @ q)
    with np.errstate(divide="ignore", invalid="ignore"):
        change = lacking / rates
    diagonal += np.where(np.abs(change) <= ROUNDING * np.abs(diagonal), change, 0.0)
