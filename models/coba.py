"""COBA, the conductance-based network of Vogels & Abbott (2005, doi:10.1523/JNEUROSCI.3508-05.2005).

4,000 leaky integrate-and-fire neurons, a fifth of them inhibitory, joined at random with probability 0.02 by
conductances, in the form of benchmark 1 of Brette et al. (2007, doi:10.1007/s10827-007-0038-6).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from neurosim.models import ModelRun
from neurosim.models.balanced import (
    DELAY,
    BalancedNetwork,
    assemble,
    check_size,
    joined_at_random,
    n_excitatory,
    simulate,
)

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


def random_start(n: int, E_L: float, rng: np.random.Generator) -> dict[str, Any]:
    """Potentials and conductances to start from, as if the network had been active before."""
    return {
        "v": E_L + rng.normal(-5.0, 5.0, n),
        "x0_exc": rng.normal(40.0, 15.0, n),
        "x0_inh": rng.normal(200.0, 120.0, n),
    }


def join(cells: Population, rng: np.random.Generator, **options: Any) -> BalancedNetwork:
    """Connect cells that have these conductances, with probability 80/n; see `assemble`."""
    n, n_exc = cells.n, n_excitatory(cells.n)
    connectivity = (
        joined_at_random(n_exc, n, IN_DEGREE / n, EXCITATORY_WEIGHT, rng),
        joined_at_random(n - n_exc, n, IN_DEGREE / n, INHIBITORY_WEIGHT, rng),
    )
    return assemble(cells, connectivity, **options)


def build(
    n: int = 4000, *, seed: int = 0, dt: float = 0.1, threads: int | None = None, recorded: int = 0
) -> BalancedNetwork:
    """Describe the network; arguments and errors as for `neurosim.models.cuba.build`.

    Returns
    -------
    BalancedNetwork
    """
    check_size("coba.build.n", n)
    rng = np.random.default_rng(seed)
    start = random_start(n, ConductanceLIF.parameters["E_L"].value, rng)
    cells = Population(n, ConductanceLIF, receptors=receptors(), name="cells", **start)
    return join(cells, rng, delay=DELAY, dt=dt, seed=seed, threads=threads, recorded=recorded)


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
