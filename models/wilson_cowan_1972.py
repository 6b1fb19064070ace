"""Excitatory and inhibitory populations of Wilson & Cowan (1972, doi:10.1016/S0006-3495(72)86068-5).

Two populations of cells, known by their activities E and I alone, remember or oscillate, depending on how
they are coupled. With the coupling of the paper's figs. 4 and 5 the activity stays high after the drive
P that has raised it is gone, and is extinguished by a negative one: hysteresis. With that of fig. 11 the
populations are at rest without drive, and go round a limit cycle at P = 1.25.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from neurosim.models import ModelRun

from neurosim.connectivity import Dense
from neurosim.network import Network, Population, Projection, StateMonitor
from neurosim.neurons import NeuronModel, WilsonCowan, WilsonCowanHysteresis, WilsonCowanUnit
from neurosim.output import OutputFolder
from neurosim.synapses import Continuous

DRIVE = 1.25
"""P of fig. 11."""


class Coupled(NamedTuple):
    """Two coupled populations and what watches them.

    Attributes
    ----------
    network : Network
    excitatory, inhibitory : Population
        With the activity ``r`` and the drive ``x`` each.
    activities : tuple of two StateMonitor
        Of ``r``.
    """

    network: Network
    excitatory: Population
    inhibitory: Population
    activities: tuple[StateMonitor, StateMonitor]


def couple(
    drive: float = DRIVE, *, model: NeuronModel = WilsonCowan, dt: float = 0.1, integrator: str | None = None
) -> Coupled:
    """Describe the two populations as units of one kind, joined by four projections.

    Parameters
    ----------
    drive : float, default 1.25
        P, the drive of the excitatory population.
    model : NeuronModel, default WilsonCowan
        The same system in one piece: where the parameters come from.
    dt : float, default 0.1
        ms.
    integrator : str, optional

    Returns
    -------
    Coupled

    Raises
    ------
    ParameterError
        If an argument cannot be used.
    """
    value = {name: parameter.value for name, parameter in model.parameters.items()}
    excitatory, inhibitory = (
        Population(
            1,
            WilsonCowanUnit,
            receptors={"cells": Continuous()},
            integrator=integrator,
            name=name,
            a=value[f"a_{side}"],
            theta=value[f"theta_{side}"],
            ref=value[f"r_{side}"],
            tau=value[f"tau_{side}"],
        )
        for name, side in (("excitatory", "e"), ("inhibitory", "i"))
    )
    excitatory["x"] = drive
    projections = [
        Projection(excitatory, excitatory, Dense([[value["c1"]]])),
        Projection(inhibitory, excitatory, Dense([[-value["c2"]]])),
        Projection(excitatory, inhibitory, Dense([[value["c3"]]])),
        Projection(inhibitory, inhibitory, Dense([[-value["c4"]]])),
    ]
    activities = StateMonitor(excitatory, "r"), StateMonitor(inhibitory, "r")
    network = Network(excitatory, inhibitory, projections, activities, dt=dt)
    return Coupled(network, excitatory, inhibitory, activities)


def oscillate(drive: float = DRIVE, duration: float = 200.0, dt: float = 0.1) -> StateMonitor:
    """E and I of the system in one piece under a constant drive, from rest.

    Parameters
    ----------
    drive : float, default 1.25
        P.
    duration : float, default 200
        ms.
    dt : float, default 0.1
        ms; integrated by ``rk4``.

    Returns
    -------
    StateMonitor
    """
    cells = Population(1, WilsonCowan, integrator="rk4", P=drive)
    states = StateMonitor(cells, ["E", "I"])
    Network(cells, states, dt=dt).run(duration)
    return states


def period(t: np.ndarray, activity: np.ndarray) -> float:
    """Mean time between upward crossings of the middle of an oscillation, in the unit of `t`.

    Parameters
    ----------
    t, activity : ndarray, shape (n_times,)

    Returns
    -------
    float
        Crossings lie between samples, by linear interpolation; NaN with less than two.
    """
    above = activity - (activity.min() + activity.max()) / 2
    k = np.flatnonzero((above[:-1] < 0) & (above[1:] >= 0))
    crossings = t[k] - above[k] * (t[k + 1] - t[k]) / (above[k + 1] - above[k])
    return float(np.diff(crossings).mean()) if crossings.size > 1 else float("nan")


def sweep(drives: np.ndarray, *, hold: float = 400.0, dt: float = 0.5) -> np.ndarray:
    """E after holding one drive after the other, each from where the last one has led.

    Parameters
    ----------
    drives : ndarray, shape (n,)
        Values of P.
    hold : float, default 400
        Time for each, ms; near the end of a branch it takes long to settle.
    dt : float, default 0.5
        ms.

    Returns
    -------
    ndarray, shape (n,)
    """
    cells = Population(1, WilsonCowanHysteresis)
    network = Network(cells, dt=dt)
    reached = []
    for drive in drives:
        cells["P"] = drive
        network.run(hold)
        reached.append(float(np.squeeze(cells["E"])))
    return np.array(reached)


def steady_states(
    inhibition: np.ndarray, model: NeuronModel = WilsonCowanHysteresis
) -> tuple[np.ndarray, np.ndarray]:
    """Drives P and activities E that go with steady activities I: the curve of fig. 5, by its parameter.

    Parameters
    ----------
    inhibition : ndarray, shape (n,)
        Activities I, each from 0 to where the inhibitory response is largest.
    model : NeuronModel, default WilsonCowanHysteresis

    Returns
    -------
    P, E : ndarray, shape (n,)
    """
    p = model.values()

    def needed(activity: np.ndarray, side: str) -> np.ndarray:
        """Input that holds a population at an activity: the inverse of its response."""
        response = activity / (p[f"k_{side}"] - p[f"r_{side}"] * activity) + p[f"s_{side}"]
        result: np.ndarray = p[f"theta_{side}"] + np.log(response / (1 - response)) / p[f"a_{side}"]
        return result

    E = (needed(inhibition, "i") + p["c4"] * inhibition) / p["c3"]
    return needed(E, "e") - p["c1"] * E + p["c2"] * inhibition, E


def run(folder: OutputFolder, *, quick: bool = False, seed: int = 0, progress: bool = False) -> ModelRun:
    """Write ``hysteresis.png`` and ``limit_cycle.png``.

    Parameters
    ----------
    folder : OutputFolder
    quick : bool, default False
        Fewer drives on the loop.
    seed, progress
        Nothing here is random, and nothing takes long.

    Returns
    -------
    ModelRun
        The figures, and the frequency of the limit cycle.
    """
    from neurosim.plotting import new_figure, plot_traces
    from neurosim.plotting.style import BLUE, GREY, VERMILLION, add_legend, dress

    rising = np.linspace(-0.75, 0.75, 31 if quick else 91)
    loop = sweep(np.concatenate([rising, rising[::-1]]))
    hysteresis = new_figure(5.0, 3.8)
    ax = hysteresis.subplots()
    ax.plot(*steady_states(np.linspace(-0.002, 0.22, 500)), color=GREY, linewidth=1, label="steady states")
    ax.plot(rising, loop[: rising.size], ".", color=BLUE, markersize=4, label="P rising")
    ax.plot(rising[::-1], loop[rising.size :], ".", color=VERMILLION, markersize=4, label="P falling")
    ax.set_xlim(rising[0], rising[-1])
    add_legend(dress(ax, "Drive P", "Excitatory activity E"), "above")

    at_rest, driven = oscillate(0.0), oscillate()
    joined = couple(dt=0.01)  # what is passed on is held over a step, which costs accuracy
    joined.network.run(200.0)
    cycle = new_figure(7.5, 5.0)
    above, below = cycle.subplots(2, 1, sharex=True)
    both = np.hstack([driven["E"], driven["I"], at_rest["E"]]).T
    labels = ["E, P = 1.25", "I, P = 1.25", "E, P = 0"]
    plot_traces(driven.t, both, labels, quantity="Activity, one model", ax=above)
    above.set_xlabel("")
    halves = np.hstack([monitor["r"] for monitor in joined.activities]).T
    plot_traces(joined.activities[0].t, halves, labels[:2], quantity="Activity, two populations", ax=below)
    frequency = 1000.0 / period(driven.t, driven["E"][:, 0])
    return ModelRun(
        f"limit cycle at P = 1.25: {frequency:.1f} Hz",
        [folder.write_figure("hysteresis.png", hysteresis), folder.write_figure("limit_cycle.png", cycle)],
    )
