"""Threshold units for Boolean functions: against truth tables, a naive search, and the spiking engine."""

import itertools

import numpy as np
import pytest

from neurosim import McCullochPitts, Network, Projection, SpikeGenerator, SpikeMonitor
from neurosim.errors import ParameterError
from neurosim.rate import boolean_network, fewest_implicants, prime_implicants, truth_table_inputs

TWO_INPUTS = list(itertools.product((0, 1), repeat=4))
rng = np.random.default_rng(3)


def computed(network, n):
    return network(truth_table_inputs(n).astype(float)).value


def covered(term):
    """Rows that a conjunction is true in, by the definition."""
    n = len(term)
    return {
        row
        for row, values in enumerate(itertools.product((0, 1), repeat=n))
        if all(t in (2, v) for t, v in zip(term, values, strict=True))
    }


def primes_by_search(outputs):
    n = len(outputs).bit_length() - 1
    true = {row for row, value in enumerate(outputs) if value}
    implicants = [t for t in itertools.product((0, 1, 2), repeat=n) if covered(t) <= true]
    return {t for t in implicants if not any(covered(t) < covered(other) for other in implicants)}


def size_by_search(outputs):
    """Fewest conjunctions by trying all sets of prime ones."""
    true = {row for row, value in enumerate(outputs) if value}
    primes = [covered(t) for t in primes_by_search(outputs)]
    for size in range(len(primes) + 1):
        if any(set().union(*chosen) == true for chosen in itertools.combinations(primes, size)):
            return size
    return None


def test_rows_are_in_the_order_of_a_truth_table():
    np.testing.assert_array_equal(truth_table_inputs(3), list(itertools.product((0, 1), repeat=3)))


@pytest.mark.parametrize("hidden", ["minterms", "implicants"])
def test_all_functions_of_two_inputs(hidden):
    for outputs in TWO_INPUTS:
        np.testing.assert_array_equal(computed(boolean_network(outputs, hidden), 2)[:, 0], outputs)


def test_the_weights_of_the_outputs_are_the_truth_table():
    outputs = rng.integers(0, 2, (16, 3))
    network = boolean_network(outputs)
    np.testing.assert_array_equal(network[2].connectivity.to_dense(), outputs)
    hidden = network[1](network[0](truth_table_inputs(4).astype(float))).value
    np.testing.assert_array_equal(hidden, np.eye(16))  # each hidden unit fires for its own row only


def test_prime_implicants_equal_those_of_the_definition():
    for outputs in [*TWO_INPUTS, *rng.integers(0, 2, (30, 8)), *rng.integers(0, 2, (10, 16))]:
        assert {tuple(t) for t in prime_implicants(outputs).tolist()} == primes_by_search(outputs)


def test_as_few_implicants_as_any_search_finds():
    cyclic = [0, 1, 1, 1, 1, 1, 1, 0]  # six prime implicants, none essential; three suffice
    for outputs in [cyclic, *rng.integers(0, 2, (25, 8)), *rng.integers(0, 2, (5, 16))]:
        chosen = fewest_implicants(outputs)
        assert len(chosen) == size_by_search(outputs)
        assert set().union(*(covered(t) for t in chosen)) == set(np.flatnonzero(outputs))
    assert (len(prime_implicants(cyclic)), len(fewest_implicants(cyclic))) == (6, 3)


@pytest.mark.parametrize(
    ("function", "n_hidden"),
    [
        (lambda x: x.any(axis=1), 5),
        (lambda x: x.all(axis=1), 1),
        (lambda x: x.sum(axis=1) % 2 == 1, 16),  # parity: no two rows can be joined
        (lambda x: x.sum(axis=1) >= 3, 10),  # majority: every three of five
        (lambda x: x[:, 0] > 2, 1),  # never
        (lambda x: x[:, 0] >= 0, 1),  # always
    ],
)
def test_hidden_units_of_known_functions(function, n_hidden):
    outputs = function(truth_table_inputs(5))
    network = boolean_network(outputs, "implicants")
    assert network[0].connectivity.n_post == n_hidden
    np.testing.assert_array_equal(computed(network, 5)[:, 0], outputs)


def test_several_outputs_share_their_implicants():
    x = truth_table_inputs(3)
    outputs = np.stack([x[:, 0] & x[:, 1], (x[:, 0] & x[:, 1]) | x[:, 2], np.zeros(8, int)], axis=1)
    network = boolean_network(outputs, "implicants")
    assert network[0].connectivity.n_post == 2
    np.testing.assert_array_equal(computed(network, 3), outputs)


@pytest.mark.parametrize("hidden", ["minterms", "implicants"])
def test_the_same_connections_compute_with_spikes(hidden):
    outputs = np.array(TWO_INPUTS).T  # all sixteen functions at once
    first, _, second, _ = network = boolean_network(outputs, hidden)
    rows, units = np.nonzero(truth_table_inputs(2))
    inputs = SpikeGenerator(2, units=units, times=rows + 1.0)
    middle, last = (
        McCullochPitts(layer.connectivity.n_post, -layer.bias.value, veto=False) for layer in (first, second)
    )
    wires = [
        Projection(pre, post, layer.connectivity, receptor="exc", delay="1 ms")
        for pre, post, layer in ((inputs, middle, first), (middle, last, second))
    ]
    spikes = SpikeMonitor(last)
    Network(inputs, middle, last, *wires, spikes, dt="1 ms").run("7 ms")
    fired = np.zeros((7, 16))
    fired[spikes.t.astype(int), spikes.i] = 1
    np.testing.assert_array_equal(fired[3:], computed(network, 2))
    assert wires[0].connectivity is first.connectivity


@pytest.mark.parametrize(
    ("outputs", "message"),
    [
        ([0, 1, 1], r"outputs\) = \(3,\): needs a value for each of the 2\*\*n rows"),
        ([1], "needs a value for each"),
        ([0, 2], r"outputs\) = 2: every value must be 0 or 1"),
        ([0.0, np.nan], "every value must be 0 or 1"),
        (["0", "1"], "must be real numbers"),
        (np.zeros((2, 0)), "needs a value for each"),
        (np.zeros(2**13), "n from 1 to 12"),
        (1, "needs a value for each"),
    ],
)
def test_what_is_no_truth_table(outputs, message):
    with pytest.raises(ParameterError, match=message):
        boolean_network(outputs)


def test_other_bad_input():
    with pytest.raises(ParameterError, match=r"hidden = 'implicant'.*Did you mean 'implicants'"):
        boolean_network([0, 1], "implicant")
    with pytest.raises(ParameterError, match=r"prime_implicants.*shape must be \(2\*\*n,\)"):
        prime_implicants([[0, 1], [1, 0]])
    for n in (0, 13, 2.0, True):
        with pytest.raises(ParameterError, match=r"truth_table_inputs\.n"):
            truth_table_inputs(n)
