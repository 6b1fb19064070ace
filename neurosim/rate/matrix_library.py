"""The library behind NumPy's matrix products and decompositions, and its threads.

They wait for each other, and for the next product, by spinning for a tenth of a second.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import cache
from typing import Any


def on_one_thread() -> AbstractContextManager[Any]:
    """Let the matrix library use one thread for a while.

    Its results depend, in their last bits, on the number of threads.
    """
    context: AbstractContextManager[Any] = _library().limit(limits=1)
    return context


@cache
def _library() -> Any:
    """Return what sets the threads; finding the library takes milliseconds."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController().select(user_api="blas")
