"""Runs that go wrong, or are stopped: non-finite states, Ctrl-C, progress."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import numpy as np
import pytest

import neurosim.engines.memory as memory
from neurosim import (
    LIF,
    Dense,
    HodgkinHuxley,
    Network,
    NeuronModel,
    PoissonPopulation,
    Population,
    Projection,
    PSCFilter,
    SpikeMonitor,
    StateMonitor,
)
from neurosim.engines.progress import ProgressBar
from neurosim.errors import NonFiniteError, ParameterError


def chain(delay: float = 0.5) -> tuple[Network, Population, Dense, StateMonitor, SpikeMonitor]:
    cells = Population(40, LIF, receptors={"e": PSCFilter(5)}, v_in=np.linspace(0.5, 2, 40), name="cells")
    weights = Dense(np.full((40, 40), 0.1))
    v, spikes = StateMonitor(cells, "v"), SpikeMonitor(cells)
    network = Network(cells, Projection(cells, cells, weights, delay=delay), v, spikes, dt=0.1, threads=1)
    return network, cells, weights, v, spikes


def test_nan_stops_the_run_within_a_window_and_keeps_the_data() -> None:
    network, _, weights, v, spikes = chain()
    network.run(30)
    n_spikes = len(spikes)
    weights.weights[:, 7] = np.nan  # behind the operator's back
    with pytest.raises(
        NonFiniteError, match=r"cells\.\w+: neuron 7 became nan between .* and .* ms"
    ) as caught:
        network.run(100)
    first = spikes.t[n_spikes]  # the first spike after the weights went bad
    assert first + 0.5 <= network.t <= first + 1.6
    assert f"and {network.t:g} ms" in str(caught.value)
    assert v.t.size == network.step
    assert np.isfinite(v["v"][:-10]).all()
    with pytest.raises(NonFiniteError):
        network.run(10)


def test_after_a_failed_run_a_good_one() -> None:
    model = NeuronModel("dv/dt = drive : 1\ndrive : Hz (input)", name="Integrator")
    cells = Population(2, model, v=[0.0, 1e308], drive=1e308)
    network = Network(cells, dt=0.1)
    with pytest.raises(NonFiniteError, match="neuron 1"):
        network.run(2e4)
    cells["v"], cells["drive"] = 0.0, 1000.0
    start = network.t
    network.run(3)
    assert network.t == pytest.approx(start + 3)
    assert np.allclose(cells["v"], 3.0)


def test_a_trial_that_failed_is_named(engine: str) -> None:
    model = NeuronModel("dv/dt = drive : 1\ndrive : Hz (input)", name="Integrator")
    v = np.zeros((3, 4))
    v[1, 2] = 1.7e308
    cells = Population(4, model, v=v, drive=1e307)
    with pytest.raises(NonFiniteError, match="neuron 2 of trial 1 became inf"):
        Network(cells, trials=3, dt=1.0).run(2000, engine=engine)


@pytest.mark.parametrize(
    ("model", "integrator", "dt", "named", "usable"),
    [
        (HodgkinHuxley, "exponential_euler", 0.5, "m has a time constant of 0.237 ms", 0.23),
        (HodgkinHuxley, "rk4", 1.0, "m has a time constant of 0.237 ms", 0.65),
        (LIF, "euler", 50.0, "v has a time constant of 20 ms", 39.0),
    ],
)
def test_a_time_step_too_large(
    model: NeuronModel, integrator: str, dt: float, named: str, usable: float
) -> None:
    cells = Population(3, model, integrator=integrator, name="cells")
    monitor = StateMonitor(cells, "v")
    network = Network(cells, monitor, dt=dt)
    with pytest.raises(ParameterError, match=r"Network.dt") as caught:
        network.run(10 * dt)
    assert named in str(caught.value)
    assert "is too large for cells" in str(caught.value)
    assert network.step == 0
    suggested = float(str(caught.value).split("Use at most ")[1].split(" ms")[0])
    assert suggested == pytest.approx(usable, rel=0.05)
    Network(cells, monitor, dt=suggested).run(10 * suggested)  # what failed has not claimed the population


def test_a_failed_start_changes_nothing(engine: str) -> None:
    cells = Population(3, LIF, integrator="euler")
    spikes = SpikeMonitor(cells)
    network = Network(cells, spikes, dt=1.0)
    cells["tau_m"] = 0.1
    with pytest.raises(ParameterError, match="dt"):
        network.run(10, engine=engine)
    cells["tau_m"], cells["v"], cells["v_in"] = 20.0, 0.5, [0.9, 1.5, 3.0]
    network.run(100, engine=engine)
    assert network.t == 100
    assert spikes.count[0] == 0
    assert spikes.count[2] > spikes.count[1] > 1


def test_a_failed_change_between_runs_changes_nothing(engine: str) -> None:
    def run(stumble: bool) -> np.ndarray:
        network, cells, _, v, _ = chain()
        network.run(10, engine=engine)
        if stumble:
            trials = np.ones((4, 40))
            for name, value in (("v", [1.0]), ("tau_m", -1.0), ("nu", 1.0), ("v_in", np.nan), ("v", trials)):
                with pytest.raises(ParameterError, match=name):
                    cells[name] = value
            with pytest.raises(ParameterError, match=r"tau_m = .*: is for 4 trials, but v is for 1"):
                cells["tau_m"] = trials
            with pytest.raises(ParameterError, match=r"dt = 0.1 ms"):
                network.run(0.15, engine=engine)
        network.run(10, engine=engine)
        return v["v"]

    assert np.array_equal(run(True), run(False))


def test_a_network_too_large_for_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "memory_bytes", lambda: 10**6)
    cells = Population(10_000, LIF, receptors={"e": PSCFilter(5)}, name="cells")
    small = Population(1, LIF, name="small")
    weights = Dense(np.ones((1, 10_000)))
    network = Network(cells, small, Projection(small, cells, weights, delay=20))
    with pytest.raises(
        ParameterError, match=r"cells.n = 10000: the network would need \d{8} bytes"
    ) as caught:
        network.run(1)
    needed = int(str(caught.value).split("need ")[1].split(" bytes")[0])
    assert 8 * 10_000 * 200 <= needed <= 2 * 8 * 10_000 * 400  # the ring of events has 200 rows


def test_a_population_beyond_any_memory() -> None:
    network = Network(Population(2_000_000_000, HodgkinHuxley, name="cells"))
    with pytest.raises(ParameterError, match=r"cells.n = 2000000000: the network would need \d{11,} bytes"):
        network.run(1)
    network = Network(Population(2_000_000_000, LIF, name="cells"), trials=2)
    with pytest.raises(ParameterError, match="with 2 trials makes 4000000000 units"):
        network.run(1)


SCRIPT = """
import os, signal, sys, threading, time
import numpy as np
from neurosim import LIF, Dense, Network, PoissonPopulation, Population, Projection, PSCFilter, SpikeMonitor

