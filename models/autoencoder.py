"""Five patterns of eight bits through a code of three units.

An autoencoder (Hinton & Salakhutdinov 2006, doi:10.1126/science.1127647) at its smallest. Three bits tell
eight patterns apart, so five fit, and every bit comes back. The decoder has weights of its own, or uses those
of the encoder backwards (tied weights): then 35 numbers do what 59 did.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from neurosim.models import ModelRun

from neurosim.output import OutputFolder
from neurosim.rate import Autoencoder

PATTERNS = np.array(
    [
        [1, 0, 1, 0, 0, 1, 1, 0],
        [0, 1, 0, 1, 0, 1, 0, 1],
        [0, 1, 1, 0, 1, 0, 0, 1],
        [1, 0, 0, 0, 1, 0, 1, 1],
        [1, 0, 0, 1, 0, 1, 0, 1],
    ],
    dtype=np.float64,
)
"""The second and the last differ in two bits, any others in four or six."""

N_UNITS = 3
N_EPOCHS = 5000


def train(*, tied: bool, n_epochs: int = N_EPOCHS, seed: int = 0) -> Autoencoder:
    """Train by gradient descent on all patterns at once, on the cross-entropy of logistic outputs.

    Parameters
    ----------
    tied : bool
        Whether the decoder uses the encoder's weights.
    n_epochs : int, default 5000
        Steps of a rate of 0.1, with a momentum of 0.9.
    seed : int, default 0
        Of the first weights.
    """
    return Autoencoder(
        (N_UNITS,),
        "logistic",
        epochs=n_epochs,
        batch_size=len(PATTERNS),
        optimiser="sgd",
        learning_rate=0.1,
        loss="binary_cross_entropy",
        tied=tied,
        random_state=seed,
    ).fit(PATTERNS)


def with_a_bit_flipped() -> np.ndarray:
    """Return every pattern with every one of its bits flipped, shape (5, 8, 8)."""
    return np.abs(PATTERNS[:, None, :] - np.eye(PATTERNS.shape[1]))


def share_given_back(model: Autoencoder, inputs: np.ndarray, wanted: np.ndarray) -> float:
    """Return the share of inputs for which all eight outputs, rounded, are those wanted."""
    outputs = model.reconstruct(inputs.reshape(-1, PATTERNS.shape[1])).round()
    return float((outputs.reshape(inputs.shape) == wanted).all(axis=-1).mean())


def run(folder: OutputFolder, *, quick: bool = False, seed: int = 0, progress: bool = False) -> ModelRun:
    """Write ``codes.png``, ``weights.png`` and ``loss.png``.

    Parameters
    ----------
    folder : OutputFolder
    quick : bool, default False
        A tenth of the epochs.
    seed : int, default 0
        Of the first weights.
    progress : bool, default False
        Nothing takes long.

    Returns
    -------
    ModelRun
        The figures, and the share of patterns given back, whole and with a bit flipped.
    """
    n_epochs = N_EPOCHS // 10 if quick else N_EPOCHS
    models = {
        name: train(tied=tied, n_epochs=n_epochs, seed=seed)
        for name, tied in (("untied", False), ("tied", True))
    }
    flipped, wanted = with_a_bit_flipped(), PATTERNS[:, None, :]
    parts = []
    for title, inputs, targets in (
        ("patterns given back", PATTERNS, PATTERNS),
        ("with a bit flipped", flipped, wanted),
    ):
        shares = (
            f"{name} {100 * share_given_back(model, inputs, targets):.1f} %" for name, model in models.items()
        )
        parts.append(f"{title}: {', '.join(shares)}")
    return ModelRun(
        "; ".join(parts),
        [
            folder.write_figure("codes.png", _draw_codes(models)),
            folder.write_figure("weights.png", _draw_weights(models)),
            folder.write_figure("loss.png", _draw_loss(models)),
        ],
    )


def _draw_codes(models: dict[str, Autoencoder]) -> Any:
    from neurosim.plotting import new_figure, plot_image
    from neurosim.plotting.style import add_title

    figure = new_figure(7.4, 5.0)
    panels = figure.subplots(len(models), 3, width_ratios=(8, N_UNITS, 8))
    for row, (name, model) in zip(panels, models.items(), strict=True):
        titles = ("Input", "Code", f"Output, {name}")
        for ax, title, values in zip(
            row, titles, (PATTERNS, model.transform(PATTERNS), model.reconstruct(PATTERNS)), strict=True
        ):
            plot_image(values, ax)
            add_title(ax, title)
            for (i, k), value in np.ndenumerate(values):
                text = f"{value:.0f}" if title == "Input" else f"{value:.2f}".removeprefix("0")
                colour = "white" if value > 0.5 else "black"
                ax.text(k, i, text, ha="center", va="center", fontsize=7, color=colour)
    return figure


def _draw_weights(models: dict[str, Autoencoder]) -> Any:
    from neurosim.plotting import new_figure, plot_weights
    from neurosim.plotting.style import add_title

    weights = {
        name: (model.connectivities_[0].to_dense().T, model.connectivities_[1].to_dense())
        for name, model in models.items()
    }
    largest = max(float(np.abs(part).max()) for parts in weights.values() for part in parts)
    figure = new_figure(7.4, 3.4)
    panels = figure.subplots(len(models), 2)
    for row, (name, parts) in zip(panels, weights.items(), strict=True):
        for ax, title, part in zip(row, ("into the code", "out of the code"), parts, strict=True):
            plot_weights(part, ax, largest=largest)
            add_title(ax, f"Weights {title}, {name}")
            ax.set_ylabel("Code unit", fontsize=9)
    figure.colorbar(panels[0, 0].images[0], ax=panels, label="Weight", aspect=30)
    return figure


def _draw_loss(models: dict[str, Autoencoder]) -> Any:
    from neurosim.plotting import new_figure
    from neurosim.plotting.style import CYCLE, add_legend, dress

    ax = new_figure().add_subplot()
    for (name, model), colour in zip(models.items(), CYCLE, strict=False):
        loss = model.history_.loss
        ax.plot(np.arange(1, len(loss) + 1), loss, color=colour, linewidth=1.5, label=name)
    ax.set(xscale="log", yscale="log", xlim=(1, len(loss)), ylim=(0.01, 1.0))
    add_legend(ax)
    return dress(ax, "Epoch", "Cross-entropy of a bit (nats)").figure
