from __future__ import annotations

import copy
import json

import numpy as np
import pytest

from neurosim.bridge import UNIT_TYPES, build_network, compare, format_table, write_report
from neurosim.bridge.calibration import Calibration
from neurosim.bridge.comparison import settling_time
from neurosim.bridge.trained_mlp import TrainedMLP
from neurosim.data import Dataset
from neurosim.errors import ParameterError
from neurosim.neurons import LIF
from neurosim.output import OutputFolder
from neurosim.plotting import plot_tuning_curve
from neurosim.rate.training.training_run import TrainingRun

MEASURES = {
    "accuracy",
    "settling_time_ms",
    "agreement",
    "spikes_per_neuron",
    "spikes_per_inference",
    "synaptic_events_per_inference",
    "multiply_accumulates_per_inference",
    "wall_time_s",
    "time_step_ms",
    "duration_ms",
}
N_TEST, HIDDEN, DURATION = 60, 32, 100


@pytest.fixture(scope="module")
def found(digits):
    train, test = digits
    return compare(train, test.subset(range(N_TEST)), hidden=(HIDDEN,), epochs=4, duration=DURATION, seed=0)


def without_times(report):
    plain = copy.deepcopy(report)
    for measures in plain["units"].values():
        del measures["wall_time_s"]
    return plain


def test_keys_of_the_report(found):
    assert "array(" not in repr(found)
    report = found.report
    assert set(report) == {
        "units",
        "seed",
        "data",
        "rate_network",
        "calibration",
        "parameters",
        "versions",
    }
    assert list(report["units"]) == ["rate", "lif", "hh"]
    for measures in report["units"].values():
        assert set(measures) == MEASURES
    assert report["seed"] == 0
    assert report["data"] == {"name": "digits", "n_train": 1348, "n_test": N_TEST}
    assert report["parameters"]["hidden"] == [HIDDEN]
    assert report["parameters"]["duration_ms"] == DURATION
    assert {"neurosim", "python", "numpy", "numba"} <= set(report["versions"])


def test_all_unit_types_do_the_task(found):
    static = found.report["rate_network"]["test_accuracy"]
    assert static > 0.85
    for measures in found.report["units"].values():
        assert abs(measures["accuracy"] - static) < 0.06
        assert measures["agreement"] > 0.94
        assert 0 < measures["settling_time_ms"] < DURATION
        assert measures["wall_time_s"] > 0


def test_measures_agree_with_what_was_recorded(found, digits):
    labels = digits[1].labels[:N_TEST]
    for unit, measures in found.report["units"].items():
        confusion, curve = found.recordings.confusion[unit], found.recordings.accuracy_over_time[unit]
        np.testing.assert_array_equal(confusion.sum(axis=1), np.bincount(labels, minlength=10))
        assert measures["accuracy"] == pytest.approx(np.trace(confusion) / N_TEST)
        assert measures["accuracy"] == curve[-1]
        assert len(curve) == len(found.recordings.times) == DURATION
        assert curve[0] < 0.3  # nothing can have arrived yet


def test_costs(found, digits):
    brightness = digits[1].images[:N_TEST].sum(axis=1).mean()
    for unit, measures in found.report["units"].items():
        assert measures["multiply_accumulates_per_inference"] == 64 * HIDDEN + HIDDEN * 10
        if unit == "rate":
            assert measures["spikes_per_inference"] is None
            continue
        hidden_spikes = measures["spikes_per_neuron"] * HIDDEN
        pixel_spikes = measures["spikes_per_inference"] - hidden_spikes
        # 200 Hz at full brightness; random phases make it right on average.
        assert pixel_spikes == pytest.approx(200.0 * brightness * DURATION / 1000, rel=0.02)
        events = HIDDEN * pixel_spikes + 10 * hidden_spikes
        assert measures["synaptic_events_per_inference"] == pytest.approx(events)


def test_only_hodgkin_huxley_units_are_fitted(found):
    calibration = found.report["calibration"]
    own = {"gain": 1.0, "offset": 1.0, "scale": 100.0, "residual": 0.0}
    assert calibration["rate"] == calibration["lif"] == {"hidden_1": own}
    fitted = calibration["hh"]["hidden_1"]
    assert fitted["gain"] > 1
    assert 0 < fitted["residual"] < 0.2


