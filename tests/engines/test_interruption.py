"""Ctrl-C at moments that are rare, and handlers other than Python's."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import numpy as np
import pytest

import neurosim.engines.native as native
from neurosim import LIF, Network, Population, SpikeMonitor
from neurosim.engines.program import Program
from neurosim.engines.watch import Watch
from neurosim.errors import ParameterError

Handler = Callable[[Any], object]


@pytest.fixture
def on_interrupt() -> Iterator[Handler]:
    """Sets who answers Ctrl-C, for the length of a test."""
    before = signal.getsignal(signal.SIGINT)
    yield lambda handler: signal.signal(signal.SIGINT, handler)
    signal.signal(signal.SIGINT, before)


def interrupt_in(monkeypatch: pytest.MonkeyPatch, kind: type, name: str) -> None:
    """Have Ctrl-C come in every call of a method."""
    method = getattr(kind, name)

    def interrupted(*arguments: Any) -> Any:
        signal.raise_signal(signal.SIGINT)
        return method(*arguments)

    monkeypatch.setattr(kind, name, interrupted)


def driven() -> Network:
    cells = Population(3, LIF, v_in=1.2)
    return Network(cells, SpikeMonitor(cells), seed=1)


def test_what_comes_while_a_run_ends_is_handed_on(
    on_interrupt: Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_interrupt(signal.default_int_handler)
    network = driven()
    with monkeypatch.context() as patch:
        interrupt_in(patch, Watch, "finish")
        with pytest.raises(KeyboardInterrupt):
            network.run(3)
    assert network.t == pytest.approx(3)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    network.run(2)


def test_where_it_is_ignored_it_stays_ignored(on_interrupt: Handler, monkeypatch: pytest.MonkeyPatch) -> None:
    on_interrupt(signal.SIG_IGN)
    interrupt_in(monkeypatch, Program, "run")
    network = driven()
    network.run(3)
    assert network.t == pytest.approx(3)


def test_a_handler_of_ones_own_answers_between_windows(
    on_interrupt: Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(number: int, frame: Any) -> None:
        heard.append(network.step)
        if len(heard) == 3:
            raise LookupError("enough")

    monkeypatch.setattr(native, "LONGEST_WINDOW", 5)
    monkeypatch.setattr("neurosim.engines.pace.GROWTH", 1)  # stretches of a window
    interrupt_in(monkeypatch, Program, "run")
    on_interrupt(answer)
    heard: list[int] = []
    network = driven()
    with pytest.raises(LookupError, match="enough"):
        network.run(3)
    assert heard == [5, 10, 15]
    assert network.step == 15
    assert signal.getsignal(signal.SIGINT) is answer
    network.run(1.5)
    assert heard == [5, 10, 15, 20, 25, 30]


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="the system has no such timer")
def test_a_network_that_was_stopped_at_the_very_beginning_is_free() -> None:
    random = np.random.default_rng(0)
    network = driven()
    network.run(1)
    before, stops = signal.signal(signal.SIGALRM, signal.default_int_handler), 0
    try:
        for _ in range(4000):
            with suppress(KeyboardInterrupt):
                stops += 1
                signal.setitimer(signal.ITIMER_REAL, 1e-6 + 2e-5 * random.random())
                with suppress(ParameterError):
                    network.run(1, progress="soon")
                while True:
                    pass
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert stops == 4000
    network.run(1)
