"""Every operation: values and gradients as PyTorch's, forward and backward as finite differences."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from neurosim import LIF, Dense, Population
from neurosim.errors import ParameterError
from neurosim.plotting import plot_weights
from neurosim.rate import (
    Variable,
    concatenate,
    einsum,
    gather,
    grad_check,
    log_softmax,
    logsumexp,
    pad,
    softmax,
    split,
    stack,
    where,
)
from neurosim.rate.autodiff.elementwise import DERIVATIVES

MASK = np.array([[True, False, True], [False, True, False]])
PLACES = np.array([[0, 2, 2, 1], [1, 1, 0, 0]])
ROWS = np.array([[1, 0, 1], [-1, -2, 1]])


def draw(shape, seed):
    """Values from 0.5 to 2, inside every domain; no two are equal."""
    return np.random.default_rng(seed).uniform(0.5, 2.0, shape)


# name: ours, PyTorch's, both functions of x and y of shape (2, 3)
OPERATIONS = {
    "add": (lambda x, y: x + y[0], lambda torch, x, y: x + y[0]),
    "subtract": (lambda x, y: x[0] - y, lambda torch, x, y: x[0] - y),
    "multiply": (lambda x, y: x * y[:, :1], lambda torch, x, y: x * y[:, :1]),
    "divide": (lambda x, y: x / y, lambda torch, x, y: x / y),
    "power": (lambda x, y: x**y + 2.0**x + y**3, lambda torch, x, y: x**y + 2.0**x + y**3),
    "matmul": (lambda x, y: x @ y.T, lambda torch, x, y: x @ y.T),
    "reciprocal": (lambda x, y: np.reciprocal(x), lambda torch, x, y: torch.reciprocal(x)),
    "logaddexp": (np.logaddexp, lambda torch, x, y: torch.logaddexp(x, y)),
    "maximum": (np.maximum, lambda torch, x, y: torch.maximum(x, y)),
    "minimum": (np.minimum, lambda torch, x, y: torch.minimum(x, y)),
    "absolute": (lambda x, y: abs(x - y), lambda torch, x, y: abs(x - y)),
    "clip": (lambda x, y: x.clip(0.9, 1.5), lambda torch, x, y: x.clamp(0.9, 1.5)),
    "clip from below": (lambda x, y: np.clip(x, 1.0, None), lambda torch, x, y: x.clamp(min=1.0)),
    "where": (lambda x, y: where(MASK, x, y), lambda torch, x, y: torch.where(torch.tensor(MASK), x, y)),
    "where, broadcast": (
        lambda x, y: np.where(MASK[0], x, 0.0) * np.where(MASK, 1.0, y[0]),
        lambda torch, x, y: (
            torch.where(torch.tensor(MASK[0]), x, 0.0) * torch.where(torch.tensor(MASK), 1.0, y[0])
        ),
    ),
    "sum": (lambda x, y: x.sum(0) + y.sum(), lambda torch, x, y: x.sum(0) + y.sum()),
    "mean": (
        lambda x, y: x.mean(-1, keepdims=True) * y.mean(axis=(0, 1)),
        lambda torch, x, y: x.mean(-1, keepdim=True) * y.mean(),
    ),
    "variance": (
        lambda x, y: x.var() * y.var(1, ddof=1) + np.var(x, axis=1),
        lambda torch, x, y: x.var(correction=0) * y.var(1) + x.var(1, correction=0),
    ),
    "max": (
        lambda x, y: x.max(1, keepdims=True) * y + np.max(y) + x.max(axis=(0, 1)),
        lambda torch, x, y: x.amax(1, keepdim=True) * y + y.amax() + x.amax((0, 1)),
    ),
    "min": (lambda x, y: x.min(0) * np.min(y), lambda torch, x, y: x.amin(0) * y.amin()),
    "reshape": (
        lambda x, y: x.reshape(3, -1) @ np.reshape(y, (2, 3)),
        lambda torch, x, y: x.reshape(3, -1) @ y,
    ),
    "transpose": (
        lambda x, y: np.transpose(x, (1, 0)) * y.transpose(-1, 0),
        lambda torch, x, y: x.T * y.permute(-1, 0),
    ),
    "slice": (lambda x, y: x[:, ::2] * y[None, 1, 1:], lambda torch, x, y: x[:, ::2] * y[None, 1, 1:]),
    "rows": (lambda x, y: x[ROWS], lambda torch, x, y: x[torch.tensor(ROWS)]),
    "list of rows": (lambda x, y: x[[0, 0, 1]], lambda torch, x, y: x[[0, 0, 1]]),
    "pairs": (lambda x, y: x[ROWS, PLACES[:, :3]], lambda torch, x, y: x[ROWS, PLACES[:, :3]]),
    "mask": (lambda x, y: x[MASK], lambda torch, x, y: x[torch.tensor(MASK)]),
    "gather": (
        lambda x, y: gather(x, PLACES) + np.take_along_axis(y, PLACES, 1),
        lambda torch, x, y: x.gather(1, torch.tensor(PLACES)) + y.gather(1, torch.tensor(PLACES)),
    ),
    "gather, one line for all": (
        lambda x, y: gather(x, PLACES[:1], axis=1),
        lambda torch, x, y: x.gather(1, torch.tensor(np.broadcast_to(PLACES[:1], (2, 4)).copy())),
    ),
    "concatenate": (
        lambda x, y: concatenate([x, np.ones((2, 1)), x * y], axis=1) * np.concatenate([y, y, y[:, :1]], -1),
        lambda torch, x, y: torch.cat([x, torch.ones((2, 1)), x * y], 1) * torch.cat([y, y, y[:, :1]], -1),
    ),
    "stack": (
        lambda x, y: stack([x, y, x], axis=1) * np.stack([y, x, y], -2),
        lambda torch, x, y: torch.stack([x, y, x], 1) * torch.stack([y, x, y], -2),
    ),
    "pad": (
        lambda x, y: pad(x, 1, -2.0) * pad(y, ((1, 1), (2, 0))) + np.pad(x, (1, 1)),
        lambda torch, x, y: (
            torch.nn.functional.pad(x, (1, 1, 1, 1), value=-2.0) * torch.nn.functional.pad(y, (2, 0, 1, 1))
            + torch.nn.functional.pad(x, (1, 1, 1, 1))
        ),
    ),
    "split": (
        lambda x, y: split(x, 3, axis=1)[2] * split(y, [1], axis=-1)[1],
        lambda torch, x, y: x.split(1, 1)[2] * y.split([1, 2], -1)[1],
    ),
    "softmax": (lambda x, y: softmax(3.0 * x) * y, lambda torch, x, y: torch.softmax(3.0 * x, -1) * y),
    "softmax over samples": (lambda x, y: softmax(x, 0), lambda torch, x, y: torch.softmax(x, 0)),
    "log-softmax": (
        lambda x, y: log_softmax(3.0 * x) * y,
        lambda torch, x, y: torch.log_softmax(3.0 * x, -1) * y,
    ),
    "logsumexp": (
        lambda x, y: logsumexp(x) * logsumexp(y, 0, keepdims=True).T,
        lambda torch, x, y: torch.logsumexp(x, -1) * torch.logsumexp(y, 0, keepdim=True).T,
    ),
    "einsum": (
        lambda x, y: einsum("bi,bj->ij", x, y) + np.einsum("bi,cj->ij", x, y),
        lambda torch, x, y: torch.einsum("bi,bj->ij", x, y) + torch.einsum("bi,cj->ij", x, y),
    ),
    "einsum of three": (
        lambda x, y: einsum("bi, bj, i -> b", x, y, x[0]),
        lambda torch, x, y: torch.einsum("bi,bj,i->b", x, y, x[0]),
    ),
}
for unary in (u for u in DERIVATIVES if u.nin == 1):
    name = unary.__name__
    OPERATIONS[name] = (
        lambda x, y, f=unary: f(x - 0.2),
        lambda torch, x, y, n=name: getattr(torch, n)(x - 0.2),
    )


@pytest.mark.parametrize("name", OPERATIONS)
def test_derivatives_as_finite_differences(name):
    grad_check(OPERATIONS[name][0], draw((2, 3), 1), draw((2, 3), 2))


@pytest.mark.parametrize("name", OPERATIONS)
def test_against_torch(name):
    torch = pytest.importorskip("torch")
    ours, theirs = OPERATIONS[name]
    x, y = Variable(draw((2, 3), 1)), Variable(draw((2, 3), 2))
    t, u = (torch.tensor(v.value, requires_grad=True) for v in (x, y))
    result, expected = ours(x, y), theirs(torch, t, u)
    np.testing.assert_allclose(result.value, expected.detach().numpy(), rtol=1e-12)
    seed = np.random.default_rng(3).standard_normal(result.shape)
    result.backward(seed)
    expected.backward(torch.tensor(seed))
    for v, w in ((x, t), (y, u)):
        if w.grad is None:
            assert v.grad is None
        else:
            np.testing.assert_allclose(v.grad, w.grad.numpy(), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", OPERATIONS)
def test_float32_is_kept(name):
    x, y = (Variable(draw((2, 3), seed).astype("f4")) for seed in (1, 2))
    # A double-precision array among the inputs of "concatenate" rightly wins.
    result = OPERATIONS[name][0](x, y)
    result.backward(np.ones(result.shape))
    assert result.dtype == ("f8" if name == "concatenate" else "f4")
    assert x.grad.dtype == "f4"


@settings(max_examples=25, deadline=None)
@given(
    shapes=hnp.mutually_broadcastable_shapes(num_shapes=3, max_dims=3, max_side=3),
    flip=st.integers(0, 2**16),
)
def test_where_broadcasts(shapes, flip):
    a, b, c = shapes.input_shapes
    condition = np.random.default_rng(flip).random(c) < 0.5
    grad_check(lambda x, y: where(condition, x, y), draw(a, 1), draw(b, 2))
    result = where(condition, Variable(draw(a, 1)), draw(b, 2))
    np.testing.assert_array_equal(result.value, np.where(condition, draw(a, 1), draw(b, 2)))


REDUCTIONS = {
    "sum": lambda x, axis, keep: x.sum(axis, keepdims=keep),
    "mean": lambda x, axis, keep: x.mean(axis, keepdims=keep),
    "var": lambda x, axis, keep: x.var(axis, keepdims=keep),
    "max": lambda x, axis, keep: x.max(axis, keepdims=keep),
    "min": lambda x, axis, keep: x.min(axis, keepdims=keep),
}


@settings(max_examples=20, deadline=None)
@pytest.mark.parametrize("name", REDUCTIONS)
@given(data=st.data())
def test_reductions_over_any_axes(name, data):
    shape = data.draw(hnp.array_shapes(max_dims=3, max_side=3))
    axes = data.draw(st.lists(st.integers(-len(shape), len(shape) - 1), max_size=3))
    axis = tuple({a % len(shape): a for a in axes}.values()) or None
    keep = data.draw(st.booleans())
    x = draw(shape, 4)
    result = REDUCTIONS[name](Variable(x), axis, keep)
    np.testing.assert_allclose(result.value, REDUCTIONS[name](x, axis, keep), rtol=1e-13, atol=1e-15)
    assert result.shape == REDUCTIONS[name](x, axis, keep).shape
    grad_check(lambda v: REDUCTIONS[name](v, axis, keep), x)


@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_any_basic_index(data):
    shape = data.draw(hnp.array_shapes(max_dims=3, max_side=4))
    key = data.draw(hnp.basic_indices(shape, allow_newaxis=True, allow_ellipsis=True))
    x = draw(shape, 5)
    np.testing.assert_array_equal(Variable(x)[key].value, x[key])
    grad_check(lambda v: v[key], x)


def test_equal_extremes_share_the_gradient():
    x = Variable([[1.0, 3.0, 3.0], [2.0, 2.0, 2.0]])
    x.max(1).sum().backward()
    np.testing.assert_allclose(x.grad, [[0.0, 0.5, 0.5], [1 / 3, 1 / 3, 1 / 3]])


def test_bounds_of_clip_belong_to_the_inside():
    x = Variable([0.0, 1.0, 2.0, 3.0])
    x.clip(1.0, 2.0).sum().backward()
    np.testing.assert_array_equal(x.grad, [0.0, 1.0, 1.0, 0.0])


def test_gather_of_all_lines_from_one():
    x = draw((1, 3), 7)
    np.testing.assert_array_equal(gather(x, PLACES).value, np.take_along_axis(x, PLACES, 1))
    grad_check(lambda v: gather(v, PLACES), x)


def test_masked_logits():
    x = Variable([[0.0, -np.inf, 1.0], [-np.inf, -np.inf, -np.inf]])
    np.testing.assert_allclose(logsumexp(x).value, [np.log1p(np.e), -np.inf])
    logsumexp(x)[0].backward()
    np.testing.assert_allclose(x.grad[0], [1 / (1 + np.e), 0.0, np.e / (1 + np.e)])
    np.testing.assert_allclose(softmax(x[0]).value, x.grad[0])


def test_large_logits():
    x = np.array([1e4, 0.0, -1e4])
    np.testing.assert_array_equal(log_softmax(x).value, [0.0, -1e4, -2e4])
    assert float(logsumexp(x)) == 1e4


def test_many_rows_taken_are_added_fast_and_right():
    rng = np.random.default_rng(6)
    rows = rng.integers(-50, 50, (128, 20))
    x, g = Variable(rng.standard_normal((50, 4, 3))), rng.standard_normal((128, 20, 4, 3))
    x[rows].backward(g)
    expected = np.zeros(x.shape)
    np.add.at(expected, rows, g)
    np.testing.assert_allclose(x.grad, expected, rtol=1e-12, atol=1e-12)


X = Variable(np.ones((2, 3)))


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        (lambda: stack([X, X.T]), r"rate.Stack = '\(2, 3\) and \(3, 2\)': these shapes do not go together"),
        (lambda: concatenate([]), r"concatenate\(variables\)"),
        (lambda: where(MASK[:, :2], X, 0.0), r"condition of shape \(2, 2\)\) = '\(2, 3\) and \(\)'"),
        (lambda: where(np.ones(3), X, 0.0), r"where\(condition\) = dtype\('float64'\): must be truth values"),
        (lambda: X.sum(2), r"rate.Sum = '\(2, 3\)': axis 2 is out of bounds"),
        (lambda: X[5], r"rate.Index = '\(2, 3\)': index 5 is out of bounds"),
        (lambda: X[X], r"Index with its value"),
        (lambda: gather(X, [[0.5]]), r"gather\(indices\) = dtype\('float64'\): must be whole numbers"),
        (lambda: gather(X, [[3]], 1), r"rate.Gather = '\(2, 3\)': index 3 is out of bounds"),
        (lambda: split(X, 2, axis=1), r"split\(parts\) = 2: must divide the length of the axis, 3"),
        (lambda: split(X, 2, axis=2), r"split\(axis\) = 2"),
        (lambda: pad(X, -1), r"rate.Pad = '\(2, 3\)'"),
        (lambda: einsum("ii->i", X), r"einsum\(subscripts\) = 'ii->i'.*none twice"),
        (lambda: einsum("ij,jk", X, X), r"einsum\(subscripts\)"),
        (lambda: einsum("ij,jk->ik", X, X), r"rate.Einsum = '\(2, 3\) and \(2, 3\)'"),
        (lambda: X.var(ddof=6), r"rate.Variance = \(2, 3\): needs more than 6 elements"),
        (lambda: X[:0].max(), r"rate.Maximum = \(0, 3\): an empty array"),
        (lambda: X[:0].var(), r"rate.Variance = \(0, 3\)"),
        (lambda: softmax(X[:, :0]), r"rate.Softmax = '\(2, 0\)'"),
        (lambda: logsumexp(X, 2), r"rate.LogSumExp = '\(2, 3\)': axis 2"),
        (lambda: np.asarray(X), r"Take its value"),
        (lambda: Dense(X), r"Take its value"),
        (lambda: Population(3, LIF, v_in=X[0]), r"Take its value"),
        (lambda: plot_weights(X), r"Take its value"),
    ],
)
def test_errors(expression, message):
    with pytest.raises(ParameterError, match=message):
        expression()


def test_functions_of_numpy_without_meaning_for_variables_are_refused():
    with pytest.raises(TypeError, match="cumsum"):
        np.cumsum(X)
    with pytest.raises(TypeError) as raised:
        np.sum(X, dtype=float)  # the culprit
    assert raised.value.__notes__[0].endswith("# the culprit")
