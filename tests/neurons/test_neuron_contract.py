"""Every neuron model keeps the contract, and the contract can be broken."""

from __future__ import annotations

from typing import Any

import pytest

import neurosim.neurons
from neurosim.errors import NeurosimError
from neurosim.integrators import heun
from neurosim.network import Network, Population
from neurosim.network.variables import Variables
from neurosim.neurons import LIF, HodgkinHuxley, LeakyPotential, LeakyRate, NeuronModel
from neurosim.neurons.contract import NeuronContractError, check_neuron_model

EXPONENTIAL_LIF = NeuronModel(
    """
    dv/dt = (g_L*(E_L - v) + g_L*D*exp((v - V_T)/D) - w + I)/C : mV (unless refractory)
    dw/dt = (a*(v - E_L) - w)/tau_w : pA
    I : pA (input)
    """,
    parameters={
        **{"C": "281 pF", "g_L": "30 nS", "E_L": "-70.6 mV", "V_T": "-50.4 mV", "D": "2 mV"},
        **{"tau_w": "144 ms", "a": "4 nS", "b": "80.5 pA", "t_ref": "2 ms"},
    },
    threshold="v > -30*mV",
    reset="v = E_L; w += b",
    refractory="t_ref",
    initial={"v": "E_L"},
    name="ExponentialLIF",
    reference="10.1152/jn.00686.2005",
)
"""The model a user would add: Brette and Gerstner (2005)."""

DRIVES = {
    **{"LIF": 1.5, "HodgkinHuxley": 10.0, "PerfectIntegrator": 300.0, "ExponentialLIF": 900.0},
    **{"TraubMiles": 300.0, "WangBuzsaki": 2.0, "ConnorStevens": 15.0},
    **{"PospischilRS": 5.0, "PospischilFS": 5.0, "PospischilIB": 3.0, "PospischilLTS": 3.0},
}
TIME_STEPS = {"ConnorStevens": 0.005}
"""Where m, at the -100 mV that the check starts from, is too fast for 0.01 ms."""

RATE_UNITS = [LeakyRate("softplus"), LeakyRate(LIF), LeakyPotential("logistic")]
BUILT_IN = [m for m in vars(neurosim.neurons).values() if isinstance(m, NeuronModel)]


def test_the_built_in_models_are_found() -> None:
    assert {"LIF", "HodgkinHuxley"} <= {m.name for m in BUILT_IN}


@pytest.mark.parametrize("model", [*BUILT_IN, *RATE_UNITS, EXPONENTIAL_LIF], ids=lambda m: m.name)
def test_every_model_keeps_the_contract(model: NeuronModel) -> None:
    check_neuron_model(model, drive=DRIVES.get(model.name, 0.5), dt=TIME_STEPS.get(model.name, 0.01))


def broken(old: str, new: str) -> NeuronModel:
    assert old in HodgkinHuxley.equations
    return NeuronModel(
        HodgkinHuxley.equations.replace(old, new),
        parameters=HodgkinHuxley.parameters,
        threshold=HodgkinHuxley.threshold,
        initial=HodgkinHuxley.initial,
        name="Broken",
    )


def test_a_rate_that_is_zero_over_zero_breaks_it() -> None:
    naive = broken(
        "phi/exprel(-(v + 40*mV)/(10*mV))/ms", "0.1*phi*(v/mV + 40)/(1 - exp(-(v + 40*mV)/(10*mV)))/ms"
    )
    with pytest.raises(NeuronContractError, match="Broken: dm/dt is finite for every v"):
        check_neuron_model(naive)


def test_a_gate_that_leaves_its_range_breaks_it() -> None:
    with pytest.raises(NeuronContractError, match="h stays between 0 and 1 under exponential_euler"):
        check_neuron_model(broken("alpha_h*(1 - h)", "alpha_h*(2 - h)"))


def test_an_order_that_is_not_reached_breaks_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heun, "order", 3)
    with pytest.raises(NeuronContractError, match=r"heun has order 3 \(observed: 2\.0"):
        check_neuron_model(neurosim.neurons.LIF, drive=1.5)


NOISY = NeuronModel(
    "dv/dt = (I + cos(t/tau) - v)/tau + 0.2*sqrt(2/tau)*xi : 1\nI : 1 (input)",
    parameters={"tau": "10 ms"},
    threshold="v > 1",
    reset="v = 0",
    name="Noisy",
)


def test_models_with_time_and_noise_keep_it_too() -> None:
    check_neuron_model(NOISY, drive=1.5)


def test_noise_that_depends_on_the_threads_breaks_it(monkeypatch: pytest.MonkeyPatch) -> None:
    original = Network.__init__

    def by_threads(self: Network, *parts: object, threads: int | None = None, **options: Any) -> None:
        original(self, *parts, **{**options, "threads": threads, "seed": threads or 0})

    monkeypatch.setattr(Network, "__init__", by_threads)
    with pytest.raises(NeuronContractError, match="v is the same, bit for bit, on one thread and on two"):
        check_neuron_model(NOISY, drive=1.5)


def test_wrong_promises_of_the_engine_break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Variables, "_check_sign", lambda *arguments: None)
    with pytest.raises(NeuronContractError, match=r"tau_m = -1.0 is refused"):
        check_neuron_model(neurosim.neurons.LIF, drive=1.5)
    assert issubclass(NeuronContractError, NeurosimError)


def test_a_careless_setter_breaks_it(monkeypatch: pytest.MonkeyPatch) -> None:
    original = Population.__setitem__

    def careless(self: Population, key: str, value: object) -> None:
        if key == "v_in":
            self.variables.constants[key] = 7.0
        original(self, key, value)

    monkeypatch.setattr(Population, "__setitem__", careless)
    with pytest.raises(NeuronContractError, match="bad input leaves v_in as it was"):
        check_neuron_model(neurosim.neurons.LIF, drive=1.5)


def test_a_steady_state_that_moves_breaks_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(NeuronModel, "steady_state", lambda self, drive=0.0: {"v": 0.5})
    with pytest.raises(NeuronContractError, match="v stays at its steady state"):
        check_neuron_model(neurosim.neurons.LIF, drive=1.5)
