"""Descriptions shown as the calls that make them."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import Any

import numpy as np


def as_call(description: Any) -> str:
    """A dataclass as the call that makes it, without what was left out; arrays by their shape."""
    parts = []
    for entry in sorted(fields(description), key=lambda entry: bool(entry.kw_only)):
        value = getattr(description, entry.name)
        if value is not entry.default:
            shown = f"array{value.shape}" if isinstance(value, np.ndarray) else repr(value)
            parts.append(shown if entry.default is MISSING else f"{entry.name}={shown}")
    return f"{type(description).__name__}({', '.join(parts)})"
