"""Firing rate against input."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy.typing as npt

from neurosim.errors import ParameterError
from neurosim.plotting.checks import check_length, checked_array
from neurosim.plotting.style import BLUE, GREY, INK, PALE, add_legend, dress, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_tuning_curve(
    drive: npt.ArrayLike,
    measured: npt.ArrayLike,
    closed_form: npt.ArrayLike | None = None,
    drive_label: str = "Input",
    ax: Axes | None = None,
    *,
    colour: str = BLUE,
    curve_label: str = "closed form",
    curve_drive: npt.ArrayLike | None = None,
    used_range: tuple[float, float] | None = None,
) -> Axes:
    """Draw measured firing rates as dots, and the curve they should follow as a line.

    Parameters
    ----------
    drive : array_like, shape (n,)
        The input, rising.
    measured : array_like, shape (n,)
        Firing rate at each input, in Hz.
    closed_form : array_like, shape (n_curve,), optional
        The rate a formula or a fit gives, in Hz.
    drive_label : str, default "Input"
        What the input is, with its unit.
    ax : Axes, optional
        Where to draw; a new figure if left out.
    colour : str, default blue
        Colour of the dots.
    curve_label : str, default "closed form"
        What the line is.
    curve_drive : array_like, shape (n_curve,), optional
        Inputs at which `closed_form` is given, for a line finer than the dots; `drive` if left out.
    used_range : tuple of two float, optional
        Lowest and highest input that matter: shaded as far as the drawn inputs reach.

    Returns
    -------
    Axes

    Raises
    ------
    ParameterError
        If lengths differ, a value is not finite, or the range is not rising.
    """
    drives = checked_array("plot_tuning_curve(drive)", drive, 1)
    rates = checked_array("plot_tuning_curve(measured)", measured, 1)
    check_length("plot_tuning_curve(measured)", rates, len(drives), "drive")
    curve, curve_drives = None, drives
    if closed_form is not None:
        curve = checked_array("plot_tuning_curve(closed_form)", closed_form, 1)
        if curve_drive is not None:
            curve_drives = checked_array("plot_tuning_curve(curve_drive)", curve_drive, 1)
        axis = "drive" if curve_drive is None else "curve_drive"
        check_length("plot_tuning_curve(closed_form)", curve, len(curve_drives), axis)

    if used_range is not None and not used_range[0] <= used_range[1]:
        raise ParameterError("plot_tuning_curve(used_range)", used_range, "must rise")

    if ax is None:
        ax = new_figure(4.8, 3.6).add_subplot()
    if used_range is not None:
        ax.axvspan(
            *used_range, facecolor=PALE, edgecolor=GREY, linewidth=0.6, zorder=0, label="where the inputs lie"
        )
    if curve is not None:
        ax.plot(curve_drives, curve, color=INK, linewidth=1.2, label=curve_label)
    ax.plot(
        drives,
        rates,
        linestyle="none",
        marker="o",
        markersize=4.5,
        markerfacecolor=colour,
        markeredgecolor="white",
        markeredgewidth=0.6,
        label="simulated",
    )
    if used_range is not None and len(drives):
        margin = 0.03 * float(drives[-1] - drives[0]) or 1.0
        ax.set_xlim(float(drives[0]) - margin, float(drives[-1]) + margin)
    ax.set_ylim(bottom=-0.02 * max(float(rates.max(initial=0)), 1.0))
    add_legend(ax, "upper left")
    return dress(ax, drive_label, "Firing rate (Hz)")
