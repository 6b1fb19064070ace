"""The moving line of the perceptron model, the bound on its corrections, and the pocket."""

import numpy as np
import pytest
from neurosim.models import perceptron as model

from neurosim.rate import Perceptron, largest_margin


def test_the_last_line_separates_and_each_correction_is_a_step_of_one_sample():
    samples = model.draw_samples(60, 0.06, 3)
    course = model.lines(samples)
    drives = samples.X @ course[-1, :2] + course[-1, 2]
    np.testing.assert_array_equal(drives > 0.0, samples.y)
    whole = Perceptron().fit(*samples)
    assert len(course) == whole.n_corrections_[0]
    np.testing.assert_allclose(course[-1], [*whole.connectivity_.weights[:, 0], *whole.bias_], rtol=1e-12)
    steps = np.diff(course, axis=0, prepend=np.zeros((1, 3)))
    points = np.column_stack([samples.X, np.ones(60)]) * np.where(samples.y, 1.0, -1.0)[:, None]
    nearest = np.abs(steps[:, None] - points).max(axis=2).min(axis=1)
    np.testing.assert_allclose(nearest, 0.0, atol=1e-12)


@pytest.mark.parametrize("seed", [0, 1])
def test_no_problem_takes_more_corrections_than_its_bound(seed):
    for pairs in model.corrections_and_bounds(8, seed).values():
        assert pairs.shape == (8, 2)
        assert (pairs[:, 1] <= pairs[:, 0]).all()
        assert (pairs[:, 1] >= 1).all()


def test_samples_keep_their_distance():
    samples = model.draw_samples(500, 0.1, 2)
    assert largest_margin(*samples).separable
    assert not largest_margin(*model.draw_samples(500, 0.1, 2, flipped=0.2)).separable


def test_the_pocket_never_gets_worse_and_beats_the_last_weights():
    last, pocket = model.shares_wrong(model.draw_samples(200, 0.0, 0, flipped=0.1), 25)
    assert (np.diff(pocket) <= 0.0).all()
    assert (pocket <= last + 1e-12).all()
    assert pocket[-1] < 0.2 < last.mean()
