"""Receptors against their papers, and post-synaptic potentials in closed form."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from neurosim.connectivity import Dense
from neurosim.errors import ParameterError, UnitError
from neurosim.network import Network, Population, Projection, StateMonitor
from neurosim.neurons import LIF, HodgkinHuxley, Lapicque, NeuronModel
from neurosim.synapses import (
    AMPA,
    GABA_A,
    GABA_B,
    NMDA,
    Alpha,
    BiExponential,
    Conductance,
    PSCFilter,
    Receptor,
)

CLOCK = NeuronModel("dleft/dt = -1/ms : 1", threshold="left < 0", name="Clock")
CLAMP = NeuronModel("dv/dt = 0*I/pF : mV\nI : pA (input)", name="Clamp")
"""A neuron under voltage clamp: its input is the current measured."""


def traces(
    model: NeuronModel,
    receptor: Receptor,
    spikes: list[float],
    duration: float,
    names: list[str],
    dt: float = 0.1,
    weight: float = 1.0,
    **values: object,
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Times, and traces of one row for each v; spikes arrive in the steps that begin at their times."""
    sources = Population(len(spikes), CLOCK, left=np.array(spikes) + dt / 2)
    n = max(np.size(v) for v in (*values.values(), 0))
    cells = Population(n, model, receptors={"r": receptor}, **values)
    monitor = StateMonitor(cells, names)
    synapses = Projection(sources, cells, Dense(np.full((len(spikes), n), weight)))
    Network(sources, cells, synapses, monitor, dt=dt, seed=0).run(duration)
    return monitor.t, [monitor[name] for name in names]


def test_the_magnesium_block_of_jahr_and_stevens() -> None:
    assert NMDA().unblocked(-65.0) == pytest.approx(0.05966815, abs=5e-9)
    assert NMDA().unblocked(0.0) == pytest.approx(0.78118162, abs=5e-9)
    assert NMDA(magnesium=0).unblocked(-100.0) == 1.0
    half = np.log(1 / 3.57) / 0.062  # where exp(-0.062 v)/3.57 is 1
    assert NMDA().unblocked(half) == pytest.approx(0.5, rel=1e-12)
    assert NMDA(magnesium="2 mM").unblocked("0 V") == pytest.approx(3.57 / 5.57)
    assert NMDA().unblocked([-1e6, 1e6]).tolist() == [0.0, 1.0]


def test_the_nmda_current_under_voltage_clamp_has_its_dip() -> None:
    v = np.arange(-100.0, 61.0, 10.0)
    t, (current, g) = traces(CLAMP, NMDA(), [0.0], 5, ["I_r", "g_r"], v=v)
    np.testing.assert_allclose(current, g * NMDA().unblocked(v) * (0 - v), rtol=1e-12, atol=1e-15)
    inward = -current[t > 1.5][0]
    assert v[inward.argmin()] in (-30.0, -20.0)
    assert inward[v == 0] == 0
    unblocked = traces(CLAMP, NMDA(magnesium=0), [0.0], 5, ["I_r"], v=v)[1][0]
    assert np.ptp(np.diff(unblocked[-1])) < 1e-12  # a straight line


def scheme(alpha: float, beta: float, spikes: list[float], t: np.ndarray) -> np.ndarray:
    """Open receptors of synapses with one spike each, by SciPy: pulses of 1 mM for 1 ms."""
    total = np.zeros(t.size)
    for spike in spikes:
        edges = [(0.0, 1.0, 1.0), (1.0, 200.0, 0.0)]
        r = 0.0
        for start, stop, c in edges:
            inside = (t - spike >= start) & (t - spike < stop)
            solution = solve_ivp(
                lambda _, r, c=c: alpha * c * (1 - r) - beta * r,
                (start, stop),
                [r],
                dense_output=True,
                rtol=1e-11,
                atol=1e-13,
            )
            total[inside] += solution.sol(t[inside] - spike)[0]
            r = float(solution.sol(stop)[0])
    return total


