"""The figures of a comparison between unit types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy.typing as npt

from neurosim.output import SavableFigure
from neurosim.plotting import (
    new_figure,
    plot_accuracy_over_time,
    plot_confusion,
    plot_image,
    plot_raster,
    plot_traces,
    plot_tuning_curve,
    unit_colour,
    unit_name,
)
from neurosim.plotting.style import add_title


@dataclass(frozen=True, eq=False)
class MeasuredTuning:
    """Firing rate of one unit type against its input.

    Attributes
    ----------
    drive : array_like, shape (n,)
        Input, rising.
    measured : array_like, shape (n,)
        Simulated firing rate, Hz.
    curve : array_like, shape (n_curve,)
        The rate the network counts on, Hz.
    drive_label : str
        What the input is, with its unit.
    curve_label : str, default "closed form"
        Where the curve comes from.
    curve_drive : array_like, shape (n_curve,), optional
        Where the curve is given; at `drive` if left out.
    used_range : tuple of two float, optional
        Inputs between which nearly all of the training set lies.
    """

    drive: npt.ArrayLike
    measured: npt.ArrayLike
    curve: npt.ArrayLike
    drive_label: str
    curve_label: str = "closed form"
    curve_drive: npt.ArrayLike | None = None
    used_range: tuple[float, float] | None = None


@dataclass(frozen=True, eq=False)
class Activity:
    """What one network did while it saw one image.

    Attributes
    ----------
    spike_times : array_like, shape (n_spikes,)
        In ms.
    spike_units : array_like of int, shape (n_spikes,)
        Number of the unit of each spike.
    n_units : int
        Rows of the raster.
    voltage_times : array_like, shape (n_times,)
        In ms.
    voltages : array_like, shape (n_shown, n_times)
        Membrane potentials of some units.
    voltage_unit : str
        ``"mV"``, or ``"1"`` for normalised units.
    image : array_like, shape (n_rows, n_columns)
        Brightness, 0 to 1.
    label, decision : int
        Class of the image, and the class the network took it for.
    """

    spike_times: npt.ArrayLike
    spike_units: npt.ArrayLike
    n_units: int
    voltage_times: npt.ArrayLike
    voltages: npt.ArrayLike
    voltage_unit: str
    image: npt.ArrayLike
    label: int
    decision: int


@dataclass(frozen=True, eq=False)
class Recordings:
    """What a comparison recorded for its figures; each mapping goes by unit type, and may lack some.

    Attributes
    ----------
    times : array_like, shape (n_times,)
        When decisions were read out, ms.
    accuracy_over_time : mapping of str to array_like, shape (n_times,)
        Share of right decisions, 0 to 1.
    confusion : mapping of str to array_like of int, shape (n_classes, n_classes)
        Test images by true class (row) and decision (column).
    tuning : mapping of str to MeasuredTuning
        Tuning curves.
    activity : mapping of str to Activity
        The networks at work on one image.
    static_accuracy : float, optional
        Share of right decisions of the trained network in a single static pass.
    """

    times: npt.ArrayLike = ()
    accuracy_over_time: Mapping[str, npt.ArrayLike] = field(default_factory=dict)
    confusion: Mapping[str, npt.ArrayLike] = field(default_factory=dict)
    tuning: Mapping[str, MeasuredTuning] = field(default_factory=dict)
    activity: Mapping[str, Activity] = field(default_factory=dict)
    static_accuracy: float | None = None


def draw_figures(recordings: Recordings, units: Mapping[str, Mapping[str, Any]]) -> dict[str, SavableFigure]:
    """Draw a figure of each thing that was recorded.

    Parameters
    ----------
    recordings : Recordings
        What to draw.
    units : mapping of str to mapping
        The table of the report: figures show ``accuracy`` and ``settling_time_ms`` from it where given.

    Returns
    -------
    dict of str to matplotlib Figure
        By name: ``"accuracy"``, ``"tuning_curves"``, ``"activity_lif"`` and so on, ``"confusion"``.
    """
    figures = {}
    if recordings.accuracy_over_time:
        figures["accuracy"] = _draw_accuracy(recordings, units)
    if recordings.tuning:
        figures["tuning_curves"] = _draw_tuning_curves(recordings.tuning)
    for unit, activity in recordings.activity.items():
        figures[f"activity_{unit}"] = _draw_activity(activity, unit)
    if recordings.confusion:
        figures["confusion"] = _draw_confusion(recordings.confusion, units)
    return figures


def _draw_accuracy(recordings: Recordings, units: Mapping[str, Mapping[str, Any]]) -> SavableFigure:
    figure = new_figure(7.2, 4.0)
    plot_accuracy_over_time(
        recordings.times,
        recordings.accuracy_over_time,
        figure.add_subplot(),
        reference=recordings.static_accuracy,
        settling_times_ms={
            unit: units.get(unit, {}).get("settling_time_ms") for unit in recordings.accuracy_over_time
        },
    )
    return figure


def _draw_tuning_curves(tuning: Mapping[str, MeasuredTuning]) -> SavableFigure:
    figure = new_figure(4.2 * len(tuning), 3.4)
    panels = figure.subplots(1, len(tuning), squeeze=False)[0]
    for ax, (unit, curve) in zip(panels, tuning.items(), strict=True):
        plot_tuning_curve(
            curve.drive,
            curve.measured,
            curve.curve,
            curve.drive_label,
            ax,
            colour=unit_colour(unit),
            curve_label=curve.curve_label,
            curve_drive=curve.curve_drive,
            used_range=curve.used_range,
        )
        add_title(ax, unit_name(unit))
    return figure


def _draw_activity(activity: Activity, unit: str) -> SavableFigure:
    figure = new_figure(9.0, 5.4)
    panels = figure.subplot_mosaic(
        [["image", "raster"], ["nothing", "voltages"]], empty_sentinel="nothing", width_ratios=[1, 4.2]
    )
    plot_image(activity.image, panels["image"])
    add_title(panels["image"], f"shown: {activity.label}\ndecided: {activity.decision}")
    plot_traces(
        activity.voltage_times,
        activity.voltages,
        unit=activity.voltage_unit,
        ax=panels["voltages"],
        stacked=True,
        colour=unit_colour(unit),
    )
    plot_raster(
        activity.spike_times,
        activity.spike_units,
        panels["raster"],
        n_units=activity.n_units,
        duration_ms=panels["voltages"].get_xlim()[1],
        colour=unit_colour(unit),
        y_label="Hidden unit",
    )
    panels["raster"].set_xlabel("")
    panels["raster"].tick_params(labelbottom=False)
    add_title(panels["raster"], unit_name(unit))
    return figure


def _draw_confusion(
    confusion: Mapping[str, npt.ArrayLike], units: Mapping[str, Mapping[str, Any]]
) -> SavableFigure:
    figure = new_figure(4.0 * len(confusion), 4.2)
    panels = figure.subplots(1, len(confusion), squeeze=False)[0]
    for ax, (unit, matrix) in zip(panels, confusion.items(), strict=True):
        plot_confusion(matrix, ax=ax, colour=unit_colour(unit))
        accuracy = units.get(unit, {}).get("accuracy")
        add_title(ax, unit_name(unit) + ("" if accuracy is None else f": {100 * accuracy:.1f} %"))
    return figure
