"""Dense associative memories and the modern Hopfield network."""

import math

import numpy as np
import pytest
from neurosim.models import modern_hopfield
from neurosim.models.hopfield import DenseMemory, Hopfield, ModernHopfield
from neurosim.models.hopfield.dense_memory import capacity_of_order
from neurosim.models.hopfield.experiments import corrupt, random_patterns

from neurosim.errors import ParameterError
from neurosim.rate import MultiHeadAttention, attention


def test_order_two_is_the_hopfield_memory():
    """One unit at a time from the same states: the same decision as Hebb's rule without its diagonal."""
    rng = np.random.default_rng(0)
    patterns = random_patterns(6, 150, rng)
    probes = corrupt(patterns, 0.15, rng)
    found, classic = DenseMemory(2).fit(patterns).recall(probes), Hopfield().fit(patterns).recall(probes)
    assert np.array_equal(found.states, classic.states)
    # x_j sum_m x_m (x_m.s without j) is half the difference of the squares.
    fields = Hopfield().fit(patterns).fields(probes)
    memory = DenseMemory(2).fit(patterns)
    flipped = probes.copy()
    flipped[:, 3] = 1
    up = memory.energy(flipped)
    flipped[:, 3] = -1
    assert np.allclose((memory.energy(flipped) - up) * 150**2 / 4 / 6, fields[:, 3], atol=1e-9)


@pytest.mark.parametrize("order", [28, 29, 300])
def test_high_orders_recall_from_heavy_damage(order):
    """Where all overlaps are small, and their powers beyond what adds to 1."""
    rng = np.random.default_rng(8)
    patterns = random_patterns(5, 200, rng)
    found = DenseMemory(order).fit(patterns).recall(corrupt(patterns, 0.35, rng))
    assert np.array_equal(found.states, patterns)
    assert (found.outcome == "converged").all()


@pytest.mark.filterwarnings("ignore:DenseMemory.fit")
@pytest.mark.parametrize("order", [2, 3, 4, "exponential"])
def test_energy_falls_and_ends_at_rest(order):
    rng = np.random.default_rng(1)
    patterns = random_patterns(30, 60, rng)
    memory = DenseMemory(order).fit(patterns)
    probes = random_patterns(40, 60, rng)
    found = memory.recall(probes)
    assert (found.outcome == "converged").all()
    assert (found.energies <= memory.energy(probes) + 1e-12).all()
    assert np.allclose(found.energies, memory.energy(found.states))
    for j in range(60):
        other = found.states.copy()
        other[:, j] *= -1
        assert (memory.energy(other) >= found.energies - 1e-12).all()


@pytest.mark.filterwarnings("ignore:DenseMemory.fit")
def test_steeper_energies_hold_what_flatter_ones_lose():
    rng = np.random.default_rng(2)
    patterns = random_patterns(400, 80, rng)
    probes = corrupt(patterns[:60], 0.05, rng)
    right = {
        order: float(
            (DenseMemory(order).fit(patterns).recall(probes).states == patterns[:60]).all(axis=1).mean()
        )
        for order in (2, 3, 4, "exponential")
    }
    assert right[2] < 0.05
    assert right[2] <= right[3] <= right[4]
    assert right["exponential"] == 1.0


def test_capacity_formula():
    assert capacity_of_order(2, 100) == pytest.approx(100 / (2 * math.log(100)))
    assert capacity_of_order(4, 50) == pytest.approx(50**3 / (2 * 15 * math.log(50)))


def test_capacity_does_not_fall_with_the_order_nor_overflow():
    limits = [capacity_of_order(order, 40) for order in range(2, 80)]
    assert limits == sorted(limits)
    assert capacity_of_order(400, 1000) > 1e100
    with pytest.warns(
        UserWarning, match=r"40 patterns for 80 units; the order 2 recalls about 9\.13 without"
    ):
        DenseMemory(2).fit(random_patterns(40, 80, np.random.default_rng(6)))
    with pytest.warns(UserWarning, match=r"9 patterns for 6 units; the order 'exponential' recalls about 8 "):
        DenseMemory("exponential").fit(random_patterns(9, 6, np.random.default_rng(6)))


@pytest.mark.parametrize("memory", [DenseMemory(4), ModernHopfield(beta=2.0)])
def test_patterns_come_and_go(memory):
    patterns = random_patterns(5, 60, np.random.default_rng(7))
    with pytest.raises(ParameterError, match="nothing is stored yet"):
        memory.forget(0)
    memory.partial_fit(patterns[:2]).partial_fit(patterns[2:]).forget(1)
    left = np.delete(patterns, 1, axis=0)
    assert np.array_equal(memory.patterns_, left)
    np.testing.assert_allclose(
        memory.overlap(3 * left if memory.__class__ is ModernHopfield else left), left @ left.T / 60
    )
    for wrong in (
        lambda: memory.partial_fit(patterns[:, :7]),
        lambda: memory.forget(4),
        lambda: memory.forget(-1),
    ):
        with pytest.raises(ParameterError):
            wrong()
    assert np.array_equal(memory.patterns_, left)
    with pytest.raises(ParameterError, match="the only pattern"):
        memory.fit(patterns[:1]).forget(0)


