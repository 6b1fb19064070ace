"""The search for a learning rate: finds a good one, and leaves no trace."""

import numpy as np
import pytest

from neurosim.connectivity import Dense
from neurosim.errors import ParameterError
from neurosim.rate import (
    SGD,
    Adam,
    Affine,
    BatchNorm,
    CosineDecay,
    Dropout,
    ReLU,
    Sequential,
    find_learning_rate,
    fit,
    glorot_uniform,
    he_normal,
    mean_squared_error,
)

rng = np.random.default_rng(0)
X = rng.standard_normal((300, 6))
Y = np.tanh(X @ rng.standard_normal((6, 2)))


def network():
    return Sequential(
        Affine(he_normal(Dense(np.zeros((6, 20))), 0)),
        ReLU(),
        Affine(glorot_uniform(Dense(np.zeros((20, 2))), 1)),
    )


def search(net, optimiser, **options):
    return find_learning_rate(net, mean_squared_error, optimiser, X, Y, **({"rng": 0} | options))


def test_the_suggestion_learns_and_far_from_it_nothing_does():
    net = network()
    found = search(net, SGD(net.parameters()), highest=100.0)
    assert 0.01 < found.suggestion < 1.0
    assert found.rates[-1] < 100.0  # ended where the loss diverged
    assert len(found.rates) == len(found.losses) == len(found.smoothed)
    assert len(repr(found)) < 80
    np.testing.assert_allclose(np.diff(np.log(found.rates)), np.log(1e8) / 99)
    losses = {}
    for rate in (found.suggestion / 1000, found.suggestion):
        net = network()
        optimiser = SGD(net.parameters(), rate)
        losses[rate] = fit(net, mean_squared_error, optimiser, X, Y, epochs=10, rng=0, progress=False).loss[
            -1
        ]
    assert losses[found.suggestion] < 0.3 * losses[found.suggestion / 1000]


def test_it_takes_what_fit_takes_and_draws_itself():
    found = find_learning_rate(net := network(), "mean_squared_error", SGD(net.parameters()), X, Y, rng=0)
    assert found.suggestion == search(net, SGD(net.parameters())).suggestion
    assert found.plot().get_xlabel() == "Learning rate"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"loss": "mse"}, r"find_learning_rate.loss = 'mse'"),
        ({"rng": "x"}, r"find_learning_rate.rng = 'x'"),
        ({"optimiser": None}, r"find_learning_rate.optimiser"),
        ({"network": print}, r"find_learning_rate.network"),
        ({"loss": lambda output, target: output}, r"find_learning_rate.loss\(output, targets\)"),
        ({"network": Sequential(Affine(2), BatchNorm(), input_shape=6), "batch_size": 1}, r"BatchNorm"),
    ],
)
def test_what_does_not_fit_is_found_first(change, message):
    net = network()
    given = {"network": net, "loss": mean_squared_error, "optimiser": SGD(net.parameters()), "X": X, "y": Y}
    with pytest.raises(ParameterError, match=message):
        find_learning_rate(**given | change)


def test_running_averages_and_noise_are_left_as_they_were():
    net = Sequential(Affine(8), BatchNorm(), Dropout(0.2), Affine(2), input_shape=6, seed=0)
    before = net.state()
    search(net, SGD(net.parameters()))
    after = net.state()
    assert after["generators"] == before["generators"]
    for name, array in before["arrays"].items():
        np.testing.assert_array_equal(after["arrays"][name], array)


@pytest.mark.parametrize("highest", [10.0, 1e200])
def test_it_leaves_no_trace(highest):
    net = network()
    schedule = CosineDecay(0.01, 10)
    optimiser = Adam(net.parameters(), schedule)
    fit(net, mean_squared_error, optimiser, X, Y, epochs=1, rng=0, progress=False)
    values, state = [p.value.copy() for p in net.parameters()], optimiser.state()
    search(net, optimiser, highest=highest)
    assert optimiser.learning_rate is schedule
    assert optimiser.n_steps == state["n_steps"] == 10
    for p, value in zip(net.parameters(), values, strict=True):
        np.testing.assert_array_equal(p.value, value)
        assert p.grad is None
    for name, array in optimiser.state()["arrays"].items():
        np.testing.assert_array_equal(array, state["arrays"][name])
    assert not net.training


def test_a_seed_gives_the_same_search():
    results = [search(net, SGD(net.parameters()), rng=seed) for seed in (3, 3, 4) for net in [network()]]
    np.testing.assert_array_equal(results[0].losses, results[1].losses)
    assert not np.array_equal(results[0].losses[:20], results[2].losses[:20])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"lowest": 0.0}, "find_learning_rate.lowest = 0.0"),
        ({"lowest": 20.0}, "find_learning_rate.highest = 10.0: must be above the lowest"),
        ({"n_steps": 5}, "find_learning_rate.n_steps = 5"),
        ({"batch_size": 0}, "find_learning_rate.batch_size = 0"),
        ({"lowest": 1e290, "highest": 1e300}, "find_learning_rate.lowest = 1e.290: the loss is not finite"),
    ],
)
def test_errors_change_nothing(options, message):
    net = network()
    before = [p.value.copy() for p in net.parameters()]
    with pytest.raises(ParameterError, match=message):
        search(net, SGD(net.parameters()), **options)
    for p, value in zip(net.parameters(), before, strict=True):
        np.testing.assert_array_equal(p.value, value)
