"""What a number must be to count as one."""

from __future__ import annotations

from typing import Any

import numpy as np


def is_whole(number: Any) -> bool:
    """Tell whether this is a whole number; True and False are none."""
    return isinstance(number, int | np.integer) and not isinstance(number, bool)


def is_real(number: Any) -> bool:
    """Tell whether this is one real number, whole or not; True and False are none."""
    return is_whole(number) or isinstance(number, float | np.floating)
