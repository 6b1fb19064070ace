"""One memory in units of different kinds."""

import numpy as np
import pytest
from neurosim.models import hopfield_spiking
from neurosim.models.hopfield import DenseMemory, Hopfield
from neurosim.models.hopfield.course import Courses
from neurosim.models.hopfield.experiments import corrupt, random_patterns, sparse_patterns
from neurosim.models.hopfield.spiking import READING, read_rates, recall_in_units

from neurosim.errors import ParameterError, UnitError


@pytest.mark.parametrize("seed", [0, 1])
def test_all_kinds_of_unit_recall_the_pattern(seed):
    courses = hopfield_spiking.recall(seed)
    assert list(courses) == ["binary", "continuous", "lif", "lif_dale", "hh"]
    for name, course in courses.items():
        assert course.overlaps[0] == pytest.approx(0.6), name
        assert course.overlaps[-1] > 0.95, name
    # The two units of a pair get the same input: the network computes with the same weights.
    assert np.array_equal(courses["lif_dale"].states, courses["lif"].states)
    lines = courses.plot().get_lines()
    assert [line.get_label() for line in lines][-2:] == ["LIF, Dale's law", "Hodgkin-Huxley"]
    assert np.array_equal(lines[2].get_ydata(), courses["lif"].overlaps)


def test_spikes_are_read_through_a_filter():
    times, neurons = np.array([5.0, 25.0, 38.0]), np.array([0, 1, 1])
    ends, rates = read_rates(times, neurons, 2, 60.0, 20.0)
    assert ends.tolist() == [20.0, 40.0, 60.0]
    for k, end in enumerate(ends):
        for i in range(2):
            past = times[(neurons == i) & (times < end)]
            level = 1000 * np.exp(-(end - past) / READING).sum() / READING
            assert rates[k, i] == pytest.approx(level / (1 - np.exp(-end / READING)))
    regular = np.arange(1.0, 400.0, 2.0)
    assert read_rates(regular, np.zeros(200, int), 1, 400.0, 20.0)[1] == pytest.approx(500.0, rel=0.03)


def test_the_connections_are_used_as_they_are_and_factors_too():
    rng = np.random.default_rng(3)
    patterns = random_patterns(5, 120, rng)
    probe = corrupt(patterns[:1], 0.15, rng)[0]
    for connectivity in ("dense", "low_rank"):
        memory = Hopfield(connectivity=connectivity).fit(patterns)
        before = memory.connectivity_.weights.copy()
        found = recall_in_units(memory, probe, 0, ("lif",), duration=300.0)["lif"]
        assert found.overlaps[-1] > 0.95
        assert np.array_equal(memory.connectivity_.weights, before)


