"""The report of a comparison: a table for the terminal, and a page with figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from neurosim.bridge.figures import Recordings, draw_figures
from neurosim.bridge.page import (
    flat,
    html_figure,
    html_page,
    html_settings,
    html_table,
    listing,
    table_of,
    text_table,
)
from neurosim.errors import ParameterError
from neurosim.output import OutputFolder
from neurosim.plotting import unit_name

ROWS = (
    ("accuracy", "Test accuracy (%)", "per cent"),
    ("settling_time_ms", "Settling time (ms)", "number"),
    ("agreement", "Decided as by the rate network (%)", "per cent"),
    ("spikes_per_neuron", "Spikes per neuron", "number"),
    ("spikes_per_inference", "Spikes per inference", "count"),
    ("synaptic_events_per_inference", "Synaptic events per inference", "count"),
    ("multiply_accumulates_per_inference", "Multiply-accumulates of one static pass", "count"),
    ("duration_ms", "Simulated time (ms)", "number"),
    ("time_step_ms", "Time step (ms)", "number"),
    ("wall_time_s", "Wall time (s)", "seconds"),
)

CAPTIONS = {
    "accuracy": (
        "Accuracy against simulated time",
        "Share of the test images each network decides rightly, by the time it has run. A dot marks the time "
        "after which the share stays within 0.5 points of its end value; the dashed line is the trained rate "
        "network's single static pass.",
    ),
    "tuning_curves": (
        "Tuning curves",
        "How fast a unit fires under a steady input: simulated (dots), and the curve the networks rely on "
        "(line). The shade holds 95 % of the inputs that the training set gives to the first hidden layer. "
        "Where units are not those the network was trained with, the line is fitted to the dots, each input "
        "weighted by how often it occurs; the many that leave a unit silent count too. So it is near the "
        "dots on average, not everywhere, and it is drawn over the shade only.",
    ),
    "confusion": (
        "Confusion matrices",
        "How many test images of each class (rows) each network took for which class (columns); the shade is "
        "the share of the row.",
    ),
}
ACTIVITY_CAPTION = (
    "{} units at work on one digit",
    "Spikes of the hidden units and membrane potentials of some of them, from the moment the digit on the "
    "left appears.",
)


def format_table(report: Mapping[str, Any]) -> str:
    """Return the comparison as a text table: a line per measure, a column per unit type.

    Parameters
    ----------
    report : mapping
        As for `write_report`.

    Raises
    ------
    ParameterError
        If the report compares nothing.
    """
    return text_table(_table(report), quick=bool(report.get("quick")))


def write_report(
    folder: OutputFolder, report: Mapping[str, Any], recordings: Recordings | None = None
) -> list[Path]:
    """Write ``report.json``, the figures as PNG, and ``report.html`` with all of it on one page.

    Parameters
    ----------
    folder : neurosim.output.OutputFolder
        Where to write.
    report : mapping
        ``"units"``: per unit type the measures of the table (accuracy and agreement from 0 to 1, times in ms,
        wall time in s; None or a missing key where there is no value); and, where given, ``"seed"``,
        ``"data"`` (``"name"``, ``"n_train"``, ``"n_test"``), ``"calibration"`` (per unit type),
        ``"parameters"`` and ``"versions"``; a true ``"quick"`` marks page and table as no more than a look.
    recordings : Recordings, optional
        What the figures show; no figures if left out.

    Returns
    -------
    list of Path
        The files, the page last.

    Raises
    ------
    ParameterError
        If there is no OutputFolder, the report compares nothing, or recorded arrays do not fit each
        other.
    OutputError
        If the folder cannot be written.
    """
    if not isinstance(folder, OutputFolder):
        remedy = "Give neurosim.output.OutputFolder(path)."
        raise ParameterError("write_report(folder)", folder, "must be an OutputFolder", remedy)
    table = _table(report)
    figures = draw_figures(recordings or Recordings(), report["units"])
    written = [folder.write_json("report.json", report)]
    pictures = {}
    for name, figure in figures.items():
        pictures[name] = folder.write_figure(f"{name}.png", figure)
    written.extend(pictures.values())
    written.append(folder.write_text("report.html", _page(report, table, pictures)))
    return written


def _table(report: Mapping[str, Any]) -> list[list[str]]:
    units = report.get("units")
    if not units:
        raise ParameterError("report['units']", units, "must hold at least one unit type")
    return table_of(units, ROWS)


def _page(report: Mapping[str, Any], table: Sequence[Sequence[str]], pictures: Mapping[str, Path]) -> str:
    names = [unit_name(unit) for unit in report["units"]]
    data = report.get("data", {})
    tested = f"Tested on {data['n_test']:,} images" if "n_test" in data else "Tested"
    trained = f", trained on {data['n_train']:,}" if "n_train" in data else ""
    of = f" of “{escape(str(data['name']))}”" if "name" in data else ""
    parts = [
        f"<p>{tested}{of}{trained}. All networks are driven through the same connection objects: one set of "
        "weights, learnt once by backpropagation.</p>",
        html_table(table),
        *(html_figure(*_caption(name), path) for name, path in pictures.items()),
    ]
    if report.get("calibration"):
        parts += [
            "<h2>What was calibrated</h2>",
            "<p>Weights and biases stay as they were trained. Only the numbers below fit a unit's tuning "
            "curve to the activation the network was trained with: a drive z of the trained network becomes "
            "the input offset + gain·z, and a firing rate equal to the scale (Hz) counts as an activation of "
            "1. They were chosen on the training images. The residual is what the fit leaves: the root mean "
            "square difference between activation and rate/scale over the drives of the training set, in "
            "units of the activation; 0 where nothing had to be fitted.</p>",
            html_table([["", "value"], *flat({unit_name(u): c for u, c in report["calibration"].items()})]),
        ]
    title = f"One set of connections: {listing(names)} units"
    return html_page(title, [*parts, *html_settings(report)], quick=bool(report.get("quick")))


def _caption(name: str) -> tuple[str, str]:
    if name in CAPTIONS:
        return CAPTIONS[name]
    heading, sentence = ACTIVITY_CAPTION
    return heading.format(unit_name(name.removeprefix("activity_"))), sentence
