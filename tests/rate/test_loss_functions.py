"""Each loss against PyTorch in float64, by finite differences, and far out."""

import numpy as np
import pytest

from neurosim.analysis import cross_entropy, kl_divergence
from neurosim.errors import ParameterError
from neurosim.rate import (
    LOSSES,
    Variable,
    binary_cross_entropy,
    find_loss,
    gaussian_kl_divergence,
    gaussian_nll,
    grad_check,
    hinge,
    huber,
    mean_absolute_error,
    mean_squared_error,
    softmax,
    softmax_cross_entropy,
    softmax_kl_divergence,
)

rng = np.random.default_rng(4)
X, T, S = rng.standard_normal((5, 3)), 2.0 * rng.standard_normal((5, 3)), rng.standard_normal((5, 3))
P = rng.dirichlet(np.ones(3), 5)
P[0] = [0.0, 1.0, 0.0]
SIGNS = np.where(T > 0.0, 1.0, -1.0)

# name: ours and PyTorch's as functions of Variables (tensors) x and s
CASES = {
    "mean squared": (
        lambda x, s: mean_squared_error(x, T),
        lambda torch, f, x, s: f.mse_loss(x, torch.tensor(T)),
    ),
    "mean squared, both learn": (mean_squared_error, lambda torch, f, x, s: f.mse_loss(x, s)),
    "mean absolute": (
        lambda x, s: mean_absolute_error(x, T) + mean_absolute_error(s, x),
        lambda torch, f, x, s: f.l1_loss(x, torch.tensor(T)) + f.l1_loss(s, x),
    ),
    "huber": (
        lambda x, s: huber(x, T) + huber(x, s, delta=0.5),
        lambda torch, f, x, s: f.huber_loss(x, torch.tensor(T)) + f.huber_loss(x, s, delta=0.5),
    ),
    "hinge": (
        lambda x, s: hinge(x, SIGNS),
        lambda torch, f, x, s: torch.relu(1.0 - torch.tensor(SIGNS) * x).mean(),
    ),
    "binary cross-entropy": (
        lambda x, s: binary_cross_entropy(x, P) + binary_cross_entropy(4.0 * s, T > 0),
        lambda torch, f, x, s: (
            f.binary_cross_entropy_with_logits(x, torch.tensor(P))
            + f.binary_cross_entropy_with_logits(4.0 * s, torch.tensor(1.0 * (T > 0)))
        ),
    ),
    "cross-entropy of labels": (
        lambda x, s: softmax_cross_entropy(x, [0, 2, 1, 1, 0]),
        lambda torch, f, x, s: f.cross_entropy(x, torch.tensor([0, 2, 1, 1, 0])),
    ),
    "cross-entropy of probabilities": (
        lambda x, s: softmax_cross_entropy(x, P),
        lambda torch, f, x, s: f.cross_entropy(x, torch.tensor(P)),
    ),
    "KL divergence": (
        lambda x, s: softmax_kl_divergence(x, P),
        lambda torch, f, x, s: f.kl_div(torch.log_softmax(x, -1), torch.tensor(P), reduction="batchmean"),
    ),
    "Gaussian likelihood": (
        lambda x, s: gaussian_nll(x, T, s) + gaussian_nll(x, T) + gaussian_nll(x, T, s[0]),
        lambda torch, f, x, s: (
            f.gaussian_nll_loss(x, torch.tensor(T), s.exp(), full=True)
            + f.gaussian_nll_loss(x, torch.tensor(T), torch.ones_like(s), full=True)
            + f.gaussian_nll_loss(x, torch.tensor(T), s[0].exp().expand(5, 3), full=True)
        ),
    ),
    "Gaussian KL divergence": (
        gaussian_kl_divergence,
        lambda torch, f, x, s: (
            torch.distributions.kl_divergence(
                torch.distributions.Normal(x, (0.5 * s).exp()), torch.distributions.Normal(0.0, 1.0)
            )
            .sum(-1)
            .mean()
        ),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_against_torch(name):
    torch = pytest.importorskip("torch")
    ours, theirs = CASES[name]
    x, s = Variable(X), Variable(S)
    t, u = (torch.tensor(a, requires_grad=True) for a in (X, S))
    loss, expected = ours(x, s), theirs(torch, torch.nn.functional, t, u)
    loss.backward()
    expected.backward()
    assert loss.shape == ()
    assert float(loss) == pytest.approx(expected.item(), rel=1e-12)
    for v, w in ((x, t), (s, u)):
        if w.grad is not None:
            np.testing.assert_allclose(v.grad, w.grad.numpy(), rtol=1e-9, atol=1e-14)


@pytest.mark.parametrize("name", CASES)
def test_derivatives_as_finite_differences(name):
    grad_check(CASES[name][0], X, S)


@pytest.mark.parametrize("name", CASES)
def test_float32_is_kept(name):
    x, s = Variable(X.astype("f4")), Variable(S.astype("f4"))
    loss = CASES[name][0](x, s)
    loss.backward()
    assert loss.dtype == x.grad.dtype == np.float32


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_sure_and_wrong_predictions_stay_finite(dtype):
    x = Variable(np.array([[1e4, -1e4]], dtype))
    for loss, expected in (
        (binary_cross_entropy(x, [[0.0, 1.0]]), 1e4),
        (softmax_cross_entropy(x, [[0.0, 1.0]]), 2e4),
        (softmax_kl_divergence(x, [[0.0, 1.0]]), 2e4),
    ):
        assert float(loss) == expected
        x.zero_grad()
        loss.backward()
        assert np.isfinite(x.grad).all()
    assert float(binary_cross_entropy(x, [[1, 0]])) == 0.0


def test_losses_are_means_of_the_entropies_in_nats():
    q = softmax(X).value
    assert float(softmax_cross_entropy(X, P)) == pytest.approx(cross_entropy(P, q, "nats").mean())
    assert float(softmax_kl_divergence(X, P)) == pytest.approx(kl_divergence(P, q, "nats").mean())
    assert float(softmax_kl_divergence(np.log(q), q)) == pytest.approx(0.0, abs=1e-15)


def test_at_the_kink():
    x = Variable([1.0, -1.0, 0.5])
    hinge(x, [1, -1, 1]).backward()
    np.testing.assert_array_equal(x.grad, [0.0, 0.0, -1 / 3])
    y = Variable([2.0, 3.0])
    mean_absolute_error(y, [2, 2]).backward()
    np.testing.assert_array_equal(y.grad, [0.0, 0.5])


def test_found_by_name():
    assert find_loss("huber") is huber
    assert find_loss(hinge) is hinge
    assert all(find_loss(name) is loss for name, loss in LOSSES.items())
    for asked, meant in (("mse", "mean_squared_error"), ("MAE", "mean_absolute_error")):
        with pytest.raises(ParameterError, match=rf"Did you mean '{meant}'\?"):
            find_loss(asked)
    with pytest.raises(ParameterError, match=r"Make a column of them: y\[:, None\]"):
        mean_squared_error(np.ones((4, 1)), np.ones(4))
    with pytest.raises(ParameterError, match=r"fit.loss = 'hubert': .*Did you mean 'huber'\?"):
        find_loss("hubert", "fit.loss")
    with pytest.raises(ParameterError, match="must be a function or one of"):
        find_loss(3)


TWO_SHAPES = (mean_squared_error, mean_absolute_error, huber, gaussian_nll, gaussian_kl_divergence)


@pytest.mark.parametrize("loss", [*TWO_SHAPES, hinge, binary_cross_entropy], ids=lambda f: f.__name__)
def test_shapes_are_not_broadcast_and_not_empty(loss):
    with pytest.raises(ParameterError, match=rf"{loss.__name__}\(.*\) = \(5, 1\): .* be \(5, 3\)"):
        loss(Variable(X), np.ones((5, 1)))
    with pytest.raises(ParameterError, match=rf"{loss.__name__}\(.*\) = \(0, 3\): there is nothing"):
        loss(Variable(X[:0]), np.ones((0, 3)))
    with pytest.raises(ParameterError, match="real numbers"):
        loss(Variable(X), [["a"] * 3] * 5)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: huber(X, T, delta=0.0), r"huber\(delta\) = 0.0"),
        (lambda: hinge(X, 1.0 * (T > 0)), r"hinge\(target\) = 0.0: must be -1 or 1.*2\*target - 1"),
        (lambda: binary_cross_entropy(X, SIGNS), r"binary_cross_entropy\(target\) = -1.0: must be from 0"),
        (lambda: binary_cross_entropy(X, np.full((5, 3), np.nan)), r"target\) = nan"),
        (lambda: softmax_cross_entropy(X, 2.0 * P), r"labels\)\[0\] = 2.0: probabilities must add up to 1"),
        (lambda: softmax_cross_entropy(X, P[:, :2]), r"\(5, 2\): the shape must be \(5, 3\)"),
        (lambda: softmax_kl_divergence(X, -P), r"probabilities must be at least 0"),
        (lambda: softmax_kl_divergence(X, np.full((5, 3), np.nan)), r"at least 0"),
        (lambda: softmax_kl_divergence(X[0], P[0]), r"logits\) = \(3,\): must be \(batch, n_classes\)"),
        (lambda: gaussian_nll(X, T, np.ones(2)), r"log_variance\) = \(2,\): the shape must be \(5, 3\)"),
        (lambda: gaussian_nll(X, T, np.ones((2, 5, 3))), r"log_variance\) = \(2, 5, 3\)"),
        (lambda: gaussian_kl_divergence(X[0], S[0]), r"must be \(batch, n\)"),
    ],
)
def test_bad_targets(call, message):
    with pytest.raises(ParameterError, match=message):
        call()
