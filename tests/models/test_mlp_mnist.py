"""The perceptron on images: what it reaches on MNIST, and on the bundled digits."""

import os

import numpy as np
import pytest
from neurosim.models import mlp_mnist as model

from neurosim.data import load_digits, load_mnist
from neurosim.output import OutputFolder


def accuracy(network, data):
    return (model.probabilities(network, data).argmax(axis=1) == data.labels).mean()


@pytest.fixture(scope="module")
def trained():
    train, test = load_digits().split(0.25, 0)
    return model.train(train, **model.DIGITS), test


def test_the_bundled_digits(trained):
    (network, history), test = trained
    assert accuracy(network, test) > 0.96
    assert history.validation_accuracy[-1] > 0.94
    assert history.learning_rate[-1] < 1e-6 < history.learning_rate[0] < model.HIGHEST_RATE
    assert sum(p.value.size for p in network.parameters()) == 64 * 256 + 256 + 256 * 10 + 10
    np.testing.assert_allclose(model.probabilities(network, test).sum(axis=1), 1.0, rtol=1e-5)


def test_the_same_seed_gives_the_same_network():
    train, _ = load_digits().split(0.25, 0)
    weights = [
        model.train(train, n_epochs=1, batch_size=32, seed=s).network[0].weights.value for s in (3, 3, 4)
    ]
    np.testing.assert_array_equal(weights[0], weights[1])
    assert not np.array_equal(weights[0], weights[2])


def test_another_folder_is_read_instead(tmp_path, monkeypatch):
    read = []
    monkeypatch.setattr(
        model, "load_mnist", lambda folder: read.append(folder) or load_digits().split(0.9, 0)
    )
    summary, written = model.run(OutputFolder(tmp_path), quick=True, mnist_dir=tmp_path / "files")
    assert read == [tmp_path / "files"]
    assert summary.endswith(" %")
    assert [path.name for path in written] == ["training.png", "confusion.png", "mistakes.png"]


@pytest.mark.slow
@pytest.mark.skipif("NEUROSIM_MNIST_DIR" not in os.environ, reason="NEUROSIM_MNIST_DIR names no folder")
def test_on_mnist_it_reaches_98_percent():
    train, test = load_mnist(os.environ["NEUROSIM_MNIST_DIR"])
    reached = [accuracy(model.train(train, **model.MNIST, seed=seed).network, test) for seed in range(3)]
    assert min(reached) >= 0.98
