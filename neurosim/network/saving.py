"""Networks in files."""

from __future__ import annotations

import os

from neurosim.archive import checked_path, read_archive, write_archive
from neurosim.description import Describer, Maker
from neurosim.errors import DataError, NeurosimError, ParameterError
from neurosim.network.engine_choice import named_engine
from neurosim.network.network import Network
from neurosim.network.snapshot import KINDS, put_back, take

WHAT = "neurosim network"
FAULTS = (NeurosimError, LookupError, TypeError, ValueError, AttributeError)
"""What a description makes constructors raise that do not understand it."""


def save(network: Network, path: str | os.PathLike[str]) -> None:
    """Write a network to a file; see `Network.save`."""
    if network.session is not None and network.session.engine != named_engine("native"):
        limit = "keeps the state of the run itself"
        remedy = "Save the network before it runs, or use the native engine."
        raise ParameterError("Network.save", network.session.engine, limit, remedy)
    place = checked_path("Network.save.path", path, "network.nsim")
    for monitor in network.monitors:
        if monitor.path is not None and monitor.path.resolve() == place.resolve():
            limit = f"is the file that {monitor.name!r} writes to"
            raise ParameterError("Network.save.path", path, limit, "Choose another name.")
    describer = Describer()
    content = {
        "what": WHAT,
        "network": {"dt": network.dt, "trials": network.trials, "seed": network.seed},
        "parts": {kind: describer.plain(getattr(network, kind), kind) for kind in KINDS},
        "state": describer.plain(take(network), "state"),
        "objects": describer.objects,
    }
    write_archive(place, content, describer.arrays)


def load(path: str | os.PathLike[str], threads: int | None) -> Network:
    """Make the network anew that `save` has written; see `Network.load`."""
    place = checked_path("Network.load.path", path, "network.nsim")
    header, arrays = read_archive(place)
    if header.get("what") != WHAT:
        raise DataError(f"{place}: holds no network.")
    try:
        maker = Maker(header["objects"], arrays)
        parts = [maker.value(header["parts"][kind]) for kind in KINDS]
        network = Network(parts, **header["network"], threads=threads)
        put_back(network, maker.value(header["state"]))
    except FAULTS as error:
        raise DataError(f"{place}: cannot be made into a network here: {error}") from error
    return network
