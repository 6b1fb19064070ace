"""Paths of the optimisers on a valley and on a saddle.

The valley is Rosenbrock's (1960, doi:10.1093/comjnl/3.3.175): its floor is bent and 2,500 times flatter than
its walls, so that gradients point across it. Near a saddle the gradient vanishes (Dauphin et al. 2014,
arXiv:1406.2572): plain descent leaves the ridge it comes along after some log(1/distance) steps, and rules
that divide by the size of the gradient after a number of steps that does not depend on the distance.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from neurosim.models import ModelRun

from neurosim.output import OutputFolder
from neurosim.rate import (
    SGD,
    AdaDelta,
    AdaGrad,
    Adam,
    AdaMax,
    NAdam,
    Optimiser,
    RMSProp,
    Variable,
)

OPTIMISERS: dict[str, Callable[[Variable, float], Optimiser]] = {
    "SGD": lambda point, rate: SGD([point], rate),
    "momentum": lambda point, rate: SGD([point], rate, momentum=0.9),
    "Nesterov": lambda point, rate: SGD([point], rate, momentum=0.9, nesterov=True),
    "AdaGrad": lambda point, rate: AdaGrad([point], rate),
    "RMSProp": lambda point, rate: RMSProp([point], rate, rho=0.9),
    "AdaDelta": lambda point, rate: AdaDelta([point], rate),
    "Adam": lambda point, rate: Adam([point], rate),
    "AdaMax": lambda point, rate: AdaMax([point], rate),
    "NAdam": lambda point, rate: NAdam([point], rate),
}
"""Makes an optimiser of a point at a learning rate. Without weight decay AdamW is Adam."""

ESCAPED = 0.5
"""Distance from the ridge of the saddle, half of that of the minima, at which it counts as left."""

LOWEST_SHOWN = 1e-8
"""Height over the minimum at which the courses leave the figure."""


class Surface(NamedTuple):
    """A function of the plane, where to start on it, and the learning rates that suit it.

    Attributes
    ----------
    height : callable
        Takes x and y, variables or arrays.
    start : tuple of two float
    minima : tuple of pairs of float
    frame : tuple of four float
        Least and largest x and y of the figure.
    rates : dict of str to float
    n_steps : int
    """

    height: Callable[..., Variable]
    start: tuple[float, float]
    minima: tuple[tuple[float, float], ...]
    frame: tuple[float, float, float, float]
    rates: dict[str, float]
    n_steps: int


VALLEY = Surface(
    lambda x, y: (1.0 - x) ** 2 + 100.0 * (y - x**2) ** 2,
    start=(-1.2, 1.0),
    minima=((1.0, 1.0),),
    frame=(-1.7, 1.6, -0.7, 1.7),
    rates={
        "SGD": 0.0015,
        "momentum": 0.0005,
        "Nesterov": 0.0005,
        "AdaGrad": 0.5,
        "RMSProp": 0.01,
        "AdaDelta": 1.0,
        "Adam": 0.1,
        "AdaMax": 0.2,
        "NAdam": 0.05,
    },
    n_steps=600,
)
"""(1 - x)^2 + 100 (y - x^2)^2."""

SADDLE = Surface(
    lambda x, y: 0.5 * x**2 - 0.5 * y**2 + 0.25 * y**4,
    start=(-1.5, 1e-4),
    minima=((0.0, 1.0), (0.0, -1.0)),
    frame=(-1.7, 1.0, -1.4, 1.4),
    rates=dict.fromkeys(OPTIMISERS, 0.05) | {"AdaGrad": 0.1, "AdaDelta": 1.0},
    n_steps=200,
)
"""x^2/2 - y^2/2 + y^4/4: a saddle at 0, and a minimum of -1/4 at y = 1 and at y = -1."""


def descend(
    surface: Surface, name: str, *, start: tuple[float, float] | None = None, n_steps: int | None = None
) -> np.ndarray:
    """Path of an optimiser.

    Parameters
    ----------
    surface : Surface
    name : str
        From `OPTIMISERS`.
    start : tuple of two float, optional
        That of the surface if left out.
    n_steps : int, optional
        That of the surface if left out.

    Returns
    -------
    ndarray, shape (n_steps + 1, 2)
    """
    point = Variable(np.array(surface.start if start is None else start))
    optimiser = OPTIMISERS[name](point, surface.rates[name])
    path = [point.value.copy()]
    for _ in range(surface.n_steps if n_steps is None else n_steps):
        optimiser.zero_grad()
        surface.height(point[0], point[1]).backward()
        optimiser.step()
        path.append(point.value.copy())
    return np.array(path)


def steps_to_escape(path: np.ndarray) -> float:
    """Steps after which a path on the saddle has left the ridge; infinity if it never does."""
    away = np.abs(path[:, 1]) > ESCAPED
    return float(np.argmax(away)) if away.any() else math.inf


def run(folder: OutputFolder, *, quick: bool = False, seed: int = 0, progress: bool = False) -> ModelRun:
    """Write ``valley.png`` and ``saddle.png``.

    Parameters
    ----------
    folder : OutputFolder
    quick : bool, default False
        A fifth of the steps.
    seed : int, default 0
        Nothing here is random.
    progress : bool, default False

    Returns
    -------
    ModelRun
        The figures, and how much of its height over the minimum each optimiser has left in the valley.
    """
    written, left = [], {}
    for name, surface in (("valley", VALLEY), ("saddle", SADDLE)):
        n_steps = surface.n_steps // 5 if quick else surface.n_steps
        paths = {rule: descend(surface, rule, n_steps=n_steps) for rule in OPTIMISERS}
        written.append(folder.write_figure(f"{name}.png", _draw(surface, paths)))
        if name == "valley":
            shares = {
                rule: surface.height(*path[-1]) / surface.height(*path[0]) for rule, path in paths.items()
            }
            left = dict(sorted(shares.items(), key=lambda item: item[1]))
    listed = ", ".join(f"{rule} {100 * share:.1f} %" for rule, share in left.items())
    return ModelRun(f"height left in the valley: {listed}", written)


def _draw(surface: Surface, paths: dict[str, np.ndarray]) -> Any:
    from neurosim.plotting import new_figure, plot_descent
    from neurosim.plotting.descent import line_style
    from neurosim.plotting.style import CYCLE, add_legend, dress

    figure = new_figure(9.6, 4.4)
    plane, course = figure.subplots(1, 2)
    plot_descent(surface.height, paths, surface.frame, plane, minima=surface.minima)
    least = surface.height(*surface.minima[0])
    for k, (name, path) in enumerate(paths.items()):
        left = np.maximum(surface.height(*path.T) - least, LOWEST_SHOWN)
        course.plot(left, color=CYCLE[k % len(CYCLE)], linestyle=line_style(k), linewidth=1.3, label=name)
    course.set(yscale="log", xlim=(0, len(left) - 1))
    add_legend(course, "above")
    dress(course, "Step", "Height over the minimum")
    return figure
