"""COBA, the conductance-based network of Vogels & Abbott (2005, doi:10.1523/JNEUROSCI.3508-05.2005).

4,000 leaky integrate-and-fire neurons, a fifth of them inhibitory, joined at random with probability 0.02 by
conductances, in the form of benchmark 1 of Brette et al. (2007, doi:10.1007/s10827-007-0038-6).
"""

from __future__ import annotations

from neurosim.models import ModelRun
from neurosim.models.balanced import DELAY, BalancedNetwork, assemble, check_size, simulate

from neurosim.connectivity import FixedProbability
from neurosim.distributions import Normal
from neurosim.network import Population
from neurosim.neurons import NeuronModel
from neurosim.output import OutputFolder
from neurosim.synapses import Conductance, PSCFilter

ConductanceLIF = NeuronModel(
    """
    dv/dt = (g_L*(E_L - v) + I)/C_m : mV (unless refractory)
    I : pA (input)
    """,
    parameters={
        "C_m": (200.0, "pF", "membrane capacitance"),
        "g_L": (10.0, "nS", "leak conductance"),
        "E_L": (-60.0, "mV", "resting potential"),
        "V_th": (-50.0, "mV", "threshold"),
        "V_reset": (-60.0, "mV", "reset potential"),
        "tau_ref": (5.0, "ms", "refractory time"),
    },
    threshold="v > V_th",
    reset="v = V_reset",
    refractory="tau_ref",
    initial={"v": "E_L"},
    name="ConductanceLIF",
    reference="10.1007/s10827-007-0038-6",
)
"""LIF neuron with a membrane time constant of 20 ms, driven by conductances."""

IN_DEGREE = 80
"""Mean number of synapses on a neuron."""

TAU_EXC, TAU_INH = 5.0, 10.0
"""Time constants of the conductances, ms."""

E_EXC, E_INH = "0 mV", "-80 mV"
"""Reversal potentials."""

EXCITATORY_WEIGHT, INHIBITORY_WEIGHT = 6.0, 67.0
"""nS a spike adds."""


def receptors() -> dict[str, Conductance]:
    """The two conductances, ``exc`` and ``inh``."""
    return {
        "exc": Conductance(PSCFilter(TAU_EXC, normalize="peak"), E_EXC),
        "inh": Conductance(PSCFilter(TAU_INH, normalize="peak"), E_INH),
    }


START = {"v": Normal(-65.0, 5.0), "x0_exc": Normal(40.0, 15.0), "x0_inh": Normal(200.0, 120.0)}
"""Potentials, mV, and conductances, nS, as if the network had been active before."""


def rules(n: int) -> tuple[FixedProbability, FixedProbability]:
    """Wiring of n neurons, from the excitatory ones and from the inhibitory ones."""
    p = IN_DEGREE / n
    return FixedProbability(p, weight=EXCITATORY_WEIGHT), FixedProbability(p, weight=INHIBITORY_WEIGHT)


def build(
    n: int = 4000, *, seed: int = 0, dt: float = 0.1, threads: int | None = None, recorded: int = 0
) -> BalancedNetwork:
    """Describe the network; arguments and errors as for `neurosim.models.cuba.build`.

    Returns
    -------
    BalancedNetwork
    """
    check_size("coba.build.n", n)
    cells = Population(n, ConductanceLIF, receptors=receptors(), name="cells", **START)
    return assemble(cells, rules(n), delay=DELAY, dt=dt, seed=seed, threads=threads, recorded=recorded)


def run(folder: OutputFolder, *, quick: bool = False, seed: int = 0, progress: bool = False) -> ModelRun:
    """Write ``raster.png`` and ``potentials.png``.

    Parameters
    ----------
    folder : OutputFolder
    quick : bool, default False
        Simulate 200 ms instead of a second.
    seed : int, default 0
        Of connections and start values.
    progress : bool, default False

    Returns
    -------
    ModelRun
        The figures, and the mean firing rate.
    """
    return simulate(build(seed=seed, recorded=3), folder, 200.0 if quick else 1000.0, progress=progress)
