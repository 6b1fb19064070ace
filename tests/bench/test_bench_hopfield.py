"""The benchmark of associative memories: small ones are measured, and a peer has to recall as much."""

import numpy as np
import pytest
from neurosim.models.hopfield.experiments import Curve

from neurosim.bench import hopfield_worker
from neurosim.bench.comparison import compare, judged
from neurosim.bench.hopfield import HOPFIELD, HopfieldCase
from neurosim.bench.program import PEERS, Program, programs
from neurosim.bench.table import table

SMALL = {
    "steps": HopfieldCase("small", "", "steps", 100, 5, 1, sweeps=5, update="synchronous"),
    "memory": HopfieldCase("small", "", "memory", 200, 5, 10, timed="recall"),
    "capacity": HopfieldCase("small", "", "capacity", 60, 0, 2),
}


CURVE = Curve(np.arange(6.0), np.ones((6, 2)), 60, "", "")


def test_the_small_cases_are_those_that_are_measured():
    assert set(SMALL) == {case.kind for case in HOPFIELD.values()}


@pytest.mark.parametrize("kind", SMALL)
def test_measurements(kind):
    measure = hopfield_worker.prepare(SMALL[kind].task(1))
    reply = measure()
    assert reply["seconds"] > 0
    assert reply["overlap"] == pytest.approx(1.0, abs=0.02)
    assert (reply.get("build_seconds") is not None) == (SMALL[kind].timed == "recall")


def test_a_curve_keeps_to_its_threads(monkeypatch):
    found = []
    monkeypatch.setattr(hopfield_worker, "capacity", lambda n, **how: found.append(how["threads"]) or CURVE)
    hopfield_worker.curve(SMALL["capacity"].task(1), 0)
    assert found == [1]


def test_a_peer_that_recalls_less_does_not_count():
    programs = [Program("neurosim_1", "1", ()), Program("peer", "1", ())]
    replies = {"neurosim_1": [{"seconds": 1.0, "overlap": 1.0}], "peer": [{"seconds": 0.5, "overlap": 0.9}]}
    ours, peer = judged("classroom", programs, replies, {})
    assert ours.json()["overlap"] == 1.0
    assert peer.note == "not counted: overlap with the patterns 0.9, that of neurosim 1"
    assert "overlap" in table([ours, peer], programs, 1)


@pytest.mark.slow
def test_a_peer_does_the_same():
    able = programs("hopfield", [1])
    if len(able) == 1:
        pytest.skip(f"{PEERS['hopfield'][0].variant} is not installed")
    ours, peer = compare(HOPFIELD["classroom"], able, 1)
    assert peer.note == ""
    assert ours.ratio_to_best_peer > 100
