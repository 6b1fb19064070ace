"""Derivatives, LaTeX and the way to SymPy and back, for every model and every function of the language."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import neurosim.neurons
from neurosim.equations import EquationSystem
from neurosim.equations.expression import evaluate, expression
from neurosim.equations.functions import FUNCTIONS, dexprel, exprel
from neurosim.equations.latex import latex, symbol
from neurosim.equations.symbolic import jacobian, slope
from neurosim.equations.translation import from_sympy, to_sympy
from neurosim.errors import EquationError
from neurosim.neurons import HodgkinHuxley, NeuronModel, RateSource
from neurosim.units import parse_unit

EXPONENTIAL_LIF = NeuronModel(
    """
    dv/dt = (g_L*(E_L - v) + g_L*D*exp((v - V_T)/D) - w + I)/C : mV (unless refractory)
    dw/dt = (a*(v - E_L) - w)/tau_w : pA
    I : pA (input)
    """,
    parameters={
        "C": "281 pF",
        "g_L": "30 nS",
        "E_L": "-70.6 mV",
        "V_T": "-50.4 mV",
        "D": "2 mV",
        "tau_w": "144 ms",
        "a": "4 nS",
        "b": "80.5 pA",
        "t_ref": "2 ms",
    },
    threshold="v > -30*mV",
    reset="v = E_L; w += b",
    refractory="t_ref",
    initial={"v": "E_L"},
    name="ExponentialLIF",
)
MODELS = [m for m in vars(neurosim.neurons).values() if isinstance(m, NeuronModel)] + [EXPONENTIAL_LIF]


def some_values(model: NeuronModel, rng: np.random.Generator) -> dict[str, object]:
    """Parameters, and states near where the neuron spends its time."""
    system, values = model.system, model.values()
    values |= {i: rng.uniform(0.5, 3.0, 7) for i in system.inputs}
    for s in system.states:
        low, high = {"mV": (-80.0, -40.0), "pA": (0.0, 100.0)}.get(system.units[s].name, (0.05, 0.95))
        values[s] = rng.uniform(low, high, 7)
    return values


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.name)
def test_the_jacobian_equals_finite_differences(model: NeuronModel) -> None:
    system = model.system
    values = some_values(model, np.random.default_rng(1))
    known = system.with_subexpressions(values)
    entries = jacobian(system)
    for row in system.states:
        for column in system.states:
            h = 1e-5 * (1 + np.abs(np.asarray(values[column])))
            up, down = (system.derivatives(values | {column: values[column] + s * h})[row] for s in (1, -1))
            expected = (up - down) / (2 * h)
            found = evaluate(entries[row, column], known) if (row, column) in entries else 0.0
            np.testing.assert_allclose(found, expected, rtol=2e-7, atol=1e-7 * np.abs(expected).max())


@pytest.mark.parametrize("model", [m for m in MODELS if m.rate_formula], ids=lambda m: m.name)
def test_the_slope_of_a_closed_form_rate(model: NeuronModel) -> None:
    x = np.array([-2.0, 0.2, 0.9, 1.02, 1.1, 1.5, 3.0, 40.0])
    h = 1e-6
    expected = (model.rate(x + h) - model.rate(x - h)) / (2 * h)
    np.testing.assert_allclose(model.rate_derivative(x), expected, rtol=1e-6, atol=1e-6)


ONE_ARGUMENT = {
    "exp": (-3, 3), "expm1": (-3, 3), "log": (0.1, 5), "log1p": (-0.9, 5), "exprel": (-4, 4), "tanh": (-3, 3),
    "sin": (-3, 3), "cos": (-3, 3), "sqrt": (0.1, 5), "abs": (-3, 3), "floor": (-3, 3),
}  # fmt: skip
SELECTIONS = [
    "minimum(x, 0.3)",
    "maximum(x*x, x)",
    "clip(x, -0.5, 0.7)",
    "where(x > 0.1 and not x > 2, x*x, -x)",
    "x*int(x < 0.2)",
]


@pytest.mark.parametrize("name", ONE_ARGUMENT)
def test_the_derivative_of_each_function(name: str) -> None:
    check_slope(f"{name}(x)*2 + a", np.linspace(*ONE_ARGUMENT[name], 41) + 1e-3)


@pytest.mark.parametrize("text", SELECTIONS)
def test_the_derivative_of_each_selection(text: str) -> None:
    check_slope(text, np.linspace(-1, 2.9, 41) + 1.23e-4)


def check_slope(text: str, x: np.ndarray) -> None:
    system = EquationSystem.parse(f"dx/dt = ({text})/ms : 1", {"a": parse_unit("1")})
    node = system.expressions["x"]
    values = {"a": 2.0, "x": x}
    h = 1e-6
    expected = (evaluate(node, values | {"x": x + h}) - evaluate(node, values | {"x": x - h})) / (2 * h)
    found = evaluate(from_sympy(slope(system, node, "x")), values)
    np.testing.assert_allclose(np.broadcast_to(found, x.shape), expected, rtol=1e-7, atol=1e-8)


def test_every_function_of_the_language_is_covered() -> None:
    tested = {*ONE_ARGUMENT, *(text.split("(")[0].removeprefix("x*") for text in SELECTIONS)}
    assert set(FUNCTIONS) - tested == {"dexprel"}  # it has no derivative in the language: see below


def test_a_derivative_without_a_name_is_refused() -> None:
    system = EquationSystem.parse("dx/dt = dexprel(x)/ms : 1", {})
    with pytest.raises(EquationError, match="cannot be written as an equation"):
        jacobian(system)


def texts() -> st.SearchStrategy[str]:
    conditions = st.sampled_from(["a > b", "a == 1", "a != b", "not (a < b)", "0 < a <= 1", "a > 0 or b > 0"])
    return st.recursive(
        st.sampled_from(["a", "b", "2", "0.1", "1e-3", "3"]),
        lambda e: st.one_of(
            st.tuples(e, st.sampled_from(["+", "-", "*"]), e).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
            st.tuples(e, e).map(lambda t: f"({t[0]})/(2 + ({t[1]})**2)"),
            st.tuples(st.sampled_from(["tanh", "sin", "cos", "exprel", "abs"]), e).map(
                lambda t: f"{t[0]}({t[1]})"
            ),
            e.map(lambda t: f"sqrt(1 + ({t})**2)"),
            e.map(lambda t: f"log1p(({t})**2)"),
            e.map(lambda t: f"exp(-abs({t}))"),
            st.tuples(e, e).map(lambda t: f"minimum({t[0]}, maximum({t[1]}, -1))"),
            st.tuples(conditions, e, e).map(lambda t: f"where({t[0]}, {t[1]}, {t[2]})"),
            conditions.map(lambda c: f"int({c})"),
        ),
        max_leaves=5,
    )


@settings(max_examples=80, deadline=None)
@given(texts())
def test_there_and_back_an_expression_keeps_its_value(text: str) -> None:
    rng = np.random.default_rng(0)
    values = {"a": np.append(rng.uniform(-2, 2, 5), 1.0), "b": np.append(rng.uniform(-2, 2, 5), 1.0)}
    node = expression(text)
    again = from_sympy(to_sympy(node))
    shape = np.broadcast_to(evaluate(node, values), 6)
    np.testing.assert_allclose(np.broadcast_to(evaluate(again, values), 6), shape, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("text", ["exp(1)", "log(2)", "2**0.5", "sqrt(3)", "3**-2", "1/3", "exp(0)"])
def test_constants_survive_sympy(text: str) -> None:
    assert evaluate(from_sympy(to_sympy(expression(text))), {}) == pytest.approx(
        float(evaluate(expression(text), {})), rel=1e-15
    )


X = [
    0.0,
    1e-300,
    1e-20,
    -1e-17,
    1e-9,
    -1e-8,
    1e-5,
    0.049,
    -0.05,
    0.0501,
    0.3,
    -1.0,
    1.0,
    5.0,
    -40.0,
    300.0,
    -800.0,
]


@pytest.mark.parametrize("x", X)
def test_exprel_and_its_derivative(x: float) -> None:
    with mpmath.workdps(120):
        z = mpmath.mpf(x) if abs(x) > 1e-30 else mpmath.mpf("1e-30")
        expected = float(mpmath.expm1(z) / z)
        slope_expected = float((mpmath.exp(z) * (z - 1) + 1) / z**2)
    assert exprel(x) == pytest.approx(expected, rel=4e-16)
    assert dexprel(x) == pytest.approx(slope_expected, rel=2e-13)


def test_exprel_at_the_ends() -> None:
    np.testing.assert_array_equal(exprel(np.array([np.inf, -np.inf, 1000.0])), [np.inf, 0.0, np.inf])
    assert np.isnan(exprel(np.nan))
    assert np.isnan(dexprel(np.nan))


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.name)
def test_latex_has_every_equation(model: NeuronModel) -> None:
    text = model.latex()
    assert text == model._repr_latex_()
    assert text.startswith(latex(model.system).removesuffix("\n\\end{align*}"))
    assert text.startswith("\\begin{align*}")
    body = text.removeprefix("\\begin{align*}").removesuffix("\\end{align*}")
    equations = [e for e in model.system.equations if e.kind != "input"]
    assert body.count("&=") == len(equations)
    for e in equations:
        assert (
            rf"\frac{{d{symbol(e.name)}}}{{dt}} &=" if e.kind == "differential" else f"{symbol(e.name)} &="
        ) in body
    assert body.count("{") == body.count("}")


def test_latex_writes_names_as_the_field_does() -> None:
    assert symbol("tau_m") == r"\tau_{\mathrm{m}}"
    assert symbol("v") == "v"
    assert symbol("rate") == r"\mathrm{rate}"
    assert symbol("x0_exc_fast") == r"\mathrm{x0}_{\mathrm{exc,fast}}"
    assert r"\frac{e^{- \frac{v}{10} - 4} - 1}{- \frac{v}{10} - 4}" in HodgkinHuxley.latex()


def test_latex_is_typeset_by_matplotlib() -> None:
    mathtext = pytest.importorskip("matplotlib.mathtext")
    parser = mathtext.MathTextParser("path")
    for model in (HodgkinHuxley, EXPONENTIAL_LIF, RateSource):
        lines = model.latex().splitlines()[1:-1]
        assert all(lines)
        for line in lines:
            parser.parse("$" + line.removesuffix("\\\\").replace("&", "").strip() + "$")


def test_latex_shows_threshold_reset_and_refractory_time_below_the_equations() -> None:
    *equations, threshold, reset, refractory = EXPONENTIAL_LIF.latex().splitlines()[1:-1]
    assert len(equations) == 2
    assert threshold == r"\text{spike when}\quad & v > -30 \\"
    assert reset == r"\text{reset}\quad & v \leftarrow E_{\mathrm{L}},\; w \leftarrow b + w \\"
    assert refractory == r"\text{refractory for}\quad & t_{\mathrm{ref}},\; v \text{ held}"


def test_latex_of_a_model_without_equations_is_not_empty() -> None:
    begin, line, end = RateSource.latex().splitlines()
    assert (begin, end) == ("\\begin{align*}", "\\end{align*}")
    assert line == r"\text{output}\quad & \max\left(0, \mathrm{drive}\right)"
