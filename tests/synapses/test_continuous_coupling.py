"""Continuous coupling: the coupled equations, to first order in the step, whatever the wiring."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.sparse import random_array

from neurosim import (
    LIF,
    Continuous,
    Dense,
    LeakyPotential,
    LeakyRate,
    LIFRate,
    Network,
    NeuronModel,
    PoissonPopulation,
    Population,
    Projection,
    PSCFilter,
    RateSource,
    Receptor,
    Sparse,
    StateMonitor,
)
from neurosim.connectivity import Connectivity
from neurosim.errors import EquationError, ParameterError

TANH = LeakyRate("tanh")
TAU = 10.0


def network_of(
    weights: np.ndarray, *, integrator: str | None = None, dt: float = 0.1, **given: Any
) -> tuple[Population, Network]:
    n = len(weights)
    units = Population(n, TANH, receptors={"rec": Continuous()}, integrator=integrator, **given)
    return units, Network(units, Projection(units, units, Dense(weights)), dt=dt)


def test_a_thousand_units_follow_their_equations_to_first_order() -> None:
    n, rng = 1000, np.random.default_rng(3)
    weights = rng.normal(0, 1.5 / np.sqrt(n), (n, n))
    drive, start = rng.normal(0, 0.3, n), rng.normal(0, 1, n)
    reference = solve_ivp(
        lambda t, r: (np.tanh(drive + r @ weights) - r) / TAU, (0, 10), start, rtol=1e-8, atol=1e-8
    ).y[:, -1]
    for integrator in ("exponential_euler", "rk4", "euler"):
        errors = []
        for dt in (0.2, 0.1, 0.05):
            units, network = network_of(weights, integrator=integrator, dt=dt, x=drive, r=start)
            network.run(10)
            errors.append(float(np.abs(units["r"] - reference).max()))
        assert errors[0] < 0.03
        orders = np.log2(np.array(errors[:-1]) / errors[1:])
        assert np.abs(orders - 1).max() < 0.15


def plain_loop(
    weights: np.ndarray, drive: np.ndarray, start: np.ndarray, steps: int, delay: int, dt: float
) -> np.ndarray:
    """r at the beginning of each step, by Euler's method with outputs that act `delay` steps late."""
    found = [start]
    for k in range(steps):
        y = found[max(0, k - delay)]
        found.append(found[-1] + dt * (np.tanh(drive + y @ weights) - found[-1]) / TAU)
    return np.array(found)


@pytest.mark.parametrize("delay", [0, 1, 7, 150])
@pytest.mark.parametrize("trials", [1, 3])
def test_delays_trials_and_pieces_against_a_plain_loop(delay: int, trials: int) -> None:
    n, steps, dt, rng = 5, 200, 0.1, np.random.default_rng(delay)
    weights, drive = rng.normal(0, 1, (n, n)), rng.normal(0, 1, n)
    start = rng.normal(0, 1, (trials, n) if trials > 1 else n)

    def run(*pieces: int) -> np.ndarray:
        units = Population(n, TANH, receptors={"rec": Continuous()}, integrator="euler", x=drive, r=start)
        coupling = Projection(units, units, Sparse.from_matrix(weights), delay=delay * dt)
        monitor = StateMonitor(units, ["r", "x", "summed_rec"])
        network = Network(units, coupling, monitor, dt=dt, trials=trials)
        for piece in pieces:
            network.run(piece * dt)
        assert np.array_equal(monitor["x"], drive + monitor["summed_rec"])
        return monitor["r"]

    whole = run(steps)
    expected = plain_loop(weights, drive, start, steps, delay, dt)[:-1]
    assert np.abs(whole - expected).max() < 1e-12
    assert np.array_equal(run(1, 99, 13, 87), whole)


def test_threads_and_monitors_change_nothing() -> None:
    def run(threads: int, watched: bool) -> np.ndarray:
        rng = np.random.default_rng(0)
        units = Population(3000, TANH, receptors={"rec": Continuous()}, r=rng.normal(0, 1, 3000))
        weights = Sparse.from_matrix(random_array((3000, 3000), density=0.01, rng=rng))
        parts: list[Any] = [units, Projection(units, units, weights, delay=10)]
        if watched:
            parts.append(StateMonitor(units, "x", record=[5, 2999]))
        Network(*parts, threads=threads).run(30)
        return np.asarray(units["r"])

    assert np.array_equal(run(1, False), run(2, True))