def test_states_of_zero_and_one():
    rng = np.random.default_rng(4)
    patterns = random_patterns(4, 60, rng)
    memory = Hopfield(values=(0, 1)).fit((patterns + 1) // 2)
    probe = (corrupt(patterns[:1], 0.15, rng)[0] + 1) // 2
    found = recall_in_units(memory, probe, 0, ("binary", "rate"), duration=200.0)
    assert found["binary"].overlaps[-1] == found["rate"].overlaps[-1] == 1.0


def test_overlaps_of_few_active_units_are_those_of_the_memory():
    x = sparse_patterns(3, 120, 0.2, np.random.default_rng(5))
    memory = Hopfield("covariance", values=(0, 1)).fit(x)
    for course in recall_in_units(memory, x[1], 1, ("binary", "continuous"), duration=100.0).values():
        assert course.overlaps == pytest.approx(memory.overlap(course.states > 0)[:, 1])
        assert course.overlaps[-1] > 0.9


def test_mistakes():
    patterns = random_patterns(2, 30, np.random.default_rng(0))
    memory = Hopfield().fit(patterns)
    with pytest.raises(ParameterError, match="must be one of binary, continuous, rate, lif, lif_dale, hh"):
        recall_in_units(memory, patterns[0], 0, ("spikes",))
    with pytest.raises(ParameterError, match="the stored patterns have 30 units"):
        recall_in_units(memory, patterns[0, :20], 0)
    with pytest.raises(ParameterError, match="from 0 to 1"):
        recall_in_units(memory, patterns[0], 2)
    with pytest.raises(ParameterError, match="nothing is stored yet"):
        recall_in_units(Hopfield(), patterns[0], 0)
    for none in (None, DenseMemory().fit(patterns)):
        with pytest.raises(ParameterError, match="must be a Hopfield"):
            recall_in_units(none, patterns[0], 0)
    with pytest.raises(ParameterError, match="must be a single state"):
        recall_in_units(memory, patterns, 0)
    with pytest.raises(ParameterError, match="not symmetric"):
        recall_in_units(Hopfield("perceptron").fit(patterns), patterns[0], 0, ("binary",))
    for units in ((), None, "lif"):
        with pytest.raises(ParameterError, match="at least one kind of unit"):
            recall_in_units(memory, patterns[0], 0, units)
    for wrong in (0, -1, 500, np.nan, "20"):
        with pytest.raises(ParameterError, match="window"):
            recall_in_units(memory, patterns[0], 0, window=wrong)
    for wrong in (-5, "500 ms", None):
        with pytest.raises(ParameterError, match="cue"):
            recall_in_units(memory, patterns[0], 0, cue=wrong)
    with pytest.raises(UnitError, match="cue"):
        recall_in_units(memory, patterns[0], 0, cue="60 mV")


def test_times_are_read_with_their_units():
    patterns = random_patterns(2, 30, np.random.default_rng(0))
    memory, kinds = Hopfield().fit(patterns), ("binary", "continuous", "rate", "lif")
    given = recall_in_units(
        memory, patterns[0], 0, kinds, cue="0.06 s", duration="130 ms", window="20 ms", dt="0.1 ms"
    )
    assert given.cue == 60.0
    numbers = recall_in_units(memory, patterns[0], 0, kinds, cue=60, duration=130, window=20, dt=0.1)
    for name in kinds:
        np.testing.assert_allclose(given[name].t, 20.0 * np.arange(1, 7))  # no half windows at the end
        assert np.array_equal(given[name].states, numbers[name].states)


def test_binary_units_are_held_by_the_cue_and_then_take_a_sweep_a_window():
    rng = np.random.default_rng(5)
    patterns = random_patterns(5, 120, rng)
    probe = corrupt(patterns[:1], 0.25, rng)[0]
    memory = Hopfield().fit(patterns)
    course = recall_in_units(memory, probe, 0, ("binary",), cue=50, duration=120)["binary"]
    swept = memory.recall(probe, trajectory=True).trajectory[:, 0]
    assert course.t.tolist() == [20.0, 40.0, 60.0, 80.0, 100.0, 120.0]
    for state, sweeps in zip(course.states, (0, 0, 1, 2, 3, 4), strict=True):
        assert np.array_equal(state, swept[min(sweeps, len(swept) - 1)])


def test_panels_of_states_say_what_is_dark_and_have_numbers_below_each_column():
    patterns = random_patterns(2, 30, np.random.default_rng(0))
    course = recall_in_units(Hopfield().fit(patterns), patterns[0], 0, ("binary",), duration=100)["binary"]
    for n_panels, lowest in ((1, [0]), (5, [3, 4])):
        figure = Courses({str(k): course for k in range(n_panels)}, 60.0).plot_states()
        assert len(figure.axes) == n_panels
        labelled = [k for k, ax in enumerate(figure.axes) if ax.get_xlabel() == "Time (ms)"]
        numbered = [
            k for k, ax in enumerate(figure.axes) if ax.xaxis.get_tick_params().get("labelbottom", True)
        ]
        assert labelled == numbered == lowest
        assert "Dark: the unit is up" in figure.get_suptitle()
