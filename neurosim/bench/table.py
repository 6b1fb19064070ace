"""The comparison as a table, with what it was measured on."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from pathlib import Path

from neurosim.bench.case import CASES
from neurosim.bench.comparison import Row
from neurosim.bench.program import Program


def machine() -> str:
    """Processor, number of processors that may be used, load, system and Python."""
    affinity = getattr(os, "sched_getaffinity", None)
    processors = len(affinity(0)) if affinity else os.cpu_count() or 1
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    system = f"{platform.system()}, Python {platform.python_version()}"
    return f"{_processor()}, {processors} processors{load}; {system}"


def _processor() -> str:
    """Its name; only Linux says more than its architecture."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())


def table(rows: Sequence[Row], programs: Sequence[Program], repeats: int) -> str:
    """The table as text."""
    headings = ("case", "variant", "run", "build", "rate", "neuron-step", "ratio to best peer")
    cells: list[tuple[str, ...]] = [headings]
    for row in rows:
        steps = CASES[row.name].neuron_steps if row.name in CASES else 0
        step = 1e9 * row.seconds / steps if row.seconds and steps else None
        numbers = ((row.seconds, "s"), (row.build_seconds, "s"), (row.rate_hz, "Hz"), (step, "ns"))
        ratio = row.note if row.ratio_to_best_peer is None else f"{row.ratio_to_best_peer:.2f}"
        cells.append((row.name, row.variant, *(_with_unit(*number) for number in numbers), ratio))
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = []
    for line in cells:
        names = [f"{text:{width}}" for text, width in zip(line[:2], widths[:2], strict=True)]
        values = [f"{text:>{width}}" for text, width in zip(line[2:6], widths[2:6], strict=True)]
        lines.append("  ".join([*names, *values, line[6]]).rstrip())
    versions = dict.fromkeys(f"{p.variant.split('_')[0]} {p.version}" for p in programs)
    how = f"Medians of {repeats}, taken in turn." if repeats > 1 else "Measured once."
    return "\n".join([*lines, "", f"{how} {', '.join(versions)}", machine()])


def _with_unit(value: float | None, unit: str) -> str:
    return "" if value is None else f"{value:.3g} {unit}"
