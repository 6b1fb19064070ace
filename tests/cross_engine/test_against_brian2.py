"""Spike for spike against Brian2, with the same weights, start, time step and order of events.

Brian2 tests the threshold before it delivers, and resets after, as neurosim does. One thing differs: after a
spike in step k, neurosim holds the membrane in the steps k + 1 to k + n_ref, Brian2 in one step less (it is
refractory while ``t - lastspike < t_ref``, and step k + n_ref is not). So Brian2 is given ``t_ref + dt``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from neurosim import (
    LIF,
    Dense,
    HodgkinHuxley,
    Network,
    Population,
    Projection,
    PSCFilter,
    Receptor,
    SpikeMonitor,
    StateMonitor,
)

brian2 = pytest.importorskip("brian2")
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::PendingDeprecationWarning"),
    pytest.mark.filterwarnings("ignore::SyntaxWarning"),
]


@pytest.fixture(autouse=True)
def numpy_target() -> Iterator[None]:
    """No compilation: the networks are small."""
    kept = brian2.prefs.codegen.target
    brian2.prefs.codegen.target = "numpy"
    brian2.start_scope()
    yield
    brian2.prefs.codegen.target = kept


N, DT = 25, 0.1


def recurrent_weights(scale: float) -> np.ndarray:
    rng = np.random.default_rng(11)
    signs = np.where(np.arange(N) < 18, 1.0, -2.0)[:, None]
    return scale * signs * rng.random((N, N)) * (rng.random((N, N)) < 0.4)


def spikes_of(monitor: Any) -> list[tuple[int, int]]:
    """(step, neuron) of each spike, sorted, of a monitor of either simulator."""
    ms = brian2.ms
    times = np.asarray(monitor.t / ms) if isinstance(monitor, brian2.SpikeMonitor) else monitor.t
    return sorted(zip(np.rint(times / DT).astype(int).tolist(), np.asarray(monitor.i).tolist(), strict=True))


def connected(group: Any, weights: np.ndarray, on_pre: str, delay: float) -> Any:
    synapses = brian2.Synapses(group, group, "w : 1", on_pre=on_pre)
    pre, post = np.nonzero(weights)
    synapses.connect(i=pre, j=post)
    synapses.w = weights[pre, post]
    synapses.delay = delay * brian2.ms
    return synapses


@pytest.mark.parametrize("delay", [0.0, 0.1, 1.5])
def test_a_recurrent_network_of_lif_neurons(delay: float) -> None:
    weights, drive, tau_s, t_ref = recurrent_weights(4.0), np.linspace(1.0, 2.5, N), 4.0, 2.0
    start = np.random.default_rng(4).random(N)

    cells = Population(N, LIF, receptors={"e": PSCFilter(tau_s, order=1)}, v_in=drive, v=start, tau_ref=t_ref)
    spikes, v = SpikeMonitor(cells), StateMonitor(cells, "v")
    Network(cells, Projection(cells, cells, Dense(weights), delay=delay), spikes, v, dt=DT).run(200)

    ms = brian2.ms
    group = brian2.NeuronGroup(
        N,
        """dv/dt = (b + y - v)/(20*ms) : 1 (unless refractory)
           dx/dt = -x/tau_s : 1
           dy/dt = (x - y)/tau_s : 1
           b : 1""",
        threshold="v > 1",
        reset="v = 0",
        refractory=(t_ref + DT) * ms,
        method="exact",
        dt=DT * ms,
        namespace={"tau_s": tau_s * ms},
    )
    group.v, group.b = start, drive
    synapses = connected(group, weights / tau_s, "x_post += w", delay)
    theirs, their_v = brian2.SpikeMonitor(group), brian2.StateMonitor(group, "v", record=True)
    brian2.Network(group, synapses, theirs, their_v).run(200 * ms)

    assert len(spikes) > 150
    assert spikes_of(spikes) == spikes_of(theirs)
    assert np.abs(v["v"] - np.asarray(their_v.v).T).max() < 1e-11


@pytest.mark.parametrize("delay", [0.0, 0.7])
def test_jumps_of_the_membrane(delay: float) -> None:
    weights, drive = recurrent_weights(0.08), np.linspace(1.0, 2.0, N)
    start = np.random.default_rng(5).random(N)
    jump = Receptor("", output="0*v", jump={"v": "1"})
    cells = Population(N, LIF, receptors={"e": jump}, v_in=drive, v=start)
    spikes = SpikeMonitor(cells)
    Network(cells, Projection(cells, cells, Dense(weights), delay=delay), spikes, dt=DT).run(200)

    ms = brian2.ms
    group = brian2.NeuronGroup(
        N,
        "dv/dt = (b - v)/(20*ms) : 1 (unless refractory)\nb : 1",
        threshold="v > 1",
        reset="v = 0",
        refractory=(2 + DT) * ms,
        method="exact",
        dt=DT * ms,
    )
    group.v, group.b = start, drive
    theirs = brian2.SpikeMonitor(group)
    brian2.Network(group, connected(group, weights, "v_post += w", delay), theirs).run(200 * ms)

    assert len(spikes) > 150
    assert spikes_of(spikes) == spikes_of(theirs)


def test_hodgkin_huxley_under_current_steps() -> None:
    currents, n = [0.0, 7.0, 12.0, 3.0], 8
    spread = np.linspace(0.8, 1.3, n)
    cells = Population(n, HodgkinHuxley)
    spikes, v = SpikeMonitor(cells), StateMonitor(cells, "v")
    network = Network(cells, spikes, v, dt=DT / 4)
    for current in currents:
        cells["I"] = current * spread
        network.run(25)

    ms = brian2.ms
    group = brian2.NeuronGroup(
        n,
        """dv/dt = (current - 120*m**3*h*(v - 50) - 36*q**4*(v + 77) - 0.3*(v + 54.387))/ms : 1
           dm/dt = (am*(1 - m) - bm*m)/ms : 1
           dh/dt = (ah*(1 - h) - bh*h)/ms : 1
           dq/dt = (aq*(1 - q) - bq*q)/ms : 1
           am = 1/exprel(-(v + 40)/10) : 1
           bm = 4*exp(-(v + 65)/18) : 1
           ah = 0.07*exp(-(v + 65)/20) : 1
           bh = 1/(1 + exp(-(v + 35)/10)) : 1
           aq = 0.1/exprel(-(v + 55)/10) : 1
           bq = 0.125*exp(-(v + 65)/80) : 1
           current : 1""",
        threshold="v > 0",
        refractory="v > 0",
        method="exponential_euler",
        dt=DT / 4 * ms,
    )
    group.v = -65
    for gate in ("m", "h", "q"):
        setattr(group, gate, f"a{gate}/(a{gate} + b{gate})")
    theirs, their_v = brian2.SpikeMonitor(group), brian2.StateMonitor(group, "v", record=True)
    net = brian2.Network(group, theirs, their_v)
    for current in currents:
        group.current = current * spread
        net.run(25 * ms)

    assert len(spikes) > 20
    assert spikes_of(spikes) == spikes_of(theirs)
    assert np.abs(v["v"] - np.asarray(their_v.v).T).max() < 1e-6
