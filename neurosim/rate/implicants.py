"""The shortest conjunctions that make up a Boolean function."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neurosim.connectivity.checks import read_numbers
from neurosim.errors import ParameterError

MOST_INPUTS = 12
"""Of 12 inputs there are 531,441 conjunctions."""

FALSE, TRUE, EITHER = 0, 1, 2

Terms = NDArray[np.int8]


def prime_implicants(outputs: ArrayLike) -> Terms:
    """Find all prime implicants of a Boolean function.

    A conjunction of inputs and negated inputs implies the function if this is true wherever the conjunction
    is. It is prime if it implies the function no longer once any of its inputs is left out.

    Parameters
    ----------
    outputs : array of shape (2**n,)
        The function's value, 0 or 1, for each row of `truth_table_inputs`; n up to 12.

    Returns
    -------
    ndarray of int8, shape (n_implicants, n)
        1 where the input must be true, 0 where it must be false, 2 where it does not matter. None for the
        function that is never true.

    Raises
    ------
    ParameterError
        If `outputs` is no truth table.

    References
    ----------
    Quine 1952, doi:10.1080/00029890.1952.11988183.
    """
    table = checked_table("prime_implicants(outputs)", outputs)
    if table.shape[1] != 1:
        raise ParameterError("prime_implicants(outputs)", table.shape, "the shape must be (2**n,)")
    return _primes_of(table[:, 0])


def fewest_implicants(outputs: ArrayLike) -> Terms:
    """Return as few prime implicants as together make up a Boolean function.

    Parameters, result and errors are those of `prime_implicants`. Of several smallest sets one of few inputs
    is preferred. For a function of ten inputs without order the search takes some ten seconds.

    References
    ----------
    McCluskey 1956, doi:10.1002/j.1538-7305.1956.tb03835.x; the smallest set by integer programming.
    """
    table = checked_table("fewest_implicants(outputs)", outputs)
    primes = prime_implicants(outputs)
    if len(primes) < 2:
        return primes
    from scipy.optimize import Bounds, LinearConstraint, milp

    rows = truth_table_inputs(primes.shape[1])[table[:, 0]]
    covers = ((primes == EITHER) | (primes == rows[:, None])).all(axis=2)
    literals = (primes != EITHER).sum(axis=1)
    cost = 1.0 + literals / (1.0 + literals.sum())  # the count decides, and the length between equal counts
    found = milp(cost, integrality=1, bounds=Bounds(0, 1), constraints=LinearConstraint(covers * 1.0, lb=1.0))
    chosen: Terms = primes[found.x > 0.5]
    return chosen


def truth_table_inputs(n: int) -> Terms:
    """Return all combinations of n inputs, 0 or 1, of shape (2**n, n): the last input changes fastest."""
    if isinstance(n, bool) or not isinstance(n, int | np.integer) or not 1 <= n <= MOST_INPUTS:
        raise ParameterError("truth_table_inputs.n", n, f"must be a whole number from 1 to {MOST_INPUTS}")
    return np.indices((2,) * int(n), np.int8).reshape(int(n), -1).T


def checked_table(where: str, outputs: ArrayLike) -> NDArray[np.bool_]:
    """Return a truth table as a matrix of shape (2**n, n_outputs).

    Raises
    ------
    ParameterError
        If it holds anything but 0 and 1, or the number of rows is no power of 2 from 2 to 4,096.
    """
    table: NDArray[Any] = read_numbers(where, outputs)
    n_rows = len(table) if table.ndim in (1, 2) else 0
    if n_rows & (n_rows - 1) or not 2 <= n_rows <= 2**MOST_INPUTS or not table.size:
        limit = f"needs a value for each of the 2**n rows of n inputs, n from 1 to {MOST_INPUTS}"
        raise ParameterError(where, table.shape, limit)
    wrong = (table != 0) & (table != 1)
    if wrong.any():
        raise ParameterError(where, table[wrong][0].item(), "every value must be 0 or 1")
    return table.reshape(n_rows, -1).astype(bool)


def _primes_of(outputs: NDArray[np.bool_]) -> Terms:
    n = outputs.size.bit_length() - 1
    implies = outputs.reshape((2,) * n)
    for axis in range(n):  # a third layer along each axis: true whatever this input
        implies = np.concatenate([implies, implies.all(axis, keepdims=True)], axis)
    prime = implies.copy()
    for axis in range(n):
        without = np.take(implies, [EITHER], axis)
        layers = np.moveaxis(prime, axis, 0)
        layers[:EITHER] &= ~np.moveaxis(without, axis, 0)
    return np.argwhere(prime).astype(np.int8)
