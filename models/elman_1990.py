"""Exclusive or in time, and a simple grammar (Elman 1990, doi:10.1207/s15516709cog1402_1).

Bits come in threes, two at random and their exclusive or, without a pause, and a network with context units
names the next one. Only every third can be foretold: where the error falls, the network knows where in a
three it is and what the two bits before were. Elman's network takes the context as given, so that no gradient
reaches the past; back-propagation through time finds the rule more exactly.

Strings of the Reber grammar, from which such a network learns to name the next symbol, are what Cleeremans et
al. (1989, doi:10.1162/neco.1989.1.3.372) gave it: it accepts those in which it always held the symbol that
came for likely enough.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from neurosim.models import ModelRun

from neurosim.data import REBER_SYMBOLS, Sequences, reber_strings, temporal_xor
from neurosim.output import OutputFolder
from neurosim.rate import Adam, Affine, ElmanRNN, Logistic, Sequential, fit, no_grad, softmax

N_UNITS = 8
N_TRIPLES = 8
"""Threes in a sequence."""

WINDOWS = {"Through time": None, "Context as given": 1}
"""How far gradients pass."""

LIKELY = 0.3
"""A next symbol this probable is taken for grammatical; of two that may come each has 0.5."""


def network(seed: int = 0, window: int | None = None) -> Sequential:
    """Return a network of one input, eight context units and one output.

    Parameters
    ----------
    seed : int, default 0
    window : int, optional
        Steps that gradients go back; 1 as in the paper, without end by default.
    """
    context = ElmanRNN(N_UNITS, returns="all", window=window)
    return Sequential(context, Affine(1), Logistic(), input_shape=(3 * N_TRIPLES - 1, 1), seed=seed)


def learn(net: Sequential, *, epochs: int, seed: int = 0, progress: bool = False) -> None:
    """Train on 250 sequences."""
    data = temporal_xor(250, n_triples=N_TRIPLES, seed=seed)
    optimiser = Adam(net.parameters(), 0.02)
    options: dict[str, Any] = {"epochs": epochs, "batch_size": 10, "rng": seed, "progress": progress}
    fit(net, "mean_squared_error", optimiser, data.inputs, data.targets, **options)


def answers(net: Sequential, data: Sequences) -> np.ndarray:
    """Return the bits that the network expects, shape (n, time)."""
    with no_grad():
        return np.asarray(net(data.inputs).value[..., 0])


def next_symbols(strings: Sequences) -> np.ndarray:
    """Return the number of the symbol after each, shape (n, time); after the last comes E."""
    following = np.roll(strings.inputs.argmax(axis=2), -1, axis=1)
    following[np.arange(len(strings)), strings.lengths - 1] = REBER_SYMBOLS.index("E")
    return following


def learn_grammar(*, epochs: int, seed: int = 0, progress: bool = False) -> Sequential:
    """Return a network of 16 context units that has learnt to name the next symbol in 2,000 strings."""
    strings, n = reber_strings(2000, seed=seed), len(REBER_SYMBOLS)
    net = Sequential(ElmanRNN(16, returns="all"), Affine(n), input_shape=strings.inputs.shape[1:], seed=seed)
    options: dict[str, Any] = {"epochs": epochs, "batch_size": 20, "rng": seed, "progress": progress}
    targets, optimiser = next_symbols(strings), Adam(net.parameters(), 0.005)
    fit(net, "softmax_cross_entropy", optimiser, strings.inputs, targets, lengths=strings.lengths, **options)
    return net


def expected(net: Sequential, inputs: np.ndarray) -> np.ndarray:
    """Return the probability of each symbol to come next, shape (n, time, 7)."""
    with no_grad():
        return np.asarray(softmax(net(inputs)).value)


def accepted(net: Sequential, inputs: np.ndarray, following: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Tell of each string, shape (n,), whether every symbol that came was likely."""
    found = np.take_along_axis(expected(net, inputs), following[:, :, np.newaxis], axis=2)[:, :, 0]
    after_the_end = np.arange(inputs.shape[1]) >= lengths[:, np.newaxis]
    return np.asarray(((found > LIKELY) | after_the_end).all(axis=1))


