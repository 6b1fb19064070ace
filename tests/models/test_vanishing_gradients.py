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


@pytest.mark.parametrize(
    ("activation", "start", "least", "most"),
    [
        ("logistic", "He", 0.0, 1e-9),
        ("relu", "A tenth of Glorot", 0.0, 1e-25),
        ("relu", "Glorot", 1e-5, 1e-3),
        ("relu", "He", 0.2, 5.0),
        ("tanh", "Glorot", 0.05, 0.5),
        ("relu", "Twice Glorot", 1e3, np.inf),
    ],
)
def test_what_reaches_the_first_of_thirty_layers(activation, start, least, most):
    norms = model.gradient_norms(activation, STARTS[start], width=100, batch=20, seed=2)
    assert least < norms[0] < most
