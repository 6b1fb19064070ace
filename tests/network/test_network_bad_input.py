"""What a description refuses: each mistake is named before anything changes."""

from __future__ import annotations

import numpy as np
import pytest

from neurosim import (
    LIF,
    Dense,
    HodgkinHuxley,
    Network,
    NeuronModel,
    PoissonPopulation,
    Population,
    Projection,
    PSCFilter,
    Receptor,
    SpikeMonitor,
)
from neurosim.errors import EquationError, ParameterError, UnitError

PhysicalLIF = NeuronModel(
    """
    dv/dt = (E_L - v + R*I)/tau_m : mV (unless refractory)
    I : nA (input)
    """,
    parameters={
        "tau_m": (10.0, "ms", "membrane time constant"),
        "R": (10.0, "Mohm", "membrane resistance"),
        "E_L": (-70.0, "mV", "resting potential"),
        "V_th": (-55.0, "mV", "threshold"),
        "V_reset": (-75.0, "mV", "reset potential"),
        "t_ref": (2.0, "ms", "refractory time"),
    },
    threshold="v > V_th",
    reset="v = V_reset",
    refractory="t_ref",
    initial={"v": "E_L"},
    name="PhysicalLIF",
)


def weights(n: int = 3) -> Dense:
    return Dense(np.ones((n, n)))


def cells(n: int = 3, name: str = "cells") -> Population:
    return Population(n, LIF, receptors={"exc": PSCFilter(5), "inh": PSCFilter(9)}, name=name)


@pytest.mark.parametrize("n", [0, -1, 2.5, "3", None, True, 2**31, np.ones(2)])
def test_sizes(n: object) -> None:
    with pytest.raises(
        ParameterError, match=r"Population.n = .*: must be a whole number from 1 to 2147483647"
    ):
        Population(n, LIF)  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="n ="):
        PoissonPopulation(n, 10)  # type: ignore[arg-type]


def test_models_receptors_and_integrators() -> None:
    with pytest.raises(ParameterError, match=r"Population.model = 'LIF': must be a NeuronModel"):
        Population(3, "LIF")  # type: ignore[arg-type]
    for receptors in ({"e": LIF}, {"my receptor": PSCFilter(5)}, {3: PSCFilter(5)}):
        with pytest.raises(ParameterError, match="receptors"):
            Population(3, LIF, receptors=receptors)  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match=r"integrator = 'rk5': must be one of .* Did you mean 'rk4'"):
        Population(3, LIF, integrator="rk5")
    no_input = NeuronModel("dv/dt = -v/tau : 1", parameters={"tau": "10 ms"})
    with pytest.raises(ParameterError, match="the model has no input"):
        Population(3, no_input, receptors={"e": PSCFilter(5)})


def test_exact_integration_of_what_is_not_linear() -> None:
    with pytest.raises(ParameterError, match=r"integrator = 'exact': needs linear equations.*rk4"):
        Population(1, HodgkinHuxley, integrator="exact")


def test_receptors_that_do_not_fit_the_model() -> None:
    with pytest.raises(EquationError, match="wrong dimension"):
        Population(1, LIF, receptors={"e": Receptor("dg/dt = -g/(5*ms) : nS", output="g", jump={"g": "1"})})
    with pytest.raises(ParameterError, match=r"receptors\['e'\].jump = 'x': must be a state: v, g_e"):
        Population(1, LIF, receptors={"e": Receptor("dg/dt = -g/(5*ms) : 1", output="g", jump={"x": "1"})})
    with pytest.raises(ParameterError, match=r"jump = 'rise \+ 1': unknown name 'rise'"):
        Population(
            1, LIF, receptors={"e": Receptor("dg/dt = -g/(5*ms) : 1", output="g", jump={"g": "rise + 1"})}
        )
    model = NeuronModel("dv/dt = (I - v)/tau_e : 1\nI : 1 (input)", parameters={"tau_e": "10 ms"})
    with pytest.raises(ParameterError, match="makes the name 'tau_e', which NeuronModel has already"):
        Population(1, model, receptors={"e": PSCFilter(5)})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("tau_m", -20.0),
        ("tau_m", 0.0),
        ("tau_m", [20.0, 20.0, -1.0]),
        ("tau_ref", -1.0),
        ("tau_exc", 0.0),
        ("tau_exc", "-5 ms"),
        ("v_in", np.nan),
        ("v_in", np.inf),
        ("v_in", [1.0, 2.0]),
        ("v_in", np.ones((3, 1))),
        ("v_in", np.ones((1, 1, 3))),
        ("v", [np.nan, 0, 0]),
        ("v", np.ones(4)),
        ("v_in_external", 1.0),
        ("V", 1.0),
        ("v_in", "fast"),
        ("v_in", None),
        ("v_in", True),
        ("x0_exc", "one"),
    ],
)
def test_values(name: str, value: object) -> None:
    population = cells()
    kept = {key: population[key] for key in ("tau_m", "tau_ref", "tau_exc", "v_in", "v", "x0_exc")}
    with pytest.raises(ParameterError, match=name):
        population[name] = value
    assert all(np.array_equal(population[key], before) for key, before in kept.items())
    with pytest.raises(ParameterError, match=name):
        Population(3, LIF, receptors={"exc": PSCFilter(5), "inh": PSCFilter(9)}, **{name: value})