def test_the_same_connectivity_whether_dense_or_sparse_full_or_in_slices() -> None:
    rng = np.random.default_rng(1)
    weights, start = rng.normal(0, 1, (6, 6)), rng.normal(0, 1, 6)

    def run(*ends: tuple[slice, slice], kind: type[Connectivity] = Dense) -> np.ndarray:
        units = Population(6, TANH, receptors={"rec": Continuous()}, r=start)
        wiring = [
            Projection(
                units[a],
                units[b],
                Dense(weights[a, b]) if kind is Dense else Sparse.from_matrix(weights[a, b]),
            )
            for a, b in ends
        ]
        Network(units, wiring).run(20)
        return np.asarray(units["r"])

    everyone = slice(0, 6)
    whole = run((everyone, everyone))
    assert np.allclose(run((everyone, everyone), kind=Sparse), whole, rtol=0, atol=1e-13)
    halves = [slice(0, 2), slice(2, 6)]
    assert np.allclose(run(*((a, b) for a in halves for b in halves)), whole, rtol=0, atol=1e-13)


def test_several_delays_meet_in_one_receptor(engine: str) -> None:
    dt, delays, steps = 0.1, (0, 3), 60
    weights = [np.array([[0.5, -1.0], [2.0, 0.0]]), np.array([[0.0, 1.0], [-3.0, 0.2]])]
    units = Population(2, TANH, receptors={"rec": Continuous()}, integrator="euler", x=0.3, r=[0.9, -0.4])
    wiring = [Projection(units, units, Dense(w), delay=d * dt) for w, d in zip(weights, delays, strict=True)]
    Network(units, wiring, dt=dt).run(steps * dt, engine=engine)
    found = [np.array([0.9, -0.4])]
    for k in range(steps):
        x = 0.3 + sum(found[max(0, k - d)] @ w for w, d in zip(weights, delays, strict=True))
        found.append(found[-1] + dt * (np.tanh(x) - found[-1]) / TAU)
    assert np.abs(units["r"] - found[-1]).max() < 1e-12


def test_what_the_user_changes_between_runs_acts_at_once(engine: str) -> None:
    units, network = network_of(np.array([[0.0, 1.0], [1.0, 0.0]]), integrator="euler", dt=0.1)
    network.run(5, engine=engine)
    assert not np.any(units["r"])
    units["r"] = [0.0, 0.8]
    network.run(0.1, engine=engine)
    assert np.allclose(units["r"], [0.1 * np.tanh(0.8) / TAU, 0.8 * (1 - 0.1 / TAU)], rtol=1e-14, atol=0)
    source = Population(1, RateSource, drive=100.0)
    target = Population(1, LeakyRate("identity"), receptors={"in": Continuous()}, integrator="euler")
    network = Network(source, target, Projection(source, target, Dense([[0.02]])), dt=0.1)
    network.run(0.1, engine=engine)
    assert target["r"] == pytest.approx(0.1 * 2 / TAU)
    source["drive"] = 0.0
    network.run(0.1, engine=engine)
    assert target["r"] == pytest.approx(0.1 * 2 / TAU * (1 - 0.1 / TAU))


def test_units_of_the_output_and_the_input_give_that_of_the_weight() -> None:
    cell = NeuronModel(
        """
        dv/dt = (I - v/R)/C : mV
        I : nA (input)
        """,
        parameters={"R": "100 Mohm", "C": "100 pF"},
    )
    rates = Population(1, RateSource, drive=50.0)
    target = Population(1, cell, receptors={"in": Continuous()})
    coupling = Projection(rates, target, Dense([[0.002]]))
    assert coupling.weight_unit == "nA/Hz"
    Network(rates, target, coupling).run(200)
    assert target["v"] == pytest.approx(0.002 * 50.0 * 100.0)  # nA times Mohm
    other = Population(1, cell, receptors={"in": Continuous()})
    graded = Projection(target, other, Dense([[0.01]]), variable="v")
    assert graded.weight_unit == "nA/mV"


