"""The network whose output is fed back, against a loop by hand; and one input at every step."""

import numpy as np
import pytest

from neurosim.errors import ParameterError
from neurosim.rate import (
    Affine,
    JordanRNN,
    Layer,
    Logistic,
    Repeat,
    Sequential,
    Tanh,
    Variable,
    check_layer,
)

RNG = np.random.default_rng(4)
X = RNG.standard_normal((3, 5, 2))


def jordan(**options):
    body = Sequential(Affine(4), Tanh(), Affine(3), Logistic())
    layer = JordanRNN(body, 3, **options)
    layer.build((5, 2), seed=3)
    return layer


def by_hand(layer, x, context):
    """Outputs for one sequence, step by step."""
    hidden, out = layer.layers[0][0], layer.layers[0][2]
    ys = []
    for step in x:
        h = np.tanh(np.concatenate([step, context]) @ hidden.weights.value + hidden.bias.value)
        ys.append(1 / (1 + np.exp(-(h @ out.weights.value + out.bias.value))))
        context = layer.decay * context + ys[-1]
    return np.array(ys), context


@pytest.mark.parametrize("decay", [0.0, 0.7])
@pytest.mark.parametrize("reverse", [False, True])
def test_every_step_sees_the_trace_of_the_outputs(decay, reverse):
    layer = jordan(decay=decay, reverse=reverse, returns="all")
    start = np.array([0.3, -0.2, 0.5])
    y, context = layer.advance(X, start)
    for i in range(3):
        expected, end = by_hand(layer, X[i, ::-1] if reverse else X[i], start)
        np.testing.assert_allclose(y.value[i], expected[::-1] if reverse else expected, atol=1e-14)
        np.testing.assert_allclose(context.value[i], end, atol=1e-14)


@pytest.mark.parametrize("start", ["zero", "learned", [0.3, -0.2, 0.5]])
def test_values_and_gradients_are_those_of_pytorch(start):
    torch = pytest.importorskip("torch")
    plan = RNG.standard_normal((3, 2))
    layer = jordan(decay=0.7, returns="all", initial_state=start)
    net, seed = Sequential(Repeat(5), layer), RNG.standard_normal((3, 5, 3))
    inputs = Variable(plan)
    y = net(inputs)
    y.backward(seed)
    theirs = [torch.tensor(p.value, requires_grad=True) for p in layer.parameters()]
    w, b, v, d, *learned = theirs
    assert len(learned) == (start != "zero")
    x = torch.tensor(plan, requires_grad=True)
    repeated, outputs = x[:, None].expand(3, 5, 2), []
    context = learned[0].expand(3, 3) if learned else torch.zeros(3, 3, dtype=torch.float64)
    for time in range(5):
        hidden = torch.tanh(torch.cat([repeated[:, time], context], dim=1) @ w + b)
        outputs.append(torch.sigmoid(hidden @ v + d))
        context = 0.7 * context + outputs[-1]
    expected = torch.stack(outputs, dim=1)
    expected.backward(torch.from_numpy(seed))
    np.testing.assert_allclose(y.value, expected.detach().numpy(), rtol=0, atol=1e-12)
    ours = [inputs.grad, *(p.grad for p in layer.parameters())]
    for a, other in zip(ours, [x, *theirs], strict=True):
        np.testing.assert_allclose(a, other.grad.numpy(), rtol=0, atol=1e-12)


CASES = {
    "plain": lambda: jordan(),
    "with a trace": lambda: jordan(decay=0.6, returns="all"),
    "reversed": lambda: jordan(decay=0.6, returns="all", reverse=True),
    "a start that is learned": lambda: jordan(initial_state="learned"),
    "from a start, reversed": lambda: jordan(initial_state=[0.3, -0.2, 0.5], returns="all", reverse=True),
}


@pytest.mark.parametrize("case", CASES)
def test_contract_and_file(case, tmp_path):
    layer = CASES[case]()
    check_layer(layer, X)
    layer.save(tmp_path / "layer.nsim")
    twin = Layer.load(tmp_path / "layer.nsim")
    assert repr(twin) == repr(layer)
    np.testing.assert_array_equal(twin(X).value, layer(X).value)


@pytest.mark.parametrize("reverse", [False, True])
def test_what_is_masked_is_not_looked_at(reverse):
    layer = jordan(decay=0.5, reverse=reverse)
    mask = np.array([[1, 0, 1, 1, 0], [0, 1, 0, 0, 1], [1, 1, 1, 1, 1]], bool)
    x = Variable(np.where(mask[:, :, np.newaxis], X, np.nan))
    y = layer(x, mask=mask)
    y.backward(np.ones(y.shape))
    assert np.all(x.grad[~mask] == 0.0)
    for i in range(3):  # what is left out might as well not be there
        short = layer(X[i : i + 1, mask[i]]).value
        np.testing.assert_allclose(y.value[i : i + 1], short, atol=1e-14)


