"""A small trained network, shared by the tests that only read it."""

from __future__ import annotations

import pytest

from neurosim.bridge import TrainedMLP, train_perceptron
from neurosim.data import load_digits


@pytest.fixture(scope="session")
def digits():
    return load_digits().split(0.25, 0)


@pytest.fixture(scope="session")
def classifier(digits):
    return train_perceptron(digits[0].subset(range(500)), hidden=(24,), epochs=4, seed=0)


@pytest.fixture
def mlp(classifier):
    return TrainedMLP.of(classifier)


@pytest.fixture(scope="session")
def deep_mlp(digits):
    return TrainedMLP.of(train_perceptron(digits[0].subset(range(500)), hidden=(24, 16), epochs=3, seed=1))
