"""The networks on Brian2: ``brian2_peer.py cython`` or ``cpp`` (C++ standalone); see `serving`.

Brian2 holds the membrane one step less than the refractory time, so it is given one step more.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from time import perf_counter
from typing import Any

import brian2
import numpy as np
from serving import Reply, Task, serve

STANDALONE = sys.argv[1:] == ["cpp"]


def prepare(task: Task) -> Callable[[], Reply]:
    """Choose how code is generated, and where it lies."""
    brian2.prefs.logging.console_log_level = "ERROR"
    folder = task.get("cache") or tempfile.mkdtemp(dir=".")
    if STANDALONE:
        return Standalone(task, os.path.join(folder, "standalone")).measure
    brian2.prefs.codegen.target = "cython"
    if task["kind"] == "wiring":
        wire(task | {"n": 100})
        return lambda: wire(task)
    if task["start"]:
        brian2.prefs.codegen.runtime.cython.cache_dir = os.path.join(folder, "cython")
    else:
        measure_cython(task)  # compiles what is not yet in Brian2's own cache
    return lambda: measure_cython(task)


def measure_cython(task: Task) -> Reply:
    """Build and run; what Brian2 does at the start of every run is part of the run."""
    begun = perf_counter()
    brian2.start_scope()
    network, spikes, joins = build(task)
    network.run(0 * brian2.ms)
    built = perf_counter()
    network.run(task["duration"] * brian2.ms)
    done = perf_counter()
    return reply(task, done - built, built - begun, spikes, joins)


class Standalone:
    """A program in C++, made once and run for each measurement."""

    def __init__(self, task: Task, folder: str) -> None:
        self.task, self.folder = task, folder
        self.built: float | None = None

    def measure(self) -> Reply:
        """Build if that is still to be done, and run."""
        begun = perf_counter()
        if self.built is None:
            brian2.set_device("cpp_standalone", build_on_run=False)
            self.network, self.spikes, self.joins = build(self.task)
            self.network.run(self.task["duration"] * brian2.ms)
            brian2.device.build(directory=self.folder, compile=True, run=False)
            self.built = perf_counter() - begun
        brian2.device.run(self.folder, with_output=False, run_args=[])
        # The time that the program itself measures around its loop.
        return reply(self.task, brian2.device._last_run_time, self.built, self.spikes, self.joins)


def reply(task: Task, seconds: float, built: float, spikes: Any, joins: list[Any]) -> Reply:
    """The answer."""
    rate = 1000.0 * int(spikes.num_spikes) / (task["n"] * task["duration"])
    synapses = sum(len(join) for join in joins)
    return {"seconds": seconds, "build_seconds": built, "rate_hz": rate, "synapses": synapses}


def build(task: Task) -> tuple[Any, Any, list[Any]]:
    """Network, spike monitor and synapses."""
    brian2.defaultclock.dt = task["dt"] * brian2.ms
    kinds = {"cuba": cuba, "coba": coba, "cobahh": cobahh, "brunel": brunel, "hh": hh, "lif": lif}
    cells, joins, inputs = kinds[task["kind"]](task["n"], task)
    spikes = brian2.SpikeMonitor(cells)
    return brian2.Network(cells, spikes, *joins, *inputs), spikes, joins


def cuba(n: int, task: Task) -> tuple[Any, list[Any], list[Any]]:
    """LIF neurons with current-based synapses."""
    p, ms, mV = task["parameters"], brian2.ms, brian2.mV
    cells = brian2.NeuronGroup(
        n,
        """dv/dt = (ge + gi - (v - E_L))/tau_m : volt (unless refractory)
           dge/dt = -ge/tau_exc : volt
           dgi/dt = -gi/tau_inh : volt""",
        threshold="v > V_th",
        reset="v = V_reset",
        refractory=(p["tau_ref"] + task["dt"]) * ms,
        method="exact",
        namespace=times(p) | {name: p[name] * mV for name in ("E_L", "V_th", "V_reset")},
    )
    cells.v = "-60*mV + 10*mV*rand()"
    return cells, joined(cells, p, mV), []


def coba(n: int, task: Task) -> tuple[Any, list[Any], list[Any]]:
    """LIF neurons with synaptic conductances."""
    p, ms, mV = task["parameters"], brian2.ms, brian2.mV
    potentials = ("E_L", "V_th", "V_reset", "E_exc", "E_inh")
    cells = brian2.NeuronGroup(
        n,
        """dv/dt = (g_L*(E_L - v) + ge*(E_exc - v) + gi*(E_inh - v))/C_m : volt (unless refractory)
           dge/dt = -ge/tau_exc : siemens
           dgi/dt = -gi/tau_inh : siemens""",
        threshold="v > V_th",
        reset="v = V_reset",
        refractory=(p["tau_ref"] + task["dt"]) * ms,
        method="exponential_euler",
        namespace=times(p)
        | {name: p[name] * mV for name in potentials}
        | {"C_m": p["C_m"] * brian2.pF, "g_L": p["g_L"] * brian2.nS},
    )
    random_start(cells)
    return cells, joined(cells, p, brian2.nS), []


def cobahh(n: int, task: Task) -> tuple[Any, list[Any], list[Any]]:
    """Neurons of Traub and Miles with synaptic conductances."""
    p, mV = task["parameters"], brian2.mV
    potentials = ("E_L", "E_Na", "E_K", "V_T", "E_exc", "E_inh")
    cells = brian2.NeuronGroup(
        n,
        """dv/dt = (g_L*(E_L - v) + ge*(E_exc - v) + gi*(E_inh - v)
                    - g_Na*(m*m*m)*h*(v - E_Na) - g_K*(n*n*n*n)*(v - E_K))/C_m : volt
           dm/dt = alpha_m*(1 - m) - beta_m*m : 1
           dn/dt = alpha_n*(1 - n) - beta_n*n : 1
           dh/dt = alpha_h*(1 - h) - beta_h*h : 1
           dge/dt = -ge/tau_exc : siemens
           dgi/dt = -gi/tau_inh : siemens
           alpha_m = 0.32*(mV**-1)*4*mV/exprel((13*mV - v + V_T)/(4*mV))/ms : hertz
           beta_m = 0.28*(mV**-1)*5*mV/exprel((v - V_T - 40*mV)/(5*mV))/ms : hertz
           alpha_h = 0.128*exp((17*mV - v + V_T)/(18*mV))/ms : hertz
           beta_h = 4.0/(1 + exp((40*mV - v + V_T)/(5*mV)))/ms : hertz
           alpha_n = 0.032*(mV**-1)*5*mV/exprel((15*mV - v + V_T)/(5*mV))/ms : hertz
           beta_n = 0.5*exp((10*mV - v + V_T)/(40*mV))/ms : hertz""",
        threshold="v > -20*mV",
        refractory="v > -20*mV",
        method="exponential_euler",
        namespace=times(p)
        | {name: p[name] * mV for name in potentials}
        | {"C_m": p["C_m"] * brian2.pF, "g_L": p["g_L"] * brian2.nS}
        | {"g_Na": p["g_Na"] * brian2.uS, "g_K": p["g_K"] * brian2.uS},
    )
    random_start(cells)
    return cells, joined(cells, p, brian2.nS), []


def brunel(n: int, task: Task) -> tuple[Any, list[Any], list[Any]]:
    """LIF neurons that every spike moves at once, and spikes from outside."""
    p, ms, mV = task["parameters"], brian2.ms, brian2.mV
    cells = brian2.NeuronGroup(
        n,
        "dv/dt = -v/tau_m : volt (unless refractory)",
        threshold="v > V_th",
        reset="v = V_reset",
        refractory=(p["tau_ref"] + task["dt"]) * ms,
        method="exact",
        namespace=times(p) | {name: p[name] * mV for name in ("V_th", "V_reset")},
    )
    cells.v = "20*mV*rand()"
    n_exc = n * 4 // 5
    joins = []
    for part, w, degree in ((cells[:n_exc], p["w_exc"], p["c_exc"]), (cells[n_exc:], p["w_inh"], p["c_inh"])):
        join = brian2.Synapses(
            part,
            cells,
            on_pre="v_post += w*int(not_refractory_post)",
            delay=p["delay"] * ms,
            namespace={"w": w * mV},
        )
        join.connect(i=f"k for k in sample(N_pre, size={degree})")
        joins.append(join)
    outside = brian2.PoissonInput(
        cells, "v", N=p["n_outside"], rate=p["outside_hz"] * brian2.Hz, weight=p["w_exc"] * mV
    )
    return cells, joins, [outside]


def hh(n: int, task: Task) -> tuple[Any, list[Any], list[Any]]:
    """Hodgkin-Huxley neurons on their own; numbers per square centimetre."""
    p, mV, ms = task["parameters"], brian2.mV, brian2.ms
    mS = brian2.msiemens / brian2.cm**2
    cells = brian2.NeuronGroup(
        n,
        """dv/dt = (current - g_Na*m**3*h*(v - E_Na) - g_K*n**4*(v - E_K) - g_L*(v - E_L))/C_m : volt
           dm/dt = alpha_m*(1 - m) - beta_m*m : 1
           dh/dt = alpha_h*(1 - h) - beta_h*h : 1
           dn/dt = alpha_n*(1 - n) - beta_n*n : 1
           alpha_m = 1/exprel(-(v + 40*mV)/(10*mV))/ms : hertz
           beta_m = 4*exp(-(v + 65*mV)/(18*mV))/ms : hertz
           alpha_h = 0.07*exp(-(v + 65*mV)/(20*mV))/ms : hertz
           beta_h = 1/(1 + exp(-(v + 35*mV)/(10*mV)))/ms : hertz
           alpha_n = 0.1/exprel(-(v + 55*mV)/(10*mV))/ms : hertz
           beta_n = 0.125*exp(-(v + 65*mV)/(80*mV))/ms : hertz
           current : amp/metre**2""",
        threshold="v > 0*mV",
        refractory="v > 0*mV",
        method="exponential_euler",
        namespace={name: p[name] * mV for name in ("E_Na", "E_K", "E_L")}
        | {name: p[name] * mS for name in ("g_Na", "g_K", "g_L")}
        | {"C_m": p["C_m"] * brian2.uF / brian2.cm**2, "mV": mV, "ms": ms},
    )
    cells.v = -65 * mV
    for gate in "mhn":
        setattr(cells, gate, f"alpha_{gate}/(alpha_{gate} + beta_{gate})")
    cells.current = np.linspace(p["low"], p["high"], n) * brian2.uA / brian2.cm**2
    return cells, [], []


def lif(n: int, task: Task) -> tuple[Any, list[Any], list[Any]]:
    """LIF neurons on their own."""
    p = task["parameters"]
    cells = brian2.NeuronGroup(
        n,
        """dv/dt = (drive - v)/tau_m : 1 (unless refractory)
           drive : 1""",
        threshold="v > 1",
        reset="v = 0",
        refractory=(p["tau_ref"] + task["dt"]) * brian2.ms,
        method="exact",
        namespace=times(p),
    )
    cells.drive = np.linspace(p["low"], p["high"], n)
    return cells, [], []


def wire(task: Task) -> Reply:
    """Wire, and nothing else."""
    n = task["n"]
    cells = brian2.NeuronGroup(n, "dv/dt = -v/second : 1", threshold="v > 1")
    join = brian2.Synapses(cells, cells, on_pre="v_post += 0.1")
    begun = perf_counter()
    join.connect(p=task["parameters"]["p"])
    seconds = perf_counter() - begun
    return {"seconds": seconds, "build_seconds": None, "rate_hz": None, "synapses": len(join)}


def times(p: dict[str, float]) -> dict[str, Any]:
    """Time constants, with their unit."""
    return {name: value * brian2.ms for name, value in p.items() if name.startswith("tau")}


def random_start(cells: Any) -> None:
    """Potentials and conductances as if the network had been active before."""
    cells.v = "E_L + (randn()*5 - 5)*mV"
    cells.ge = "(randn()*1.5 + 4)*10*nS"
    cells.gi = "(randn()*12 + 20)*10*nS"


def joined(cells: Any, p: dict[str, float], unit: Any) -> list[Any]:
    """The first four fifths to all by ``ge``, the others by ``gi``."""
    n_exc = len(cells) * 4 // 5
    joins = []
    for part, state, w in ((cells[:n_exc], "ge", p["w_exc"]), (cells[n_exc:], "gi", p["w_inh"])):
        join = brian2.Synapses(
            part, cells, on_pre=f"{state}_post += w", delay=p["delay"] * brian2.ms, namespace={"w": w * unit}
        )
        join.connect(p=p["p"])
        joins.append(join)
    return joins


if __name__ == "__main__":
    serve(prepare)
