"""Spike and state monitors: what they record, in which shape and unit, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest

from neurosim import (
    LIF,
    Dense,
    HodgkinHuxley,
    LIFRate,
    Network,
    NeuronModel,
    PoissonPopulation,
    Population,
    Projection,
    PSCFilter,
    SpikeMonitor,
    StateMonitor,
)
from neurosim.errors import ParameterError, UnitError

DT = 0.1


def test_spikes_of_a_population_and_of_a_slice(engine: str) -> None:
    cells = Population(4, LIF, v_in=[0.9, 1.5, 2.0, 4.0])
    everything, part = SpikeMonitor(cells), SpikeMonitor(cells[1:3], name="part")
    network = Network(cells, everything, part, dt=DT)
    network.run(60, engine=engine)
    network.run(40, engine=engine)
    assert everything.count.tolist() == [0, 4, 6, 13]
    assert len(everything) == 23
    assert part.count.tolist() == [4, 6]
    assert everything.i.dtype == everything.trial.dtype == everything.count.dtype == np.int64
    assert everything.t.dtype == np.float64
    assert np.all(np.diff(everything.t) >= 0)
    assert np.array_equal(part.t, everything.t[(everything.i == 1) | (everything.i == 2)])
    trains, mine = everything.spike_trains(), part.spike_trains()
    assert [t.size for t in trains] == everything.count.tolist()
    assert all(np.array_equal(a, b) for a, b in zip(trains[1:3], mine, strict=True))
    assert np.allclose(np.diff(trains[1]), 24.0)
    assert not everything.trial.any()
    assert repr(part) == f"SpikeMonitor({cells.name}[1:3], 10 spikes)"


def test_states_and_subexpressions_in_their_units(engine: str) -> None:
    cells = Population(3, HodgkinHuxley, I="10 uA/cm2", receptors={"e": PSCFilter(5)})
    monitor = StateMonitor(cells, ["I_Na", "v", "m", "h", "I"])
    network = Network(cells, monitor, dt=DT)
    network.run(2, engine=engine)
    v, m, h = monitor["v"], monitor["m"], monitor["h"]
    assert v.shape == (20, 3)
    assert np.array_equal(v[0], [-65.0] * 3)
    assert np.allclose(monitor["I_Na"], 120 * m**3 * h * (v - 50), rtol=1e-12, atol=0)
    assert np.array_equal(monitor["I"], np.full((20, 3), 10.0))
    assert np.allclose(monitor.t, np.arange(20) * DT)
    assert repr(monitor) == f"StateMonitor({cells.name}, ['I_Na', 'v', 'm', 'h', 'I'], 20 times)"


def test_values_come_in_the_unit_of_the_declaration(engine: str) -> None:
    model = NeuronModel(
        "dv/dt = -v/tau : V\nq = 2*v : V", parameters={"tau": "10 ms"}, initial={"v": "-65*mV"}
    )
    cells = Population(1, model)
    assert cells["v"] == pytest.approx([-0.065])
    monitor = StateMonitor(cells, ["v", "q"])
    Network(cells, monitor, dt=DT).run(1, engine=engine)
    expected = -0.065 * np.exp(-np.arange(10) * DT / 10)
    assert np.allclose(monitor["v"][:, 0], expected, rtol=1e-13, atol=0)
    assert np.allclose(monitor["q"][:, 0], 2 * expected, rtol=1e-13, atol=0)
    cells["v"] = "20 mV"
    assert cells["v"] == pytest.approx([0.020])


def test_some_neurons_of_a_slice(engine: str) -> None:
    cells = Population(10, LIF, v_in=np.linspace(0, 0.9, 10))
    whole = StateMonitor(cells, "v")
    some = StateMonitor(cells[2:8], "v", record=[5, 0, 0])
    one = StateMonitor(cells[4:], "v", record=3)
    Network(cells, whole, some, one, dt=DT).run(3, engine=engine)
    assert np.array_equal(some["v"], whole["v"][:, [7, 2, 2]])
    assert np.array_equal(one["v"], whole["v"][:, [7]])


@pytest.mark.parametrize("interval", ["0.3 ms", 0.5, 1.0, 20.0])
def test_an_interval(interval: object) -> None:
    cells = Population(2, LIF, v_in=0.5)
    every, some = StateMonitor(cells, "v"), StateMonitor(cells, "v", dt=interval)
    network = Network(cells, every, some, dt=DT)
    for duration in (0.1, 0.4, 13.2, 9.3):
        network.run(duration)
    n = round((0.3 if interval == "0.3 ms" else float(interval)) / DT)  # type: ignore[arg-type]
    assert np.allclose(some.t, np.arange(0, 230, n) * DT)
    assert np.array_equal(some["v"], every["v"][::n])


def test_two_intervals_without_a_common_one(engine: str) -> None:
    cells = Population(1, LIF, v_in=0.5)
    two, three = StateMonitor(cells, "v", dt=0.2), StateMonitor(cells, "v", dt=0.3)
    Network(cells, two, three, dt=DT).run(2.5, engine=engine)
    exact = lambda t: 0.5 * (1 - np.exp(-t / 20))  # noqa: E731
    for monitor, n in ((two, 13), (three, 9)):
        assert monitor.t.size == n
        assert np.allclose(monitor["v"][:, 0], exact(monitor.t), rtol=0, atol=1e-14)


@pytest.mark.parametrize("interval", [0.25, 0.05, 0.10001])
def test_an_interval_off_the_grid(engine: str, interval: float) -> None:
    cells = Population(1, LIF)
    monitor = StateMonitor(cells, "v", dt=interval, name="voltage")
    network = Network(cells, monitor, dt=DT)
    with pytest.raises(ParameterError, match=r"voltage.dt = .*: must be a multiple of dt = 0.1 ms"):
        network.run(1, engine=engine)
    assert network.step == 0


def test_a_run_of_no_time(engine: str) -> None:
    cells = Population(3, LIF, v_in=2)
    v, spikes = StateMonitor(cells, ["v"]), SpikeMonitor(cells)
    network = Network(cells, v, spikes)
    network.run(0, engine=engine)
    assert v["v"].shape == (0, 3)
    assert v.t.shape == spikes.t.shape == spikes.i.shape == (0,)
    assert spikes.count.tolist() == [0, 0, 0]
    assert [t.size for t in spikes.spike_trains()] == [0, 0, 0]
    network.run(1, engine=engine)
    assert v["v"].shape == (10, 3)


def test_monitors_before_any_run() -> None:
    cells = Population(3, LIF)
    v, spikes = StateMonitor(cells, "v"), SpikeMonitor(cells)
    assert v["v"].shape == (0, 3)
    assert len(spikes) == 0


def test_subexpressions_use_the_inputs_of_their_run() -> None:
    cells = Population(2, LIFRate, v_in=[1.5, 2.0], receptors={"e": PSCFilter(5)})
    monitor = StateMonitor(cells, ["v_in", "rate"])
    network = Network(cells, monitor, dt=DT)
    network.run(0.2)
    cells["v_in"] = [3.0, 4.0]
    network.run(0.1)
    assert monitor["v_in"].tolist() == [[1.5, 2.0], [1.5, 2.0], [3.0, 4.0]]
    assert np.allclose(monitor["rate"], LIFRate.rate(monitor["v_in"]))


def test_unknown_variables_are_told_the_valid_ones() -> None:
    cells = Population(3, LIF, receptors={"e": PSCFilter(5, order=1)}, name="cells")
    with pytest.raises(
        ParameterError, match=r"states of cells.variables = 'u': .* valid are v, x0_e, x1_e, v_in_e, v_in"
    ):
        StateMonitor(cells, ["v", "u"])
    monitor = StateMonitor(cells, "v")
    with pytest.raises(ParameterError, match=r"'x0_e': was not recorded; there are v"):
        monitor["x0_e"]


@pytest.mark.parametrize("record", [[3], [-1], [], [0.5], "v", [[0, 1]], False, [True, False, True], None])
def test_bad_neurons(record: object) -> None:
    cells = Population(3, LIF)
    with pytest.raises(ParameterError, match="record"):
        StateMonitor(cells, "v", record=record)
    Network(cells).run(1)  # the monitor that failed is not missed


@pytest.mark.parametrize("interval", [0, -0.1, np.nan, [1.0, 2.0]])
def test_bad_intervals(interval: object) -> None:
    with pytest.raises(ParameterError, match="dt"):
        StateMonitor(Population(3, LIF), "v", dt=interval)
    with pytest.raises(UnitError, match="dt"):
        StateMonitor(Population(3, LIF), "v", dt="1 mV")


def test_sources_that_cannot_be_watched() -> None:
    with pytest.raises(ParameterError, match=r"SpikeMonitor.source"):
        SpikeMonitor("cells")
    with pytest.raises(ParameterError, match="Use a SpikeMonitor"):
        StateMonitor(PoissonPopulation(3, 10), "v")


@pytest.mark.parametrize("trial", [-1, 2])
def test_a_trial_that_does_not_exist(trial: int) -> None:
    noise = PoissonPopulation(3, 100)
    spikes = SpikeMonitor(noise)
    Network(noise, spikes, trials=2).run(10)
    with pytest.raises(ParameterError, match="must be a trial from 0 to 1"):
        spikes.spike_trains(trial)


def test_a_monitor_left_out_is_missed() -> None:
    cells = Population(3, LIF)
    monitor = StateMonitor(cells, "v", name="forgotten")
    network = Network(cells)
    with pytest.raises(ParameterError, match=r"'forgotten': was made for .* but not added"):
        network.run(1)
    assert network.step == 0
    del monitor
    network.run(1)


def test_a_projection_left_out_is_missed() -> None:
    a, b = Population(3, LIF), Population(3, LIF, receptors={"e": PSCFilter(5)})
    projection = Projection(a, b, Dense(np.ones((3, 3))), name="forgotten")
    with pytest.raises(ParameterError, match="'forgotten': was made for"):
        Network(a, b).run(1)
    Network(a, b, projection).run(1)


def test_a_monitor_of_a_population_elsewhere() -> None:
    a, b = Population(3, LIF), Population(3, LIF, name="b")
    with pytest.raises(ParameterError, match="'spikes of b' watches a population that is not in the network"):
        Network(a, SpikeMonitor(b))