def test_a_refractory_time_of_zero_is_allowed() -> None:
    population = Population(1, LIF, tau_ref=0.0, v_in=1e5)
    spikes = SpikeMonitor(population)
    Network(population, spikes).run(1)
    assert spikes.count.tolist() == [10]


@pytest.mark.parametrize("key", ["u", 3, None, ("v", "u")])
def test_unknown_names_are_told_the_valid_ones(key: object) -> None:
    with pytest.raises(ParameterError, match=r"valid are tau_m, tau_ref, .*v_in, v, x0_exc, x0_inh"):
        cells()[key]  # type: ignore[call-overload]


def test_units_that_do_not_fit() -> None:
    with pytest.raises(UnitError, match=r"cells.tau_m = '20 mV': has the unit mV.* must be in ms"):
        Population(3, LIF, name="cells", tau_m="20 mV")


def test_trials_that_differ() -> None:
    with pytest.raises(ParameterError, match=r"is for . trials, but \w+ is for ."):
        Population(3, LIF, v_in=np.ones((2, 3)), v=np.zeros((4, 3)))
    population = Population(3, LIF, v_in=np.ones((2, 3)))
    with pytest.raises(ParameterError, match=r"tau_m = .* is for 4 trials, but v_in is for 2"):
        population["tau_m"] = np.ones((4, 3))
    population["v_in"] = np.ones((4, 3))
    with pytest.raises(ParameterError, match="does not fit 2 trials"):
        Network(population, trials=2).run(1)
    with pytest.raises(ParameterError, match=r"rate = \(4, 3\): does not fit 2 trials"):
        Network(PoissonPopulation(3, np.ones((4, 3))), trials=2).run(1)


def test_a_reset_above_the_threshold() -> None:
    for bad in ({"V_reset": -50.0}, {"V_th": -80.0}, {"V_reset": [-75.0, -75.0, -54.9]}):
        with pytest.raises(
            ParameterError, match=r"cells.reset = .*V_th.*the threshold 'v > V_th' is still passed"
        ):
            Population(3, PhysicalLIF, name="cells", **bad)  # type: ignore[arg-type]
    population = Population(3, PhysicalLIF, V_th=-40.0, V_reset=-50.0)  # each alone would be refused
    with pytest.raises(ParameterError, match="reset"):
        population["V_th"] = -50.5
    assert population["V_th"] == -40.0
    population["V_reset"] = -70.0
    population["V_th"] = -50.5


@pytest.mark.parametrize(
    "index", [slice(0, 0), slice(2, 1), slice(0, 3, 2), slice(None, None, -1), slice(0.5, 2)]
)
def test_slices(index: slice) -> None:
    with pytest.raises(ParameterError, match="cells"):
        cells()[index]
    with pytest.raises(ParameterError, match="noise"):
        PoissonPopulation(3, 10, name="noise")[index]


def test_sides_of_a_projection() -> None:
    population, noise = cells(), PoissonPopulation(3, 10, name="noise")
    with pytest.raises(ParameterError, match=r"Projection.pre = 3: must be a population"):
        Projection(3, population, weights())
    with pytest.raises(ParameterError, match=r"post = .*noise.*: must be a Population with receptors"):
        Projection(population, noise, weights())
    with pytest.raises(
        ParameterError, match=r"cells->cells.pre = 3: has 3 units, but the connectivity has n_pre = 4"
    ):
        Projection(population, population, Dense(np.ones((4, 3))), receptor="exc")
    with pytest.raises(ParameterError, match=r"post = 2: has 2 units, but the connectivity has n_post = 3"):
        Projection(population, population[:2], weights(), receptor="exc")
    with pytest.raises(ParameterError, match="must be a Connectivity"):
        Projection(population, population, np.ones((3, 3)), receptor="exc")  # type: ignore[arg-type]


@pytest.mark.parametrize("receptor", [None, "ampa", 3])
def test_receptors_that_do_not_exist(receptor: object) -> None:
    with pytest.raises(ParameterError, match="must be a receptor of cells, which has exc, inh"):
        Projection(cells(), cells(), weights(), receptor=receptor)  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="which has none"):
        Projection(cells(), Population(3, LIF), weights())


@pytest.mark.parametrize("delay", [-0.1, np.nan, [1.0, 2.0], "soon"])
def test_delays(delay: object) -> None:
    population = cells()
    with pytest.raises(ParameterError, match="delay"):
        Projection(population, population, weights(), receptor="exc", delay=delay)
    with pytest.raises(UnitError, match="delay"):
        Projection(population, population, weights(), receptor="exc", delay="1 mV")
    Network(population).run(1)  # the projections that failed are not missed


