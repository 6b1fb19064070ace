"""Networks that go back to a stored state: what follows is what followed the first time, bit for bit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from busy_network import everything, outcome, same

from neurosim import LIF, Network, Normal, Population, SpikeMonitor, StateMonitor, read_recording
from neurosim.errors import DataError, ParameterError


@pytest.fixture(scope="module")
def unbroken() -> list[np.ndarray]:
    network = everything()
    network.run(20.0)
    return outcome(network)


def test_the_network_of_these_tests_is_busy(unbroken: list[np.ndarray]) -> None:
    network = everything()
    network.run(20.0)
    spikes = [m for m in network.monitors if isinstance(m, SpikeMonitor)]
    assert all(len(m) > 10 for m in spikes)
    assert same(outcome(network), unbroken)


@pytest.mark.parametrize("before", [0.0, 0.1, 3.7, 8.0, 12.3])
def test_what_follows_is_the_same_again(before: float, unbroken: list[np.ndarray]) -> None:
    network = everything()
    network.run(before)
    network.store()
    for first in (20.0 - before, 5.3, 20.0 - before):
        network.run(first)
        if first == 20.0 - before:
            assert same(outcome(network), unbroken)
        network.restore()


def test_a_snapshot_of_a_network_that_never_ran(unbroken: list[np.ndarray]) -> None:
    network = everything()
    network.store("before")
    network.run(4.0)
    network.store("after")
    network.restore("before")
    assert network.step == 0
    assert len(network.monitors[0].t) == 0
    assert np.asarray(network.groups[5]["v"]).shape == (37,)
    network.run(20.0)
    assert same(outcome(network), unbroken)
    network.restore("before")
    network.restore("after")
    network.run(16.0)
    assert same(outcome(network), unbroken)


@pytest.mark.parametrize("trials", [1, 3])
def test_spikes_without_delay_and_other_numbers_of_trials(trials: int) -> None:
    network = everything(trials=trials, shortest=0.0)
    network.run(6.2)
    network.store()
    network.run(5.0)
    first = outcome(network)
    network.restore()
    network.run(5.0)
    assert same(outcome(network), first)


def test_what_a_user_has_set_goes_back_too() -> None:
    network = everything()
    network.run(2.0)
    network.store()
    network.run(5.0)
    expected = outcome(network)
    network.restore()
    noise, _, given, _, gate, lif, _, edge, rates = network.groups
    noise.rate = 5.0
    given.set_spikes([0], [30.0])
    gate.threshold = 5.0
    lif["v_in"], lif["v"], lif[:3]["tau_m"] = 3.0, 0.9, 7.0
    edge["I"], rates["r"] = 2.0, 0.9
    network.projections[0].connectivity.weights[...] = 0.0
    network.projections[2].stp.reset()
    network.inputs[0].rate, network.inputs[0].weight = 1.0, 9.0
    network.monitors[0].close()
    network.run(5.0)
    assert not same(outcome(network), expected)
    network.restore()
    network.run(5.0)
    assert same(outcome(network), expected)


def test_a_signal_set_before_it_was_passed_on_is_passed_on() -> None:
    network = everything()
    network.run(2.0)
    network.groups[-1]["r"] = 0.7
    network.store()
    network.run(3.0)
    expected = outcome(network)
    network.restore()
    network.run(3.0)
    assert same(outcome(network), expected)


def test_snapshots_share_what_was_recorded_and_leave_each_other_alone() -> None:
    network = everything()
    network.run(3.0)
    network.store("a")
    at_a = outcome(network)
    network.run(3.0)
    network.store("b")
    at_b = [x.copy() for x in outcome(network)]
    network.restore("a")
    network.groups[5]["v_in"] = 2.0
    network.run(4.0)
    network.restore("b")
    assert same(outcome(network), at_b)
    network.restore("a")
    assert same(outcome(network), at_a)


def test_a_distribution_given_after_going_back_draws_what_it_drew() -> None:
    network = everything()
    network.run(1.0)
    network.store()
    cells = network.groups[5]
    cells["v_in"] = Normal(1.0, 0.2)
    first = cells["v_in"]
    cells["v_in"] = Normal(1.0, 0.2)
    assert not np.array_equal(cells["v_in"], first)
    network.restore()
    cells["v_in"] = Normal(1.0, 0.2)
    assert np.array_equal(cells["v_in"], first)


def test_files_of_monitors_are_cut_back_when_the_network_runs_next(tmp_path: Path) -> None:
    cells = Population(3, LIF, v_in=[1.2, 1.5, 2.0])
    spikes, states = SpikeMonitor(cells, file=tmp_path / "s"), StateMonitor(cells, "v", file=tmp_path / "v")
    network = Network(cells, spikes, states, dt=0.1)
    network.run(30.0)
    network.store()
    network.run(40.0)
    expected = spikes.t, spikes.i, states["v"]
    network.restore()
    assert states["v"].shape == (300, 3)
    assert spikes.t.size < expected[0].size
    network.run(40.0)
    assert all(np.array_equal(a, b) for a, b in zip(expected, (spikes.t, spikes.i, states["v"]), strict=True))
    assert np.array_equal(read_recording(tmp_path / "s").t, expected[0])
    network.restore()
    network.run(1.0)
    assert read_recording(tmp_path / "v").duration == 31.0


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.unlink(),
        lambda path: path.write_bytes(path.read_bytes()[:-9]),
        lambda path: path.write_bytes(path.read_bytes().replace(b"LAST", b"DATA")),
        lambda path: path.write_bytes(b""),
    ],
)
def test_a_file_that_is_not_what_it_was_is_an_error_and_changes_nothing(
    tmp_path: Path, damage: Callable[[Path], object]
) -> None:
    cells = Population(3, LIF, v_in=2.0)
    states = StateMonitor(cells, "v", file=tmp_path / "v")
    network = Network(cells, states, dt=0.1)
    network.run(3.0)
    network.store()
    damage(tmp_path / "v")
    cells["v"] = 0.25
    with pytest.raises(DataError, match=r"/v: "):
        network.restore()
    assert (np.asarray(cells["v"]) == 0.25).all()


def test_a_name_that_was_not_stored() -> None:
    network = Network(Population(1, LIF))
    network.store("rest")
    with pytest.raises(ParameterError, match=r"Network.restore.name = 'resr'.*there are rest"):
        network.restore("resr")
