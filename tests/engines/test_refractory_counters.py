"""What is left of refractory times is counted in the narrowest type that holds them, and nobody notices."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from neurosim.network import Network, Population, SpikeMonitor
from neurosim.neurons import LIF

DT = 0.1


def driven(
    tau_ref: float | list[float], threads: int | None = None
) -> tuple[Network, Population, SpikeMonitor]:
    """Neurons that spike as soon as they may."""
    cells = Population(np.size(tau_ref), LIF, v_in=1e6, tau_ref=tau_ref, name="cells")
    spikes = SpikeMonitor(cells, name="spikes")
    return Network(cells, spikes, dt=DT, threads=threads), cells, spikes


def intervals(spikes: SpikeMonitor, neuron: int = 0) -> list[int]:
    return np.diff(np.rint(spikes.t[spikes.i == neuron] / DT).astype(int)).tolist()


def counter(network: Network) -> str:
    (state,) = network.session.states
    return str(state.left.dtype)


@pytest.mark.parametrize(
    ("steps", "kind"),
    [(1, "uint8"), (255, "uint8"), (256, "uint16"), (65535, "uint16"), (65536, "int32")],
)
def test_a_neuron_rests_for_its_refractory_time_at_the_limits_of_every_type(steps: int, kind: str) -> None:
    network, _, spikes = driven(steps * DT)
    network.run((2 * steps + 10) * DT)
    assert counter(network) == kind
    assert {*intervals(spikes)} == {steps + 1}


def test_the_longest_of_the_refractory_times_decides_and_leaves_the_others_as_they_are() -> None:
    network, _, spikes = driven([0.0, 2.0, 30.0])
    network.run(100.0)
    assert counter(network) == "uint16"
    assert [{*intervals(spikes, k)} for k in range(3)] == [{1}, {21}, {301}]


@pytest.mark.parametrize(("before", "after"), [(2.0, 30.0), (30.0, 2.0), (30.0, 7000.0), (7000.0, 30.0)])
def test_a_neuron_at_rest_stays_so_while_the_type_changes(before: float, after: float) -> None:
    network, cells, spikes = driven(before)
    network.run(1.0)  # fires in the first step, and rests
    cells["tau_ref"] = after
    network.run(before + after + 3.0)
    assert intervals(spikes)[:2] == [round(before / DT) + 1, round(after / DT) + 1]


def test_a_stored_rest_comes_back_where_counters_have_become_narrower() -> None:
    network, cells, spikes = driven(30.0)
    network.run(1.0)
    network.store("resting")
    network.run(60.0)
    expected = spikes.t.tolist()
    for tau_ref in (2.0, 1.0):  # the long rest must be over before its type can go
        cells["tau_ref"] = tau_ref
        network.run(60.0)
    assert counter(network) == "uint8"
    network.restore("resting")
    network.run(60.0)
    assert spikes.t.tolist() == expected


def test_a_saved_network_rests_on(tmp_path: Path) -> None:
    network, _, spikes = driven([2.0, 40.0])
    network.run(3.0)
    (saved,) = network.session.snapshot()
    assert saved["left"].dtype == np.int32  # in files, whatever the type at work
    network.save(tmp_path / "resting.nsim")
    network.run(100.0)
    again = Network.load(tmp_path / "resting.nsim")
    again.run(100.0)
    (monitor,) = (m for m in again.monitors if isinstance(m, SpikeMonitor))
    assert monitor.t.tolist() == spikes.t.tolist()
    assert monitor.i.tolist() == spikes.i.tolist()
