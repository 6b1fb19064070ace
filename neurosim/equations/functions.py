"""The functions equations may call: their NumPy form and how they treat dimensions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


def exprel(x: Any) -> Any:
    """``(exp(x) - 1)/x``, continued to 1 at 0.

    Parameters
    ----------
    x : array_like

    Returns
    -------
    ndarray or float
    """
    x = np.asarray(x, dtype=np.float64)
    nonzero = np.where(x == 0.0, 1.0, x)
    with np.errstate(over="ignore", invalid="ignore"):
        value = np.where(x == 0.0, 1.0, np.where(np.isposinf(x), np.inf, np.expm1(x) / nonzero))
    return value[()]


def dexprel(x: Any) -> Any:
    """Derivative of `exprel`: ``(exp(x)*(x - 1) + 1)/x**2``, continued to 1/2 at 0.

    Parameters
    ----------
    x : array_like

    Returns
    -------
    ndarray or float
    """
    x = np.asarray(x, dtype=np.float64)
    small = np.abs(x) < 0.05
    series = 1 / 2 + x * (1 / 3 + x * (1 / 8 + x * (1 / 30 + x * (1 / 144 + x * (1 / 840 + x / 5760)))))
    safe = np.where(small, 1.0, x)
    with np.errstate(over="ignore", invalid="ignore"):
        value = np.where(small, series, (np.exp(safe) * (safe - 1.0) + 1.0) / (safe * safe))
    return value[()]


@dataclass(frozen=True)
class Function:
    """A function of the equation language.

    Attributes
    ----------
    n_arguments : int
    numpy : callable
        Its value on arrays.
    dimension : {"plain", "same", "root", "select", "truth"}
        ``plain``: dimensionless in and out; ``same``: all arguments and the result share one dimension;
        ``root``: square root; ``select``: a condition, then two values of one dimension;
        ``truth``: a condition in, a plain number out.
    """

    n_arguments: int
    numpy: Callable[..., Any]
    dimension: str = "plain"


FUNCTIONS: dict[str, Function] = {
    "exp": Function(1, np.exp),
    "expm1": Function(1, np.expm1),
    "log": Function(1, np.log),
    "log1p": Function(1, np.log1p),
    "exprel": Function(1, exprel),
    "dexprel": Function(1, dexprel),
    "tanh": Function(1, np.tanh),
    "sin": Function(1, np.sin),
    "cos": Function(1, np.cos),
    "sqrt": Function(1, np.sqrt, "root"),
    "floor": Function(1, np.floor),
    "abs": Function(1, np.abs, "same"),
    "minimum": Function(2, np.minimum, "same"),
    "maximum": Function(2, np.maximum, "same"),
    "clip": Function(3, np.clip, "same"),
    "where": Function(3, np.where, "select"),
    "int": Function(1, lambda x: np.asarray(x).astype(np.float64), "truth"),
}
"""Functions known to equations, by name. ``exprel`` removes the 0/0 of rate functions such as alpha_m."""
