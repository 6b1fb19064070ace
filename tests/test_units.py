"""Units: conversion of text and of the quantities of other libraries, and refusal of what does not fit."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from neurosim.errors import ParameterError, UnitError
from neurosim.units import COMMON_UNITS, UNITS, Unit, convert, describe, multiply, parse_unit

WHERE = "Population.tau_m"


class BrianLike(np.ndarray):
    """A number in SI base units that knows its dimension, as Brian2's Quantity does."""

    def __new__(cls, value: object, **powers: float) -> BrianLike:
        self = np.asarray(value, dtype=float).view(cls)
        self.dim = SimpleNamespace(get_dimension=lambda symbol: powers.get(symbol, 0.0))
        return self


class NeoLike:
    """A quantity in the manner of the library quantities."""

    def __init__(self, magnitude: object, powers: dict[str, float], name: str) -> None:
        self.magnitude = np.asarray(magnitude, dtype=float)
        self.dimensionality = PowersOf([(SimpleNamespace(symbol=s), p) for s, p in powers.items()], name)
        self.simplified: object = self

    def __str__(self) -> str:
        return f"{self.magnitude} {self.dimensionality}"


class PowersOf:
    def __init__(self, items: object, name: str) -> None:
        self._items, self._name = items, name

    def items(self) -> object:
        return self._items

    def __str__(self) -> str:
        return self._name


@pytest.mark.parametrize(
    ("product", "unit"),
    [
        ("nS*mV", "pA"),
        ("pF*mV/ms", "pA"),
        ("pA*ms", "fC"),
        ("mS/cm2*mV", "uA/cm2"),
        ("uF/cm2*mV/ms", "uA/cm2"),
        ("mol/m3", "mM"),
        ("Gohm*pA", "mV"),
        ("fmol/um3", "M"),
    ],
)
def test_the_units_of_the_field_fit_without_factors(product: str, unit: str) -> None:
    a, b = parse_unit(product), parse_unit(unit)
    assert a.dimension == b.dimension
    assert a.scale == b.scale


@pytest.mark.parametrize(
    "name", ["ms", "mV", "pA", "nS", "pF", "1/ms", "uA/cm2", "mS/cm2", "uF/cm2", "mM", "1"]
)
def test_coherent_units_have_size_one(name: str) -> None:
    assert parse_unit(name).scale == 1.0


def test_every_named_unit_is_an_exact_power_of_ten() -> None:
    for name, unit in UNITS.items():
        assert unit.scale == float(f"1e{unit.decades:.0f}"), name


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("20 ms", "ms", 20.0),
        ("0.02 s", "ms", 20.0),
        ("20ms", "ms", 20.0),
        (" -65 * mV ", "mV", -65.0),
        ("1e3 Hz", "1/ms", 1.0),
        ("5", "1", 5.0),
        (".5 nA", "pA", 500.0),
        ("1 uA/cm^2", "uA/cm2", 1.0),
        ("3 \u00b5V", "mV", 0.003),
        ("2 millivolt", "mV", 2.0),
        ("10 um", "um", 10.0),
        ("250 pF", "nF", 0.25),
        ("6.3 celsius", "celsius", 6.3),
        ("18.5 degC", "celsius", 18.5),
    ],
)
def test_text_with_a_unit_is_converted(text: str, unit: str, expected: float) -> None:
    assert convert(text, unit, WHERE) == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize("text", ["5", " 18.5 ", "-3e2"])
def test_text_without_a_unit_is_refused(text: str) -> None:
    message = rf"Population\.tau_m = .*without a unit.*'{text.strip()} ms', or the bare number"
    with pytest.raises(ParameterError, match=message):
        convert(text, "ms", WHERE)
    with pytest.raises(ParameterError, match="without a unit"):
        convert([1, text], "ms", WHERE)


def test_a_bare_number_is_in_the_declared_unit() -> None:
    assert convert(3, "nA", WHERE) == 3.0
    assert isinstance(convert(np.float32(3), "nA", WHERE), float)


def test_an_array_comes_back_as_a_copy() -> None:
    given = np.array([1.0, 2.0])
    result = convert(given, "mV", WHERE)
    assert isinstance(result, np.ndarray)
    result[0] = 9.0
    assert given[0] == 1.0


def test_a_list_may_mix_numbers_and_quantities() -> None:
    np.testing.assert_array_equal(convert([1, "2 mV", "0.003 V"], "mV", WHERE), [1.0, 2.0, 3.0])


def test_a_brian_quantity_is_converted() -> None:
    millivolts = BrianLike([0.02, -0.065], kg=1, m=2, s=-3, A=-1)
    np.testing.assert_allclose(convert(millivolts, "mV", WHERE), [20.0, -65.0], rtol=1e-15)
    assert convert(BrianLike(0.02, s=1), "ms", WHERE) == 20.0


def test_a_list_of_brian_quantities_is_not_taken_for_bare_numbers() -> None:
    np.testing.assert_array_equal(convert([BrianLike(0.02, s=1), BrianLike(1, s=1)], "ms", WHERE), [20, 1000])


