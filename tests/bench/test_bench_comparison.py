"""The benchmark: what it makes of measurements, and that it measures."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest

from neurosim.bench import comparison, program, spiking_worker
from neurosim.bench.case import chosen
from neurosim.bench.classical import CLASSICAL
from neurosim.bench.comparison import compare, judged
from neurosim.bench.process import MeasurementError, Process
from neurosim.bench.program import Program, programs
from neurosim.bench.spiking import SPIKING, SpikingCase
from neurosim.bench.table import table
from neurosim.errors import ParameterError

KEYS = {"name", "variant", "seconds", "build_seconds", "rate_hz", "ratio_to_best_peer"}


def reply(seconds, rate=5.0, build=1.0, synapses=1000.0):
    return {"seconds": seconds, "build_seconds": build, "rate_hz": rate, "synapses": synapses}


def made(**variants):
    return [Program(name, "1.0", ()) for name in variants], variants


def test_medians_and_the_ratio_to_the_fastest_peer():
    able, replies = made(
        neurosim_1=[reply(0.5), reply(0.2), reply(0.3)],
        slow=[reply(3.0)] * 3,
        fast=[reply(0.6, build=9.0)] * 3,
    )
    ours, slow, fast = judged("cuba_4000", able, replies, {})
    assert ours.json() == {
        "name": "cuba_4000",
        "variant": "neurosim_1",
        "seconds": 0.3,
        "build_seconds": 1.0,
        "rate_hz": 5.0,
        "ratio_to_best_peer": pytest.approx(2.0),
    }
    assert (slow.seconds, slow.ratio_to_best_peer) == (3.0, None)
    assert (fast.seconds, fast.build_seconds) == (0.6, 9.0)


@pytest.mark.parametrize(
    ("theirs", "word"), [(reply(0.1, rate=5.6), "firing rate"), (reply(0.1, synapses=899.0), "synapses")]
)
def test_a_peer_that_did_something_else_does_not_count(theirs, word):
    able, replies = made(neurosim_1=[reply(0.5)], peer=[theirs])
    ours, peer = judged("cuba_4000", able, replies, {})
    assert ours.ratio_to_best_peer is None
    assert peer.seconds is None
    assert word in peer.note
    assert word in table([ours, peer], able, 1)


def test_a_peer_within_a_tenth_counts():
    able, replies = made(neurosim_1=[reply(0.5)], peer=[reply(1.0, rate=5.49, synapses=1099.0)])
    assert judged("cuba_4000", able, replies, {})[0].ratio_to_best_peer == 2.0


def test_chance_is_allowed_for():
    able, replies = made(
        neurosim_1=[reply(0.5, r) for r in (4, 5, 6)], peer=[reply(1.0, r) for r in (5, 6, 7)]
    )
    ours, peer = judged("cobahh_4000", able, replies, {})
    assert ours.ratio_to_best_peer == 2.0  # 20 % apart, but the standard error of each is 12 %
    assert (ours.rate_hz, peer.rate_hz) == (5.0, 6.0)


def test_programs_that_do_the_same_seem_not_to_as_rarely_as_promised(monkeypatch):
    monkeypatch.setattr(comparison, "CHANCE", 0.05)
    monkeypatch.setitem(comparison.AGREEMENTS, "rate_hz", comparison.Agreement("firing rate"))
    rng = np.random.default_rng(1)
    refused = 0
    for count in (2, 3, 10):
        for rates in rng.normal(38.0, 6.0, size=(400, 2, count)):
            able, replies = made(
                neurosim_1=[reply(0.5, r) for r in rates[0]], peer=[reply(1.0, r) for r in rates[1]]
            )
            refused += bool(judged("cobahh_4000", able, replies, {})[1].note)
    assert 30 <= refused <= 90  # 1,200 draws at 5 %: 60, and four standard deviations of 7.5


def test_many_measurements_tell_another_model_apart():
    rates = np.random.default_rng(2).normal([[38.0], [57.0]], 6.0, size=(2, 10))
    able, replies = made(neurosim_1=[reply(0.5, r) for r in rates[0]], peer=[reply(1.0, r) for r in rates[1]])
    assert "firing rate" in judged("cobahh_4000", able, replies, {})[1].note


def test_a_peer_that_fails_is_reported():
    able, replies = made(neurosim_1=[reply(0.5)], peer=[])
    ours, peer = judged("cuba_4000", able, replies, {"peer": "out of memory"})
    assert ours.seconds == 0.5
    assert peer.json() == dict.fromkeys(KEYS) | {"name": "cuba_4000", "variant": "peer"}
    assert table([ours, peer], able, 1).splitlines()[2].endswith("out of memory")


def test_the_table_names_versions_and_machine():
    able, replies = made(neurosim_1=[reply(0.5)], nest=[reply(1.0)])
    text = table(judged("cuba_4000", able, replies, {}), able, 3)
    assert "Medians of 3, taken in turn. neurosim 1.0, nest 1.0" in text
    assert "processors" in text
    assert "2.00" in text


ECHO = """
import json, sys
task = json.loads(sys.stdin.readline())
for number, _ in enumerate(sys.stdin, 1):
    if number == task.get("fails_at"):
        print("it went wrong", file=sys.stderr)
        sys.exit(1)
    reply = {"seconds": number, "build_seconds": 1, "rate_hz": 5.0, "synapses": None}
    print("something else")
    print("neurosim bench: " + json.dumps(reply), flush=True)
