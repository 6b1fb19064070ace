"""Weights that carry a unit, and weights that are recorded before they exist."""

from __future__ import annotations

import numpy as np
import pytest

from neurosim import (
    AMPA,
    LIF,
    AllToAllRule,
    BiExponential,
    Conductance,
    Dense,
    DistanceDependent,
    FixedProbability,
    Lapicque,
    Network,
    Normal,
    PoissonPopulation,
    Population,
    Projection,
    PSCFilter,
    Receptor,
    Sparse,
    SpikeGenerator,
    StateMonitor,
    WeightMonitor,
)
from neurosim.connectivity.rules import Rule
from neurosim.errors import ParameterError, UnitError
from neurosim.neurons import NeuronModel
from neurosim.synapses import GABA_B

INPUT_IN_NA = NeuronModel(
    """
    dv/dt = (I - v/R)/C : mV
    I : nA (input)
    """,
    parameters={"R": "100 Mohm", "C": "100 pF"},
    name="InputInNA",
)


def joined(rule: Rule, receptor: Receptor, model: NeuronModel = Lapicque, seed: int = 1) -> Projection:
    axons = PoissonPopulation(20, "10 Hz", name="axons")
    cells = Population(30, model, receptors={"r": receptor}, name="cells")
    projection = Projection(axons, cells, rule)
    Network(axons, cells, projection, seed=seed)
    return projection


@pytest.mark.parametrize(
    ("receptor", "model", "unit"),
    [
        (PSCFilter(5), Lapicque, "pA*ms"),
        (PSCFilter(5, normalize="peak"), Lapicque, "pA"),
        (PSCFilter(5), LIF, "ms"),
        (PSCFilter(5, normalize="peak"), LIF, "1"),
        (PSCFilter(5, normalize="peak"), INPUT_IN_NA, "nA"),
        (PSCFilter(5), INPUT_IN_NA, "nA*ms"),
        (AMPA(), Lapicque, "nS"),
        (GABA_B(), Lapicque, "1"),
        (Conductance(BiExponential(1, 5), reversal="0 mV"), Lapicque, "nS*ms"),
        (Receptor("", output="0*pA", jump={"v": "1"}), Lapicque, "mV"),
        (Receptor("", output="0", jump={"v": "1"}), Lapicque, "mV"),
        (Receptor("", output="0", jump={"v": "1"}), LIF, "1"),
        (Receptor("", output="0*pA", jump={"v": "1*mV"}), Lapicque, "1"),
        (Receptor("dg/dt = -g/ms : nS", output="g*mV", jump={"g": "1", "v": "1"}), Lapicque, None),
    ],
)
def test_the_unit_of_a_weight_is_that_of_what_it_changes(
    receptor: Receptor, model: NeuronModel, unit: str | None
) -> None:
    assert joined(FixedProbability(0.5), receptor, model).weight_unit == unit


@pytest.mark.parametrize("given", ["0.2 nS", "200 pS", "2e-4 uS", 0.2])
def test_a_rules_weight_is_converted(given: object) -> None:
    projection = joined(FixedProbability(0.3, weight=given), AMPA())
    assert projection.connectivity.weights == pytest.approx(0.2, rel=1e-12)


def test_a_quantity_of_another_library_is_converted() -> None:
    pint = pytest.importorskip("pint")
    units = pint.UnitRegistry()
    projection = joined(AllToAllRule(weight=np.full((20, 30), 200.0) * units.pS), AMPA())
    np.testing.assert_allclose(projection.connectivity.weights, 0.2, rtol=1e-12)
    with pytest.raises(ParameterError, match=r"Dense\.weights = .*: must be numbers without a unit"):
        Dense(np.ones((2, 2)) * units.nS)
    dense = Dense(np.ones((2, 2)))
    with pytest.raises(ParameterError, match="without a unit"):
        dense.weights = 2.0 * units.nS
    assert (dense.weights == 1).all()


def test_a_distribution_in_another_unit_draws_the_same_numbers() -> None:
    plain = joined(FixedProbability(0.3, weight=Normal(0.2, 0.05)), AMPA()).connectivity.weights
    named = joined(FixedProbability(0.3, weight=Normal("200 pS", "0.05 nS")), AMPA()).connectivity.weights
    np.testing.assert_allclose(named, plain, rtol=1e-12)
    assert 0.03 < plain.std() < 0.07