@pytest.mark.parametrize(
    ("receptor", "alpha", "beta", "reversal"),
    [(AMPA(), 1.1, 0.19, 0.0), (GABA_A(), 5.0, 0.18, -80.0), (NMDA(), 0.072, 0.0066, 0.0)],
    ids=lambda r: getattr(r, "name", ""),
)
def test_the_two_state_schemes_of_destexhe_mainen_and_sejnowski(receptor, alpha, beta, reversal) -> None:
    """Pulses that overlap, and one that begins as another ends."""
    spikes = [0.0, 0.4, 1.0, 9.0]
    t, (g,) = traces(CLAMP, receptor, spikes, 30, ["g_r"], weight=0.7, v=-60.0)
    # A spike of step k is there at the beginning of step k + 1.
    expected = 0.7 * scheme(alpha, beta, [s + 0.1 for s in spikes], t + 1e-9)
    np.testing.assert_allclose(g[:, 0], expected, rtol=1e-7, atol=1e-7)
    assert receptor.parameters["E"].value == reversal
    r_inf, rate = alpha / (alpha + beta), alpha + beta
    peak = receptor.filter.impulse(1.0)
    assert peak == pytest.approx(r_inf * (1 - np.exp(-rate)), rel=1e-12)
    assert receptor.filter.impulse(1.0 + 1 / beta) == pytest.approx(peak / np.e, rel=1e-12)


def test_nothing_is_left_when_all_pulses_are_over() -> None:
    _, (open_, bound) = traces(CLAMP, AMPA(), list(np.arange(0, 20, 0.3)), 300, ["g_r", "N_r"], v=-60.0)
    assert open_.max() > 1
    assert abs(open_[-1, 0]) < 1e-14
    assert abs(bound[-1, 0]) < 1e-14


@pytest.mark.parametrize("delay", [0.0, 0.3])
def test_a_pulse_lasts_its_time_whatever_the_delay(engine: str, delay: float) -> None:
    sources = Population(1, CLOCK, left=0.05)
    cells = Population(1, CLAMP, receptors={"r": AMPA(pulse="0.5 ms")}, v=-60.0)
    trace = StateMonitor(cells, "N_r")
    Network(sources, cells, Projection(sources, cells, Dense([[1.0]]), delay=delay), trace, dt=0.1).run(
        2, engine=engine
    )
    begin = 1 + round(delay / 0.1)
    assert np.flatnonzero(np.abs(trace["N_r"][:, 0]) > 1e-15).tolist() == [*range(begin, begin + 5)]


def test_a_pulse_off_the_grid_is_refused() -> None:
    sources, cells = Population(1, CLOCK), Population(1, CLAMP, receptors={"fast": AMPA()}, name="cells")
    projection = Projection(sources, cells, Dense([[1.0]]))
    with pytest.raises(ParameterError, match=r"cells\.receptors\['fast'\]\.pulse = 1\.0: must be a multiple"):
        Network(sources, cells, projection, dt=0.3).run(3)


