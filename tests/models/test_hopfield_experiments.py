"""Capacity, theory and basins of the Hopfield memory."""

from threading import Barrier, get_ident

import numpy as np
import pytest
from neurosim.models.hopfield import DenseMemory, Hopfield, ModernHopfield
from neurosim.models.hopfield.experiments import (
    basin_of_attraction,
    capacity,
    corrupt,
    energy_landscape,
    image_patterns,
    images_restored,
    mixture_theory,
    one_step_errors,
    phase_diagram,
    random_patterns,
    recall_images,
    sparse_patterns,
    spurious_states,
)
from neurosim.models.hopfield.experiments.curve import vary
from neurosim.models.hopfield.mean_field import (
    critical_load,
    critical_stability_load,
    one_step_error,
    order_parameters,
    retrieval_overlap,
    retrieval_temperature,
)

from neurosim.connectivity import Dense
from neurosim.data import load_digits
from neurosim.errors import ParameterError


def test_theory_gives_the_published_numbers():
    load, overlap = critical_load()
    assert load == pytest.approx(0.1379, abs=5e-5)
    assert overlap == pytest.approx(0.967, abs=5e-4)
    assert retrieval_overlap(0.10) == pytest.approx(0.998, abs=5e-4)
    assert retrieval_overlap(0.138) == 0.0
    assert [round(one_step_error(a), 5) for a in (0.105, 0.185, 0.61)] == [0.00101, 0.01004, 0.10021]


@pytest.mark.parametrize("load", [0.02, 0.06, 0.12])
def test_theory_with_little_heat_is_that_without(load):
    assert order_parameters(load, 0.03)[0] == pytest.approx(retrieval_overlap(load), abs=2e-4)


def test_heat_without_load_is_the_curie_weiss_magnet():
    m, _, _ = order_parameters(1e-9, 0.6)
    assert m == pytest.approx(np.tanh(m / 0.6), abs=1e-6)
    assert order_parameters(0.01, 1.05)[0] == 0.0


def test_simulation_follows_the_theory_below_the_critical_load_and_loses_all_beyond():
    curve = capacity(1000, (0.05, 0.1, 0.2), trials=12)
    for k, load in enumerate((0.05, 0.1)):
        assert abs(curve.mean[k] - retrieval_overlap(load)) < 4 * curve.error[k] + 1e-4
    assert curve.mean[2] < 0.6


def test_capacity_of_other_rules_from_damaged_probes():
    hebb, storkey = (
        capacity(150, (0.2,), trials=4, share=0.1, rule=rule).mean[0] for rule in ("hebb", "storkey")
    )
    assert storkey > 0.98 > 0.85 > hebb


@pytest.mark.parametrize("values", [(0, 1), (-1, 1)])
def test_few_active_units_leave_room_for_more_patterns(values):
    """0.3 patterns a unit are too many for half of the units; at an activity of 0.05 the bound is 3.3."""
    sparse, even = (
        capacity(300, (0.3,), trials=3, activity=activity, rule="covariance", values=values).mean[0]
        for activity in (0.05, None)
    )
    assert sparse > 0.97 > 0.6 > even


def test_steeper_energies_hold_more():
    """The order 2 is the Hopfield memory, which loses all at one pattern a unit."""
    memories = [DenseMemory(2), DenseMemory(4), ModernHopfield(beta=1.0)]
    means = [capacity(60, (1.0,), trials=3, share=0.05, memory=memory).mean[0] for memory in memories]
    assert means[0] < 0.7
    assert means[1:] == pytest.approx([1, 1], abs=0.01)
    assert not any(hasattr(memory, "patterns_") for memory in memories)
    basin = basin_of_attraction(60, 1.0, (0.1, 0.5), trials=3, memory=DenseMemory(4))
    assert basin.mean[0] > 0.95 > 0.4 > basin.mean[1]


