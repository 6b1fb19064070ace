"""CUBA, COBA and COBAHH: the same spikes on Brian2, and the same statistics over networks of other seeds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from neurosim.models import coba, cobahh, cuba

brian2 = pytest.importorskip("brian2")


@pytest.mark.parametrize("model", [cuba, coba, cobahh], ids=["CUBA", "COBA", "COBAHH"])
def test_identical_spikes_for_50_ms(pair: Any, model: Any) -> None:
    pair.run(lambda: model.build(seed=1, recorded=3).network, 50)
    assert pair.n_spikes > 1000
    pair.assert_same_spikes()
    assert pair.difference() < 1e-10


def test_cuba_written_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(brian2.prefs, "codegen.target", "numpy")
    ours = cuba.build(1000, seed=3, recorded=5)
    start = ours.cells["v"].copy()
    ours.network.run(100)

    ms = brian2.ms
    group = brian2.NeuronGroup(
        1000,
        """du/dt = (up + down - u - 49)/(20*ms) : 1 (unless refractory)
           dup/dt = -up/(5*ms) : 1
           ddown/dt = -down/(10*ms) : 1""",
        threshold="u > -50",
        reset="u = -60",
        refractory=5.1 * ms,
        method="exact",
        dt=0.1 * ms,
    )
    group.u = start
    joins = []
    for projection, code in zip(ours.network.projections, ("up += 1.62", "down -= 9"), strict=True):
        wires = projection.connectivity
        join = brian2.Synapses(group, group, on_pre=code, delay=0.1 * ms)
        join.connect(i=wires.pre + projection.pre.start, j=wires.post)
        joins.append(join)
    spikes, states = brian2.SpikeMonitor(group), brian2.StateMonitor(group, "u", record=range(5))
    brian2.Network(group, joins, spikes, states).run(100 * ms)

    assert len(ours.spikes) > 500
    theirs = zip(np.rint(np.asarray(spikes.t / ms) / 0.1).astype(int), np.asarray(spikes.i), strict=True)
    mine = zip(np.rint(ours.spikes.t / 0.1).astype(int), ours.spikes.i, strict=True)
    assert sorted(theirs) == sorted(mine)
    assert ours.states is not None
    assert np.abs(ours.states["v"] - np.asarray(states.u).T).max() < 1e-10


def statistics(model: Any, seed: int, engine: str) -> tuple[float, float]:
    """Rate, Hz, and mean CV of the intervals, of the last 300 of 400 ms."""
    made = model.build(1200, seed=seed)
    made.network.run(400, engine=engine)
    late = made.spikes.t >= 100
    times, units = made.spikes.t[late], made.spikes.i[late]
    order = np.lexsort((times, units))
    intervals = np.diff(times[order])[np.diff(units[order]) == 0]
    owner = units[order][1:][np.diff(units[order]) == 0]
    counts = np.bincount(owner, minlength=1200)
    means = np.bincount(owner, intervals, 1200) / np.maximum(counts, 1)
    squares = np.bincount(owner, intervals**2, 1200) / np.maximum(counts, 1)
    enough = counts >= 2
    cv = np.sqrt(np.maximum(squares - means**2, 0))[enough] / means[enough]
    return len(times) / 1200 / 0.3, float(cv.mean())


@pytest.mark.slow
@pytest.mark.parametrize("model", [cuba, coba, cobahh], ids=["CUBA", "COBA", "COBAHH"])
def test_the_same_statistics_over_five_seeds(model: Any) -> None:
    """Networks of other seeds, so that the two samples are independent: of one seed, the trains are the same
    to the end, though rounding differs by one part in 1e13 or so."""
    ours, theirs = (
        np.array([statistics(model, seed, engine) for seed in seeds])
        for engine, seeds in (("native", range(5)), ("brian2", range(5, 10)))
    )
    error = np.sqrt((ours.var(axis=0, ddof=1) + theirs.var(axis=0, ddof=1)) / 5)
    assert np.all(np.abs(ours.mean(axis=0) - theirs.mean(axis=0)) <= 3 * error + 1e-12)
    assert np.all(ours.mean(axis=0) > [1.0, 0.1])
