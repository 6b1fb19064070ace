"""Refuses networks that do not fit the memory, before anything is allocated."""

from __future__ import annotations

from collections.abc import Mapping

from neurosim.errors import ParameterError
from neurosim.machine import memory_bytes
from neurosim.network.group import Group
from neurosim.network.monitor import Monitor
from neurosim.network.network import Network
from neurosim.network.spike_monitor import SpikeMonitor
from neurosim.recording.columns import row_bytes


def check_memory(network: Network, needs: Mapping[Group, int]) -> None:
    """Compare what the groups of a network need with what the machine has.

    Parameters
    ----------
    network : Network
    needs : mapping of Group to int
        Bytes.

    Raises
    ------
    ParameterError
        Naming the largest group and the number of bytes; also if its units cannot be counted with 32 bits.
    """
    for group in needs:
        size = group.n * network.trials
        if size >= 2**31:
            limit = f"with {network.trials} trials makes {size} units; the limit is 2147483647"
            raise ParameterError(f"{group.name}.n", group.n, limit)
    total, available = sum(needs.values()), memory_bytes()
    if total > available:
        largest = max(needs, key=needs.__getitem__)
        raise ParameterError(
            f"{largest.name}.n",
            largest.n,
            f"the network would need {total} bytes of memory, and the machine has {available}",
            "Use fewer units, fewer trials or shorter delays.",
        )


def check_recording(network: Network, intervals: Mapping[Monitor, int], n_steps: int) -> None:
    """Compare what the monitors will have recorded with what the machine has.

    Spikes cannot be counted beforehand, and what is streamed to a file takes no memory.

    Parameters
    ----------
    network : Network
    intervals : mapping of Monitor to int
        Steps between two records.
    n_steps : int
        Of the run.

    Raises
    ------
    ParameterError
        Naming the largest monitor and the number of bytes.
    """
    needs = {
        monitor: row_bytes(monitor.layout(network.trials)) * ((network.step + n_steps) // interval)
        for monitor, interval in intervals.items()
        if not (monitor.path or monitor.closed or isinstance(monitor, SpikeMonitor))
    }
    total, available = sum(needs.values()), memory_bytes()
    if total > available:
        largest = max(needs, key=needs.__getitem__)
        time = (network.step + n_steps) * network.dt
        raise ParameterError(
            f"{largest.name}.{largest.INTERVAL}",
            largest.interval,
            f"over {time:g} ms this takes {total} bytes, and the machine has {available}",
            "Record less or at longer intervals, run for a shorter time, or stream to a file (file=...).",
        )
