"""What infinitely many units with Hebb's rule do, in theory.

At load alpha = m/n and temperature T, in units where the weights are ``(1/n) sum x^T x``, a pattern is
recalled with the overlap M that solves (Amit, Gutfreund & Sompolinsky 1985,
doi:10.1103/PhysRevLett.55.1530; 1987, doi:10.1016/0003-4916(87)90092-3)::

    M = <tanh((M + sqrt(alpha r) z)/T)>,   q = <tanh^2(...)>,   r = q/(1 - (1 - q)/T)^2

with z standard normal. Without temperature that is one equation for y = M/sqrt(2 alpha r).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from neurosim.models.hopfield.reading import read_number, read_whole

SPREAD, NODES = 8.0, 2001
"""Of the grid over z, fine enough for steps as steep as those of low temperatures; fewer do for others."""


def one_step_error(load: float) -> float:
    """Share of units that leave a stored pattern in the first step: erfc(1/sqrt(2 load))/2.

    Parameters
    ----------
    load : float
        Patterns a unit, above 0.
    """
    from scipy.special import erfc

    return float(0.5 * erfc(1 / np.sqrt(2 * checked_load(load))))


def retrieval_overlap(load: float) -> float:
    """Overlap at which a memory stays, without temperature; 0 beyond the critical load 0.1379.

    Parameters
    ----------
    load : float
        Patterns a unit, above 0.
    """
    from scipy.optimize import brentq
    from scipy.special import erf

    width = np.sqrt(2 * checked_load(load))

    def surplus(y: Any) -> Any:
        return erf(y) - y * (width + 2 / np.sqrt(np.pi) * np.exp(-y * y))

    # The surplus is positive between the unstable and the stable solution; the stable one lies highest.
    grid = np.linspace(1e-3, 12.0, 4000)
    above = np.flatnonzero(surplus(grid) > 0)
    if not above.size:
        return 0.0
    top = int(above[-1])
    return float(erf(brentq(surplus, grid[top], grid[top + 1]) if top + 1 < grid.size else grid[top]))


def critical_load() -> tuple[float, float]:
    """Load beyond which nothing is recalled, and the overlap just before; 0.1379 and 0.967."""
    from scipy.optimize import minimize_scalar
    from scipy.special import erf

    def width(y: float) -> float:
        """The root of twice the load at which y is a solution."""
        return float(erf(y) / y - 2 / np.sqrt(np.pi) * np.exp(-y * y))

    best = minimize_scalar(lambda y: -width(y), bounds=(0.5, 4.0), method="bounded", options={"xatol": 1e-10})
    return width(best.x) ** 2 / 2, float(erf(best.x))


def critical_stability_load(kappa: float = 0.0) -> float:
    """Load up to which there are weights that keep every unit by a margin; 2 without one.

    Whatever the rule, random patterns can be given the stability kappa up to the load that solves
    ``1 = load <(t + kappa)^2>`` over the part of a standard normal t above -kappa; in closed form
    ``1/((1 + kappa^2) Phi(kappa) + kappa phi(kappa))`` (Gardner 1988, doi:10.1088/0305-4470/21/1/030).

    Parameters
    ----------
    kappa : float, default 0
        Stability ``x_j h_j/|w_j|`` of each unit in each pattern, 0 or more.
    """
    read_number("critical_stability_load(kappa)", kappa, "must be 0 or more", 0, np.inf)
    from scipy.special import ndtr

    density = np.exp(-(kappa**2) / 2) / np.sqrt(2 * np.pi)
    return float(1 / ((1 + kappa**2) * ndtr(kappa) + kappa * density))


def order_parameters(load: float, temperature: float, *, steps: int = 20_000) -> tuple[float, float, float]:
    """Overlap M, and the averages q and r, at which a memory stays at a temperature.

    Parameters
    ----------
    load : float
        Patterns a unit, above 0.
    temperature : float
        In units where the weights are ``(1/n) sum x^T x``; above 0.
    steps : int, default 20000
        Most iterations, from the pattern itself on.

    Returns
    -------
    M, q, r : float
        M is 0 where the pattern is forgotten.
    """
    checked_load(load)
    read_number("order_parameters(temperature)", temperature, "must be above 0", 0, np.inf, open_=True)
    read_whole("order_parameters(steps)", steps)
    z = np.linspace(-SPREAD, SPREAD, int(np.clip(160 / temperature, 201, NODES)))
    weights = np.exp(-z * z / 2)
    weights /= weights.sum()
    m, q, r = 1.0, 1.0, 1.0
    for _ in range(steps):
        raised = np.tanh((m + np.sqrt(load * r) * z) / temperature)
        new_m, new_q = float(weights @ raised), float(weights @ raised**2)
        denominator = 1 - (1 - new_q) / temperature
        if denominator <= 0:
            return 0.0, new_q, float("inf")
        change = abs(new_m - m) + abs(new_q - q)
        m, q, r = new_m, new_q, new_q / denominator**2
        if change < 1e-12:
            break
    return (m if m > 1e-3 else 0.0), q, r


def retrieval_temperature(load: float, *, tolerance: float = 2e-3) -> float:
    """Temperature up to which a pattern is recalled; 1 for few patterns, 0 beyond the critical load.

    Parameters
    ----------
    load : float
        Patterns a unit, above 0.
    tolerance : float, default 0.002
        Within which it is found, in units where the weights are ``(1/n) sum x^T x``.
    """
    read_number("retrieval_temperature(tolerance)", tolerance, "must be above 0", 0, np.inf, open_=True)
    if retrieval_overlap(load) == 0.0:
        return 0.0
    low, high = 0.0, 1.0
    while high - low > tolerance:
        middle = (low + high) / 2
        if order_parameters(load, middle, steps=3000)[0] > 0.1:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def checked_load(load: float) -> float:
    """A load, if it is above 0; otherwise a ParameterError."""
    return read_number("load", load, "must be above 0", 0, np.inf, open_=True)
