"""Mistakes in a model's text: each names what is wrong and puts the caret where it is."""

from __future__ import annotations

import re

import pytest

from neurosim.equations import EquationSystem
from neurosim.errors import EquationError, NeurosimError, ParameterError, UnitError
from neurosim.neurons import NeuronModel
from neurosim.units import parse_unit

UNITS_OF = {"tau": parse_unit("ms"), "g": parse_unit("nS"), "E": parse_unit("mV"), "C": parse_unit("pF")}


def place(error: EquationError) -> tuple[int, str]:
    """Number of the line an error shows, and what stands under and after the caret."""
    _, shown, caret = str(error).rsplit("\n", 2)
    match = re.match(r"  line (\d+): ", shown)
    assert match is not None
    column = caret.index("^")
    assert column >= match.end()
    return int(match[1]), shown[column:]


def error_of(text: str) -> EquationError:
    with pytest.raises(EquationError) as caught:
        EquationSystem.parse(text, UNITS_OF)
    assert isinstance(caught.value, NeurosimError)
    return caught.value


@pytest.mark.parametrize(
    ("text", "message", "line", "under"),
    [
        pytest.param(
            "dv/dt = -v/tua : mV", "unknown name 'tua'; did you mean tau", 1, "tua : mV", id="unknown name"
        ),
        pytest.param(
            "\n\ndv/dt = (E - v)/tau + q*E/tau : mV", "unknown name 'q'", 3, "q*E/tau : mV", id="third line"
        ),
        pytest.param(
            "dv/dt = v^2/v/tau^2*tau + w^2/tau : mV",
            "unknown name 'w'",
            1,
            "w^2/tau : mV",
            id="after powers",
        ),
        pytest.param(
            "dv/dt = (E +\n         w - v)/tau : mV",
            "unknown name 'w'",
            2,
            "w - v)/tau : mV",
            id="second of two",
        ),
        pytest.param(
            "dv/dt = (E +\n v^2*w)/tau : mV", "unknown name 'w'", 2, "w)/tau : mV", id="power, second of two"
        ),
        pytest.param(
            "dv/dt = b + a : mV", "unknown name 'b'", 1, "b + a : mV", id="the first of several unknown names"
        ),
        pytest.param(
            "dv/dt = (E - v)/tau : mV\nx = exp(v) : 1",
            r"dimensionless number.*mV",
            2,
            "v) : 1",
            id="exp of a voltage",
        ),
        pytest.param(
            "dv/dt = (E - v + g)/tau : mV",
            "adds mV with nS",
            1,
            "g)/tau : mV",
            id="sum of different dimensions",
        ),
        pytest.param(
            "dv/dt = E - v : mV",
            "right-hand side is in mV, but dv/dt is in mV/ms",
            1,
            "E - v : mV",
            id="rate",
        ),
        pytest.param(
            "x =   g*E : mV", "right-hand side is in pA, but x is in mV", 1, "g*E : mV", id="sub-expression"
        ),
        pytest.param(
            "x = where(E > tau, 1, 2) : 1", "compares mV with ms", 1, "tau, 1, 2) : 1", id="comparison"
        ),
        pytest.param(
            "x = where(E > 0*mV, E, g) : mV", "chooses between mV with nS", 1, "g) : mV", id="select"
        ),
        pytest.param(
            "x = maximum(E, tau) : mV", r"maximum\(\) mixes mV with ms", 1, "tau) : mV", id="maximum"
        ),
        pytest.param(
            "x = where(E, 1, 2) : 1",
            "number stands where a condition is wanted",
            1,
            "E, 1, 2) : 1",
            id="no condition",
        ),
        pytest.param(
            "x = 2*(E > 0*mV) : 1",
            "condition stands where a number is wanted",
            1,
            "E > 0*mV) : 1",
            id="no number",
        ),
        pytest.param("x = E > 0*mV : 1", "x is a condition", 1, "E > 0*mV : 1", id="condition as value"),
        pytest.param(
            "x = E**g : 1", "exponent must be dimensionless, this is in nS", 1, "g : 1", id="exponent"
        ),
        pytest.param(
            "x = E**(g/g) : mV", "only be raised to a plain number", 1, "g/g) : mV", id="variable power"
        ),
        pytest.param(
            "a = b : 1\nb = c : 1\nc = b : 1", "circular definition: b -> c -> b", 2, "c : 1", id="circular"
        ),
        pytest.param("a = a + 1 : 1", "circular definition: a -> a", 1, "a + 1 : 1", id="its own definition"),
        pytest.param("dv/dt = (E - v)/tau", "missing unit", 1, "", id="missing unit"),
        pytest.param("dv/dt = (E - v)/tau :", "missing unit", 1, "", id="colon without unit"),
        pytest.param(
            "dv/dt = (E - v)/tau : (unless refractory)", "missing unit", 1, "", id="flag without unit"
        ),
        pytest.param("x = 1 : mv", "unknown unit 'mv'.*did you mean mV", 1, "mv", id="unknown unit"),
        pytest.param(
            "x = (1 +\n 2) : uA/cmm2",
            "unknown unit 'cmm2'.*cm2",
            2,
            "uA/cmm2",
            id="unknown unit, second line",
        ),
        pytest.param("x = 1 + : 1", "bad syntax", 1, None, id="bad syntax"),
        pytest.param("x = : 1", "expression is missing", 1, None, id="empty"),
        pytest.param("x = 1 2 : 1", "bad syntax", 1, None, id="two numbers"),
        pytest.param("x = (1 +\n * 2) : 1", "bad syntax", 2, None, id="bad syntax, second line"),
        pytest.param("x = (1 + 2 : 1", "parenthesis is never closed", 1, "(1 + 2 : 1", id="unclosed"),
        pytest.param(
            "y = 1 : 1\nx = exp((1 + 2)\ndv/dt = -v/tau : mV",
            "never closed",
            2,
            "((1 + 2)",
            id="unclosed over lines",
        ),
        pytest.param("x = 1 + 2) : 1", "closed that was never opened", 1, ") : 1", id="unopened"),
        pytest.param(
            "x = 1) + (2 : 1", "closed that was never opened", 1, ") + (2 : 1", id="closed before opened"
        ),
        pytest.param("x = foo(1) : 1", "unknown function 'foo'", 1, "foo(1) : 1", id="unknown function"),
        pytest.param(
            "x = 2*exprl(1) : 1",
            "unknown function 'exprl'; did you mean exprel",
            1,
            "exprl(1) : 1",
            id="near function",
        ),
        pytest.param(
            "x = exp(1, 2) : 1",
            r"exp\(\) takes 1 argument\(s\) by position, got 2",
            1,
            "exp(1, 2) : 1",
            id="arguments",
        ),
        pytest.param(
            "x = clip(1, low=0, high=2) : 1", "takes 3", 1, "clip(1, low=0, high=2) : 1", id="keywords"
        ),
        pytest.param("x = 3 + 'a' : 1", "not a finite number", 1, "'a' : 1", id="text"),
        pytest.param("x = 3 + True : 1", "not a finite number", 1, "True : 1", id="truth value"),
        pytest.param("x = 3 + 1e999 : 1", "not a finite number", 1, "1e999 : 1", id="infinite"),
        pytest.param("x = 3/0 : 1", "division by zero", 1, "0 : 1", id="division by zero"),
        pytest.param("x = E.real : mV", "only arithmetic", 1, "E.real : mV", id="attribute"),
        pytest.param("x = 1 + E[0] : mV", "only arithmetic", 1, "E[0] : mV", id="index"),
        pytest.param("x = 1 if E else 2 : 1", "only arithmetic", 1, "1 if E else 2 : 1", id="if"),
        pytest.param("x = 1, 2 : 1", "only arithmetic", 1, None, id="tuple"),
        pytest.param("x = 7 % 2 : 1", "only arithmetic", 1, None, id="operator"),
        pytest.param("x = 1 : 1\n\nx = 2 : 1", "'x' is defined twice", 3, "x = 2 : 1", id="defined twice"),
        pytest.param("tau = 1*ms : ms", "both an equation and a parameter", 1, None, id="also a parameter"),
        pytest.param("exp = 1 : 1", "'exp' is reserved", 1, None, id="name of a function"),
        pytest.param("lambda = 1 : 1", "'lambda' is reserved", 1, None, id="name of a keyword"),
        pytest.param("dt = 1 : 1", "'dt' is reserved", 1, None, id="name of the time step"),
        pytest.param("_x = 1 : 1", "'_x' must be a letter", 1, None, id="underscore"),
        pytest.param("x__2 = 1 : 1", "two underscores", 1, None, id="two underscores"),
        pytest.param(
            "dv/dt = -v/tau : mV (unless refactory)",
            "unknown flag 'unless refactory'",
            1,
            "unless refactory)",
            id="flag",
        ),
        pytest.param(
            "dv/dt = -v/tau : mV (input, event)", "unknown flag 'event'", 1, "event)", id="second flag"
        ),
        pytest.param(
            "x = 1 : 1 (unless refractory)",
            "only a differential equation",
            1,
            "x = 1",
            id="held sub-expression",
        ),
        pytest.param(
            "x = 1 : 1 (input)", "an input has no right-hand side", 1, None, id="input with a value"
        ),
        pytest.param("x : 1", "has no right-hand side: write 'x : 1 \\(input\\)'", 1, "x : 1", id="no value"),
        pytest.param("dx/dt : 1", "dx/dt has no right-hand side", 1, "dx/dt : 1", id="no derivative"),
        pytest.param("x + 1 : 1", "expected 'dx/dt = expression : unit'", 1, "x + 1 : 1", id="no equation"),
    ],
)
def test_the_caret_stands_under_the_mistake(text: str, message: str, line: int, under: str | None) -> None:
    error = error_of(text)
    assert re.search(message, str(error)), str(error)
    number, rest = place(error)
    assert number == line
    if under is not None:
        assert rest.startswith(under) if under else rest == ""


