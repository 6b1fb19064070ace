"""The post-synaptic filter: its shape, and the engine against convolution with that shape."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad

from neurosim.connectivity import Dense
from neurosim.errors import EquationError, ParameterError, UnitError
from neurosim.network import Network, Population, Projection, StateMonitor
from neurosim.neurons import LIF, HodgkinHuxley, NeuronModel
from neurosim.synapses import PSCFilter, Receptor

ORDERS = [0, 1, 2, 3, 4]

CLOCK = NeuronModel("dleft/dt = -1/ms : 1", threshold="left < 0", name="Clock")
"""Fires once, when nothing is left."""

READER = NeuronModel("dq/dt = I/ms : 1\nI : 1 (input)", name="Reader")
"""Shows its input and adds it up."""


def response(
    psc: Receptor,
    spike_times: list[float],
    weights: list[float],
    dt: float,
    duration: float,
    delay: float = 0.0,
    **values: object,
) -> tuple[np.ndarray, np.ndarray]:
    """Times and input of a neuron that gets spikes in the steps that begin at the given times."""
    sources = Population(len(spike_times), CLOCK, left=np.array(spike_times) + dt / 2)
    reader = Population(1, READER, receptors={"exc": psc}, integrator="exact", **values)
    projection = Projection(sources, reader, Dense(np.array(weights)[:, None]), delay=delay)
    trace = StateMonitor(reader, "I")
    Network(sources, reader, projection, trace, dt=dt, seed=0).run(duration)
    return trace.t, trace["I"][:, 0]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("tau", [0.5, 5.0])
def test_area_mean_and_variance(order: int, tau: float) -> None:
    h = PSCFilter(tau, order).impulse
    moments = [quad(lambda t, k=k: t**k * h(t), 0, 80 * tau, epsabs=1e-13, limit=400)[0] for k in range(3)]
    area, mean, square = moments
    assert area == pytest.approx(1.0, rel=1e-10)
    assert mean == pytest.approx((order + 1) * tau, rel=1e-10)
    assert square - mean**2 == pytest.approx((order + 1) * tau**2, rel=1e-9)


@pytest.mark.parametrize("order", ORDERS)
def test_peak_normalisation(order: int) -> None:
    psc = PSCFilter(4.0, order, normalize="peak")
    assert psc.impulse(order * 4.0) == pytest.approx(1.0, rel=1e-14)
    assert psc.impulse(np.linspace(0, 60, 6001)).max() <= 1 + 1e-14


@pytest.mark.parametrize("order", [0, 2])
def test_a_weight_is_the_peak_where_the_filter_is_normalised_so(order: int) -> None:
    t, current = response(PSCFilter(4.0, order, normalize="peak"), [0.0], [2.5], 0.5, 80)
    assert current.max() == pytest.approx(2.5, rel=1e-12)
    assert t[current.argmax()] == 0.5 + order * 4.0


def test_the_impulse_is_zero_before_the_spike_and_takes_units() -> None:
    psc = PSCFilter("5 ms", 1)
    np.testing.assert_array_equal(psc.impulse([-1.0, -1e-9]), [0, 0])
    assert psc.impulse("0.005 s") == pytest.approx(np.exp(-1) / 5)
    assert PSCFilter("5 ms").impulse(0.0) == 0.2
    assert psc.impulse(np.ones((2, 3))).shape == (2, 3)


@pytest.mark.parametrize(("order", "normalize"), [*((n, "area") for n in ORDERS), (2, "peak")])
def test_the_engine_convolves_spikes_with_the_filter(order: int, normalize: str) -> None:
    """A spike of step k is there at the beginning of step k + 1."""
    psc = PSCFilter(3.0, order, normalize=normalize, gain=0.7)
    times = [0.3, 2.1, 2.1, 2.2, 14.0, 14.1, 30.0]
    weights = [1.0, -0.5, 2.0, 0.25, -3.0, 1.0, 0.8]
    dt = 0.1
    t, current = response(psc, times, weights, dt, 60)
    train = np.zeros(t.size)
    np.add.at(train, np.rint(np.array(times) / dt).astype(int) + 1, weights)
    expected = np.convolve(train, psc.impulse(t))[: t.size]
    np.testing.assert_allclose(current, expected, rtol=0, atol=1e-12 * np.abs(expected).max())
    assert np.abs(expected).max() > 0.01


@pytest.mark.parametrize("order", ORDERS)
def test_the_whole_charge_of_a_weight_arrives(order: int) -> None:
    sources = Population(1, CLOCK, left=0.05)
    reader = Population(1, READER, receptors={"exc": PSCFilter(2.0, order, gain=1.5)})
    Network(sources, reader, Projection(sources, reader, Dense([[4.0]])), dt=0.1, seed=0).run(200)
    assert reader["q"][0] == pytest.approx(4.0 * 1.5, rel=1e-12)


@pytest.mark.parametrize("order", [0, 2])
def test_the_response_is_linear(order: int) -> None:
    psc = PSCFilter(3.0, order)
    _, a = response(psc, [1.0, 7.0], [1.0, 0.0], 0.1, 30)
    _, b = response(psc, [1.0, 7.0], [0.0, 1.0], 0.1, 30)
    _, both = response(psc, [1.0, 7.0], [2.0, -3.0], 0.1, 30)
    np.testing.assert_allclose(both, 2 * a - 3 * b, rtol=0, atol=1e-15)


@pytest.mark.parametrize("order", [0, 2])
def test_the_response_does_not_depend_on_when(order: int) -> None:
    psc = PSCFilter(3.0, order)
    _, early = response(psc, [1.0], [1.0], 0.1, 30)
    _, late = response(psc, [8.0], [1.0], 0.1, 37)
    _, delayed = response(psc, [1.0], [1.0], 0.1, 37, delay=7.0)
    np.testing.assert_allclose(late[70:], early, rtol=1e-13)
    np.testing.assert_array_equal(delayed, late)


@pytest.mark.parametrize("order", ORDERS)
def test_time_steps_agree_where_they_meet(order: int) -> None:
    """Arrivals at t = 1, 2 and 5, which is on every grid."""
    psc = PSCFilter(3.0, order)
    found = {}
    for dt in (1.0, 0.5, 0.2, 0.1):
        arrivals = [1.0 - dt, 2.0 - dt, 5.0 - dt]
        _, current = response(psc, arrivals, [1.0, 2.0, -1.0], dt, 40)
        found[dt] = current[:: round(1 / dt)]
    for dt in (0.5, 0.2, 0.1):
        np.testing.assert_allclose(found[dt], found[1.0], rtol=1e-11, atol=1e-15)


def test_time_constant_and_gain_may_differ_between_neurons() -> None:
    tau, gain = np.array([1.0, 2.0, 8.0]), np.array([1.0, -2.0, 0.5])
    for normalize in ("area", "peak"):
        sources = Population(1, CLOCK, left=0.05)
        reader = Population(
            3, READER, receptors={"exc": PSCFilter(5.0, 2, normalize=normalize)}, tau_exc=tau, gain_exc=gain
        )
        trace = StateMonitor(reader, "I")
        projection = Projection(sources, reader, Dense(np.ones((1, 3))))
        Network(sources, reader, projection, trace, dt=0.1, seed=0).run(20)
        for k in range(3):
            psc = PSCFilter(tau[k], 2, normalize=normalize, gain=gain[k])
            expected = psc.impulse(trace.t - 0.1)
            np.testing.assert_allclose(trace["I"][:, k], expected, rtol=1e-11, atol=1e-14)


def test_the_description() -> None:
    psc = PSCFilter("5 ms", np.int64(2), gain=3)
    assert (psc.tau, psc.order, psc.normalize, psc.gain) == (5.0, 2, "area", 3.0)
    assert repr(psc).startswith("PSCFilter(tau=5 ms, gain=3")
    cells = Population(1, LIF, receptors={"exc": psc, "inh": PSCFilter(7.0)})
    assert cells.system.states == ("v", "x0_exc", "x1_exc", "x2_exc", "x0_inh")
    assert cells["tau_exc"] == 5.0
    assert cells["tau_inh"] == 7.0


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"tau": 0.0}, ParameterError, r"PSCFilter\.tau = 0.0: must be one positive time"),
        ({"tau": -5.0}, ParameterError, "positive"),
        ({"tau": [1.0, 2.0]}, ParameterError, "one positive time"),
        ({"tau": float("nan")}, ParameterError, "finite"),
        ({"tau": "5 mV"}, UnitError, r"PSCFilter\.tau = '5 mV': has the unit mV, but must be in ms"),
        ({"order": -1}, ParameterError, r"PSCFilter\.order = -1: must be a whole number from 0 to 20"),
        ({"order": 1.5}, ParameterError, "whole number"),
        ({"order": True}, ParameterError, "whole number"),
        ({"order": 21}, ParameterError, "whole number"),
        ({"order": "2"}, ParameterError, "whole number"),
        ({"normalize": "max"}, ParameterError, r"PSCFilter\.normalize = 'max': must be 'area' or 'peak'"),
        ({"gain": np.inf}, ParameterError, "finite"),
        ({"gain": [1.0, 2.0]}, ParameterError, r"PSCFilter\.gain.*one number"),
        ({"gain": "2 mV"}, UnitError, "dimensionless"),
    ],
)
def test_bad_filters_are_refused(arguments: dict, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        PSCFilter(**({"tau": 5.0} | arguments))


# Receptors in general

PASSIVE = NeuronModel(
    "dv/dt = (g_L*(E_L - v) + I)/C : mV\nI : pA (input)",
    parameters={"g_L": "10 nS", "E_L": "-65 mV", "C": "100 pF"},
    initial={"v": "E_L"},
)


def test_a_conductance_drives_towards_its_reversal_potential() -> None:
    ampa = Receptor(
        "dg/dt = -g/tau : nS", output="g*(E - v)", jump={"g": "1*nS"}, parameters={"tau": "5 ms", "E": "0 mV"}
    )
    sources = Population(1, CLOCK, left=0.05)
    cells = Population(2, PASSIVE, receptors={"ampa": ampa}, integrator="rk4", E_ampa=[0.0, -90.0])
    trace = StateMonitor(cells, ["v", "g_ampa", "I"])
    projection = Projection(sources, cells, Dense([[6.0, 6.0]]))
    Network(sources, cells, projection, trace, dt=0.1, seed=0).run(20)
    g = 6.0 * np.exp(-(trace.t[1:] - 0.1) / 5)
    np.testing.assert_allclose(trace["g_ampa"][1:, 0], g, rtol=1e-12)
    np.testing.assert_allclose(
        trace["I"][1:], g[:, None] * (np.array([0.0, -90.0]) - trace["v"][1:]), rtol=1e-12
    )
    assert trace["v"][:, 0].max() > -57
    assert trace["v"][:, 1].min() < -68


def test_a_spike_may_jump_straight_into_the_membrane() -> None:
    delta = Receptor("unused = 0*pA : pA", output="unused", jump={"v": "1*mV"})
    sources = Population(1, CLOCK, left=0.05)
    cells = Population(1, PASSIVE, receptors={"delta": delta})
    trace = StateMonitor(cells, "v")
    network = Network(sources, cells, Projection(sources, cells, Dense([[3.0]])), trace, dt=0.1, seed=0)
    network.run(5)
    np.testing.assert_allclose(trace["v"][1:, 0], -65 + 3 * np.exp(-(trace.t[1:] - 0.1) / 10), rtol=1e-13)


@pytest.mark.parametrize(
    ("receptor", "charge"),
    [
        pytest.param(PSCFilter(2.0), 3.0, id="area: weights in nA ms"),
        pytest.param(PSCFilter(2.0, normalize="peak"), 3.0 * 2, id="peak: weights in nA"),
        pytest.param(Receptor("dg/dt = -g/(2*ms) : uS", output="g*mV", jump={"g": "1"}), 3.0 * 2, id="in uS"),
        pytest.param(
            Receptor("dg/dt = -g/(2*ms) : uS", output="g*mV", jump={"g": "1*nS"}), 3e-3 * 2, id="plain"
        ),
    ],
)
def test_weights_are_in_the_unit_of_what_they_add_to(receptor: Receptor, charge: float) -> None:
    """Also where that is not a unit of the coherent system, such as nA and uS."""
    model = NeuronModel("dq/dt = I/(nA*ms) : 1\nI : nA (input)")
    sources, cells = Population(1, CLOCK, left=0.05), Population(1, model, receptors={"exc": receptor})
    Network(sources, cells, Projection(sources, cells, Dense([[3.0]])), dt=0.1, seed=0).run(100)
    # A jump of a bare exponential of order 0 decays from its full height: charge = height*tau.
    assert cells["q"][0] == pytest.approx(charge, rel=1e-12)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"equations": "dg/dt = -g/tua : nS"}, "unknown name 'tua"),
        ({"equations": "dg/dt = -g : nS"}, "wrong dimension"),
        ({"output": "g"}, "wrong dimension"),
        ({"output": "g*(E - w)"}, "unknown name 'w'"),
        ({"jump": {"q": "1*nS"}}, "q"),
        ({"jump": {"g": "1*nS + nope"}}, "nope"),
        ({"jump": {"tau": "1*ms"}}, "must be a state"),
    ],
)
def test_a_receptor_that_does_not_fit_is_refused(changes: dict, message: str) -> None:
    given = {"equations": "dg/dt = -g/tau : nS", "output": "g*(E - v)", "jump": {"g": "1*nS"}} | changes
    receptor = Receptor(
        given["equations"],
        output=given["output"],
        jump=given["jump"],
        parameters={"tau": "5 ms", "E": "0 mV"},
    )
    with pytest.raises((EquationError, ParameterError), match=message):
        Population(1, PASSIVE, receptors={"ampa": receptor})


def test_a_filter_takes_the_unit_of_the_input_it_feeds() -> None:
    cells = Population(1, HodgkinHuxley, receptors={"exc": PSCFilter(5.0)}, x0_exc="3 uA/cm2")
    assert cells["x0_exc"][0] == 3.0
    with pytest.raises(UnitError, match="uA/cm2"):
        Population(1, HodgkinHuxley, receptors={"exc": PSCFilter(5.0)}, x0_exc="3 pA")
