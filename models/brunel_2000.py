"""The sparse network of Brunel (2000, doi:10.1023/A:1008925309027), model A, active and irregular.

10,000 excitatory and 2,500 inhibitory leaky integrate-and-fire neurons; each has 1,000 excitatory and 250
inhibitory synapses from neurons drawn at random, and 1,000 from outside. A spike moves the membrane by 0.1 mV
(excitatory) or -0.5 mV (inhibitory). Outside fires at twice the rate that brings the mean potential to the
threshold.
Mean-field theory gives 37.95 Hz, and simulations 37.7 Hz.
"""

from __future__ import annotations

from neurosim.models import ModelRun
from neurosim.models.balanced import BalancedNetwork, assemble, check_size, n_excitatory, simulate

from neurosim.connectivity import FixedIndegree
from neurosim.distributions import Uniform
from neurosim.network import PoissonInput, Population
from neurosim.neurons import NeuronModel
from neurosim.output import OutputFolder
from neurosim.synapses import Receptor

BrunelLIF = NeuronModel(
    """
    dv/dt = (drive - v)/tau_m : mV (unless refractory)
    drive : mV (input)
    """,
    parameters={
        "tau_m": (20.0, "ms", "membrane time constant"),
        "V_th": (20.0, "mV", "threshold, counted from rest"),
        "V_reset": (10.0, "mV", "reset potential"),
        "tau_ref": (2.0, "ms", "refractory time"),
    },
    threshold="v > V_th",
    reset="v = V_reset",
    refractory="tau_ref",
    name="BrunelLIF",
    reference="10.1023/A:1008925309027",
)
"""LIF neuron whose potential is counted from rest."""

CONNECTED = 0.1
"""Share of all neurons that a neuron hears of."""

J = 0.1
"""mV by which an excitatory spike moves the membrane."""

g = 5.0
"""Strength of an inhibitory spike over that of an excitatory one."""

eta = 2.0
"""Rate of the outside over the rate that brings the mean potential to threshold."""

DELAY = 1.5
"""ms."""


def in_degrees(n: int) -> tuple[int, int]:
    """Number of excitatory and of inhibitory synapses on each of n neurons."""
    n_exc = n_excitatory(n)
    return round(CONNECTED * n_exc), round(CONNECTED * (n - n_exc))


def outside_rate(c_exc: int) -> float:
    """Rate of one neuron outside, Hz, for a number of excitatory synapses."""
    values = {name: parameter.value for name, parameter in BrunelLIF.parameters.items()}
    return eta * 1000.0 * values["V_th"] / (J * c_exc * values["tau_m"])


def build(
    n: int = 12_500, *, seed: int = 0, dt: float = 0.1, threads: int | None = None, recorded: int = 0
) -> BalancedNetwork:
    """Describe the network.

    Parameters
    ----------
    n : int, default 12500
        Neurons, at least 100; the first four fifths are excitatory. Each hears of a tenth of them, and the
        neurons outside fire so that their drive stays the same.
    seed : int, default 0
        Of connections, start potentials and the outside.
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
    check_size("brunel_2000.build.n", n)
    c_exc, c_inh = in_degrees(n)
    jump = Receptor("", output="0*mV", jump={"v": "1"}, name="jump")
    rules = FixedIndegree(c_exc, weight=J), FixedIndegree(c_inh, weight=-g * J)
    cells = Population(n, BrunelLIF, receptors={"jump": jump}, v=Uniform(0.0, 20.0), name="cells")
    outside = PoissonInput(cells, n=c_exc, rate=outside_rate(c_exc), weight=J)
    return assemble(
        cells,
        rules,
        inputs=[outside],
        receptors=("jump", "jump"),
        delay=DELAY,
        dt=dt,
        seed=seed,
        threads=threads,
        recorded=recorded,
    )


def run(folder: OutputFolder, *, quick: bool = False, seed: int = 0, progress: bool = False) -> ModelRun:
    """Write ``raster.png`` and ``potentials.png``.

    Parameters
    ----------
    folder : OutputFolder
    quick : bool, default False
        Simulate 50 ms instead of 500.
    seed : int, default 0
        Of connections, start potentials and the outside.
    progress : bool, default False

    Returns
    -------
    ModelRun
        The figures, and the mean firing rate.
    """
    return simulate(build(seed=seed, recorded=3), folder, 50.0 if quick else 500.0, progress=progress)
