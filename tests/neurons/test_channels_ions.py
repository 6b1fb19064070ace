"""Potentials that concentrations make, and calcium: pool, reversal potential and the current it opens."""

from __future__ import annotations

import math

import numpy as np
import pytest

from neurosim.errors import NeurosimError, ParameterError, UnitError
from neurosim.network import Network, Population, SpikeMonitor, StateMonitor
from neurosim.neurons import (
    CalciumPool,
    Channel,
    Gate,
    Ion,
    calcium_activated_potassium,
    ghk_voltage,
    nernst,
    point_neuron,
    pump_resting_potential,
)
from neurosim.neurons.contract import check_neuron_model

RT_F = 8.31446261815324 / 96485.33212 * 1000
SQUID = {
    "K": Ion(1.0, outside=20, inside=400),
    "Na": Ion(0.04, outside=440, inside=50),
    "Cl": Ion(0.45, outside=560, inside=52, valence=-1),
}
"""Concentrations and relative permeabilities of the squid axon at rest (Hodgkin and Katz 1949)."""


@pytest.mark.parametrize(("valence", "T"), [(1, 6.3), (2, 36.0), (-1, 20.0)])
def test_nernst_is_its_formula(valence: int, T: float) -> None:
    expected = RT_F * (T + 273.15) / valence * math.log(140 / 11)
    assert nernst(140, 11, valence, T) == pytest.approx(expected, rel=1e-14)


def test_nernst_takes_units_and_arrays() -> None:
    assert nernst("2 mM", "240 nM", 2, "309.15 kelvin") == pytest.approx(
        nernst(2.0, 2.4e-4, 2, 36.0), rel=1e-12
    )
    assert nernst([10.0, 20.0], 20.0, 1, [[6.3], [37.0]]).shape == (2, 2)
    # Ten to one is 58.17 mV at 20 degrees.
    assert nernst(10, 1, 1, 20.0) == pytest.approx(58.17, abs=0.01)


def test_ghk_voltage_is_its_closed_form() -> None:
    outward = 1.0 * 400 + 0.04 * 50 + 0.45 * 560
    inward = 1.0 * 20 + 0.04 * 440 + 0.45 * 52
    expected = RT_F * 293.15 * math.log(inward / outward)
    assert ghk_voltage(SQUID, 20.0) == pytest.approx(expected, abs=1e-11)


def test_ghk_voltage_of_one_ion_is_its_nernst_potential() -> None:
    calcium = Ion(0.3, outside=2, inside=1e-4, valence=2)
    assert ghk_voltage({"Ca": calcium}, 37) == pytest.approx(float(nernst(2, 1e-4, 2, 37)), abs=1e-12)
    blocked = Ion(0.0, outside=500, inside=1)
    assert ghk_voltage({"Ca": calcium, "Na": blocked}, 37) == ghk_voltage({"Ca": calcium}, 37)


def test_ghk_voltage_with_a_divalent_ion_balances_the_currents() -> None:
    """Spangler (1972): with u = exp(V F/RT), mono- and divalent cations make a quadratic equation."""
    potassium, calcium = Ion(1.0, outside=4, inside=140), Ion(2.0, outside=2, inside=1e-3, valence=2)
    v = ghk_voltage({"K": potassium, "Ca": calcium}, 37)
    u = math.exp(v / (RT_F * 310.15))
    # P_K (K_i u - K_o)/(u - 1) + 4 P_Ca (Ca_i u^2 - Ca_o)/(u^2 - 1) = 0, times (u^2 - 1)
    assert (140 * u - 4) * (u + 1) + 4 * 2.0 * (1e-3 * u**2 - 2) == pytest.approx(0, abs=1e-9)


def test_the_pump_at_rest_carries_three_sodium_for_two_potassium() -> None:
    v = pump_resting_potential(SQUID["Na"], SQUID["K"], 20.0)
    u = math.exp(v / (RT_F * 293.15))
    sodium_in = 0.04 * (440 - 50 * u) / (u - 1) * -1
    potassium_out = 1.0 * (400 * u - 20) / (u - 1)
    assert sodium_in / potassium_out == pytest.approx(-1.5, rel=1e-9)
    expected = RT_F * 293.15 * math.log((1.5 * 20 + 0.04 * 440) / (1.5 * 400 + 0.04 * 50))
    assert v == pytest.approx(expected, abs=1e-11)


