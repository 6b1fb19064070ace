"""COBAHH, benchmark 3 of Brette et al. (2007, doi:10.1007/s10827-007-0038-6): Hodgkin-Huxley neurons.

4,000 neurons with the spike currents of Traub & Miles (1991), a fifth of them inhibitory, joined at random
with probability 0.02 by the conductances of COBA.
"""

from __future__ import annotations

from neurosim.models import ModelRun
from neurosim.models.balanced import DELAY, BalancedNetwork, assemble, check_size, simulate
from neurosim.models.coba import START, receptors, rules

from neurosim.network import Population
from neurosim.neurons import TraubMiles
from neurosim.output import OutputFolder


def build(
    n: int = 4000, *, seed: int = 0, dt: float = 0.05, threads: int | None = None, recorded: int = 0
) -> BalancedNetwork:
    """Describe the network; arguments and errors as for `neurosim.models.cuba.build`.

    All gates start closed. The time step is 0.05 ms by default: the fastest gates have time constants of
    0.058 ms at the start.

    Returns
    -------
    BalancedNetwork
    """
    check_size("cobahh.build.n", n)
    cells = Population(n, TraubMiles, receptors=receptors(), name="cells", **START, m=0.0, h=0.0, n=0.0)
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
