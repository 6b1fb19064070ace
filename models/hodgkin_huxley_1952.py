"""The squid giant axon of Hodgkin & Huxley (1952, doi:10.1113/jphysiol.1952.sp004764).

Current steps of rising strength: a passive response, a single spike, then repetitive firing whose rate jumps
from 0 to about 52 Hz at 6.3 uA/cm2 and rises slowly from there (68.3 Hz at 10 and 86.5 Hz at 20 uA/cm2).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from neurosim.models import ModelRun

from neurosim.network import Network, Population, SpikeMonitor, StateMonitor
from neurosim.neurons import HodgkinHuxley
from neurosim.output import OutputFolder

STEPS = (2.0, 3.0, 7.0, 20.0)
"""Current steps shown, uA/cm2."""


def respond(
    currents: np.ndarray, duration: float = 100.0, dt: float = 0.01
) -> tuple[StateMonitor, SpikeMonitor]:
    """Response of the axon at rest to current steps.

    Parameters
    ----------
    currents : ndarray, shape (n,)
        uA/cm2, from time 0 on.
    duration : float, default 100
        ms.
    dt : float, default 0.01
        ms; integrated by ``rk4``.

    Returns
    -------
    StateMonitor
        With v, m, h and n of each axon.
    SpikeMonitor
    """
    rest: dict[str, Any] = HodgkinHuxley.steady_state()
    axons = Population(len(currents), HodgkinHuxley, integrator="rk4", I=currents, **rest)
    states, spikes = StateMonitor(axons, ["v", "m", "h", "n"]), SpikeMonitor(axons)
    Network(axons, states, spikes, dt=dt, seed=0).run(duration)
    return states, spikes


def run(folder: OutputFolder, *, quick: bool = False, seed: int = 0, progress: bool = False) -> ModelRun:
    """Write ``current_steps.png``, ``action_potential.png`` and ``firing_rate.png``.

    Parameters
    ----------
    folder : OutputFolder
    quick : bool, default False
        Fewer points of the firing rate.
    seed, progress
        Nothing here is random, and nothing takes long.

    Returns
    -------
    ModelRun
        The figures, and the firing rate at 10 uA/cm2.
    """
    from neurosim.plotting import new_figure, plot_traces, plot_tuning_curve

    states, _ = respond(np.array(STEPS))
    steps = new_figure(7.5, 5.0)
    labels = [f"{current:g} µA/cm²" for current in STEPS]
    plot_traces(states.t, states["v"].T, labels, unit="mV", ax=steps.subplots(), stacked=True)

    action_potential = new_figure(7.5, 5.0)
    upper, lower = action_potential.subplots(2, 1, sharex=True)
    first = states.t < 20.0
    plot_traces(states.t[first], states["v"][first, 3], unit="mV", ax=upper)
    upper.set_xlabel("")
    gates = np.array([states[gate][first, 3] for gate in "mhn"])
    plot_traces(states.t[first], gates, ["m", "h", "n"], unit="1", quantity="Open fraction", ax=lower)

    drive = np.linspace(0.0, 40.0, 21 if quick else 81)
    rates = new_figure(5.0, 3.5)
    plot_tuning_curve(drive, HodgkinHuxley.rate(drive), drive_label="I (µA/cm²)", ax=rates.subplots())
    return ModelRun(
        f"firing rate at 10 µA/cm²: {HodgkinHuxley.rate(10.0):.1f} Hz",
        [
            folder.write_figure("current_steps.png", steps),
            folder.write_figure("action_potential.png", action_potential),
            folder.write_figure("firing_rate.png", rates),
        ],
    )
