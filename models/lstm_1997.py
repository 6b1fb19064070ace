"""The adding problem (Hochreiter & Schmidhuber 1997, doi:10.1162/neco.1997.9.8.1735, experiment 4).

Two of a hundred numbers are marked, and their sum is asked for at the end. A plain recurrent network answers
the mean, and its gradients fade with the number of steps. Those of long short-term memory and of gated units
fade too at first; in learning the gates open, and then gradients are as large for the first step as for the
last. In the form of Le et al. (2015, arXiv:1504.00941): numbers from 0 to 1, and the sum itself.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from neurosim.models import ModelRun

from neurosim.data import Sequences, adding_task
from neurosim.output import OutputFolder
from neurosim.rate import (
    GRU,
    LSTM,
    Adam,
    Affine,
    ElmanRNN,
    GradientFlow,
    History,
    Sequential,
    fit,
    gradient_flow,
)

LENGTH = 100
N_UNITS = 24

CHANCE = 1 / 6
"""Mean squared error of the answer 1, the mean."""

NEAR = 0.1
"""A sum this near counts as right."""

RATES = {"LSTM": 0.01, "GRU": 0.01, "Plain": 0.003}
"""Learning rates; the plain network learns nothing at the higher one either."""


def network(kind: str, seed: int = 0) -> Sequential:
    """Return 24 units of a kind in `RATES` and an output, in single precision."""
    layer = {"LSTM": LSTM, "GRU": GRU, "Plain": ElmanRNN}[kind]
    return Sequential(layer(N_UNITS), Affine(1), input_shape=(LENGTH, 2), dtype="float32", seed=seed)


def arrays_of(data: Sequences) -> tuple[np.ndarray, np.ndarray]:
    """Return inputs and targets in float32."""
    return data.inputs.astype(np.float32), data.targets.astype(np.float32)


def learn(
    net: Sequential, kind: str, *, n: int, epochs: int, seed: int = 0, progress: bool = False
) -> History:
    """Train on `n` sequences, and measure the error on 500 others after each epoch."""
    inputs, targets = arrays_of(adding_task(n, length=LENGTH, seed=2 * seed))
    return fit(
        net,
        "mean_squared_error",
        Adam(net.parameters(), RATES[kind]),
        inputs,
        targets,
        epochs=epochs,
        batch_size=50,
        rng=seed,
        validation=arrays_of(adding_task(500, length=LENGTH, seed=2 * seed + 1)),
        progress=progress,
    )


def flow_of(net: Sequential, data: Sequences) -> GradientFlow:
    """Return how much the loss depends on what the units remember after each step."""
    return gradient_flow(net, "mean_squared_error", *arrays_of(data))


def run(folder: OutputFolder, *, quick: bool = False, seed: int = 0, progress: bool = False) -> ModelRun:
    """Write ``learning.png`` and ``gradients.png``.

    Parameters
    ----------
    folder : OutputFolder
    quick : bool, default False
        2,000 sequences once instead of 10,000 six times.
    seed : int, default 0
        Of sequences, weights and their order.
    progress : bool, default False

    Returns
    -------
    ModelRun
        The figures, and the share of sums that the LSTM finds to within 0.1.
    """
    test = adding_task(500, length=LENGTH, seed=2 * seed + 1)
    nets = {kind: network(kind, seed) for kind in RATES}
    flows = {"Before learning": {kind: flow_of(net, test) for kind, net in nets.items()}}
    n, epochs = (2_000, 1) if quick else (10_000, 6)
    errors = {
        kind: learn(net, kind, n=n, epochs=epochs, seed=seed, progress=progress).validation_loss
        for kind, net in nets.items()
    }
    flows["After learning"] = {kind: flow_of(net, test) for kind, net in nets.items()}
    inputs, targets = arrays_of(test)
    near = np.abs(nets["LSTM"](inputs).value - targets) < NEAR
    return ModelRun(
        f"sums of the LSTM to within {NEAR}: {100 * near.mean():.1f} %",
        [
            folder.write_figure("learning.png", _draw_learning(errors)),
            folder.write_figure("gradients.png", _draw_flows(flows)),
        ],
    )


def _draw_learning(errors: dict[str, list[float]]) -> Any:
    from neurosim.plotting import new_figure
    from neurosim.plotting.style import CYCLE, GREY, add_legend, dress

    figure = new_figure()
    ax = figure.subplots()
    ax.axhline(CHANCE, color=GREY, linewidth=0.8, linestyle="--", label="Always the mean")
    for (kind, error), colour in zip(errors.items(), CYCLE, strict=False):
        ax.plot(np.arange(1, len(error) + 1), error, "o-", color=colour, label=kind)
    ax.set(yscale="log", xticks=np.arange(1, len(next(iter(errors.values()))) + 1))
    add_legend(ax, "lower left")
    dress(ax, "Epoch", "Mean squared error")
    return figure


def _draw_flows(flows: dict[str, dict[str, GradientFlow]]) -> Any:
    from neurosim.plotting import new_figure
    from neurosim.plotting.style import add_title

    figure = new_figure(9.6, 3.6)
    panels = figure.subplots(1, 2, sharey=True)
    for ax, (title, by_kind) in zip(panels, flows.items(), strict=True):
        for kind, flow in by_kind.items():
            flow.plot(ax, label=kind)
        add_title(ax, title)
    panels[1].set_ylabel("")
    panels[1].get_legend().remove()
    return figure
