"""The networks on NEST; see `serving`."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any

import nest
import numpy as np
from serving import Reply, Task, serve


def prepare(task: Task) -> Callable[[], Reply]:
    """Nothing needs to be loaded."""
    nest.set_verbosity("M_ERROR")
    seed = 0

    def measure() -> Reply:
        nonlocal seed
        seed += 1
        return wire(task, seed) if task["kind"] == "wiring" else once(task, seed)

    return measure


def once(task: Task, seed: int) -> Reply:
    """Build and run; preparing the simulation counts as building."""
    begun = perf_counter()
    nest.ResetKernel()
    nest.set(resolution=task["dt"], local_num_threads=task["threads"], rng_seed=seed)
    kinds = {"cuba": cuba, "coba": coba, "cobahh": cobahh, "brunel": brunel, "lif": lif}
    cells = kinds[task["kind"]](task["n"], task)
    own_synapses = nest.num_connections
    recorder = nest.Create("spike_recorder")
    nest.Connect(cells, recorder)
    if task["kind"] == "brunel":
        own_synapses -= len(cells)  # from the one that stands for all outside
    nest.Prepare()
    built = perf_counter()
    nest.Run(task["duration"])
    done = perf_counter()
    nest.Cleanup()
    rate = 1000.0 * recorder.n_events / (task["n"] * task["duration"])
    return {
        "seconds": done - built,
        "build_seconds": built - begun,
        "rate_hz": rate,
        "synapses": own_synapses,
    }


def cuba(n: int, task: Task) -> Any:
    """LIF neurons with current-based synapses; weights in mV become pA by way of the leak."""
    p = task["parameters"]
    cells = nest.Create("iaf_psc_exp", n, integrate_and_fire(p) | {"C_m": 1.0})
    cells.V_m = np.random.default_rng().uniform(-60.0, -50.0, n)
    join(cells, p, 1.0 / p["tau_m"])
    return cells


def coba(n: int, task: Task) -> Any:
    """LIF neurons with synaptic conductances."""
    p = task["parameters"]
    conductances = {"E_ex": p["E_exc"], "E_in": p["E_inh"], "g_L": p["g_L"], "C_m": p["C_m"]}
    lif = {name: value for name, value in integrate_and_fire(p).items() if name != "tau_m"}
    cells = nest.Create("iaf_cond_exp", n, lif | conductances)
    random_start(cells, p)
    join(cells, p, 1.0)
    return cells


def cobahh(n: int, task: Task) -> Any:
    """Neurons of Traub and Miles with synaptic conductances."""
    p = task["parameters"]
    values = {
        **{"E_L": p["E_L"], "E_Na": p["E_Na"], "E_K": p["E_K"], "V_T": p["V_T"], "C_m": p["C_m"]},
        **{"E_ex": p["E_exc"], "E_in": p["E_inh"], "g_L": p["g_L"]},
        **{"g_Na": 1000.0 * p["g_Na"], "g_K": 1000.0 * p["g_K"]},
        **{"tau_syn_ex": p["tau_exc"], "tau_syn_in": p["tau_inh"]},
        **{"Act_m": 0.0, "Inact_h": 0.0, "Act_n": 0.0, "t_ref": 2.0},
    }
    cells = nest.Create("hh_cond_exp_traub", n, values)
    # The conductances of this model cannot be set: they start at 0.
    cells.V_m = np.random.default_rng().normal(p["E_L"] - 5.0, 5.0, n)
    join(cells, p, 1.0)
    return cells


def brunel(n: int, task: Task) -> Any:
    """LIF neurons that every spike moves at once, and spikes from outside."""
    p = task["parameters"]
    values = {"E_L": 0.0, "C_m": 1.0, "tau_m": p["tau_m"], "t_ref": p["tau_ref"]}
    cells = nest.Create("iaf_psc_delta", n, values | {"V_th": p["V_th"], "V_reset": p["V_reset"]})
    cells.V_m = np.random.default_rng().uniform(0.0, 20.0, n)
    n_exc = n * 4 // 5
    for part, kind in ((cells[:n_exc], "exc"), (cells[n_exc:], "inh")):
        rule = {"rule": "fixed_indegree", "indegree": p[f"c_{kind}"], "allow_multapses": False}
        nest.Connect(part, cells, rule, synapse(kind, p[f"w_{kind}"], p["delay"]))
    outside = nest.Create("poisson_generator", params={"rate": p["n_outside"] * p["outside_hz"]})
    nest.Connect(outside, cells, syn_spec=synapse("outside", p["w_exc"], task["dt"]))
    return cells


def lif(n: int, task: Task) -> Any:
    """LIF neurons on their own."""
    p = task["parameters"]
    values = {"E_L": 0.0, "V_reset": 0.0, "V_th": 1.0, "C_m": 1.0, "tau_m": p["tau_m"], "t_ref": p["tau_ref"]}
    cells = nest.Create("iaf_psc_delta", n, values)
    cells.V_m = 0.0
    cells.I_e = np.linspace(p["low"], p["high"], n) / p["tau_m"]
    return cells


def wire(task: Task, seed: int) -> Reply:
    """Wire, and nothing else."""
    nest.ResetKernel()
    nest.set(local_num_threads=task["threads"], rng_seed=seed)
    cells = nest.Create("iaf_psc_delta", task["n"])
    begun = perf_counter()
    rule = {"rule": "pairwise_bernoulli", "p": task["parameters"]["p"]}
    nest.Connect(cells, cells, rule, synapse("wired", 0.1, 1.0))
    seconds = perf_counter() - begun
    return {"seconds": seconds, "build_seconds": None, "rate_hz": None, "synapses": nest.num_connections}


def integrate_and_fire(p: dict[str, float]) -> dict[str, float]:
    """What the LIF neurons with exponential synapses have in common."""
    return {
        **{"E_L": p["E_L"], "V_th": p["V_th"], "V_reset": p["V_reset"], "t_ref": p["tau_ref"]},
        **{"tau_syn_ex": p["tau_exc"], "tau_syn_in": p["tau_inh"], "tau_m": p.get("tau_m", 1.0)},
    }


def random_start(cells: Any, p: dict[str, float]) -> None:
    """Potentials and conductances as if the network had been active before."""
    rng, n = np.random.default_rng(), len(cells)
    cells.V_m = rng.normal(p["E_L"] - 5.0, 5.0, n)
    cells.g_ex = np.maximum(0.0, rng.normal(40.0, 15.0, n))  # NEST refuses a negative conductance
    cells.g_in = np.maximum(0.0, rng.normal(200.0, 120.0, n))


def synapse(kind: str, weight: float, delay: float) -> dict[str, Any]:
    """A synapse whose weight and delay are stored once for all of a kind."""
    nest.CopyModel("static_synapse_hom_w", kind, {"weight": weight})
    return {"synapse_model": kind, "delay": delay}


def join(cells: Any, p: dict[str, float], scale: float) -> None:
    """The first four fifths to all, then the others; inhibitory weights are negative."""
    n_exc = len(cells) * 4 // 5
    rule = {"rule": "pairwise_bernoulli", "p": p["p"]}
    for part, kind, sign in ((cells[:n_exc], "exc", 1.0), (cells[n_exc:], "inh", -1.0)):
        weight = sign * scale * abs(p[f"w_{kind}"])
        nest.Connect(part, cells, rule, synapse(kind, weight, p["delay"]))


if __name__ == "__main__":
    serve(prepare)
