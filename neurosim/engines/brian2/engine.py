"""The engine object a user chooses Brian2 with."""

from __future__ import annotations

import os
from typing import Any

from neurosim.engines.brian2.language import package
from neurosim.engines.brian2.session import STANDALONE, Brian2Session
from neurosim.errors import ParameterError
from neurosim.network.network import Network

TARGETS = ("numpy", "cython", STANDALONE)


class Brian2:
    """Runs networks on Brian2: ``network.run("1 s", engine=Brian2("cython"))``.

    Equations, parameters, weights, delays and start values go over; results come back to the same monitors.
    Random numbers are Brian2's own, so that noise and random sources agree in distribution only. Stimuli
    become equations and TimedArrays; between runs their numbers may change, but not their kinds or tables. A
    state that is no longer finite is found at the end of a run.

    Parameters
    ----------
    target : {"numpy", "cython", "cpp_standalone"}, default "numpy"
        How Brian2 runs: without a compiler, with compiled parts, or as a program in C++, which runs once.
    directory : path, optional
        Where the standalone program is built; by default a temporary directory.

    Raises
    ------
    ParameterError
        If the target is unknown, or a directory is given for one that has none.
    ImportError
        If Brian2 is not installed.

    Examples
    --------
    >>> from neurosim import LIF, Network, Population, SpikeMonitor
    >>> cells = Population(2, LIF, v_in=[0.9, 1.5])
    >>> spikes = SpikeMonitor(cells)
    >>> Network(cells, spikes).run("200 ms", engine=Brian2())  # doctest: +SKIP
    >>> spikes.count.tolist()  # doctest: +SKIP
    [0, 8]
    """

    def __init__(self, target: str = "numpy", *, directory: str | os.PathLike[str] | None = None) -> None:
        if target not in TARGETS:
            raise ParameterError("Brian2.target", target, f"must be one of {', '.join(TARGETS)}")
        if directory is not None and target != STANDALONE:
            raise ParameterError("Brian2.directory", directory, f"is for target={STANDALONE!r} only")
        package()
        self.target = target
        self.directory = None if directory is None else os.fspath(directory)

    def session(self, network: Network) -> Brian2Session:
        """Begin work on a network; see `neurosim.engines.engine.Engine`."""
        return Brian2Session(network, self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Brian2) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((self.target, self.directory))

    def __repr__(self) -> str:
        return f"Brian2({self.target!r})"


def to_brian2(network: Network) -> tuple[Any, dict[str, Any]]:
    """The objects of Brian2 that a network becomes; see `Network.to_brian2`."""
    session = Brian2().session(network)
    session.translation.prepare(None)
    session.translation.push()
    return session.brian, session.translation.named() | session.monitors.named()
