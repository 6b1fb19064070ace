"""Generate the kernel that moves weights one step: a rule of descent becomes one pass over memory.

A rule is a few assignments for one weight `w` with gradient `g`, in terms of the states the optimiser keeps
for each weight and of numbers that are the same for all weights. The loop around it holds no branch and no
temporary array, and every number has the type of the weights, so float32 stays float32.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from neurosim.errors import EquationError
from neurosim.kernels.core.cache import digest, load_module
from neurosim.kernels.core.crew import share, worth
from neurosim.kernels.core.jit import exact_kernel, kernel

Floats = NDArray[np.floating[Any]]

SHARE = 8_000_000
"""Bytes to move that are worth a thread."""

LANES = 64
"""Parts of an array begin at multiples of it, so that a weight's result does not depend on the threads."""

FUNCTIONS = {
    "math": ("sqrt",),
    "neurosim.kernels.mathematics.select": ("clip", "maximum", "minimum", "where"),
}
BUILT_IN = ("abs",)


class DescentRule(NamedTuple):
    """A compiled rule.

    Attributes
    ----------
    step : callable
        Takes the arrays as `descend` does, the first weight and the one after the last.
    numbers : tuple of str
        Names of the numbers, in order.
    """

    step: Callable[[Floats, Floats, Floats, Floats, int, int], None]
    numbers: tuple[str, ...]


@lru_cache
def load_rule(rule: str, states: tuple[str, ...]) -> DescentRule:
    """Return the compiled kernel of a rule, from memory, from the disk cache, or newly generated.

    Parameters
    ----------
    rule : str
        Assignments, one a line, such as ``"u = momentum*u + g"`` and ``"w = w - rate*u"``. There are
        ``sqrt``, ``abs``, ``minimum``, ``maximum``, ``clip`` and ``where``. Names that are neither `w`, `g`,
        states nor assigned before are numbers. Name literal numbers: they would be computed in float64.
    states : tuple of str
        What is kept for each weight.

    Raises
    ------
    EquationError
        If a line is not an assignment to a name.
    """
    numbers = _numbers(rule, states)
    source = _source(rule, states, numbers)
    module = load_module(digest("descent", source), lambda: source)
    return DescentRule(module.step, numbers)


def descend(rule: DescentRule, weights: Floats, gradient: Floats, states: Floats, numbers: Floats) -> None:
    """Apply a rule to all weights, on two threads or more where that pays.

    Parameters
    ----------
    rule : DescentRule
    weights, gradient : ndarray of shape (n,)
        The weights are changed in place.
    states : ndarray of shape (n_states, n)
        Changed in place.
    numbers : ndarray of shape (n_numbers,)
        All four arrays are of one type, and C-contiguous.
    """
    arrays = weights, gradient, states, numbers
    n = weights.size
    moved = (3 + 2 * len(states)) * weights.nbytes  # gradients are only read
    share(rule.step, arrays, n, -(-worth(n, moved, SHARE) // LANES) * LANES)


@kernel
def sum_of_squares(x: Floats) -> float:
    """Sum of the squares of an array (n,), in float64; not finite if any entry is not."""
    total = 0.0
    for i in range(x.size):
        total += np.float64(x[i]) * np.float64(x[i])
    return total


@exact_kernel
def limit_columns(weights: Floats, limit: float, factors: Floats) -> None:
    """Scale each column of `weights` (n, m) whose norm exceeds `limit` to it; `factors` (m,) is a buffer."""
    n, m = weights.shape
    factors[:] = 0
    for i in range(n):
        row = weights[i]
        for j in range(m):
            factors[j] += row[j] * row[j]
    for j in range(m):
        factors[j] = min(1.0, limit / np.sqrt(factors[j]))
    for i in range(n):
        row = weights[i]
        for j in range(m):
            row[j] *= factors[j]


@exact_kernel
def limit_targets(weights: Floats, targets: NDArray[np.int32], limit: float, factors: Floats) -> None:
    """Do as `limit_columns` does for synapses: `weights` (n,) onto the columns `targets` (n,)."""
    factors[:] = 0
    for k in range(weights.size):
        factors[targets[k]] += weights[k] * weights[k]
    for j in range(factors.size):
        factors[j] = min(1.0, limit / np.sqrt(factors[j]))
    for k in range(weights.size):
        weights[k] *= factors[targets[k]]


@exact_kernel
def limit_rows(weights: Floats, limit: float) -> None:
    """Scale each row of `weights` (n, m) whose norm exceeds `limit` to it."""
    for i in range(weights.shape[0]):
        row = weights[i]
        norm = np.sqrt(sum_of_squares(row))
        if norm > limit:
            for j in range(row.size):
                row[j] *= limit / norm


def _numbers(rule: str, states: tuple[str, ...]) -> tuple[str, ...]:
    """Names a rule uses and nobody sets."""
    known = {"w", "g", *states, *BUILT_IN, *(name for names in FUNCTIONS.values() for name in names)}
    numbers: dict[str, None] = {}
    for number, line in enumerate(rule.splitlines(), 1):
        try:
            statement = ast.parse(line.strip()).body[0]
        except (SyntaxError, IndexError) as error:
            raise EquationError("not an assignment", line, number) from error
        if not (isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name)):
            raise EquationError("not an assignment to a name", line, number)
        used = [node.id for node in ast.walk(statement.value) if isinstance(node, ast.Name)]
        numbers |= dict.fromkeys(name for name in used if name not in known)
        known.add(statement.targets[0].id)
    return tuple(sorted(numbers))


def _source(rule: str, states: tuple[str, ...], numbers: tuple[str, ...]) -> str:
    lines = [line.strip() for line in rule.splitlines()]
    return "\n".join(
        [
            '"""Move weights one step. Generated by neurosim."""',
            *(f"from {home} import {', '.join(names)}" for home, names in FUNCTIONS.items()),
            "from neurosim.kernels.core.jit import exact_kernel",
            "",
            "",
            "@exact_kernel",
            "def step(_weights, _gradient, _states, _numbers, _first, _last):",
            "    _row_w = _weights[_first:_last]",
            "    _row_g = _gradient[_first:_last]",
            *(f"    {name} = _numbers[{i}]" for i, name in enumerate(numbers)),
            *(f"    _row_{name} = _states[{i}, _first:_last]" for i, name in enumerate(states)),
            "    for _i in range(_row_w.size):",
            "        w = _row_w[_i]",
            "        g = _row_g[_i]",
            *(f"        {name} = _row_{name}[_i]" for name in states),
            *(f"        {line}" for line in lines),
            *(f"        _row_{name}[_i] = {name}" for name in states),
            "        _row_w[_i] = w",
            "",
        ]
    )