"""


def test_a_process_measures_when_asked_to():
    with Process([sys.executable, "-c", ECHO], {}) as process:
        assert [process.measure()["seconds"] for _ in range(3)] == [1, 2, 3]


def test_a_process_that_ends_says_why():
    with Process([sys.executable, "-c", ECHO], {"fails_at": 2}) as process:
        process.measure()
        with pytest.raises(MeasurementError, match="it went wrong"):
            process.measure()


def test_measurements_are_taken_in_turn():
    echo = (sys.executable, "-c", ECHO)
    able = [
        Program("neurosim_1", "1", echo),
        Program("peer", "1", echo),
        Program("no", "1", echo, 1, ("hh",)),
    ]
    told = []
    rows = compare(SPIKING["cuba_4000"], able, 3, tell=told.append)
    assert [line.split(", ")[1] for line in told] == ["neurosim_1", "peer"] * 3
    assert [row.seconds for row in rows] == [2, 2]


def test_a_script_is_timed_from_the_start_of_its_process(monkeypatch):
    clock = iter(range(100))
    monkeypatch.setattr(comparison, "perf_counter", lambda: next(clock))
    able = [Program("neurosim_1", "1", (sys.executable, "-c", ECHO))]
    (row,) = compare(SPIKING["script_cold"], able, 2)
    assert (row.seconds, row.build_seconds) == (1, None)


def test_neurosim_itself_is_measured():
    small = SpikingCase("small", "a small network", "cuba", n=200, duration=100.0)
    rows = compare(small, programs("spiking", [1], peers=False), 1)
    assert [row.variant for row in rows] == ["neurosim_1"]
    assert set(rows[0].json()) == KEYS
    assert 0 < rows[0].seconds < 10
    assert 0 < rows[0].build_seconds < 10
    assert 1 < rows[0].rate_hz < 50


def test_every_case_can_tell_its_parameters():
    for name, each in (SPIKING | CLASSICAL).items():
        assert each.name == name
        json.dumps(each.task(2))


def test_times_that_do_not_count_are_not_drawn():
    able, replies = made(neurosim_1=[reply(0.5)], peer=[reply(0.1, rate=9.0)])
    assert comparison.times(judged("cuba_4000", able, replies, {})) == {"cuba_4000": {"neurosim_1": 0.5}}


@pytest.mark.parametrize("kind", ["hh", "lif", "wiring", "coba", "cobahh", "brunel"])
def test_every_kind_of_case_is_measured(kind):
    dt = {"hh": 0.025, "cobahh": 0.05}.get(kind, 0.1)
    small = SpikingCase("small", "", kind, n=200, duration=100.0, dt=dt).task(1)
    found = spiking_worker.prepare(small)()
    assert 0 < found["seconds"] < 10
    if kind == "wiring":
        assert 300 < found["synapses"] < 500
    else:
        assert found["rate_hz"] > 1


def test_an_unknown_case():
    with pytest.raises(ParameterError, match=r"--only = 'cuba4000'.*Did you mean 'cuba_4000'"):
        chosen("coba_4000,cuba4000", SPIKING)


def test_peers_are_found_by_their_interpreter(monkeypatch):
    monkeypatch.delenv(program.PEER_PYTHON, raising=False)
    peer = program.Peer("numpy", "numpy", "numpy.py", ("cuba",))
    monkeypatch.setattr(program, "PEERS", {"spiking": (peer,)})
    ours, peer = programs("spiking", [2])
    assert (ours.variant, ours.threads, ours.is_ours) == ("neurosim_2", 2, True)
    assert (peer.variant, peer.command[0], peer.is_ours) == ("numpy", sys.executable, False)


def test_an_interpreter_that_does_not_run(tmp_path):
    with pytest.raises(ParameterError, match=r"--peer-python = .*does not run"):
        programs("spiking", [1], [tmp_path / "python"])