def test_trials_run_on_so_many_threads(monkeypatch):
    def used(threads):
        seen = set()
        meet = Barrier(threads or 2, timeout=20)

        def measure(x, rng):
            seen.add(get_ident())
            meet.wait()
            return rng.random()

        values = vary("here", (0.1, 0.2), 3, 0, False, measure, threads)
        return len(seen), values.tolist()

    monkeypatch.setattr("neurosim.kernels.core.threads.processors", lambda: 2)
    (one, alone), (three, together), (both, also) = used(1), used(3), used(None)
    assert (one, three, both) == (1, 3, 2)
    assert alone == together == also
    curves = [capacity(60, (0.05,), trials=2, threads=threads).values.tolist() for threads in (1, 2)]
    assert curves[0] == curves[1]


def test_falls_are_sharper_with_more_units():
    small, large = (capacity(n, (0.18,), trials=10).mean[0] for n in (100, 800))
    assert small > large + 0.15


def test_basins_end_at_half_of_the_units():
    basin = basin_of_attraction(400, 0.04, (0.0, 0.2, 0.5), trials=4)
    assert basin.mean[:2] == pytest.approx([1, 1], abs=0.005)
    assert abs(basin.mean[2]) < 0.3


def test_trials_do_not_depend_on_each_other():
    both = capacity(200, (0.05, 0.15), trials=4, seed=3)
    assert np.array_equal(capacity(200, (0.05,), trials=2, seed=3).values[0], both.values[0, :2])


def test_one_step_errors_follow_the_theory():
    """The published numbers at loads 0.105, 0.185 and 0.61, and the theory, within four standard errors."""
    curve = one_step_errors(800, (0.105, 0.185, 0.61), trials=8)
    for k, published in enumerate((0.00101, 0.01004, 0.10021)):
        # With fields that are whole numbers of 1/m, ties stay: fewer errors, by less than one in a hundred.
        assert abs(curve.mean[k] - published) < 4 * curve.error[k] + 0.01 * published
        assert one_step_error(curve.x[k]) == pytest.approx(published, rel=5e-3)


def test_trials_write_into_weights_of_their_own():
    given = Dense(np.zeros((120, 120)))
    both = [
        capacity(120, (0.03, 0.12), connectivity=connectivity, trials=6, probes=4).values
        for connectivity in (given, "dense")
    ]
    assert np.array_equal(*both)
    assert not given.weights.any()


@pytest.mark.parametrize("order", [1, 3, 5, 7])
def test_theory_of_mixtures_equals_all_cases_counted(order):
    signs = np.array([[1 - 2 * (k >> b & 1) for b in range(order)] for k in range(2**order)])
    overlap = (np.sign(signs.sum(axis=1)) * signs[:, 0]).mean()
    assert mixture_theory(order) == pytest.approx((overlap, -order * overlap**2 / 2))


def test_mixtures_have_the_overlaps_and_energies_of_theory():
    found = spurious_states(1500, 5, trials=12, starts=20)
    assert found.orders.tolist() == [1, 3, 5]
    for k, order in enumerate(found.orders):
        overlap, energy = mixture_theory(int(order))
        trials = found.overlaps.shape[1] ** 0.5
        assert abs(found.overlaps[k].mean() - overlap) < 4 * found.overlaps[k].std(ddof=1) / trials + 1e-3
        assert abs(found.energies[k].mean() - energy) < 4 * found.energies[k].std(ddof=1) / trials + 1e-3
    assert found.shares["pattern"] + found.shares["negative"] > 0.5
    assert 0 < found.shares["mixture of 3"] < 0.4
    assert sum(found.shares.values()) == pytest.approx(1)
    stored = found.end_energies[found.ends < 2]
    assert stored.mean() < found.end_energies[found.ends >= 2].mean() - 0.05
    drawn = found.plot()
    assert drawn.get_xlabel() == "Energy a unit"
    assert f"{found.n:,} units; dashed: theory" in drawn.get_title(loc="left")


