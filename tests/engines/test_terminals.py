"""Short-term plasticity in networks: against plain Python, in pieces, on threads, through any operator."""

import math

import numpy as np
import pytest

from neurosim import (
    LIF,
    Conv2d,
    Dense,
    LeakyIntegrator,
    Network,
    PoissonPopulation,
    Population,
    Projection,
    PSCFilter,
    RateSource,
    Receptor,
    ShortTermPlasticity,
    Sparse,
    SpikeGenerator,
    SpikeMonitor,
    StateMonitor,
)
from neurosim.errors import ParameterError
from neurosim.synapses import Depressing, TwoStateKinetics

DT = 0.1
COUNTER = Receptor("dg/dt = -g/tau : 1", output="0", jump={"g": "1"}, parameters={"tau": "1e12 ms"})
"""Adds up what arrives."""


def naive_releases(monitor, U, tau_rec, tau_facil):
    """Fraction that each spike of a monitor releases, from one (trial, unit) state after the other."""
    states = {}
    released = []
    for trial, unit, t in zip(monitor.trial, monitor.i, monitor.t, strict=True):
        x, u, before = states.get((trial, unit), (1.0, 0.0, 0.0))
        pause = t - before
        x = 1 - (1 - x) * math.exp(-pause / tau_rec[unit])
        u = u * (math.exp(-pause / tau_facil[unit]) if tau_facil[unit] else 0.0)
        u += U[unit] * (1 - u)
        released.append(u * x)
        states[trial, unit] = (x - u * x, u, t)
    return np.array(released)


@pytest.mark.parametrize("delay", [0.0, 0.7])
def test_what_arrives_is_what_plain_python_releases(engine, delay):
    rng = np.random.default_rng(0)
    rule = ShortTermPlasticity(rng.uniform(0.1, 1, 4), rng.uniform(20, 200, 4), [0.0, 50.0, 300.0, 0.0])
    axons = PoissonPopulation(7, "80 Hz")
    cells = Population(5, LeakyIntegrator, receptors={"counter": COUNTER})
    weights = rng.uniform(0.5, 1.5, (4, 3))
    synapses = Projection(axons[2:6], cells[1:4], Dense(weights), delay=delay, stp=rule)
    spikes = SpikeMonitor(axons)
    network = Network(axons, cells, synapses, spikes, dt=DT, trials=2, seed=3)
    network.run(300, engine=engine)
    padded = {
        n: np.pad(np.broadcast_to(v, 4), (2, 1), constant_values=0.5) for n, v in rule.parameters.items()
    }
    released = naive_releases(spikes, **padded)
    expected = np.zeros((2, 5))
    arrived = (spikes.t + DT + delay < 300 + 1e-9) & (spikes.i >= 2) & (spikes.i < 6)
    for trial, unit, amplitude in zip(
        spikes.trial[arrived], spikes.i[arrived], released[arrived], strict=True
    ):
        expected[trial, 1:4] += amplitude * weights[unit - 2]
    assert arrived.sum() > 100
    np.testing.assert_allclose(cells["g_counter"], expected, rtol=1e-9)


def test_the_end_of_a_pulse_takes_back_what_its_beginning_brought(engine):
    rule = ShortTermPlasticity(0.5, 100.0)
    axon = SpikeGenerator(1, [0, 0, 0], [1.0, 3.0, 8.0])
    cells = Population(1, LeakyIntegrator, receptors={"ampa": TwoStateKinetics(1.1, 0.19)})
    bound = StateMonitor(cells, "N_ampa")
    Network(axon, cells, Projection(axon, cells, Dense([[1.0]]), stp=rule), bound, dt=DT).run(
        20, engine=engine
    )
    expected = np.zeros(200)
    for released, step in zip(rule.release([1.0, 3.0, 8.0]), (10, 30, 80), strict=True):
        expected[step + 1 : step + 11] = released
    np.testing.assert_allclose(bound["N_ampa"][:, 0], expected, atol=1e-15)


def connectivities():
    rng = np.random.default_rng(1)
    return [
        Dense(rng.standard_normal((25, 18))),
        Sparse(
            rng.integers(25, size=90), rng.integers(18, size=90), rng.standard_normal(90), n_pre=25, n_post=18
        ),
        Conv2d(rng.standard_normal((2, 1, 3, 3)), (1, 5, 5)),
        Dense(rng.standard_normal((18, 25))).T,
    ]


