"""Six noisy samples, a network large enough to learn the noise, and what helps against it.

The blood sugar after a dose of a drug, simulated: a Hill curve (Hill 1910, J Physiol 40:iv) with noise. Two
layers of 250 rectified units pass through all six samples, noise and all, and so predict others worse than
the curve would. Weight decay, an L1 penalty, noise on the doses (Bishop 1995, doi:10.1162/neco.1995.7.1.108),
early stopping and more samples bring the network nearer to the curve; dropout (Srivastava et al. 2014, JMLR
15:1929) does little where there are six samples.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from neurosim.models import ModelRun

from neurosim.output import OutputFolder
from neurosim.rate import Adam, Affine, Dropout, EarlyStopping, History, Layer, ReLU, Sequential, fit

NOISE = 0.2
"""Standard deviation of a measured blood sugar; the variance is the least error a prediction can have."""

N_HIDDEN = 250
N_STEPS = 2000
BATCH = 50
N_VALIDATION, N_TEST = 60, 300


class Remedy(NamedTuple):
    """What is done against overfitting; nothing by default.

    Attributes
    ----------
    weight_decay, l1 : float
        See `Optimiser`.
    jitter : float
        Standard deviation of the noise added to the doses anew in each epoch.
    dropout : float
        Share of the hidden units.
    patience : int
        Epochs without progress on the validation samples after which to stop; 0 to go on.
    n_samples : int
        To learn from.
    """

    weight_decay: float = 0.0
    l1: float = 0.0
    jitter: float = 0.0
    dropout: float = 0.0
    patience: int = 0
    n_samples: int = 6


REMEDIES = {
    "nothing": Remedy(),
    "weight decay": Remedy(weight_decay=0.02),
    "L1 penalty": Remedy(l1=0.002),
    "noise on doses": Remedy(jitter=0.1),
    "dropout": Remedy(dropout=0.2),
    "early stopping": Remedy(patience=200),
    "300 samples": Remedy(n_samples=300),
}


class Fitted(NamedTuple):
    """A network, what it learnt from, and its mean squared errors.

    Attributes
    ----------
    network : Sequential
    doses, sugar : ndarray of shape (n_samples, 1)
    history : History
        With the loss on 60 samples kept out of training.
    training_error, test_error : float
        Mean squared error on the samples themselves and on 300 others.
    """

    network: Sequential
    doses: np.ndarray
    sugar: np.ndarray
    history: History
    training_error: float
    test_error: float


def blood_sugar(dose: np.ndarray) -> np.ndarray:
    """Return 1/(1 + (dose/0.5)^4), in units of the level without the drug."""
    return np.asarray(1.0 / (1.0 + (dose / 0.5) ** 4))


def measure(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return `n` doses spread over 0 to 1 and the blood sugar measured after each, shape (n, 1)."""
    doses = (np.arange(n) + 0.5)[:, None] / n
    sugar = blood_sugar(doses) + NOISE * rng.standard_normal(doses.shape)
    return doses.astype(np.float32), sugar.astype(np.float32)


def learn(remedy: Remedy, *, n_steps: int = N_STEPS, seed: int = 0) -> Fitted:
    """Train the network with one of the remedies, by Adam on 50 samples at a time.

    Parameters
    ----------
    remedy : Remedy
    n_steps : int, default 2000
        With six samples, as many epochs.
    seed : int, default 0
        Of the noise of all samples and of the network.
    """
    kept_out, others, mine = (np.random.default_rng([seed, part]) for part in range(3))
    validation, test = measure(N_VALIDATION, kept_out), measure(N_TEST, others)
    doses, sugar = measure(remedy.n_samples, mine)
    network = _build(remedy.dropout, seed)
    optimiser = Adam(network.parameters(), 0.001, weight_decay=remedy.weight_decay, l1=remedy.l1)
    history = fit(
        network,
        "mean_squared_error",
        optimiser,
        doses,
        sugar,
        epochs=n_steps // -(-remedy.n_samples // BATCH),
        batch_size=BATCH,
        rng=seed,
        validation=validation,
        augment=lambda x, rng: x + remedy.jitter * rng.standard_normal(x.shape),
        early_stopping=EarlyStopping(remedy.patience) if remedy.patience else None,
        progress=False,
    )
    errors = (float(np.square(network(x).value - y).mean()) for x, y in ((doses, sugar), test))
    return Fitted(network, doses, sugar, history, *errors)


