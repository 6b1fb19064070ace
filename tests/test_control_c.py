"""Ctrl-C at random moments, while threads work: it is answered at once, and everything goes on."""

import os
import random
import signal
import subprocess
import sys
import time
from threading import Timer

import pytest

MOMENTS = 30

TRAINING = """
import sys
import numpy as np
from neurosim.rate import Adam, Affine, Convolution, Flatten, GRU, MaxPool, ReLU, Sequential, fit

rng = np.random.default_rng(0)
if sys.argv[1] == "images":
    layers = Convolution(6, 5), ReLU(), MaxPool(2), Flatten(), Affine(200), ReLU(), Affine(10)
    X = rng.standard_normal((128, 1, 28, 28)).astype("float32")
else:
    layers = GRU(64), Affine(10)
    X = rng.standard_normal((128, 20, 8)).astype("float32")
y = rng.integers(0, 10, len(X))
network = Sequential(*layers, input_shape=X.shape[1:], dtype="float32", seed=0)
optimiser = Adam(network.parameters(), 1e-4)


def train(epochs):
    data = "softmax_cross_entropy", optimiser, X, y
    return fit(network, *data, epochs=epochs, batch_size=64, rng=0, progress=False)


def go_on():
    assert not network.training
    assert all(np.isfinite(p.value).all() for p in network.parameters())
    history = train(1)
    assert history.n_epochs == 1 and not history.interrupted


train(1)
for _ in range(MOMENTS):
    try:
        print("ready", flush=True)
        assert train(10**9).interrupted
    except KeyboardInterrupt:  # before the first step
        pass
    print("stopped", flush=True)
    go_on()
"""

SPIKES = """
import numpy as np
from neurosim import LIF, FixedIndegree, Network, Population, Projection, PSCFilter, SpikeMonitor


def make(threads):
    cells = Population(2000, LIF, receptors={"e": PSCFilter(5)}, v_in=np.linspace(0.5, 2, 2000))
    spikes = SpikeMonitor(cells)
    synapses = Projection(cells, cells, FixedIndegree(20, weight=0.01), delay=0.5)
    return Network(cells, synapses, spikes, dt=0.1, threads=threads, seed=3), cells, spikes


network, cells, spikes = make(2)
network.run(5)
for _ in range(MOMENTS):
    try:
        print("ready", flush=True)
        network.run(10**9)
    except KeyboardInterrupt:
        print("stopped", flush=True)
    network.run(1)
reference, others, expected = make(1)
reference.run(network.t)
assert len(spikes) > 1000
assert np.array_equal(spikes.t, expected.t) and np.array_equal(spikes.i, expected.i)
assert np.array_equal(cells["v"], others["v"])
"""


def interrupted(script: str, *arguments: str, longest: float = 0.05) -> list[float]:
    """Seconds from each Ctrl-C that a script gets, at a moment after it is ready, until it has stopped."""
    command = [sys.executable, "-c", f"MOMENTS = {MOMENTS}\n{script}", *arguments]
    moment, answers = random.Random(1), []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        patience = Timer(60, process.kill)  # of one that hangs
        patience.start()
        try:
            for line in process.stdout or ():
                if line == "ready\n":
                    time.sleep(longest * moment.random())
                    sent = time.perf_counter()
                    process.send_signal(signal.SIGINT)
                elif line == "stopped\n":
                    answers.append(time.perf_counter() - sent)
            _, complaint = process.communicate(timeout=20)
        finally:
            patience.cancel()
            process.kill()
    assert process.returncode == 0, complaint
    return answers


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no Ctrl-C to one process alone")
@pytest.mark.parametrize("samples", ["images", "sequences"])
def test_training_stops_at_any_moment_and_can_be_begun_again(samples: str) -> None:
    answers = interrupted(TRAINING, samples)
    assert len(answers) == MOMENTS
    assert max(answers) < 1.0


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no Ctrl-C to one process alone")
def test_a_run_on_two_threads_stops_at_any_moment_and_goes_on_as_if_it_had_not() -> None:
    answers = interrupted(SPIKES, longest=0.02)
    assert len(answers) == MOMENTS
    assert max(answers) < 1.0