def test_phases_follow_the_theory():
    diagram = phase_diagram(600, (0.02, 0.05), (0.0, 0.3, 0.95), trials=6, sweeps=30)
    mean = diagram.overlaps.mean(axis=2)
    error = diagram.overlaps.std(axis=2, ddof=1) / 6**0.5
    for column, load in enumerate(diagram.loads):
        assert abs(mean[0, column] - retrieval_overlap(load)) < 4 * error[0, column] + 1e-3
        assert abs(mean[1, column] - order_parameters(load, 0.3)[0]) < 4 * error[1, column] + 1e-3
        assert order_parameters(load, 0.95)[0] == 0.0
        assert mean[2, column] < 0.45  # fades slowly in a finite memory
    drawn = diagram.plot()
    assert drawn.get_ylabel() == "Temperature"
    assert drawn.get_xlim()[0] >= 0.0
    assert drawn.get_ylim()[0] >= 0.0


def test_temperature_of_retrieval():
    """Close to 1 - 1.95 sqrt(load) for small loads (Amit, Gutfreund & Sompolinsky 1987)."""
    for load in (0.001, 0.005):
        assert retrieval_temperature(load) == pytest.approx(1 - 1.95 * load**0.5, abs=0.005)
    assert retrieval_temperature(0.15) == 0.0
    inside = retrieval_temperature(0.08)
    assert order_parameters(0.08, inside - 0.01)[0] > 0.5
    assert order_parameters(0.08, inside + 0.01)[0] == 0.0


def test_landscape_has_the_energies_of_its_states():
    patterns = random_patterns(3, 60, np.random.default_rng(4))
    memory = Hopfield(bias=0.3).fit(patterns)
    land = energy_landscape(memory, (0, 2), points=5)
    corners = memory.energy([patterns[0], -patterns[0], patterns[2], -patterns[2]])
    at = land.energies
    assert [at[2, 4], at[2, 0], at[4, 2], at[0, 2]] == pytest.approx(corners.tolist())
    assert np.isnan(at[0, 0])
    weights = memory.connectivity_.weights
    mixed = 0.5 * patterns[0] - 0.5 * patterns[2]
    assert at[1, 3] == pytest.approx(-0.5 * mixed @ weights @ mixed - 0.3 * mixed.sum())
    found = memory.recall(corrupt(patterns, 0.2, np.random.default_rng(5)), trajectory=True)
    paths = land.project(found.trajectory_overlaps)
    by_hand = np.linalg.lstsq(patterns[[0, 2]].T.astype(float), found.trajectory[0, 1].astype(float))[0]
    assert paths[0, 1] == pytest.approx(by_hand)
    assert (np.abs(paths).sum(axis=2) <= 1 + 1e-9).all()
    assert len(land.plot(recall=found).lines) == 5


def test_a_landscape_of_few_active_units_finds_its_own_points():
    """Overlaps of patterns that differ in activity are not symmetric."""
    patterns = np.concatenate([sparse_patterns(1, 200, activity, 0) for activity in (0.1, 0.4)])
    memory = Hopfield("covariance", values=(0, 1)).fit(patterns)
    land = energy_landscape(memory)
    assert abs(land.gram[0, 1] - land.gram[1, 0]) > 0.01
    states = np.concatenate([patterns, 1 - patterns])
    assert land.project(memory.overlap(states)) == pytest.approx(
        np.array([[1, 0], [0, 1], [-1, 0], [0, -1]]), abs=1e-12
    )


