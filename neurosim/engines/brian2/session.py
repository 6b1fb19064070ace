"""A network at work on Brian2."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from neurosim.engines.brian2.language import package
from neurosim.engines.brian2.monitors import Monitors
from neurosim.engines.brian2.translation import Translation
from neurosim.errors import ParameterError
from neurosim.network.network import Network

if TYPE_CHECKING:
    from neurosim.engines.brian2.engine import Brian2

STANDALONE = "cpp_standalone"


class Brian2Session:
    """A network at work on Brian2; see `neurosim.engines.engine.Session`.

    Parameters
    ----------
    network : Network
    engine : Brian2

    Raises
    ------
    ParameterError
        If Brian2 cannot express a part of the network.
    """

    def __init__(self, network: Network, engine: Brian2) -> None:
        self.network, self.engine = network, engine
        self.target, self.directory = engine.target, engine.directory
        self.numbers = itertools.count()
        self.random: Any = None
        self.ran = False
        self.monitors = Monitors(network)
        self.watch = self.monitors.watch
        # A standalone program is built when it runs; this finds what Brian2 cannot express.
        with at_work("numpy" if self.target == STANDALONE else self.target, None):
            self._build()

    def _build(self) -> None:
        """Make the objects of Brian2, for the target in use."""
        self.translation = Translation(self.network)
        self.monitors.watch_over(self.translation)
        self.brian = package().Network(*self.translation.objects, *self.monitors.objects)

    def prepare(self, n_steps: int) -> None:
        """Take over what may have changed since the last run.

        Raises
        ------
        ParameterError
            If something cannot be run, or a standalone program has run already.
        """
        if self.target == STANDALONE and self.ran:
            limit = "is a program that runs once"
            remedy = "Run for the whole duration, or use target='cython'."
            raise ParameterError("Network.run.engine", STANDALONE, limit, remedy)
        self.monitors.prepare(n_steps)
        self.translation.prepare(n_steps)

    def show(self) -> None:
        """Show the states in their populations, and what terminals have left in their projections."""
        for part in self.translation.parts:
            part.claim()
        for synapses in self.translation.synapses:
            synapses.claim()

    def snapshot(self) -> Any:
        """Brian2 keeps the state itself; this is the name it has there, with what Brian2 does not know.

        Raises
        ------
        ParameterError
            If it is a standalone program, which has ended.
        """
        if self.target == STANDALONE:
            remedy = "Use target='numpy' or 'cython'."
            raise ParameterError("Network.run.engine", STANDALONE, "is a program, and has ended", remedy)
        name = f"state {next(self.numbers)}"
        self.brian.store(name)
        states = [part.values for part in self.translation.parts]
        return {"name": name, "random": self.random, "taken": dict(self.monitors.taken), "states": states}

    def restore(self, saved: Any) -> None:
        """Let Brian2 take over what it kept at a `snapshot`."""
        self.brian.restore(saved["name"])
        self.random, self.monitors.taken = saved["random"], dict(saved["taken"])
        for part, states in zip(self.translation.parts, saved["states"], strict=True):
            part.pull()
            for name, value in states.items():
                part.values[name][...] = value
        for synapses in self.translation.synapses:
            if synapses.terminals is not None:
                synapses.terminals.note()

    def run(self, n_steps: int, *, progress: bool) -> None:
        """Advance by a number of steps; see `Network.run`."""
        network, step = self.network, self.network.step
        self.monitors.begin(n_steps)
        shown = self.translation
        with at_work(self.target, self.directory), self._own_random_numbers():
            if self.target == STANDALONE:
                self._build()
                self.translation.prepare(n_steps)
            self.translation.push()
            self._advance(n_steps, progress)
            milliseconds = float(self.brian.t / package().ms)
            done = round(milliseconds / network.dt) - step
            for part, before in zip(self.translation.parts, shown.parts, strict=True):
                part.pull()
                before.show(part)
            network.step += done
            self.monitors.collect(step, done)
        self.ran = True
        for part in shown.parts:
            part.check_finite(step, done)
        if done < n_steps:
            raise KeyboardInterrupt(f"stopped at {network.t:g} ms; run() goes on from there")

    def _advance(self, n_steps: int, progress: bool) -> None:
        brian2 = package()
        if not self.ran:
            brian2.seed(self.network.seed % 2**32)
        duration = n_steps * self.network.dt * brian2.ms
        with np.errstate(all="ignore"):  # what is not finite is found in the states
            self.brian.run(duration, report="stderr" if progress else None, namespace={})

    @contextmanager
    def _own_random_numbers(self) -> Iterator[None]:
        """Brian2 draws from NumPy's global generator: go on where the last run ended, then restore it."""
        kept = np.random.get_state()  # noqa: NPY002
        if self.random is not None:
            np.random.set_state(self.random)  # noqa: NPY002
        try:
            yield
        finally:
            self.random = np.random.get_state()  # noqa: NPY002
            np.random.set_state(kept)  # noqa: NPY002


@contextmanager
def at_work(target: str, directory: str | None) -> Iterator[None]:
    """Let Brian2 use a target for a while, and then the one it used before."""
    brian2 = package()
    kept = brian2.prefs.codegen.target
    if target != STANDALONE:
        brian2.prefs.codegen.target = target
        try:
            yield
        finally:
            brian2.prefs.codegen.target = kept
        return
    from brian2.devices.device import get_device, reset_device

    before = get_device()
    with tempfile.TemporaryDirectory(prefix="neurosim_brian2_") as temporary:
        brian2.set_device(STANDALONE, directory=directory or temporary, build_on_run=True)
        try:
            yield
        finally:
            get_device().reinit()
            reset_device(before)