@pytest.mark.parametrize("connectivity", connectivities(), ids=lambda c: type(c).__name__)
def test_pieces_and_threads_change_no_bit(connectivity):
    def run(pieces, threads):
        axons = PoissonPopulation(25, "100 Hz", name="axons")
        cells = Population(18, LIF, receptors={"psc": PSCFilter(5)}, v_in=1.3, name="cells")
        rule = ShortTermPlasticity(0.3, 100.0, 200.0)
        synapses = Projection(axons, cells, connectivity, delay=1.2, stp=rule)
        back = Projection(cells, cells, Dense(np.full((18, 18), -0.5)), delay=0.3, stp=Depressing)
        network = Network(axons, cells, synapses, back, dt=DT, trials=2, seed=5, threads=threads)
        for piece in pieces:
            network.run(piece)
        return cells["v"].copy(), synapses.stp.x, synapses.stp.u, back.stp.x

    whole = run([60], 1)
    assert whole[3].min() < 0.9
    for other in (run([60], 2), run([0.1, 7.3, 52.6], 1)):
        for a, b in zip(whole, other, strict=True):
            np.testing.assert_array_equal(a, b)


def one_axon(times, **options):
    axon = SpikeGenerator(1, np.zeros(len(times), int), times)
    cells = Population(1, LeakyIntegrator, receptors={"counter": COUNTER})
    synapse = Projection(axon, cells, Dense([[1.0]]), stp=ShortTermPlasticity(0.5, 100.0, 50.0), **options)
    return Network(axon, cells, synapse, dt=DT), synapse.stp, cells


def test_the_state_can_be_watched(engine):
    network, terminals, _ = one_axon([5.0])
    assert (terminals.x.tolist(), terminals.u.tolist()) == ([1.0], [0.0])
    network.run(5.0, engine=engine)
    assert terminals.x.tolist() == [1.0]
    network.run(0.1, engine=engine)
    assert (terminals.x.tolist(), terminals.u.tolist()) == ([0.5], [0.5])
    network.run(20.0, engine=engine)
    np.testing.assert_allclose(terminals.x, 1 - 0.5 * math.exp(-20 / 100))
    np.testing.assert_allclose(terminals.u, 0.5 * math.exp(-20 / 50))


def test_the_state_can_be_set_and_reset():
    network, terminals, cells = one_axon([0.0, 10.0, 30.0])
    terminals.x = 0.25
    network.run(0.2)
    decayed = 1 - 0.75 * math.exp(-0.1 / 100)
    np.testing.assert_allclose(cells["g_counter"], 0.5 * decayed)
    network.run(5.0)
    before = terminals.u.copy()
    terminals.x = 0.125
    assert terminals.x.tolist() == [0.125]
    np.testing.assert_array_equal(terminals.u, before)
    terminals.reset()
    assert (terminals.x.tolist(), terminals.u.tolist()) == ([1.0], [0.0])
    network.run(10.0)
    np.testing.assert_allclose(cells["g_counter"], 0.5 * decayed + 0.5)


def test_without_plasticity_nothing_changes():
    network, _, cells = one_axon([1.0, 2.0, 3.0])
    network.run(4)
    assert cells["g_counter"][0] < 1.5
    plain = Projection(SpikeGenerator(1, [0], [1.0]), cells, Dense([[1.0]]))
    assert plain.stp is None


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda c: Projection(c, c, Dense([[1.0]]), stp=0.5), r"stp = 0.5: must be a ShortTermPlasticity"),
        (
            lambda c: Projection(Population(1, RateSource), c, Dense([[1.0]]), stp=Depressing),
            r"stp = .*acts on spikes, and receptor .* gets none from",
        ),
        (
            lambda c: Projection(c, c, Dense([[1.0]]), stp=ShortTermPlasticity([0.5, 0.5], 1.0)),
            r"stp.U = \(2,\): .* each of the 1 presynaptic units",
        ),
    ],
)
def test_unusable_plasticity(make, message):
    with pytest.raises(ParameterError, match=message):
        make(Population(1, LIF, receptors={"psc": PSCFilter(5)}))


@pytest.mark.parametrize(
    ("value", "message"), [(1.5, "from 0 to 1"), ([0.1, 0.2], "does not fit"), (np.nan, "nan")]
)
def test_unusable_states(value, message):
    _, terminals, _ = one_axon([0.0])
    with pytest.raises(ParameterError, match=message):
        terminals.x = value
    assert terminals.x.tolist() == [1.0]