def run(folder: OutputFolder, *, quick: bool = False, seed: int = 0, progress: bool = False) -> ModelRun:
    """Write ``error.png``, ``states.png`` and ``grammar.png``.

    Parameters
    ----------
    folder : OutputFolder
    quick : bool, default False
        Ten passes over the sequences instead of forty, three over the strings instead of eight.
    seed : int, default 0
        Of sequences, weights and their order.
    progress : bool, default False

    Returns
    -------
    ModelRun
        The figures, the share of new strings accepted, and that of the bits that follow from others foretold
        correctly.
    """
    test = temporal_xor(400, n_triples=N_TRIPLES, seed=seed + 1)
    nets = {name: network(seed, window) for name, window in WINDOWS.items()}
    for net in nets.values():
        learn(net, epochs=10 if quick else 40, seed=seed, progress=progress)
    wanted = test.targets[..., 0]
    given = {name: answers(net, test) for name, net in nets.items()}
    right = (given["Through time"] > 0.5) == (wanted > 0.5)
    errors = {name: ((answer - wanted) ** 2).mean(axis=0) for name, answer in given.items()}
    grammar = learn_grammar(epochs=3 if quick else 8, seed=seed, progress=progress)
    strings = reber_strings(200, seed=seed + 1)
    share = accepted(grammar, strings.inputs, next_symbols(strings), strings.lengths).mean()
    return ModelRun(
        f"grammatical strings accepted: {100 * share:.1f} %; "
        f"exclusive ors foretold correctly: {100 * right[:, 1::3].mean():.1f} %",
        [
            folder.write_figure("error.png", _draw_errors(errors)),
            folder.write_figure("states.png", _draw_states(nets["Through time"], test)),
            folder.write_figure("grammar.png", _draw_grammar(grammar, strings)),
        ],
    )


def _draw_errors(errors: dict[str, np.ndarray]) -> Any:
    from neurosim.plotting import new_figure
    from neurosim.plotting.style import BLUE, GREY, VERMILLION, add_legend, dress

    figure = new_figure()
    ax = figure.subplots()
    steps = np.arange(1, 13)
    ax.axhline(0.25, color=GREY, linewidth=0.8, linestyle="--", label="Guess")
    for (name, error), colour in zip(errors.items(), (BLUE, VERMILLION), strict=True):
        ax.plot(steps, error[:12], "o-", color=colour, label=name)
    ax.set(ylim=(-0.01, 0.42), xticks=steps)
    add_legend(ax, "upper right")
    dress(ax, "Step", "Mean squared error")
    return figure


def _draw_states(net: Sequential, data: Sequences) -> Any:
    from neurosim.plotting import new_figure
    from neurosim.plotting.style import BLUE, GREEN, VERMILLION, add_legend, dress

    with no_grad():
        states = net[0](data.inputs).value[:60]
    flat = states.reshape(-1, N_UNITS)
    axes = np.linalg.svd(flat - flat.mean(axis=0), full_matrices=False)[2][:2]
    plane = (states - flat.mean(axis=0)) @ axes.T
    figure = new_figure(5.2, 4.2)
    ax = figure.subplots()
    names = ("After the first bit", "After the second", "After the third")
    for k, (name, colour) in enumerate(zip(names, (BLUE, VERMILLION, GREEN), strict=True)):
        points = plane[:, k::3].reshape(-1, 2)
        ax.plot(points[:, 0], points[:, 1], "o", color=colour, markersize=3, alpha=0.4, label=name)
    add_legend(ax, "best")
    dress(ax, "First principal component of the context", "Second")
    return figure


def _draw_grammar(net: Sequential, strings: Sequences) -> Any:
    from neurosim.plotting import new_figure
    from neurosim.plotting.style import VERMILLION, add_legend, dress

    row = int(np.argsort(strings.lengths)[-3])
    n = int(strings.lengths[row])
    likely = expected(net, strings.inputs[row : row + 1, :n])[0]
    figure = new_figure(7.6, 3.0)
    ax = figure.subplots()
    shades = ax.imshow(likely.T, cmap="Greys", vmin=0.0, vmax=1.0, aspect="auto")
    steps, symbols = np.nonzero(strings.targets[row, :n])
    ax.plot(steps, symbols, "s", color=VERMILLION, fillstyle="none", markersize=11, label="May come next")
    add_legend(ax, "above")
    dress(ax, "Symbol that came", "Next symbol")
    ax.set_xticks(np.arange(n), [REBER_SYMBOLS[k] for k in strings.inputs[row, :n].argmax(axis=1)])
    ax.set_yticks(np.arange(len(REBER_SYMBOLS)), list(REBER_SYMBOLS))
    figure.colorbar(shades, ax=ax, label="Probability")
    return figure
