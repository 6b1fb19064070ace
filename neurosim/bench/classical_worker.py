"""The process that trains with neurosim: ``python -m neurosim.bench.classical_worker``; see `serving`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from neurosim.bench.peers.serving import Reply, Task, peak_memory, serve
from neurosim.rate import Adam, Affine, Layer, ReLU, Sequential, fit

Array = np.ndarray[Any, Any]

FEW = 256
"""Samples, in the training that loads the kernels."""


def prepare(task: Task) -> Callable[[], Reply]:
    """Read the data, load the kernels, and return the measurement."""
    folder = Path(task["data"])
    train, test = (
        tuple(np.load(folder / f"{part}_{array}.npy") for array in ("images", "labels"))
        for part in ("train", "test")
    )
    threadpool_limits(task["threads"], user_api="blas")
    seed = 0

    def measure() -> Reply:
        nonlocal seed
        seed += 1
        return learn(task, train, test, seed)

    learn(task, tuple(array[:FEW] for array in train), test, seed)
    return measure


def learn(task: Task, train: tuple[Array, ...], test: tuple[Array, ...], seed: int) -> Reply:
    """Build and train; then see how much was learnt."""
    images, labels = train
    begun = perf_counter()
    network = NETWORKS[task["kind"]](task, seed)
    optimiser = Adam(network.parameters(), task["learning_rate"])
    ready = perf_counter()
    fit(
        network,
        "softmax_cross_entropy",
        optimiser,
        images,
        labels,
        epochs=task["epochs"],
        batch_size=task["batch_size"],
        rng=seed,
        progress=False,
    )
    done = perf_counter()
    images, labels = test
    right = network(images).value.argmax(axis=1) == labels
    return {
        "seconds": done - ready,
        "build_seconds": ready - begun,
        "accuracy": float(right.mean()),
        "peak_mb": peak_memory(),
    }


def mlp(task: Task, seed: int) -> Layer:
    """A perceptron with ReLUs, its weights as Glorot has them."""
    n_in, *hidden, n_out = task["sizes"]
    layers = [layer for n in hidden for layer in (Affine(n), ReLU())]
    return Sequential(*layers, Affine(n_out), input_shape=n_in, dtype="float32", seed=seed)


NETWORKS = {"mlp": mlp}
"""What makes the network of a kind of case."""

if __name__ == "__main__":
    serve(prepare)
