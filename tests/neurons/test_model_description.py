"""What a model tells about itself, and copies of it."""

from __future__ import annotations

import doctest

import numpy as np
import pytest

import neurosim.neurons.model
import neurosim.synapses.receptor
from neurosim.equations.expression import evaluate
from neurosim.errors import EquationError, ParameterError, UnitError
from neurosim.neurons import LIF, HodgkinHuxley, LIFRate, NeuronModel, PerfectIntegrator
from neurosim.units import UNITS


@pytest.mark.parametrize(
    "module", [neurosim.neurons.model, neurosim.synapses.receptor], ids=lambda m: m.__name__
)
def test_the_examples_of_the_docstrings(module: object) -> None:
    results = doctest.testmod(module, raise_on_error=True)  # type: ignore[arg-type]
    assert results.attempted > 0


def test_repr_and_table() -> None:
    assert repr(LIF) == "LIF(v; tau_m=20 ms, tau_ref=2 ms)"
    assert repr(LIFRate) == "LIFRate(no states; tau_m=20 ms, tau_ref=2 ms, gamma=0.02)"
    assert LIF.table().splitlines() == [
        "parameter  default  unit  meaning",
        "tau_m      20       ms    membrane time constant",
        "tau_ref    2        ms    refractory time",
    ]
    assert len(HodgkinHuxley.table().splitlines()) == 9


def test_a_copy_has_its_own_parameters() -> None:
    fast = LIF.copy(name="Fast", tau_m="5 ms", tau_ref=1)
    assert fast.name == "Fast"
    assert (fast.parameters["tau_m"].value, fast.parameters["tau_ref"].value) == (5.0, 1.0)
    assert fast.parameters["tau_m"].meaning == "membrane time constant"
    assert LIF.parameters["tau_m"].value == 20.0
    assert fast.rate(2.0) == pytest.approx(1000 / (1 + 5 * np.log(2)))


