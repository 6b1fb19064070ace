"""The other simulators that are installed do the same as neurosim: their rates agree, chance aside.

They are looked for in this interpreter and in those that NEUROSIM_PEER_PYTHON names.
"""

from __future__ import annotations

import pytest

from neurosim.bench.comparison import compare
from neurosim.bench.program import PEERS, programs
from neurosim.bench.spiking import SPIKING, SpikingCase

SMALL = {
    "cuba": SpikingCase("small", "", "cuba", 1000, duration=500.0),
    "coba": SpikingCase("small", "", "coba", 1000, duration=500.0),
    "cobahh": SpikingCase("small", "", "cobahh", 1000, duration=500.0, dt=0.05),
    "brunel": SpikingCase("small", "", "brunel", 2500, duration=200.0),
    "hh": SpikingCase("small", "", "hh", 40, duration=200.0, dt=0.025),
    "lif": SpikingCase("small", "", "lif", 40),
    "wiring": SpikingCase("small", "", "wiring", 2000),
}

DRAWN = {"cuba", "coba", "cobahh", "brunel"}
"""Kinds that are another network each time, which only many measurements tell apart from another model."""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("variant", "kind"),
    [(peer.variant, kind) for peer in PEERS["spiking"] for kind in SMALL if kind in peer.kinds],
)
def test_a_peer_does_the_same(variant, kind):
    able = [p for p in programs("spiking", [1]) if p.is_ours or p.variant.removesuffix("_1") == variant]
    if len(able) == 1:
        pytest.skip(f"{variant} is not installed")
    ours, peer = compare(SMALL[kind], able, 10 if kind in DRAWN else 2)
    assert peer.note == ""
    assert ours.ratio_to_best_peer > 0


def test_the_small_cases_are_those_that_are_measured():
    assert set(SMALL) == {case.kind for case in SPIKING.values()}
    for case in SPIKING.values():
        assert SMALL[case.kind].dt == case.dt
