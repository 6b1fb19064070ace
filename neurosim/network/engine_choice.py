"""What runs a network: the engines by name."""

from __future__ import annotations

import importlib
from typing import Any

from neurosim.errors import ParameterError

ENGINES = {"native": "neurosim.engines.native:Native", "brian2": "neurosim.engines.brian2:Brian2"}
"""Engines by name; see `neurosim.engines.engine.Engine`."""


def chosen_engine(engine: Any, last: Any, *, fixed: bool) -> Any:
    """The engine object for a run.

    Parameters
    ----------
    engine : str, engine object or None
        As `Network.run` was given it.
    last : engine object or None
        What the network has run on.
    fixed : bool
        Whether it goes on from there, so that no other can take over.

    Raises
    ------
    ParameterError
        If there is no such engine, or the network goes on from another.
    """
    where = "Network.run.engine"
    chosen = engine
    if engine is None:
        chosen = last or named_engine("native")
    elif isinstance(engine, str) and engine in ENGINES:
        chosen = named_engine(engine)
    elif isinstance(engine, type) or not callable(getattr(engine, "session", None)):
        names = ", ".join(repr(name) for name in ENGINES)
        raise ParameterError(where, engine, f"must be {names} or an engine, such as Brian2('cython')")
    if fixed and chosen != last:
        limit = f"cannot go on from what the network has run on: {last!r}"
        raise ParameterError(where, engine, limit, "Leave it out, or build the network anew.")
    return chosen


def named_engine(name: str) -> Any:
    """The engine of a name."""
    module, _, kind = ENGINES[name].partition(":")
    return getattr(importlib.import_module(module), kind)()
