"""Variables and operations: values as NumPy's, gradients as finite differences and PyTorch's."""

import operator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.extra import numpy as hnp

from neurosim.connectivity import ContractError, Dense
from neurosim.errors import ParameterError
from neurosim.rate import SGD, Affine, Variable, concatenate, grad_check, no_grad
from neurosim.rate.autodiff.elementwise import DERIVATIVES
from neurosim.rate.autodiff.operations import unbroadcast

BINARY = [u for u in DERIVATIVES if u.nin == 2]
UNARY = [u for u in DERIVATIVES if u.nin == 1]


def positive(shape, seed):
    """Values between 0.5 and 2: inside every domain; two draws never tie."""
    return np.random.default_rng(seed).uniform(0.5, 2.0, shape)


@pytest.mark.parametrize("ufunc", UNARY, ids=lambda u: u.__name__)
def test_unary(ufunc):
    x = positive((3, 4), 0)
    np.testing.assert_array_equal(ufunc(Variable(x)).value, ufunc(x))
    grad_check(ufunc, x)


@settings(max_examples=15, deadline=None)
@pytest.mark.parametrize("ufunc", BINARY, ids=lambda u: u.__name__)
@given(shapes=hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=3))
def test_binary_with_broadcasting(ufunc, shapes):
    a, b = (positive(shape, seed) for seed, shape in enumerate(shapes.input_shapes))
    np.testing.assert_array_equal(ufunc(Variable(a), Variable(b)).value, ufunc(a, b))
    grad_check(ufunc, a, b)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ((3,), (3,)),
        ((3,), (3, 2)),
        ((2, 3), (3,)),
        ((2, 3), (3, 4)),
        ((5, 2, 3), (3, 4)),
        ((2, 1, 2, 3), (5, 3, 2)),
    ],
)
def test_matmul(a, b):
    grad_check(lambda x, y: x @ y, positive(a, 1), positive(b, 2))


OPERATORS = {
    "all operators": lambda x, y: (2.0 - x) * y / (1.0 + abs(x)) - (-y) ** 2 + 3.0 / y + 2.0**x,
    "sum": lambda x, y: (x * y).sum(axis=1),
    "sum, negative axis, kept": lambda x, y: x.sum(axis=-1, keepdims=True) * y,
    "sum over two axes": lambda x, y: (x * y).sum(axis=(0, 1)),
    "mean": lambda x, y: (x * y).mean() + x.mean(axis=0),
    "reshape": lambda x, y: x.reshape(3, -1) * y.reshape((3, 2)),
    "transpose": lambda x, y: x.T @ y,
    "slice": lambda x, y: x[:, 1:] * y[0, :2],
    "repeated index": lambda x, y: x[[0, 0, 1]] * y[1],
    "mask": lambda x, y: x[np.array([[True, False, True], [False, True, False]])],
    "concatenate": lambda x, y: concatenate([x, y, x * y], axis=1) ** 2,
    "iteration": lambda x, y: sum(row * k for k, row in enumerate(x)) + y[1],
    "repeated use": lambda x, y: x * x * x + x * y,
}


@pytest.mark.parametrize("name", OPERATORS)
def test_operators(name):
    x, y = positive((2, 3), 3), positive((2, 3), 4)
    grad_check(OPERATORS[name], x, y)
    np.testing.assert_allclose(
        OPERATORS[name](Variable(x), Variable(y)).value,
        OPERATORS[name](x, y) if "concatenate" not in name else np.concatenate([x, y, x * y], axis=1) ** 2,
        rtol=1e-14,
    )


def test_transpose_with_axes():
    grad_check(lambda x: x.transpose(1, 2, 0) * np.arange(24.0).reshape(3, 4, 2), positive((2, 3, 4), 5))


def test_ndarray_on_the_left():
    x = Variable([1.0, 2.0])
    y = np.array([3.0, 4.0]) * x + np.ones((2, 2)) @ x
    assert isinstance(y, Variable)
    y.sum().backward()
    np.testing.assert_array_equal(x.grad, [5.0, 6.0])