def test_real_brian_quantities() -> None:
    units = pytest.importorskip("brian2.units", exc_type=ImportError)
    assert convert(20 * units.mV, "mV", WHERE) == 20.0
    np.testing.assert_allclose(convert([1, 2] * units.nA, "pA", WHERE), [1000, 2000], rtol=1e-15)
    with pytest.raises(UnitError, match="has the unit mV, but must be in ms"):
        convert(20 * units.mV, "ms", WHERE)


def test_a_pint_quantity_is_converted() -> None:
    pint = pytest.importorskip("pint")
    registry = pint.UnitRegistry()
    assert convert(20 * registry.mV, "mV", WHERE) == pytest.approx(20.0, rel=1e-15)
    assert convert(registry.Quantity(36.0, "mS/cm**2"), "mS/cm2", WHERE) == pytest.approx(36.0, rel=1e-15)
    np.testing.assert_allclose(
        convert(registry.Quantity([1, 2], "nA"), "pA", WHERE), [1000, 2000], rtol=1e-15
    )
    assert convert(registry.Quantity(6.3, "degC"), "celsius", WHERE) == pytest.approx(6.3, rel=1e-12)
    with pytest.raises(UnitError, match=r"millivolt.*ms"):
        convert(20 * registry.mV, "ms", WHERE)
    with pytest.raises(UnitError, match="candela"):
        convert(1 * registry.candela, "ms", WHERE)


def test_a_quantity_of_neo_is_converted() -> None:
    volts = NeoLike([0.02], {"kg": 1, "m": 2, "s": -3, "A": -1}, "V")
    np.testing.assert_allclose(convert(volts, "mV", WHERE), [20.0], rtol=1e-15)
    with pytest.raises(UnitError, match=r"has the unit V, but must be in ms"):
        convert(volts, "ms", WHERE)


@pytest.mark.parametrize(
    ("value", "unit", "found", "wanted"),
    [
        ("20 mV", "ms", "mV", "ms"),
        ("3 uA", "uA/cm2", "uA", "uA/cm2"),
        ("3 ms", "1", "ms", "dimensionless"),
        (BrianLike(0.02, kg=1, m=2, s=-3, A=-1), "ms", "mV", "ms"),
        (BrianLike(0.02), "ms", "dimensionless", "ms"),
    ],
)
def test_a_wrong_dimension_names_both_units(value: object, unit: str, found: str, wanted: str) -> None:
    with pytest.raises(UnitError) as caught:
        convert(value, unit, WHERE)
    message = str(caught.value)
    assert message.startswith(WHERE)
    head, _, tail = message.partition("but must be in")
    assert found in head
    assert wanted in tail


@pytest.mark.parametrize(("text", "suggested"), [("mv", "mV"), ("milivolt", "millivolt"), ("NS", "nS")])
def test_an_unknown_unit_suggests_a_near_one(text: str, suggested: str) -> None:
    with pytest.raises(UnitError, match=f"unknown unit '{text}'.*{suggested}"):
        parse_unit(text)
    with pytest.raises(UnitError, match=f"{WHERE} = '3 {text}'.*{suggested}"):
        convert(f"3 {text}", "mV", WHERE)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "mV+mV",
        "2*mV",
        "mV**ms",
        "mV**'a'",
        "mV**True",
        "mV**1000",
        "f(mV)",
        "mV mV",
        "True",
        "\0",
        None,
        5,
    ],
)
def test_what_is_not_a_product_of_units_is_refused(text: object) -> None:
    with pytest.raises(UnitError, match="is not a unit"):
        parse_unit(text)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "value",
    [float("nan"), float("inf"), -np.inf, [1.0, np.nan], "1e999 mV", np.array([1.0, np.inf])],
)
def test_what_is_not_finite_is_refused(value: object) -> None:
    with pytest.raises(ParameterError, match=r"Population\.tau_m.*must be finite"):
        convert(value, "mV", WHERE)


@pytest.mark.parametrize(
    "value",
    [
        True,
        np.bool_(False),
        [True],
        "fast",
        "",
        ["1 mV", "x"],
        None,
        object(),
        1j,
        [1j],
        [[1], [2, 3]],
        {},
        b"3",
    ],
)
def test_what_is_not_a_number_is_refused(value: object) -> None:
    with pytest.raises(ParameterError, match=r"Population\.tau_m.*must be a number"):
        convert(value, "mV", WHERE)


def test_describe_prefers_names_of_the_field() -> None:
    for name in COMMON_UNITS[1:]:
        assert describe(parse_unit(name).dimension) == name
    assert describe(parse_unit("mV**2*ms").dimension) == "ms*mV^2"
    assert describe(parse_unit("1").dimension) == "1 (dimensionless)"


def test_powers_of_dimensions() -> None:
    area = parse_unit("cm^2")
    assert area == Unit("cm^2", 6, (0, 0, 0, 2, 0, 0))
    assert multiply(area.dimension, area.dimension, -0.5) == parse_unit("m").dimension
    assert parse_unit("mV**-1").dimension == parse_unit("1/mV").dimension
    assert parse_unit("mV**0.5*mV**0.5").dimension == parse_unit("mV").dimension
