"""What a checked system knows: kinds of names, order, linear structure, statements, values."""

from __future__ import annotations

import ast
import math

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from neurosim.equations import EquationSystem, Parameter
from neurosim.equations.expression import evaluate, expression, names_in, on_arrays, renamed
from neurosim.equations.linear_form import linear_states, remainder
from neurosim.equations.linearity import linear_names
from neurosim.equations.parameter import read_parameters
from neurosim.equations.symbolic import jacobian
from neurosim.errors import ParameterError
from neurosim.neurons import LIF, HodgkinHuxley
from neurosim.units import parse_unit

MS = parse_unit("ms")


def plain(text: str, *parameters: str) -> EquationSystem:
    return EquationSystem.parse(text, {p: parse_unit("1") for p in parameters})


def test_names_are_sorted_by_kind() -> None:
    system = EquationSystem.parse(
        """
        dv/dt = (drive - v)/tau : 1 (unless refractory)
        drive = 2*I + shift     : 1   # uses an input
        shift = base**2         : 1
        base = gain + 1         : 1
        I : 1 (input)
        dw/dt = -w/tau : 1
        """,
        {"tau": MS, "gain": parse_unit("1")},
    )
    assert system.states == ("v", "w")
    assert system.inputs == ("I",)
    assert system.derived == ("base", "shift")
    assert system.subexpressions == ("drive",)
    assert system.held == {"v"}


@given(
    st.permutations(
        ["a = 1 : 1", "b = a + x : 1", "c = a*b : 1", "d = b - c : 1", "e = d + a : 1", "dx/dt = e/T : 1"]
    )
)
def test_subexpressions_follow_what_they_use(lines: list[str]) -> None:
    system = EquationSystem.parse("\n".join(lines), {"T": MS})
    for position, name in enumerate(system.subexpressions):
        later = set(system.subexpressions[position:])
        assert not names_in(system.expressions[name]) & later
    # a = 1, x = 2: b = 3, c = 3, d = 0, e = 1
    assert system.derivatives({"T": 1.0, "x": 2.0})["x"] == 1.0


def test_units_in_the_text_become_numbers_in_coherent_units() -> None:
    system = EquationSystem.parse("dv/dt = (2*V - v)/(3*second) : mV", {})
    assert system.derivatives({"v": 500.0})["v"] == (2000.0 - 500.0) / 3000.0


def test_a_variable_hides_the_unit_of_its_name() -> None:
    system = EquationSystem.parse("dm/dt = -m/ms : 1", {})
    assert system.derivatives({"m": 3.0})["m"] == -3.0


def test_an_expression_may_run_over_lines() -> None:
    system = plain("x = (a +   # first\n     b*\n     2) : 1", "a", "b")
    assert system.with_derived({"a": 1.0, "b": 2.0})["x"] == 5.0


def test_powers_may_be_written_with_a_caret() -> None:
    assert plain("x = 2*a^3 : 1", "a").with_derived({"a": 2.0})["x"] == 16.0


@pytest.mark.parametrize("unit", ["1/(ms*mV)", "nS*(mV/ms)", "1/ms"])
def test_a_unit_may_hold_parentheses_and_flags_follow(unit: str) -> None:
    system = EquationSystem.parse(f"x : {unit} (input)", {})
    assert system.units["x"].dimension == parse_unit(unit).dimension


def test_the_normal_form_forgets_layout_and_nothing_else() -> None:
    text = "dx/dt = (a - x)/ms : 1"
    assert plain(text, "a").text == plain("  dx/dt = ( a-x ) / ms:1  # decay", "a").text
    different = [
        plain("dx/dt = (a - x)/s : 1", "a"),
        plain("dx/dt = (a + x)/ms : 1", "a"),
        plain(text, "a", "b"),
    ]
    different.append(EquationSystem.parse(text + " (unless refractory)", {"a": parse_unit("1")}))
    assert len({s.text for s in (plain(text, "a"), *different)}) == 5


def test_conditions_join_and_chain() -> None:
    system = plain("dv/dt = (a - v)/ms : 1\nw = v + a : 1", "a")
    condition = system.condition("0 < v < 1 and not (w > a or v == 3)")
    v = np.array([-2.0, -0.5, 0.5, 1.0])
    values = system.with_subexpressions({"v": v, "a": 1.0})
    expected = [0 < x < 1 and not (x + 1 > 1 or x == 3) for x in v]
    np.testing.assert_array_equal(evaluate(condition, values), expected)


def test_statements_are_read_in_order() -> None:
    system = plain("dv/dt = -v/ms : 1\ndu/dt = -u/ms : 1", "c", "d")
    statements = system.statements("v = c; u += d*2\n u *= 3; v -= 1\nu /= d + 1")
    values = {"v": 5.0, "u": 1.0, "c": 0.5, "d": 1.5}
    for name, value in statements:
        values[name] = evaluate(value, values)
    assert values["v"] == 0.5 - 1
    assert values["u"] == (1 + 3) * 3 / 2.5


