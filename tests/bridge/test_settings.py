"""Every mistake in what a comparison is asked for is found before training begins."""

from __future__ import annotations

import numpy as np
import pytest

from neurosim.bridge import Settings, compare
from neurosim.bridge import comparison as comparison_module
from neurosim.data import Dataset
from neurosim.errors import DataError, ParameterError, UnitError

BAD = [
    ({"units": ["hhh"]}, "compare.units = 'hhh': must be among rate, lif, hh. Did you mean 'hh'"),
    ({"units": ["LIF"]}, "Did you mean 'lif'"),
    ({"units": "spike"}, "units = 'spike'"),
    ({"units": [3]}, "units = 3"),
    ({"units": []}, "must name at least one unit type"),
    ({"hidden": 128}, "compare.hidden = 128: must be one or more positive"),
    ({"hidden": ()}, "compare.hidden"),
    ({"hidden": (0,)}, "compare.hidden"),
    ({"hidden": (16, -1)}, "compare.hidden"),
    ({"hidden": (16.0,)}, "compare.hidden"),
    ({"hidden": (True,)}, "compare.hidden"),
    ({"duration": -5}, "compare.duration = -5: must be a whole number of ms from 1 to 10000"),
    ({"duration": 0}, "compare.duration"),
    ({"duration": 10.5}, "compare.duration"),
    ({"duration": 1e9}, "compare.duration"),
    ({"duration": [10, 20]}, "compare.duration"),
    ({"duration": float("nan")}, "compare.duration"),
    ({"epochs": 0}, "compare.epochs = 0"),
    ({"epochs": 2.5}, "compare.epochs"),
    ({"seed": -1}, "compare.seed"),
    ({"seed": 2**32}, "compare.seed"),
    ({"seed": 1.5}, "compare.seed"),
    ({"threads": 0}, "compare.threads"),
    ({"threads": "two"}, "compare.threads"),
    ({"threads": 4097}, "compare.threads = 4097: must be a whole number from 1 to 4096"),
    ({"hidden": (128, 10**14)}, "compare.hidden = (128, 100000000000000): a layer may have up to 1000000"),
    ({"units": 5}, "compare.units = 5: must name at least one unit type"),
    ({"units": None}, "compare.units = None"),
    ({"units": [["rate"]]}, "compare.units = ['rate']: must be among rate, lif, hh"),
]


@pytest.fixture
def no_training(monkeypatch):
    def fail(*args, **options):
        pytest.fail("training began")

    monkeypatch.setattr(comparison_module, "train_perceptron", fail)


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize(("options", "message"), BAD, ids=[str(options) for options, _ in BAD])
def test_a_bad_option(options, message, digits):
    with pytest.raises(ParameterError) as raised:
        compare(*digits, **options)
    assert message in str(raised.value)


@pytest.mark.usefixtures("no_training")
def test_a_duration_that_is_no_time(digits):
    with pytest.raises(UnitError, match="mV"):
        compare(*digits, duration="5 mV")


def make(images, labels, shape):
    return Dataset(np.asarray(images, dtype=float), np.asarray(labels), shape)


IMAGES = np.zeros((4, 6))
TWO_CLASSES = make(IMAGES, [0, 1, 0, 1], (2, 3))


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize(
    ("train", "test", "message"),
    [
        (TWO_CLASSES, make(np.zeros((2, 8)), [0, 1], (2, 4)), r"images of \(2, 4\) pixels"),
        (TWO_CLASSES, make(np.zeros((2, 6)), [0, 1], (3, 2)), r"images of \(3, 2\) pixels"),
        (TWO_CLASSES, make(np.zeros((3, 6)), [0, 7, 5], (2, 3)), "classes 5, 7 do not occur"),
        (make(IMAGES, [3, 3, 3, 3], (2, 3)), make(IMAGES, [3, 3, 3, 3], (2, 3)), "all images are of class 3"),
    ],
)
def test_sets_that_do_not_fit(train, test, message):
    with pytest.raises(DataError, match=message):
        compare(train, test)


@pytest.mark.usefixtures("no_training")
def test_something_else_than_a_dataset(digits):
    with pytest.raises(ParameterError, match=r"compare.test .*must be a Dataset"):
        compare(digits[0], digits[1].images)


def test_images_with_nan_never_become_a_dataset():
    images = IMAGES.copy()
    images[2, 4] = np.nan
    with pytest.raises(DataError, match="pixel 4 of image 2 is nan"):
        make(images, [0, 1, 0, 1], (2, 3))


def test_what_is_accepted():
    settings = Settings.checked(
        units=("lif", "rate", "lif"), hidden=[np.int64(3), 2], duration="0.2 s", epochs=np.int32(4)
    )
    assert [unit.name for unit in settings.units] == ["lif", "rate"]
    assert settings.hidden == (3, 2)
    assert settings.duration == 200.0
    assert settings.epochs == 4
    assert Settings.checked(units="hh").units[0].name == "hh"
    assert Settings.checked(duration=10_000).duration == 10_000.0
