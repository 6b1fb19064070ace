"""Training on PyTorch: ``torch_peer.py``, or with Adam in one pass ``torch_peer.py fused``; see `serving`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from itertools import pairwise
from time import perf_counter
from typing import Any

import numpy as np
import torch
from serving import Reply, Task, peak_memory, serve
from torch import nn

FUSED = sys.argv[1:] == ["fused"]
FEW = 256

Samples = tuple[Any, Any]


def prepare(task: Task) -> Callable[[], Reply]:
    """Read the data and train a little, as a first call takes longer."""
    torch.set_num_threads(task["threads"])
    train, test = (
        (part_of(task, f"{part}_images").view(-1, *task["image"]), part_of(task, f"{part}_labels"))
        for part in ("train", "test")
    )
    seed = 0

    def measure() -> Reply:
        nonlocal seed
        seed += 1
        return learn(task, train, test, seed)

    learn(task, (train[0][:FEW], train[1][:FEW]), test, seed)
    return measure


def part_of(task: Task, name: str) -> Any:
    """Of MNIST, as much as an epoch has."""
    return torch.from_numpy(np.load(os.path.join(task["data"], f"{name}.npy"))[: task["n_images"]])


def learn(task: Task, train: Samples, test: Samples, seed: int) -> Reply:
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
        read = torch.cat([network(batch).argmax(1) for batch in images.split(size)])
    return {
        "seconds": (done - ready) / task["epochs"],
        "build_seconds": ready - begun,
        "accuracy": float((read == labels).double().mean()),
        "peak_mb": peak_memory(),
    }


def mlp(task: Task) -> Any:
    """A perceptron with ReLUs, its weights as Glorot has them."""
    sizes = [*task["image"], *task["sizes"]]
    layers: list[Any] = []
    for n_in, n_out in pairwise(sizes):
        layers += [glorot(nn.Linear(n_in, n_out)), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def lenet5(task: Task) -> Any:
    """LeNet-5 with ReLUs and max pooling; weights before a ReLU as He has them."""
    return nn.Sequential(
        *(he(nn.Conv2d(1, 6, 5, padding=2)), nn.ReLU(), nn.MaxPool2d(2)),
        *(he(nn.Conv2d(6, 16, 5)), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), he(nn.Linear(400, 120)), nn.ReLU()),
        *(he(nn.Linear(120, 84)), nn.ReLU(), glorot(nn.Linear(84, 10))),
    )


def convolutional(task: Task) -> Any:
    """Two convolutions, pooling and a perceptron; weights before a ReLU as He has them."""
    (n_in, height, width), (first, second, n_hidden, n_out) = task["image"], task["sizes"]
    n_seen = second * ((height - 4) // 2) * ((width - 4) // 2)
    return nn.Sequential(
        *(he(nn.Conv2d(n_in, first, 3)), nn.ReLU(), he(nn.Conv2d(first, second, 3)), nn.ReLU()),
        *(nn.MaxPool2d(2), nn.Flatten(), he(nn.Linear(n_seen, n_hidden)), nn.ReLU()),
        glorot(nn.Linear(n_hidden, n_out)),
    )


def recurrent(task: Task) -> Any:
    """A recurrent layer whose last output is read; forget gates begin open, as Gers has them."""
    n_units, n_out = task["sizes"]
    layer = RECURRENT[task["kind"]](task["image"][-1], n_units, batch_first=True)
    nn.init.xavier_uniform_(layer.weight_ih_l0)
    nn.init.orthogonal_(layer.weight_hh_l0)
    for bias in (layer.bias_ih_l0, layer.bias_hh_l0):
        nn.init.zeros_(bias)
    if task["kind"] == "lstm":
        with torch.no_grad():
            layer.bias_ih_l0[n_units : 2 * n_units] = 1.0
    return nn.Sequential(layer, LastOutput(), glorot(nn.Linear(n_units, n_out)))


class LastOutput(nn.Module):  # type: ignore[misc]
    """The output of a recurrent layer at the last step."""

    def forward(self, found: tuple[Any, Any]) -> Any:
        """Take it from what the layer returns: all outputs, and its state."""
        return found[0][:, -1]


def he(layer: Any) -> Any:
    """Weights as He has them, for rectifying units; biases of 0."""
    nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
    nn.init.zeros_(layer.bias)
    return layer


def glorot(layer: Any) -> Any:
    """Weights as Glorot has them; biases of 0."""
    nn.init.xavier_uniform_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer


RECURRENT = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}

NETWORKS = {
    "mlp": mlp,
    "lenet5": lenet5,
    "convolutional": convolutional,
    **dict.fromkeys(RECURRENT, recurrent),
}

if __name__ == "__main__":
    serve(prepare)
