"""One memory in units of several kinds, over many probes, as a table and a page."""

from __future__ import annotations

import platform
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from neurosim.models.hopfield.course import Course, Courses
from neurosim.models.hopfield.experiments import corrupt, random_patterns
from neurosim.models.hopfield.memory import Hopfield
from neurosim.models.hopfield.spiking import check_units, recall_in_units

from neurosim import __version__
from neurosim.bridge.comparison import settling_time
from neurosim.bridge.page import (
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
from neurosim.rate.checks import checked_count
from neurosim.units import convert

N_UNITS, N_PATTERNS, DAMAGE = 120, 6, 0.2
"""Size of the memory, and share of a probe's units that are flipped."""

RECALLED = 0.95
"""Overlap from which on a pattern counts as recalled."""

ROWS = (
    ("recalled", "Patterns recalled (%)", "per cent"),
    ("overlap", "Overlap at the end", "number"),
    ("settling_time_ms", "Settling time (ms)", "number"),
    ("agreement", "Units as in the binary network (%)", "per cent"),
    ("spikes_per_neuron", "Spikes per unit", "number"),
    ("wall_time_s", "Wall time (s)", "seconds"),
)

CAPTIONS = {
    "overlaps": (
        "Overlap against time",
        "Mean overlap with the stored pattern over all probes. While the cue lasts, each unit is driven as "
        "the probe says; then the connections alone move the state.",
    ),
    "states": (
        "States of all units",
        "Recall from the first probe; dark units are up: they fire at more than half of their full rate, or "
        "their output is positive.",
    ),
}


@dataclass(frozen=True)
class MemoryComparison:
    """What a comparison found.

    Attributes
    ----------
    report : dict
        Measures of each kind of unit, and what they were taken with.
    mean, first : Courses
        Mean overlaps over all probes, with the states from the first; and the course from the first alone.
    """

    report: dict[str, Any]
    mean: Courses
    first: Courses

    @property
    def table(self) -> str:
        """A line per measure, a column per kind of unit."""
        return text_table(table_of(self.report["units"], ROWS), quick=self.report["quick"])


def compare(
    units: Sequence[str] = ("binary", "continuous", "lif", "hh"),
    *,
    duration: Any = 400.0,
    probes: int = N_PATTERNS,
    seed: int = 0,
    threads: int | None = None,
    quick: bool = False,
) -> MemoryComparison:
    """Let units of several kinds recall patterns from the same damaged ones, on the same connections.

    Parameters
    ----------
    units : sequence of str, default ("binary", "continuous", "lif", "hh")
        As for `recall_in_units`.
    duration : float, str or quantity, default 400
        Of each recall, ms, with a cue of 60.
    probes : int, default 6
        How many of the stored patterns are sought.
    seed : int, default 0
        Of patterns and damage.
    threads : int, optional
        By default one for each processor.
    quick : bool, default False
        Whether table and page are to say that the run is only a look.

    Raises
    ------
    ParameterError
        If a kind of unit is unknown, or a number is out of its range.
    """
    check_units("compare.units", units)
    length = convert(duration, "ms", "compare.duration")
    if not 100 <= length < np.inf:
        limit = "must be at least 100 ms, of which the cue takes 60"
        raise ParameterError("compare.duration", duration, limit)
    checked_count("compare.seed", seed, 0)
    if threads is not None:
        checked_count("compare.threads", threads)
    if checked_count("compare.probes", probes) > N_PATTERNS:
        raise ParameterError("compare.probes", probes, f"{N_PATTERNS} patterns are stored")
    rng = np.random.default_rng(seed)
    patterns = random_patterns(N_PATTERNS, N_UNITS, rng)
    memory = Hopfield(random_state=seed).fit(patterns)
    damaged = corrupt(patterns[:probes], DAMAGE, rng)
    wanted = memory.recall(damaged).states
    runs: dict[str, list[Course]] = {}
    taken = {}
    for name in dict.fromkeys(units):
        begun = time.perf_counter()
        runs[name] = [
            recall_in_units(memory, probe, k, (name,), duration=length, threads=threads)[name]
            for k, probe in enumerate(damaged)
        ]
        taken[name] = time.perf_counter() - begun
    mean = Courses({name: _mean(courses) for name, courses in runs.items()}, 60.0)
    measures = {
        name: _measured(courses, mean[name], wanted) | {"wall_time_s": taken[name]}
        for name, courses in runs.items()
    }
    report = {
        "units": measures,
        "seed": seed,
        "quick": quick,
        "parameters": {
            "units": N_UNITS,
            "patterns": N_PATTERNS,
            "probes": probes,
            "damage": DAMAGE,
            "duration_ms": length,
        },
        "versions": {"neurosim": __version__, "python": platform.python_version()},
    }
    return MemoryComparison(report, mean, Courses({name: run[0] for name, run in runs.items()}, 60.0))


def write_report(folder: OutputFolder, found: MemoryComparison) -> list[Path]:
    """Write ``report.json``, ``overlaps.png``, ``states.png``, and ``report.html`` with all of it."""
    report = found.report
    written = [folder.write_json("report.json", report)]
    figures = {"overlaps": found.mean.plot().figure, "states": found.first.plot_states()}
    pictures = {name: folder.write_figure(f"{name}.png", figure) for name, figure in figures.items()}
    names = [unit_name(unit) for unit in report["units"]]
    parts = [
        f"<p>{N_PATTERNS} random patterns in {N_UNITS} units, stored once by Hebb's rule, and recalled "
        f"through the same connection object from probes with {DAMAGE:.0%} of the units flipped.</p>",
        html_table(table_of(report["units"], ROWS)),
        *(html_figure(*CAPTIONS[name], path) for name, path in pictures.items()),
        *html_settings(report),
    ]
    page = html_page(f"One memory: {listing(names)} units", parts, quick=report["quick"])
    return [*written, *pictures.values(), folder.write_text("report.html", page)]


def _measured(courses: Sequence[Course], mean: Course, wanted: np.ndarray) -> dict[str, float | None]:
    ends = np.array([course.overlaps[-1] for course in courses])
    same = [course.states[-1] == state for course, state in zip(courses, wanted, strict=True)]
    spikes = [course.n_spikes for course in courses if course.n_spikes is not None]
    return {
        "recalled": float((ends >= RECALLED).mean()),
        "overlap": float(ends.mean()),
        "settling_time_ms": settling_time(mean.t, mean.overlaps),
        "agreement": float(np.mean(same)),
        "spikes_per_neuron": float(np.mean(spikes)) / wanted.shape[1] if spikes else None,
    }


def _mean(courses: Sequence[Course]) -> Course:
    return replace(courses[0], overlaps=np.mean([course.overlaps for course in courses], axis=0))
