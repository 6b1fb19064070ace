"""Entropies against SciPy and closed forms."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra import numpy as hnp

from neurosim.analysis import cross_entropy, entropy, kl_divergence
from neurosim.errors import ParameterError

rng = np.random.default_rng(5)
P, Q = rng.dirichlet(np.ones(6), (4, 1)), rng.dirichlet(np.ones(6), (4, 3))


@pytest.mark.parametrize(("unit", "base"), [("bits", 2.0), ("nats", None)])
def test_against_scipy(unit, base):
    from scipy import stats

    np.testing.assert_allclose(entropy(Q, unit), stats.entropy(Q, base=base, axis=-1), rtol=1e-12)
    expected = stats.entropy(P, Q, base=base, axis=-1)
    np.testing.assert_allclose(kl_divergence(P, Q, unit), expected, rtol=1e-10)
    np.testing.assert_allclose(cross_entropy(P, Q, unit), entropy(P, unit) + expected, rtol=1e-12)


def test_closed_forms():
    assert entropy(np.full(8, 1 / 8)) == pytest.approx(3.0)
    assert entropy([0.0, 1.0, 0.0]) == 0.0
    assert entropy([0.5, 0.5], "nats") == pytest.approx(np.log(2.0))
    assert cross_entropy([0.5, 0.5], [0.25, 0.75]) == pytest.approx(-0.5 * np.log2(0.25 * 0.75))


def test_the_impossible_happens():
    for function in (cross_entropy, kl_divergence):
        assert function([0.5, 0.5], [1.0, 0.0]) == np.inf
        assert function([1.0, 0.0], [0.5, 0.5]) == 1.0


@given(hnp.arrays(float, (2, 5), elements={"min_value": 1e-6, "max_value": 1.0}))
def test_divergence_is_never_negative(weights):
    p, q = weights / weights.sum(axis=1, keepdims=True)
    assert kl_divergence(p, q) >= 0.0
    assert kl_divergence(p, p) == 0.0
    assert 0.0 <= entropy(p) <= np.log2(5.0) + 1e-12


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: entropy([0.5, 0.6]), r"entropy\(p\) = 1.1: probabilities must add up to 1. Divide counts"),
        (lambda: entropy([1.5, -0.5]), r"entropy\(p\) = -0.5: probabilities must be at least 0"),
        (lambda: entropy([np.nan, 1.0]), r"entropy\(p\) = nan"),
        (lambda: entropy([]), r"entropy\(p\) = \(0,\): needs at least one outcome"),
        (lambda: entropy(1.0), r"entropy\(p\) = \(\)"),
        (lambda: entropy(["a"]), r"real numbers"),
        (lambda: entropy([1.0], unit="bit"), r"entropy\(unit\) = 'bit': .* Did you mean 'bits'\?"),
        (lambda: entropy([1.0], unit=3), r"one of bits, nats"),
        (lambda: cross_entropy([1.0], [0.5, 0.5]), r"cross_entropy\(p, q\) = \(\(1,\), \(2,\)\)"),
        (lambda: kl_divergence(P[:3, 0], Q[:2, 0]), r"these shapes do not go together"),
        (lambda: kl_divergence(P, 2 * Q), r"kl_divergence\(q\) = 2.0"),
    ],
)
def test_errors(call, message):
    with pytest.raises(ParameterError, match=message):
        call()
