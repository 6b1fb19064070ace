from __future__ import annotations

import numpy as np
import pytest

from neurosim.bridge import Calibration, calibrate, calibrate_layers, lif_activation, measured_curve
from neurosim.engines.tuning_curve import MeasuredCurve
from neurosim.errors import ParameterError
from neurosim.neurons import LIF, LeakyIntegrator, LIFRate
from neurosim.rate import TuningCurve

ACTIVATION = lif_activation()
DRIVES = np.random.default_rng(0).normal(0.3, 1.2, (200, 20))


def curve_of(rate, low=0.0, high=60.0, points=6001):
    drive = np.linspace(low, high, points)
    return MeasuredCurve(drive, rate(drive))


@pytest.mark.parametrize(
    ("gain", "offset", "scale"), [(8.0, 6.0, 80.0), (3.0, 20.0, 250.0), (14.0, 2.0, 100.0)]
)
def test_known_numbers_are_found_again(gain, offset, scale):
    curve = curve_of(lambda drive: scale * ACTIVATION.value((drive - offset) / gain), low=-60.0)
    found = calibrate(curve, ACTIVATION, DRIVES)
    assert found.gain == pytest.approx(gain, rel=0.01)
    assert found.offset == pytest.approx(offset, abs=0.1)
    assert found.scale == pytest.approx(scale, rel=0.01)
    assert found.residual < 2e-3


def test_the_residual_is_the_root_mean_square_difference():
    curve = curve_of(lambda drive: np.where(drive > 6.3, 50.0 + drive, 0.0))
    found = calibrate(curve, ACTIVATION, DRIVES)
    reached = [float(curve.rate(found.offset + found.gain * z)) / found.scale for z in DRIVES.flat]
    wanted = [float(ACTIVATION.value(np.array(z))) for z in DRIVES.flat]
    squares = [(a - b) ** 2 for a, b in zip(reached, wanted, strict=True)]
    assert found.residual == pytest.approx(np.sqrt(sum(squares) / len(squares)), rel=1e-9)
    assert 0.02 < found.residual < 0.25


def test_no_neighbour_is_better():
    curve = curve_of(lambda drive: np.where(drive > 6.3, 50.0 + drive, 0.0), high=200.0)
    best = calibrate(curve, ACTIVATION, DRIVES)

    def residual(gain, offset, scale):
        return np.sqrt(np.mean((curve.rate(offset + gain * DRIVES) / scale - ACTIVATION.value(DRIVES)) ** 2))

    for factor in (0.9, 1.1):
        assert residual(best.gain * factor, best.offset, best.scale) > best.residual
        assert residual(best.gain, best.offset + 10 * (factor - 1), best.scale) > best.residual
        assert residual(best.gain, best.offset, best.scale * factor) > best.residual


def test_inputs_stay_within_the_measured_range():
    # Beyond 20 the units would be driven into depolarisation block, which the curve does not show.
    curve = curve_of(lambda drive: 40.0 * ACTIVATION.value((drive - 2.0) / 30.0), high=20.0)
    found = calibrate(curve, ACTIVATION, DRIVES)
    assert found.offset + found.gain * np.quantile(DRIVES, 0.999) < 20.0 * 1.1


def test_a_silent_layer_stays_silent():
    curve = curve_of(lambda drive: np.where(drive > 6.3, 50.0 + drive, 0.0))
    far_below = TuningCurve(LIFRate, offset=-30.0)
    z = np.linspace(-2.0, 20.0, 50)
    found = calibrate(curve, far_below, z)
    assert not curve.rate(found.offset + found.gain * z).any()
    assert found.scale > 0


def test_a_layer_that_stays_below_threshold_is_fitted_all_the_same():
    curve = curve_of(lambda drive: np.where(drive > 6.3, 50.0 + drive, 0.0))
    z = np.linspace(-0.5, -0.01, 200)
    found = calibrate(curve, ACTIVATION, z)
    assert all(np.isfinite(number) for number in found.as_dict().values())
    assert found.scale > 0
    assert found.residual <= np.sqrt(np.mean(ACTIVATION.value(z) ** 2))  # no worse than staying silent


@pytest.mark.parametrize("drives", [np.array([]), np.array([0.0, np.nan]), np.array([np.inf])])
def test_unusable_drives(drives):
    with pytest.raises(ParameterError, match=r"calibrate\.drives"):
        calibrate(curve_of(lambda drive: drive), ACTIVATION, drives)


def test_units_that_never_fire():
    with pytest.raises(ParameterError, match="silent over the whole range"):
        calibrate(curve_of(np.zeros_like), ACTIVATION, DRIVES)


def test_a_measured_curve_lies_on_the_closed_form():
    curve = measured_curve(LIF, (0.0, 4.0), points=41)
    np.testing.assert_array_equal(curve.drive, np.linspace(0.0, 4.0, 41))
    np.testing.assert_allclose(curve.rates, LIF.rate(curve.drive), rtol=0.01)
    assert curve.rates[-1] > 100


def test_a_model_without_spikes_has_no_curve_to_measure():
    with pytest.raises(ParameterError, match=r"LeakyIntegrator\.rate"):
        measured_curve(LeakyIntegrator, (0.0, 1.0))


def test_units_that_share_the_activation_are_not_fitted(deep_mlp, digits):
    found = calibrate_layers(deep_mlp, None, digits[0].images)
    activation = deep_mlp.activation
    assert found == [Calibration(activation.gain, activation.offset, activation.scale, 0.0)] * 2


def test_each_layer_has_numbers_of_its_own(deep_mlp, digits):
    images = digits[0].images[:200]
    curve = curve_of(lambda drive: np.where(drive > 6.3, 50.0 + drive, 0.0), points=241)
    first, second = calibrate_layers(deep_mlp, curve, images)
    drives = deep_mlp.drives(images)
    assert first == calibrate(curve, deep_mlp.activation, drives[0])
    assert second == calibrate(curve, deep_mlp.activation, drives[1])
    assert first != second