def test_weights_as_a_function_of_distance_may_be_quantities() -> None:
    positions = np.arange(5.0)
    rule = DistanceDependent("1", positions, weight=lambda d: [f"{100 * x} pS" for x in d])
    weights = rule.build(5, 5, seed=0, weight_unit="nS").to_dense()
    np.testing.assert_allclose(weights, 0.1 * np.abs(positions[:, None] - positions), rtol=1e-12)


def test_a_unit_that_does_not_fit_is_refused_at_once_and_both_are_named() -> None:
    axons, cells = PoissonPopulation(2, 10), Population(3, Lapicque, receptors={"r": AMPA()}, name="cells")
    for weight in ("0.2 mV", Normal("1 mV", "1 mV")):
        with pytest.raises(UnitError, match=r"connectivity\.weight.*has the unit mV, but must be in nS"):
            Projection(axons, cells, FixedProbability(0.5, weight=weight))
    with pytest.raises(ParameterError, match="text without a unit"):
        Projection(axons, cells, FixedProbability(0.5, weight="0.2"))
    with pytest.raises(UnitError, match="has the unit nS, but must be in 1"):
        FixedProbability(0.5, weight="0.2 nS").build(3, 3, seed=1)
    for operator in (lambda: Dense("0.1 nS"), lambda: Sparse([0], [0], "0.1 nS", n_pre=1, n_post=1)):  # type: ignore[arg-type]
        with pytest.raises(ParameterError, match="must be real numbers"):
            operator()


def test_a_weight_of_one_nanosiemens_is_one() -> None:
    """The unit that is told is the one the engine uses: one spike brings the conductance to its weight."""
    peak = Conductance(PSCFilter(5, normalize="peak"), reversal="0 mV")
    for model, receptor, unit, variable in (
        (Lapicque, peak, "nS", "x0_r"),
        (INPUT_IN_NA, PSCFilter(5, normalize="peak"), "nA", "x0_r"),
    ):
        axon = SpikeGenerator(1, 0, [1.0])
        cell = Population(1, model, receptors={"r": receptor})
        trace = StateMonitor(cell, variable)
        projection = Projection(axon, cell, AllToAllRule(weight=f"0.25 {unit}"))
        assert projection.weight_unit == unit
        Network(axon, cell, projection, trace, dt=0.1).run(3)
        assert trace[variable].max() == pytest.approx(0.25, rel=1e-12)
        assert trace.units[variable] == unit


def test_weights_that_a_rule_wires_are_recorded() -> None:
    axons = PoissonPopulation(20, "10 Hz")
    cells = Population(30, Lapicque, receptors={"r": AMPA()})
    projection = Projection(axons, cells, FixedProbability(0.3, weight=Normal("0.2 nS", "0.05 nS")), name="p")
    every, some = WeightMonitor(projection, dt=1), WeightMonitor(projection, [3, 0], dt=1)
    assert repr(every) == "WeightMonitor(p, all synapses)"
    assert repr(some) == "WeightMonitor(p, 2 synapses)"
    network = Network(axons, cells, projection, every, some, seed=1)
    network.run(2)
    weights = projection.connectivity.weights
    np.testing.assert_array_equal(every.weights, [weights, weights])
    np.testing.assert_array_equal(some.weights, [weights[[3, 0]], weights[[3, 0]]])
    assert repr(every) == f"WeightMonitor(p, {projection.connectivity.n_synapses} synapses)"
    assert every.series()["weight"][1] == "nS"


def test_a_network_made_anew_wires_and_records_anew() -> None:
    axons, cells = PoissonPopulation(20, 10), Population(30, LIF, receptors={"r": PSCFilter(5)})
    projection = Projection(axons, cells, FixedProbability(0.3))
    monitor = WeightMonitor(projection, dt=1)
    for seed in (1, 2):
        network = Network(axons, cells, projection, monitor, seed=seed)
    network.run(1)
    assert monitor.weights.shape == (1, 1)  # one weight for all synapses


def test_a_synapse_that_the_rule_has_not_made_is_refused_when_the_network_is_made() -> None:
    axons, cells = PoissonPopulation(2, 10), Population(3, LIF, receptors={"r": PSCFilter(5)})
    projection = Projection(axons, cells, AllToAllRule(weight=np.ones((2, 3))), name="p")
    monitor = WeightMonitor(projection, [2, 6])
    with pytest.raises(ParameterError, match=r"weights of p\.synapses.*must be places from 0 to 5"):
        Network(axons, cells, projection, monitor)