def test_one_step_is_attention():
    """The update of the paper, X softmax(beta X^T x), written out, and the layers' operation."""
    rng = np.random.default_rng(3)
    X, queries = rng.standard_normal((30, 16)), rng.standard_normal((7, 16))
    found = ModernHopfield().fit(X).recall(queries)
    raised = np.exp(queries @ X.T / 4.0)
    assert np.abs(found - raised / raised.sum(axis=1, keepdims=True) @ X).max() < 1e-12
    assert np.abs(found - attention(queries, X, X).value).max() < 1e-12


def test_a_layer_whose_projections_do_nothing_is_the_memory():
    rng = np.random.default_rng(4)
    X, queries = rng.standard_normal((30, 16)), rng.standard_normal((1, 7, 16))
    layer = MultiHeadAttention(16, beta=0.7, updates=3)
    layer.build((7, 16), seed=0)
    for affine in layer.layers:
        affine.weights.value = np.eye(16)
    wanted = ModernHopfield(beta=0.7).fit(X).recall(queries[0], steps=3, tolerance=0.0)
    assert np.abs(layer(queries, X).value[0] - wanted).max() < 1e-12


def test_modern_energy_falls_and_patterns_are_recalled_in_a_step():
    rng = np.random.default_rng(5)
    X = rng.standard_normal((1000, 64))
    memory = ModernHopfield(beta=1.0).fit(X)
    probes = X[:50] + 0.3 * rng.standard_normal((50, 64))
    assert np.abs(memory.recall(probes) - X[:50]).max() < 1e-3
    mixing = ModernHopfield(beta=0.1).fit(X)
    x = probes
    for _ in range(20):
        x, before = mixing.recall(x), x
        assert (mixing.energy(x) <= mixing.energy(before) + 1e-9).all()
    assert np.allclose(mixing.recall(probes, steps=400), x, atol=1e-2)
    assert memory.recall(X[0]).shape == (64,)


def test_model_digits():
    """A thousand digits in 64 numbers: one update recalls them; the classical memory holds few."""
    shares = [modern_hopfield.modern_share(1000, beta) for beta in (0.03, 0.25, 0.5, 4.0)]
    assert shares == sorted(shares)
    assert shares[0] == 0.0
    assert shares[-1] >= 0.99
    assert modern_hopfield.modern_share(10, 0.25) == 1.0 > modern_hopfield.modern_share(1000, 0.25)
    assert modern_hopfield.classical_share(1000) == modern_hopfield.classical_share(100) == 0.0
    assert 0.5 <= modern_hopfield.classical_share(10, "pseudo_inverse") <= 0.9
    assert modern_hopfield.classical_share(100, "pseudo_inverse") < 0.05
    # As beta falls, what is found becomes the mean of all.
    stored = modern_hopfield.digits(100)
    found = ModernHopfield(1e-9).fit(stored).recall(stored[0])
    np.testing.assert_allclose(found, stored.mean(axis=0), atol=1e-6)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: DenseMemory(1), "at least 2, or 'exponential'"),
        (lambda: DenseMemory("cubic"), "DenseMemory.order"),
        (lambda: DenseMemory().recall([[1, -1]]), "nothing is stored yet"),
        (lambda: DenseMemory().fit([[1, -1]]).recall([1, -1, 1]), "the stored patterns have 2 units"),
        (lambda: DenseMemory().fit([[1, 0.5]]), r"\[0, 1\] = 0.5: must be -1 or 1"),
        (lambda: DenseMemory(random_state=-1), "random_state = -1"),
        (lambda: DenseMemory(random_state="a"), "random_state = 'a'"),
        (lambda: DenseMemory().fit([[1, -1]]).recall([[1], [1, -1]]), "rows equally long"),
        (lambda: ModernHopfield("a"), "beta = 'a'"),
        (lambda: ModernHopfield().fit([[1j, 1.0]]), "must be real numbers"),
        (lambda: ModernHopfield().fit([[1e200, 1.0]]), "overflows"),
        (lambda: ModernHopfield().fit([[1.0, 2.0]]).recall([1e200, 1.0]), "overflows"),
        (lambda: ModernHopfield().fit([[1.0, 2.0]]).recall([[1.0], [1.0, 2.0]]), "rows equally long"),
        (lambda: ModernHopfield().fit([[1.0, 2.0]]).recall([1.0, 2.0], tolerance="a"), "tolerance. = 'a'"),
        (lambda: ModernHopfield().fit(np.ma.array([[1.0, 2.0]], mask=[[0, 1]])), "masked"),
        (lambda: ModernHopfield(beta=0), "must be a positive number"),
        (lambda: ModernHopfield().fit([1.0, 2.0]), "the shape must be"),
        (lambda: ModernHopfield().fit([[1.0, np.nan]]), "must be finite"),
        (lambda: ModernHopfield().fit([[1.0, 2.0]]).recall([1.0]), "the stored patterns have 2 numbers"),
        (lambda: ModernHopfield().recall([1.0]), "nothing is stored yet"),
        (lambda: ModernHopfield().fit([[1.0, 2.0]]).recall([1.0, 2.0], steps=0), "at least 1"),
    ],
)
def test_mistakes(wrong, message):
    with pytest.raises(ParameterError, match=message):
        wrong()
