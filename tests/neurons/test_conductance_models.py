"""The built-in conductance-based models against hand-written right-hand sides and SciPy."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from neurosim.network import Network, Population, StateMonitor
from neurosim.neurons import (
    ConnorStevens,
    NeuronModel,
    PospischilFS,
    PospischilIB,
    PospischilLTS,
    PospischilRS,
    TraubMiles,
    WangBuzsaki,
)

exp = np.exp
State = np.ndarray


def trap(x: float, y: float) -> float:
    """x/(exp(x/y) - 1), as the papers write it; nowhere asked at 0."""
    return x / (exp(x / y) - 1)


def gate(x: float, alpha: float, beta: float) -> float:
    return alpha * (1 - x) - beta * x


def spike_gates(v: float, m: float, h: float, n: float, v_t: float) -> tuple[float, float, float]:
    """Traub and Miles (1991)."""
    u = v - v_t
    dm = gate(m, 0.32 * trap(13 - u, 4), 0.28 * trap(u - 40, 5))
    dh = gate(h, 0.128 * exp((17 - u) / 18), 4 / (1 + exp((40 - u) / 5)))
    dn = gate(n, 0.032 * trap(15 - u, 5), 0.5 * exp((10 - u) / 40))
    return dm, dh, dn


def traub_miles(t: float, x: State, current: float) -> list[float]:
    v, m, h, n = x
    total = 20000 * m**3 * h * (v - 50) + 6000 * n**4 * (v + 90) + 10 * (v + 60)
    return [(current - total) / 200, *spike_gates(v, m, h, n, -63)]


def wang_buzsaki(t: float, x: State, current: float) -> list[float]:
    v, h, n = x
    a, b = 0.1 * trap(-(v + 35), 10), 4 * exp(-(v + 60) / 18)
    total = 35 * (a / (a + b)) ** 3 * h * (v - 55) + 9 * n**4 * (v + 90) + 0.1 * (v + 65)
    dh = 5 * gate(h, 0.07 * exp(-(v + 58) / 20), 1 / (exp(-0.1 * (v + 28)) + 1))
    dn = 5 * gate(n, 0.01 * trap(-(v + 34), 10), 0.125 * exp(-(v + 44) / 80))
    return [current - total, dh, dn]


def connor_stevens(t: float, x: State, current: float) -> list[float]:
    v, m, h, n, a, b = x
    total = 120 * m**3 * h * (v - 55) + 20 * n**4 * (v + 72) + 47.7 * a**3 * b * (v + 75) + 0.3 * (v + 17)
    dm = gate(m, 0.38 * trap(-(v + 29.7), 10), 15.2 * exp(-0.0556 * (v + 54.7)))
    dh = gate(h, 0.266 * exp(-0.05 * (v + 48)), 3.8 / (1 + exp(-0.1 * (v + 18))))
    dn = gate(n, 0.02 * trap(-(v + 45.7), 10), 0.25 * exp(-0.0125 * (v + 55.7)))
    a_inf = np.cbrt(0.0761 * exp(0.0314 * (v + 94.22)) / (1 + exp(0.0346 * (v + 1.17))))
    b_inf = 1 / (1 + exp(0.0688 * (v + 53.3))) ** 4
    tau_a = 0.3632 + 1.158 / (1 + exp(0.0497 * (v + 55.96)))
    tau_b = 1.24 + 2.678 / (1 + exp(0.0624 * (v + 50)))
    return [current - total, dm, dh, dn, (a_inf - a) / tau_a, (b_inf - b) / tau_b]


def cortical(v: float, m: float, h: float, n: float, g_k: float, g_l: float, e_l: float) -> float:
    return 50 * m**3 * h * (v - 50) + g_k * n**4 * (v + 100) + g_l * (v - e_l)


def slow(v: float, p: float) -> float:
    tau = 1000 / (3.3 * exp((v + 35) / 20) + exp(-(v + 35) / 20))
    return (1 / (1 + exp(-(v + 35) / 10)) - p) / tau


def regular(t: float, x: State, current: float) -> list[float]:
    v, m, h, n, p = x
    total = cortical(v, m, h, n, 5, 0.1, -70) + 0.07 * p * (v + 100)
    return [current - total, *spike_gates(v, m, h, n, -55), slow(v, p)]


def fast(t: float, x: State, current: float) -> list[float]:
    v, m, h, n = x
    return [current - cortical(v, m, h, n, 10, 0.15, -70), *spike_gates(v, m, h, n, -55)]


def bursting(t: float, x: State, current: float) -> list[float]:
    v, m, h, n, p, q, r = x
    total = cortical(v, m, h, n, 5, 0.01, -85) + 0.03 * p * (v + 100) + 0.17 * q**2 * r * (v - 120)
    dq = gate(q, 0.055 * trap(-27 - v, 3.8), 0.94 * exp((-75 - v) / 17))
    dr = gate(r, 0.000457 * exp((-13 - v) / 50), 0.0065 / (exp((-15 - v) / 28) + 1))
    return [current - total, *spike_gates(v, m, h, n, -55), slow(v, p), dq, dr]


def low_threshold(t: float, x: State, current: float) -> list[float]:
    v, m, h, n, p, u = x
    w = v + 2
    s = 1 / (1 + exp(-(w + 57) / 6.2))
    tau_u = (30.8 + (211.4 + exp((w + 113.2) / 5)) / (1 + exp((w + 84) / 3.2))) / 3.7
    total = cortical(v, m, h, n, 5, 0.01, -85) + 0.03 * p * (v + 100) + 0.4 * s**2 * u * (v - 120)
    du = (1 / (1 + exp((w + 81) / 4)) - u) / tau_u
    return [current - total, *spike_gates(v, m, h, n, -55), slow(v, p), du]


RightHandSide = Callable[[float, State, float], list[float]]
MODELS: list[tuple[NeuronModel, RightHandSide, float]] = [
    (TraubMiles, traub_miles, 300.0),
    (WangBuzsaki, wang_buzsaki, 2.0),
    (ConnorStevens, connor_stevens, 15.0),
    (PospischilRS, regular, 5.0),
    (PospischilFS, fast, 5.0),
    (PospischilIB, bursting, 3.0),
    (PospischilLTS, low_threshold, 3.0),
]
"""Model, right-hand side by hand, and a current that makes it fire."""

every_model = pytest.mark.parametrize(
    ("model", "by_hand", "current"), MODELS, ids=lambda x: getattr(x, "name", "")
)


@every_model
def test_the_equations_are_those_written_by_hand(
    model: NeuronModel, by_hand: RightHandSide, current: float
) -> None:
    rng = np.random.default_rng(3)
    for _ in range(200):
        state = rng.uniform(0, 1, len(model.system.states))
        state[0] = rng.uniform(-110, 60)
        known = dict(zip(model.system.states, state, strict=True))
        found = model.system.derivatives(model.values() | known | {"I": current})
        expected = by_hand(0.0, state, current)
        np.testing.assert_allclose([found[s] for s in model.system.states], expected, rtol=1e-9, atol=1e-11)


@every_model
def test_spikes_are_those_of_scipy(model: NeuronModel, by_hand: RightHandSide, current: float) -> None:
    """rk4 at 2 us against DOP853 at rtol 1e-10, through at least one spike."""
    cells = Population(1, model, integrator="rk4", I=current)
    trace = StateMonitor(cells, "v", dt=0.1)
    Network(cells, trace, dt=0.002, seed=0).run(25)
    start = [float(x) for x in model.start(model.values()).values()]
    exact = solve_ivp(by_hand, (0, 25), start, "DOP853", trace.t, rtol=1e-10, atol=1e-12, args=(current,)).y[
        0
    ]
    assert exact.max() > 0
    np.testing.assert_allclose(trace["v"][:, 0], exact, rtol=0, atol=1e-5)
