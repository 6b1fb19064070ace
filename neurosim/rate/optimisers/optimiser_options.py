"""What every optimiser can be told besides its own numbers."""

from __future__ import annotations

from typing import TypedDict


class Shared(TypedDict, total=False):
    """Options of every optimiser; see `Optimiser`."""

    weight_decay: float
    decoupled: bool
    l1: float
    clip_value: float | None
    clip_norm: float | None
    max_norm: float | None


DEFAULTS: Shared = {
    "weight_decay": 0.0,
    "decoupled": False,
    "l1": 0.0,
    "clip_value": None,
    "clip_norm": None,
    "max_norm": None,
}
