"""Tables for the terminal and pages with figures: what reports are made of."""

from __future__ import annotations

import base64
import math
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from neurosim.plotting import unit_name

NOTHING = "–"

QUICK = "Quick run: a look, not a result."

UNROUNDED = '<p class="small">The numbers of this page, unrounded, are in report.json.</p>'

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

Rows = Sequence[tuple[str, str, str]]
"""Key in the report, how the table calls it, how it writes it: as number, count, per cent or seconds."""


def table_of(units: Mapping[str, Mapping[str, Any]], rows: Rows) -> list[list[str]]:
    """Cells of a table with a column for each type of unit and a row for each measure."""
    cells = [["", *map(unit_name, units)]]
    for key, label, form in rows:
        cells.append([label, *(_cell(measures.get(key), form) for measures in units.values())])
    return cells


def text_table(table: Sequence[Sequence[str]], *, quick: bool = False) -> str:
    """The table as text, with a word of warning about a quick run."""
    header, *rows = table
    width = max(len(row[0]) for row in rows)
    columns = [max(12, len(name)) for name in header[1:]]

    def line(cells: Sequence[str]) -> str:
        numbers = (cell.rjust(size) for cell, size in zip(cells[1:], columns, strict=True))
        return "  ".join([cells[0].ljust(width), *numbers]).rstrip()

    lines = [line(header), "-" * len(line(header)), *map(line, rows)]
    return "\n".join([*lines, "", QUICK] if quick else lines)


def html_page(title: str, parts: Sequence[str], *, quick: bool = False) -> str:
    """A page of HTML that needs no other file; the parts follow the title."""
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style>"
    )
    warning = [f"<p><strong>{QUICK}</strong></p>"] if quick else []
    body = "\n".join([f"<h1>{escape(title)}</h1>", *warning, *parts, UNROUNDED])
    return f'<!doctype html>\n<html lang="en"><head>{head}</head>\n<body>\n{body}\n</body></html>\n'


def html_table(rows: Sequence[Sequence[str]]) -> str:
    """A table; the first row is its head."""
    header = "".join(f"<th>{escape(cell)}</th>" for cell in rows[0])
    body = "\n".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows[1:]
    )
    return f'<div class="wide"><table><thead><tr>{header}</tr></thead>\n<tbody>{body}</tbody></table></div>'


def html_figure(heading: str, sentence: str, path: Path) -> str:
    """A PNG with a heading and what it shows, inside the page."""
    picture = base64.b64encode(path.read_bytes()).decode()
    return (
        f"<h2>{escape(heading)}</h2>\n<p>{escape(sentence)}</p>\n"
        f'<figure><img alt="{escape(heading)}" src="data:image/png;base64,{picture}"></figure>'
    )


def html_settings(report: Mapping[str, Any]) -> list[str]:
    """What a report holds of parameters, seed and versions."""
    parts = []
    for heading, key in (("Parameters", "parameters"), ("Versions", "versions")):
        entries = dict(report.get(key) or {})
        if key == "parameters" and "seed" in report:
            entries["seed"] = report["seed"]
        if entries:
            parts += [f"<h2>{heading}</h2>", html_table([["", "value"], *flat(entries)])]
    return parts


def flat(entries: Mapping[str, Any], prefix: str = "") -> Iterator[list[str]]:
    """The leaves of nested mappings as rows of name and value."""
    for key, value in entries.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{prefix}{key}, ")
        elif isinstance(value, float | np.floating):
            yield [f"{prefix}{key}", f"{value:.6g}"]
        elif isinstance(value, list | tuple):
            yield [f"{prefix}{key}", ", ".join(map(str, value))]
        else:
            yield [f"{prefix}{key}", NOTHING if value is None else str(value)]


def listing(names: Sequence[str]) -> str:
    """``a, b and c``."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


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
