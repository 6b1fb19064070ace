"""Plans and actions (Jordan 1986, ICS Report 8604; reprinted 1997, doi:10.1016/S0166-4115(97)80111-2).

Plan units that never change drive a network whose output is fed back through context units; which sequence
of actions it produces depends on the plan alone. In each of three sequences here an action is followed now by
one and now by another, so that plan and last action would not do: the context keeps a trace of the others.
A sequence learnt as a cycle, the corners of a square, draws the network in from wherever it starts.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from neurosim.models import ModelRun

from neurosim.output import OutputFolder
from neurosim.rate import Adam, Affine, JordanRNN, Logistic, Repeat, Sequential, Tanh, fit, no_grad

ACTIONS = "ABCD"
SEQUENCES = ("AABACD", "DCBAAB", "BDBDCA")
"""What each plan should produce."""

LOW, HIGH = 0.1, 0.9
"""Activity wanted of an action that is not due, and of the one that is: within reach of a logistic unit."""

DECAY = 0.5
"""What is left of the context after a step."""

CORNERS = np.array([[0.2, 0.2], [0.2, 0.8], [0.8, 0.8], [0.8, 0.2]])
N_CORNERS = 12
"""Three times round the square."""


def acting_units(n_actions: int) -> JordanRNN:
    """Return 16 hidden units and an output unit for each action, which is fed back."""
    body = Sequential(Affine(16), Tanh(), Affine(n_actions), Logistic())
    return JordanRNN(body, n_actions, decay=DECAY, returns="all")


def learn(units: JordanRNN, plans: np.ndarray, wanted: np.ndarray, *, epochs: int, seed: int = 0) -> None:
    """Learn what to do for each plan, shape (plans, steps, actions), through time and from a context of 0."""
    net = Sequential(Repeat(wanted.shape[1]), units, input_shape=plans.shape[1], seed=seed)
    optimiser = Adam(net.parameters(), 0.03)
    fit(net, "mean_squared_error", optimiser, plans, wanted, epochs=epochs, rng=seed, progress=False)


def sequences_wanted() -> np.ndarray:
    """Return the activity of each action, shape (plans, steps, actions)."""
    due = [[[one == other for other in ACTIONS] for one in sequence] for sequence in SEQUENCES]
    return np.where(due, HIGH, LOW)


def square_wanted() -> np.ndarray:
    """Return the way round the square, shape (1, steps, 2)."""
    return CORNERS[np.newaxis, np.arange(N_CORNERS) % len(CORNERS)]


def produced(
    units: JordanRNN, plans: np.ndarray, n_steps: int, start: np.ndarray | None = None
) -> np.ndarray:
    """Return what the units do for each plan, shape (plans, n_steps, actions).

    Parameters
    ----------
    units : JordanRNN
    plans : ndarray of shape (n, n_plan_units)
    n_steps : int
    start : ndarray of shape (n, n_actions), optional
        Contexts; 0 by default.
    """
    with no_grad():
        return np.asarray(units(np.repeat(plans[:, np.newaxis], n_steps, axis=1), start).value)


def distance_from_corners(tracks: np.ndarray) -> np.ndarray:
    """Return how far the nearest corner is, shape (n, steps), from outputs of shape (n, steps, 2)."""
    return np.asarray(np.linalg.norm(tracks[:, :, np.newaxis] - CORNERS, axis=-1).min(axis=-1))


def run(folder: OutputFolder, *, quick: bool = False, seed: int = 0, progress: bool = False) -> ModelRun:
    """Write ``actions.png`` and ``square.png``.

    Parameters
    ----------
    folder : OutputFolder
    quick : bool, default False
        150 steps of learning instead of 600.
    seed : int, default 0
        Of weights and starting points.
    progress : bool, default False
        Nothing here takes long.

    Returns
    -------
    ModelRun
        The figures, and the share of actions that are those of the plan.
    """
    epochs = 150 if quick else 600
    plans, wanted = np.eye(len(SEQUENCES)), sequences_wanted()
    units = acting_units(len(ACTIONS))
    learn(units, plans, wanted, epochs=epochs, seed=seed)
    actions = produced(units, plans, wanted.shape[1])
    right = actions.argmax(axis=-1) == wanted.argmax(axis=-1)
    round_units = acting_units(2)
    learn(round_units, np.ones((1, 1)), square_wanted(), epochs=epochs, seed=seed)
    starts = np.random.default_rng(seed).uniform(0.0, 1.6, (60, 2))
    tracks = produced(round_units, np.ones((60, 1)), 40, starts)
    return ModelRun(
        f"actions as planned: {100 * right.mean():.1f} %",
        [
            folder.write_figure("actions.png", _draw_actions(actions)),
            folder.write_figure("square.png", _draw_square(tracks)),
        ],
    )


def _draw_actions(actions: np.ndarray) -> Any:
    from neurosim.plotting import new_figure
    from neurosim.plotting.style import CYCLE, add_legend, add_title, dress

    figure = new_figure(9.6, 3.2)
    panels = figure.subplots(1, len(actions), sharey=True)
    steps = np.arange(1, actions.shape[1] + 1)
    for ax, sequence, activity in zip(panels, SEQUENCES, actions, strict=True):
        for name, course, colour in zip(ACTIONS, activity.T, CYCLE, strict=False):
            ax.plot(steps, course, "o-", color=colour, markersize=4, label=name)
        ax.set(ylim=(-0.03, 1.0), xticks=steps)
        add_title(ax, f"Plan for {sequence}")
        dress(ax, "Step", "Activity" if ax is panels[0] else "")
    add_legend(panels[0], "best")
    return figure


def _draw_square(tracks: np.ndarray) -> Any:
    from neurosim.plotting import new_figure
    from neurosim.plotting.style import BLUE, CYCLE, INK, add_legend, add_title, dress

    figure = new_figure(9.6, 4.0)
    plane, ax = figure.subplots(1, 2, width_ratios=(1, 1.3))
    plane.plot(*np.vstack([CORNERS, CORNERS[:1]]).T, "s:", color=INK, linewidth=0.8, markersize=5, zorder=1)
    for track, colour in zip(tracks[:3], CYCLE, strict=False):
        plane.plot(*track[:16].T, color=colour, linewidth=0.8, alpha=0.8)
        plane.plot(*track[0], "o", color=colour, markersize=6)
    plane.set(aspect="equal", xlim=(0, 1), ylim=(0, 1))
    add_title(plane, "From three contexts, first outputs as dots")
    dress(plane, "First output", "Second output")
    steps, far = np.arange(1, tracks.shape[1] + 1), distance_from_corners(tracks)
    ax.fill_between(steps, far.min(axis=0), far.max(axis=0), color=BLUE, alpha=0.15, label="All starts")
    ax.plot(steps, far.mean(axis=0), color=BLUE, label="Mean")
    ax.set_ylim(bottom=0.0)
    add_legend(ax, "upper right")
    dress(ax, "Step", "Distance from the nearest corner")
    return figure
