"""What the machine has."""

from __future__ import annotations

import os


def memory_bytes() -> int:
    """Bytes of memory in the machine; where the system cannot tell, more than anything needs."""
    if not hasattr(os, "sysconf"):
        return 2**63
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