@pytest.mark.parametrize(
    ("changed", "error", "message"),
    [
        ({"tau": 3}, ParameterError, r"LIF\.tau = 3: is not a parameter; there are tau_m, tau_ref"),
        ({"tau_m": "3 mV"}, UnitError, r"LIF\.tau_m = '3 mV': has the unit mV, but must be in ms"),
        ({"tau_m": [1, 2]}, ParameterError, "single number"),
        ({"tau_m": np.nan}, ParameterError, "finite"),
    ],
)
def test_a_copy_with_wrong_values_is_refused(changed: dict, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        LIF.copy(**changed)


def test_start_values_use_parameters_and_states_named_before() -> None:
    model = NeuronModel(
        "da/dt = -a/ms : mV\ndb/dt = -b/ms : 1\nc = 2*a/mV : 1\ndd/dt = -d/ms : 1",
        parameters={"k": 3.0},
        initial={"a": "k*mV", "b": "c + k"},
    )
    assert model.start(model.values()) == {"a": 3.0, "b": 9.0, "d": 0.0}
    assert model.start(model.values(k=1.0)) == {"a": 1.0, "b": 3.0, "d": 0.0}


def test_start_values_follow_the_states_that_are_given() -> None:
    model = NeuronModel(
        "da/dt = -a/ms : mV\ndb/dt = -b/ms : 1\nc = 2*a/mV : 1\ndd/dt = -d/ms : 1",
        parameters={"k": 3.0},
        initial={"a": "k*mV", "d": "b + 1", "b": "c + k"},
    )
    values = model.values()
    assert model.start(values) == {"a": 3.0, "b": 9.0, "d": 1.0}
    assert model.start(values, {"a": -1.0}) == {"a": -1.0, "b": 1.0, "d": 1.0}
    assert model.start(values, {"b": 5.0}) == {"a": 3.0, "b": 5.0, "d": 6.0}


def test_the_steady_state_is_where_nothing_moves() -> None:
    rest = HodgkinHuxley.steady_state(2.0)
    slopes = HodgkinHuxley.system.derivatives(HodgkinHuxley.values() | rest | {"I": 2.0})
    assert max(abs(s) for s in slopes.values()) < 1e-9
    assert rest["v"] > HodgkinHuxley.steady_state()["v"]
    assert LIF.steady_state("0.7") == {"v": pytest.approx(0.7)}
    assert LIFRate.steady_state(3.0) == {}


def test_steady_states_come_in_the_unit_of_the_state() -> None:
    model = NeuronModel("dv/dt = (I*Gohm - v)/(3*ms) : V\nI : nA (input)")
    assert model.steady_state(2.0) == {"v": pytest.approx(2.0)}
    assert model.steady_state("2000 pA") == {"v": pytest.approx(2.0)}


@pytest.mark.parametrize(
    ("model", "drive", "message"),
    [
        (PerfectIntegrator, 5.0, "no fixed point was found"),
        (LIF, [1.0, 2.0], "single number"),
        (LIF, np.nan, "finite"),
        (
            NeuronModel("dx/dt = -x/ms : 1", name="Alone"),
            1.0,
            "drive = 1.0: the model has no input",
        ),
    ],
)
def test_a_steady_state_that_cannot_be_found_raises(model: NeuronModel, drive: object, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        model.steady_state(drive)  # type: ignore[arg-type]


def test_rates_refuse_what_they_cannot_use() -> None:
    with pytest.raises(ParameterError, match=r"LIF\.v_in.*finite"):
        LIF.rate([1.0, np.nan])
    with pytest.raises(UnitError, match=r"HodgkinHuxley\.I = '3 nA': has the unit nA, but must be in uA/cm2"):
        HodgkinHuxley.rate("3 nA")
    silent = NeuronModel("dx/dt = (I - x)/ms : 1\nI : 1 (input)", name="Silent")
    with pytest.raises(ParameterError, match=r"Silent\.rate.*no threshold"):
        silent.rate(1.0)
    with pytest.raises(ParameterError, match=r"Alone\.input.*no input"):
        NeuronModel("dx/dt = -x/ms : 1", threshold="x > 1", name="Alone").rate(1.0)


def test_the_source_of_a_kernel_can_be_read() -> None:
    source = LIF.source()
    assert "by exact" in source
    assert "def advance(" in source
    assert "exprel" in HodgkinHuxley.source()
    assert "d__v__4" in HodgkinHuxley.source("rk4")


def decaying(**options: object) -> NeuronModel:
    return NeuronModel(
        "dv/dt = (E - v)/tau : mV (unless refractory)",
        parameters={"E": "-65 mV", "tau": "10 ms"},
        threshold="v > 0*mV",
        **({"refractory": "tau"} | options),
    )


@pytest.mark.parametrize("value", [-60, np.float64(-60.0), "-60 mV", "-0.06 V", "-60*mV", "E + 5*mV"])
def test_a_start_value_may_be_a_number_or_a_quantity(value: object) -> None:
    model = decaying(initial={"v": value})
    assert model.start(model.values())["v"] == pytest.approx(-60.0, rel=1e-15)
    assert model.copy().initial == model.initial


def test_a_start_value_that_is_no_number_is_refused() -> None:
    with pytest.raises(ParameterError, match=r"initial\.v = \[1, 2\]: must be a single number"):
        decaying(initial={"v": [1, 2]})
    with pytest.raises(EquationError, match="wrong dimension"):
        decaying(initial={"v": "5 ms"})


@pytest.mark.parametrize("text", ["2 ms", "0.002 s", "2*ms", "tau/5"])
def test_a_refractory_time_may_be_a_quantity(text: str) -> None:
    model = decaying(refractory=text)
    tree = model.system.quantity(model.refractory or "", UNITS["ms"])
    assert evaluate(tree, model.values()) == pytest.approx(2.0, rel=1e-15)


def test_a_sum_is_not_taken_for_a_quantity() -> None:
    with pytest.raises(EquationError, match="bad syntax"):
        decaying(refractory="2 ms + tau")


@pytest.mark.parametrize(("key", "value"), [("threshold", 1), ("reset", 0.0), ("refractory", 2), ("rate", 5)])
def test_numbers_in_place_of_text_are_refused(key, value):
    given = {"threshold": "v > 1", "reset": "v = 0"} | {key: value}
    with pytest.raises(ParameterError, match=f"Mine.{key} = {value}: must be text"):
        NeuronModel("dv/dt = -v/(10*ms) : 1 (unless refractory)", name="Mine", **given)
