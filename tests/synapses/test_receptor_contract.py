"""Every receptor keeps the contract, and the contract can be broken."""

from __future__ import annotations

import numpy as np
import pytest

from neurosim.errors import NeurosimError, ParameterError
from neurosim.neurons import NeuronModel
from neurosim.synapses import (
    AMPA,
    GABA_A,
    GABA_B,
    NMDA,
    Alpha,
    BiExponential,
    Conductance,
    PSCFilter,
    Receptor,
    TwoStateKinetics,
    check_receptor,
)
from neurosim.synapses.contract import ReceptorContractError

OWN = Receptor(
    "dg/dt = -g/tau : nS",
    output="g*(E - v)",
    jump={"g": "1*nS"},
    parameters={"tau": "5 ms", "E": "0 mV"},
    name="Own",
)

RECEPTORS = [
    PSCFilter(5.0, 2),
    Alpha(5.0, "peak"),
    BiExponential("1 ms", "5 ms", gain=-2.0),
    BiExponential("5 ms", "5 ms", "peak"),
    TwoStateKinetics(1.1, 0.19),
    Conductance(BiExponential("1 ms", "5 ms", "peak"), reversal=4.0),
    AMPA(),
    GABA_A(),
    NMDA(magnesium="2 mM"),
    GABA_B(),
    OWN,
]


@pytest.mark.parametrize("receptor", RECEPTORS, ids=lambda r: r.name)
def test_every_receptor_keeps_the_contract(receptor: Receptor) -> None:
    check_receptor(receptor)


def test_a_filter_that_promises_another_peak_breaks_it() -> None:
    class Higher(Alpha):
        def __init__(self) -> None:
            super().__init__(5.0, "peak")
            self.jump = {"x0": "3*gain"}

        def _jumps(self) -> tuple[np.ndarray, np.ndarray]:
            return np.array([3.0, 0.0]), np.zeros(2)

        def _integral(self, t: np.ndarray) -> np.ndarray:
            return 3 / np.e * super()._integral(t)

    with pytest.raises(ReceptorContractError, match=r"Higher: its peak is its gain\."):
        check_receptor(Higher())
    assert issubclass(ReceptorContractError, NeurosimError)


def test_a_filter_that_is_not_what_the_network_does_breaks_it() -> None:
    class Slower(Alpha):
        def _later(self, states: np.ndarray, elapsed: np.ndarray) -> np.ndarray:
            return super()._later(states, 0.999 * elapsed)

    with pytest.raises(ReceptorContractError, match="a network does what response"):
        check_receptor(Slower(5.0, "peak"))


def test_a_wrong_integral_breaks_it() -> None:
    class Wrong(Alpha):
        def _integral(self, t: np.ndarray) -> np.ndarray:
            return 1.001 * super()._integral(t)

    with pytest.raises(ReceptorContractError, match=r"step.. is the integral of impulse"):
        check_receptor(Wrong(5.0, "peak"))


def test_a_receptor_that_fits_no_neuron_breaks_it() -> None:
    with pytest.raises(ReceptorContractError, match=r"(?s)it fits a neuron, but LIF: .*Lapicque: .*Hodgkin"):
        check_receptor(Receptor("dg/dt = -g/ms : nS", output="g", jump={"g": "1"}))


def test_a_receptor_without_effect_breaks_it() -> None:
    silent = Receptor("dg/dt = -g/ms : 1", output="g", jump={"g": "0"}, name="Silent")
    with pytest.raises(ReceptorContractError, match="Silent: a spike changes something"):
        check_receptor(silent)


def test_a_careless_copy_breaks_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Receptor, "_check", lambda self: None)
    with pytest.raises(ReceptorContractError, match=r"tau = -1\.0 is refused"):
        check_receptor(OWN)


def test_a_neuron_may_be_given() -> None:
    qif = NeuronModel("du/dt = (u**2 + I)/ms : 1\nI : 1 (input)", threshold="u > 9", reset="u = -9", name="Q")
    with pytest.raises(ReceptorContractError, match=r"it fits a neuron, but Q: .*potential"):
        check_receptor(Conductance(Alpha(2.0), 1.0), model=qif)
    with pytest.raises(ParameterError, match=r"pulse"):
        Receptor("dg/dt = -g/ms : 1", output="g", jump={"g": "1"}, end={"g": "1"})
