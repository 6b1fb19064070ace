"""Gates, channels and the neurons put together from them: the text they make, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest

from neurosim.errors import EquationError, NeurosimError, ParameterError, UnitError
from neurosim.network import Network, Population, StateMonitor
from neurosim.neurons import Channel, Gate, HodgkinHuxley, NeuronModel, point_neuron, q10
from neurosim.neurons.contract import check_neuron_model

HAND_WRITTEN = NeuronModel(
    """
    dv/dt = (I - I_Na - I_K - I_L)/C_m : mV
    dm/dt = alpha_m*(1 - m) - beta_m*m : 1
    dh/dt = alpha_h*(1 - h) - beta_h*h : 1
    dn/dt = alpha_n*(1 - n) - beta_n*n : 1

    I_Na = g_Na*m**3*h*(v - E_Na) : uA/cm2
    I_K  = g_K*n**4*(v - E_K)     : uA/cm2
    I_L  = g_L*(v - E_L)          : uA/cm2

    alpha_m = phi/exprel(-(v + 40*mV)/(10*mV))/ms      : 1/ms
    beta_m  = 4*phi*exp(-(v + 65*mV)/(18*mV))/ms       : 1/ms
    alpha_h = 0.07*phi*exp(-(v + 65*mV)/(20*mV))/ms    : 1/ms
    beta_h  = phi/(1 + exp(-(v + 35*mV)/(10*mV)))/ms   : 1/ms
    alpha_n = 0.1*phi/exprel(-(v + 55*mV)/(10*mV))/ms  : 1/ms
    beta_n  = 0.125*phi*exp(-(v + 65*mV)/(80*mV))/ms   : 1/ms

    phi = 3**((T - 6.3*celsius)/(10*celsius)) : 1
    I : uA/cm2 (input)
    """,
    parameters={
        **{"g_Na": "120 mS/cm2", "g_K": "36 mS/cm2", "g_L": "0.3 mS/cm2"},
        **{"E_Na": "50 mV", "E_K": "-77 mV", "E_L": "-54.387 mV", "C_m": "1 uF/cm2", "T": "6.3 celsius"},
    },
    threshold="v > 0*mV",
    initial={
        "v": "-65*mV",
        **{g: f"alpha_{g}/(alpha_{g} + beta_{g})" for g in "mhn"},
    },
)


def trajectory(model: NeuronModel, integrator: str, **values: float) -> np.ndarray:
    cells = Population(2, model, integrator=integrator, I=[3.0, 12.0], **values)
    trace = StateMonitor(cells, list(model.system.states))
    Network(cells, trace, dt=0.01, seed=0).run(30)
    return np.stack([trace[s] for s in ("v", "m", "h", "n")])


@pytest.mark.parametrize("integrator", ["exponential_euler", "rk4"])
def test_the_composed_axon_equals_the_hand_written_one(integrator: str) -> None:
    composed = trajectory(HodgkinHuxley, integrator, T=8.0)
    by_hand = trajectory(HAND_WRITTEN, integrator, T=8.0)
    assert composed[0].max() > 30
    np.testing.assert_allclose(composed, by_hand, rtol=0, atol=1e-10)


def test_the_composed_text_is_accepted_back() -> None:
    again = NeuronModel(
        HodgkinHuxley.equations,
        parameters=HodgkinHuxley.parameters,
        threshold=HodgkinHuxley.threshold,
        initial=HodgkinHuxley.initial,
        name="HodgkinHuxley",
    )
    assert again.system.text == HodgkinHuxley.system.text
    assert repr(again) == repr(HodgkinHuxley)
    assert HodgkinHuxley.system.states == ("v", "m", "h", "n")
    assert list(HodgkinHuxley.parameters) == ["g_Na", "g_K", "g_L", "E_Na", "E_K", "E_L", "C_m", "T"]


# A neuron in which every kind of gate occurs.

GATES = {
    "rates": Gate("a", 2, alpha="0.2*exp((v + 50*mV)/(20*mV))/ms", beta="0.1/ms"),
    "factor": Gate("b", alpha="0.2/ms", beta="0.1/ms", phi="2"),
    "times": Gate("c", steady_state="1/(1 + exp(-(v + 40*mV)/(5*mV)))", time_constant="10*ms", phi="phi"),
    "instant": Gate("d", 3, steady_state="1/(1 + exp(-(v + 30*mV)/(5*mV)))", instantaneous=True),
    "instant rates": Gate("e", alpha="0.3/ms", beta="0.1*exp(-v/(30*mV))/ms", instantaneous=True),
}

EVERY_KIND = point_neuron(
    [
        Channel("X", "0.4 mS/cm2", "-80 mV", [GATES["rates"], GATES["times"]]),
        Channel("Y", "g_0*2", "E_X + 40*mV", [GATES["factor"]], parameters={"g_0": "0.1 mS/cm2"}),
        Channel("Z", "0.2 mS/cm2", "E_X", GATES["instant"]),
        Channel("W", "g_Y*s", "E_X", GATES["instant rates"], equations="s = 0.5 : 1\ng_Y = g_0 : mS/cm2"),
        Channel("L", (0.05, "mS/cm2", "leak conductance"), (-60.0, "mV")),
    ],
    C_m=(1.5, "uF/cm2"),
    equations=f"phi = {q10(2.5, 20)} : 1",
    parameters={"T": "30 celsius"},
    initial={"v": "-55*mV"},
    threshold="v > -20*mV",
)


def test_the_equations_of_every_kind_of_gate() -> None:
    v = np.linspace(-90, 40, 27)
    state = {"a": 0.2, "b": 0.3, "c": 0.4}
    found = EVERY_KIND.system.derivatives(EVERY_KIND.values() | state | {"v": v, "I": 1.0})
    d = 1 / (1 + np.exp(-(v + 30) / 5))
    e = 0.3 / (0.3 + 0.1 * np.exp(-v / 30))
    current = 0.4 * 0.2**2 * 0.4 * (v + 80) + 0.2 * 0.3 * (v + 40) + 0.2 * d**3 * (v + 80)
    current += 0.1 * 0.5 * e * (v + 80) + 0.05 * (v + 60)
    np.testing.assert_allclose(found["v"], (1 - current) / 1.5, rtol=1e-13)
    np.testing.assert_allclose(found["a"], 0.2 * np.exp((v + 50) / 20) * 0.8 - 0.1 * 0.2, rtol=1e-13)
    np.testing.assert_allclose(found["b"], 2 * (0.2 * 0.7 - 0.1 * 0.3), rtol=1e-13)
    np.testing.assert_allclose(found["c"], 2.5 * (1 / (1 + np.exp(-(v + 40) / 5)) - 0.4) / 10, rtol=1e-12)


def test_gates_start_at_their_steady_state() -> None:
    start = EVERY_KIND.start(EVERY_KIND.values())
    assert start["v"] == -55.0
    derivatives = EVERY_KIND.system.derivatives(EVERY_KIND.values() | start | {"I": 0.0})
    assert start["c"] == pytest.approx(1 / (1 + np.exp(3)))
    assert [float(derivatives[g]) for g in "abc"] == pytest.approx([0, 0, 0], abs=1e-16)


def test_parameters_carry_unit_and_meaning() -> None:
    parameters = EVERY_KIND.parameters
    assert (parameters["g_X"].value, parameters["g_X"].unit) == (0.4, "mS/cm2")
    assert parameters["g_X"].meaning == "maximal conductance of X"
    assert parameters["E_L"].meaning == "reversal potential of L"
    assert parameters["g_L"].meaning == "leak conductance"
    assert parameters["C_m"].meaning == "membrane capacitance"
    assert "E_Y" not in parameters
    assert "g_Y" not in parameters


def test_a_neuron_with_every_kind_of_gate_keeps_the_contract() -> None:
    check_neuron_model(EVERY_KIND, drive=2.0)


def test_currents_of_a_whole_cell_are_the_same_as_per_area() -> None:
    """1 uF/cm2 on 20000 um2 is 200 pF; 1 uA/cm2 is 200 pA."""
    gate = Gate("n", 4, alpha="0.1/exprel(-(v + 55*mV)/(10*mV))/ms", beta="0.125/ms")
    area = point_neuron([Channel("K", "3.6 mS/cm2", "-77 mV", [gate])], C_m="1 uF/cm2")
    cell = point_neuron([Channel("K", "720 nS", "-77 mV", [gate])], C_m="0.2 nF")
    assert cell.system.units["I"].name == "pA"
    states = {"v": -50.0, "n": 0.4}
    per_area = area.system.derivatives(area.values() | states | {"I": 2.0})
    whole = cell.system.derivatives(cell.values() | states | {"I": 400.0})
    assert whole["v"] == pytest.approx(per_area["v"], rel=1e-13)


def test_rates_follow_the_temperature() -> None:
    cold, warm = (EVERY_KIND.copy(T=T) for T in (20.0, 30.0))
    states = {"v": -50.0, "a": 0.1, "b": 0.2, "c": 0.3, "I": 0.0}
    slow, fast = (m.system.derivatives(m.values() | states) for m in (cold, warm))
    assert fast["c"] == pytest.approx(2.5 * slow["c"], rel=1e-12)
    assert fast["a"] == slow["a"]


@pytest.mark.parametrize(
    ("text", "value"),
    [(q10(3, "6.3 celsius"), 3.0), (q10(2.3, 36), 2.3**-1.97), (q10(2, -4.0), 2**2.03)],
)
def test_q10_is_the_factor_for_ten_degrees(text: str, value: float) -> None:
    model = NeuronModel(f"dx/dt = {text}/ms : 1", parameters={"T": "16.3 celsius"})
    assert model.system.derivatives(model.values() | {"x": 0.0})["x"] == pytest.approx(value, rel=1e-12)


# What is refused

STEADY = {"steady_state": "0.5", "time_constant": "1*ms"}


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Gate("m"), r"Gate m = \[\]: needs alpha and beta, or steady_state and time_constant"),
        (lambda: Gate("m", alpha="1/ms"), r"Gate m = \['alpha'\]: needs"),
        (lambda: Gate("m", alpha="1/ms", beta="1/ms", **STEADY), "Gate m"),
        (lambda: Gate("m", steady_state="0.5"), "instantaneous=True"),
        (lambda: Gate("m", instantaneous=True, **STEADY), "needs alpha and beta, or steady_state"),
        (lambda: Gate("m", steady_state="0.5", instantaneous=True, phi="2"), "Gate m.phi"),
        (lambda: Gate("exp", **STEADY), "Gate.name = 'exp': is reserved"),
        (lambda: Gate("m", 0, **STEADY), "Gate m.power = 0: must be a positive whole number"),
        (lambda: Gate("m", 1.5, **STEADY), "Gate m.power = 1.5"),
        (lambda: Gate("m", alpha=1.0, beta="1/ms"), "Gate m.alpha = 1.0: must be text"),
        (lambda: Channel("K", 36.0, "-77 mV"), r"Channel K.g_max = 36.0: must have a unit.*'36.0 mS/cm2'"),
        (lambda: Channel("K", "36", "-77 mV"), "Channel K.g_max = '36': must have a unit"),
        (lambda: Channel("K", "-36 mS/cm2", "-77 mV"), r"Channel K.g_max = -36.0: must not be negative"),
        (lambda: Channel("K", "36 mS/cm2", -77), r"Channel K.reversal = -77: must have a unit.*'-77 mV'"),
        (lambda: Channel("K", (np.nan, "mS/cm2"), "-77 mV"), "must be finite"),
        (lambda: Channel("K", "36 mS/cm2", "-77 mV", [3]), "Channel K.gates = 3: must be Gates"),
        (lambda: Channel("K 1", "36 mS/cm2", "-77 mV"), "Channel.name = 'K 1'"),
        (lambda: q10(-3, 20), "q10.factor = -3: must be a positive number"),
    ],
)
def test_bad_parts_are_refused(make: object, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        make()  # type: ignore[operator]


def test_an_unknown_unit_is_named() -> None:
    with pytest.raises(UnitError, match="unknown unit 'mz'"):
        Channel("K", "36 mz/cm2", "-77 mV")


LEAK = Channel("L", "0.3 mS/cm2", "-54 mV")


def with_gate(**texts: str) -> NeuronModel:
    return point_neuron([Channel("K", "36 mS/cm2", "-77 mV", [Gate("n", **texts)])], C_m="1 uF/cm2")


@pytest.mark.parametrize(
    ("make", "kind", "message"),
    [
        (lambda: point_neuron([LEAK], C_m="1 mS"), UnitError, "C_m = 1 mS: must be a capacitance"),
        (lambda: point_neuron([LEAK], C_m=1.0), UnitError, "C_m = 1 1: must be a capacitance"),
        (
            lambda: point_neuron([LEAK], C_m="200 pF"),
            UnitError,
            "Channel L.g_max = 0.3 mS/cm2: has the unit mS/cm2, but must be in nS, because C_m is in pF",
        ),
        (
            lambda: point_neuron([Channel("L", "1 nS", "5 ms")], C_m="2 pF"),
            UnitError,
            "Channel L.reversal = 5 ms: has the unit ms, but must be in mV",
        ),
        (lambda: point_neuron([LEAK, LEAK], C_m="1 uF/cm2"), ParameterError, "channels = 'L'"),
        (
            lambda: point_neuron(
                [Channel(x, "1 nS", "0 mV", [Gate("m", **STEADY)]) for x in ("A", "B")], C_m="1 pF"
            ),
            ParameterError,
            "gates = 'm': is the name of two of them",
        ),
        (
            lambda: point_neuron([LEAK], C_m="1 uF/cm2", parameters={"E_L": "-60 mV"}),
            ParameterError,
            "parameters = 'E_L': is given two values",
        ),
        (lambda: point_neuron(["Na"], C_m="1 pF"), ParameterError, "channels = 'Na': must be Channels"),
        (lambda: with_gate(alpha="0.1", beta="1/ms"), EquationError, r"wrong dimension.*\n.*alpha_n = 0.1"),
        (
            lambda: with_gate(steady_state="1 + w", time_constant="1*ms"),
            EquationError,
            r"'w'.*\n.*n_inf = 1 \+ w",
        ),
        (
            lambda: with_gate(alpha="(1/ms", beta="1/ms"),
            EquationError,
            r"never closed\n.*alpha_n = \(1/ms",
        ),
    ],
)
def test_what_does_not_fit_together_is_refused(make: object, kind: type[NeurosimError], message: str) -> None:
    with pytest.raises(kind, match=message):
        make()  # type: ignore[operator]
