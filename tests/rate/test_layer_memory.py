"""Layers that are too large for the memory: refused before anything is allocated."""

import tracemalloc

import numpy as np
import pytest
from neurosim.models.boltzmann import BoltzmannMachine, RestrictedBoltzmannMachine
from neurosim.models.hopfield import Hopfield

from neurosim import machine
from neurosim.connectivity import Conv2d
from neurosim.errors import ParameterError
from neurosim.machine import check_room
from neurosim.rate import (
    GRU,
    LSTM,
    Affine,
    AttentionPooling,
    Bidirectional,
    Convolution,
    EchoStateRegressor,
    ElmanRNN,
    Embedding,
    JordanRNN,
    LeakyRNN,
    Lookup,
    MultiHeadAttention,
    ReLU,
    Repeat,
    Sequential,
    Upsample,
)

LARGE = 10**9
IMAGE, SEQUENCE = (1, 8, 8), (5, 3)
SAMPLES = np.sign(np.random.default_rng(0).standard_normal((20, 500)))

TOO_LARGE = {
    "kernels": (lambda: Sequential(Convolution(3, LARGE), input_shape=IMAGE), r"kernel = \(3, 1000000000\)"),
    "kernels of sequences": (
        lambda: Sequential(Convolution(LARGE, LARGE, padding="same"), input_shape=(1, 8)),
        r"Convolution.channels, kernel = .* or fewer channels",
    ),
    "transposed": (
        lambda: Sequential(Convolution(3, LARGE, transposed=True), input_shape=IMAGE),
        "Convolution.channels, kernel",
    ),
    "channels": (lambda: Sequential(Convolution(10**12, 3), input_shape=IMAGE), "Convolution.channels"),
    "padding": (
        lambda: Conv2d(np.ones((1, 1, 3, 3)), IMAGE, padding=LARGE, dilation=LARGE).forward(np.ones((1, 64))),
        r"Conv2d.padding = .* Use less padding",
    ),
    "GRU": (lambda: GRU(10**8), r"GRU.connectivity = 100000000: .* Use fewer units"),
    "LSTM": (lambda: LSTM(10**8), "LSTM.connectivity"),
    "ElmanRNN": (lambda: ElmanRNN(10**20), "ElmanRNN.connectivity"),
    "LeakyRNN": (lambda: LeakyRNN(10**12), "LeakyRNN.connectivity"),
    "one that sees much": (lambda: GRU(10_000).build((1, 10**6)), "GRU.connectivity = 10000:"),
    "two directions": (lambda: Bidirectional(GRU(10**8)), "GRU.connectivity"),
    "Affine": (lambda: Affine(10**20).build(3), "Affine.connectivity = 100000000000000000000"),
    "body": (lambda: JordanRNN(Affine(10**12), 10).build(SEQUENCE), "Affine.connectivity"),
    "attention": (lambda: MultiHeadAttention(10**12).build(SEQUENCE), "Affine.connectivity"),
    "Embedding": (lambda: Embedding(LARGE, LARGE).build(5), r"Embedding.connectivity, n_dims = \(10000"),
    "Lookup": (
        lambda: Lookup(LARGE, 1000).build(5),
        r"Lookup\(.*\), patterns = \(1000000000, 1000\): .* fewer or smaller ones",
    ),
    "pooling": (
        lambda: AttentionPooling(10**12).build(SEQUENCE),
        r"AttentionPooling\(.*\), patterns = \(1, 1000000000000\)",
    ),
    "outputs fed back": (lambda: JordanRNN(ReLU(), 10**12), "JordanRNN.n_outputs = 1000000000000: .* fewer"),
    "Repeat": (lambda: Repeat(10**12).build(5), "Repeat.n_steps"),
    "Upsample": (lambda: Upsample((LARGE, 2)).build((1, 80, 80)), r"Upsample.factor = \(1000000000, 2\)"),
    "samples": (lambda: ReLU().build((LARGE, LARGE)), r"ReLU.build\(input_shape\) = \(1000000000, 1000"),
    "reservoir": (lambda: EchoStateRegressor(LARGE).fit(np.ones((5, 2)), np.ones(5)), "reservoir = 10000"),
    "hidden units": (lambda: RestrictedBoltzmannMachine(10**12).fit(SAMPLES > 0), "n_hidden = 1000000"),
}


@pytest.mark.parametrize("case", TOO_LARGE)
def test_what_is_too_large_is_refused_before_anything_is_allocated(case):
    make, words = TOO_LARGE[case]
    tracemalloc.start()
    with pytest.raises(ParameterError, match=f"{words}.*") as caught:
        make()
    largest = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "would need" in str(caught.value)
    assert f"the machine has {machine.memory_bytes()}" in str(caught.value)
    assert largest < 10**7


def test_a_small_machine_has_room_for_small_things(monkeypatch):
    monkeypatch.setattr(machine, "memory_bytes", lambda: 1_000_000)
    check_room("Affine.connectivity", 5, 1_000_000)
    with pytest.raises(ParameterError, match=r"5: would need 1000001 bytes of .* has 1000000"):
        check_room("Affine.connectivity", 5, 1_000_001)
    Sequential(Affine(200), GRU(70), input_shape=SEQUENCE, seed=0)  # the numbers drawn count as well
    with pytest.raises(ParameterError, match=r"Affine.connectivity = 626: would need 1001600 bytes"):
        Affine(626).build(100)
    with pytest.raises(ParameterError, match=r"GRU.connectivity = 289: would need 1002252 bytes"):
        GRU(289)
    with pytest.raises(ParameterError, match=r"Hopfield.connectivity = 'dense': .*='low_rank'"):
        Hopfield().fit(SAMPLES)
    Hopfield(connectivity="low_rank").fit(SAMPLES)
    with pytest.raises(ParameterError, match="n_hidden = 100: would need 2880000 bytes"):
        BoltzmannMachine(100, statistics="sampled").fit(SAMPLES)


def test_a_window_that_does_not_move_has_any_stride():
    x = np.arange(64.0)
    kernels = np.ones((2, 1, 3, 3))
    with pytest.warns(UserWarning, match="leave out"):
        once, wide = (Conv2d(kernels, IMAGE, stride=stride) for stride in (7, 10**9))
    np.testing.assert_array_equal(wide.forward(x), once.forward(x))
    np.testing.assert_array_equal(wide.backward(np.ones(2)), once.backward(np.ones(2)))
    np.testing.assert_array_equal(wide.weight_gradient(x, np.ones(2)), once.weight_gradient(x, np.ones(2)))
