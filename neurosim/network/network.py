"""A network: everything that runs together, its time step, its seed and its clock."""

from __future__ import annotations

import importlib
import os
import secrets
import threading
from collections.abc import Sequence
from typing import Any

from neurosim.errors import ParameterError
from neurosim.network.assembly import Assembly
from neurosim.network.checks import checked_flag, whole_number
from neurosim.network.engine_choice import chosen_engine
from neurosim.network.group import Group
from neurosim.network.monitor import Monitor
from neurosim.network.projection import Projection
from neurosim.network.snapshot import kept, put_back, take
from neurosim.network.stream import Stream
from neurosim.network.weight_monitor import WeightMonitor
from neurosim.units import convert


class Network(Assembly):
    """Populations, projections and monitors that run together.

    Parameters
    ----------
    *parts : Population or another group of units, Projection, PoissonInput, a monitor, or lists of them
    dt : float, str or quantity, default 0.1
        Time step, ms.
    trials : int, default 1
        Number of independent copies that run side by side on the same connections; arrays then have the
        shape (trials, n).
    seed : int, optional
        Of all random numbers; by default a fresh one. It can be read from `seed`.
    threads : int, optional
        Number of threads; by default one for each processor. The result does not depend on it.

    Attributes
    ----------
    step : int
        Steps done so far.
    session : neurosim.engines.engine.Session or None
        The arrays at work; None before the first run.

    Raises
    ------
    ParameterError
        If a part is of an unknown kind, is given twice, has the name of another or joins something that is
        not in the network.

    Examples
    --------
    >>> from neurosim import LIF, Network, Population, SpikeMonitor
    >>> cells = Population(2, LIF, v_in=[0.9, 1.5])
    >>> spikes = SpikeMonitor(cells)
    >>> Network(cells, spikes).run("200 ms")
    >>> spikes.count.tolist()
    [0, 8]
    """

    def __init__(
        self,
        *parts: Any,
        dt: Any = 0.1,
        trials: int = 1,
        seed: int | None = None,
        threads: int | None = None,
    ) -> None:
        number = convert(dt, "ms", "Network.dt")
        if not isinstance(number, float) or number <= 0:
            raise ParameterError("Network.dt", dt, "must be one positive time")
        self._dt = number
        self._trials = whole_number("Network.trials", trials, 1, 2**31 - 1)
        self._seed = (
            secrets.randbits(63) if seed is None else whole_number("Network.seed", seed, 0, 2**63 - 1)
        )
        self._threads = None if threads is None else whole_number("Network.threads", threads, 1, 4096)
        super().__init__(*parts)
        self.step = 0
        self.session: Any = None
        self._snapshots: dict[str, Any] = {}
        self._engine: Any = None
        self._free = threading.Lock()  # held by a run
        self._draw()

    def _draw(self) -> None:
        """Wire and draw what rules and distributions describe, from the seed."""
        kinds: dict[str, Sequence[Group | Projection]] = {
            "population": self.groups,
            "projection": self.projections,
        }
        for kind, parts in kinds.items():
            for place, part in enumerate(parts):
                if part.network is None:
                    part.draw(Stream(self.seed, f"{kind} {part.name if part.named else place}"))
                    part.wired_by = self
        for monitor in self.monitors:
            if isinstance(monitor, WeightMonitor) and monitor.network is None:
                monitor.settle()

    @property
    def dt(self) -> float:
        """Time step, ms; it cannot be changed."""
        return self._dt

    @property
    def trials(self) -> int:
        """Number of trials; it cannot be changed."""
        return self._trials

    @property
    def seed(self) -> int:
        """Seed of all random numbers; it cannot be changed."""
        return self._seed

    @property
    def threads(self) -> int | None:
        """Number of threads, None for one for each processor; it cannot be changed."""
        return self._threads

    @property
    def t(self) -> float:
        """Time reached, ms."""
        return self.step * self.dt

    def run(self, duration: Any, *, engine: Any = None, progress: bool = False) -> None:
        """Run for a while, going on where the last run ended.

        Parameters
        ----------
        duration : float, str or quantity
            ms, a whole number of time steps.
        engine : {"native", "brian2"} or engine object, optional
            What runs the network, such as ``Brian2("cython")``; by default what it has run on so far, at
            first ``"native"``. It cannot be changed after the first run.
        progress : bool, default False
            Show a progress bar on standard error.

        Raises
        ------
        ParameterError
            If the duration is negative or off the grid, the network is running already (in another thread,
            or it is what asks for more), the time step is too large for a model, a monitor or projection of
            one of the populations was not added to the network, a part has run in another network, a shape
            does not fit the number of trials, the memory does not suffice, or the engine cannot express a
            part. Nothing has changed then.
        NonFiniteError
            If a state becomes infinite or not a number; what was recorded stays.
        KeyboardInterrupt
            On Ctrl-C, at the end of a window; another run goes on from there.
        OutputError
            If a file cannot be made, and then nothing has changed; or if it cannot be written any more, at
            the end of a window. What is in the file stays, what is not yet there is kept in memory, and
            another run goes on from there and writes it; after ``monitor.close()`` it goes on without.
        """
        if self._free.locked():
            limit = "cannot begin while the network runs"
            raise ParameterError("Network.run.duration", duration, limit, "Wait until that run ends.")
        with self._free:  # Ctrl-C could come between `acquire` and `try`, and the lock be held for good
            self._run(duration, engine, checked_flag("Network.run.progress", progress))

    def _run(self, duration: Any, engine: Any, progress: bool) -> None:
        n_steps = self.whole_steps(duration, "Network.run.duration")
        if self.step + n_steps >= 2**62:
            raise ParameterError("Network.run.duration", duration, f"must be less than {2**62} time steps")
        chosen = chosen_engine(engine, self._engine, fixed=self.session is not None)
        self.check_attached()
        for projection in self.projections:
            projection.check_dale()
        session = self.session or chosen.session(self)
        session.prepare(n_steps)
        if self.session is None:
            session.watch.claim()
            self.begin(session)
        session.run(n_steps, progress=progress)

    def make_session(self) -> Any:
        """The arrays that the engine in use needs; nothing changes in the network."""
        return chosen_engine(None, self._engine, fixed=False).session(self)

    def begin(self, session: Any) -> None:
        """Take over the arrays of an engine, which from now on hold the state of the parts."""
        self.session, self._engine = session, session.engine
        parts: list[Group | Projection | Monitor] = [*self.groups, *self.projections, *self.monitors]
        for part in parts:
            part.network = self
        session.show()

    def store(self, name: str = "default") -> None:
        """Remember everything as it is now, for `restore`.

        That is the time, all states, what is in flight, weights, parameters and inputs, and what the monitors
        have recorded. It is copied where it can still change; records are not.

        Parameters
        ----------
        name : str, default "default"
            Several can be remembered; one of the same name is replaced.

        Raises
        ------
        ParameterError
            If the name is not text.
        OutputError
            If a monitor's file cannot be written.
        """
        if not isinstance(name, str):
            raise ParameterError("Network.store.name", name, "must be text")
        self._snapshots[name] = kept(take(self))

    def restore(self, name: str = "default") -> None:
        """Go back to where `store` was called, as often as wanted: what follows is the same, bit for bit.

        The monitors go back too. A file that one of them writes to is cut back when the network runs next.

        Parameters
        ----------
        name : str, default "default"

        Raises
        ------
        ParameterError
            If nothing was stored under the name.
        DataError
            If a file does not hold any more what a monitor had recorded by then. Nothing has changed then.
        """
        if not isinstance(name, str) or name not in self._snapshots:
            limit = f"was not stored; there are {', '.join(self._snapshots) or 'none'}"
            raise ParameterError("Network.restore.name", name, limit, "Call store() first.")
        put_back(self, self._snapshots[name])

    def __reduce_ex__(self, protocol: Any) -> Any:
        remedy = "Write it with save, and make another with Network.load."
        raise ParameterError("Network", self, "cannot be pickled or copied", remedy)

    def to_brian2(self) -> tuple[Any, dict[str, Any]]:
        """This network as objects of Brian2, at its start, for those who want to go on by hand.

        Returns
        -------
        network : brian2.Network
        parts : dict of str to object
            NeuronGroup (or another group), Synapses and monitors, by the names of populations, projections
            and monitors.

        Raises
        ------
        ParameterError
            If Brian2 cannot express a part, which is named.
        ImportError
            If Brian2 is not installed.
        """
        made: tuple[Any, dict[str, Any]] = importlib.import_module("neurosim.engines.brian2").to_brian2(self)
        return made

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write everything to a file: the network as it is described, its state, and what was recorded.

        A monitor that streams keeps its records in its own file, and only its place in it is saved. Rules and
        distributions are saved as what they have wired and drawn. What `store` remembers, and the number of
        threads, is not saved.

        Parameters
        ----------
        path : str or path
            One file; a file that exists is replaced once the new one is complete, and only then.

        Raises
        ------
        ParameterError
            If something cannot be described in a file, such as a function of the user, which is named, or a
            run on Brian2.
        OutputError
            If the file, or one of a monitor, cannot be written.

        Notes
        -----
        The file is a ZIP archive without compression: ``header.json`` describes the network in objects, each
        with its class and arguments, and tells of each array its data type, its shape and its SHA-256; the
        arrays follow as ``.npy``. The schema version is 1. Arrays are written from where they stand, without
        a copy. The form does not depend on threads, windows or padding. No program is in it.
        """
        importlib.import_module("neurosim.network.saving").save(self, path)

    @staticmethod
    def load(path: str | os.PathLike[str], *, threads: int | None = None) -> Network:
        """Make a network anew from a file: it goes on, bit for bit, like the one that was saved.

        Its parts are found by name, ``network["exc"]``, and in `groups`, `projections`, `inputs` and
        `monitors`. A monitor that streams goes on in its own file, from the place where it was: what came
        after it there is cut off when the network runs.

        Parameters
        ----------
        path : str or path
        threads : int, optional
            As for `Network`; the result does not depend on it.

        Raises
        ------
        DataError
            If the file is damaged, of another schema version, or describes what is not known here, such as a
            class of the user that has not been imported; or if the file of a monitor does not hold what was
            recorded in it. Nothing has changed then.
        """
        loaded: Network = importlib.import_module("neurosim.network.saving").load(path, threads)
        return loaded

    def whole_steps(self, time: Any, where: str) -> int:
        """Number of steps of a time (ms) that must lie on the grid.

        Raises
        ------
        ParameterError
            If it is negative, off the grid, or more than 2**62 steps.
        """
        number = convert(time, "ms", where)
        if not isinstance(number, float) or number < 0:
            raise ParameterError(where, time, "must be one time, 0 or more")
        if number / self.dt >= 2**62:
            limit = f"is more than the {2**62} time steps of {self.dt:g} ms that can be counted"
            raise ParameterError(where, time, limit)
        steps = round(number / self.dt)
        if abs(number / self.dt - steps) > 1e-6 + 1e-15 * steps or (steps == 0 and number > 0):
            near = f"{max(1, steps) * self.dt:.12g}"
            raise ParameterError(
                where, time, f"must be a multiple of dt = {self.dt:g} ms", f"The nearest is {near} ms."
            )
        return steps

    def __repr__(self) -> str:
        counts = {
            "population": len(self.groups),
            "projection": len(self.projections),
            "input": len(self.inputs),
            "monitor": len(self.monitors),
        }
        told = ", ".join(f"{n} {kind}{'s' * (n != 1)}" for kind, n in counts.items() if n or kind != "input")
        return f"Network({told}, dt={self.dt:g} ms, seed={self.seed}, t={self.t:g} ms)"