def test_gaba_b_is_its_cascade() -> None:
    """One synapse, ten spikes at 200 Hz, against SciPy; a single spike opens next to nothing."""
    spikes = [5.0 * k for k in range(10)]
    t, (g, r, s) = traces(CLAMP, GABA_B(g_max="2 nS"), spikes, 300, ["g_r", "r_r", "s_r"], dt=0.05, v=-60.0)
    state, k = np.zeros(2), 0
    grid, found = [], []
    edges = np.sort([x + d + 0.05 for x in spikes for d in (0.0, 1.0)])
    for start, stop in zip([*edges], [*edges[1:], 300.0], strict=True):
        c = 1.0 if k % 2 == 0 else 0.0
        inside = t[(t >= start - 1e-9) & (t < stop - 1e-9)]
        solution = solve_ivp(
            lambda _, y, c=c: [0.09 * c * (1 - y[0]) - 0.0012 * y[0], 0.18 * y[0] - 0.034 * y[1]],
            (start, stop),
            state,
            dense_output=True,
            rtol=1e-10,
            atol=1e-12,
        )
        grid.append(inside)
        found.append(solution.sol(inside))
        state, k = solution.y[:, -1], k + 1
    exact_r, exact_s = np.concatenate(found, axis=1)
    since = t >= edges[0] - 1e-9
    np.testing.assert_allclose(r[since, 0], exact_r, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(s[since, 0], exact_s, rtol=0, atol=2e-3)  # r is held over a step
    np.testing.assert_allclose(g[:, 0], 2 * s[:, 0] ** 4 / (s[:, 0] ** 4 + 100), rtol=1e-12)
    single = traces(CLAMP, GABA_B(g_max="2 nS"), [0.0], 300, ["g_r"], dt=0.05, v=-60.0)[1][0]
    assert g.max() > 300 * single.max()
    assert 60 < t[single[:, 0].argmax()] < 160


# Post-synaptic potentials of the normalised LIF, tau dv/dt = input - v, in closed form


def test_the_area_of_a_potential_is_the_weight_however_the_filter_is_normalised() -> None:
    """The membrane passes on the whole charge: the integral of v is that of the current."""
    weight, tau_m = 0.5, 20.0
    for psc, area in [
        (PSCFilter(5.0), weight),
        (Alpha(2.0), weight),
        (Alpha(2.0, "peak"), weight * 2.0 * np.e),
        (PSCFilter(5.0, normalize="peak"), weight * 5.0),
        (BiExponential(1.0, 5.0), weight),
    ]:
        model = NeuronModel(
            "dv/dt = (v_in - v)/tau_m : 1\ndq/dt = v/ms : 1\nv_in : 1 (input)",
            parameters={"tau_m": (tau_m, "ms")},
        )
        _, (q,) = traces(model, psc, [0.0], 500, ["q"], weight=weight)
        assert q[-1, 0] == pytest.approx(area, rel=1e-9)


def test_a_potential_has_its_closed_form() -> None:
    """Exponential current of charge w: v = w (exp(-t/tau_m) - exp(-t/tau_s))/(tau_m - tau_s)."""
    t, (v,) = traces(LIF, PSCFilter(5.0), [0.0], 100, ["v"], weight=0.5)
    after = t[1:] - 0.1
    np.testing.assert_allclose(
        v[1:, 0], 0.5 * (np.exp(-after / 20) - np.exp(-after / 5)) / 15, rtol=1e-10, atol=1e-14
    )
    _, (jump,) = traces(LIF, Receptor("", output="0", jump={"v": "1"}), [0.0], 100, ["v"], weight=0.5)
    np.testing.assert_allclose(jump[1:, 0], 0.5 * np.exp(-after / 20), rtol=1e-12)


# Units


@pytest.mark.parametrize(
    ("model", "reversal", "unit"),
    [(LIF, 4.0, "1"), (Lapicque, "0 mV", "nS"), (HodgkinHuxley, "0.01 V", "mS/cm2")],
    ids=lambda x: getattr(x, "name", str(x)),
)
def test_a_conductance_takes_the_unit_that_the_neuron_asks_for(model, reversal, unit) -> None:
    cells = Population(1, model, receptors={"r": Conductance(Alpha(2.0, "peak"), reversal)})
    assert cells.system.units["g_r"].name == unit


@pytest.mark.parametrize(
    ("receptor", "model", "error", "message"),
    [
        (AMPA(), LIF, UnitError, r"AMPA\.reversal = 0 mV: is in mV, but v of the neuron is in 1"),
        (Conductance(Alpha(2.0), 0.0), Lapicque, UnitError, r"is in 1 \(dimensionless\), but v .* in mV"),
        (AMPA(potential="u"), Lapicque, ParameterError, r"AMPA\.potential = 'u': is not a variable.*has v"),
        (GABA_B(), HodgkinHuxley, Exception, "wrong dimension"),
    ],
)
def test_a_conductance_that_does_not_fit_says_why(receptor, model, error, message) -> None:
    with pytest.raises(error, match=message):
        Population(1, model, receptors={"r": receptor})


def test_conductances_that_cannot_be_are_refused() -> None:
    with pytest.raises(ParameterError, match=r"Conductance\.filter.*must be a filter"):
        Conductance("5 ms", 0.0)  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match=r"NMDA\.Mg = -1\.0: must not be negative"):
        NMDA(magnesium=-1.0)
    with pytest.raises(UnitError, match="must be in mM"):
        NMDA(magnesium="1 mV")
    assert Population(1, HodgkinHuxley, receptors={"r": GABA_B("0.1 mS/cm2")})["g_max_r"] == 0.1


def test_a_potential_of_another_name() -> None:
    cell = NeuronModel("dV/dt = (I - V*nS)/(10*pF) : mV\nI : pA (input)", initial={"V": "-40*mV"})
    _, (current, g, block) = traces(cell, NMDA(potential="V"), [0.0], 3, ["I_r", "g_r", "block_r"], V=-40.0)
    assert block[0, 0] == pytest.approx(float(NMDA().unblocked(-40.0)), rel=1e-12)
    assert current[-1, 0] > 0
    assert g[-1, 0] > 0


def test_copies_carry_their_filter() -> None:
    slow = AMPA().copy(beta=0.1, E="-5 mV", name="SlowAMPA")
    ratio = slow.filter.impulse(1.0) / slow.filter.impulse(11.0)
    assert ratio == pytest.approx(np.e, rel=1e-12)
    assert repr(slow) == "SlowAMPA(alpha=1.1 1/(mM*ms), beta=0.1 1/ms, C=1 mM, E=-5 mV)"
