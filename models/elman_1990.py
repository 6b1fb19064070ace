"""Exclusive or in time (Elman 1990, doi:10.1207/s15516709cog1402_1, section "Exclusive-OR").

Bits come in threes, two at random and their exclusive or, without a pause, and a network with context units
names the next one. Only every third can be foretold: where the error falls, the network knows where in a
three it is and what the two bits before were. Elman's network takes the context as given, so that no gradient
reaches the past; back-propagation through time finds the rule more exactly.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from neurosim.models import ModelRun

from neurosim.data import Sequences, temporal_xor
from neurosim.output import OutputFolder
from neurosim.rate import Adam, Affine, ElmanRNN, Logistic, Sequential, fit, no_grad

N_UNITS = 8
N_TRIPLES = 8
"""Threes in a sequence."""

WINDOWS = {"Through time": None, "Context as given": 1}
"""How far gradients pass."""


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


def run(folder: OutputFolder, *, quick: bool = False, seed: int = 0, progress: bool = False) -> ModelRun:
    """Write ``error.png`` and ``states.png``.

    Parameters
    ----------
    folder : OutputFolder
    quick : bool, default False
        Ten passes over the sequences instead of forty.
    seed : int, default 0
        Of sequences, weights and their order.
    progress : bool, default False

    Returns
    -------
    ModelRun
        The figures, and the share of the bits that follow from others foretold correctly.
    """
    test = temporal_xor(400, n_triples=N_TRIPLES, seed=seed + 1)
    nets = {name: network(seed, window) for name, window in WINDOWS.items()}
    for net in nets.values():
        learn(net, epochs=10 if quick else 40, seed=seed, progress=progress)
    wanted = test.targets[..., 0]
    given = {name: answers(net, test) for name, net in nets.items()}
    right = (given["Through time"] > 0.5) == (wanted > 0.5)
    errors = {name: ((answer - wanted) ** 2).mean(axis=0) for name, answer in given.items()}
    return ModelRun(
        f"exclusive ors foretold correctly: {100 * right[:, 1::3].mean():.1f} %",
        [
            folder.write_figure("error.png", _draw_errors(errors)),
            folder.write_figure("states.png", _draw_states(nets["Through time"], test)),
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
