"""Recurrent layers: PyTorch, the contract, masks, truncation, directions, and what they say when misused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neurosim.connectivity import Dense, LowRank, Sparse
from neurosim.errors import ParameterError
from neurosim.kernels.core import threads
from neurosim.kernels.rate import panels
from neurosim.rate import (
    GRU,
    LSTM,
    Affine,
    Branches,
    ElmanRNN,
    Layer,
    LeakyRNN,
    Sequential,
    Variable,
    check_layer,
)
from neurosim.rate.recurrent.sequence_layer import SequenceLayer

KINDS = {"RNN": ElmanRNN, "GRU": GRU, "LSTM": LSTM}
RNG = np.random.default_rng(4)
X = RNG.standard_normal((3, 5, 2))


def built(layer, shape=(5, 2)):
    layer.build(shape, seed=3)
    for k, p in enumerate(layer.parameters()):  # biases of 0 would hide mistakes
        p.value[...] += 0.2 * np.random.default_rng(k).standard_normal(p.shape)
    return layer


def gradients(layer, x, *arguments, seed=None, **options):
    """Output, and the gradients for input and parameters of the sum of the outputs times random numbers."""
    inputs = Variable(x)
    for p in layer.parameters():
        p.zero_grad()
    y = layer(inputs, *arguments, **options)
    seed = np.random.default_rng(9).standard_normal(y.shape) if seed is None else seed
    y.backward(seed)
    return y.value, [inputs.grad, *(p.grad for p in layer.parameters())]


def loaded(torch, kind, layer):
    """PyTorch's layer with the parameters of ours."""
    theirs = getattr(torch.nn, kind)(layer.connectivity.n_pre, layer.n_units, dtype=torch.float64)
    theirs = theirs.requires_grad_(False)
    theirs.weight_ih_l0[:] = torch.from_numpy(layer.weights.value.T)
    theirs.weight_hh_l0[:] = torch.from_numpy(layer.recurrent_weights.value.T)
    theirs.bias_ih_l0[:] = torch.from_numpy(layer.bias.value)
    theirs.bias_hh_l0[:] = 0.0
    if kind == "GRU":
        theirs.bias_hh_l0[2 * layer.n_units :] = torch.from_numpy(layer.recurrent_bias.value)
    return theirs.requires_grad_(True)


def torch_gradients(theirs, inputs, kind, n):
    """In the order and shape of ours; a bias that PyTorch has twice has the same gradient twice."""
    found = [inputs.grad, theirs.weight_ih_l0.grad.T, theirs.weight_hh_l0.grad.T, theirs.bias_ih_l0.grad]
    return [*found, theirs.bias_hh_l0.grad[2 * n :]] if kind == "GRU" else found


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=15, deadline=None, derandomize=True)
@given(data=st.data())
def test_values_and_gradients_are_those_of_pytorch(kind, data):
    torch = pytest.importorskip("torch")
    batch, time, n_inputs, n = (data.draw(st.integers(1, 6)) for _ in range(4))
    lengths = np.array(data.draw(st.lists(st.integers(1, time), min_size=batch, max_size=batch)))
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    reverse = data.draw(st.booleans())
    layer = built(KINDS[kind](n, returns="all", reverse=reverse), (time, n_inputs))
    theirs = loaded(torch, kind, layer)
    x = rng.standard_normal((batch, time, n_inputs))
    state = rng.standard_normal((batch, layer.n_state))
    seed = (
        rng.standard_normal((batch, time, n)) * (np.arange(time) < lengths[:, np.newaxis])[:, :, np.newaxis]
    )

    y, ours = gradients(layer, x, state, lengths=lengths, seed=seed)
    inputs = torch.tensor(x, requires_grad=True)
    for i, length in enumerate(lengths):  # one sequence at a time, turned round by hand
        h, *c = (torch.from_numpy(part[np.newaxis]) for part in np.split(state[i : i + 1], layer.n_states, 1))
        steps = slice(None, length)
        sequence = inputs[i, steps].flip(0) if reverse else inputs[i, steps]
        outputs, _ = theirs(sequence[:, None], (h, c[0]) if c else h)
        outputs = outputs[:, 0].flip(0) if reverse else outputs[:, 0]
        assert np.abs(y[i, steps] - outputs.detach().numpy()).max() < 1e-10
        outputs.backward(torch.from_numpy(seed[i, steps]))
    for a, b in zip(ours, torch_gradients(theirs, inputs, kind, n), strict=True):
        assert np.abs(a - b.numpy()).max() < 1e-10