def test_a_sequence_in_two_parts_is_the_sequence():
    layer = jordan(decay=0.5, returns="all")
    first, context = layer.advance(X[:, :2])
    second, _ = layer.advance(X[:, 2:], context)
    np.testing.assert_array_equal(layer(X).value, np.concatenate([first.value, second.value], axis=1))


def test_a_start_is_learned_where_none_is_given():
    start = np.array([0.3, -0.2, 0.5])
    layer = jordan(initial_state=start, decay=0.5)
    np.testing.assert_array_equal(layer(X).value, jordan(decay=0.5)(X, start).value)
    np.testing.assert_array_equal(layer(X, np.zeros(3)).value, jordan(decay=0.5)(X).value)
    layer.initial_state.value += 1.0
    np.testing.assert_array_equal(layer(X).value, jordan(decay=0.5)(X, start + 1.0).value)
    assert start.tolist() == [0.3, -0.2, 0.5]  # it is not the array that was given


def test_a_learned_start_has_the_precision_of_the_body_and_is_in_file_and_summary(tmp_path):
    layer = JordanRNN(Affine(3), 3, initial_state=[0.3, -0.2, 0.5])
    layer.save(tmp_path / "plan.nsim")
    planned = Layer.load(tmp_path / "plan.nsim")  # before it was built
    for each in (layer, planned):
        net = Sequential(each, input_shape=(5, 2), dtype="float32", seed=0)
        assert net(X.astype("float32")).dtype == each.initial_state.dtype == np.float32
        assert net.summary().splitlines()[-1].split()[1] == str(5 * 3 + 3 + 3)
    layer.initial_state.value[...] = [1.0, 2.0, 3.0]
    layer.save(tmp_path / "layer.nsim")
    twin = Layer.load(tmp_path / "layer.nsim")
    np.testing.assert_array_equal(twin.initial_state.value, [1.0, 2.0, 3.0])
    planned.load_state(layer.state())
    np.testing.assert_array_equal(planned.initial_state.value, [1.0, 2.0, 3.0])


def test_no_gradient_passes_the_border_of_a_window():
    found = {}
    for window in (None, 9, 2, 1):
        x = Variable(X)
        jordan(decay=0.5, window=window)(x).backward(np.ones((3, 3)))
        found[window] = np.abs(x.grad).sum(axis=(0, 2)) > 0
    assert found[None].all()
    assert found[9].all()
    assert found[2].tolist() == [False, False, False, False, True]  # windows: 0 1, 2 3, 4
    assert found[1].tolist() == [False, False, False, False, True]


def test_products_are_counted_at_each_step():
    assert jordan().multiply_accumulates((5, 2)) == 5 * (5 * 4 + 4 * 3)


def test_a_summary_of_sequences_speaks_of_no_images():
    net = Sequential(Repeat(5), jordan(returns="all"), Affine(2), input_shape=2)
    assert "receptive" not in net.summary()
    assert "3 fed back" in net.summary()


def test_one_input_at_every_step():
    check_layer(Repeat(3), X[:, 0])
    np.testing.assert_array_equal(Repeat(3)(X[:, 0]).value, np.repeat(X[:, :1], 3, axis=1))


MISUSES = {
    "decay": (lambda: JordanRNN(Affine(3), 3, decay=1.0), "decay"),
    "body": (lambda: JordanRNN(np.tanh, 3), "must be a Layer"),
    "outputs": (lambda: JordanRNN(Affine(3), 0), "n_outputs"),
    "outputs of the body": (lambda: JordanRNN(Affine(3), 2).build((5, 2)), "n_outputs = 2"),
    "returns": (lambda: JordanRNN(Affine(3), 3, returns="none"), "returns"),
    "window": (lambda: JordanRNN(Affine(3), 3, window=0), "window"),
    "sample without time": (lambda: JordanRNN(Affine(3), 3).build(4), 'time, n_inputs.*returns="all"'),
    "no step": (lambda: jordan()(X[:, :0]), "an axis is of length 0"),
    "no axis of time": (lambda: jordan()(X[:, 0]), "batch, time"),
    "start by name": (
        lambda: JordanRNN(Affine(3), 3, initial_state="one"),
        "JordanRNN.initial_state = 'one'",
    ),
    "start of another length": (lambda: JordanRNN(Affine(3), 3, initial_state=[1.0]), r"must be \(3,\)"),
    "start that is no number": (
        lambda: JordanRNN(Affine(3), 3, initial_state=[0.0, 1.0, np.nan]),
        "initial_state.*finite",
    ),
    "state": (lambda: jordan()(X, np.zeros((2, 3))), r"\(3, 3\)"),
    "state by name": (lambda: jordan()(X, "zero"), r"JordanRNN\(.*\)\(state\) = .*real numbers"),
    "length zero": (lambda: jordan()(X, lengths=[5, 0, 1]), "lengths"),
    "steps": (lambda: Repeat(0), "n_steps"),
}


@pytest.mark.parametrize("case", MISUSES)
def test_misuse(case):
    use, words = MISUSES[case]
    with pytest.raises(ParameterError, match=words):
        use()
