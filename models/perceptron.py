"""Rosenblatt's rule at work: the line that moves, and how many corrections it takes.

A unit that corrects its weights after each mistake has separated two classes after at most (R/gamma)^2
corrections, if R is the distance of the farthest sample and gamma the largest margin (Rosenblatt 1958,
doi:10.1037/h0042519; Novikoff 1962; Block 1962, doi:10.1103/RevModPhys.34.123). Where no line separates them,
corrections never end and mistakes go up and down; the pocket keeps the best weights (Gallant 1990,
doi:10.1109/72.80230).
"""

from __future__ import annotations

import warnings
from typing import Any, NamedTuple

import numpy as np
from neurosim.models import ModelRun

from neurosim.output import OutputFolder
from neurosim.rate import Perceptron, largest_margin

LEARNING = {"cyclic": "Cyclic order", "random": "Random order"}

EPOCHS = 60
"""Passes over the classes that overlap."""


class Samples(NamedTuple):
    """Points of the plane of two classes.

    Attributes
    ----------
    X : ndarray, shape (n, 2)
    y : ndarray of bool, shape (n,)
    """

    X: np.ndarray
    y: np.ndarray


def draw_samples(n: int, gap: float, seed: int, *, flipped: float = 0.0) -> Samples:
    """Draw points on two sides of a line that is at a distance from the origin.

    Parameters
    ----------
    n : int
    gap : float
        No point is nearer to the line.
    seed : int
    flipped : float, default 0
        Share of the points whose class is exchanged.
    """
    rng = np.random.default_rng(seed)
    angle = rng.uniform(0.0, 2.0 * np.pi)
    normal = np.array([np.cos(angle), np.sin(angle)])
    points = rng.uniform(-1.0, 1.0, (n, 2))
    sides = np.where(points @ normal > 0.2, 1.0, -1.0)
    points += gap * sides[:, None] * normal
    return Samples(points, (sides > 0) ^ (rng.random(n) < flipped))


def lines(samples: Samples) -> np.ndarray:
    """Weights and bias after each correction, shape (n_corrections, 3), in cyclic order to the end."""
    unit, course = Perceptron(), []
    classes, at_rest, k = np.array([False, True]), 0, 0
    while at_rest < len(samples.y):
        before = int(unit.n_corrections_[0]) if k else 0
        i = k % len(samples.y)
        unit.partial_fit(samples.X[i : i + 1], samples.y[i : i + 1], classes)
        at_rest += 1
        if unit.n_corrections_[0] > before:
            course.append([*unit.connectivity_.weights[:, 0], *unit.bias_])
            at_rest = 0
        k += 1
    return np.array(course)


def corrections_and_bounds(n_problems: int, seed: int) -> dict[str, np.ndarray]:
    """Corrections beside the bound, for problems of many margins: for each order an array (n_problems, 2)."""
    gaps = np.geomspace(0.005, 0.5, n_problems)
    found: dict[str, list[tuple[float, float]]] = {order: [] for order in LEARNING}
    for k, gap in enumerate(gaps):
        X, y = draw_samples(60, float(gap), seed + k)
        bound = largest_margin(X, y).mistake_bound
        for order, pairs in found.items():
            unit = Perceptron(order, max_epochs=100_000, random_state=seed).fit(X, y)
            pairs.append((bound, float(unit.n_corrections_[0])))
    return {order: np.array(pairs) for order, pairs in found.items()}


def shares_wrong(samples: Samples, epochs: int) -> tuple[np.ndarray, np.ndarray]:
    """Share of the samples answered wrongly after each epoch, by the last weights and by the pocket's."""
    unit, last, pocket = Perceptron(), [], []
    for epoch in range(1, epochs + 1):
        unit.partial_fit(*samples)
        last.append(1.0 - unit.score(*samples))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that it does not converge is what is shown
            kept = Perceptron(max_epochs=epoch).fit(*samples)
        pocket.append(kept.n_mistakes_[0] / len(samples.y))
    return np.array(last), np.array(pocket)


