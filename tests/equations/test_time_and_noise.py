"""The time `t` and the noise `xi` in the text of a model."""

from __future__ import annotations

import ast

import numpy as np
import pytest

from neurosim.connectivity import Dense
from neurosim.equations.expression import evaluate
from neurosim.errors import EquationError, ParameterError
from neurosim.integrators import plan_step
from neurosim.network import Network, Population, Projection, StateMonitor
from neurosim.neurons import NeuronModel
from neurosim.synapses import Receptor
from neurosim.units import parse_unit

PARAMETERS = {"tau": "10 ms", "s": "2 ms**0.5", "sigma": "3"}


def model(text: str, **given: object) -> NeuronModel:
    return NeuronModel(text, parameters=PARAMETERS, name="Noisy", **given)  # type: ignore[arg-type]


def value(node: ast.expr) -> float:
    return float(evaluate(node, {"tau": 10.0, "s": 2.0, "sigma": 3.0, "x": 5.0, "y": 7.0}))


def test_drift_and_coefficients_are_told_apart() -> None:
    system = model(
        """
        dx/dt = -(x - s*eta)/tau + sigma*sqrt(2/tau)*xi - xi_b/s - (2*xi - xi_b)*x/s : 1
        dy/dt = eta/s : 1
        eta = 4*ms**-0.5 - 3*xi : ms**-0.5
        """
    ).system
    assert system.noises == ("xi", "xi_b")
    assert value(system.expressions["eta"]) == 4.0
    noise = system.noise["x"]
    assert value(noise["xi"]) == pytest.approx(-2 * 3 / 10 + 3 * np.sqrt(0.2) - 2 * 5 / 2)
    assert value(noise["xi_b"]) == pytest.approx(-1 / 2 + 5 / 2)
    assert value(system.noise["y"]["xi"]) == -1.5
    slopes = system.derivatives({"tau": 10.0, "s": 2.0, "sigma": 3.0, "x": 5.0, "y": 0.0})
    assert slopes["x"] == pytest.approx(-(5 - 2 * 4) / 10)
    assert not system.is_linear


@pytest.mark.parametrize(
    ("text", "fault", "under"),
    [
        ("dx/dt = -x/tau + sqrt(xi*xi)/tau**0.5 : 1", "inside a function", "sqrt(xi*xi)"),
        ("dx/dt = -x/tau + xi**2 : 1", "inside a function, a power", "xi**2"),
        ("dx/dt = -x/tau + x*xi*xi : 1", "multiplied by noise", "x*xi*xi"),
        ("dx/dt = -x/tau + xi*xi_2 : 1", "multiplied by noise", "xi*xi_2"),
        ("dx/dt = x/xi/ms**1.5 : 1", "in a divisor", "xi/ms"),
        ("dx/dt = int(xi > 0*ms**-0.5)/tau : 1", "condition", "int(xi"),
        ("dx/dt = -x/tau : 1\nq = 2 + s*xi : 1\nr = q*q : 1", "multiplied by noise", "q*q"),
        ("dx/dt = -x/tau + xi : 1", "wrong dimension: adds 1/ms with ms", "xi : 1"),
        ("dxi/dt = -1/tau : 1", "reserved for white noise", " -1/tau"),
        ("dt/dt = 1 : ms", "is reserved", " 1 : ms"),
    ],
)
def test_noise_elsewhere_is_shown_with_a_caret(text: str, fault: str, under: str) -> None:
    with pytest.raises(EquationError) as caught:
        model(text)
    message, line, caret = str(caught.value).rsplit("\n", 2)
    assert fault in message
    assert line[caret.index("^") :].startswith(under)


def test_a_parameter_cannot_be_noise() -> None:
    with pytest.raises(ParameterError, match="reserved for white noise"):
        NeuronModel("dx/dt = -x/ms : 1", parameters={"xi_v": 2})


@pytest.mark.parametrize(
    "given",
    [
        {"threshold": "q > 1"},
        {"threshold": "x > s*xi"},
        {"threshold": "x > 1", "reset": "x = r"},
        {"initial": {"x": "q"}},
        {"output": "q/tau"},
        {"threshold": "x > 1", "refractory": "q*ms"},
    ],
)
def test_noise_has_no_value_at_a_moment(given: dict[str, object]) -> None:
    text = "dx/dt = (q - x)/tau : 1\nq = s*xi : 1\nr = 2*q : 1"
    with pytest.raises(EquationError, match="holds noise, which can only stand in differential equations"):
        model(text, **given)
    cells = Population(2, model(text))
    with pytest.raises(ParameterError, match="holds noise"):
        cells["r"]
    with pytest.raises(ParameterError, match="Record a state that it drives"):
        StateMonitor(cells, ["x", "q"])
    with pytest.raises(ParameterError, match="'q' holds noise"):
        Population(
            2, model(text + "\nI : 1 (input)"), receptors={"e": Receptor("", output="0", jump={"x": "q"})}
        )


