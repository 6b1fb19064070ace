"""Training on PyTorch: ``torch_peer.py``, or with Adam in one pass ``torch_peer.py fused``; see `serving`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np
import torch
from serving import Reply, Task, peak_memory, serve
from torch import nn

FUSED = sys.argv[1:] == ["fused"]
FEW = 256


def prepare(task: Task) -> Callable[[], Reply]:
    """Read the data and train a little, as a first call takes longer."""
    torch.set_num_threads(task["threads"])
    train, test = (
        [
            torch.from_numpy(np.load(os.path.join(task["data"], f"{part}_{x}.npy")))
            for x in ("images", "labels")
        ]
        for part in ("train", "test")
    )
    seed = 0

    def measure() -> Reply:
        nonlocal seed
        seed += 1
        return learn(task, train, test, seed)

    learn(task, [array[:FEW] for array in train], test, seed)
    return measure


def learn(task: Task, train: list[Any], test: list[Any], seed: int) -> Reply:
    """Build and train on the batches that neurosim draws from the same seed; then see how much was learnt."""
    images, labels = train
    size = task["batch_size"]
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    begun = perf_counter()
    network = NETWORKS[task["kind"]](task)
    optimiser = torch.optim.Adam(network.parameters(), task["learning_rate"], fused=FUSED or None)
    loss = nn.CrossEntropyLoss()
    ready = perf_counter()
    for _ in range(task["epochs"]):
        for batch in torch.from_numpy(rng.permutation(len(images))).split(size):
            optimiser.zero_grad()
            loss(network(images[batch]), labels[batch]).backward()
            optimiser.step()
    done = perf_counter()
    images, labels = test
    with torch.no_grad():
        accuracy = (network(images).argmax(1) == labels).double().mean()
    return {
        "seconds": done - ready,
        "build_seconds": ready - begun,
        "accuracy": float(accuracy),
        "peak_mb": peak_memory(),
    }


def mlp(task: Task) -> Any:
    """A perceptron with ReLUs, its weights as Glorot has them."""
    layers: list[Any] = []
    for n_in, n_out in zip(task["sizes"], task["sizes"][1:], strict=False):
        affine = nn.Linear(n_in, n_out)
        nn.init.xavier_uniform_(affine.weight)
        nn.init.zeros_(affine.bias)
        layers += [affine, nn.ReLU()]
    return nn.Sequential(*layers[:-1])


NETWORKS = {"mlp": mlp}

if __name__ == "__main__":
    serve(prepare)
