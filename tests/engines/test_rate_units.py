"""Rate units coupled continuously, against a plain loop and the static formula."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import root

from neurosim import Dense, LIFRate, Network, Population, Projection, PSCFilter, SpikeMonitor, StateMonitor

DT, TAU, N = 0.1, 5.0, 6
GAMMA, TAU_M, TAU_REF = 0.02, 20.0, 2.0


def lif_rate(v_in: np.ndarray) -> np.ndarray:
    """Smoothed LIF tuning curve, per ms."""
    excess = GAMMA * np.logaddexp(0, (v_in - 1) / GAMMA)
    return 1 / (TAU_REF + TAU_M * np.log1p(1 / excess))


def recurrent(delay: float, trials: int = 1) -> tuple[Network, StateMonitor, np.ndarray, np.ndarray]:
    weights = np.random.default_rng(1).normal(0, 4, (N, N))
    bias = 1 + np.random.default_rng(2).random((trials, N))
    cells = Population(N, LIFRate, receptors={"e": PSCFilter(TAU, order=1)}, v_in=bias)
    v_in = StateMonitor(cells, ["v_in", "rate"])
    coupling = Projection(cells, cells, Dense(weights), delay=delay)
    return Network(cells, coupling, v_in, dt=DT, trials=trials), v_in, weights, bias


@pytest.mark.parametrize(("delay", "trials"), [(0.0, 1), (0.1, 3), (1.3, 1)])
def test_against_a_plain_loop(engine: str, delay: float, trials: int) -> None:
    network, monitor, weights, bias = recurrent(delay, trials)
    network.run(10, engine=engine)
    network.run(20, engine=engine)
    steps, d = 300, round(delay / DT)
    x0, x1 = np.zeros((trials, N)), np.zeros((trials, N))
    decay = np.exp(-DT / TAU)
    arriving = np.zeros((steps + d + 1, trials, N))
    found = []
    for k in range(steps):
        found.append(bias + x1)
        x0, x1 = decay * x0, decay * (x1 + DT / TAU * x0)
        arriving[k + d] += lif_rate(bias + x1) * DT @ weights
        x0 = x0 + arriving[k] / TAU
    recorded = monitor["v_in"].reshape(steps, trials, N)
    assert np.abs(recorded - np.array(found)).max() < 1e-12
    rates = monitor["rate"].reshape(steps, trials, N)
    assert np.allclose(rates, 1000 * lif_rate(recorded), rtol=1e-12, atol=0)
    assert np.ptp(recorded, axis=0).min() > 0.01


def test_the_steady_state_is_the_static_formula() -> None:
    network, monitor, weights, bias = recurrent(1.0)
    network.run(400)
    # On the grid a filter of area 1 sums to less or more than 1: x1 settles at the sum of its samples.
    decay = np.exp(-DT / TAU)
    area = DT * DT / TAU**2 * decay / (1 - decay) ** 2
    assert abs(area - 1) < 1e-3
    fixed = root(lambda v: bias[0] + area * lif_rate(v) @ weights - v, bias[0], tol=1e-13).x
    assert np.abs(monitor["v_in"][-1] - fixed).max() < 1e-9


def test_rate_units_drive_slices_and_stay_the_same_in_pieces() -> None:
    def run(*durations: float) -> np.ndarray:
        source = Population(4, LIFRate, v_in=[1.1, 1.5, 2.0, 3.0])
        target = Population(5, LIFRate, receptors={"e": PSCFilter(TAU)})
        weights = np.arange(6.0).reshape(2, 3)
        x = StateMonitor(target, "x0_e")
        network = Network(
            source, target, x, Projection(source[1:3], target[2:], Dense(weights), delay=0.4), dt=DT
        )
        for duration in durations:
            network.run(duration)
        return x["x0_e"]

    whole = run(40)
    assert np.array_equal(run(0.1, 3.3, 36.6), whole)
    assert not whole[:, :2].any()
    rates = lif_rate(np.array([1.5, 2.0]))
    expected = rates @ np.arange(6.0).reshape(2, 3) * DT / TAU / (1 - np.exp(-DT / TAU))
    assert np.allclose(whole[-1, 2:], expected, rtol=1e-3)


def test_rate_units_have_no_spikes() -> None:
    cells = Population(3, LIFRate, v_in=2.0)
    spikes = SpikeMonitor(cells)
    Network(cells, spikes).run(5)
    assert len(spikes) == 0
    assert spikes.count.tolist() == [0, 0, 0]
