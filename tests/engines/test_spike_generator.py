"""Spikes at given times: rounding, order, trials, changes between runs, playing back."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from neurosim import Network, PoissonPopulation, SpikeGenerator, SpikeMonitor
from neurosim.engines.spike_generator_state import SpikeGeneratorState
from neurosim.errors import NeurosimError, ParameterError, UnitError


def recorded(generator: SpikeGenerator, *durations: float, **settings: int) -> SpikeMonitor:
    spikes = SpikeMonitor(generator)
    network = Network(generator, spikes, **settings)  # type: ignore[arg-type]
    for duration in durations:
        network.run(duration)
    return spikes


def test_spikes_come_sorted_at_the_nearest_step() -> None:
    spikes = recorded(SpikeGenerator(3, [2, 0, 1, 0], [0.26, 0.14, 0.0, 0.999]), 1)
    assert spikes.i.tolist() == [1, 0, 2]  # 0.999 rounds to the end, which the run does not reach
    assert np.allclose(spikes.t, [0.0, 0.1, 0.3])


def test_the_grid_is_met_in_spite_of_rounding() -> None:
    steps = np.random.default_rng(1).permutation(5000)
    spikes = recorded(SpikeGenerator(1, 0, steps * 0.1), 500)
    assert np.array_equal(np.rint(spikes.t * 10), np.arange(5000))


def test_two_spikes_in_one_step_are_both_sent() -> None:
    spikes = recorded(SpikeGenerator(2, [1, 0, 1, 1], [0.52, 0.5, 0.48, 0.9]), 1)
    assert spikes.i.tolist() == [0, 1, 1, 1]
    assert spikes.count.tolist() == [1, 3]


def test_times_may_be_quantities() -> None:
    assert recorded(SpikeGenerator(1, 0, "0.003 s"), 5).t.tolist() == [3.0]
    assert recorded(SpikeGenerator(2, [0, 1], ["1 ms", "2 ms"]), 5).i.tolist() == [0, 1]
    assert len(recorded(SpikeGenerator(2), 5)) == 0


def test_every_trial_has_the_spikes_unless_trials_are_given() -> None:
    shared = recorded(SpikeGenerator(3, [2, 0, 1], [1.0, 1.0, 0.2]), 2, trials=2)
    assert shared.trial.tolist() == [0, 1, 0, 0, 1, 1]
    assert shared.i.tolist() == [1, 1, 0, 2, 0, 2]
    own = recorded(SpikeGenerator(3, [2, 0, 1], [1.0, 1.0, 0.2], trials=[1, 1, 0]), 2, trials=2)
    assert own.trial.tolist() == [0, 1, 1]
    assert own.i.tolist() == [1, 0, 2]


def test_new_spikes_between_runs() -> None:
    generator = SpikeGenerator(2, [0, 0], [1.0, 8.0])
    spikes = SpikeMonitor(generator)
    network = Network(generator, spikes)
    network.run(5)
    for times in ([4.9], [6.0, 0.3]):
        with pytest.raises(ParameterError, match=r"times = .*lies in the past: the network has reached 5 ms"):
            generator.set_spikes([1] * len(times), times)
    generator.set_spikes([1, 1], [7.0, 4.96])
    network.run(5)
    assert spikes.i.tolist() == [0, 1, 1]
    assert spikes.t.tolist() == [1.0, 5.0, 7.0]


@pytest.mark.parametrize("trials", [1, 3])
def test_playing_back_what_was_recorded(trials: int) -> None:
    noise = PoissonPopulation(20, 300)
    first = SpikeMonitor(noise[5:])
    Network(noise, first, trials=trials, seed=1).run(50)
    second = recorded(SpikeGenerator.from_monitor(first), 20, 30, trials=trials)
    assert len(first) > 100
    for name in ("i", "t", "trial", "count"):
        assert np.array_equal(getattr(first, name), getattr(second, name))


def test_memory_is_that_of_the_spikes() -> None:
    generator = SpikeGenerator(2**30, [2**30 - 1, 0], [1e6, 1e6 - 0.1])
    network = Network(generator, trials=1)
    network.run(1)
    place: Any = SimpleNamespace(network=network)
    assert SpikeGeneratorState.memory(generator, place) < 100


@pytest.mark.parametrize(
    ("units", "times"),
    [
        ([3], [1.0]),
        ([-1], [1.0]),
        ([0.5], [1.0]),
        ([True], [1.0]),
        (["a"], [1.0]),
        ([0, 1], [1.0]),
        ([[0]], [[1.0]]),
        ([0], [np.nan]),
        ([0], [np.inf]),
        ([0], [-0.1]),
        ([0], ["1 mV"]),
        ([0], None),
        ([[0], [1, 2]], [1.0, 2.0]),
    ],
)
def test_bad_spikes(units: object, times: object) -> None:
    with pytest.raises(NeurosimError, match=r"units|times"):
        SpikeGenerator(3, units, times)
    generator = SpikeGenerator(3, [1], [2.0])
    with pytest.raises((ParameterError, UnitError)):
        generator.set_spikes(units, times)
    assert generator.units.tolist() == [1]
    assert generator.times.tolist() == [2.0]


def test_bad_trials() -> None:
    for trials in ([-1], [0, 1], [0.5]):
        with pytest.raises(ParameterError, match="trials"):
            SpikeGenerator(3, [0], [1.0], trials=trials)
    generator = SpikeGenerator(3, [0, 1], [1.0, 2.0], trials=[0, 2], name="given")
    network = Network(generator, trials=2)
    with pytest.raises(ParameterError, match=r"given.trials = 2: must be from 0 to 1, the trials"):
        network.run(1)
    assert network.t == 0


def test_times_beyond_counting() -> None:
    with pytest.raises(ParameterError, match="times"):
        Network(SpikeGenerator(1, 0, 1e30)).run(1)


def test_what_is_given_cannot_be_written_to() -> None:
    generator = SpikeGenerator(3, [1], [2.0])
    with pytest.raises(ValueError, match="read-only"):
        generator.times[0] = 1.0
    with pytest.raises(AttributeError):
        generator.times = np.ones(1)  # type: ignore[misc]
    with pytest.raises(ParameterError, match="must be a SpikeMonitor"):
        SpikeGenerator.from_monitor(generator)  # type: ignore[arg-type]