def test_ancestors_go_through_subexpressions() -> None:
    node = HodgkinHuxley.system.expressions["I_Na"]
    assert HodgkinHuxley.system.ancestors(node) == {"g_Na", "m", "h", "v", "E_Na"}
    slope = HodgkinHuxley.system.expressions["m"]
    assert HodgkinHuxley.system.ancestors(slope) == {"alpha_m", "beta_m", "m", "phi", "v", "T"}


def test_states_that_others_follow_while_they_are_held() -> None:
    text = "dv/dt = (w - v)/ms : 1 (unless refractory)\nu = 2*v : 1\ndw/dt = -{}/ms : 1"
    assert plain(text.format("u")).paused == {"v"}
    assert plain(text.format("w")).paused == set()


def test_a_derived_parameter_that_is_not_finite_is_refused() -> None:
    system = plain("k = 1/a : 1\ndx/dt = -k*x/ms : 1", "a")
    assert system.with_derived({"a": 2.0})["k"] == 0.5
    with pytest.raises(ParameterError, match=r"k = \{'a': .*0.0.*infinite or not a number"):
        system.with_derived({"a": 0.0})
    with pytest.raises(ParameterError):
        system.with_derived({"a": np.array([1.0, 0.0])})


def test_arithmetic_is_that_of_floats() -> None:
    assert evaluate(expression("1/a"), {"a": 0.0}) == math.inf
    assert math.isnan(evaluate(expression("a**0.5"), {"a": -1.0}))
    assert evaluate(expression("1/a"), {"a": 2}) == 0.5


def test_parameters_may_be_written_in_several_ways() -> None:
    given = {
        "a": ("20 ms", "s", "time"),
        "b": "3.5 mV",
        "c": 2,
        "d": Parameter(1.0, "nS"),
        "e": (4, "pA"),
        "f": "7",
    }
    read = read_parameters(given, "M")
    assert read["a"] == Parameter(0.02, "s", "time")
    assert read["b"] == Parameter(3.5, "mV")
    assert read["c"] == Parameter(2.0, "1")
    assert read["d"] == Parameter(1.0, "nS")
    assert read["e"] == Parameter(4.0, "pA")
    assert read["f"] == Parameter(7.0, "1")
    assert all(type(p.value) is float for p in read.values())


def test_renaming_leaves_functions_and_the_original_alone() -> None:
    node = expression("exp(a) + a*exprel(b)")
    assert {"x", "b"} == names_in(renamed(node, {"a": "x", "exp": "y"})) - {"y"}
    assert names_in(node) == {"a", "b"}


def test_conditions_become_operators_on_arrays() -> None:
    assert (
        ast.unparse(on_arrays(expression("a < b < c and not d > 1"), ast.Not()))
        == "(a < b) & (b < c) & (not d > 1)"
    )


# Linear structure


def test_a_linear_neuron_is_linear_and_hodgkin_and_huxley_are_not() -> None:
    assert LIF.system.is_linear
    assert linear_states(LIF.system)[0] == ("v",)
    assert not HodgkinHuxley.system.is_linear
    assert linear_states(HodgkinHuxley.system) == ((), {})


@pytest.mark.parametrize(
    ("text", "linear"),
    [
        ("dx/dt = (I - x)/ms : 1\nI : 1 (input)", ("x",)),
        ("dx/dt = (I*I/(1 + I) - x)/ms : 1\nI : 1 (input)", ("x",)),
        ("dx/dt = I*x/ms : 1\nI : 1 (input)", ()),
        ("dx/dt = x/I/ms : 1\nI : 1 (input)", ()),
        ("dx/dt = -x*a**2/ms : 1", ("x",)),
        ("dx/dt = -x**2/ms : 1", ()),
        ("dx/dt = -x/y/ms : 1\ndy/dt = -y/ms : 1", ("y",)),
        ("dx/dt = (y - x)/ms : 1\ndy/dt = -y/ms : 1", ("x", "y")),
        ("dx/dt = (y - x)/ms : 1\ndy/dt = -y*y/ms : 1", ()),
        ("dx/dt = (s - x)/ms : 1\ns = 3*x + a : 1", ("x",)),
        ("dx/dt = (s - x)/ms : 1\ns = tanh(x) : 1", ()),
        ("dx/dt = (int(y > 0) - x)/ms : 1\ndy/dt = -y/ms : 1", ("y",)),
        ("dx/dt = where(x > 0, -x, -x)/ms : 1", ()),
        ("dx/dt = where(a > 0, -x, -x)/ms : 1", ()),
        ("dx/dt = -abs(x)/ms : 1", ()),
        ("dx/dt = (maximum(I, 0) - x)/ms : 1\nI : 1 (input)", ("x",)),
        ("dx/dt = y/ms : 1\ndy/dt = z/ms : 1\ndz/dt = exp(z)/ms : 1\ndw/dt = -w/ms : 1", ("w",)),
    ],
)
def test_the_linear_states(text: str, linear: tuple[str, ...]) -> None:
    system = plain(text, "a")
    assert linear_names(system) == linear_states(system)[0] == linear
    assert system.is_linear == (linear == system.states)


