"""What a network draws from its seed: variables of populations, wiring, weights."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from neurosim import (
    LIF,
    Dense,
    FixedIndegree,
    FixedProbability,
    HodgkinHuxley,
    Network,
    Normal,
    OneToOneRule,
    PoissonPopulation,
    Population,
    Projection,
    PSCFilter,
    Uniform,
)
from neurosim.errors import ParameterError, UnitError

TAU = Normal("20 ms", "2 ms", low="5 ms")


def cells(n: int = 400, name: str | None = "cells", **values) -> Population:
    return Population(n, LIF, receptors={"psc": PSCFilter("5 ms")}, name=name, **values)


def test_every_neuron_draws_its_own() -> None:
    group = cells(4000, tau_m=TAU, v=Uniform(0, 1), v_in=Normal(1, 0.1))
    Network(group, seed=1)
    assert stats.kstest(group["tau_m"], stats.norm(20, 2).cdf).pvalue > 1e-3
    assert stats.kstest(group["v"], "uniform").pvalue > 1e-3
    assert abs(np.corrcoef(group["tau_m"], group["v"])[0, 1]) < 4 / np.sqrt(4000)


def test_the_seed_decides_and_other_parts_do_not() -> None:
    def draw(seed: int, *, others: bool = False, v: object = 0.5, name: str | None = "cells") -> np.ndarray:
        group = cells(name=name, tau_m=TAU, v=v)
        before = [cells(10, name=None, tau_m=TAU), PoissonPopulation(3, 10)] if others else []
        Network(*before, group, seed=seed)
        return group["tau_m"]

    np.testing.assert_array_equal(draw(1), draw(1))
    assert (draw(1) != draw(2)).all()
    np.testing.assert_array_equal(draw(1), draw(1, others=True))
    np.testing.assert_array_equal(draw(1), draw(1, v=Uniform(0, 1)))
    # Without a name of its own it draws by its place, so that default names do not matter.
    np.testing.assert_array_equal(draw(1, name=None), draw(1, name=None))


def test_before_the_network_is_made_nothing_is_known() -> None:
    group = cells(tau_m=TAU)
    with pytest.raises(
        ParameterError, match=r"cells\['tau_m'\] = Normal\(20.0, 2.0, low=5.0\): is drawn when"
    ):
        group["tau_m"]
    with pytest.raises(ParameterError, match="depends on tau_m, which is drawn"):
        group["v"]
    assert group["tau_ref"] == LIF.parameters["tau_ref"].value
    group["tau_m"] = 12.0
    assert group["tau_m"] == 12.0
    Network(group, seed=1)
    assert group["tau_m"] == 12.0


def test_slices_draw_and_are_set_in_the_order_written() -> None:
    group = cells(10, tau_m=Uniform(10, 20))
    group[:5]["tau_m"] = Uniform(30, 40)
    group[4:6]["tau_m"] = 50.0
    group[7:]["v"] = Uniform("0.5", 0.6)
    Network(group, seed=1)
    assert (group["tau_m"][:4] >= 30).all()
    assert (group["tau_m"][4:6] == 50).all()
    assert (group["tau_m"][6:] < 20).all()
    assert (group["v"][:7] == 0).all()
    assert ((group["v"][7:] >= 0.5) & (group["v"][7:] < 0.6)).all()


def test_in_a_network_a_distribution_is_drawn_at_once() -> None:
    def draw(*, run: bool) -> np.ndarray:
        group = cells(50, v=Uniform(0, 0.5))
        network = Network(group, seed=1, trials=2)
        first = np.broadcast_to(group["v"], (2, 50)).copy()
        if run:
            network.run(1)
        group["v"] = Uniform(0, 0.5)
        group[10:20]["v"] = Uniform(0.8, 0.9)
        second = np.broadcast_to(group["v"], (2, 50))
        assert (first != second).all()
        np.testing.assert_array_equal(second[0], second[1])  # one draw for all trials
        assert (second[:, 10:20] >= 0.8).all()
        return second

    np.testing.assert_array_equal(draw(run=False), draw(run=True))


def test_a_network_made_anew_draws_anew_and_the_older_one_gives_up() -> None:
    group = cells(tau_m=TAU)
    projection = Projection(group, group, FixedProbability(0.1))
    older = Network(group, projection, seed=1)
    tau, wiring = group["tau_m"], projection.connectivity
    newer = Network(group, projection, seed=2)
    assert (group["tau_m"] != tau).any()
    assert projection.connectivity is not wiring
    with pytest.raises(ParameterError, match="taken over by a network made later"):
        older.run(1)
    newer.run(1)
    drawn = group["tau_m"]
    Network(group, projection, seed=3)  # must not touch what runs already
    np.testing.assert_array_equal(group["tau_m"], drawn)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"tau_m": Normal("20 ms", "20 ms")}, r"cells.tau_m = Normal\(20.0, 20.0\): draws values.*low="),
        ({"tau_ref": Uniform(-1, 1)}, r"cells.tau_ref = Uniform.*must not be negative"),
    ],
)
def test_values_a_variable_cannot_have(values, message) -> None:
    group = cells(**values)
    with pytest.raises(ParameterError, match=message):
        Network(group, seed=1)
    group[next(iter(values))] = 5.0
    Network(group, seed=1).run(1)


def test_wrong_units_and_names() -> None:
    with pytest.raises(UnitError, match=r"cells.tau_m: Normal\('20 mV', 1\).mean"):
        cells(tau_m=Normal("20 mV", 1))
    with pytest.raises(ParameterError, match="not a variable"):
        cells(tau=Normal(20, 1))
    group = Population(3, HodgkinHuxley, name="hh", C_m=Normal("1 uF/cm2", "0.1 uF/cm2", low="0.5 uF/cm2"))
    Network(group, seed=1).run(1)
    assert (group["C_m"] > 0.5).all()


def test_rules_wire_when_the_network_is_made() -> None:
    def wire(*, first: bool = True) -> Projection:
        group = cells(100, "cells")
        projection = Projection(
            group, group, FixedIndegree(10, weight=Normal(1, 0.1), autapses=False), name="recurrent", delay=1
        )
        assert repr(projection).startswith("Projection(recurrent, FixedIndegree(10, autapses=False, weight=")
        with pytest.raises(
            ParameterError, match=r"recurrent.connectivity = .*is wired when the network is made"
        ):
            _ = projection.connectivity
        other = Projection(group, group, FixedProbability(0.2), delay=1)
        Network(group, *([projection, other] if first else [other, projection]), seed=4)
        return projection

    one, other = wire(), wire(first=False)
    assert (one.connectivity.in_degrees() == 10).all()
    np.testing.assert_array_equal(one.connectivity.to_dense(), other.connectivity.to_dense())
    assert not one.connectivity.to_dense().diagonal().any()


def test_slices_of_one_population_know_their_common_neurons() -> None:
    group = cells(100)
    projection = Projection(group[20:70], group[40:100], FixedProbability(1.0, autapses=False))
    apart = Projection(group[:20], group[40:], FixedProbability(1.0, autapses=False))
    Network(group, projection, apart, seed=1)
    matrix = projection.connectivity.to_dense()
    i, j = np.nonzero(matrix == 0)
    np.testing.assert_array_equal(i + 20, j + 40)
    assert i.size == 30
    assert apart.connectivity.n_synapses == 20 * 60
    other = cells(100, "others")
    between = Projection(group, other, FixedProbability(1.0, autapses=False))
    Network(group, other, projection, apart, between, seed=1)
    assert between.connectivity.n_synapses == 100 * 100


def test_two_populations_draw_different_numbers() -> None:
    groups = [cells(50, None, v=Uniform(0, 1)) for _ in range(2)]
    parts = [Projection(groups[0], g, FixedProbability(0.5)) for g in groups]
    Network(groups, parts, seed=1)
    assert (groups[0]["v"] != groups[1]["v"]).all()
    assert (parts[0].connectivity.to_dense() != parts[1].connectivity.to_dense()).any()


def test_projections_with_one_name() -> None:
    group = cells(5)
    parts = [Projection(group, group, OneToOneRule(), name="p") for _ in range(2)]
    with pytest.raises(ParameterError, match="another projection has the name 'p' too"):
        Network(group, parts)


def test_a_rule_that_does_not_fit_is_refused_when_the_network_is_made() -> None:
    group = cells(5)
    with pytest.raises(ParameterError, match="unit 0 has only 5"):
        Network(group, Projection(group, group, FixedIndegree(10)))


def test_dales_law() -> None:
    group = cells(3)
    weights = np.array([[1.0, 0, 2], [-1, -1, 0], [0, 0, 0]])
    projection = Projection(group, group, Dense(weights), dale=True, delay=1)
    network = Network(group, projection, seed=1)
    network.run(1)
    weights[1, 2] = 0.5
    with pytest.raises(ParameterError, match="presynaptic unit 1 has weights of both signs"):
        network.run(1)
    assert network.t == 1.0
    with pytest.raises(ParameterError, match="Dale"):
        Projection(group, group, Dense(weights), dale=True)
    with pytest.raises(ParameterError, match="Dale"):
        Network(
            group := cells(50),
            Projection(group, group, FixedProbability(0.5, weight=Normal(0, 1)), dale=True),
        )
    half = FixedProbability(0.5, weight=Normal(-1, 1, high=0))
    Network(group := cells(50), Projection(group, group, half, dale=True), seed=1)
