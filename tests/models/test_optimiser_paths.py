"""Paths on the saddle by theory, and who comes how far in the valley."""

import numpy as np
import pytest
from neurosim.models import optimisers as model

from neurosim.errors import ParameterError
from neurosim.plotting import plot_descent


def escapes(name, *distances):
    paths = (model.descend(model.SADDLE, name, start=(-1.5, d), n_steps=300) for d in distances)
    return np.array([model.steps_to_escape(path) for path in paths])


@pytest.mark.parametrize(
    ("name", "growth"),
    [
        ("SGD", 1.05),  # y <- (1 + rate) y
        ("momentum", 1.2),  # the larger root of z^2 - (1 + 0.9 + rate) z + 0.9
    ],
)
def test_plain_descent_leaves_a_ridge_in_log_time(name, growth):
    near, nearer = escapes(name, 1e-3, 1e-6)
    assert nearer - near == pytest.approx(np.log(1000.0) / np.log(growth), abs=1.0)


@pytest.mark.parametrize("name", ["AdaGrad", "RMSProp", "Adam", "AdaMax", "NAdam"])
def test_rules_that_divide_by_the_gradient_leave_it_at_once(name):
    steps = escapes(name, 1e-2, 1e-4, 1e-6)
    assert np.ptp(steps) <= 1
    assert steps.max() < 20


def test_on_the_ridge_itself_nothing_leaves():
    assert escapes("Adam", 0.0)[0] == np.inf
    path = model.descend(model.SADDLE, "SGD", start=(-1.5, 0.0))
    np.testing.assert_allclose(path[-1], [-1.5 * 0.95**model.SADDLE.n_steps, 0.0])


def test_the_floor_of_the_valley_is_2500_times_flatter():
    curvature = np.array([[802.0, -400.0], [-400.0, 200.0]])  # of Rosenbrock's function at (1, 1)
    low, high = np.linalg.eigvalsh(curvature)
    assert high / low == pytest.approx(2508, abs=1)


def test_the_valley_with_and_without_momentum():
    left = {}
    for name in ("SGD", "momentum", "Nesterov", "Adam"):
        path = model.descend(model.VALLEY, name)
        left[name] = model.VALLEY.height(*path[-1]) / model.VALLEY.height(*path[0])
    assert left["SGD"] > 0.02
    for name in ("momentum", "Nesterov", "Adam"):
        assert left[name] < 0.1 * left["SGD"]


def test_every_path_descends_to_a_minimum_of_the_saddle():
    for name in model.OPTIMISERS:
        path = model.descend(model.SADDLE, name, n_steps=600)
        np.testing.assert_allclose(path[-1], [0.0, 1.0], atol=0.06, err_msg=name)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (({"a": [[0.0, 1.0, 2.0]]}, (0, 1, 0, 1)), r"paths\['a'\]\) = \(1, 3\): the shape must be"),
        (({"a": [[0.0, np.nan]]}, (0, 1, 0, 1)), "must be finite"),
        (({}, (1, 0, 0, 1)), r"plot_descent\(frame\)"),
    ],
)
def test_paths_that_cannot_be_drawn(arguments, message):
    with pytest.raises(ParameterError, match=message):
        plot_descent(lambda x, y: x * y, *arguments)