def test_against_torch():
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(6)
    values = [rng.standard_normal(shape) for shape in ((4, 3), (3, 5), (5,))]

    def expression(x, w, b, exp, log, tanh):
        h = tanh(x @ w + b)
        return (exp(h) * (h - b)).sum() / log(h**2 + 2.0).mean()

    ours = [Variable(v) for v in values]
    result = expression(*ours, np.exp, np.log, np.tanh)
    result.backward()
    theirs = [torch.tensor(v, requires_grad=True) for v in values]
    expected = expression(*theirs, torch.exp, torch.log, torch.tanh)
    expected.backward()
    assert float(result) == pytest.approx(expected.item(), rel=1e-13)
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a.grad, b.grad.numpy(), rtol=1e-11, atol=1e-12)


def test_ties_share_the_gradient():
    a, b = Variable([1.0, 2.0]), Variable([1.0, 3.0])
    np.maximum(a, b).sum().backward()
    np.testing.assert_array_equal(a.grad, [0.5, 0.0])
    np.testing.assert_array_equal(b.grad, [0.5, 1.0])


def test_powers_of_zero():
    x, k = Variable([0.0, 0.0, 0.0]), Variable([0.0, 1.0, 2.0])
    (x**k).sum().backward()
    np.testing.assert_array_equal(x.grad, [0.0, 1.0, 0.0])
    np.testing.assert_array_equal(k.grad, [0.0, 0.0, 0.0])


def test_long_chain_needs_no_recursion():
    x = Variable(1.0)
    y = x
    for _ in range(20_000):
        y = y + 1.0
    y.backward()
    assert float(y) == 20_001.0
    assert x.grad == 1.0


def test_shared_parts_are_visited_once():
    """A ladder of doublings has 2^60 paths but only 60 nodes."""
    x = Variable(1.0)
    y = x
    for _ in range(60):
        y = y + y
    y.backward()
    assert x.grad == 2.0**60


def test_gradients_accumulate_until_zeroed():
    x = Variable([3.0])
    y = x * x
    y.backward()
    y.backward()
    assert x.grad == 12.0
    x.zero_grad()
    assert x.grad is None


def test_a_gradient_belongs_to_its_variable():
    x, seed = Variable([1.0, 2.0]), np.ones(2)
    x.reshape(2).backward(seed)
    seed[:] = 7.0
    np.testing.assert_array_equal(x.grad, [1.0, 1.0])


def test_intermediate_gradient_is_kept():
    x = Variable(2.0)
    h = x * 3.0
    (h * h).backward()
    assert h.grad == 12.0
    assert h.creator.name == "multiply"
    assert h.inputs[0] is x


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype_is_kept(dtype):
    x = Variable(np.array([0.5, 1.5], dtype))
    constant = np.array([1.0, 2.0], dtype)
    y = (2.0 * np.tanh(x) ** 2 / 3 + np.maximum(x, 1.0) * constant - np.sqrt(x)).mean() * np.float64(2.0)
    y.backward()
    assert y.dtype == dtype
    assert x.grad.dtype == dtype


def test_gradient_has_the_dtype_of_its_variable():
    a, b = Variable(np.ones(2, np.float32)), Variable(np.ones(2))
    (a * b).sum().backward()
    assert a.grad.dtype == np.float32
    assert b.grad.dtype == np.float64


def test_value_is_kept_and_written_in_place():
    array = np.ones(3)
    x = Variable(array)
    assert x.value is array
    x.value -= 0.5
    x.value = 2.0 * x.value
    assert x.value is array
    np.testing.assert_array_equal(array, np.ones(3))
    with pytest.raises(ParameterError, match=r"Variable.value = \(2,\): the shape must be \(3,\)"):
        x.value = np.ones(2)


def test_no_grad():
    x = Variable(1.0)
    with no_grad():
        y = x * 2.0
    assert not y.requires_grad
    assert y.inputs == ()
    with pytest.raises(ParameterError, match=r"no_grad"):
        y.backward()
    (x * 2.0).backward()
    assert x.grad == 2.0


