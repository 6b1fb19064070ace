"""Losses and softmax, against PyTorch, finite differences and closed forms."""

import numpy as np
import pytest

from neurosim.errors import ParameterError
from neurosim.rate import Variable, grad_check, mean_squared_error, softmax, softmax_cross_entropy

rng = np.random.default_rng(2)
LOGITS = rng.standard_normal((6, 4))
LABELS = np.array([0, 3, 1, 1, 2, 0])


def test_gradients():
    grad_check(lambda x: softmax_cross_entropy(x, LABELS), LOGITS)
    grad_check(lambda x: mean_squared_error(x, np.ones((6, 4))), LOGITS)
    grad_check(softmax, LOGITS)
    grad_check(softmax, LOGITS[0])


def test_against_torch():
    torch = pytest.importorskip("torch")
    x, t = Variable(LOGITS), torch.tensor(LOGITS, requires_grad=True)
    loss, expected = (
        softmax_cross_entropy(x, LABELS),
        torch.nn.functional.cross_entropy(t, torch.tensor(LABELS)),
    )
    loss.backward()
    expected.backward()
    assert float(loss) == pytest.approx(expected.item(), rel=1e-13)
    np.testing.assert_allclose(x.grad, t.grad.numpy(), rtol=1e-12, atol=1e-15)


def test_uniform_logits():
    assert float(softmax_cross_entropy(Variable(np.zeros((2, 8))), [3, 4])) == pytest.approx(np.log(8.0))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_huge_logits(dtype):
    x = Variable(np.array([[1e4, -1e4, 0.0], [-1e4, 1e4, 0.0]], dtype))
    right, wrong = softmax_cross_entropy(x, [0, 1]), softmax_cross_entropy(x, [1, 0])
    assert float(right) == 0.0
    assert float(wrong) == 2e4
    assert right.dtype == dtype
    wrong.backward()
    np.testing.assert_array_equal(x.grad, [[0.5, -0.5, 0.0], [-0.5, 0.5, 0.0]])
    np.testing.assert_array_equal(softmax(x).value, [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])


def test_softmax_of_an_array():
    p = softmax(LOGITS)
    assert not p.requires_grad
    np.testing.assert_allclose(p.value.sum(axis=1), 1.0)
    np.testing.assert_allclose(p.value, np.exp(LOGITS) / np.exp(LOGITS).sum(axis=1, keepdims=True))


def test_mean_squared_error_is_the_mean_over_all_elements():
    loss = mean_squared_error(Variable([[1.0, 2.0], [3.0, 4.0]]), [[1.0, 0.0], [3.0, 0.0]])
    assert float(loss) == pytest.approx(5.0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda x: softmax_cross_entropy(x, [0, 4, 0, 0, 0, 0]),
            r"labels\) = 4: classes are numbered from 0 to 3",
        ),
        (lambda x: softmax_cross_entropy(x, [0, -1, 0, 0, 0, 0]), r"labels\) = -1"),
        (lambda x: softmax_cross_entropy(x, [0.0] * 6), r"whole numbers"),
        (lambda x: softmax_cross_entropy(x, [0] * 5), r"\(5,\): the shape must be \(6,\)"),
        (lambda x: softmax_cross_entropy(x[0], [0]), r"logits\) = \(4,\)"),
        (
            lambda x: mean_squared_error(x, np.ones((6, 1))),
            r"target\) = \(6, 1\): the shape must be \(6, 4\)",
        ),
        (
            lambda x: softmax_cross_entropy(x.reshape(2, 3, 4), [[0, 1], [2, 3]]),
            r"labels\) = \(2, 2\): the shape must be \(2, 3\), one for each step, or \(2, 3, 4\)",
        ),
    ],
)
def test_errors(call, message):
    with pytest.raises(ParameterError, match=message):
        call(Variable(LOGITS))


def test_the_steps_of_sequences_are_samples():
    logits, labels = Variable(LOGITS), np.arange(6) % 4
    flat = softmax_cross_entropy(logits, labels)
    for target in (labels.reshape(2, 3), np.eye(4)[labels].reshape(2, 3, 4)):
        steps = Variable(LOGITS.reshape(2, 3, 4))
        loss = softmax_cross_entropy(steps, target)
        assert float(loss) == pytest.approx(float(flat), rel=1e-14)
        loss.backward()
        logits.zero_grad()
        softmax_cross_entropy(logits, labels).backward()
        np.testing.assert_allclose(steps.grad.reshape(6, 4), logits.grad, atol=1e-15)
