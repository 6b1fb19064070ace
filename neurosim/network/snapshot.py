"""The whole state of a network, taken and put back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from neurosim.network.population import Population

if TYPE_CHECKING:
    from neurosim.network.network import Network

KINDS = ("groups", "projections", "inputs", "monitors")
"""Lists of parts of a network."""


def take(network: Network) -> dict[str, Any]:
    """Everything that the rest of a run depends on, and what was recorded.

    Arrays are those in use, not copies; see `kept`.

    Raises
    ------
    OutputError
        If records that were not yet in their file cannot be written now.
    """
    parts = {kind: [part.snapshot() for part in getattr(network, kind)] for kind in KINDS}
    engine = None if network.session is None else network.session.snapshot()
    return {"step": network.step, "engine": engine, **parts}


def put_back(network: Network, saved: Mapping[str, Any]) -> None:
    """Make a network what it was when a snapshot was taken of it, or of one that was built alike.

    Raises
    ------
    DataError
        If a file that a monitor was writing to does not hold what had been recorded; nothing has changed
        then.
    """
    for monitor, its in zip(network.monitors, saved["monitors"], strict=True):
        monitor.check_file(its)
    if saved["engine"] is None:
        network.session = None
        for group in network.groups:
            if isinstance(group, Population):
                group.bind({})
    elif network.session is None:
        network.begin(network.make_session())
    for kind in KINDS:
        for part, its in zip(getattr(network, kind), saved[kind], strict=True):
            part.restore(its)
    network.step = saved["step"]
    if network.session is not None:
        network.session.restore(saved["engine"])


def kept(value: Any, seen: dict[int, np.ndarray] | None = None) -> Any:
    """A snapshot with copies of the arrays that may still change; one array in two places stays one."""
    seen = {} if seen is None else seen
    if isinstance(value, dict):
        return {key: kept(item, seen) for key, item in value.items()}
    if isinstance(value, list):
        return [kept(item, seen) for item in value]
    if isinstance(value, np.ndarray) and value.flags.writeable:
        if id(value) not in seen:
            seen[id(value)] = value.copy()
        return seen[id(value)]
    return value
