"""Optimisers: a hundred steps as PyTorch takes them, closed forms, and initialisation."""

import numpy as np
import pytest

from neurosim.errors import ParameterError
from neurosim.rate import SGD, Adam, Variable, glorot, he

CASES = [
    (SGD, {"learning_rate": 0.05}, "SGD", {}),
    (
        SGD,
        {"learning_rate": 0.05, "momentum": 0.9, "weight_decay": 0.01},
        "SGD",
        {"momentum": 0.9, "weight_decay": 0.01},
    ),
    (
        SGD,
        {"learning_rate": 0.02, "momentum": 0.8, "nesterov": True},
        "SGD",
        {"momentum": 0.8, "nesterov": True},
    ),
    (Adam, {"learning_rate": 0.01}, "Adam", {}),
    (
        Adam,
        {"learning_rate": 0.01, "beta_1": 0.8, "beta_2": 0.99, "epsilon": 1e-3, "weight_decay": 0.1},
        "Adam",
        {"betas": (0.8, 0.99), "eps": 1e-3, "weight_decay": 0.1},
    ),
    (Adam, {"learning_rate": 0.01, "weight_decay": 0.1, "decoupled": True}, "AdamW", {"weight_decay": 0.1}),
]


@pytest.mark.parametrize(("ours", "options", "theirs", "their_options"), CASES)
def test_hundred_steps_as_torch(ours, options, theirs, their_options):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(3)
    x, target = rng.standard_normal((20, 4)), rng.standard_normal((20, 3))
    start = [rng.standard_normal((4, 3)), rng.standard_normal(3)]
    w, b = (Variable(v.copy()) for v in start)
    tw, tb = (torch.tensor(v, requires_grad=True) for v in start)
    optimiser = ours([w, b], **options)
    reference = getattr(torch.optim, theirs)([tw, tb], lr=options["learning_rate"], **their_options)
    tx, t_target = torch.tensor(x), torch.tensor(target)
    for _ in range(100):
        optimiser.zero_grad()
        ((np.tanh(x @ w + b) - target) ** 2).mean().backward()
        optimiser.step()
        reference.zero_grad()
        ((torch.tanh(tx @ tw + tb) - t_target) ** 2).mean().backward()
        reference.step()
    np.testing.assert_allclose(w.value, tw.detach().numpy(), rtol=0, atol=1e-9)
    np.testing.assert_allclose(b.value, tb.detach().numpy(), rtol=0, atol=1e-9)
    assert not np.allclose(w.value, start[0], atol=1e-2)


def test_first_adam_step_is_the_learning_rate():
    """Bias correction makes the first step -rate*g/(|g| + epsilon), whatever the size of g."""
    x = Variable(np.array([1.0, 1.0, 1.0]))
    x.grad = np.array([1e-6, -3.0, 0.0])
    Adam([x], 0.1, epsilon=1e-12).step()
    np.testing.assert_allclose(x.value, [0.9, 1.1, 1.0], rtol=1e-6)


@pytest.mark.parametrize("optimiser", [SGD, Adam])
def test_updates_in_place_and_skips_parameters_without_gradient(optimiser):
    array, other = np.ones(2, np.float32), np.ones(2)
    x, y = Variable(array), Variable(other)
    x.grad = np.ones(2, np.float32)
    optimiser([x, y], 0.5).step()
    assert x.value is array
    assert (array < 1.0).all()
    assert (other == 1.0).all()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda p: SGD([], 0.1), "SGD.parameters = .*nothing to learn"),
        (lambda p: SGD(p, 0.0), "SGD.learning_rate = 0.0"),
        (lambda p: SGD(p, momentum=1.0), "SGD.momentum = 1.0"),
        (lambda p: SGD(p, nesterov=True), "SGD.nesterov"),
        (lambda p: SGD(p, weight_decay=-1.0), "SGD.weight_decay = -1.0"),
        (lambda p: Adam(p, np.nan), "Adam.learning_rate = nan"),
        (lambda p: Adam(p, beta_2=1.0), "Adam.beta_2"),
        (lambda p: Adam(p, epsilon=0.0), "Adam.epsilon"),
    ],
)
def test_errors(make, message):
    with pytest.raises(ParameterError, match=message):
        make([Variable(1.0)])


@pytest.mark.parametrize(("draw", "variance"), [(glorot, 2.0 / 500.0), (he, 2.0 / 200.0)])
def test_initialisation(draw, variance):
    weights = draw(200, 300, np.random.default_rng(4), "float32")
    assert weights.shape == (200, 300)
    assert weights.dtype == np.float32
    assert weights.var() == pytest.approx(variance, rel=0.03)
    assert abs(weights.mean()) < 4.0 * np.sqrt(variance / weights.size)
    with pytest.raises(ParameterError, match="fan_in = 0"):
        draw(0, 3, np.random.default_rng(0))
