"""The measurements in turn, and what they come to."""

from __future__ import annotations

import math
import statistics
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from time import perf_counter
from typing import Any, NamedTuple

from neurosim.bench.case import Case
from neurosim.bench.peers.serving import Reply, Task
from neurosim.bench.process import MeasurementError, Process
from neurosim.bench.program import Program


class Agreement(NamedTuple):
    """By how much a peer's outcome may differ from neurosim's own: a share of it, or a number."""

    name: str
    share: float = 0.0
    number: float = 0.0


AGREEMENTS = {
    "rate_hz": Agreement("firing rate", share=0.1),
    "synapses": Agreement("number of synapses", share=0.1),
    "accuracy": Agreement("test accuracy", number=0.01),
    "overlap": Agreement("overlap with the patterns", number=0.01),
}
"""What programs must agree on for their times to count, by its key in a reply."""

CHANCE = 0.001
"""How often programs that do the same may seem not to: every measurement draws another network."""


@dataclass
class Row:
    """A case on a program.

    Attributes
    ----------
    name, variant : str
        Of case and program.
    seconds : float or None
        Median time of the run; None where it does not count.
    build_seconds : float or None
        Median time before the run: describing, wiring, compiling. None where it is part of `seconds`.
    rate_hz : float or None
        Mean firing rate; None where nothing fires.
    accuracy : float or None
        Share of the test set that is classified rightly; None where nothing is learnt.
    overlap : float or None
        Of what is recalled with what was stored; None where nothing is.
    peak_mb : float or None
        Largest memory of the process, megabytes; None where it is not measured.
    ratio_to_best_peer : float or None
        Time of the fastest peer over that of this program, for neurosim's own rows.
    note : str
        Why it does not count.
    """

    name: str
    variant: str
    seconds: float | None = None
    build_seconds: float | None = None
    rate_hz: float | None = None
    accuracy: float | None = None
    overlap: float | None = None
    peak_mb: float | None = None
    ratio_to_best_peer: float | None = None
    note: str = field(default="", repr=False)

    def json(self) -> dict[str, Any]:
        """Without the note, and without accuracy, overlap and memory where they are not measured."""
        optional = ("accuracy", "overlap", "peak_mb")
        entries = ((key, value) for key, value in asdict(self).items() if key != "note")
        return {key: value for key, value in entries if value is not None or key not in optional}


def compare(
    case: Case,
    programs: Sequence[Program],
    repeats: int,
    *,
    told: Mapping[str, Any] | None = None,
    tell: Callable[[str], None] = lambda line: None,
) -> list[Row]:
    """Measure a case on every program that can run it, in turn.

    Parameters
    ----------
    case : Case
    programs : sequence of Program
        With neurosim among them.
    repeats : int
    told : mapping of str to Any, optional
        Entries of the tasks of all programs besides the case's own, or in place of them.
    tell : callable, optional
        Is given a line of text about each measurement.

    Returns
    -------
    list of Row
    """
    able = [program for program in programs if not program.kinds or case.kind in program.kinds]
    replies: dict[str, list[Reply]] = {program.variant: [] for program in able}
    notes: dict[str, str] = {}
    with ExitStack() as stack:
        measuring = {}
        for program in able:
            way = _script if case.start else _kept
            task = case.task(program.threads) | dict(told or {})
            measuring[program] = stack.enter_context(way(program, task))
        for turn in range(repeats):
            for program in able:
                if program.variant in notes:
                    continue
                try:
                    reply = measuring[program]()
                    replies[program.variant].append(reply)
                    outcome = f"{reply['seconds']:.3g} s"
                except MeasurementError as error:
                    notes[program.variant] = outcome = str(error)
                tell(f"{case.name}, {program.variant}, {turn + 1} of {repeats}: {outcome}")
    return judged(case.name, able, replies, notes)


@contextmanager
def _kept(program: Program, task: Task) -> Iterator[Callable[[], Reply]]:
    """Measurements in a process that stays, begun when the first is wanted."""
    with ExitStack() as stack:
        process: list[Process] = []

        def measure() -> Reply:
            if not process:
                process.append(stack.enter_context(Process(program.command, task)))
            return process[0].measure()

        yield measure


