"""The report of a comparison: a table for the terminal, and a page with figures."""

from __future__ import annotations

import base64
import math
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from neurosim.bridge.figures import Recordings, draw_figures
from neurosim.errors import ParameterError
from neurosim.output import OutputFolder
from neurosim.plotting import unit_name

NOTHING = "–"

QUICK = "Quick run: a look, not a result."

# Key in the report, how the table calls it, how it writes it.
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

STYLE = """
body { margin: 2rem auto; max-width: 56rem; padding: 0 1rem; color: #2b2f36; background: #fff;
  font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.25; } h2 { font-size: 1.15rem; margin: 2.2rem 0 .4rem; }
.wide { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .9rem .3rem 0; border-bottom: 1px solid #e4e7eb; text-align: right; }
th:first-child, td:first-child { text-align: left; font-weight: normal; }
thead th { border-bottom: 2px solid #8a9099; }
figure { margin: 0; overflow-x: auto; }
img { width: 100%; min-width: 34rem; height: auto; } .small { font-size: .85rem; color: #5b616b; }
"""


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
    header, *rows = _table(report)
    width = max(len(row[0]) for row in rows)
    columns = [max(12, len(name)) for name in header[1:]]

    def line(cells: Sequence[str]) -> str:
        numbers = (cell.rjust(size) for cell, size in zip(cells[1:], columns, strict=True))
        return "  ".join([cells[0].ljust(width), *numbers]).rstrip()

    lines = [line(header), "-" * len(line(header)), *map(line, rows)]
    if report.get("quick"):
        lines += ["", QUICK]
    return "\n".join(lines)


def write_report(
    folder: OutputFolder, report: Mapping[str, Any], recordings: Recordings | None = None
) -> list[Path]:
    """Write ``report.json``, the figures as PNG, and ``report.html`` with all of it on one page.

    Parameters
    ----------
    folder : OutputFolder
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
        If the report compares nothing, or recorded arrays do not fit each other.
    OutputError
        If the folder cannot be written.
    """
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
    rows = [["", *map(unit_name, units)]]
    for key, label, form in ROWS:
        rows.append([label, *(_cell(measures.get(key), form) for measures in units.values())])
    return rows


def _cell(value: float | None, form: str) -> str:
    if value is None or not math.isfinite(value):
        return NOTHING
    if form == "per cent":
        return f"{100 * value:.1f}"
    if form == "seconds":
        return f"{value:.2f}"
    if form == "count":
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"


def _page(report: Mapping[str, Any], table: Sequence[Sequence[str]], pictures: Mapping[str, Path]) -> str:
    names = [unit_name(unit) for unit in report["units"]]
    title = f"One set of connections: {_listing(names)} units"
    data = report.get("data", {})
    tested = f"Tested on {data['n_test']:,} images" if "n_test" in data else "Tested"
    trained = f", trained on {data['n_train']:,}" if "n_train" in data else ""
    of = f" of “{escape(str(data['name']))}”" if "name" in data else ""
    parts = [
        f"<h1>{escape(title)}</h1>",
        *([f"<p><strong>{QUICK}</strong></p>"] if report.get("quick") else []),
        f"<p>{tested}{of}{trained}. All networks are driven through the same connection objects: one set of "
        "weights, learnt once by backpropagation.</p>",
        _html_table(table),
        *(_html_figure(name, path) for name, path in pictures.items()),
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
            _html_table([["", "value"], *_flat({unit_name(u): c for u, c in report["calibration"].items()})]),
        ]
    for heading, key in (("Parameters", "parameters"), ("Versions", "versions")):
        entries = dict(report.get(key) or {})
        if key == "parameters" and "seed" in report:
            entries["seed"] = report["seed"]
        if entries:
            parts += [f"<h2>{heading}</h2>", _html_table([["", "value"], *_flat(entries)])]
    parts.append('<p class="small">The numbers of this page, unrounded, are in report.json.</p>')
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style>"
    )
    return (
        f'<!doctype html>\n<html lang="en"><head>{head}</head>\n<body>\n'
        + "\n".join(parts)
        + "\n</body></html>\n"
    )


def _html_table(rows: Sequence[Sequence[str]]) -> str:
    header = "".join(f"<th>{escape(cell)}</th>" for cell in rows[0])
    body = "\n".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows[1:]
    )
    return f'<div class="wide"><table><thead><tr>{header}</tr></thead>\n<tbody>{body}</tbody></table></div>'


def _html_figure(name: str, path: Path) -> str:
    if name in CAPTIONS:
        heading, sentence = CAPTIONS[name]
    else:
        heading, sentence = ACTIVITY_CAPTION
        heading = heading.format(unit_name(name.removeprefix("activity_")))
    picture = base64.b64encode(path.read_bytes()).decode()
    return (
        f"<h2>{escape(heading)}</h2>\n<p>{escape(sentence)}</p>\n"
        f'<figure><img alt="{escape(heading)}" src="data:image/png;base64,{picture}"></figure>'
    )


def _flat(entries: Mapping[str, Any], prefix: str = "") -> Iterator[list[str]]:
    """The leaves of nested mappings as rows of name and value."""
    for key, value in entries.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}, ")
        elif isinstance(value, float | np.floating):
            yield [f"{prefix}{key}", f"{value:.6g}"]
        elif isinstance(value, list | tuple):
            yield [f"{prefix}{key}", ", ".join(map(str, value))]
        else:
            yield [f"{prefix}{key}", NOTHING if value is None else str(value)]


def _listing(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
