"""The comparison as a table, with what it was measured on."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from pathlib import Path

from neurosim.bench.comparison import Row
from neurosim.bench.program import Program
from neurosim.bench.spiking import SPIKING


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
    """The table as text; what was measured of no case has no column."""
    names = [("case", "variant"), *((row.name, row.variant) for row in rows)]
    measured = [
        ("run", *(_with_unit(row.seconds, "s") for row in rows)),
        ("build", *(_with_unit(row.build_seconds, "s") for row in rows)),
        ("rate", *(_with_unit(row.rate_hz, "Hz") for row in rows)),
        ("neuron-step", *(_with_unit(_neuron_step(row), "ns") for row in rows)),
        ("accuracy", *("" if row.accuracy is None else f"{row.accuracy:.2%}" for row in rows)),
        ("overlap", *(_with_unit(row.overlap, "") for row in rows)),
        ("memory", *(_with_unit(row.peak_mb, "MB") for row in rows)),
    ]
    ratios = (row.note if row.ratio_to_best_peer is None else f"{row.ratio_to_best_peer:.2f}" for row in rows)
    columns = [f"{{:{max(map(len, column))}}}" for column in zip(*names, strict=True)]
    shown = [column for column in measured if any(column[1:])]
    columns += [f"{{:>{max(map(len, column))}}}" for column in shown]
    cells = zip(*zip(*names, strict=True), *shown, ("ratio to best peer", *ratios), strict=True)
    lines = ["  ".join([*columns, "{}"]).format(*line).rstrip() for line in cells]
    versions = dict.fromkeys(f"{p.variant.split('_')[0]} {p.version}" for p in programs)
    how = f"Medians of {repeats}, taken in turn." if repeats > 1 else "Measured once."
    return "\n".join([*lines, "", f"{how} {', '.join(versions)}", machine()])


def _neuron_step(row: Row) -> float | None:
    """Time of a step of one neuron, ns; None where that is not what was timed."""
    steps = SPIKING[row.name].neuron_steps if row.name in SPIKING else 0
    return 1e9 * row.seconds / steps if row.seconds and steps else None


def _with_unit(value: float | None, unit: str) -> str:
    return "" if value is None else f"{value:.3g} {unit}"
