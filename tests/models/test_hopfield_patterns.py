"""Patterns of the Hopfield memory and their damage, images and letters that come back."""

import numpy as np
import pytest
from neurosim.models.hopfield.experiments import (
    DAMAGES,
    corrupt,
    damaged,
    erase,
    image_patterns,
    images_restored,
    occlude,
    random_patterns,
    recall_images,
    sparse_patterns,
)
from neurosim.models.hopfield.experiments.patterns import patterns_at
from neurosim.models.hopfield_letters import LETTERS, SHAPE, letters, recall_share

from neurosim.data import load_digits, load_mnist
from neurosim.errors import ParameterError

GOOD = random_patterns(4, 36, np.random.default_rng(0))
RNG = np.random.default_rng(1)


def test_the_patterns_of_an_experiment_have_their_activity():
    patterns = patterns_at(0.1, 200, np.random.default_rng(0), 0.05)
    assert (patterns.shape, set(patterns.ravel())) == ((20, 200), {-1, 1})
    assert ((patterns > 0).sum(axis=1) == 10).all()


@pytest.mark.parametrize(
    "draw",
    [
        lambda rng: corrupt(GOOD, 0.3, rng),
        lambda rng: erase(GOOD, 0.3, rng),
        lambda rng: random_patterns(3, 20, rng),
        lambda rng: sparse_patterns(3, 20, 0.2, rng),
    ],
)
def test_a_seed_stands_for_its_generator(draw):
    assert np.array_equal(draw(5), draw(np.random.default_rng(5)))
    assert not np.array_equal(draw(5), draw(6))
    for wrong in (None, -1, 0.5, "a"):
        with pytest.raises(ParameterError, match=r"\(rng\) = .*must be a whole number from 0 on, or a Gen"):
            draw(wrong)


def test_damage_is_exact():
    rng = np.random.default_rng(0)
    patterns = random_patterns(50, 200, rng)
    assert ((corrupt(patterns, 0.25, rng) != patterns).sum(axis=1) == 50).all()
    assert np.array_equal(corrupt(patterns, 0.0, rng), patterns)
    assert np.array_equal(corrupt(patterns, 1.0, rng), -patterns)
    changed = (erase(patterns, 0.5, rng) != patterns).sum(axis=1)
    assert changed.max() <= 100
    assert abs(changed.mean() - 50) < 4 * 5 / 50**0.5  # each of 100 units by an even chance
    covered = occlude(patterns, (10, 20), 0.3).reshape(-1, 10, 20)
    assert (covered[:, 7:] == -1).all()
    assert np.array_equal(covered[:, :7], patterns.reshape(-1, 10, 20)[:, :7])
    for side, part in {"top": np.s_[:, :3], "left": np.s_[:, :, :6], "right": np.s_[:, :, 14:]}.items():
        covered = occlude(patterns, (10, 20), 0.3, side=side, value=1).reshape(-1, 10, 20)
        assert (covered[part] == 1).all()
        assert (covered != patterns.reshape(-1, 10, 20)).sum() == (
            patterns.reshape(-1, 10, 20)[part] == -1
        ).sum()


