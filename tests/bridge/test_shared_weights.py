"""One set of connections: the networks of all unit types compute with the classifier's own objects."""

from __future__ import annotations

import numpy as np
import pytest

from neurosim.bridge import (
    UNIT_TYPES,
    TrainedMLP,
    build_network,
    calibrate_layers,
    compare,
    measured_curve,
    read_decisions,
    simulate,
)
from neurosim.bridge import simulation as simulation_module
from neurosim.bridge.layered_network import TAU_SYN
from neurosim.errors import ParameterError
from neurosim.neurons import LIF
from neurosim.rate import MLPClassifier

UNITS = tuple(UNIT_TYPES)


@pytest.fixture(scope="module")
def calibrations(classifier, digits):
    mlp = TrainedMLP.of(classifier)
    images = digits[0].images[:200]
    result = {}
    for name, unit in UNIT_TYPES.items():
        curve = unit.drive_range and measured_curve(unit.model, unit.drive_range, points=61)
        result[name] = calibrate_layers(mlp, curve, images)
    return result


def build(mlp, name, images, calibrations, **options):
    return build_network(mlp, images, UNIT_TYPES[name], calibrations[name], seed=0, **options)


def logits(mlp, name, images, calibrations, duration=60.0):
    built = build(mlp, name, images, calibrations)
    built.network.run(duration)
    return built.readout["y"][-1]


def test_all_networks_are_built_on_the_same_objects(classifier, mlp, digits, calibrations):
    for name in UNITS:
        built = build(mlp, name, digits[1].images[:2], calibrations)
        for projection, connectivity in zip(built.projections, classifier.connectivities_, strict=True):
            assert projection.connectivity is connectivity


def test_compare_uses_the_objects_it_returns(monkeypatch, digits):
    used = []

    def watched(*args, **options):
        built = build_network(*args, **options)
        used.append([projection.connectivity for projection in built.projections])
        return built

    monkeypatch.setattr(simulation_module, "build_network", watched)
    train, test = digits[0].subset(range(200)), digits[1].subset(range(5))
    found = compare(train, test, hidden=(8,), epochs=1, duration=5)
    assert len(used) == 3
    for connectivities in used:
        for mine, theirs in zip(connectivities, found.classifier.connectivities_, strict=True):
            assert mine is theirs


def test_a_changed_weight_changes_all_three_networks(classifier, mlp, digits, calibrations):
    images = digits[1].images[:3]
    before = {name: logits(mlp, name, images, calibrations) for name in UNITS}
    static = classifier.decision_function(images)
    pixel = int(images.sum(axis=0).argmax())
    weights = classifier.connectivities_[0].weights
    kept = weights[pixel].copy()
    try:
        weights[pixel] += 1.0
        changed = {name: logits(mlp, name, images, calibrations) for name in UNITS}
        assert np.abs(classifier.decision_function(images) - static).max() > 0.1
    finally:
        weights[pixel] = kept
    for name in UNITS:
        assert np.abs(changed[name] - before[name]).max() > 0.1
        np.testing.assert_array_equal(logits(mlp, name, images, calibrations), before[name])


@pytest.mark.parametrize("name", UNITS)
def test_a_network_that_is_running_sees_the_change(name, classifier, mlp, digits, calibrations):
    images = digits[1].images[:2]
    weights = classifier.connectivities_[1].weights
    kept = weights.copy()
    readouts = []
    try:
        for factor in (1.0, -1.0):
            weights[...] = kept
            built = build(mlp, name, images, calibrations)
            built.network.run(40)
            weights *= factor
            built.network.run(40)
            readouts.append(built.readout["y"])
    finally:
        weights[...] = kept
    straight, changed = readouts
    np.testing.assert_array_equal(straight[:41], changed[:41])
    assert np.abs(straight[-1] - changed[-1]).max() > 0.1


def test_rate_units_end_at_the_static_logits(deep_mlp, digits):
    unit, images = UNIT_TYPES["rate"], digits[1].images[:6]
    calibrations = calibrate_layers(deep_mlp, None, images)
    built = build_network(deep_mlp, images, unit, calibrations, seed=0)
    built.network.run(1500)  # e^-25 of what the readout started with is left
    static = deep_mlp.drives(images)[-1]
    np.testing.assert_allclose(built.readout["y"][-1], static, rtol=0, atol=1e-3 * np.abs(static).max())
    # The sum over the grid of an alpha function of area 1, which the hidden units see, is not quite 1; what
    # remains of the difference is the float32 of the weights.
    x = unit.dt / TAU_SYN
    area = x**2 * np.exp(-x) / (1 - np.exp(-x)) ** 2
    a = images
    for k, (connectivity, bias) in enumerate(zip(deep_mlp.connectivities, deep_mlp.biases, strict=True)):
        sampled = area if k < 2 else 1.0  # the readout integrates its input exactly
        z = bias + sampled * (a @ connectivity.weights.astype(float))
        a = deep_mlp.activation.value(z)
    np.testing.assert_allclose(built.readout["y"][-1], z, rtol=0, atol=1e-6 * np.abs(z).max())


