"""The line of a user's program that made a node of the expression graph."""

from __future__ import annotations

import linecache
import os
import sys
from types import CodeType

Origin = tuple[CodeType, int]
"""A piece of code and the offset of an instruction in it: cheap to note, and unlike a frame it keeps no local
variables alive."""

_LIBRARY = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep


def find_origin() -> Origin | None:
    """Return the place outside the library from which it was called; None where there is none."""
    frame = sys._getframe(1)
    while frame.f_code.co_filename.startswith(_LIBRARY):
        if frame.f_back is None:
            return None
        frame = frame.f_back
    return frame.f_code, frame.f_lasti


def describe_origin(origin: Origin) -> str:
    """Return the file, the number and the text of the line: ``"made in net.py, line 7: y = x @ w"``."""
    code, offset = origin
    # Python keeps one entry of positions for each two bytes of its instructions.
    line = next((p[0] for i, p in enumerate(code.co_positions()) if i == offset // 2), None)
    text = linecache.getline(code.co_filename, line or 0).strip()
    return f"made in {code.co_filename}, line {line}" + (f": {text}" if text else "")