def test_damage_keeps_the_values_and_the_form_that_patterns_have():
    signs = random_patterns(6, 40, np.random.default_rng(2))
    damages = [
        lambda p, kind=kind: damaged(p, kind, 0.3, np.random.default_rng(3), (5, 8)) for kind in DAMAGES
    ]
    for damage in damages:
        wanted = damage(signs)
        for written in (np.int64, np.uint8, np.float32, bool):
            found = damage(((signs + 1) // 2).astype(written))
            assert found.dtype == written
            assert np.array_equal(found, (wanted + 1) // 2)
        assert np.array_equal(damage(signs.tolist()), wanted)
        assert np.array_equal(damage(signs[:1].astype(float))[0], damage(signs[0]))
    assert np.array_equal(signs, random_patterns(6, 40, np.random.default_rng(2)))
    covered = occlude((signs + 1) // 2, (5, 8), 0.4, value=1).reshape(-1, 5, 8)
    assert (covered[:, 3:] == 1).all()


@pytest.mark.parametrize("damage", DAMAGES)
def test_digits_come_back_from_damage(damage):
    digits = load_digits()
    patterns = image_patterns(digits)
    assert patterns.shape == (10, 64)
    assert np.array_equal(patterns[3], np.where(digits.images[digits.labels == 3][0] > 0.5, 1, -1))
    found = recall_images(patterns, digits.image_shape, damage=damage, share=0.12)
    assert found.restored.mean() >= 0.9
    assert [text.get_text() for text in found.plot().get_yticklabels()] == ["Stored", "Damaged", "Recalled"]
    curve = images_restored(patterns, digits.image_shape, (0.0, 0.12, 0.5), damage=damage, trials=4)
    assert curve.mean[0] == 1
    assert curve.mean[0] >= curve.mean[1] > curve.mean[2]


def test_images_read_from_mnist_files_come_back(tmp_path):
    """Four files in the form of MNIST, with strokes of 28 x 28 pixels."""
    rng = np.random.default_rng(6)
    images = np.zeros((20, 28, 28), np.uint8)
    for k in range(20):
        images[k, 4 + k : 8 + k] = 255
        images[k, :, rng.integers(0, 28, 6)] = 200
    for part, chosen in (("train", images), ("t10k", images[:10])):
        labels = np.arange(len(chosen), dtype=np.uint8) % 10
        header = np.array([2051, len(chosen), 28, 28], ">i4").tobytes()
        (tmp_path / f"{part}-images-idx3-ubyte").write_bytes(header + chosen.tobytes())
        (tmp_path / f"{part}-labels-idx1-ubyte").write_bytes(
            np.array([2049, len(chosen)], ">i4").tobytes() + labels.tobytes()
        )
    train, _ = load_mnist(tmp_path)
    patterns = image_patterns(train, 2)
    assert patterns.shape == (20, 784)
    assert np.array_equal((patterns[:2].reshape(-1, 28, 28) > 0), images[[0, 10]] > 127)
    found = recall_images(patterns, train.image_shape, damage="noise", share=0.2)
    assert found.restored.all()


def test_sparse_patterns_have_exactly_their_activity():
    patterns = sparse_patterns(30, 200, 0.05, np.random.default_rng(7))
    assert (patterns.sum(axis=1) == 10).all()
    assert len(np.unique(patterns, axis=0)) == 30


def test_letters_are_drawn_whole_and_come_back():
    patterns = letters()
    assert patterns.shape == (len(LETTERS), SHAPE[0] * SHAPE[1])
    assert set(np.unique(patterns)) == {-1, 1}
    for rule in ("hebb", "storkey", "pseudo_inverse"):
        assert recall_share(0.0, rule=rule, trials=5) == 1.0
    assert recall_share(3 / 36, trials=300) == pytest.approx(0.966, abs=0.02)
    assert recall_share(3 / 36, rule="storkey", trials=300) > 0.995


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        (lambda: corrupt(GOOD, 1.5, RNG), "share"),
        (lambda: erase(GOOD, -0.1, RNG), "erase.share"),
        (lambda: occlude(GOOD, (6, 6), np.nan), "occlude.share"),
        (lambda: occlude(GOOD, (6, 7), 0.5), "36 units"),
        (lambda: occlude(GOOD, (6, 6), 0.5, side="middle"), "occlude.side"),
        (lambda: occlude(GOOD, (6, 6), 0.5, value=7), "the two of the patterns, -1 and 1"),
        (lambda: occlude(GOOD, (-6, -6), 0.5), "36 units"),
        (lambda: occlude(GOOD, (6.0, 6.0), 0.5), "36 units"),
        (lambda: corrupt([[0, 1], [-1, 1]], 0.5, RNG), r"\[1, 0\] = -1: must be 0 or 1"),
        (lambda: corrupt([[1, 1], [1]], 0.5, RNG), "equally long"),
        (lambda: erase(["a", "b"], 0.5, RNG), "must be real numbers"),
        (lambda: damaged(GOOD, "fire", 0.5, RNG), "noise, erasure, occlusion"),
        (lambda: damaged(GOOD, "occlusion", 0.5, RNG), "needs the shape"),
        (lambda: sparse_patterns(-3, 5, 0.5, RNG), "sparse_patterns.m"),
        (lambda: sparse_patterns(3.0, 5, 0.5, RNG), "sparse_patterns.m"),
        (lambda: random_patterns(-1, 5, RNG), "random_patterns.m"),
        (lambda: sparse_patterns(2, 5, 1.5, RNG), "activity"),
        (lambda: corrupt(GOOD, "half", RNG), "corrupt.share"),
        (lambda: image_patterns(load_digits(), 1000), "from 1 to 174"),
    ],
)
def test_mistakes(wrong, name):
    with pytest.raises(ParameterError, match=name):
        wrong()
