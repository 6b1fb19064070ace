"""A chaotic series to be foretold."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from neurosim.data.sequence_tasks import count
from neurosim.errors import ParameterError

_PARTS = 10
"""Steps of the integration in a unit of time."""


def mackey_glass(n: int, *, tau: int = 17, start: float = 1.2) -> npt.NDArray[np.float64]:
    """Return dx/dt = 0.2 x(t - tau)/(1 + x(t - tau)^10) - 0.1 x at the times 0, 1, 2 ...

    Chaotic for the delay of 17. Integrated by the classical Runge-Kutta method in steps of 0.1.

    Parameters
    ----------
    n : int
        Number of values.
    tau : int, default 17
        Delay in units of time, at least 1.
    start : float, default 1.2
        x up to time 0, positive.

    Returns
    -------
    ndarray of shape (n,)

    Raises
    ------
    ParameterError
        If a number is out of its range.

    References
    ----------
    Mackey & Glass 1977, doi:10.1126/science.267326.
    """
    n, tau = count("mackey_glass.n", n), count("mackey_glass.tau", tau)
    if not (isinstance(start, int | float) and 0.0 < start < np.inf):
        raise ParameterError("mackey_glass.start", start, "must be positive and finite")
    lag, h = tau * _PARTS, 1.0 / _PARTS
    x = [float(start)] * (lag + 2)  # x[lag + 1] is that of time 0
    for k in range((n - 1) * _PARTS):
        before, past, ahead, beyond = x[k], x[k + 1], x[k + 2], x[k + 3]
        middle = (9.0 * (past + ahead) - before - beyond) / 16.0
        now = x[-1]
        at_start, half_way, at_end = (0.2 * d / (1.0 + d**10) for d in (past, middle, ahead))
        k1 = at_start - 0.1 * now
        k2 = half_way - 0.1 * (now + 0.5 * h * k1)
        k3 = half_way - 0.1 * (now + 0.5 * h * k2)
        k4 = at_end - 0.1 * (now + h * k3)
        x.append(now + h * (k1 + 2.0 * k2 + 2.0 * k3 + k4) / 6.0)
    return np.array(x[lag + 1 :: _PARTS])