def test_an_integrator_without_noise_names_those_with() -> None:
    text = "dx/dt = -x/tau + xi/tau**0.5 : 1"
    for integrator in ("exact", "euler", "rk2", "rk4"):
        with pytest.raises(ParameterError, match=rf"'{integrator}'.*noise \(xi\).*'euler_maruyama'"):
            Population(1, model(text), integrator=integrator)
        with pytest.raises(ParameterError, match="exponential_euler"):
            model(text, integrator=integrator)
        with pytest.raises(ParameterError, match="heun"):
            plan_step(model(text).system, integrator)
    assert Population(1, model(text)).integrator == "exponential_euler"
    assert Population(1, model(text, integrator="milstein")).integrator == "milstein"


def test_milstein_needs_noise_of_its_own() -> None:
    crossed = "dx/dt = y*xi_a/s : 1\ndy/dt = xi_b/s : 1"
    with pytest.raises(EquationError, match="coefficient of xi_a in dx/dt depends on y, which xi_b drives"):
        plan_step(model(crossed).system, "milstein")
    shared = crossed.replace("xi_b", "xi_a")
    assert "gg__x__xi_a" in dict(plan_step(model(shared).system, "milstein").assignments)


def test_half_powers_of_units() -> None:
    unit = parse_unit("mV/ms**(1/2)")
    assert unit.dimension == parse_unit("mV*ms**-0.5").dimension
    assert parse_unit("second**-0.5").scale == pytest.approx(1000**-0.5)
    assert NeuronModel("dv/dt = -s*s*v/mV**2 : 1", parameters={"s": (2.0, "mV*second**-0.5")})
    with pytest.raises(EquationError, match=r"right-hand side is in ms\^-0.5\*mV"):
        NeuronModel("dv/dt = s : mV", parameters={"s": "1 mV*ms**-0.5"})


def test_latex_table_and_steady_state_of_a_model_with_time_and_noise() -> None:
    noisy = model("dx/dt = (cos(t/tau) - x)/tau + sigma*sqrt(2/tau)*xi_a : 1\nI : 1 (input)")
    assert r"\xi_{\mathrm{a}}" in noisy.latex()
    assert noisy.steady_state() == {"x": pytest.approx(1.0)}  # at t = 0, without noise
    assert "sigma" in noisy.table()
    assert "normal__xi_a" in noisy.source()


def test_time_makes_no_difference_to_what_is_linear() -> None:
    assert model("dx/dt = (sin(t/tau) - x)/tau : 1").system.is_linear
    assert not model("dx/dt = -t*x/tau**2 : 1").system.is_linear
    refused = "must not depend on t"
    with pytest.raises(ParameterError, match=refused):
        model("dx/dt = -x/tau : 1", threshold="x > 1", refractory="t")


def test_the_time_of_subexpressions_monitors_thresholds_and_resets() -> None:
    ramp = NeuronModel(
        "dx/dt = 0/ms : 1\ndnext/dt = 0/ms : 1\nr = t/ms : 1",
        threshold="t >= next*ms",
        reset="x = t/ms; next += 3",
        initial={"next": "2"},
        name="Ramp",
    )
    cells = Population(1, ramp)
    trace = StateMonitor(cells, ["x", "r"], dt=0.5)
    network = Network(cells, trace, dt=0.1)
    network.run(4.0)
    network.run(3.0)
    assert cells["r"] == 70 * 0.1
    np.testing.assert_array_equal(trace["r"][:, 0], np.arange(0, 70, 5) * 0.1)
    assert sorted(set(trace["x"][:, 0])) == [0.0, 20 * 0.1, 50 * 0.1]


def test_the_time_where_events_arrive_at_once() -> None:
    """Resets are then carried out by another function of the kernel."""
    clock = NeuronModel(
        "dx/dt = 0/ms : 1\nI : 1 (input)", threshold="t >= 0.5*ms", reset="x = t/ms", name="Clock"
    )
    receptor = Receptor("", output="0", jump={"x": "1*t/ms"})
    cells = Population(1, clock, receptors={"e": receptor})
    network = Network(cells, Projection(cells, cells, Dense(np.ones((1, 1))), delay=0), dt=0.1)
    network.run(0.8)
    assert cells["x"] == 7 * 0.1


def test_each_receptor_has_noise_of_its_own() -> None:
    noisy = Receptor(
        "dg/dt = -g/tau + sqrt(2/tau)*xi : 1", output="g", jump={"g": "1"}, parameters={"tau": "5 ms"}
    )
    cells = Population(
        4000, model("dx/dt = (I - x)/tau : 1\nI : 1 (input)"), receptors={"a": noisy, "b": noisy}
    )
    assert cells.system.noises == ("xi_a", "xi_b")
    Network(cells, dt=1.0, seed=3).run(50)
    correlation = np.corrcoef(cells["g_a"], cells["g_b"])[0, 1]
    assert abs(correlation) < 4 / np.sqrt(4000)
    assert np.var(cells["g_a"]) == pytest.approx(1, abs=4 * np.sqrt(2 / 4000))