def test_static_logits_are_those_of_the_classifier(classifier, mlp, digits):
    images = digits[1].images[:20]
    np.testing.assert_allclose(
        mlp.drives(images)[-1], classifier.decision_function(images), rtol=0, atol=1e-4
    )


def test_pixels_fire_200_times_their_brightness(mlp, digits, calibrations):
    images = digits[1].images[:3]
    built = build(mlp, "lif", images, calibrations)
    built.network.run(500)
    np.testing.assert_allclose(built.spikes[0].count, 200.0 * images * 0.5, atol=1.0)


def test_lif_units_fire_as_their_closed_form_says(mlp, digits, calibrations):
    images = digits[1].images[:4]
    built = build(mlp, "lif", images, calibrations)
    built.network.run(200)
    before = built.spikes[1].count
    built.network.run(1000)
    rates = built.spikes[1].count - before
    # Fluctuations of the input smooth the corner at threshold; away from it the mean drive decides.
    z = mlp.drives(images)[0]
    driven = z > 0.3
    assert driven.sum() > 20
    np.testing.assert_allclose(rates[driven], LIF.rate(1 + z[driven]), atol=4.0)
    assert rates[z < -1.0].max() < 2


@pytest.mark.parametrize("name", UNITS)
def test_decisions_are_the_largest_readout(name, mlp, digits, calibrations):
    built = build(mlp, name, digits[1].images[:3], calibrations)
    built.network.run(20)
    times, decisions = read_decisions(built)
    np.testing.assert_array_equal(times, np.arange(20.0))
    y = built.readout["y"]
    for t in (0, 7, 19):
        for image in range(3):
            assert decisions[t, image] == max(range(10), key=lambda k: y[t, image, k])


def test_batches_leave_rate_units_as_they_are(monkeypatch, mlp, digits, calibrations):
    images, unit = digits[1].images[:10], UNIT_TYPES["rate"]
    whole = simulate(mlp, images, unit, calibrations["rate"], duration=30, seed=0)
    monkeypatch.setattr(simulation_module, "BATCH", 4)
    parts = simulate(mlp, images, unit, calibrations["rate"], duration=30, seed=0)
    np.testing.assert_array_equal(parts.decisions, whole.decisions)
    assert parts.decisions.shape == (30, 10)
    assert (parts.all_spikes, parts.events) == (0, 0)


def test_spikes_and_events_are_means_over_images(monkeypatch, mlp, digits, calibrations):
    images, unit = digits[1].images[:5], UNIT_TYPES["lif"]
    monkeypatch.setattr(simulation_module, "BATCH", 2)
    outcome = simulate(mlp, images, unit, calibrations["lif"], duration=50, seed=3)
    pixels = hidden = 0
    for first in (0, 2, 4):
        built = build_network(mlp, images[first : first + 2], unit, calibrations["lif"], seed=3 + first)
        built.network.run(50)
        pixels += len(built.spikes[0])
        hidden += len(built.spikes[1])
    assert hidden > 100
    assert outcome.hidden_spikes == pytest.approx(hidden / 5)
    assert outcome.all_spikes == pytest.approx((pixels + hidden) / 5)
    assert outcome.events == pytest.approx((24 * pixels + 10 * hidden) / 5)


def test_potentials_are_recorded_only_where_asked_for(mlp, digits, calibrations):
    assert build(mlp, "hh", digits[1].images[:1], calibrations).potentials == []
    built = build(mlp, "hh", digits[1].images[:1], calibrations, record=np.array([2, 5]))
    built.network.run(1)
    (potentials,) = built.potentials
    assert potentials["v"].shape == (20, 2)
    np.testing.assert_allclose(potentials["v"][0], -65.0)


def test_calibrations_and_images_must_fit(mlp, digits, calibrations):
    unit, images = UNIT_TYPES["lif"], digits[1].images[:2]
    with pytest.raises(ParameterError, match=r"build_network.calibrations = 2: must be 1"):
        build_network(mlp, images, unit, calibrations["lif"] * 2, seed=0)
    with pytest.raises(ParameterError, match=r"build_network.images .*\(n_images, 64\)"):
        build_network(mlp, images[:, :60], unit, calibrations["lif"], seed=0)


def test_only_a_trained_network_of_tuning_curves_can_be_taken_apart(digits):
    with pytest.raises(ParameterError, match="not trained yet"):
        TrainedMLP.of(MLPClassifier())
    relu = MLPClassifier((4,), epochs=1, random_state=0).fit(digits[0].images[:50], digits[0].labels[:50])
    with pytest.raises(ParameterError, match="must be a tuning curve"):
        TrainedMLP.of(relu)