def _build(dropout: float, seed: int) -> Sequential:
    rng = np.random.default_rng(seed)
    layers: list[Layer] = []
    for fan_in in (1, N_HIDDEN):
        # Biases that start at 0 would put every bend of the curve at dose 0.
        bias = rng.uniform(-1.0, 1.0, N_HIDDEN) / np.sqrt(fan_in)
        layers += [Affine(N_HIDDEN, bias, initialise="he_normal"), ReLU(), Dropout(dropout)]
    return Sequential(*layers, Affine(1), input_shape=1, dtype="float32", seed=seed)


def run(folder: OutputFolder, *, quick: bool = False, seed: int = 0, progress: bool = False) -> ModelRun:
    """Write ``fits.png`` and ``errors.png``.

    Parameters
    ----------
    folder : OutputFolder
    quick : bool, default False
        A tenth of the steps.
    seed : int, default 0
        Of the samples and the networks.
    progress : bool, default False
        Nothing takes long.

    Returns
    -------
    ModelRun
        The figures, and the test error with each remedy in per cent of that without.
    """
    n_steps = N_STEPS // 10 if quick else N_STEPS
    fitted = {name: learn(remedy, n_steps=n_steps, seed=seed) for name, remedy in REMEDIES.items()}
    plain = fitted["nothing"]
    shares = (
        f"{name} {100 * found.test_error / plain.test_error:.1f} %"
        for name, found in fitted.items()
        if found is not plain
    )
    return ModelRun(
        f"error on the training samples {plain.training_error:.1g}, on others {plain.test_error:.1g}; "
        f"of that, with {', '.join(shares)}",
        [
            folder.write_figure("fits.png", _draw_fits(fitted)),
            folder.write_figure("errors.png", _draw_errors(fitted)),
        ],
    )


def _draw_fits(fitted: dict[str, Fitted]) -> Any:
    from neurosim.plotting import new_figure
    from neurosim.plotting.style import BLUE, GREY, INK, add_title, dress

    figure = new_figure(9.6, 4.8)
    panels = figure.subplots(2, 4, sharex=True, sharey=True)
    dose = np.linspace(0.0, 1.0, 201, dtype=np.float32)[:, None]
    for ax, (name, found) in zip(panels.flat, fitted.items(), strict=False):
        few = len(found.doses) < 20
        ax.plot(dose, blood_sugar(dose), color=GREY, linewidth=1.2, linestyle=(0, (4, 3)), label="truth")
        ax.plot(dose, found.network(dose).value, color=BLUE, linewidth=1.8, label="network")
        size = 5 if few else 1.5
        ax.plot(found.doses, found.sugar, "o", color=INK, markersize=size, zorder=1, label="samples")
        add_title(ax, f"{name}: {found.test_error:.4f}")
        dress(ax, "Dose" if ax in panels[1] else "", "Blood sugar" if ax in panels[:, 0] else "")
    panels[1, 3].set_axis_off()
    lines, labels = panels[0, 0].get_legend_handles_labels()
    panels[1, 3].legend(lines, labels, frameon=False, loc="center", title="mean squared error\nin the titles")
    return figure


def _draw_errors(fitted: dict[str, Fitted]) -> Any:
    from neurosim.plotting import new_figure
    from neurosim.plotting.style import BLUE, GREY, VERMILLION, add_legend, add_title, dress

    figure = new_figure(9.6, 3.8)
    course, bars = figure.subplots(1, 2)
    history = fitted["nothing"].history
    epochs = np.arange(1, history.n_epochs + 1)
    course.plot(epochs, history.loss, color=BLUE, linewidth=1.5, label="training samples")
    course.plot(epochs, history.validation_loss, color=VERMILLION, linewidth=1.5, label="others")
    course.axhline(NOISE**2, color=GREY, linewidth=1.0, linestyle=(0, (4, 3)))
    course.set(yscale="log", xlim=(1, history.n_epochs), ylim=(1e-12, 2.0))
    add_legend(course)
    add_title(course, "With nothing done")
    dress(course, "Epoch", "Mean squared error")
    names = list(fitted)[::-1]
    bars.barh(names, [fitted[name].test_error for name in names], color=VERMILLION, height=0.6)
    bars.axvline(NOISE**2, color=GREY, linewidth=1.0, linestyle=(0, (4, 3)))
    add_title(bars, "Dashed: variance of the noise")
    dress(bars, "Mean squared error on 300 other samples")
    return figure
