"""The graph itself: products with its Jacobian, its depth, its memory, and what its errors name."""

import gc
import linecache
import time
import traceback
import weakref

import numpy as np
import pytest

from neurosim.connectivity import Dense, LowRank, Sparse
from neurosim.errors import ParameterError
from neurosim.rate import (
    Affine,
    Operation,
    Tanh,
    Variable,
    apply,
    check_layer,
    concatenate,
    grad_check,
    jvp,
    no_grad,
    vjp,
)

rng = np.random.default_rng(8)


def curve(x, w):
    return np.tanh(x @ w) * x.sum(axis=1, keepdims=True)


def test_products_with_the_jacobian_against_torch():
    torch = pytest.importorskip("torch")
    x, w = rng.standard_normal((4, 3)), rng.standard_normal((3, 2))
    dx, dw, seed = (rng.standard_normal(shape) for shape in ((4, 3), (3, 2), (4, 2)))

    def theirs(x, w):
        return torch.tanh(x @ w) * x.sum(dim=1, keepdim=True)

    tensors = tuple(map(torch.tensor, (x, w)))
    value, along = jvp(curve, x, w, tangents=[dx, dw])
    expected = torch.autograd.functional.jvp(theirs, tensors, tuple(map(torch.tensor, (dx, dw))))
    np.testing.assert_allclose(value, expected[0].numpy(), rtol=1e-13)
    np.testing.assert_allclose(along, expected[1].numpy(), rtol=1e-12)
    value, products = vjp(curve, x, w, seed=seed)
    expected = torch.autograd.functional.vjp(theirs, tensors, torch.tensor(seed))[1]
    for product, other in zip(products, expected, strict=True):
        np.testing.assert_allclose(product, other.numpy(), rtol=1e-12)


def test_products_leave_other_variables_alone_and_work_inside_no_grad():
    w = Variable([[2.0], [3.0]])
    with no_grad():
        assert vjp(lambda x: x @ w, [1.0, 1.0], seed=[1.0])[1][0].tolist() == [2.0, 3.0]
        assert jvp(lambda x: x @ w, [1.0, 1.0], tangents=[[1.0, 10.0]])[1].tolist() == [32.0]
    assert w.grad is None


def test_products_of_a_function_that_ignores_an_argument():
    value, (by_x, by_y) = vjp(lambda x, y: 2.0 * x, [1.0], [1.0, 2.0], seed=[3.0])
    assert (value, by_x, by_y.tolist()) == (2.0, 6.0, [0.0, 0.0])
    constant = Variable([5.0], requires_grad=False)
    assert jvp(lambda x: constant, [1.0], tangents=[[1.0]]) == (5.0, 0.0)
    assert vjp(lambda x: constant, [1.0], seed=[1.0]) == (5.0, (0.0,))


def test_products_keep_float32():
    x = np.ones(3, "f4")
    value, along = jvp(lambda v: v * v, x, tangents=[x])
    _, (product,) = vjp(lambda v: v * v, x, seed=np.ones(3))
    assert {value.dtype, along.dtype, product.dtype} == {np.dtype("f4")}


@pytest.mark.parametrize(
    "connectivity",
    [
        Dense(rng.standard_normal((3, 4))),
        Sparse([0, 1, 2, 0], [1, 0, 3, 2], rng.standard_normal(4), n_pre=3, n_post=4),
        LowRank(rng.standard_normal((3, 2)), rng.standard_normal((2, 4))),
    ],
    ids=lambda c: type(c).__name__,
)
def test_forward_derivative_through_a_connectivity(connectivity):
    """`check_layer` holds the forward derivative against the gradients, for the weights too."""
    before = connectivity.weights.copy()
    check_layer(Affine(connectivity), rng.standard_normal((2, 3)))
    np.testing.assert_array_equal(connectivity.weights, before)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: vjp(np.tanh, [1.0, 2.0], seed=[1.0]), r"vjp\(seed\) = \(1,\): the shape must be \(2,\)"),
        (lambda: jvp(np.tanh, [1.0], tangents=[]), r"jvp\(tangents\) = 0: needs 1"),
        (lambda: jvp(np.tanh, [1.0], tangents=[1.0]), r"jvp\(tangents\[0\]\) = \(\): the shape must be"),
        (lambda: jvp(lambda x: x.value, [1.0], tangents=[[1.0]]), r"must return a Variable"),
        (lambda: grad_check(lambda x: x.value, [1.0]), r"<lambda>.*must return a Variable"),
        (lambda: vjp(np.tanh, [1.0], seed=["a"]), r"vjp\(seed\).*real numbers"),
    ],
)
def test_product_errors(call, message):
    with pytest.raises(ParameterError, match=message):
        call()


def test_ten_thousand_nodes_both_ways_and_their_release():
    def chain(x):
        for _ in range(10_000):
            x = x * 1.0001
        return x

    start = time.process_time()
    (value, along), (_, (product,)) = jvp(chain, [1.0], tangents=[[1.0]]), vjp(chain, [1.0], seed=[1.0])
    assert value == pytest.approx(along)
    assert product == pytest.approx(1.0001**10_000)
    y = chain(Variable(1.0))
    for _ in range(30_000):
        y = y + 1.0
    del y
    assert time.process_time() - start < 10.0


