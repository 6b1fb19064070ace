"""Gradients through deep networks against the theory of mean fields and its closed forms."""

import numpy as np
import pytest
from neurosim.models import vanishing_gradients as model

STARTS = {start.name: start for start in model.STARTS}


@pytest.mark.parametrize(
    ("activation", "start", "factor"),
    [
        ("relu", "Glorot", np.sqrt(0.5)),
        ("relu", "He", 1.0),
        ("relu", "Twice Glorot", np.sqrt(2.0)),
        ("tanh", "A tenth of Glorot", 0.1),  # small drives: the slope is 1
        ("logistic", "A tenth of Glorot", 0.025),  # and here 1/4
    ],
)
def test_the_theory_in_closed_form(activation, start, factor):
    predicted = model.predicted_norms(activation, STARTS[start], n_layers=6)
    np.testing.assert_allclose(predicted, factor ** np.arange(5.0, -1.0, -1.0), rtol=0.02)


@pytest.mark.parametrize("activation", model.ACTIVATIONS)
@pytest.mark.parametrize("start", model.STARTS, ids=lambda start: start.name)
def test_measured_gradients_follow_the_theory(activation, start):
    measured = model.gradient_norms(activation, start, n_layers=10, width=200, batch=20, seed=1)
    predicted = model.predicted_norms(activation, start, n_layers=10)
    # The logarithm of a product of n random factors spreads as sqrt(layers/width).
    np.testing.assert_allclose(np.log(measured), np.log(predicted), atol=0.3)


def test_who_learns_in_thirty_layers():
    first = {
        (activation, name): model.gradient_norms(activation, start, width=120, seed=2)[0]
        for activation in ("logistic", "tanh", "relu")
        for name, start in STARTS.items()
    }
    assert max(first[key] for key in first if key[0] == "logistic") < 1e-9
    assert max(first[key] for key in first if key[1] == "A tenth of Glorot") < 1e-25
    assert 1e-5 < first["relu", "Glorot"] < 1e-3
    assert 0.2 < first["relu", "He"] < 5.0
    assert 0.05 < first["tanh", "Glorot"] < 0.5
    assert first["relu", "Twice Glorot"] > 1e3
