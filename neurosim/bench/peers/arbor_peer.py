"""Hodgkin-Huxley neurons on Arbor; see `serving`."""

from __future__ import annotations

import math
from collections.abc import Callable
from time import perf_counter
from typing import Any

import arbor
import numpy as np
from arbor import units
from serving import Reply, Task, serve

RADIUS = 10.0
"""um; each neuron is a cylinder as long as it is thick."""

AREA = math.pi * (2e-4 * RADIUS) ** 2
"""cm2."""


class Neurons(arbor.recipe):  # type: ignore[misc]
    """Cells of one compartment, each with its current, nA."""

    def __init__(self, task: Task) -> None:
        super().__init__()
        p = self.parameters = task["parameters"]
        self.task = task
        self.currents = 1e3 * AREA * np.linspace(p["low"], p["high"], task["n"])
        self.properties = arbor.neuron_cable_properties()
        self.properties.set_property(
            Vm=-65.0 * units.mV,
            cm=1e-2 * p["C_m"] * units.F / units.m2,
            tempK=(273.15 + p["T"]) * units.Kelvin,
            rL=100.0 * units.Ohm * units.cm,
        )
        for ion, reversal in (("na", p["E_Na"]), ("k", p["E_K"])):
            self.properties.set_ion(ion, rev_pot=reversal * units.mV)
        self.properties.catalogue = arbor.default_catalogue()

    def num_cells(self) -> int:
        """Number of neurons."""
        return len(self.currents)

    def cell_kind(self, gid: int) -> Any:
        """What they are."""
        return arbor.cell_kind.cable

    def global_properties(self, kind: Any) -> Any:
        """What they have in common."""
        return self.properties

    def cell_description(self, gid: int) -> Any:
        """Shape, channels and electrode of a neuron."""
        p = self.parameters
        tree = arbor.segment_tree()
        ends = (arbor.mpoint(x, 0.0, 0.0, RADIUS) for x in (-RADIUS, RADIUS))
        tree.append(arbor.mnpos, *ends, tag=1)
        # mS/cm2 become S/cm2.
        names = {"gnabar": "g_Na", "gkbar": "g_K", "gl": "g_L"}
        channels = {theirs: 1e-3 * p[ours] for theirs, ours in names.items()} | {"el": p["E_L"]}
        during = 0.0 * units.ms, self.task["duration"] * units.ms
        electrode = arbor.i_clamp(*during, self.currents[gid] * units.nA)
        middle = "(location 0 0.5)"
        decor = arbor.decor().paint("(all)", arbor.density("hh", channels)).place(middle, electrode)
        decor = decor.place(middle, arbor.threshold_detector(0.0 * units.mV), "detector")
        return arbor.cable_cell(tree, decor, discretization=arbor.cv_policy_single())


def prepare(task: Task) -> Callable[[], Reply]:
    """Nothing needs to be loaded."""
    return lambda: once(task)


def once(task: Task) -> Reply:
    """Build and run."""
    begun = perf_counter()
    recipe = Neurons(task)
    context = arbor.context(threads=task["threads"])
    simulation = arbor.simulation(recipe, context, arbor.partition_load_balance(recipe, context))
    simulation.record(arbor.spike_recording.local)
    built = perf_counter()
    simulation.run(task["duration"] * units.ms, task["dt"] * units.ms)
    done = perf_counter()
    rate = 1000.0 * len(simulation.spikes()) / (task["n"] * task["duration"])
    return {"seconds": done - built, "build_seconds": built - begun, "rate_hz": rate, "synapses": 0}


if __name__ == "__main__":
    serve(prepare)
