"""How gradients fade or grow on their way through a deep network, by activation and initialisation.

Where weights of n inputs have the variance s^2/n, a gradient's square grows in a wide layer by
s^2 E[f'(z)^2] in each layer on the way back, and the drive z is normal with a variance that goes from q to
s^2 E[f(z)^2] on the way forward (Schoenholz et al. 2017, arXiv:1611.01232). Glorot & Bengio (2010) chose
s = 1, with which units of slope 1 at 0, such as tanh, lose little. Rectifiers lose half of the square, so
He et al. (2015, arXiv:1502.01852) chose s^2 = 2 for them. Logistic units lose fifteen sixteenths or more of
it at s = 1.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from neurosim.models import ModelRun

from neurosim.connectivity import Dense
from neurosim.output import OutputFolder
from neurosim.rate import Activation, Affine, Variable, find_activation, initialise

ACTIVATIONS = ("logistic", "tanh", "elu", "relu")
NAMES = ("Logistic", "Tanh", "ELU", "ReLU")


class Start(NamedTuple):
    """An initialisation of square weight matrices.

    Attributes
    ----------
    name : str
    how : str
        What `initialise` calls it.
    gain : float
    variance : float
        s^2: variance of a weight times the number of inputs.
    """

    name: str
    how: str
    gain: float
    variance: float


STARTS = (
    Start("A tenth of Glorot", "glorot_normal", 0.1, 0.01),
    Start("Glorot", "glorot_normal", 1.0, 1.0),
    Start("He", "he_normal", 1.0, 2.0),
    Start("Twice Glorot", "glorot_normal", 2.0, 4.0),
)


def gradient_norms(
    activation: str, start: Start, *, n_layers: int = 30, width: int = 200, batch: int = 50, seed: int = 0
) -> np.ndarray:
    """Root mean square over a batch of the gradient's norm at the drive of each layer.

    Parameters
    ----------
    activation : str
        A name that `find_activation` knows.
    start : Start
        Of all weights; biases are 0.
    n_layers, width, batch : int, default 30, 200 and 50
        Inputs are standard normal numbers, and the gradient that comes in at the last drive, too.
    seed : int, default 0

    Returns
    -------
    ndarray, shape (n_layers,)
        Relative to that at the last layer.
    """
    rng = np.random.default_rng(seed)
    unit = find_activation(activation)
    signal = Variable(rng.standard_normal((batch, width)), requires_grad=False)
    drives = []
    for _ in range(n_layers):
        weights = initialise(Dense(np.zeros((width, width))), start.how, rng, gain=start.gain)
        drives.append(Affine(weights)(signal))
        signal = unit(drives[-1])
    drives[-1].backward(rng.standard_normal((batch, width)))
    norms = np.array([np.linalg.norm(drive.grad) for drive in drives])
    return norms / norms[-1]


def predicted_norms(activation: str, start: Start, *, n_layers: int = 30) -> np.ndarray:
    """What `gradient_norms` tends to in wide layers, by the theory of mean fields."""
    unit = find_activation(activation)
    variance, factors = start.variance, []
    for _ in range(n_layers - 1):
        factors.append(start.variance * _normal_mean(unit, variance, derivative=True))
        variance = start.variance * _normal_mean(unit, variance, derivative=False)
    return np.append(np.sqrt(np.cumprod(factors[::-1])[::-1]), 1.0)


def _normal_mean(unit: Activation, variance: float, *, derivative: bool) -> float:
    """Mean square of an activation, or of its derivative, at normal drives."""
    nodes = np.linspace(-9.0, 9.0, 2000)  # even in number: none falls on the corner at 0
    density = np.exp(-0.5 * nodes**2)
    drive = np.sqrt(variance) * nodes
    square = np.square(unit.derivative(drive) if derivative else unit.value(drive))
    return float((density * square).sum() / density.sum())


def run(folder: OutputFolder, *, quick: bool = False, seed: int = 0, progress: bool = False) -> ModelRun:
    """Write ``gradients.png`` and ``first_layer.png``.

    Parameters
    ----------
    folder : OutputFolder
    quick : bool, default False
        Layers half as wide.
    seed : int, default 0
    progress : bool, default False

    Returns
    -------
    ModelRun
        The figures, and the share of the gradient's norm that a layer passes on, in the geometric mean.
    """
    width = 100 if quick else 200
    norms = {
        (activation, start.name): gradient_norms(activation, start, width=width, seed=seed)
        for activation in ACTIVATIONS
        for start in STARTS
    }
    kept = {key: 100 * course[0] ** (1 / (course.size - 1)) for key, course in norms.items()}
    shares = (
        f"{name} ({start}) {kept[activation, start]:.1f} %"
        for activation, name, start in (
            ("logistic", "logistic", "Glorot"),
            ("tanh", "tanh", "Glorot"),
            ("relu", "ReLU", "Glorot"),
            ("relu", "ReLU", "He"),
        )
    )
    return ModelRun(
        f"of a gradient a layer passes on: {', '.join(shares)}",
        [
            folder.write_figure("gradients.png", _draw_layers(norms)),
            folder.write_figure("first_layer.png", _draw_first(norms)),
        ],
    )


def _draw_layers(norms: dict[tuple[str, str], np.ndarray]) -> Any:
    from neurosim.plotting import new_figure
    from neurosim.plotting.style import CYCLE, add_legend, add_title, dress

    figure = new_figure(9.6, 6.0)
    panels = figure.subplots(2, 2, sharex=True, sharey=True)
    for start, ax in zip(STARTS, panels.flat, strict=True):
        for activation, name, colour in zip(ACTIVATIONS, NAMES, CYCLE, strict=False):
            found = norms[activation, start.name]
            layers = np.arange(1, found.size + 1)
            ax.plot(layers, found, "o", color=colour, markersize=3, label=name)
            ax.plot(layers, predicted_norms(activation, start), color=colour, linewidth=1, alpha=0.7)
        ax.set_yscale("log")
        ax.set_ylim(1e-20, 1e8)
        add_title(ax, start.name)
        dress(ax, "Layer" if ax in panels[1] else "", "Norm of the gradient" if ax in panels[:, 0] else "")
    add_legend(panels[0, 0], "upper left")
    legend = panels[0, 0].get_legend()
    legend.set_title("Measured; lines: theory", {"size": 9})
    legend.set_alignment("left")
    return figure


def _draw_first(norms: dict[tuple[str, str], np.ndarray]) -> Any:
    from neurosim.plotting import new_figure
    from neurosim.plotting.style import dress

    exponents = np.log10([[norms[a, start.name][0] for start in STARTS] for a in ACTIVATIONS])
    figure = new_figure(6.4, 3.4)
    ax = figure.subplots()
    shown = ax.imshow(exponents, cmap="RdBu_r", vmin=-20, vmax=20, aspect="auto")
    for (row, column), exponent in np.ndenumerate(exponents):
        colour = "white" if abs(exponent) > 12 else "black"
        ax.text(column, row, f"{exponent:.1f}", ha="center", va="center", fontsize=9, color=colour)
    ax.set_xticks(range(len(STARTS)), [start.name for start in STARTS])
    ax.set_yticks(range(len(NAMES)), NAMES)
    figure.colorbar(shown, ax=ax, label="Gradient at layer 1 (power of 10)")
    dress(ax, "Initial weights")
    return figure
