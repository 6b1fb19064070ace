"""Boolean functions of the model: how many one unit computes, and all of them in the spiking engine."""

import numpy as np
import pytest
from neurosim.models import boolean_networks as model

from neurosim.rate import boolean_network, truth_table_inputs


@pytest.mark.parametrize("n", [1, 2, 3])
def test_as_many_functions_are_separable_as_is_known(n):
    functions = model.all_functions(n)
    assert functions.shape == (2**2**n, 2**n)
    assert sum(model.is_separable(outputs) for outputs in functions) == model.SEPARABLE[n]


@pytest.mark.slow
def test_the_known_share_of_the_functions_of_four_inputs():
    rng = np.random.default_rng(0)
    found = np.mean([model.is_separable(outputs) for outputs in rng.integers(0, 2, (5000, 16))])
    share = model.SEPARABLE[4] / 2**16
    assert found == pytest.approx(share, abs=4 * np.sqrt(share / 5000))


def test_the_two_that_are_not():
    functions = model.all_functions(2)
    lost = [name for name, f in zip(model.NAMES, functions, strict=True) if not model.is_separable(f)]
    assert lost == ["x₁ xor x₂", "¬(x₁ xor x₂)"]
    x, y = truth_table_inputs(2).T.astype(bool)
    for name, truth in (("x₁ ∧ ¬x₂", x & ~y), ("x₁ ∨ ¬x₂", x | ~y), ("¬(x₁ ∧ x₂)", ~(x & y)), ("x₂", y)):
        np.testing.assert_array_equal(functions[model.NAMES.index(name)], truth)


@pytest.mark.parametrize("hidden", ["minterms", "implicants"])
def test_spiking_units_compute_them_all(hidden):
    functions = model.all_functions(2)
    np.testing.assert_array_equal(model.fired(boolean_network(functions.T, hidden)), functions.T)
    deep = np.random.default_rng(2).integers(0, 2, (32, 3))
    np.testing.assert_array_equal(model.fired(boolean_network(deep, hidden)), deep)


def test_hidden_units_of_known_functions():
    units = model.hidden_units(5, seed=0)
    assert units["Parity"] == 16
    assert units["Majority"] == 10
    assert units["Or"] == 5
    assert 5 < units["Random functions"] < 12
