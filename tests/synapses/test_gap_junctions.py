"""Electrical synapses: passive cells in closed form, spiking ones in step."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from neurosim import (
    LIF,
    Dense,
    GapJunction,
    HodgkinHuxley,
    Lapicque,
    Network,
    NeuronModel,
    Population,
    Projection,
    Sparse,
    SpikeMonitor,
    StateMonitor,
)
from neurosim.errors import ParameterError

C, G_L, E_L = 200.0, 10.0, -70.0
PASSIVE = NeuronModel(
    """
    dv/dt = (g_L*(E_L - v) + I)/C_m : mV
    I : pA (input)
    """,
    parameters={"C_m": (C, "pF"), "g_L": (G_L, "nS"), "E_L": (E_L, "mV")},
    initial={"v": "E_L"},
    name="Passive",
)


def coupled(
    g: Any, dt: float = 0.1, integrator: str | None = None, **values: Any
) -> tuple[Population, Network]:
    g = np.asarray(g, dtype=float)
    cells = Population(len(g), PASSIVE, receptors={"gap": GapJunction()}, integrator=integrator, **values)
    return cells, Network(cells, Projection(cells, cells, Dense(g)), dt=dt)


def test_the_coupling_coefficient_of_two_passive_cells() -> None:
    g = 4.0
    cells, network = coupled([[0, g], [g, 0]], I=[100.0, 0.0])
    network.run(2000)
    first, second = np.asarray(cells["v"]) - E_L
    assert second / first == pytest.approx(g / (g + G_L), rel=1e-9)
    assert first + second == pytest.approx(100.0 / G_L, rel=1e-9)


@pytest.mark.parametrize("integrator", ["exponential_euler", "rk4", "euler"])
def test_two_passive_cells_relax_with_their_two_time_constants(integrator: str) -> None:
    g, duration, start = 6.0, 12.0, np.array([-50.0, -64.0])
    slow, fast = G_L / C, (G_L + 2 * g) / C
    mean, half = start.mean() - E_L, (start[0] - start[1]) / 2
    expected = E_L + mean * np.exp(-slow * duration) + half * np.exp(-fast * duration) * np.array([1, -1])
    errors = []
    for dt in (0.2, 0.1, 0.05):
        cells, network = coupled([[0, g], [g, 0]], dt, integrator, v=start)
        network.run(duration)
        errors.append(float(np.abs(cells["v"] - expected).max()))
    assert errors[0] < 0.2
    assert np.abs(np.log2(np.array(errors[:-1]) / errors[1:]) - 1).max() < 0.15


def test_a_network_of_passive_cells_against_scipy() -> None:
    rng = np.random.default_rng(0)
    upper = np.triu(rng.uniform(0, 1, (20, 20)) * (rng.random((20, 20)) < 0.3), 1)
    g, start, drive = upper + upper.T, rng.uniform(-80, -50, 20), rng.uniform(0, 100, 20)

    def slope(t: float, v: np.ndarray) -> np.ndarray:
        return (G_L * (E_L - v) + drive + v @ g - v * g.sum(axis=0)) / C  # type: ignore[no-any-return]

    reference = solve_ivp(slope, (0, 30), start, rtol=1e-10, atol=1e-10).y[:, -1]
    errors = []
    for dt in (0.2, 0.1, 0.05):
        cells = Population(20, PASSIVE, receptors={"gap": GapJunction()}, v=start, I=drive)
        Network(cells, Projection(cells, cells, Sparse.from_matrix(g)), dt=dt).run(30)
        errors.append(float(np.abs(cells["v"] - reference).max()))
    assert np.abs(np.log2(np.array(errors[:-1]) / errors[1:]) - 1).max() < 0.15
    assert errors[-1] < 0.02


def test_what_one_cell_loses_the_others_gain() -> None:
    start = np.array([-40.0, -80.0, -65.0])
    cells, network = coupled([[0, 5, 0], [5, 0, 2], [0, 2, 0]], v=start, g_L=0.0)
    network.run(800)
    assert np.allclose(cells["v"], start.mean(), rtol=0, atol=1e-3)
    assert np.mean(cells["v"]) == pytest.approx(start.mean(), rel=1e-12)


def test_cells_at_the_same_potential_exchange_nothing() -> None:
    g = np.random.default_rng(1).uniform(0, 5, (4, 4))
    cells, network = coupled(g + g.T, v=-55.0)
    alone = Population(1, PASSIVE, v=-55.0)
    network.run(30)
    Network(alone).run(30)
    assert np.allclose(cells["v"], alone["v"], rtol=0, atol=1e-11)


def test_a_junction_between_two_populations_and_weights_changed_between_runs() -> None:
    left = Population(2, PASSIVE, receptors={"gap": GapJunction()}, v=[-50.0, -55.0])
    right = Population(3, PASSIVE, receptors={"gap": GapJunction()}, v=[-70.0, -75.0, -80.0])
    g = np.array([[1.0, 0.0, 2.0], [0.0, 3.0, 0.5]])
    there, back = Dense(g.copy()), Dense(g.T.copy())
    network = Network(left, right, Projection(left, right, there), Projection(right, left, back))
    network.run(10)
    there.weights, back.weights = 2 * g, 2 * g.T
    network.run(10)
    together = np.zeros((5, 5))
    together[:2, 2:], together[2:, :2] = g, g.T
    start = [-50.0, -55.0, -70.0, -75.0, -80.0]
    cells = Population(5, PASSIVE, receptors={"gap": GapJunction()}, v=start)
    weights = Dense(together.copy())
    joint = Network(cells, Projection(cells, cells, weights))
    joint.run(10)
    weights.weights = 2 * together
    joint.run(10)
    assert np.allclose(cells["v"], [*np.asarray(left["v"]), *np.asarray(right["v"])], rtol=0, atol=1e-11)


def test_a_row_of_hodgkin_huxley_cells_comes_into_step() -> None:
    n = 8
    row = 1.0 * (np.eye(n, k=1) + np.eye(n, k=-1))  # mS/cm2

    def spread(weights: np.ndarray) -> float:
        """Standard deviation between the cells of the time of a late spike, ms."""
        start: dict[str, Any] = {"v": np.linspace(-75.0, -40.0, n), "h": np.linspace(0.1, 0.6, n)}
        cells = Population(n, HodgkinHuxley, receptors={"gap": GapJunction()}, I=15.0, **start)
        spikes = SpikeMonitor(cells)
        junctions = Projection(cells, cells, Dense(weights))
        assert junctions.weight_unit == "mS/cm2"
        Network(cells, junctions, spikes, dt=0.02).run(150)
        last = [train[train > 130][0] for train in spikes.spike_trains()]
        return float(np.std(last))

    assert 10 * spread(row) < spread(0 * row)


def test_a_junction_of_spiking_neurons_in_pieces_and_the_spikelet_it_carries() -> None:
    def run(*pieces: float) -> np.ndarray:
        cells = Population(2, LIF, receptors={"gap": GapJunction()}, v_in=[2.0, 0.2])
        v = StateMonitor(cells, "v")
        network = Network(cells, Projection(cells, cells, Dense([[0, 0.4], [0.4, 0]])), v)
        for piece in pieces:
            network.run(piece)
        return v["v"]

    whole = run(60)
    assert np.array_equal(run(0.1, 7.3, 52.6), whole)
    drops = np.diff(whole[:, 1])[np.flatnonzero(np.diff(whole[:, 0]) < -0.5) + 1]
    assert drops.size > 2
    assert (drops < 0).all()


def test_mistakes_are_named() -> None:
    cells = Population(2, Lapicque, receptors={"gap": GapJunction()}, name="cells")
    plain = Population(2, LIF, name="plain")
    with pytest.raises(ParameterError, match=r"is in 1, but cells\.v is in mV"):
        Projection(plain, cells, Dense(np.eye(2)))
    with pytest.raises(ParameterError, match="needs a state of LIF"):
        Population(2, LIF, receptors={"gap": GapJunction("u")})
    junctions = Projection(cells, cells, Dense([[0.0, 1e5], [1e5, 0.0]]))
    with pytest.raises(ParameterError, match=r"too large for cells\.gap.*Use at most 0\.002"):
        Network(cells, junctions).run(1)
