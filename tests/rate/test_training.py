"""The training loop: learning, history, reproducibility, divergence and Ctrl-C."""

import sys

import numpy as np
import pytest

from neurosim.connectivity import Dense
from neurosim.errors import NonFiniteError, ParameterError
from neurosim.rate import (
    SGD,
    Adam,
    Affine,
    GaussianNoise,
    Layer,
    ReduceOnPlateau,
    ReLU,
    Sequential,
    fit,
    mean_squared_error,
    softmax_cross_entropy,
)

rng = np.random.default_rng(7)
X = rng.standard_normal((60, 3))
LABELS = (X[:, 0] > X[:, 1]).astype(int)


def small_network(seed=0):
    draw = np.random.default_rng(seed)
    return Sequential(
        Affine(Dense(0.5 * draw.standard_normal((3, 8)))),
        ReLU(),
        Affine(Dense(0.5 * draw.standard_normal((8, 2)))),
    )


def train(network, y=LABELS, loss=softmax_cross_entropy, **options):
    optimiser = Adam(network.parameters(), 0.02)
    return fit(network, loss, optimiser, X, y, **({"progress": False, "rng": 0} | options))


def test_learns_and_records():
    network = small_network()
    history = train(network, epochs=30, batch_size=16, validation=(X[:20], LABELS[:20]))
    assert history.n_epochs == 30
    assert history.loss[-1] < 0.3 * history.loss[0]
    assert history.accuracy[-1] > 0.95
    assert "np." not in repr(history)
    assert len(history.validation_loss) == len(history.validation_accuracy) == 30
    assert not history.interrupted
    found = softmax_cross_entropy(network(X[:20]), LABELS[:20])
    assert history.validation_loss[-1] == pytest.approx(float(found))


def test_one_full_batch_equals_gradient_descent_by_hand():
    network, twin = small_network(), small_network()
    history = fit(
        network,
        softmax_cross_entropy,
        SGD(network.parameters(), 0.1),
        X,
        LABELS,
        epochs=3,
        batch_size=60,
        progress=False,
    )
    for epoch in range(3):
        for p in twin.parameters():
            p.zero_grad()
        loss = softmax_cross_entropy(twin(X), LABELS)
        assert history.loss[epoch] == pytest.approx(float(loss))
        loss.backward()
        for p in twin.parameters():
            p.value -= 0.1 * p.grad
    for a, b in zip(network.parameters(), twin.parameters(), strict=True):
        np.testing.assert_allclose(a.value, b.value, rtol=1e-12)


def test_regression_has_no_accuracy():
    target = X @ np.array([[1.0, 2.0], [0.0, 1.0], [1.0, 0.0]])
    history = train(small_network(), target, mean_squared_error, epochs=40)
    assert history.accuracy == []
    assert history.loss[-1] < 0.2 * history.loss[0]


def test_same_seed_same_weights():
    networks = [small_network(), small_network(), small_network()]
    for network, seed in zip(networks, (1, 1, 2), strict=True):
        train(network, epochs=2, rng=seed)
    weights = [network[0].weights.value for network in networks]
    np.testing.assert_array_equal(weights[0], weights[1])
    assert not np.array_equal(weights[0], weights[2])


def test_every_sample_once_an_epoch():
    seen = []

    class Watch(Layer):
        def forward(self, x):
            if self.training:
                seen.append(x.value[:, 0].copy())
            return x

    train(Sequential(Watch(), *small_network()), epochs=2, batch_size=25)
    assert [len(batch) for batch in seen] == [25, 25, 10] * 2
    first, second = np.concatenate(seen[:3]), np.concatenate(seen[3:])
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal(np.sort(first), np.sort(X[:, 0]))
    np.testing.assert_array_equal(np.sort(second), np.sort(X[:, 0]))


def test_divergence_names_epoch_and_layer():
    network = small_network()
    network[2].weights.value[0, 0] = np.nan
    before = network[0].weights.value.copy()
    with pytest.raises(NonFiniteError, match=r"loss became nan in epoch 1: parameters of layer 2, Affine"):
        train(network)
    np.testing.assert_array_equal(network[0].weights.value, before)
    assert not network.training


def test_divergence_by_a_large_step():
    network = small_network()
    optimiser = SGD(network.parameters(), 1e200)
    target = np.ones((60, 2))
    with pytest.raises(NonFiniteError, match="Lower the learning rate"):
        fit(network, mean_squared_error, optimiser, X, target, epochs=5, progress=False)


def test_interrupt_keeps_what_was_learnt():
    class Interrupting(Layer):
        calls = 0

        def forward(self, x):
            self.calls += 1
            if self.calls == 6:
                raise KeyboardInterrupt
            return x

    network = Sequential(Interrupting(), *small_network())
    before = network[1].weights.value.copy()
    history = train(network, epochs=10, batch_size=30)
    assert history.interrupted
    assert history.n_epochs == 2
    assert not np.array_equal(network[1].weights.value, before)
    assert not network.training


def test_training_mode_only_while_training():
    noise = GaussianNoise(0.1, np.random.default_rng(0))
    modes = []

    class Watch(Layer):
        def forward(self, x):
            modes.append(noise.training)
            return x

    train(Sequential(noise, Watch(), *small_network()), epochs=2, batch_size=60, validation=(X, LABELS))
    assert modes == [False, False, *[True, False] * 2]  # before the first epoch both sets are tried out
    assert not noise.training


def test_progress_goes_to_a_terminal_on_stderr_only(capsys, monkeypatch):
    train(small_network(), epochs=2, progress=True)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    train(small_network(), epochs=2, progress=True)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "2/2" in captured.err
    assert "accuracy" in captured.err


@pytest.mark.parametrize("validation", [None, (X[:20], LABELS[:20])])
def test_the_schedule_learns_the_loss_of_each_epoch(validation):
    class Watch(ReduceOnPlateau):
        def observe(self, loss):
            seen.append(loss)

    seen = []
    network = small_network()
    optimiser = Adam(network.parameters(), Watch(0.01))
    options = {"epochs": 3, "validation": validation, "progress": False}
    history = fit(network, softmax_cross_entropy, optimiser, X, LABELS, **options)
    assert seen == (history.loss if validation is None else history.validation_loss)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"epochs": 0}, "fit.epochs = 0"),
        ({"batch_size": 2.5}, "fit.batch_size = 2.5"),
        ({"y": LABELS[:5]}, r"fit.y = \(5,\): needs 60 entries"),
        ({"y": np.full(60, np.nan)}, r"fit.y\[0\] = nan"),
        ({"validation": (X[:3], LABELS)}, r"fit\(validation\).y"),
    ],
)
def test_errors_change_nothing(options, message):
    network = small_network()
    before = [p.value.copy() for p in network.parameters()]
    with pytest.raises(ParameterError, match=message):
        train(network, **options)
    for p, old in zip(network.parameters(), before, strict=True):
        np.testing.assert_array_equal(p.value, old)


def test_samples_in_the_other_byte_order_are_learnt_alike():
    order = ">" if sys.byteorder == "little" else "<"
    found = []
    for samples in (X, X.astype(X.dtype.newbyteorder(order))):
        network = small_network()
        options = {"epochs": 2, "rng": 0, "progress": False}
        fit(network, "softmax_cross_entropy", Adam(network.parameters()), samples, LABELS, **options)
        found.append(network.parameters()[0].value)
    np.testing.assert_array_equal(*found)