CASES = {
    "elman": lambda: built(ElmanRNN(3)),
    "elman, logistic": lambda: built(ElmanRNN(3, activation="logistic", returns="all")),
    "elman, rectified": lambda: built(ElmanRNN(3, activation="relu", initial_state="learned")),
    "leaky": lambda: built(LeakyRNN(3, tau=[2.0, 5.0, 9.0], returns="all", reverse=True)),
    "gru": lambda: built(GRU(3, returns="all", initial_state=[0.1, 0.2, 0.3])),
    "gru, no bias": lambda: built(GRU(3, bias=False)),
    "lstm": lambda: built(LSTM(3, initial_state="learned", returns="all", reverse=True)),
    "on other operators": lambda: GRU(
        LowRank(RNG.standard_normal((2, 1)), RNG.standard_normal((1, 9))),
        Sparse([0, 1, 2, 2, 1], [1, 4, 8, 0, 6], RNG.standard_normal(5), n_pre=3, n_post=9),
    ),
    "stacked": lambda: built(Sequential(LSTM(3, returns="all"), GRU(2), Affine(2))),
    "both directions": lambda: built(
        Sequential(Branches(GRU(2, returns="all"), GRU(2, returns="all", reverse=True), axis=-1), ElmanRNN(2))
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_contract(case):
    check_layer(CASES[case](), X)


@pytest.mark.parametrize("case", CASES)
def test_a_file_gives_the_same_layer(case, tmp_path):
    layer = CASES[case]()
    layer.save(tmp_path / "layer.nsim")
    twin = Layer.load(tmp_path / "layer.nsim")
    assert repr(twin) == repr(layer)
    np.testing.assert_array_equal(twin(X).value, layer(X).value)


@pytest.mark.parametrize("kind", [ElmanRNN, LeakyRNN, GRU, LSTM])
@pytest.mark.parametrize("reverse", [False, True])
def test_what_is_masked_is_not_looked_at(kind, reverse):
    layer = built(kind(4, reverse=reverse))
    mask = np.array([[1, 0, 1, 1, 0], [0, 1, 0, 0, 1], [1, 1, 1, 1, 1]], bool)
    y, found = gradients(layer, X, mask=mask)
    other = np.where(mask[:, :, np.newaxis], X, np.nan)
    y_other, found_other = gradients(layer, other, mask=mask)
    np.testing.assert_array_equal(y, y_other)
    for a, b in zip(found, found_other, strict=True):
        np.testing.assert_array_equal(a, b)
    for i in range(3):  # what is left out might as well not be there
        short = layer(X[i : i + 1, mask[i]]).value
        np.testing.assert_allclose(y[i : i + 1], short, rtol=0, atol=1e-13)
    assert np.all(found[0][~mask] == 0.0)


@pytest.mark.parametrize("kind", [ElmanRNN, GRU, LSTM])
def test_truncated_back_propagation(kind):
    full = built(kind(4, returns="all"))
    _, whole = gradients(full, X)
    for window, same in ((5, True), (9, True), (2, False)):
        cut = built(kind(4, returns="all", window=window))
        _, found = gradients(cut, X)
        agree = [np.array_equal(a, b) for a, b in zip(whole, found, strict=True)]
        assert all(agree) if same else not any(agree[:3])


def test_a_window_ends_where_the_state_is_a_constant():
    layer, cut = built(LSTM(4, returns="all")), built(LSTM(4, returns="all", window=2))
    seed = RNG.standard_normal((3, 5, 4))
    _, found = gradients(cut, X, seed=seed)
    state, total = None, np.zeros_like(X)
    for first in range(0, 5, 2):
        part = slice(first, first + 2)
        x = Variable(X[:, part])
        y, last = layer.advance(x, state)
        y.backward(seed[:, part])
        total[:, part] = x.grad
        state = last.value
    np.testing.assert_allclose(found[0], total, rtol=0, atol=1e-13)
    np.testing.assert_allclose(found[1], layer.weights.grad, rtol=0, atol=1e-13)


@pytest.mark.parametrize("kind", [ElmanRNN, LeakyRNN, GRU, LSTM])
def test_a_sequence_in_two_parts_is_the_sequence(kind):
    layer = built(kind(4, returns="all"))
    whole, last = layer.advance(X)
    first, state = layer.advance(X[:, :2])
    second, end = layer.advance(X[:, 2:], state)
    np.testing.assert_array_equal(whole.value, np.concatenate([first.value, second.value], axis=1))
    np.testing.assert_array_equal(end.value, last.value)
    assert last.shape == (3, layer.n_state)


@pytest.mark.parametrize("kind", [ElmanRNN, LeakyRNN, GRU, LSTM])
@pytest.mark.parametrize("returns", ["last", "all"])
def test_a_start_from_zero_is_one_from_next_to_nothing(kind, returns):
    layer = built(kind(4, returns=returns))
    results = []
    for number in (0.0, 1e-300):
        start = Variable(np.full((3, layer.n_state), number))
        y, found = gradients(layer, X, start)
        results.append([y, *found, start.grad])
    for a, b in zip(*results, strict=True):
        np.testing.assert_array_equal(a, b)
    assert np.all(start.grad)


@pytest.mark.parametrize("kind", [ElmanRNN, LeakyRNN, GRU, LSTM])
def test_one_may_go_back_twice(kind):
    layer = built(kind(4, returns="all", window=3))
    y = layer(X)
    results = []
    for _ in range(2):
        for p in layer.parameters():
            p.zero_grad()
        y.backward(np.ones(y.shape))
        results.append([p.grad for p in layer.parameters()])
    for a, b in zip(*results, strict=True):
        np.testing.assert_array_equal(a, b)


def test_both_directions_end_at_either_end():
    pair = built(Branches(GRU(2), GRU(2, reverse=True)))
    forth, back = pair.layers
    np.testing.assert_array_equal(pair(X).value[:, :2], forth(X).value)
    np.testing.assert_allclose(pair(X).value[:, 2:], turned(back)(X[:, ::-1]).value, rtol=0, atol=1e-14)


def turned(layer):
    bias, own = layer.bias.value, layer.recurrent_bias.value
    return GRU(layer.connectivity, layer.recurrent, bias=bias, recurrent_bias=own)


def test_a_leaky_unit_relaxes_with_its_time_constant():
    layer = LeakyRNN(Dense([[0.0]]), Dense([[0.0]]), bias=[0.5], tau=20.0, dt=0.01, returns="all")
    y = layer(np.zeros((1, 4000, 1)), [[0.0]]).value[0, :, 0]
    t = 0.01 * np.arange(1, 4001)
    np.testing.assert_allclose(y, np.tanh(0.5) * (1 - np.exp(-t / 20.0)), rtol=0, atol=1e-4)


@pytest.mark.parametrize("kind", [ElmanRNN, LeakyRNN, GRU, LSTM])
@pytest.mark.parametrize("returns", ["last", "all"])
def test_the_order_of_inputs_in_memory_does_not_matter(kind, returns):
    layer = built(kind(4, returns=returns))
    y, found = gradients(layer, X)
    wide = np.repeat(np.repeat(X, 2, axis=1), 2, axis=2)
    one = X[:1].copy()
    for x in (np.asfortranarray(X), np.ascontiguousarray(X.T).T, wide[:, ::2, ::2]):
        y_other, found_other = gradients(layer, x)
        np.testing.assert_array_equal(y_other, y)
        for a, b in zip(found_other, found, strict=True):
            np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(layer(np.asfortranarray(one[0])[np.newaxis]).value, layer(one).value)


@pytest.mark.parametrize("kind", [ElmanRNN, GRU, LSTM])
def test_single_precision_stays(kind):
    double, single = kind(4), kind(4)
    double.build((5, 2), seed=1)
    single.build((5, 2), dtype="float32", seed=1)
    y, found = gradients(single, X.astype(np.float32))
    assert {y.dtype, *(g.dtype for g in found)} == {np.dtype(np.float32)}
    expected, also = gradients(double, X)
    np.testing.assert_allclose(y, expected, atol=1e-5)
    for a, b in zip(found, also, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-4)


@pytest.mark.parametrize("kind", [ElmanRNN, GRU, LSTM])
def test_the_number_of_threads_changes_nothing(kind, monkeypatch):
    monkeypatch.setattr(panels, "WORTH_SHARING", 1)
    x = RNG.standard_normal((21, 5, 2))
    mask = RNG.random((21, 5)) < 0.8
    mask[:, 0] = True
    layer = built(kind(20, returns="all"))
    results = []
    for n in (1, 2):
        monkeypatch.setattr(threads, "processors", lambda n=n: n)
        y, found = gradients(layer, x, mask=mask)
        results.append([y, *found])
    for a, b in zip(*results, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("kind", [ElmanRNN, GRU, LSTM])
def test_kernels_for_dense_connections_do_what_others_do(kind):
    dense = built(kind(20, returns="all", reverse=True, window=3))
    twins = (Sparse.from_matrix(operator.to_dense()) for operator in (dense.connectivity, dense.recurrent))
    options = {"bias": dense.bias.value, "returns": "all", "reverse": True, "window": 3}
    if kind is GRU:
        options["recurrent_bias"] = dense.recurrent_bias.value
    sparse = kind(*twins, **options)
    x = RNG.standard_normal((17, 5, 2))
    seed = RNG.standard_normal((17, 5, 20))
    y, ours = gradients(dense, x, seed=seed, lengths=np.arange(17) % 5 + 1)
    expected, theirs = gradients(sparse, x, seed=seed, lengths=np.arange(17) % 5 + 1)
    np.testing.assert_allclose(y, expected, rtol=0, atol=1e-13)
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a.reshape(b.shape), b, rtol=0, atol=1e-12)


MISUSES = {
    "returns": (lambda: GRU(3, returns="al"), "GRU.returns = 'al': .*Did you mean 'all'"),
    "no number of units": (lambda: GRU(0), "connectivity"),
    "recurrent with a number": (lambda: GRU(3, Dense(np.ones((3, 9)))), "recurrent"),
    "recurrent missing": (lambda: ElmanRNN(Dense(np.ones((2, 3)))), "recurrent"),
    "gates": (lambda: LSTM(Dense(np.ones((2, 12))), Dense(np.ones((3, 9)))), "12 units"),
    "gates of the input": (lambda: LSTM(Dense(np.ones((2, 9))), Dense(np.ones((3, 12)))), "connectivity"),
    "bias": (lambda: GRU(3, bias=np.zeros(3)), "bias"),
    "bias not finite": (lambda: GRU(1, bias=[0, np.nan, 0]), "bias"),
    "recurrent bias": (lambda: GRU(3, recurrent_bias=np.zeros(2)), "recurrent_bias"),
    "recurrent bias alone": (lambda: GRU(3, bias=False, recurrent_bias=np.zeros(3)), "recurrent_bias"),
    "initial state": (lambda: LSTM(3, initial_state=np.zeros(3)), "initial_state"),
    "initial state by name": (lambda: LSTM(3, initial_state="one"), "initial_state"),
    "returns, set later": (lambda: setattr(GRU(3), "returns", "some"), "GRU.returns"),
    "window, set later": (lambda: setattr(GRU(3), "window", -1), "window"),
    "window": (lambda: LSTM(3, window=0), "window"),
    "initialisation": (lambda: LSTM(3, recurrent_initialise="none"), "recurrent_initialise"),
    "activation": (lambda: ElmanRNN(3, activation="tan"), "tanh"),
    "reverse": (lambda: ElmanRNN(3, reverse=1), "reverse"),
    "tau": (lambda: LeakyRNN(3, tau=0.5), "tau"),
    "taus": (lambda: LeakyRNN(3, tau=[1.0, 2.0]), "tau"),
    "dt": (lambda: LeakyRNN(3, dt=0.0), "dt"),
    "not built": (lambda: GRU(3)(X), "build"),
    "not built, mask": (lambda: GRU(3).weights, "build"),
    "no step": (lambda: built(GRU(3))(X[:, :0]), "at least one step"),
    "no sequence": (lambda: built(GRU(3))(X[:0]), "at least one sample"),
    "no axis of time": (lambda: built(GRU(3))(X[:, 0]), "batch, time, 2"),
    "sample without time": (lambda: GRU(3).build(4), 'time, n_inputs). Set returns="all"'),
    "features": (lambda: built(GRU(3))(np.ones((3, 5, 4))), "batch, time, 2"),
    "state": (lambda: built(LSTM(3))(X, np.zeros((3, 3))), "(3, 6)"),
    "state of another batch": (lambda: built(LSTM(3))(X, np.zeros((2, 6))), "(3, 6)"),
    "state by name": (lambda: built(LSTM(3))(X, "zero"), "LSTM(2 → 3)(state) = .*real numbers"),
    "state of text": (lambda: built(LSTM(3))(X, [1.0, "a"]), "LSTM(2 → 3)(state) = .*real numbers"),
    "input by name": (lambda: built(GRU(3))("zero"), "GRU(2 → 3)(x) = .*real numbers"),
    "lengths beyond": (lambda: built(GRU(3))(X, lengths=[5, 6, 1]), "6"),
    "length zero": (lambda: built(GRU(3))(X, lengths=[5, 0, 1]), "0"),
    "number of lengths": (lambda: built(GRU(3))(X, lengths=[5, 1]), "lengths"),
    "broken lengths": (lambda: built(GRU(3))(X, lengths=[5.0, 1.0, 2.0]), "lengths"),
    "mask of numbers": (lambda: built(GRU(3))(X, mask=np.ones((3, 5))), "truth"),
    "shape of the mask": (lambda: built(GRU(3))(X, mask=np.ones((5, 3), bool)), "truth"),
    "all masked": (lambda: built(GRU(3))(X, mask=np.arange(3)[:, None] * np.ones((3, 5)) > 0.5), "0"),
    "both": (lambda: built(GRU(3))(X, lengths=[1, 2, 3], mask=np.ones((3, 5), bool)), "one of them"),
}


@pytest.mark.parametrize("case", MISUSES)
def test_misuse(case):
    use, word = MISUSES[case]
    with pytest.raises(ParameterError, match=word.replace("(", r"\(").replace(")", r"\)")):
        use()


def test_a_checked_attribute_of_a_class_is_itself():
    assert ElmanRNN.returns is vars(SequenceLayer)["returns"]


def test_an_operator_of_ones_own_is_asked():
    class Halved(Dense):
        """Passes on half of what it should."""

        def forward_into(self, x, out):
            super().forward_into(0.5 * x, out)

        def backward_into(self, g, out):
            super().backward_into(0.5 * g, out)

    rng = np.random.default_rng(0)
    w, u, x = rng.normal(size=(3, 4)), rng.normal(size=(4, 4)), rng.normal(size=(2, 5, 3))
    plain = ElmanRNN(Dense(0.5 * w), Dense(0.5 * u), bias=False)(Variable(x)).value
    for source, recurrent in ((Halved(w), Dense(0.5 * u)), (Dense(0.5 * w), Halved(u))):
        assert np.allclose(ElmanRNN(source, recurrent, bias=False)(Variable(x)).value, plain, rtol=1e-13)
