"""Lengths and masks through networks and training: padding never leaks, and what mixes steps is refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neurosim.data import reber_strings
from neurosim.errors import DataError, NonFiniteError, ParameterError
from neurosim.rate import (
    GRU,
    LSTM,
    Adam,
    Affine,
    AttentionPooling,
    BatchNorm,
    Bidirectional,
    Branches,
    Dropout,
    ElmanRNN,
    Embedding,
    Flatten,
    GlobalAveragePool,
    JordanRNN,
    Layer,
    LayerNorm,
    LeakyRNN,
    Logistic,
    Repeat,
    Residual,
    Sequential,
    Softmax,
    Tanh,
    Variable,
    check_layer,
    find_learning_rate,
    fit,
)

RNG = np.random.default_rng(5)
X = RNG.standard_normal((4, 6, 3))
LENGTHS = np.array([6, 2, 1, 4])
COUNTED = np.arange(6) < LENGTHS[:, np.newaxis]


def jordan(**options):
    return JordanRNN(Sequential(Affine(3), Logistic()), 3, decay=0.5, **options)


MANY_TO_ONE = {
    "elman": lambda: [ElmanRNN(4)],
    "stacked": lambda: [LSTM(4, returns="all"), Tanh(), GRU(3), Affine(2)],
    "both directions": lambda: [Bidirectional(GRU(3, returns="all")), Bidirectional(LSTM(2)), Affine(2)],
    "reversed": lambda: [Affine(3), LeakyRNN(3, reverse=True)],
    "learned start": lambda: [Dropout(0.3), LSTM(3, reverse=True, initial_state="learned"), Softmax()],
    "normalised": lambda: [LayerNorm(), GRU(3, returns="all"), LayerNorm(), GRU(2), BatchNorm()],
    "pooled": lambda: [GRU(4, returns="all"), AttentionPooling(4, 2), Affine(2)],
    "jordan": lambda: [jordan(returns="all"), Residual(GRU(3, returns="all")), jordan(reverse=True)],
    "branches": lambda: [Branches(Affine(2), Sequential(Tanh(), GRU(3, returns="all")), axis=-1), GRU(2)],
}
MANY_TO_MANY = {
    "stacked": lambda: [GRU(4, returns="all"), LSTM(3, returns="all"), Affine(2)],
    "both directions": lambda: [Bidirectional(ElmanRNN(3, returns="all")), Affine(2), Tanh()],
}


def built(layers):
    return Sequential(*layers, input_shape=X.shape[1:], seed=1)


def gradients(net, x, seed, **options):
    inputs = Variable(x)
    for p in net.parameters():
        p.zero_grad()
    y = net(inputs, **options)
    y.backward(seed[: len(y)] if seed.shape[1:] == y.shape[1:] else seed)
    return y.value, [inputs.grad, *(p.grad for p in net.parameters())]


@pytest.mark.parametrize("case", [*MANY_TO_ONE, *(f"every step: {name}" for name in MANY_TO_MANY)])
@settings(max_examples=5, deadline=None, derandomize=True)
@given(filling=st.sampled_from([np.nan, np.inf, 1e6]), extra=st.integers(0, 3), seed=st.integers(0, 99))
def test_padding_never_leaks(case, filling, extra, seed):
    """Outputs and gradients depend neither on what padding holds nor on how much of it there is."""
    every_step = case.startswith("every step: ")
    layers = MANY_TO_MANY[case.removeprefix("every step: ")]() if every_step else MANY_TO_ONE[case]()
    net, rng = built(layers), np.random.default_rng(seed)
    lengths = rng.integers(1, 7, 4)
    counted = np.arange(6 + extra) < lengths[:, np.newaxis]
    padded = np.full((4, 6 + extra, 3), filling)
    padded[:, :6] = X
    padded[~counted] = filling
    shape = net(X).shape
    weights = rng.standard_normal(shape)
    if every_step:
        weights[~counted[:, :6]] = 0.0
    y, found = gradients(net, X, weights, lengths=lengths)
    more = np.zeros((4, 6 + extra, *shape[2:])) if every_step else weights
    more[:, : shape[1]] = weights
    y_padded, found_padded = gradients(net, padded, more, lengths=lengths)
    if every_step:
        y, y_padded = y[counted[:, :6]], y_padded[counted]
    np.testing.assert_allclose(y_padded, y, rtol=0, atol=1e-13)
    found_padded[0] = found_padded[0][:, :6]
    for a, b in zip(found, found_padded, strict=True):
        np.testing.assert_allclose(b, a, rtol=0, atol=1e-12)
    assert (found[0][~counted[:, :6]] == 0.0).all()


@pytest.mark.parametrize("case", MANY_TO_ONE)
def test_a_batch_of_unequal_lengths_is_its_sequences_one_by_one(case):
    net = built(MANY_TO_ONE[case]())
    together = net(X, lengths=LENGTHS).value
    for i, length in enumerate(LENGTHS):
        np.testing.assert_allclose(together[i], net(X[i : i + 1, :length]).value[0], rtol=0, atol=1e-13)
    np.testing.assert_array_equal(net(X, mask=COUNTED).value, together)


MIXING = {
    "batch norm": [GRU(3, returns="all"), BatchNorm()],
    "flatten": [Flatten(), Affine(2)],
    "pool": [GRU(3, returns="all"), GlobalAveragePool()],
    "norm over time": [LayerNorm(2), GRU(3)],
}


@pytest.mark.parametrize("case", MIXING)
def test_what_mixes_steps_is_refused(case):
    net = built(MIXING[case])
    net(X)
    with pytest.raises(ParameterError, match="mixes the steps of a sequence"):
        net(X, lengths=LENGTHS)


def test_symbols_of_unequal_lengths():
    net = Sequential(Embedding(5, 3), GRU(4), input_shape=6, seed=0)
    x = RNG.integers(0, 5, (4, 6)).astype(float)
    other = np.where(COUNTED, x, 99.0)
    np.testing.assert_array_equal(net(other, lengths=LENGTHS).value, net(x, lengths=LENGTHS).value)


def trained(x, y, lengths, layers, loss="mean_squared_error", **options):
    net = Sequential(*layers, input_shape=x.shape[1:], seed=2)
    options = {"epochs": 2, "batch_size": 2, "rng": 3, "progress": False, **options}
    return net, fit(net, loss, Adam(net.parameters(), 0.01), x, y, lengths=lengths, **options)


@pytest.mark.parametrize("every_step", [False, True])
@pytest.mark.parametrize("validation", [None, 0.25])
def test_training_does_not_see_padding(every_step, validation):
    def layers():
        return [LSTM(4, returns="all" if every_step else "last"), Affine(2)]

    y = RNG.standard_normal((4, 6, 2) if every_step else (4, 2))
    other, other_y = np.where(COUNTED[:, :, np.newaxis], X, np.nan), y.copy()
    if every_step:
        other_y[~COUNTED] = -7.0
    one, history = trained(X, y, LENGTHS, layers(), validation=validation)
    two, same = trained(other, other_y, LENGTHS, layers(), validation=validation)
    for a, b in zip(one.parameters(), two.parameters(), strict=True):
        np.testing.assert_array_equal(a.value, b.value)
    assert history.as_dict() == same.as_dict()
    unaware, _ = trained(X, y, None, layers(), validation=validation)
    assert not np.array_equal(one.parameters()[0].value, unaware.parameters()[0].value)


def test_the_loss_is_the_mean_over_the_steps_that_count():
    y = RNG.integers(0, 3, (4, 6))
    net = Sequential(GRU(3, returns="all"), Affine(3), input_shape=(6, 3), seed=2)
    p = net(X, lengths=LENGTHS).value[COUNTED]
    logs = p - np.log(np.exp(p).sum(axis=1, keepdims=True))
    given = {"epochs": 1, "batch_size": 4, "progress": False, "validation": (X, y, LENGTHS)}
    optimiser = Adam(net.parameters(), 1e-12)
    history = fit(net, "softmax_cross_entropy", optimiser, X, y, lengths=LENGTHS, **given)
    expected = -logs[np.arange(len(logs)), y[COUNTED]].mean()
    assert history.loss[0] == pytest.approx(expected, rel=1e-9)
    assert history.validation_loss[0] == pytest.approx(expected, rel=1e-9)
    right = (p.argmax(axis=1) == y[COUNTED]).mean()
    assert history.accuracy[0] == pytest.approx(right)
    assert history.validation_accuracy[0] == pytest.approx(right)


def test_strings_of_a_grammar_of_unequal_lengths():
    data = reber_strings(200, seed=0)
    assert data.lengths.min() < data.lengths.max()
    layers = [ElmanRNN(12, returns="all"), Affine(7)]
    options = {"epochs": 15, "batch_size": 10}
    net, history = trained(data.inputs, data.targets, data.lengths, layers, "binary_cross_entropy", **options)
    assert history.loss[-1] < 0.1
    test = reber_strings(100, seed=1)
    allowed = net(test.inputs, lengths=test.lengths).value > 0.0
    counted = np.arange(test.inputs.shape[1]) < test.lengths[:, np.newaxis]
    assert (allowed == (test.targets > 0.5))[counted].all(axis=-1).mean() > 0.97


def test_a_checkpoint_knows_the_lengths(tmp_path):
    y, path = RNG.standard_normal((4, 2)), tmp_path / "training.nsim"
    trained(X, y, LENGTHS, [GRU(3), Affine(2)], checkpoint=path)
    with pytest.raises(DataError, match="steps that count was 13, and is all here"):
        trained(X, y, None, [GRU(3), Affine(2)], checkpoint=path, resume=True)


def test_layers_side_by_side_are_not_taken_for_a_chain_when_something_is_not_finite():
    net = Sequential(Bidirectional(GRU(3)), Affine(2), input_shape=(6, 3), seed=0)
    net.parameters()[0].value[0, 0] = np.nan
    with pytest.raises(NonFiniteError, match=r"parameters of layer 0, Bidirectional.* are not finite"):
        fit(net, "mean_squared_error", Adam(net.parameters()), X, np.zeros((4, 2)), progress=False)
    fed_back = Sequential(jordan(), input_shape=(6, 3), seed=0)
    fed_back.parameters()[0].value[0, 0] = np.nan
    with pytest.raises(NonFiniteError, match=r"parameters of layer 0, JordanRNN"):
        fit(fed_back, "mean_squared_error", Adam(fed_back.parameters()), X, np.zeros((4, 3)), progress=False)


def test_both_directions(tmp_path):
    pair = Bidirectional(LSTM(2, returns="all", initial_state="learned"))
    pair.build((6, 3), seed=0)
    check_layer(pair, X)
    forth, back = pair.layers
    assert not np.array_equal(forth.weights.value, back.weights.value)
    np.testing.assert_array_equal(pair(X).value, np.concatenate([forth(X).value, back(X).value], axis=-1))
    pair.save(tmp_path / "layer.nsim")
    np.testing.assert_array_equal(Layer.load(tmp_path / "layer.nsim")(X).value, pair(X).value)
    given = Bidirectional(ElmanRNN(2), GRU(3, reverse=True))
    assert given.build((6, 3)) == (5,)


def test_stacked_layers_of_both_directions_are_those_of_pytorch():
    torch = pytest.importorskip("torch")
    net = built([Bidirectional(LSTM(3, returns="all")), Bidirectional(LSTM(3, returns="all"))])
    for k, p in enumerate(net.parameters()):
        p.value[...] += 0.3 * np.random.default_rng(k).standard_normal(p.shape)
    theirs = torch.nn.LSTM(3, 3, num_layers=2, bidirectional=True, batch_first=True, dtype=torch.float64)
    for k, pair in enumerate(net):
        for layer, ending in zip(pair, (f"l{k}", f"l{k}_reverse"), strict=True):
            with torch.no_grad():
                getattr(theirs, f"weight_ih_{ending}")[:] = torch.from_numpy(layer.weights.value.T)
                getattr(theirs, f"weight_hh_{ending}")[:] = torch.from_numpy(layer.recurrent_weights.value.T)
                getattr(theirs, f"bias_ih_{ending}")[:] = torch.from_numpy(layer.bias.value)
                getattr(theirs, f"bias_hh_{ending}")[:] = 0.0
    seed = RNG.standard_normal((4, 6, 6)) * COUNTED[:, :, np.newaxis]
    y, found = gradients(net, X, seed, lengths=LENGTHS)
    x = torch.tensor(X, requires_grad=True)
    rnn = torch.nn.utils.rnn
    packed = rnn.pack_padded_sequence(x, torch.from_numpy(LENGTHS), batch_first=True, enforce_sorted=False)
    expected, _ = rnn.pad_packed_sequence(theirs(packed)[0], batch_first=True)
    expected.backward(torch.from_numpy(seed))
    np.testing.assert_allclose(y[COUNTED], expected.detach().numpy()[COUNTED], rtol=0, atol=1e-12)
    np.testing.assert_allclose(found[0], x.grad.numpy(), rtol=0, atol=1e-12)
    for pair, k in zip(net, range(2), strict=True):
        for layer, ending in zip(pair, (f"l{k}", f"l{k}_reverse"), strict=True):
            for own, name in ((layer.weights, "weight_ih"), (layer.recurrent_weights, "weight_hh")):
                gradient = getattr(theirs, f"{name}_{ending}").grad.numpy().T
                np.testing.assert_allclose(own.grad, gradient, rtol=0, atol=1e-12)


def test_one_to_many():
    net = Sequential(Repeat(5), GRU(4, returns="all"), Affine(2), input_shape=3, seed=0)
    assert net(X[:, 0]).shape == (4, 5, 2)
    check_layer(net, X[:, 0])


def test_a_search_for_a_rate_does_not_see_padding():
    y = RNG.standard_normal((4, 6, 2))
    losses = []
    for filling in (0.0, 1e3):
        x = np.where(COUNTED[:, :, np.newaxis], X, filling)
        net = Sequential(GRU(3, returns="all"), Affine(2), input_shape=(6, 3), seed=0)
        options = {"lengths": LENGTHS, "n_steps": 10, "highest": 0.01, "rng": 0}
        found = find_learning_rate(net, "mean_squared_error", Adam(net.parameters()), x, y, **options)
        losses.append(found.losses)
    np.testing.assert_array_equal(*losses)


MISUSES = {
    "no step": (lambda: built([GRU(3)])(X[:, :0], lengths=LENGTHS), "at least one step"),
    "no step, no lengths": (lambda: built([GRU(3)])(X[:, :0]), "an axis is of length 0"),
    "units for steps": (lambda: Sequential(Affine(2), input_shape=6)(X[..., 0], lengths=LENGTHS), "mixes"),
    "length": (lambda: built([GRU(3)])(X, lengths=[7, 1, 1, 1]), "7"),
    "length zero": (lambda: built([GRU(3)])(X, lengths=[0, 1, 1, 1]), "lengths"),
    "lengths": (lambda: built([GRU(3)])(X, lengths=[1, 1]), "4 whole numbers"),
    "both": (lambda: built([GRU(3)])(X, lengths=LENGTHS, mask=COUNTED), "one of them"),
    "no sequences": (lambda: Sequential(Affine(2), input_shape=3)(X[0, 0], lengths=[1]), "sequences"),
    "fit, length": (lambda: trained(X, np.zeros((4, 1)), [7, 1, 1, 1], [GRU(3), Affine(1)]), "fit.lengths"),
    "fit, no sequences": (lambda: trained(X[:, 0, 0], np.zeros(4), LENGTHS, [Affine(1)]), "n_samples, time"),
    "fit, targets": (
        lambda: trained(X, np.zeros((4, 1)), LENGTHS, [GRU(3, returns="all"), Affine(1)]),
        "an entry for each of 6 steps",
    ),
    "fit, mixing": (lambda: trained(X, np.zeros((4, 18)), LENGTHS, [Flatten(), Affine(18)]), "mixes"),
    "fit, validation": (
        lambda: trained(X, np.zeros((4, 3)), None, [GRU(3)], validation=(X, X, X, X)),
        "must be a pair",
    ),
    "no layer": (lambda: Bidirectional(Affine(3)), "recurrent layer"),
    "no second layer": (lambda: Bidirectional(GRU(3), Affine(3)), "recurrent layer"),
    "one direction": (lambda: Bidirectional(GRU(3), GRU(3)), "reverse=True"),
    "returns": (lambda: Bidirectional(GRU(3), GRU(3, returns="all", reverse=True)), "returns 'all'"),
    "operators": (lambda: Bidirectional(built([GRU(3)])[0]), "Give one with reverse=True"),
}


@pytest.mark.parametrize("case", MISUSES)
def test_misuse(case):
    use, words = MISUSES[case]
    with pytest.raises(ParameterError, match=words):
        use()
