"""Spike-train statistics against processes whose values are known."""

import numpy as np
import pytest

from neurosim import LIF, Population, SpikeMonitor
from neurosim.analysis import interval_cv, mean_rate
from neurosim.errors import ParameterError


def test_rate_of_a_clock_and_a_silent_neuron():
    assert mean_rate([np.arange(0.0, 1000.0, 10.0), np.zeros(0)], 1000.0) == pytest.approx(50.0)


def test_cv_of_a_clock_is_zero_and_of_alternating_intervals_known():
    clock = np.arange(0.0, 100.0, 5.0)
    alternating = np.cumsum([1.0, 3.0] * 50)
    assert interval_cv([clock])[0] == pytest.approx(0.0, abs=1e-12)
    # Intervals 3, 1, 3, ..., 3 (50 threes, 49 ones).
    intervals = np.array([3.0, 1.0] * 49 + [3.0])
    assert interval_cv([alternating])[0] == pytest.approx(intervals.std() / intervals.mean())


def test_cv_of_a_poisson_process_is_one():
    rng = np.random.default_rng(3)
    trains = [np.cumsum(rng.exponential(20.0, 400)) for _ in range(200)]
    # The standard error of one CV is about 1/sqrt(2n) = 0.035, that of the mean of 200 about 0.0025;
    # the estimate is biased by about 1/n.
    assert interval_cv(trains).mean() == pytest.approx(1.0, abs=0.0125)


def test_too_few_spikes_give_nan():
    assert np.isnan(interval_cv([np.array([1.0, 2.0]), np.zeros(0)])).all()
    assert interval_cv([np.array([1.0, 2.0])], least=2)[0] == 0.0


@pytest.mark.parametrize(
    "call",
    [
        lambda: mean_rate([], 10.0),
        lambda: mean_rate([np.zeros(0)], 0.0),
        lambda: interval_cv([np.zeros(0)], least=1),
        lambda: interval_cv([np.array([1.0, 3.0, 2.0])]),
    ],
)
def test_bad_input(call):
    with pytest.raises(ParameterError):
        call()


def test_trains_may_be_lists_and_a_monitor_is_told_how_to_give_them():
    assert mean_rate([[10.0, 20.0], []], 1000.0) == pytest.approx(1.0)
    assert interval_cv([[1.0, 2.0, 3.0]]) == pytest.approx(0.0)
    monitor = SpikeMonitor(Population(2, LIF))
    for trains in (monitor, [1.0, 2.0]):
        with pytest.raises(ParameterError, match=r"spike times of each neuron.*monitor\.spike_trains\(\)"):
            interval_cv(trains)
        with pytest.raises(ParameterError, match=r"monitor\.spike_trains\(\)"):
            mean_rate(trains, 10.0)
