"""Reading and setting variables, and limits of time and memory."""

from __future__ import annotations

import numpy as np
import pytest

from neurosim import (
    LIF,
    HodgkinHuxley,
    Network,
    NeuronModel,
    PoissonPopulation,
    Population,
    PSCFilter,
    SpikeMonitor,
    StateMonitor,
)
from neurosim.errors import ParameterError


def test_variables_are_not_attributes() -> None:
    population = Population(3, HodgkinHuxley, name="axons")
    for name in ("I", "v", "n"):
        with pytest.raises(ParameterError, match=rf"axons.{name} = 2: .*population\['{name}'\] = "):
            setattr(population, name, 2)
    with pytest.raises(AttributeError, match=r"population\['I'\]"):
        _ = population.I
    assert population["I"] == 0.0
    assert population.n == 3


def test_sub_expressions_are_read_before_and_after_a_run() -> None:
    population = Population(2, HodgkinHuxley, v=[-65.0, -50.0])
    assert population["I_L"] == pytest.approx(0.3 * (np.array([-65.0, -50.0]) + 54.387))
    network = Network(population, dt=0.01)
    network.run(1)
    assert population["I_L"] == pytest.approx(0.3 * (population["v"] + 54.387))


def test_variables_of_a_slice() -> None:
    population = Population(5, LIF, v_in=1.5)
    population[1:3]["v_in"] = "2.5"
    assert population["v_in"].tolist() == [1.5, 2.5, 2.5, 1.5, 1.5]
    population[:2]["v"] = [0.25, 0.5]
    assert population[1:3]["v"].tolist() == [0.5, 0.0]
    assert population[1:3]["tau_m"] == 20.0
    population[4:]["tau_m"] = [[10.0], [40.0]]
    assert population["tau_m"].shape == (2, 5)
    with pytest.raises(ParameterError, match=r"v_in = \(3,\): the shape must be \(\), \(2,\)"):
        population[1:3]["v_in"] = [1.0, 2.0, 3.0]
    with pytest.raises(ParameterError, match="'rate': must be the name of a variable"):
        _ = PoissonPopulation(3, 10)[:2]["rate"]
    with pytest.raises(ParameterError, match=r"One neuron is \[3:4\]"):
        _ = population[3]  # type: ignore[call-overload]


def test_receptors_must_be_named() -> None:
    with pytest.raises(ParameterError, match=r"must be a mapping, such as \{'exc'"):
        Population(2, LIF, receptors=PSCFilter(5))  # type: ignore[arg-type]


def test_time_step_trials_and_seed_stay() -> None:
    network = Network(Population(2, LIF), seed=3)
    for name in ("dt", "trials", "seed", "t"):
        with pytest.raises(AttributeError):
            setattr(network, name, 1)


def test_times_that_are_no_step_or_too_many() -> None:
    population = Population(2, LIF)
    network = Network(population)
    with pytest.raises(ParameterError, match=r"1e-08: must be a multiple of dt.*nearest is 0.1 ms"):
        network.run(1e-8)
    with pytest.raises(ParameterError, match=r"time steps of 0.1 ms that can be counted"):
        network.run(1e300)
    for interval in (1e-9, 0.04, 1e300):
        cells = Population(2, LIF)
        monitor = StateMonitor(cells, "v", dt=interval)
        with pytest.raises(ParameterError, match="dt = "):
            Network(cells, monitor).run(1)
        assert cells.network is None


def test_a_recording_larger_than_the_machine() -> None:
    cells = Population(1000, LIF)
    monitor = StateMonitor(cells, "v", name="all of it")
    network = Network(cells, monitor)
    with pytest.raises(
        ParameterError, match=r"all of it.dt = None: over 1e\+07 ms .*800800000000 bytes.*file="
    ):
        network.run(1e7)
    assert network.t == 0.0
    assert cells.network is None
    network.run(1)


def test_a_monitor_of_nothing() -> None:
    for nothing in (None, [], 3):
        with pytest.raises(ParameterError, match="must be a name or a list of names"):
            StateMonitor(Population(2, LIF), nothing)  # type: ignore[arg-type]


def test_defaults_of_a_model_are_checked_too() -> None:
    for value in (-5.0, 0.0):
        with pytest.raises(ParameterError, match=r"tau_m = .*: must be positive"):
            Population(1, LIF.copy(tau_m=value))


def test_a_model_with_nothing_to_run() -> None:
    for text in ("# nothing", "I : 1 (input)", "v = 3 : 1"):
        with pytest.raises(ParameterError, match="has nothing to run"):
            Population(2, NeuronModel(text))


def test_start_values_follow_the_state_that_was_set() -> None:
    """Gates begin at the steady state of the voltage given, each neuron's of its own."""
    v = np.array([-80.0, -65.0, 20.0])
    population = Population(3, HodgkinHuxley, v=v)
    singles = [Population(1, HodgkinHuxley, v=float(x)) for x in v]
    for gate in ("m", "h", "n"):
        a, b = (population[f"{name}_{gate}"] for name in ("alpha", "beta"))
        np.testing.assert_allclose(population[gate], a / (a + b), rtol=1e-14)
        assert population[gate].tolist() == [single[gate][0] for single in singles]
    assert population["m"][2] > 0.99
    population["v"] = [-65.0, -65.0, -65.0]
    assert np.ptp(population["m"]) == 0
    population["m"] = 0.5
    assert population["m"].tolist() == [0.5] * 3
    assert population["h"][0] == singles[1]["h"][0]


def test_start_values_follow_for_each_trial() -> None:
    v = np.array([[-80.0, -65.0], [-50.0, 0.0]])
    population = Population(2, HodgkinHuxley, v=v)
    assert population["n"].shape == (2, 2)
    assert population["n"][1, 0] == Population(1, HodgkinHuxley, v=-50.0)["n"][0]


def test_a_neuron_that_starts_above_threshold_has_not_just_crossed_it() -> None:
    population = Population(2, HodgkinHuxley, v=[20.0, -65.0], I=[0.0, 20.0])
    spikes = SpikeMonitor(population)
    Network(population, spikes, dt=0.01).run(5)
    assert spikes.count.tolist() == [0, 1]


def test_a_variable_named_like_an_argument_is_refused() -> None:
    for name in ("receptors", "integrator", "name"):
        model = NeuronModel(f"d{name}/dt = -{name}/ms : 1", name="Odd")
        with pytest.raises(ParameterError, match=rf"Odd\.{name} = .*argument of Population.*Rename"):
            Population(1, model)