def test_parts_of_a_network() -> None:
    a, b = cells(name="a"), cells(name="b")
    to_b = Projection(a, b, weights(), receptor="exc")
    with pytest.raises(ParameterError, match="is in the network twice"):
        Network(a, b, [a])
    with pytest.raises(ParameterError, match="is in the network twice"):
        Network(a, b, to_b, to_b)
    with pytest.raises(ParameterError, match="another population has the name 'a' too"):
        Network(a, cells(name="a"))
    with pytest.raises(ParameterError, match="a->b joins a population that is not in the network"):
        Network(a, to_b)
    for part in (3, "a", a[:2], LIF, np.ones(3), weights()):
        with pytest.raises(ParameterError, match="must be a population, a projection or a monitor"):
            Network(a, part)


def test_a_population_runs_in_one_network_only() -> None:
    a = cells(name="a")
    Network(a).run(1)
    with pytest.raises(ParameterError, match=r"'a': has run in another network. Make a new one"):
        Network(a).run(1)


@pytest.mark.parametrize(
    ("option", "value"),
    [
        *(("dt", v) for v in (0, -0.1, np.nan, [0.1], "0.1 mV", None)),
        *(("trials", v) for v in (0, -1, 1.5, True, None, "2")),
        *(("seed", v) for v in (-1, 2**63, 0.5, "x", True)),
        *(("threads", v) for v in (0, -1, 1.5)),
    ],
)
def test_options_of_a_network(option: str, value: object) -> None:
    with pytest.raises((ParameterError, UnitError), match=f"Network.{option}"):
        Network(cells(), **{option: value})  # type: ignore[arg-type]


@pytest.mark.parametrize("duration", [-1, -0.1, 0.05, 1.23, np.nan, np.inf, [1.0], "1 mV", "long", 1e30])
def test_durations(duration: object) -> None:
    network = Network(cells(), dt=0.1)
    with pytest.raises((ParameterError, UnitError), match=r"Network.run.duration"):
        network.run(duration)
    assert network.t == 0
    network.run("1 ms")
    assert network.t == 1


@pytest.mark.parametrize("duration", [0.3, 0.7, 1.1, 1e5 + 0.1, 3.3000000000000003])
def test_durations_on_the_grid_in_spite_of_rounding(duration: float) -> None:
    assert Network(cells(), dt=0.1).whole_steps(duration, "duration") == round(duration * 10)


def test_the_nearest_duration_is_offered() -> None:
    with pytest.raises(ParameterError, match=r"must be a multiple of dt = 0.1 ms. The nearest is 1.2 ms"):
        Network(cells(), dt=0.1).run(1.23)


def test_an_engine_that_does_not_exist() -> None:
    with pytest.raises(
        ParameterError, match=r"Network.run.engine = 'fast': must be 'native', 'brian2' or an"
    ):
        Network(cells()).run(1, engine="fast")


def test_an_engine_cannot_be_changed() -> None:
    network = Network(cells())
    network.run(1)
    network.run(1, engine="native")

    class Other:
        def session(self, network: Network) -> None: ...

    with pytest.raises(ParameterError, match=r"cannot go on from what the network has run on: Native\(\)"):
        network.run(1, engine=Other())


def test_a_refractory_time_beyond_counting() -> None:
    with pytest.raises(ParameterError, match="refractory"):
        Network(Population(1, LIF, tau_ref=1e9, name="cells"), dt=0.1).run(1)


def test_representations() -> None:
    population = cells()
    noise = PoissonPopulation(3, 10, name="noise")
    projection = Projection(noise[1:], population[:2], weights(2), receptor="inh", delay=1.5)
    network = Network(population, noise, projection, seed=7)
    assert repr(population) == "Population(3, LIF, name='cells')"
    assert repr(noise) == "PoissonPopulation(3, name='noise')"
    assert "Projection(noise[1:3]->cells[0:2]" in repr(projection)
    assert "receptor='inh', delay=1.5 ms" in repr(projection)
    assert repr(network) == "Network(2 populations, 1 projection, 0 monitors, dt=0.1 ms, seed=7, t=0 ms)"


def test_values_are_copies_that_refuse_to_be_written_to() -> None:
    drive = np.array([1.0, 2.0, 3.0])
    population = Population(3, LIF, v_in=drive)
    drive[0] = 9.0
    for name in ("v_in", "v"):
        with pytest.raises(ValueError, match="read-only"):
            population[name][1] = 9.0  # type: ignore[index]
    assert np.array_equal(population["v_in"], [1.0, 2.0, 3.0])
    assert np.array_equal(population["v"], [0.0, 0.0, 0.0])


def test_states_can_be_read_and_set_between_runs() -> None:
    population = Population(2, LIF)
    network = Network(population, dt=0.1)
    population["v"] = [0.25, 0.5]
    network.run(2)
    assert np.allclose(population["v"], np.array([0.25, 0.5]) * np.exp(-0.1))
    population["v"] = 0.75
    network.run(2)
    assert np.allclose(population["v"], 0.75 * np.exp(-0.1))