def test_tuning_curves(found):
    assert set(found.recordings.tuning) == {"lif", "hh"}
    lif = found.recordings.tuning["lif"]
    assert len(lif.curve_drive) > 10 * len(lif.drive)
    np.testing.assert_allclose(lif.curve, LIF.rate(lif.curve_drive))
    np.testing.assert_allclose(lif.measured, LIF.rate(lif.drive), rtol=0.01)
    hh = found.recordings.tuning["hh"]
    assert hh.used_range[0] <= min(hh.curve_drive) < max(hh.curve_drive) <= hh.used_range[1]
    assert hh.drive_label == "I (µA/cm²)"
    fitted = Calibration(**found.report["calibration"]["hh"]["hidden_1"])
    activation = TrainedMLP.of(found.classifier).activation
    z = (np.asarray(hh.curve_drive) - fitted.offset) / fitted.gain
    np.testing.assert_allclose(hh.curve, fitted.scale * activation.value(z))


def test_the_range_shown_holds_95_per_cent_of_the_training_inputs(found, digits):
    drives = TrainedMLP.of(found.classifier).drives(digits[0].images)[0]
    for unit, tuning in found.recordings.tuning.items():
        fitted = Calibration(**found.report["calibration"][unit]["hidden_1"])
        low, high = tuning.used_range
        inputs = fitted.offset + fitted.gain * drives
        assert np.mean(inputs < low) == pytest.approx(0.025, abs=1e-4)
        assert np.mean(inputs > high) == pytest.approx(0.025, abs=1e-4)


def test_the_line_of_a_tuning_curve_may_have_an_axis_of_its_own(found):
    lif = found.recordings.tuning["lif"]
    ax = plot_tuning_curve(lif.drive, lif.measured, lif.curve, curve_drive=lif.curve_drive)
    line, dots = ax.get_lines()
    np.testing.assert_array_equal(line.get_xdata(), lif.curve_drive)
    np.testing.assert_array_equal(dots.get_xdata(), lif.drive)
    with pytest.raises(ParameterError, match="has 1001 values, but drive has 41"):
        plot_tuning_curve(lif.drive, lif.measured, lif.curve)


@pytest.mark.parametrize("unit", ["lif", "hh"])
def test_the_activity_shown_is_the_first_image_of_the_test(unit, found, digits):
    activity = found.recordings.activity[unit]
    images = digits[1].images[:3]
    calibrations = [Calibration(**c) for c in found.report["calibration"][unit].values()]
    mlp = TrainedMLP.of(found.classifier)
    built = build_network(mlp, images, UNIT_TYPES[unit], calibrations, seed=0)
    built.network.run(DURATION)
    first = built.spikes[1].trial == 0
    np.testing.assert_array_equal(activity.spike_times, built.spikes[1].t[first])
    np.testing.assert_array_equal(activity.spike_units, built.spikes[1].i[first])
    np.testing.assert_array_equal(np.asarray(activity.image).ravel(), images[0])
    assert activity.label == digits[1].labels[0]
    assert np.shape(activity.voltages) == (6, DURATION / UNIT_TYPES[unit].dt)
    assert activity.voltage_unit == ("mV" if unit == "hh" else "1")


def test_the_report_can_be_written(found, tmp_path):
    write_report(OutputFolder(tmp_path), found.report, found.recordings)
    assert json.loads((tmp_path / "report.json").read_text()) == found.report
    assert (tmp_path / "tuning_curves.png").stat().st_size > 10_000


def tiny(digits, **options):
    train, test = digits[0].subset(range(150)), digits[1].subset(range(6))
    return compare(train, test, **{"hidden": (8,), "epochs": 1, "duration": 20, "units": ["lif"]} | options)


