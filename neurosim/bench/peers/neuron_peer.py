"""Hodgkin-Huxley neurons on NEURON; see `serving`."""

from __future__ import annotations

import math
from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np
from neuron import h
from serving import Reply, Task, serve

DIAMETER = 20.0
"""um; each neuron is a cylinder as long as it is thick."""

AREA = math.pi * (1e-4 * DIAMETER) ** 2
"""cm2."""


def prepare(task: Task) -> Callable[[], Reply]:
    """Nothing needs to be loaded."""
    return lambda: once(task)


def once(task: Task) -> Reply:
    """Build and run."""
    p, n = task["parameters"], task["n"]
    begun = perf_counter()
    currents = 1e3 * AREA * np.linspace(p["low"], p["high"], n)
    cells = [neuron(p, current, task["duration"]) for current in currents]
    spikes, detectors = [], []
    for section, _ in cells:
        detector = h.NetCon(section(0.5)._ref_v, None, sec=section)
        detector.threshold = 0.0
        spikes.append(h.Vector())  # one each: threads must not write into the same
        detector.record(spikes[-1])
        detectors.append(detector)
    h.dt, h.celsius = task["dt"], p["T"]
    context = h.ParallelContext()
    context.nthread(task["threads"])
    context.set_maxstep(10)
    h.finitialize(-65.0)
    built = perf_counter()
    context.psolve(task["duration"])
    done = perf_counter()
    rate = 1000.0 * sum(map(len, spikes)) / (n * task["duration"])
    return {"seconds": done - built, "build_seconds": built - begun, "rate_hz": rate, "synapses": 0}


def neuron(p: dict[str, float], current: float, duration: float) -> tuple[Any, Any]:
    """A section and its electrode, nA."""
    section = h.Section()
    section.L = section.diam = DIAMETER
    section.nseg = 1
    section.cm = p["C_m"]
    section.insert("hh")
    segment = section(0.5)
    # mS/cm2 become S/cm2.
    segment.hh.gnabar, segment.hh.gkbar, segment.hh.gl = (1e-3 * p[name] for name in ("g_Na", "g_K", "g_L"))
    section.ena, section.ek, segment.hh.el = p["E_Na"], p["E_K"], p["E_L"]
    electrode = h.IClamp(segment)
    electrode.delay, electrode.dur, electrode.amp = 0.0, duration, current
    return section, electrode


if __name__ == "__main__":
    serve(prepare)