def test_constants_get_no_gradient():
    x, c = Variable([1.0]), Variable([2.0], requires_grad=False)
    (x * c).sum().backward()
    assert c.grad is None


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        (lambda: Variable([1.0, 2.0]).backward(), r"backward\(\) = \(2,\): only a scalar"),
        (
            lambda: Variable([1.0, 2.0]).backward([1.0]),
            r"backward\(seed\) = \(1,\): the shape must be \(2,\)",
        ),
        (
            lambda: Variable(np.ones(2)) + np.ones(3),
            r"rate.add = '\(2,\) and \(3,\)': these shapes do not go",
        ),
        (lambda: Variable(np.ones((2, 3))) @ np.ones((2, 3)), r"rate.MatMul = '\(2, 3\) and \(2, 3\)'"),
        (lambda: Variable(np.ones(6)).reshape(4, 2), r"rate.Reshape = '\(6,\)'"),
        (lambda: concatenate([Variable(np.ones((2, 3))), np.ones((2, 2))]), r"rate.Concatenate"),
        (lambda: Variable(np.ones((0, 3))).mean(), r"an empty array has no mean"),
        (lambda: Variable(["a"]), r"must be real numbers"),
        (lambda: Variable(1j), r"must be real numbers"),
    ],
)
def test_errors(expression, message):
    with pytest.raises(ParameterError, match=message):
        expression()


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        (lambda x: np.floor(x), r"floor of a variable of shape = \(2,\): has no derivative here"),
        (lambda x: np.cumsum(x), r"cumsum.*Did you mean 'sum'\?.*\(lambda x: np.cumsum\(x\)"),
        (lambda x: np.arctan2(x, x), r"Did you mean 'arctan'\?"),
        (lambda x: np.add.reduce(x), r"add\.reduce of a variable"),
        (lambda x: np.add(x, 1.0, out=np.zeros(2)), r"Leave its options out"),
    ],
)
def test_functions_without_derivative_are_refused(expression, message):
    with pytest.raises(ParameterError, match=message) as raised:
        expression(Variable([1.0, 2.0]))
    assert isinstance(raised.value, TypeError)


@pytest.mark.parametrize("other", [1.0, np.ones(2), [1.0, 2.0], Variable([1.0, 2.0])], ids=type)
@pytest.mark.parametrize(
    "compare", [operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge]
)
def test_comparisons_are_refused_from_either_side(compare, other):
    x = Variable([1.0, 2.0])
    for pair in ((x, other), (other, x)):
        with pytest.raises(ParameterError, match=r"Compare its value: x\.value"):
            compare(*pair)


def test_identity_is_what_sets_and_dicts_go_by():
    x, y = Variable([1.0]), Variable([1.0])
    assert {x: "x", y: "y"}[y] == "y"
    assert len({x, y, x}) == 2
    assert x in [x, y]
    assert x != None  # noqa: E711


CHANGES = {
    "value": lambda w: setattr(w, "value", [3.0]),
    "in place": lambda w: setattr(w, "value", w.value - 1.0),
    "step": lambda w: SGD([w], 0.1).step(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_no_gradient_is_taken_at_values_that_are_gone(change):
    w = Variable([2.0])
    a, b = (w * w).sum(), (w * w * w).sum()  # the graphs
    a.backward()
    change(w)
    with pytest.raises(ParameterError, match=r"rate\.multiply, input 0 .*anew.*made in .*# the graphs"):
        b.backward()
    np.testing.assert_array_equal(w.grad, [4.0])
    w.zero_grad()
    (w * w).sum().backward()
    np.testing.assert_array_equal(w.grad, 2.0 * w.value)


def test_no_gradient_is_taken_after_another_state_was_loaded():
    layer = Affine(Dense(np.ones((2, 1))))
    loss = layer(np.ones((1, 2))).sum()
    layer.load_state(layer.state())
    with pytest.raises(ParameterError, match=r"rate\.Dense, input 1"):
        loss.backward()


def test_unbroadcast_is_the_adjoint_of_broadcasting():
    g = np.arange(24.0).reshape(2, 3, 4)
    np.testing.assert_array_equal(unbroadcast(g, (3, 1)), g.sum(axis=(0, 2))[:, np.newaxis])
    assert unbroadcast(g, ()) == g.sum()
    assert unbroadcast(g, (2, 3, 4)) is g


def test_grad_check_notices_a_wrong_gradient():
    def square(x):
        return x * Variable(x.value, requires_grad=False)

    with pytest.raises(ContractError, match="square: gradient for argument 0"):
        grad_check(square, [1.0, 2.0])


def test_gradients_of_leaves_share_no_memory():
    a, b, c = (Variable(np.ones((2, 2))) for _ in range(3))
    h = a + b
    (h + c.T).backward(np.ones((2, 2)))
    arrays = [a.grad, b.grad, c.grad, h.grad]
    assert not any(np.shares_memory(x, y) for i, x in enumerate(arrays[:3]) for y in arrays[i + 1 :])
    a.grad *= 5.0
    np.testing.assert_array_equal(b.grad, np.ones((2, 2)))
