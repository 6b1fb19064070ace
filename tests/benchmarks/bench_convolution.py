"""Training steps of two convolutional networks beside PyTorch, in one process and in turns.

    python tests/benchmarks/bench_convolution.py [--threads 2] [--rounds 15] [--layers]

Batches of 128 images of 28x28 in float32, Adam. What counts is the ratio: other work on the machine slows
both. With one thread, processor time is shown. `--layers` shows where the time of a step goes.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np
from threadpoolctl import threadpool_limits

from neurosim.kernels.core import threads
from neurosim.rate import (
    Adam,
    Affine,
    Convolution,
    Flatten,
    MaxPool,
    ReLU,
    Sequential,
    Variable,
    softmax_cross_entropy,
)

Clock = Callable[[], float]

BATCH, STEPS = 128, 4
EPOCHS = {"LeNet-5": 60_000, "conv 32-64": 12_800}
"""Images that the time is given for."""


def our_network(name: str) -> Sequential:
    layers = {
        "LeNet-5": lambda: [
            *(Convolution(6, 5, padding=2), ReLU(), MaxPool(2)),
            *(Convolution(16, 5), ReLU(), MaxPool(2)),
            *(Flatten(), Affine(120), ReLU(), Affine(84), ReLU(), Affine(10)),
        ],
        "conv 32-64": lambda: [
            *(Convolution(32, 3), ReLU(), Convolution(64, 3), ReLU(), MaxPool(2)),
            *(Flatten(), Affine(128), ReLU(), Affine(10)),
        ],
    }
    return Sequential(*layers[name](), input_shape=(1, 28, 28), dtype="float32", seed=0)


def our_step(network: Sequential, x: np.ndarray, y: np.ndarray) -> Callable[[], float]:
    optimiser = Adam(network.parameters(), 1e-3)
    network.train()

    def step() -> float:
        loss = softmax_cross_entropy(network(x), y)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        return float(loss)

    return step


def their_step(name: str, x: np.ndarray, y: np.ndarray, n_threads: int) -> Callable[[], float]:
    import torch
    from torch import nn

    torch.set_num_threads(n_threads)
    layers = {
        "LeNet-5": lambda: [
            *(nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)),
        ],
        "conv 32-64": lambda: [
            *(nn.Conv2d(1, 32, 3), nn.ReLU(), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Flatten(), nn.Linear(9216, 128), nn.ReLU(), nn.Linear(128, 10)),
        ],
    }
    network = nn.Sequential(*layers[name]())
    images, labels = torch.tensor(x), torch.tensor(y)
    optimiser = torch.optim.Adam(network.parameters(), 1e-3)
    measure = nn.CrossEntropyLoss()

    def step() -> float:
        optimiser.zero_grad()
        loss = measure(network(images), labels)
        loss.backward()
        optimiser.step()
        return loss.item()

    return step


def seconds(step: Callable[[], float], clock: Clock) -> float:
    start = clock()
    for _ in range(STEPS):
        step()
    return (clock() - start) / STEPS


def show_layers(name: str, x: np.ndarray, clock: Clock) -> None:
    """Milliseconds forth and back for each layer, least of ten."""
    network = our_network(name)
    values = Variable(x, requires_grad=False)
    for layer in network:
        given = Variable(values.value, requires_grad=values is not None and values.requires_grad)
        forth, back = [], []
        for _ in range(10):
            start = clock()
            result = layer(given)
            forth.append(clock() - start)
            if result.requires_grad:
                start = clock()
                result.backward(np.ones_like(result.value))
                back.append(clock() - start)
        print(f"  {layer!r:48} {1e3 * min(forth):7.3f} {1e3 * min(back, default=0.0):7.3f}")
        values = Variable(result.value)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--layers", action="store_true")
    given = parser.parse_args()
    threads.processors = lambda: given.threads
    threadpool_limits(given.threads, user_api="blas")
    clock = time.process_time if given.threads == 1 else time.perf_counter
    rng = np.random.default_rng(0)
    x = rng.random((BATCH, 1, 28, 28), dtype=np.float32)
    y = rng.integers(0, 10, BATCH)
    for name, n_images in EPOCHS.items():
        if given.layers:
            print(name)
            show_layers(name, x, clock)
            continue
        steps = {
            "neurosim": our_step(our_network(name), x, y),
            "PyTorch": their_step(name, x, y, given.threads),
        }
        for step in steps.values():
            seconds(step, clock)
        times: dict[str, list[float]] = {who: [] for who in steps}
        for _ in range(given.rounds):
            for who, step in steps.items():
                times[who].append(seconds(step, clock))
        ratio = np.median(np.array(times["PyTorch"]) / times["neurosim"])
        least = {who: min(found) for who, found in times.items()}
        shown = ", ".join(f"{who} {1e3 * t:.2f} ms a step" for who, t in least.items())
        total = least["neurosim"] * n_images / BATCH
        print(f"{name}: {shown} at least; {total:.2f} s per {n_images:,} images; {ratio:.2f} times as fast")


if __name__ == "__main__":
    main()
