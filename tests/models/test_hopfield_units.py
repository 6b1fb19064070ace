"""One memory in units of different kinds."""

import numpy as np
import pytest
from neurosim.models import hopfield_spiking
from neurosim.models.hopfield import Hopfield
from neurosim.models.hopfield.experiments import corrupt, random_patterns
from neurosim.models.hopfield.spiking import READING, read_rates, recall_in_units

from neurosim.errors import ParameterError


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


def test_mistakes():
    patterns = random_patterns(2, 30, np.random.default_rng(0))
    memory = Hopfield().fit(patterns)
    with pytest.raises(ParameterError, match="must be among binary, continuous, rate, lif, lif_dale, hh"):
        recall_in_units(memory, patterns[0], 0, ("spikes",))
    with pytest.raises(ParameterError, match="the stored patterns have 30 units"):
        recall_in_units(memory, patterns[0, :20], 0)
    with pytest.raises(ParameterError, match="from 0 to 1"):
        recall_in_units(memory, patterns[0], 2)
    with pytest.raises(ParameterError, match="nothing is stored yet"):
        recall_in_units(Hopfield(), patterns[0], 0)
