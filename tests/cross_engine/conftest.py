"""The same network on both engines, side by side."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import numpy as np
import pytest

from neurosim import Network, SpikeMonitor, StateMonitor


class Pair:
    """The same network on both engines, and how far apart what its monitors recorded is."""

    def run(self, build: object, duration: float) -> None:
        """`build` makes a network; its monitors are compared one by one."""
        self.networks: list[Network] = [build(), build()]  # type: ignore[operator]
        for network, engine in zip(self.networks, ("native", "brian2"), strict=True):
            network.run(duration, engine=engine)

    def __iter__(self) -> Iterator[tuple[object, object]]:
        return iter(zip(*(network.monitors for network in self.networks), strict=True))

    @property
    def n_spikes(self) -> int:
        return sum(len(m) for m in self.networks[0].monitors if isinstance(m, SpikeMonitor))

    def assert_same_spikes(self) -> None:
        for a, b in self:
            if isinstance(a, SpikeMonitor):
                assert isinstance(b, SpikeMonitor)
                assert list(zip(a.t, a.trial, a.i, strict=True)) == list(zip(b.t, b.trial, b.i, strict=True))

    def difference(self) -> float:
        """Largest difference of a state, relative to its largest value."""
        found = [0.0]
        for a, b in self:
            if isinstance(a, StateMonitor):
                assert isinstance(b, StateMonitor)
                assert np.array_equal(a.t, b.t)
                for name in a.units:
                    largest = max(float(np.abs(a[name]).max()), 1e-300)
                    found.append(float(np.abs(a[name] - b[name]).max()) / largest)
        return max(found)


@pytest.fixture
def pair() -> Pair:
    """Runs a network on both engines; needs Brian2."""
    pytest.importorskip("brian2")
    return Pair()


@pytest.fixture(autouse=True)
def little_garbage() -> Iterator[None]:
    """See the fixture `engine`."""
    gc.freeze()
    yield
    gc.unfreeze()
