"""A memory that recalls, as a moving picture."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from neurosim.errors import ParameterError
from neurosim.plotting.checks import checked_array
from neurosim.plotting.image import plot_image
from neurosim.plotting.style import CYCLE, GREY, INK, PALE, count_along_x, dress, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_PROBES = 7
LABELS = {"overlaps": "Overlap", "energies": "Energy"}
FADE, MOST_FADED = 4, 40
"""Frames from one sweep to the next, for runs of up to so many sweeps; one for longer ones."""

FRAMES_A_SECOND, LAST_FRAMES = 10, 15
"""The last frame stands for so many, before the picture begins again."""


def animate_recall(
    states: npt.ArrayLike,
    shape: tuple[int, int],
    overlaps: npt.ArrayLike,
    energies: npt.ArrayLike | None = None,
) -> bytes:
    """Show states as images that change from sweep to sweep, over their overlaps and energies.

    Units that a sweep changes fade from one state to the other.

    Parameters
    ----------
    states : array_like, shape (n_sweeps + 1, batch, n)
        In two values, the higher one drawn as ink; the first seven of a batch are shown.
    shape : tuple of two int
        Rows and columns of an image; their product is n.
    overlaps : array_like, shape (n_sweeps + 1, batch)
        Of each state with the pattern of interest.
    energies : array_like, shape (n_sweeps + 1, batch), optional

    Returns
    -------
    bytes
        A GIF.

    Raises
    ------
    ParameterError
        If shapes do not fit each other.
    """
    from matplotlib.animation import PillowWriter

    course = checked_array("animate_recall(states)", states, 3).astype(float)[:, :MOST_PROBES]
    whole = isinstance(shape, tuple) and all(isinstance(k, int | np.integer) and k > 0 for k in shape)
    if 0 in course.shape or not whole or len(shape) != 2 or shape[0] * shape[1] != course.shape[2]:
        limit = f"must be rows and columns of the {course.shape[2]} units of a state"
        raise ParameterError("animate_recall(shape)", shape, limit)
    given = {"overlaps": overlaps} if energies is None else {"overlaps": overlaps, "energies": energies}
    lines = {}
    for name, values in given.items():
        line = checked_array(f"animate_recall({name})", values, 2)[:, :MOST_PROBES]
        if line.shape != course.shape[:2]:
            limit = f"the shape must be {course.shape[:2]}, as of the states"
            raise ParameterError(f"animate_recall({name})", line.shape, limit)
        lines[name] = line.astype(float)
    low, high = course.min(), course.max()
    images = (course - low) / max(high - low, 1.0)
    figure, pictures, curves = _stage(images.reshape(*course.shape[:2], *shape), lines)
    fade = FADE if len(course) <= MOST_FADED else 1
    moments = np.arange((len(course) - 1) * fade + 1) / fade
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "recall.gif"
        writer = PillowWriter(fps=FRAMES_A_SECOND)
        with writer.saving(figure, str(path), dpi=100):
            for moment in np.append(moments, np.full(LAST_FRAMES, moments[-1])):
                _show(moment, images, lines, pictures, curves)
                writer.grab_frame()
        return path.read_bytes()


def _stage(images: np.ndarray, lines: dict[str, np.ndarray]) -> tuple[Figure, list[Any], dict[str, Any]]:
    """A figure with an image for each probe, over a panel for each kind of line, empty as yet."""
    n_sweeps, n_probes = len(images) - 1, images.shape[1]
    figure = new_figure(max(5.0, 1.15 * n_probes + 0.6), 2.1 + 1.4 * len(lines))
    grid = figure.add_gridspec(1 + len(lines), n_probes, height_ratios=[1.15] + [1] * len(lines))
    pictures = []
    for k in range(n_probes):
        ax = plot_image(images[0, k], figure.add_subplot(grid[0, k]))
        ax.spines[:].set(color=CYCLE[k], linewidth=2.0)
        ax.images[0].set_clim(0, 1)
        pictures.append(ax.images[0])
    curves: dict[str, Any] = {}
    for row, (name, values) in enumerate(lines.items(), 1):
        ax = figure.add_subplot(grid[row, :])
        curves[name] = _empty_curves(ax, name, values, n_sweeps)
        dress(ax, "Sweeps" if row == len(lines) else "", LABELS[name])
    curves["title"] = figure.suptitle("", fontsize=10, color=INK, x=0.02, ha="left")
    figure.draw_without_rendering()
    figure.set_layout_engine("none")  # axes stay where they are while lines grow
    return figure, pictures, curves


def _empty_curves(ax: Axes, name: str, values: np.ndarray, n_sweeps: int) -> list[Any]:
    ax.set_axisbelow(True)
    ax.grid(axis="y", color=PALE, linewidth=0.8)
    ax.set_xlim(0, max(n_sweeps, 1))
    count_along_x(ax)
    if name == "overlaps":
        ax.axhline(1.0, color=GREY, linewidth=0.8, linestyle=(0, (4, 3)))
        ax.set_ylim(min(0.0, float(values.min())), 1.05)
    else:
        margin = 0.06 * max(float(np.ptp(values)), 1e-9)
        ax.set_ylim(float(values.min()) - margin, float(values.max()) + margin)
    return [
        ax.plot([], [], color=CYCLE[k], linewidth=1.8, solid_capstyle="round")[0]
        for k in range(values.shape[1])
    ]


def _show(
    moment: float,
    images: np.ndarray,
    lines: dict[str, np.ndarray],
    pictures: list[Any],
    curves: dict[str, Any],
) -> None:
    """Draw a moment, in sweeps."""
    before = min(int(moment), len(images) - 1)
    after, share = min(before + 1, len(images) - 1), moment - before
    for k, picture in enumerate(pictures):
        mixed = (1 - share) * images[before, k] + share * images[after, k]
        picture.set_data(mixed.reshape(picture.get_array().shape))
    x = np.append(np.arange(before + 1), moment)
    for name, values in lines.items():
        now = (1 - share) * values[before] + share * values[after]
        for k, curve in enumerate(curves[name]):
            curve.set_data(x, np.append(values[: before + 1, k], now[k]))
    curves["title"].set_text(f"Sweep {round(moment)}" if moment else "Probe")