def test_memory_is_freed_with_the_last_reference():
    """Without a cycle nothing waits for the garbage collector, which is off here."""
    w = Variable(rng.standard_normal((3, 3)))
    gc.collect()
    gc.disable()
    try:
        h = Tanh()(Variable(np.ones((2, 3))) @ w)
        loss = (concatenate([h, h * 2.0])[0] - h.max()).sum()
        loss.backward()
        kept = [weakref.ref(h), weakref.ref(h.value), weakref.ref(h.creator), weakref.ref(h.grad)]
        assert all(ref() is not None for ref in kept)
        del h
        assert all(ref() is not None for ref in kept)
        del loss
        assert [ref() for ref in kept] == [None] * 4
    finally:
        gc.enable()
    assert w.grad is not None


def test_inside_no_grad_nothing_is_kept():
    with no_grad():
        h = Variable(np.ones(3)) * 2.0
        y = h + 1.0
    value = weakref.ref(h.value)
    del h
    assert value() is None
    assert y.creator is None


class Doubled(Operation):
    """2x, with whatever is given for a gradient."""

    def __init__(self, gradient):
        self._gradient = gradient

    def forward(self, *inputs):
        return 2.0 * inputs[0]

    def backward(self, g):
        return (self._gradient(g),)


def test_an_error_on_the_way_there_names_operation_shapes_and_line():
    x = Variable(np.ones((2, 3)))
    with pytest.raises(ParameterError) as raised:
        x @ np.ones((2, 4))  # the culprit
    message = str(raised.value)
    assert message.startswith(
        "rate.MatMul = '(2, 3) and (2, 4)': these shapes do not go together. It was made"
    )
    assert f"{__file__}, line " in message
    assert "x @ np.ones((2, 4))  # the culprit" in message


def test_an_error_of_a_connectivity_gets_a_note_of_the_line():
    layer = Affine(Dense(np.ones((3, 4))))
    with pytest.raises(ParameterError, match="Dense") as raised:
        layer(np.ones((2, 5)))  # too wide
    (note,) = raised.value.__notes__
    assert note.startswith("In rate.Dense of (2, 5) and (3, 4) and (4,). It was made in ")
    assert note.endswith("# too wide")


def test_an_error_on_the_way_back_names_operation_shapes_and_the_line_that_made_the_node():
    x = Variable(np.ones((2, 3)))
    y = apply(Doubled(lambda g: 2.0 * g[0]), x)  # made here
    with pytest.raises(ParameterError) as raised:
        (y * 3.0).sum().backward()
    message = str(raised.value)
    assert "rate.Doubled.backward(g) = (3,): the gradient for an input has its shape, (2, 3)" in message
    number = int(message.split(f"{__file__}, line ")[1].split(":")[0])
    assert linecache.getline(__file__, number).strip().endswith("# made here")
    with pytest.raises(ParameterError, match=r"only a scalar.*multiply, made in .*tanh"):
        (np.tanh(x) * 2.0).backward()


def test_another_error_on_the_way_back_gets_a_note_of_the_line():
    y = apply(Doubled(lambda g: 1 / 0), Variable([1.0]))  # made here too
    with pytest.raises(ZeroDivisionError) as raised:
        y.backward()
    assert "On the way back through Doubled, made in" in "".join(traceback.format_exception(raised.value))
    assert "# made here too" in raised.value.__notes__[0]


def test_an_operation_without_a_tangent_has_gradients_only():
    grad_check(lambda x: apply(Doubled(lambda g: 2.0 * g), x), [1.0, 2.0])
    with pytest.raises(ParameterError, match=r"rate.Doubled.tangent.*no forward derivative"):
        jvp(lambda x: apply(Doubled(lambda g: g), x), [1.0], tangents=[[1.0]])


def test_none_stands_for_a_zero_gradient():
    x = Variable([1.0])
    h = x * 3.0
    (h + apply(Doubled(lambda g: None), h * 2.0)).backward()
    assert x.grad == 3.0


@pytest.mark.parametrize("dtype", [np.float16, np.int32, np.uint8, bool])
def test_other_numbers_are_converted(dtype):
    array = np.array([0, 1, 1], dtype)
    assert Variable(array).dtype == np.float64
    product = Variable(np.ones(3, "f4")) * array
    assert product.dtype == np.float32
    np.testing.assert_array_equal(product.value, array.astype(float))
    for wrong in (np.array(["a", "b", "c"]), np.ones(3, complex)):
        with pytest.raises(ParameterError, match="real numbers"):
            Variable(np.ones(3, "f4")) * wrong


def test_empty_arrays_pass_through():
    x = Variable(np.empty((0, 3)))
    y = (np.tanh(x @ np.ones((3, 2))) * 2.0).sum()
    y.backward()
    assert float(y) == 0.0
    assert x.grad.shape == (0, 3)