def test_a_spiking_neuron_passes_on_its_potential_after_the_reset(engine: str) -> None:
    cells = Population(1, LIF, v_in=3.0)
    readout = Population(1, LeakyRate("identity"), receptors={"in": Continuous()})
    watched, heard = StateMonitor(cells, "v"), StateMonitor(readout, "summed_in")
    network = Network(
        cells, readout, Projection(cells, readout, Dense([[1.0]]), variable="v"), watched, heard
    )
    network.run(40, engine=engine)
    assert np.array_equal(heard["summed_in"], watched["v"])
    assert watched["v"].max() > 0.9
    assert np.any(np.diff(watched["v"][:, 0]) < -0.9)


def test_spikes_without_delay_act_before_the_potential_is_passed_on(engine: str) -> None:
    source = Population(1, LIF, v_in=3.0)
    kick = Receptor("", output="0", jump={"v": "1"})
    cells = Population(1, LIF, receptors={"kick": kick})
    readout = Population(1, LeakyRate("identity"), receptors={"in": Continuous()})
    watched, heard = StateMonitor(cells, "v"), StateMonitor(readout, "summed_in")
    spikes = Projection(source, cells, Dense([[0.5]]))
    graded = Projection(cells, readout, Dense([[1.0]]), variable="v")
    Network(source, cells, readout, spikes, graded, watched, heard).run(40, engine=engine)
    assert np.array_equal(heard["summed_in"], watched["v"])
    assert np.any(np.diff(watched["v"][:, 0]) > 0.4)


def test_a_receptor_of_ones_own_for_continuous_signals() -> None:
    saturating = Receptor(
        "s : 1 (input)", output="gain*tanh(s)", parameters={"gain": 2.0}, variable="u", name="Saturating"
    )
    unit = LeakyPotential("identity")
    cells = Population(2, unit, receptors={"in": saturating}, u=[1.0, -3.0], integrator="euler")
    Network(cells, Projection(cells, cells, Dense([[0.0, 1.0], [1.0, 0.0]])), dt=0.1).run(0.1)
    expected = np.array([1.0, -3.0]) + 0.01 * (2 * np.tanh([-3.0, 1.0]) - np.array([1.0, -3.0]))
    assert np.allclose(cells["u"], expected, rtol=1e-14, atol=0)


def test_mistakes_are_named() -> None:
    units = Population(2, TANH, receptors={"rec": Continuous()}, name="units")
    spiking = Population(2, LIF, receptors={"psc": PSCFilter(5), "c": Continuous()}, name="cells")
    pair = Dense(np.eye(2))
    with pytest.raises(ParameterError, match=r"LIF has no output.*variable='v'"):
        Projection(spiking, units, pair)
    with pytest.raises(ParameterError, match=r"a state or a sub-expression of cells: v"):
        Projection(spiking, units, pair, variable="u")
    with pytest.raises(ParameterError, match=r"takes spikes, not a variable"):
        Projection(spiking, spiking, pair, receptor="psc", variable="v")
    with pytest.raises(ParameterError, match=r"takes rates, and this is in 1"):
        Projection(units, spiking, pair, receptor="psc")
    with pytest.raises(ParameterError, match="has spikes only"):
        Projection(PoissonPopulation(2, rate=1.0), units, pair)
    with pytest.raises(ParameterError, match="sum of what projections bring"):
        units["summed_rec"] = 1.0
    for broken in (Receptor("", output="0"), Receptor("s : 1 (input)", output="s", jump={"v": "1"})):
        with pytest.raises(ParameterError, match="either have a jump"):
            Population(1, LIF, receptors={"r": broken})
    with pytest.raises(EquationError, match="wrong dimension"):
        NeuronModel("dv/dt = -v/tau : mV", parameters={"tau": "5 ms"}, output="v/mV : Hz")
    with pytest.raises(ParameterError, match="must be text"):
        NeuronModel("dv/dt = -v/tau : mV", parameters={"tau": "5 ms"}, output=3)  # type: ignore[arg-type]


def test_rates_through_a_filter_are_as_before() -> None:
    source = Population(1, LIFRate, v_in=2.0)
    target = Population(1, LIF, receptors={"psc": PSCFilter(5.0), "c": Continuous()})
    projection = Projection(source, target, Dense([[1.0]]), receptor="psc")
    assert projection.weight_unit == "ms"
    Network(source, target, projection).run(100)
    expected = float(LIFRate.rate(2.0)) / 1000 * 0.1 / 5.0 / (1 - np.exp(-0.1 / 5.0))
    assert target["x0_psc"] == pytest.approx(expected, rel=1e-8)