def test_the_pump_hyperpolarises_by_at_most_the_logarithm_of_its_ratio() -> None:
    without_chloride = {"Na": SQUID["Na"], "K": SQUID["K"]}
    passive = ghk_voltage(without_chloride, 20)
    assert pump_resting_potential(SQUID["Na"], SQUID["K"], 20, ratio=1) == pytest.approx(passive, abs=1e-11)
    gain = passive - pump_resting_potential(SQUID["Na"], SQUID["K"], 20)
    assert 0 < gain < RT_F * 293.15 * math.log(1.5)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: nernst(0, 1), "nernst.outside = 0: must be a positive concentration"),
        (lambda: nernst(1, -1), "nernst.inside = -1"),
        (lambda: nernst(1, 2, 0), "nernst.valence = 0: must be a whole number other than 0"),
        (lambda: nernst(1, 2, 1.5), "nernst.valence = 1.5"),
        (lambda: nernst(1, 2, 1, -300), "T = -300: must be above absolute zero"),
        (lambda: nernst("3 mV", 2), "has the unit mV, but must be in mM"),
        (lambda: Ion(-1, outside=1, inside=1), "Ion.permeability = -1"),
        (lambda: Ion(1, outside=[1, 2], inside=1), "Ion.outside"),
        (lambda: ghk_voltage({}), "at least one ion"),
        (lambda: ghk_voltage({"K": 3}), "must map names to Ions"),
        (lambda: pump_resting_potential(SQUID["Na"], SQUID["Cl"]), "potassium"),
        (lambda: pump_resting_potential(SQUID["Na"], SQUID["K"], ratio=0), "ratio = 0"),
        (lambda: CalciumPool("Ca"), "give either the depth"),
        (lambda: CalciumPool("Ca", depth="1 um", volume="1 um3"), "give either the depth"),
        (lambda: CalciumPool([], depth="1 um"), "must name at least one channel"),
        (lambda: CalciumPool("Ca", depth="-1 um"), "CalciumPool Ca.depth = '-1 um': must be positive, in um"),
        (lambda: CalciumPool("Ca", depth="1 um", decay="5 mM"), "must be in ms"),
        (lambda: CalciumPool("Ca", depth="1 um").reversal(0, 36), "outside = 0"),
    ],
)
def test_what_cannot_be_is_refused(make: object, message: str) -> None:
    with pytest.raises((ParameterError, UnitError), match=message) as caught:
        make()  # type: ignore[operator]
    assert isinstance(caught.value, NeurosimError)


# Calcium

PUMP = CalciumPool("Ca", depth="0.5 um", decay="20 ms", rest="100 nM")


def test_a_pool_fills_by_faradays_law() -> None:
    """A constant inward current of 1 uA/cm2 into 0.5 um: 1e-2 A/m2/(2 F 0.5e-6 m) = 0.1036 mol/m3/s."""
    model = point_neuron(
        [Channel("Ca", "1 mS/cm2", "1 mV")], C_m="1 uF/cm2", pools=[PUMP], initial={"v": "0*mV"}
    )
    rise = model.system.derivatives(model.values() | {"v": 0.0, "Ca": 1e-4, "I": 0.0})["Ca"]
    assert rise == pytest.approx(1e-2 / (2 * 96485.33212 * 0.5e-6) / 1000, rel=1e-12)
    fall = model.system.derivatives(model.values() | {"v": 1.0, "Ca": 3e-4, "I": 0.0})["Ca"]
    assert fall == pytest.approx(-2e-4 / 20, rel=1e-12)
    assert model.start(model.values())["Ca"] == pytest.approx(1e-4)


def test_a_volume_does_for_a_whole_cell_what_a_depth_does_per_area() -> None:
    pools = PUMP, CalciumPool("Ca", volume="10000 um3", decay="20 ms", rest="100 nM")
    area = point_neuron([Channel("Ca", "1 mS/cm2", "1 mV")], C_m="1 uF/cm2", pools=[pools[0]])
    cell = point_neuron([Channel("Ca", "200 nS", "1 mV")], C_m="200 pF", pools=[pools[1]])
    rises = [m.system.derivatives(m.values() | {"v": 0.0, "Ca": 1e-4, "I": 0.0})["Ca"] for m in (area, cell)]
    assert rises[0] == pytest.approx(rises[1], rel=1e-12)


