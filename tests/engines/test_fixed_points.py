"""Neurons that are driven just up to their threshold come to rest there."""

from __future__ import annotations

import numpy as np
import pytest

from neurosim import LIF, Network, Population, PSCFilter, SpikeMonitor


@pytest.mark.parametrize("dt", [0.01, 0.1, 0.5, 1.0])
@pytest.mark.parametrize("receptors", [{}, {"exc": PSCFilter(5)}], ids=["alone", "with a receptor"])
def test_a_drive_of_the_threshold_does_not_fire(receptors: dict[str, PSCFilter], dt: float) -> None:
    tau = np.linspace(4, 60, 113)
    at = Population(tau.size, LIF, tau_m=tau, v_in=1.0, receptors=receptors)
    above = Population(tau.size, LIF, tau_m=tau, v_in=1.0 + 1e-9, receptors=receptors)
    spikes = SpikeMonitor(at), SpikeMonitor(above)
    Network(at, above, *spikes, dt=dt).run(40 * 60)
    assert len(spikes[0]) == 0
    below = 1.0 - at["v"]  # a step that is shorter than half a rounding brings nothing
    assert ((below >= 0.0) & (below <= 1.1 * 2.0**-53 * tau / dt + 1e-15)).all()
    assert {*spikes[1].i} == {*range(tau.size)}
