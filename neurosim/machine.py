"""What the machine has, and what it has no room for."""

from __future__ import annotations

import os

from neurosim.errors import ParameterError


def memory_bytes() -> int:
    """Bytes of memory in the machine; where the system cannot tell, more than anything needs."""
    if not hasattr(os, "sysconf"):
        return 2**63
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def check_room(where: str, value: object, needed: int, remedy: str = "Use fewer units.") -> None:
    """Refuse what does not fit the memory, before anything is allocated.

    Parameters
    ----------
    where, value, remedy
        As of `ParameterError`.
    needed : int
        Bytes.

    Raises
    ------
    ParameterError
        If the machine has less.
    """
    memory = memory_bytes()
    if needed > memory:
        limit = f"would need {needed} bytes of memory, and the machine has {memory}"
        raise ParameterError(where, value, limit, remedy)
