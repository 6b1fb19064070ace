"""The current-based network of Vogels & Abbott (2005, doi:10.1523/JNEUROSCI.3508-05.2005).

4,000 leaky integrate-and-fire neurons, a fifth of them inhibitory, joined at random with probability 0.02, in
the form of benchmark 2 of Brette et al. (2007, doi:10.1007/s10827-007-0038-6). Started from random potentials
the network keeps itself active, irregularly, at 5.4 to 6.1 Hz.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from neurosim.models import ModelRun

from neurosim.analysis import mean_rate
from neurosim.connectivity import Sparse
from neurosim.errors import ParameterError
from neurosim.network import Network, Population, Projection, SpikeMonitor, StateMonitor
from neurosim.neurons import NeuronModel
from neurosim.output import OutputFolder
from neurosim.synapses import PSCFilter

CurrentLIF = NeuronModel(
    """
    dv/dt = (g - (v - E_L))/tau_m : mV (unless refractory)
    g : mV (input)
    """,
    parameters={
        "tau_m": (20.0, "ms", "membrane time constant"),
        "E_L": (-49.0, "mV", "resting potential, above threshold: the neurons fire by themselves"),
        "V_th": (-50.0, "mV", "threshold"),
        "V_reset": (-60.0, "mV", "reset potential"),
        "tau_ref": (5.0, "ms", "refractory time"),
    },
    threshold="v > V_th",
    reset="v = V_reset",
    refractory="tau_ref",
    initial={"v": "V_reset"},
    name="CurrentLIF",
    reference="10.1007/s10827-007-0038-6",
)
"""LIF neuron whose synaptic current is given as the voltage it would hold the membrane at."""

IN_DEGREE = 80
"""Mean number of synapses on a neuron."""

EXCITATORY_WEIGHT = 1.62
"""mV a spike adds."""

INHIBITORY_WEIGHT = -9.0
"""mV a spike adds."""


SMALLEST = 100


@dataclass
class LIFNetwork:
    """The network and what watches it.

    Attributes
    ----------
    network : Network
    cells : Population
        The first four fifths are excitatory.
    spikes : SpikeMonitor
    states : StateMonitor
        The membrane potential v, mV, of three excitatory cells.
    """

    network: Network
    cells: Population
    spikes: SpikeMonitor
    states: StateMonitor


def build(n: int = 4000, *, seed: int = 0, dt: float = 0.1, threads: int | None = None) -> LIFNetwork:
    """Describe the network.

    Parameters
    ----------
    n : int, default 4000
        Neurons, at least 100; the first four fifths are excitatory. The connection probability is 80/n.
    seed : int, default 0
        Of connections and start potentials.
    dt : float, default 0.1
        ms; also the delay of all connections.
    threads : int, optional

    Returns
    -------
    LIFNetwork

    Raises
    ------
    ParameterError
        If there are fewer than 100 neurons, or another number cannot be used.
    """
    if n < SMALLEST:
        raise ParameterError("lif_network.build.n", n, f"must be at least {SMALLEST}")
    rng = np.random.default_rng(seed)
    n_exc = n * 4 // 5
    receptors = {"exc": PSCFilter(5.0, normalize="peak"), "inh": PSCFilter(10.0, normalize="peak")}
    cells = Population(n, CurrentLIF, receptors=receptors, v=rng.uniform(-60.0, -50.0, n), name="cells")

    def wire(n_pre: int, weight: float) -> Sparse:
        pre, post = np.nonzero(rng.random((n_pre, n)) < IN_DEGREE / n)
        return Sparse(pre, post, weight, n_pre=n_pre, n_post=n)

    exc = Projection(cells[:n_exc], cells, wire(n_exc, EXCITATORY_WEIGHT), receptor="exc", delay=dt)
    inh = Projection(cells[n_exc:], cells, wire(n - n_exc, INHIBITORY_WEIGHT), receptor="inh", delay=dt)
    spikes, states = SpikeMonitor(cells), StateMonitor(cells, "v", record=range(3))
    network = Network(cells, exc, inh, spikes, states, dt=dt, seed=seed, threads=threads)
    return LIFNetwork(network, cells, spikes, states)


def run(folder: OutputFolder, *, quick: bool = False, seed: int = 0, progress: bool = False) -> ModelRun:
    """Write ``raster.png`` and ``potentials.png``.

    Parameters
    ----------
    folder : OutputFolder
    quick : bool, default False
        Simulate 200 ms instead of a second.
    seed : int, default 0
        Of connections and start potentials.
    progress : bool, default False

    Returns
    -------
    ModelRun
        The figures, and the mean firing rate.
    """
    from neurosim.plotting import new_figure, plot_raster, plot_traces
    from neurosim.plotting.style import add_title

    model = build(seed=seed)
    duration = 200.0 if quick else 1000.0
    model.network.run(duration, progress=progress)
    summary = f"mean rate {mean_rate(model.spikes.spike_trains(), duration):.1f} Hz"

    raster = new_figure(8.0, 5.0)
    ax = plot_raster(model.spikes, ax=raster.subplots(), n_units=model.cells.n, duration_ms=duration)
    add_title(ax, summary)

    potentials = new_figure(8.0, 4.0)
    plot_traces(model.states, "v", ax=potentials.subplots(), quantity="Membrane potential", stacked=True)
    written = [folder.write_figure("raster.png", raster), folder.write_figure("potentials.png", potentials)]
    return ModelRun(summary, written)