def run(folder: OutputFolder, *, quick: bool = False, seed: int = 0, progress: bool = False) -> ModelRun:
    """Write ``line.png``, ``bound.png`` and ``pocket.png``.

    Parameters
    ----------
    folder : OutputFolder
    quick : bool, default False
        A quarter of the problems.
    seed : int, default 0
        Of the samples and of random orders.
    progress : bool, default False

    Returns
    -------
    ModelRun
        The figures, and the largest number of corrections as a share of its bound.
    """
    found = corrections_and_bounds(10 if quick else 40, seed)
    wrong = shares_wrong(draw_samples(200, 0.0, seed, flipped=0.1), EPOCHS)
    largest = 100 * max(float((pairs[:, 1] / pairs[:, 0]).max()) for pairs in found.values())
    return ModelRun(
        f"corrections, the most that was needed of their bound: {largest:.1f} %",
        [
            folder.write_figure("line.png", _draw_line(draw_samples(60, 0.06, seed))),
            folder.write_figure("bound.png", _draw_bound(found)),
            folder.write_figure("pocket.png", _draw_pocket(*wrong)),
        ],
    )


def _draw_line(samples: Samples) -> Any:
    from neurosim.plotting import new_figure
    from neurosim.plotting.style import BLUE, INK, VERMILLION, dress

    figure = new_figure(7.0, 4.6)
    ax = figure.subplots()
    course = lines(samples)
    reach = 1.1 * float(np.abs(samples.X).max())
    along = np.array([-4.0, 4.0]) * reach
    shown = np.unique(np.geomspace(1, len(course), 7).astype(int))
    for k in shown:
        w, b = course[k - 1, :2], course[k - 1, 2]
        length = np.linalg.norm(w)
        if length == 0.0:
            continue  # no line
        nearest, direction = -b * w / length**2, np.array([-w[1], w[0]]) / length
        last = k == len(course)
        ax.plot(
            *(nearest[:, None] + direction[:, None] * along),
            color=INK,
            alpha=1.0 if last else 0.15 + 0.5 * np.log(k) / np.log(len(course)),
            linewidth=2.2 if last else 1.0,
            label=f"After {k} correction{'s' if k > 1 else ''}",
        )
    for side, colour, label in ((False, VERMILLION, "Should be silent"), (True, BLUE, "Should fire")):
        ax.plot(*samples.X[samples.y == side].T, "o", color=colour, markersize=4, label=label)
    ax.set(xlim=(-reach, reach), ylim=(-reach, reach))
    ax.set_aspect("equal")
    dress(ax, "Input 1", "Input 2")
    figure.legend(loc="outside right upper", frameon=False, fontsize=9)
    return figure


def _draw_bound(found: dict[str, np.ndarray]) -> Any:
    from neurosim.plotting import new_figure
    from neurosim.plotting.style import CYCLE, GREY, add_legend, dress

    figure = new_figure()
    ax = figure.subplots()
    for (order, pairs), colour in zip(found.items(), CYCLE, strict=False):
        ax.plot(*pairs.T, "o", color=colour, markersize=4, label=LEARNING[order])
    bounds = np.concatenate([pairs[:, 0] for pairs in found.values()])
    ends = np.array([bounds.min(), bounds.max()])
    ax.plot(ends, ends, "--", color=GREY, label="As many as the bound")
    ax.set(xscale="log", yscale="log")
    add_legend(dress(ax, "Bound on the corrections, (R/γ)²", "Corrections"), "upper left")
    return figure


def _draw_pocket(last: np.ndarray, pocket: np.ndarray) -> Any:
    from neurosim.plotting import new_figure
    from neurosim.plotting.style import BLUE, VERMILLION, add_legend, dress

    figure = new_figure()
    ax = figure.subplots()
    epochs = np.arange(1, last.size + 1)
    ax.plot(epochs, 100 * last, color=VERMILLION, linewidth=1.2, label="Last weights")
    ax.plot(epochs, 100 * pocket, color=BLUE, linewidth=1.8, label="Weights in the pocket")
    ax.set(xlim=(0, last.size), ylim=(0, None))
    add_legend(dress(ax, "Epoch", "Samples answered wrongly (%)"), "lower right")
    return figure