def test_experiments_in_zeros_and_ones_are_those_in_signs():
    options = {"trials": 2, "share": 0.1, "rule": "storkey"}
    signs, bits = (capacity(60, (0.1, 0.3), values=values, **options) for values in ((-1, 1), (0, 1)))
    assert np.array_equal(signs.values, bits.values)
    images = image_patterns(load_digits())
    found = recall_images((images + 1) // 2, (8, 8), values=(0, 1), share=0.12)
    same = recall_images(images, (8, 8), share=0.12)
    assert np.array_equal(2 * found.probes - 1, same.probes)
    assert found.restored.tolist() == same.restored.tolist()
    assert np.array_equal(found.plot().images[0].get_array(), same.plot().images[0].get_array())
    curves = [
        images_restored(patterns, (8, 8), (0.0, 0.2), trials=2, values=values).values
        for patterns, values in ((images, (-1, 1)), ((images + 1) // 2, (0, 1)))
    ]
    assert np.array_equal(*curves)


GOOD = random_patterns(4, 36, np.random.default_rng(0))


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        (lambda: retrieval_overlap(0.0), "load"),
        (lambda: order_parameters(0.1, 0.0), "temp"),
        (lambda: capacity(50, ()), "capacity.loads"),
        (lambda: capacity(50, (0.1, np.nan)), "finite"),
        (lambda: capacity(50, trials=0), "trials"),
        (lambda: capacity(50, threads=0), "threads = 0"),
        (lambda: capacity(50, activity=2), "activity. = 2"),
        (lambda: capacity(50, memory=Hopfield()), "capacity.memory. = .*Give the options of a Hopfield"),
        (
            lambda: capacity(50, memory=DenseMemory(), rule="hebb"),
            "capacity.rule. = 'hebb': is for a Hopfield",
        ),
        (lambda: capacity(50, (-0.1,), trials=1), "load = -0.1"),
        (lambda: capacity(50, "abc"), "finite numbers"),
        (lambda: capacity(50, seed=-1), "seed = -1"),
        (lambda: capacity(50, (0.1,), random_state=1), "is drawn for each memory. Give a seed"),
        (lambda: basin_of_attraction(50, random_state=1), "is drawn for each memory"),
        (lambda: recall_images(GOOD, (6, 6), random_state=1), "is drawn for each memory"),
        (lambda: capacity(50, (0.1,), probes=-1), "probes. = -1"),
        (lambda: phase_diagram(50, 0.05, (0.1,)), "phase_diagram.loads. = 0.05"),
        (lambda: phase_diagram(50, (0.05,), 0.1), "phase_diagram.temperatures. = 0.1"),
        (lambda: spurious_states(50, 4, ()), "spurious_states.orders"),
        (lambda: spurious_states(50, 4, (1,), seed=-1), "seed. = -1"),
        (lambda: energy_landscape(Hopfield().fit(GOOD), 0), "two whole numbers"),
        (lambda: energy_landscape(None), "must be a Hopfield"),
        (
            lambda: energy_landscape(Hopfield().fit(GOOD)).plot(
                recall=Hopfield().fit(GOOD[:1]).recall(GOOD, trajectory=True)
            ),
            "memory of 1 patterns, which has no pattern 1",
        ),
        (lambda: retrieval_overlap("a"), "load = 'a'"),
        (lambda: critical_stability_load("a"), "kappa. = 'a'"),
        (lambda: order_parameters(0.1, "a"), "temperature. = 'a'"),
        (lambda: retrieval_temperature(0.1, tolerance=0), "tolerance. = 0"),
        (lambda: recall_images(GOOD, (5, 5)), "rows and columns of the 36 units"),
        (lambda: energy_landscape(Hopfield()), "nothing is stored yet"),
        (lambda: energy_landscape(Hopfield().fit(GOOD), points=1), "points"),
        (lambda: mixture_theory(2), "must be odd"),
        (lambda: spurious_states(50, 4, (5,)), "there are 4 patterns"),
        (lambda: energy_landscape(Hopfield().fit(GOOD), (0, 4)), "from 0 to 3"),
        (lambda: energy_landscape(Hopfield().fit(GOOD), (1, 1)), "the same"),
        (lambda: energy_landscape(Hopfield("perceptron").fit(GOOD)), "not symmetric"),
        (
            lambda: energy_landscape(Hopfield().fit(GOOD)).plot(recall=Hopfield().fit(GOOD).recall(GOOD)),
            "no traj",
        ),
    ],
)
def test_mistakes(wrong, name):
    with pytest.raises(ParameterError, match=name):
        wrong()