def test_a_seed_gives_the_same_comparison_on_any_number_of_threads(digits):
    first, again, other = tiny(digits, seed=3), tiny(digits, seed=3, threads=2), tiny(digits, seed=4)
    assert without_times(first.report) == without_times(again.report)
    for mine, same in zip(first.classifier.biases_, again.classifier.biases_, strict=True):
        np.testing.assert_array_equal(mine, same)
    np.testing.assert_array_equal(
        first.recordings.activity["lif"].voltages, again.recordings.activity["lif"].voltages
    )
    assert (
        first.report["units"]["lif"]["spikes_per_inference"]
        != (other.report["units"]["lif"]["spikes_per_inference"])
    )


def test_rate_units_alone(digits, tmp_path):
    found = tiny(digits, units=["rate"])
    assert found.recordings.tuning == {}
    assert found.recordings.activity == {}
    names = [path.name for path in write_report(OutputFolder(tmp_path), found.report, found.recordings)]
    assert names == ["report.json", "accuracy.png", "confusion.png", "report.html"]
    assert "Rate" in format_table(found.report)


def test_units_come_in_the_order_asked_for(digits):
    assert list(tiny(digits, units=["hh", "rate"]).report["units"]) == ["hh", "rate"]


def test_two_hidden_layers(digits):
    train, test = digits
    found = compare(train, test.subset(range(40)), hidden=(24, 16), epochs=4, duration=150, seed=0)
    report = found.report
    assert report["rate_network"]["test_accuracy"] > 0.8
    for measures in report["units"].values():
        assert measures["multiply_accumulates_per_inference"] == 64 * 24 + 24 * 16 + 16 * 10
        assert measures["agreement"] >= 0.85
    assert set(report["calibration"]["hh"]) == {"hidden_1", "hidden_2"}


def test_labels_need_not_count_from_zero(digits):
    names = np.array([3, 17, 40])

    def renamed(data, n):
        chosen = data.subset(np.flatnonzero(data.labels < 3)[:n])
        return Dataset(chosen.images, names[chosen.labels], chosen.image_shape, "three digits")

    train, test = renamed(digits[0], 200), renamed(digits[1], 30)
    found = compare(train, test, units=["rate", "lif"], hidden=(16,), epochs=6, duration=80)
    for unit in ("rate", "lif"):
        assert found.report["units"][unit]["accuracy"] > 0.9
        counts = [(test.labels == name).sum() for name in names]
        np.testing.assert_array_equal(found.recordings.confusion[unit].sum(axis=1), counts)
    assert found.recordings.activity["lif"].label == test.labels[0]
    assert found.recordings.activity["lif"].decision in names


def test_one_hidden_unit_is_enough_to_run(digits):
    found = tiny(digits, units=["rate", "lif", "hh"], hidden=(1,))
    assert all(0 <= measures["accuracy"] <= 1 for measures in found.report["units"].values())


def test_interrupted_training_is_not_compared(monkeypatch, digits):
    def interrupt(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(TrainingRun, "_learn", interrupt)
    with pytest.raises(KeyboardInterrupt):
        tiny(digits)


@pytest.mark.parametrize(
    ("accuracy", "expected"),
    [
        ([0.9, 0.9, 0.9, 0.9], 0.0),
        ([0.1, 0.5, 0.9, 0.9], 4.0),
        ([0.1, 0.9, 0.1, 0.9], 6.0),
        ([0.1, 0.896, 0.904, 0.9], 2.0),
        ([0.1, 0.98, 0.985, 0.98], 2.0),  # half a point is within half a point
        ([0.1, 0.98, 0.9851, 0.98], 6.0),
        ([0.9, 0.1], 2.0),
        ([0.3], 0.0),
    ],
)
def test_settling_time(accuracy, expected):
    assert settling_time(2.0 * np.arange(len(accuracy)), np.array(accuracy)) == expected


@pytest.mark.slow
def test_the_main_job():
    from neurosim.data import load_digits

    found = compare(*load_digits().split(0.25, 0), seed=0)
    units = found.report["units"]
    assert found.report["rate_network"]["test_accuracy"] >= 0.97
    assert units["rate"]["accuracy"] >= 0.97
    assert units["lif"]["accuracy"] >= units["rate"]["accuracy"] - 0.01
    assert units["hh"]["accuracy"] >= units["rate"]["accuracy"] - 0.02
    assert units["lif"]["agreement"] > 0.98
    assert units["hh"]["agreement"] > 0.96
