"""The process that trains with neurosim: ``python -m neurosim.bench.classical_worker``; see `serving`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from neurosim.bench.peers.serving import Reply, Task, peak_memory, serve
from neurosim.kernels.core import threads
from neurosim.models.lenet5 import network as make_lenet5
from neurosim.rate import (
    GRU,
    LSTM,
    Adam,
    Affine,
    Convolution,
    ElmanRNN,
    Flatten,
    Layer,
    MaxPool,
    ReLU,
    Sequential,
    fit,
    no_grad,
)

Array = np.ndarray[Any, Any]
Samples = tuple[Array, Array]

FEW = 256
"""Samples, in the training that loads the kernels."""


def prepare(task: Task) -> Callable[[], Reply]:
    """Read the data, load the kernels, and return the measurement."""
    folder, n = Path(task["data"]), task["n_images"]
    train, test = (
        (
            np.load(folder / f"{part}_images.npy")[:n].reshape(-1, *task["image"]),
            np.load(folder / f"{part}_labels.npy")[:n],
        )
        for part in ("train", "test")
    )
    threadpool_limits(task["threads"], user_api="blas")
    threads.limit(task["threads"])
    seed = 0

    def measure() -> Reply:
        nonlocal seed
        seed += 1
        return learn(task, train, test, seed)

    learn(task, (train[0][:FEW], train[1][:FEW]), test, seed)
    return measure


def learn(task: Task, train: Samples, test: Samples, seed: int) -> Reply:
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
    return {
        "seconds": (done - ready) / task["epochs"],
        "build_seconds": ready - begun,
        "accuracy": accuracy(network, test, task["batch_size"]),
        "peak_mb": peak_memory(),
    }


def accuracy(network: Layer, test: Samples, batch_size: int) -> float:
    """Share of the images that are read rightly; in batches, which take no more memory than in training."""
    images, labels = test
    with no_grad():
        batches = (images[i : i + batch_size] for i in range(0, len(images), batch_size))
        read = np.concatenate([network(batch).value.argmax(axis=1) for batch in batches])
    return float((read == labels).mean())


def mlp(task: Task, seed: int) -> Layer:
    """A perceptron with ReLUs, its weights as Glorot has them."""
    *hidden, n_out = task["sizes"]
    layers = [layer for n in hidden for layer in (Affine(n), ReLU())]
    return built(task, seed, *layers, Affine(n_out))


def lenet5(task: Task, seed: int) -> Layer:
    """That of `neurosim.models.lenet5`."""
    network: Layer = make_lenet5(seed)
    return network


def convolutional(task: Task, seed: int) -> Layer:
    """Two convolutions, pooling and a perceptron; weights before a ReLU as He has them."""
    *maps, n_hidden, n_out = task["sizes"]
    layers = [layer for n in maps for layer in (Convolution(n, 3), ReLU())]
    hidden = Flatten(), Affine(n_hidden, initialise="he_normal"), ReLU()
    return built(task, seed, *layers, MaxPool(2), *hidden, Affine(n_out))


def recurrent(task: Task, seed: int) -> Layer:
    """A recurrent layer whose last output is read."""
    n_units, n_out = task["sizes"]
    return built(task, seed, RECURRENT[task["kind"]](n_units), Affine(n_out))


def built(task: Task, seed: int, *layers: Layer) -> Layer:
    """Layers one after the other, in single precision."""
    return Sequential(*layers, input_shape=tuple(task["image"]), dtype="float32", seed=seed)


RECURRENT = {"rnn": ElmanRNN, "lstm": LSTM, "gru": GRU}

NETWORKS: dict[str, Callable[[Task, int], Layer]] = {
    "mlp": mlp,
    "lenet5": lenet5,
    "convolutional": convolutional,
    **dict.fromkeys(RECURRENT, recurrent),
}
"""What makes the network of a kind of case."""

if __name__ == "__main__":
    serve(prepare)
