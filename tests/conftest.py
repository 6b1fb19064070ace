"""Settings of the whole suite: figures without a screen, and one cache of kernels for all workers."""

from __future__ import annotations

import os
import shutil
import tempfile

import pytest

os.environ["MPLBACKEND"] = "Agg"


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Give the session a cache folder of its own; workers inherit it from the process that starts them."""
    if "NEUROSIM_CACHE_DIR" not in os.environ:
        folder = tempfile.mkdtemp(prefix="neurosim-kernels-")
        os.environ["NEUROSIM_CACHE_DIR"] = folder
        config.add_cleanup(lambda: _remove(folder))


def _remove(folder: str) -> None:
    del os.environ["NEUROSIM_CACHE_DIR"]
    shutil.rmtree(folder, ignore_errors=True)