def make():
    rng = np.random.default_rng(0)
    noise = PoissonPopulation(20, 200)
    cells = Population(30, LIF, receptors={"e": PSCFilter(5)}, v_in=0.9)
    spikes = SpikeMonitor(cells)
    parts = [Projection(noise, cells, Dense(rng.random((20, 30))), delay=0.2),
             Projection(cells, cells, Dense(rng.normal(size=(30, 30))), delay=0.3)]
    return Network(noise, cells, spikes, parts, seed=1), cells, spikes
"""


def python(script: str) -> subprocess.CompletedProcess[str]:
    source = SCRIPT + textwrap.dedent(script)
    return subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, timeout=120)


def test_control_c_ends_at_a_step_and_resuming_equals_never_having_stopped() -> None:
    done = python(
        """
        network, cells, spikes = make()
        network.run(1)
        stops, end = 0, 300_000

        def interrupt(begin):
            while network.t <= begin:
                time.sleep(0.001)
            os.kill(os.getpid(), signal.SIGINT)

        while network.t < end - 1e-6:
            if stops < 3:
                threading.Thread(target=interrupt, args=(network.t,)).start()
            try:
                network.run(end - network.t)
            except KeyboardInterrupt as stop:
                assert f"{network.t:g} ms" in str(stop), stop
                assert 1 < network.t < end, network.t
                stops += 1
        assert stops == 3, stops
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
        reference, others, expected = make()
        reference.run(end)
        assert len(spikes) > 1000
        assert np.array_equal(spikes.t, expected.t) and np.array_equal(spikes.i, expected.i)
        assert all(np.array_equal(cells[s], others[s]) for s in cells.system.states)
        print("resumed")
        """
    )
    assert done.stdout == "resumed\n", done.stderr


def test_progress_goes_to_a_terminal_on_standard_error_only() -> None:
    done = python(
        """
        import sys
        network, cells, spikes = make()
        network.run(10, progress=True)
        print("no terminal", file=sys.stderr)
        sys.stderr.isatty = lambda: True
        network.run(50.3, progress=True)
        print("first")
        network.run(1)
        """
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "first\n"
    assert done.stderr.startswith("no terminal\n")
    assert "simulating:   0%|          | 0/50 ms" in done.stderr


def test_progress_counts_to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with ProgressBar(503, 0.1, shown=True) as bar:
        for length in (*[7] * 71, 6):
            bar.update(length)
        text = str(bar.bar)
    assert "100%" in text
    assert "50/50 ms" in text


def test_a_run_in_another_thread() -> None:
    import threading

    noise = PoissonPopulation(5, 100)
    spikes = SpikeMonitor(noise)
    network = Network(noise, spikes, seed=1)
    worker = threading.Thread(target=network.run, args=(100,))
    worker.start()
    worker.join()
    assert network.t == pytest.approx(100)
    assert len(spikes) > 0