def test_the_matrix_and_what_is_left() -> None:
    system = plain(
        "dx/dt = (s - 2*x + 3*I)/ms : 1\ns = a*y + x - a : 1\ndy/dt = -y/ms : 1\nI : 1 (input)", "a"
    )
    states, matrix = linear_states(system)
    values = {"a": 5.0, "I": 2.0}
    assert {k: evaluate(f, values) for k, f in matrix.items()} == {
        ("x", "x"): -1,
        ("x", "y"): 5,
        ("y", "y"): -1,
    }
    left = remainder(system, "x", states)
    assert left is not None
    assert evaluate(left, values) == 3 * 2 - 5
    assert remainder(system, "y", states) is None


@pytest.mark.parametrize(
    ("right", "coefficient", "left"),
    [
        ("(E - x)/tau", "-1 / tau", "E / tau"),
        ("-(x - E)/tau", "-1 / tau", "E / tau"),
        ("g*(E - x)/tau", "-(g / tau)", "E * g / tau"),
        ("-g*(x - E)", "-g", "E * g"),
        ("I - (2*x - 3*x)", "1", "I"),
        ("x*-2 - -E", "-2", "E"),
        ("(x - x)*E + I", None, "I"),
        ("0*x + maximum(I, 0)", None, "maximum(I, 0)"),
        ("-(x/tau - tanh(I))", "-(1 / tau)", "tanh(I)"),
        ("-x", "-1", None),
    ],
)
def test_linear_formulas_come_apart_as_they_are_written(
    right: str, coefficient: str | None, left: str | None
) -> None:
    system = plain(f"dx/dt = ({right})/ms : 1\nI : 1 (input)", "E", "g", "tau")
    states, matrix = linear_states(system)
    assert states == ("x",)
    found = remainder(system, "x", states)
    assert (ast.unparse(matrix["x", "x"]) if matrix else None) == coefficient
    assert (ast.unparse(found) if found else None) == left


def expressions(names: list[str]) -> st.SearchStrategy[str]:
    leaves = st.sampled_from([*names, "a", "2", "0.5", "I"])
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
            inner.map(lambda e: f"tanh({e})"),
            inner.map(lambda e: f"(-{e})"),
            inner.map(lambda e: f"({e})/(a + 3)"),
        ),
        max_leaves=6,
    )


@settings(max_examples=60, deadline=None)
@given(st.tuples(expressions(["x", "y", "s"]), expressions(["x", "y"]), expressions(["x", "y"])))
@example(("s", "tanh(I)*a + y", "x"))
@example(("x*s", "a", "y"))
def test_linear_structure_agrees_with_the_values(texts: tuple[str, str, str]) -> None:
    """States said to be linear have the superposition the word promises, whatever the others do."""
    system = plain(
        f"dx/dt = ({texts[0]})/ms : 1\ns = {texts[1]} : 1\ndy/dt = ({texts[2]})/ms : 1\nI : 1 (input)", "a"
    )
    chosen, matrix = linear_states(system)
    assert chosen == linear_names(system)
    assert system.is_linear == (len(chosen) == 2)
    constants = system.with_derived({"a": 0.7, "I": -1.3})
    rng = np.random.default_rng(0)
    point = {s: rng.standard_normal(4) for s in system.states}
    origin = {s: point[s] if s not in chosen else np.zeros(4) for s in system.states}
    slopes = system.derivatives(constants | point)
    offsets = system.derivatives(constants | origin)
    for i in chosen:
        row = sum(evaluate(matrix[i, j], constants) * point[j] for j in chosen if (i, j) in matrix)
        np.testing.assert_allclose(slopes[i], row + offsets[i], rtol=1e-9, atol=1e-9)


@settings(max_examples=40, deadline=None)
@given(expressions(["x", "y"]))
def test_what_sympy_finds_linear_without_products_of_states_is_found(text: str) -> None:
    """Sums of states with parameters for coefficients are never missed."""
    assume("tanh" not in text and "*" not in text)
    system = plain(f"dx/dt = ({text})/ms : 1\ndy/dt = (x - y)/ms : 1\nI : 1 (input)", "a")
    constant = all(not names_in(f) & {"x", "y", "I"} for f in jacobian(system).values())
    assert system.is_linear == constant
