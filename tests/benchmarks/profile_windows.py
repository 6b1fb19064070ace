"""Print where the time of a run goes, for each benchmark network.

Run ``python tests/benchmarks/profile_windows.py [cuba_4000 ...]``. One thread; compiled code makes the calls
of every window, as it always does, and looks at the clock around each. What that costs is measured and taken
off.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from time import perf_counter

import numpy as np
from neurosim.models import find_model
from numpy.typing import NDArray

from neurosim.bench.spiking import NETWORKS, SPIKING
from neurosim.engines.native import Session
from neurosim.engines.split import WHOLE
from neurosim.kernels.core.call import Call, call_task
from neurosim.kernels.core.clock import clock, nanoseconds
from neurosim.kernels.core.jit import kernel

PIECE = 200
"""Steps between two visits of Python, which hands on the spikes."""


@kernel
def timed(
    calls: NDArray[np.int64],
    times: NDArray[np.int64],
    clock: tuple[int, int],
    room: int,
    step: int,
    n_steps: int,
    window: int,
) -> None:
    """Go through windows, and add up the time of each call, ns; see `neurosim.kernels.core.driver.drive`."""
    for done in range(0, n_steps, window):
        for c in range(len(calls)):
            begun = nanoseconds(clock, room)
            call_task(calls[c, 0], calls[c, 1], step + done, 0, min(window, n_steps - done))
            times[c] += nanoseconds(clock, room) - begun


@kernel
def looking(clock: tuple[int, int], room: int, rounds: int) -> float:
    """Time that seems to pass between two looks at the clock, ns."""
    total = 0
    for _ in range(rounds):
        begun = nanoseconds(clock, room)
        total += nanoseconds(clock, room) - begun
    return total / rounds


def compiled_calls(session: Session) -> list[Call]:
    """The calls of a window, which must leave nothing to Python."""
    phases = list(session.phases(WHOLE))
    if any(callable(phase) for phase in phases):
        raise ValueError("Python has a part in this network's windows")
    return [call for phase in phases for share in phase for call in share]


def profile(name: str) -> None:
    """Print the parts of one case."""
    case = SPIKING[name]
    model = find_model(NETWORKS[case.kind]).build(case.n, dt=case.dt, threads=1, seed=1)
    network = model.network
    network.run(5.0)  # loads the kernels
    network.run(case.duration)
    before, begun = len(model.spikes), perf_counter()
    network.run(case.duration)
    plain, spikes = perf_counter() - begun, len(model.spikes) - before
    session = network.session
    window, steps = session.window, round(case.duration / case.dt)
    calls = compiled_calls(session)
    words = np.array([call.words for call in calls], np.int64)
    times, room = np.zeros(len(calls), np.int64), np.zeros(2, np.int64)
    session.straight.begin(network.step)
    for step in range(network.step, network.step + steps, PIECE):
        timed(words, times, clock(), room.ctypes.data, step, PIECE, window)
        session.watch.collect(step + (PIECE - 1) // window * window, (PIECE - 1) % window + 1)
    windows = -(-PIECE // window) * steps // PIECE
    cost = looking(clock(), room.ctypes.data, 100_000)
    parts: dict[str, float] = defaultdict(float)
    for call, nanos in zip(calls, times, strict=True):
        parts[call.name] += 1e-9 * (float(nanos) - windows * cost)
    events = spikes * sum(p.connectivity.n_synapses for p in network.projections) / case.n
    print(f"{name}: {plain:.3f} s without clocks, {windows} windows of {window} steps, {spikes} spikes")
    for part, seconds in parts.items():
        per = f"{1e6 * seconds / windows:7.2f} us a window"
        detail = ""
        if part == "advance":
            detail = f"{1e9 * seconds / (steps * case.n):.2f} ns per neuron-step"
        elif part.startswith("deliver"):
            detail = f"{1e9 * seconds / events:.2f} ns per synaptic event"
        print(f"  {part:22} {seconds:7.3f} s  {100 * seconds / plain:5.1f} %  {per}  {detail}".rstrip())


if __name__ == "__main__":
    for chosen in sys.argv[1:] or [
        case.name for case in SPIKING.values() if case.kind in NETWORKS and not case.start
    ]:
        profile(chosen)