def test_a_pool_that_does_not_fit_the_currents_is_refused() -> None:
    with pytest.raises(ParameterError, match=r"CalciumPool Ca.currents = 'Ca': is not a channel.*are L"):
        point_neuron([Channel("L", "1 nS", "0 mV")], C_m="1 pF", pools=[PUMP])
    with pytest.raises(NeurosimError, match="wrong dimension"):
        point_neuron([Channel("Ca", "1 nS", "0 mV")], C_m="1 pF", pools=[PUMP])


def test_the_reversal_potential_follows_the_pool() -> None:
    channel = Channel("Ca", "1 mS/cm2", PUMP.reversal("2 mM", 36))
    model = point_neuron([channel], C_m="1 uF/cm2", pools=[PUMP])
    for level in (1e-4, 1e-2):
        v = float(nernst(2, level, 2, 36))
        found = model.system.derivatives(model.values() | {"v": v, "Ca": level, "I": 0.0})
        assert found["v"] == pytest.approx(0, abs=1e-12)


ADAPTING = point_neuron(
    [
        Channel(
            "Na",
            g_max="45 mS/cm2",
            reversal="55 mV",
            gates=[
                Gate(
                    "m",
                    power=3,
                    alpha="1/exprel(-(v + 33*mV)/(10*mV))/ms",
                    beta="4*exp(-(v + 58*mV)/(12*mV))/ms",
                    instantaneous=True,
                ),
                Gate(
                    "h",
                    alpha="0.07*exp(-(v + 50*mV)/(10*mV))/ms",
                    beta="1/(1 + exp(-(v + 20*mV)/(10*mV)))/ms",
                    phi="4",
                ),
            ],
        ),
        Channel(
            "K",
            g_max="18 mS/cm2",
            reversal="-80 mV",
            gates=[
                Gate(
                    "n",
                    power=4,
                    alpha="0.1/exprel(-(v + 34*mV)/(10*mV))/ms",
                    beta="0.125*exp(-(v + 44*mV)/(25*mV))/ms",
                    phi="4",
                )
            ],
        ),
        Channel(
            "Ca",
            g_max="1 mS/cm2",
            reversal="120 mV",
            gates=[Gate("q", 2, steady_state="1/(1 + exp(-(v + 20*mV)/(9*mV)))", instantaneous=True)],
        ),
        calcium_activated_potassium("5 mS/cm2", "E_K"),
        Channel("L", g_max="0.1 mS/cm2", reversal="-65 mV"),
    ],
    C_m="1 uF/cm2",
    # alpha = 0.002 uM/ms per uA/cm2 is a depth of 25.9 um.
    pools=[CalciumPool("Ca", depth="25.91 um", decay="80 ms", rest="1e-9 mM")],
    name="Wang1998",
)
"""The soma of Wang (1998), doi:10.1152/jn.1998.79.3.1549, without its dendrite."""


def intervals(current: float, **values: float) -> np.ndarray:
    cells = Population(1, ADAPTING, integrator="rk4", **values)
    spikes, trace = SpikeMonitor(cells), StateMonitor(cells, "Ca", dt=1.0)
    network = Network(cells, spikes, trace, dt=0.02, seed=0)
    network.run(200)
    cells["I"] = current
    network.run(800)
    return np.diff(spikes.t)


def test_calcium_adapts_the_rate() -> None:
    """Without the potassium current it opens, the neuron fires steadily."""
    adapting, steady = intervals(4.0), intervals(4.0, g_AHP=0.0)
    assert adapting[-1] > 1.6 * adapting[0]
    # Once adapted, the rate stays.
    assert adapting[-1] == pytest.approx(adapting[-4], rel=0.02)
    assert steady[-1] == pytest.approx(steady[1], rel=0.02)
    assert adapting[0] == pytest.approx(steady[0], rel=0.1)


def test_adaptation_is_faster_than_the_decay_of_calcium() -> None:
    """Wang (1998), the time constant is tau_Ca (1 - F), F the fraction by which the rate falls."""
    found = intervals(4.0)
    times, rates = np.cumsum(found), 1000 / found
    f0, steady = rates[0], rates[-1]
    fraction = (f0 - steady) / f0
    falling = rates > steady + 0.05 * (f0 - steady)
    first = np.flatnonzero(~falling)[0]
    slope = np.polyfit(times[:first], np.log(rates[:first] - steady), 1)[0]
    assert -1 / slope == pytest.approx(80 * (1 - fraction), rel=0.1)


def test_a_neuron_with_calcium_keeps_the_contract() -> None:
    check_neuron_model(ADAPTING, drive=4.0)
