"""What a case of a benchmark is."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, TypeVar

from neurosim.errors import ParameterError


@dataclass(frozen=True)
class Case:
    """One thing to measure.

    Attributes
    ----------
    name : str
    about : str
    kind : str
        What the programs know it by.
    start : {"", "cold", "warm"}
        Whether a whole script is timed, from the start of the process on, with an empty or a full cache.
    """

    name: str
    about: str
    kind: str
    start: str = field(default="", kw_only=True)

    def task(self, threads: int) -> dict[str, Any]:
        """What a process is told."""
        told = {key: value for key, value in asdict(self).items() if key not in ("name", "about")}
        return {**told, "threads": threads}


C = TypeVar("C", bound=Case)


def by_name(*cases: C) -> dict[str, C]:
    """The cases of a family."""
    return {case.name: case for case in cases}


def chosen(names: str | None, cases: Mapping[str, C]) -> list[C]:
    """The cases of these names, joined by commas; None for all.

    Raises
    ------
    ParameterError
        If there is none of a name; near ones are suggested.
    """
    if names is None:
        return [*cases.values()]
    wanted = [name.strip() for name in names.split(",")]
    for name in wanted:
        if name not in cases:
            near = difflib.get_close_matches(name, cases, n=1, cutoff=0.4)
            hint = f"Did you mean {near[0]!r}?" if near else ""
            raise ParameterError("--only", name, f"must be among {', '.join(cases)}", hint)
    return [cases[name] for name in wanted]
