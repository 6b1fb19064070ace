"""CUBA, the current-based network of Vogels & Abbott (2005, doi:10.1523/JNEUROSCI.3508-05.2005).

4,000 leaky integrate-and-fire neurons, a fifth of them inhibitory, joined at random with probability 0.02, in
the form of benchmark 2 of Brette et al. (2007, doi:10.1007/s10827-007-0038-6). Started from random potentials
the network keeps itself active, irregularly, at 5.4 to 6.1 Hz.
"""

from __future__ import annotations

from neurosim.models import ModelRun
from neurosim.models.balanced import DELAY, BalancedNetwork, assemble, check_size, simulate

from neurosim.connectivity import FixedProbability
from neurosim.distributions import Uniform
from neurosim.network import Population
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

TAU_EXC, TAU_INH = 5.0, 10.0
"""Time constants of the synaptic currents, ms."""

EXCITATORY_WEIGHT, INHIBITORY_WEIGHT = 1.62, -9.0
"""mV a spike adds."""


def rules(n: int) -> tuple[FixedProbability, FixedProbability]:
    """Wiring of n neurons, from the excitatory ones and from the inhibitory ones."""
    p = IN_DEGREE / n
    return FixedProbability(p, weight=EXCITATORY_WEIGHT), FixedProbability(p, weight=INHIBITORY_WEIGHT)


def build(
    n: int = 4000, *, seed: int = 0, dt: float = 0.1, threads: int | None = None, recorded: int = 0
) -> BalancedNetwork:
    """Describe the network.

    Parameters
    ----------
    n : int, default 4000
        Neurons, at least 100; the first four fifths are excitatory. The connection probability is 80/n.
    seed : int, default 0
        Of connections and start potentials.
    dt : float, default 0.1
        ms.
    threads : int, optional
    recorded : int, default 0
        Cells whose potential is recorded.

    Returns
    -------
    BalancedNetwork

    Raises
    ------
    ParameterError
        If there are fewer than 100 neurons, or another number cannot be used.
    """
    check_size("cuba.build.n", n)
    receptors = {
        "exc": PSCFilter(TAU_EXC, normalize="peak"),
        "inh": PSCFilter(TAU_INH, normalize="peak"),
    }
    cells = Population(n, CurrentLIF, receptors=receptors, v=Uniform(-60.0, -50.0), name="cells")
    return assemble(cells, rules(n), delay=DELAY, dt=dt, seed=seed, threads=threads, recorded=recorded)


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
    return simulate(build(seed=seed, recorded=3), folder, 200.0 if quick else 1000.0, progress=progress)