def test_comments_and_blank_lines_do_not_shift_the_line() -> None:
    error = error_of("# a model\n\n dv/dt = -v/tau : mV # decay\n\n   y = nope : 1")
    assert place(error) == (5, "nope : 1")


def test_a_tab_does_not_shift_the_caret() -> None:
    assert place(error_of("\tx =\tnope : 1")) == (1, "nope : 1")


@pytest.mark.parametrize(
    ("argument", "text", "message", "under"),
    [
        ("threshold", "v > w", "unknown name 'w'", "w"),
        ("threshold", "v > tau", "compares mV with ms", "tau"),
        ("threshold", "v + E", "must be a condition", "v + E"),
        ("threshold", "v >", "bad syntax", None),
        ("reset", "v = E; v += g", "nS cannot be given to v in mV", "g"),
        ("reset", "v = E\nx = 3", "expected 'x = ...'", "x = 3"),
        ("reset", "v = E; tau = 3*ms", "expected", "tau = 3"),
        ("reset", "v == E", "expected", "v == E"),
        ("reset", "v **= 2", "expected", "v **= 2"),
        ("reset", "v *= E", "mV cannot be given", "E"),
        ("reset", "v = E + q", "unknown name 'q'", "q"),
        ("refractory", "E", "wanted is ms", "E"),
        ("rate", "E", "wanted is Hz", "E"),
        ("initial", {"v": "3*ms"}, "wanted is mV", "3*ms"),
    ],
)
def test_the_other_texts_of_a_model_have_carets_too(
    argument: str, text: object, message: str, under: str | None
) -> None:
    options = {"threshold": "v > E", argument: text}
    with pytest.raises(EquationError, match=re.escape(message)) as caught:
        NeuronModel(
            "dv/dt = (E - v)/tau : mV", parameters={"tau": "10 ms", "E": "-65 mV", "g": "1 nS"}, **options
        )
    if under is not None:
        assert place(caught.value)[1].startswith(under)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"equations": ""}, ParameterError, "M.equations"),
        ({"equations": None}, ParameterError, "M.equations"),
        ({"parameters": {"tau": "10 mss"}}, UnitError, "unknown unit 'mss'"),
        ({"parameters": {"tau": (10, "mV")}}, EquationError, "right-hand side is in mV\\^-1"),
        ({"parameters": {"tau": (float("nan"), "ms")}}, ParameterError, "M.tau = nan"),
        ({"parameters": {"tau": (True, "ms")}}, ParameterError, "M.tau = True"),
        ({"parameters": {"tau": ([1, 2], "ms")}}, ParameterError, "single number"),
        (
            {"parameters": {"tau": ("10 mV", "ms")}},
            UnitError,
            "M.tau = '10 mV': has the unit mV, but must be in ms",
        ),
        ({"parameters": {"tau": (10,)}}, ParameterError, "must be .value, unit."),
        ({"parameters": {"tau": (10, 3)}}, UnitError, "3 is not a unit"),
        (
            {"parameters": {"tau": "10 ms", "a b": 1}},
            ParameterError,
            "M.parameters = 'a b': must be a letter",
        ),
        ({"parameters": {"tau": "10 ms", "exp": 1}}, ParameterError, "'exp': is reserved"),
        ({"parameters": {"tau": "10 ms", "class": 1}}, ParameterError, "'class': is reserved"),
        ({"parameters": {"tau": "10 ms", "x__2": 1}}, ParameterError, "two underscores"),
        ({"reset": "v = 0"}, ParameterError, "M.threshold"),
        ({"refractory": "tau"}, ParameterError, "M.threshold"),
        ({"threshold": "v > 1", "refractory": "tau*v"}, ParameterError, "must not depend on v"),
        ({"equations": "dv/dt = -v/tau : 1 (unless refractory)"}, ParameterError, "no time is given"),
        ({"initial": {"w": "1"}}, ParameterError, "must name a state: v"),
        ({"integrator": "rk5"}, ParameterError, "M.integrator = 'rk5': must be one of .*Did you mean 'rk4'"),
    ],
)
def test_a_model_that_makes_no_sense_is_refused(options: dict, error: type[Exception], message: str) -> None:
    given = {"equations": "dv/dt = -v/tau : 1", "parameters": {"tau": "10 ms"}, "name": "M"} | options
    with pytest.raises(error, match=message):
        NeuronModel(**given)
