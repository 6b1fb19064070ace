"""Figures of memories that recall."""

import numpy as np
import pytest
from neurosim.models.hopfield import Hopfield
from neurosim.models.hopfield.experiments import random_patterns
from PIL import Image

from neurosim.errors import OutputError, ParameterError
from neurosim.plotting import animate_recall, plot_pattern_overlaps

PATTERNS = random_patterns(2, 36, np.random.default_rng(0))


@pytest.fixture(scope="module")
def found():
    probes = PATTERNS * np.where(np.arange(36) < 5, -1, 1)
    return Hopfield().fit(PATTERNS).recall(probes, trajectory=True)


def test_a_recall_becomes_a_moving_picture(found, tmp_path):
    path = found.animate(tmp_path / "recall.gif")
    with Image.open(path) as picture:
        frames = [np.asarray((picture.seek(k), picture.convert("L"))[1]) for k in range(picture.n_frames)]
    n_sweeps = len(found.trajectory) - 1
    assert len(frames) >= 4 * n_sweeps + 1 - 4  # equal frames may be one
    top = [frame[: frame.shape[0] // 3] for frame in (frames[0], frames[-1])]
    assert (np.abs(top[0].astype(int) - top[1]) > 100).mean() > 0.01  # five pixels of either image changed
    assert (frames[-1] < 128).mean() > 0.03
    assert list(tmp_path.iterdir()) == [path]


def test_overlaps_of_one_probe_with_all_patterns(found):
    ax = found.plot(probe=1)
    assert [line.get_label() for line in ax.lines] == ["Pattern 0", "Pattern 1"]
    assert np.array_equal(ax.lines[1].get_ydata(), found.trajectory_overlaps[:, 1, 1])


def test_energies_and_flips_against_sweeps(found):
    ax = found.plot(quantity="energy")
    assert np.array_equal(ax.lines[1].get_ydata(), found.trajectory_energies[:, 1])
    ax = found.plot(quantity="flips")
    assert ax.lines[0].get_xdata()[0] == 1
    assert np.array_equal(ax.lines[0].get_ydata(), found.trajectory_flips[:, 0])
    assert found.trajectory_flips[0].tolist() == [5, 5]


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        (lambda f, t: f.animate(t / "recall.mp4"), ParameterError, "must end in .gif"),
        (lambda f, t: f.animate(t / "a.gif", (5, 7)), ParameterError, "of the 36 units"),
        (lambda f, t: f.animate(t / "none" / "a.gif"), OutputError, "cannot be written"),
        (lambda f, _: f.plot(quantity="heat"), ParameterError, "overlap, energy, flips"),
        (
            lambda _, __: (
                Hopfield("perceptron").fit(PATTERNS).recall(PATTERNS, trajectory=True).plot(quantity="energy")
            ),
            ParameterError,
            "weights have no energy",
        ),
        (lambda f, _: f.plot(probe=2), ParameterError, "from 0 to 1"),
        (
            lambda _, t: Hopfield().fit(PATTERNS).recall(PATTERNS).animate(t / "a.gif"),
            ParameterError,
            "trajectory=True",
        ),
        (
            lambda _, __: animate_recall(np.ones((3, 2, 6)), (2, 3), np.ones((2, 2))),
            ParameterError,
            "of the states",
        ),
        (lambda _, __: plot_pattern_overlaps(np.ones(3)), ParameterError, "2 axes"),
    ],
)
def test_mistakes(found, tmp_path, wrong, error, message):
    with pytest.raises(error, match=message):
        wrong(found, tmp_path)


def test_units_that_make_no_square_need_a_shape(tmp_path):
    patterns = PATTERNS[:, :30]
    found = Hopfield().fit(patterns).recall(patterns, trajectory=True)
    with pytest.raises(ParameterError, match="30 units make no square"):
        found.animate(tmp_path / "a.gif")