@contextmanager
def _script(program: Program, task: Task) -> Iterator[Callable[[], Reply]]:
    """Measurements from the start of a process to its answer, with an empty cache or with a full one."""
    with ExitStack() as stack:

        def new_cache() -> str:
            folder = tempfile.TemporaryDirectory(prefix="neurosim-bench-cache-", ignore_cleanup_errors=True)
            return stack.enter_context(folder)

        def once(cache: str) -> Reply:
            caches = {"NEUROSIM_CACHE_DIR": cache, "NUMBA_CACHE_DIR": cache}
            begun = perf_counter()
            with Process(program.command, task | {"cache": cache}, caches) as process:
                reply = process.measure()
                seconds = perf_counter() - begun
            return reply | {"seconds": seconds, "build_seconds": None}

        filled: list[str] = []

        def measure() -> Reply:
            if task["start"] == "cold":
                return once(new_cache())
            if not filled:
                filled.append(new_cache())
                once(filled[0])
            return once(filled[0])

        yield measure


def judged(
    name: str, programs: Sequence[Program], replies: dict[str, list[Reply]], notes: dict[str, str]
) -> list[Row]:
    """Medians, and ratios to the fastest peer among those that did the same.

    Parameters
    ----------
    name : str
        Of the case.
    programs : sequence of Program
    replies : dict of str to list of dict
        The measurements of each variant.
    notes : dict of str to str
        Why a variant could not measure.

    Returns
    -------
    list of Row
    """
    own = next((replies[p.variant] for p in programs if p.is_ours and p.variant not in notes), [])
    rows, best = [], None
    for program in programs:
        variant = program.variant
        found = replies[variant]
        note = notes.get(variant, "") or _difference(found, own)
        row = Row(name, variant, note=note)
        for key in ("rate_hz", "accuracy", "overlap"):
            setattr(row, key, _mean(_values(found, key)))
        row.peak_mb = max(_values(found, "peak_mb"), default=None)
        if not note:
            measured = (_values(found, key) for key in ("seconds", "build_seconds"))
            row.seconds, row.build_seconds = (statistics.median(m) if m else None for m in measured)
            if not program.is_ours and row.seconds is not None:
                best = row.seconds if best is None else min(best, row.seconds)
        rows.append(row)
    for row, program in zip(rows, programs, strict=True):
        if program.is_ours and best is not None and row.seconds:
            row.ratio_to_best_peer = best / row.seconds
    return rows


def times(rows: Sequence[Row]) -> dict[str, dict[str, float]]:
    """The times that count, by case and variant, s."""
    found: dict[str, dict[str, float]] = {}
    for row in rows:
        if row.seconds:
            found.setdefault(row.name, {})[row.variant] = row.seconds
    return found


def _values(replies: list[Reply], key: str) -> list[float]:
    return [value for reply in replies if (value := reply.get(key)) is not None]


def _mean(values: list[float]) -> float | None:
    return statistics.mean(values) if values else None


def _difference(found: list[Reply], own: list[Reply]) -> str:
    """What another program did differently; empty if it did the same."""
    for key, (name, share, number) in AGREEMENTS.items():
        theirs, ours = _values(found, key), _values(own, key)
        if theirs and ours:
            mean = statistics.mean(ours)
            if abs(statistics.mean(theirs) - mean) > share * mean + number + _chance(theirs, ours):
                return f"not counted: {name} {statistics.mean(theirs):.4g}, that of neurosim {mean:.4g}"
    return ""


def _chance(theirs: list[float], ours: list[float]) -> float:
    """By how much means differ by chance at most: Student's test of two samples of one variance."""
    from scipy.special import stdtrit

    freedom = len(theirs) + len(ours) - 2
    if freedom == 0:
        return 0.0  # one value each does not tell
    squares = sum(statistics.pvariance(values) * len(values) for values in (theirs, ours))
    error = math.sqrt(squares / freedom * (1 / len(theirs) + 1 / len(ours)))
    return error * float(stdtrit(freedom, 1 - CHANCE / 2))
