"""The exponential of small matrices.

Written out, because a run would wait for SciPy's: that takes a tenth of a second to be imported, and the
threads of its linear algebra spin for another tenth, on processors that the run itself could use.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

PADE = (17297280.0, 8648640.0, 1995840.0, 277200.0, 25200.0, 1512.0, 56.0, 1.0)
"""Coefficients of the [7/7] Padé approximant of exp, from the lowest power on."""

REACH = 0.95
"""Size of a matrix up to which that approximant is right to rounding (Higham 2005, table 2.3)."""


def matrix_exponential(matrices: Floats) -> Floats:
    """Exponential of matrices, by scaling and squaring.

    Parameters
    ----------
    matrices : ndarray, shape (k, n, n)

    Returns
    -------
    ndarray, shape (k, n, n)

    References
    ----------
    Higham (2005), doi:10.1137/04061101X. Size is measured by the fourth and the sixth power, so that entries
    far off the diagonal do not count for more than they do (Al-Mohy and Higham 2009, doi:10.1137/09074721X).
    """
    square = matrices @ matrices
    fourth = square @ square
    sixth = fourth @ square
    size = np.maximum(_norm(fourth) ** (1 / 4), _norm(sixth) ** (1 / 6))
    halvings = np.maximum(0, np.ceil(np.log2(np.maximum(size, REACH) / REACH))).astype(np.int64)
    scale = np.ldexp(1.0, -halvings)[:, np.newaxis, np.newaxis]
    a, square, fourth, sixth = matrices * scale, square * scale**2, fourth * scale**4, sixth * scale**6
    one = np.eye(matrices.shape[-1])
    odd = a @ (PADE[7] * sixth + PADE[5] * fourth + PADE[3] * square + PADE[1] * one)
    even = PADE[6] * sixth + PADE[4] * fourth + PADE[2] * square + PADE[0] * one
    result: Floats = np.linalg.solve(even - odd, even + odd)
    for k in range(halvings.max(initial=0)):
        again = halvings > k
        result[again] = result[again] @ result[again]
    return result


def _norm(matrices: Floats) -> Any:
    return np.abs(matrices).sum(axis=1).max(axis=1)
