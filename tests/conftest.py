"""What the whole suite shares: figures without a screen, a cache of kernels, and the engines."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator

import pytest

os.environ["MPLBACKEND"] = "Agg"


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Give the session a cache folder of its own; workers inherit it from the process that starts them."""
    if "NEUROSIM_CACHE_DIR" not in os.environ:
        folder = tempfile.mkdtemp(prefix="neurosim-kernels-")
        os.environ["NEUROSIM_CACHE_DIR"] = folder
        config.add_cleanup(lambda: _remove(folder))


@pytest.fixture(params=["native", "brian2"])
def engine(request: pytest.FixtureRequest) -> Iterator[str]:
    """Name of each engine in turn: what a test asks of one holds on both. Brian2 where it is installed."""
    if request.param == "brian2":
        pytest.importorskip("brian2")
    gc.freeze()  # Brian2 collects garbage at every run, and would go through all that was ever imported
    yield request.param
    gc.unfreeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What Brian2 itself warns of is not our business."""
    for item in items:
        params = (
            item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
        )
        if "cross_engine" in item.path.parts or params.get("engine") == "brian2":
            for kind in ("DeprecationWarning", "PendingDeprecationWarning", "SyntaxWarning"):
                item.add_marker(pytest.mark.filterwarnings(f"ignore::{kind}"))


def _remove(folder: str) -> None:
    del os.environ["NEUROSIM_CACHE_DIR"]
    shutil.rmtree(folder, ignore_errors=True)
