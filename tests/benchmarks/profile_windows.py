"""Print where the time of a run goes, for each benchmark network.

Run ``python tests/benchmarks/profile_windows.py [cuba_4000 ...]``. One thread, and its processor
time, so that other programs disturb little. Python makes the calls of every window, with a clock around each;
what the clocks cost is measured and taken off.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable
from time import thread_time
from typing import Any

from neurosim.models import find_model

from neurosim.bench.spiking import NETWORKS, SPIKING
from neurosim.engines.native import Session
from neurosim.engines.program import Program
from neurosim.engines.split import WHOLE
from neurosim.kernels.call import Call

CLOCK_ROUNDS = 100_000


class Clocks:
    """Time spent in functions, and in those that they call."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.calls: dict[str, int] = defaultdict(int)

    def around(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, timed."""

        def timed(*arguments: Any, **options: Any) -> Any:
            begun = thread_time()
            result = function(*arguments, **options)
            self.seconds[name] += thread_time() - begun
            self.calls[name] += 1
            return result

        return timed


def instrument(session: Session, clocks: Clocks) -> None:
    """Let Python make the calls of a window, with a clock around each."""
    parts = []
    for phase in session.phases(WHOLE):
        if callable(phase):
            parts.append(clocks.around("Python", phase))
        else:
            parts += [clocks.around(call.name, made_by_python(call)) for share in phase for call in share]
    program = Program(parts, 1)
    session.program = lambda split: program
    session.watch.collect = clocks.around("monitors", session.watch.collect)
    session.watch.after = clocks.around("monitors", session.watch.after)


def made_by_python(call: Call) -> Callable[[int, int], int]:
    return lambda step, n_steps: call(step, 0, n_steps)


def clock_cost() -> float:
    """Seconds that a clock adds to a call."""
    nothing = Clocks().around("", lambda: None)
    begun = thread_time()
    for _ in range(CLOCK_ROUNDS):
        nothing()
    return (thread_time() - begun) / CLOCK_ROUNDS


def profile(name: str) -> None:
    """Print the parts of one case."""
    case = SPIKING[name]
    model = find_model(NETWORKS[case.kind]).build(case.n, dt=case.dt, threads=1, seed=1)
    network = model.network
    network.run(5.0)  # loads the kernels
    network.run(case.duration)  # without clocks
    begun = thread_time()
    network.run(case.duration)
    plain = thread_time() - begun
    clocks = Clocks()
    session = network.session
    window, steps = session.window, round(case.duration / case.dt)
    instrument(session, clocks)
    before = len(model.spikes)
    network.run(case.duration)
    spikes = len(model.spikes) - before
    windows, cost = -(-steps // window), clock_cost()
    parts = {part: clocks.seconds[part] - cost * clocks.calls[part] for part in clocks.seconds}
    synapses = sum(p.connectivity.n_synapses for p in network.projections)
    events = spikes * synapses / case.n
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
