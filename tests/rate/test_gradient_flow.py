"""Gradients for the states of recurrent layers: closed form, sequences cut in two, and figures."""

import numpy as np
import pytest

from neurosim.connectivity import Dense
from neurosim.errors import ParameterError
from neurosim.plotting import plot_gradient_flow
from neurosim.rate import (
    GRU,
    LSTM,
    Affine,
    Bidirectional,
    Dropout,
    ElmanRNN,
    GradientFlow,
    JordanRNN,
    LeakyRNN,
    Logistic,
    Repeat,
    Residual,
    Sequential,
    Variable,
    gradient_flow,
    mean_squared_error,
)

RNG = np.random.default_rng(5)
X, Y = RNG.standard_normal((4, 6, 3)), RNG.standard_normal((4, 2))
LENGTHS = np.array([6, 2, 1, 4])


def jordan(**options):
    return JordanRNN(Sequential(Affine(3), Logistic()), 3, decay=0.0, **options)


def built(*layers, seed=1):
    return Sequential(*layers, input_shape=X.shape[1:], seed=seed)


@pytest.mark.parametrize("u", [0.5, 1.2])
def test_gradients_of_one_unit_fade_or_grow_by_its_weight(u):
    unit = ElmanRNN(Dense([[1.0]]), Dense([[u]]), activation="relu")
    loss = lambda output, target: output.sum()  # noqa: E731
    flow = gradient_flow(unit, loss, np.ones((1, 8, 1)), np.zeros((1, 1)))
    np.testing.assert_allclose(flow.norms[0], u ** np.arange(7.0, -1.0, -1.0), rtol=1e-12)


@pytest.mark.parametrize("kind", [ElmanRNN, LeakyRNN, GRU, LSTM, jordan])
@pytest.mark.parametrize("reverse", [False, True])
def test_the_state_at_a_step_is_where_the_sequence_could_be_cut(kind, reverse):
    first = jordan(reverse=reverse) if kind is jordan else kind(4, reverse=reverse)
    net = built(first, Affine(2))
    flow = gradient_flow(net, "mean_squared_error", X, Y)
    for k in range(1, 6):  # after so many steps
        before, after = (X[:, 6 - k :], X[:, : 6 - k]) if reverse else (X[:, :k], X[:, k:])
        state = Variable(first.advance(before)[1].value)
        mean_squared_error(net[1](first(after, state)), Y).backward()
        step = 6 - k if reverse else k - 1
        assert flow.norms[0][step] == pytest.approx(np.linalg.norm(state.grad), rel=1e-10)


def test_an_answer_at_each_step_adds_its_own_gradient():
    unit = ElmanRNN(Dense([[1.0]]), Dense([[0.5]]), activation="relu", returns="all")
    loss = lambda output, target: output.sum()  # noqa: E731
    flow = gradient_flow(unit, loss, np.ones((1, 5, 1)), np.zeros((1, 5, 1)))
    np.testing.assert_allclose(flow.norms[0], np.cumsum(0.5 ** np.arange(5.0))[::-1], rtol=1e-12)


def test_windows_are_kept():
    norms = gradient_flow(built(GRU(4, window=2), Affine(2)), "mean_squared_error", X, Y).norms[0]
    assert (norms[:4] == 0.0).all()
    assert (norms[4:] > 0.0).all()


@pytest.mark.parametrize("reverse", [False, True])
def test_steps_that_do_not_count_have_none(reverse):
    net = built(LSTM(4, reverse=reverse, initial_state="learned"), Affine(2))
    longest = np.where(np.arange(6)[:, np.newaxis] < 4, X, np.nan)
    norms = gradient_flow(net, "mean_squared_error", longest, Y, lengths=[4, 2, 1, 4]).norms[0]
    assert (norms[:4] > 0.0).all()
    assert (norms[4:] == 0.0).all()
    cut = gradient_flow(net, "mean_squared_error", X[:, :4], Y, lengths=[4, 2, 1, 4]).norms[0]
    np.testing.assert_allclose(norms[:4], cut, rtol=1e-12)


def test_every_recurrent_layer_of_a_network_is_watched_and_nothing_changes():
    net = built(Bidirectional(GRU(3, returns="all")), Dropout(0.5), Residual(LSTM(6, returns="all")), LSTM(2))
    net.train()
    for p in net.parameters():
        p.grad = np.full(p.shape, 7.0)
    flow = gradient_flow(net, "mean_squared_error", X, Y, lengths=LENGTHS)
    assert flow.layers == ("GRU(3 → 3)", "GRU(3 → 3, reversed)", "LSTM(6 → 6)", "LSTM(6 → 2)")
    assert all(norms.shape == (6,) and norms[0] > 0.0 for norms in flow.norms)
    assert net.training
    assert all((p.grad == 7.0).all() for p in net.parameters())


def test_one_to_many_and_single_precision():
    net = Sequential(Repeat(5), GRU(4, returns="all"), Affine(2), input_shape=3, seed=0, dtype="float32")
    y = RNG.standard_normal((4, 5, 2)).astype(np.float32)
    flow = gradient_flow(net, "mean_squared_error", X[:, 0].astype(np.float32), y)
    assert flow.norms[0].shape == (5,)
    assert flow.norms[0].dtype == np.float64


def test_figure():
    flow = GradientFlow(("GRU(2 → 3)", "LSTM(3 → 4)"), (np.array([0.0, 0.1, 1.0]), np.ones(3)))
    ax = flow.plot()
    assert ax.get_yscale() == "log"
    first, second = ax.lines
    np.testing.assert_array_equal(first.get_xdata(), [1, 2, 3])
    np.testing.assert_array_equal(first.get_ydata(), [np.nan, 0.1, 1.0])
    assert [text.get_text() for text in ax.get_legend().get_texts()] == list(flow.layers)
    assert first.get_color() != second.get_color()
    one = GradientFlow(("GRU(2 → 3)",), (np.ones(3),))
    plot_gradient_flow(one, ax, label="Plain")
    flow.plot(ax, label="Both")
    labels = [line.get_label() for line in ax.lines[2:]]
    assert labels == ["Plain", "Both: GRU(2 → 3)", "Both: LSTM(3 → 4)"]


MISUSES = {
    "no network": (lambda: gradient_flow("net", "mean_squared_error", X, Y), "must be a Layer"),
    "nothing recurrent": (
        lambda: gradient_flow(Affine(Dense(np.ones((3, 2)))), "mean_squared_error", X, X[..., :2]),
        "has no recurrent layer",
    ),
    "loss": (lambda: gradient_flow(built(GRU(2)), "mean", X, Y), "gradient_flow.loss"),
    "targets": (lambda: gradient_flow(built(GRU(2)), "mean_squared_error", X, Y[:2]), "4 entries"),
    "lengths": (
        lambda: gradient_flow(built(GRU(2)), "mean_squared_error", X, Y, lengths=[9] * 4),
        "gradient_flow.lengths",
    ),
    "figure, names": (lambda: plot_gradient_flow(GradientFlow((), (np.ones(2),))), "each of 0 layers"),
    "figure, sign": (lambda: plot_gradient_flow(GradientFlow(("a",), (-np.ones(2),))), "negative"),
}


@pytest.mark.parametrize("case", MISUSES)
def test_misuse(case):
    use, words = MISUSES[case]
    with pytest.raises(ParameterError, match=words):
        use()
