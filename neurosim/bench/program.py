"""The programs that are compared: neurosim, and its peers that are installed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from neurosim import __version__
from neurosim.bench.classical import KINDS as CLASSICAL_KINDS
from neurosim.bench.spiking import KERNELS, NETWORKS
from neurosim.errors import ParameterError

PEER_PYTHON = "NEUROSIM_PEER_PYTHON"
"""Environment variable: interpreters that have peers, joined by the separator of paths."""

SCRIPTS = Path(__file__).parent / "peers"

PROBE = """
import importlib.metadata, json, sys
found = {}
for name in sys.argv[1:]:
    try:
        found[name] = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        pass
print(json.dumps(found))
"""


@dataclass(frozen=True)
class Peer:
    """Another program.

    Attributes
    ----------
    variant : str
    package : str
        Its name in the package registry.
    script : str
        In the folder ``peers``.
    kinds : tuple of str
        The cases it can run.
    options : tuple of str
        For the script.
    threads : bool
        Whether it uses several threads.
    """

    variant: str
    package: str
    script: str
    kinds: tuple[str, ...]
    options: tuple[str, ...] = ()
    threads: bool = False


PEERS = {
    "spiking": (
        Peer("brian2_cython", "brian2", "brian2_peer.py", (*NETWORKS, *KERNELS, "wiring"), ("cython",)),
        Peer("brian2_cpp", "brian2", "brian2_peer.py", (*NETWORKS, *KERNELS), ("cpp",)),
        Peer("nest", "nest-simulator", "nest_peer.py", (*NETWORKS, "lif", "wiring"), threads=True),
        Peer("neuron", "neuron", "neuron_peer.py", ("hh",), threads=True),
        Peer("arbor", "arbor", "arbor_peer.py", ("hh",), threads=True),
    ),
    "classical": (
        Peer("torch", "torch", "torch_peer.py", CLASSICAL_KINDS, threads=True),
        Peer("torch_fused", "torch", "torch_peer.py", CLASSICAL_KINDS, ("fused",), threads=True),
    ),
    "hopfield": (Peer("neurodynex3", "neurodynex3", "neurodynex3_peer.py", ("steps",)),),
}
"""By family of cases."""


@dataclass(frozen=True)
class Program:
    """Something that runs a case.

    Attributes
    ----------
    variant : str
        ``neurosim_2`` has two threads.
    version : str
    command : tuple of str
    threads : int
    kinds : tuple of str
        The cases it can run; none for all.
    """

    variant: str
    version: str
    command: tuple[str, ...]
    threads: int = 1
    kinds: tuple[str, ...] = ()

    @property
    def is_ours(self) -> bool:
        """Whether it is neurosim."""
        return self.variant.startswith("neurosim")


def programs(
    family: str, threads: Iterable[int], interpreters: Iterable[Path] = (), *, peers: bool = True
) -> list[Program]:
    """Neurosim with these numbers of threads, and every peer that one of the interpreters has.

    Parameters
    ----------
    family : {"spiking", "classical", "hopfield"}
    threads : iterable of int
        Peers that can use several take these too.
    interpreters : iterable of Path, optional
        Looked at before those of ``NEUROSIM_PEER_PYTHON`` and the one that runs this.
    peers : bool, default True
        Whether to look for them.

    Raises
    ------
    ParameterError
        If an interpreter does not run.
    """
    counts = [*threads]
    own = (sys.executable, "-m", f"neurosim.bench.{family}_worker")
    found = [Program(f"neurosim_{count}", __version__, own, count) for count in counts]
    if not peers:
        return found
    named = [Path(path) for path in os.environ.get(PEER_PYTHON, "").split(os.pathsep) if path]
    packages = sorted({peer.package for peer in PEERS[family]})
    places = {
        python: _installed(python, packages) for python in (*interpreters, *named, Path(sys.executable))
    }
    for peer in PEERS[family]:
        python = next((python for python, there in places.items() if peer.package in there), None)
        if python is not None:
            command = (str(python), str(SCRIPTS / peer.script), *peer.options)
            for count in counts if peer.threads else [1]:
                variant = f"{peer.variant}_{count}" if peer.threads else peer.variant
                found.append(Program(variant, places[python][peer.package], command, count, peer.kinds))
    return found


def _installed(python: Path, packages: Sequence[str]) -> dict[str, str]:
    """Versions of those packages that an interpreter has."""
    command = [str(python), "-c", PROBE, *packages]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise ParameterError("--peer-python", str(python), f"does not run: {error}") from error
    found: dict[str, str] = json.loads(done.stdout)
    return found
