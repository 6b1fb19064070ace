"""What networks of excitation and inhibition have in common: how they are put together and drawn.

The first four fifths of the neurons excite, the others inhibit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from neurosim.models import ModelRun

from neurosim.connectivity import Rule
from neurosim.errors import ParameterError
from neurosim.network import Network, Population, Projection, SpikeMonitor, StateMonitor
from neurosim.output import OutputFolder

SMALLEST = 100
"""Neurons."""

DELAY = 0.1
"""ms; the published benchmarks have none, but some simulators need a step at least."""


@dataclass
class BalancedNetwork:
    """A network and what watches it.

    Attributes
    ----------
    network : Network
    cells : Population
        The first four fifths are excitatory.
    spikes : SpikeMonitor
    states : StateMonitor or None
        The membrane potential v, mV, of the first cells; None where none is recorded.
    """

    network: Network
    cells: Population
    spikes: SpikeMonitor
    states: StateMonitor | None


def n_excitatory(n: int) -> int:
    """Number of excitatory neurons among n."""
    return n * 4 // 5


def check_size(where: str, n: int, smallest: int = SMALLEST) -> None:
    """Refuse a network that is too small.

    Raises
    ------
    ParameterError
    """
    if n < smallest:
        raise ParameterError(where, n, f"must be at least {smallest}")


def assemble(
    cells: Population,
    rules: tuple[Rule, Rule],
    *,
    inputs: Iterable[Any] = (),
    receptors: tuple[str, str] = ("exc", "inh"),
    delay: float,
    dt: float,
    seed: int,
    threads: int | None,
    recorded: int,
) -> BalancedNetwork:
    """Join the cells to each other.

    Parameters
    ----------
    cells : Population
    rules : tuple of two Rule
        How the excitatory cells are joined to all, and the inhibitory ones.
    inputs : iterable of parts of the network
        What drives the cells from outside.
    receptors : tuple of two str, default ("exc", "inh")
        On which they end.
    delay : float
        ms.
    dt, seed, threads
        See `Network`.
    recorded : int
        Cells whose potential is recorded.

    Returns
    -------
    BalancedNetwork
    """
    n_exc = n_excitatory(cells.n)
    projections = [
        Projection(part, cells, rule, receptor=receptor, delay=delay)
        for part, rule, receptor in zip((cells[:n_exc], cells[n_exc:]), rules, receptors, strict=True)
    ]
    spikes = SpikeMonitor(cells)
    states = StateMonitor(cells, "v", record=range(recorded)) if recorded else None
    watching = [spikes] if states is None else [spikes, states]
    network = Network(cells, projections, [*inputs], watching, dt=dt, seed=seed, threads=threads)
    return BalancedNetwork(network, cells, spikes, states)


def simulate(
    model: BalancedNetwork, folder: OutputFolder, duration: float, *, progress: bool = False
) -> ModelRun:
    """Run a network and write ``raster.png`` and ``potentials.png``.

    Parameters
    ----------
    model : BalancedNetwork
        With recorded potentials.
    folder : OutputFolder
    duration : float
        ms.
    progress : bool, default False

    Returns
    -------
    ModelRun
        The figures, and the mean firing rate.
    """
    from neurosim.analysis import mean_rate
    from neurosim.plotting import new_figure, plot_raster, plot_traces
    from neurosim.plotting.style import add_title

    model.network.run(duration, progress=progress)
    summary = f"mean rate {mean_rate(model.spikes.spike_trains(), duration):.1f} Hz"

    raster = new_figure(8.0, 5.0)
    ax = plot_raster(model.spikes, ax=raster.subplots(), n_units=model.cells.n, duration_ms=duration)
    add_title(ax, summary)

    potentials = new_figure(8.0, 4.0)
    plot_traces(model.states, "v", ax=potentials.subplots(), quantity="Membrane potential", stacked=True)
    written = [folder.write_figure("raster.png", raster), folder.write_figure("potentials.png", potentials)]
    return ModelRun(summary, written)
