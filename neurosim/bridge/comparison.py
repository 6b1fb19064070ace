"""The main job: one trained set of connections, run with rate, LIF and Hodgkin-Huxley units, and compared."""

from __future__ import annotations

import platform
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np

from neurosim import __version__
from neurosim.bridge import layered_network as layout
from neurosim.bridge.calibration import Calibration, calibrate, measured_curve
from neurosim.bridge.figures import Activity, MeasuredTuning, Recordings
from neurosim.bridge.layered_network import LayeredNetwork, build_network
from neurosim.bridge.perceptron import Perceptron
from neurosim.bridge.training import train_perceptron
from neurosim.bridge.unit_type import UnitType, find_unit_type
from neurosim.data import Dataset
from neurosim.engines.tuning_curve import MeasuredCurve, measure_rates
from neurosim.errors import ParameterError
from neurosim.network import StateMonitor
from neurosim.rate import MLPClassifier
from neurosim.units import convert

BATCH = 500
"""Images simulated side by side; bounds the memory on large test sets."""

TOLERANCE = 0.005
"""Half a point: accuracy has settled once it stays this near its end value."""

SHOWN_UNITS = 6
"""Membrane potentials drawn."""


@dataclass
class Comparison:
    """What a comparison found.

    Attributes
    ----------
    report : dict
        Everything in the table, as it is written to ``report.json``.
    recordings : Recordings
        What the figures show.
    classifier : MLPClassifier
        The trained network, whose connectivities all unit types used.
    """

    report: dict[str, Any]
    recordings: Recordings
    classifier: MLPClassifier


@dataclass
class _Outcome:
    """One unit type's run over the test set."""

    times: np.ndarray
    decisions: np.ndarray
    hidden_spikes: float
    all_spikes: float
    events: float
    seconds: float


def compare(
    train: Dataset,
    test: Dataset,
    *,
    units: Sequence[str] = ("rate", "lif", "hh"),
    hidden: tuple[int, ...] = (128,),
    duration: Any = 300.0,
    epochs: int = 15,
    seed: int = 0,
    threads: int | None = None,
    progress: bool = False,
) -> Comparison:
    """Train a perceptron and classify the test set with each unit type on the same Connectivity objects.

    How units of different tuning curves share weights: the perceptron is trained with the tuning curve of the
    LIF neuron as its activation, so rate and LIF units need no conversion. For other models, each hidden layer
    gets a gain and an offset for its input and a scale for its rate, fitted by least squares between the model's
    measured tuning curve and the activation over the drives of the training set (`calibrate`). No weight is
    changed or copied.

    Parameters
    ----------
    train, test : Dataset
    units : sequence of str, default ("rate", "lif", "hh")
    hidden : tuple of int, default (128,)
        Units of each hidden layer.
    duration : float, str or quantity, default 300
        Simulated time for each image, ms; a multiple of 1 ms.
    epochs : int, default 15
    seed : int, default 0
        Of training and encoders.
    threads : int, optional
    progress : bool, default False
        Progress bars for training and simulation.

    Returns
    -------
    Comparison

    Raises
    ------
    ParameterError
        If a unit type is unknown, a size or duration cannot be used, or the images of the two sets differ.
    """
    kinds = [find_unit_type(name) for name in dict.fromkeys(units)]
    milliseconds = _checked(train, test, kinds, hidden, duration, seed)
    classifier = train_perceptron(train, hidden=hidden, epochs=epochs, seed=seed, progress=progress)
    perceptron = Perceptron.of(classifier)
    rows: dict[str, Any] = {}
    calibrated: dict[str, Any] = {}
    accuracy: dict[str, Any] = {}
    confusion: dict[str, Any] = {}
    tuning: dict[str, MeasuredTuning] = {}
    activity: dict[str, Activity] = {}
    times = np.zeros(0)
    for unit in kinds:
        begun = time.perf_counter()
        curve = None if unit.drive_range is None else measured_curve(unit.model, unit.drive_range)
        calibrations = calibrate_layers(perceptron, curve, train.images)
        outcome = _simulate(perceptron, test, unit, calibrations, milliseconds, seed, threads, progress)
        outcome.seconds = time.perf_counter() - begun
        rows[unit.name] = _row(outcome, test, classifier, perceptron, unit, milliseconds)
        calibrated[unit.name] = {f"hidden_{k}": c.as_dict() for k, c in enumerate(calibrations, start=1)}
        times = outcome.times
        correct = classifier.classes_[outcome.decisions] == test.labels
        accuracy[unit.name] = correct.mean(axis=1)
        confusion[unit.name] = _confusion(classifier.classes_, test.labels, outcome.decisions[-1])
        if unit.encoder.threshold is not None:
            tuning[unit.name] = _tuning(unit, curve, perceptron, calibrations[0])
            activity[unit.name] = _activity(perceptron, test, unit, calibrations, milliseconds, seed, classifier)
    report = {
        "units": rows,
        "seed": seed,
        "data": {"name": test.name, "n_train": len(train.images), "n_test": len(test.images)},
        "rate_network": {
            "train_accuracy": classifier.score(train.images, train.labels),
            "test_accuracy": classifier.score(test.images, test.labels),
        },
        "calibration": calibrated,
        "parameters": {
            "hidden": list(hidden),
            "epochs": epochs,
            "duration_ms": milliseconds,
            "pixel_rate_hz": layout.PIXEL_RATE,
            "synapse_tau_ms": layout.TAU_SYN,
            "synapse_order": layout.SYNAPSE_ORDER,
            "readout_tau_ms": layout.TAU_READOUT,
            "delay_ms": layout.DELAY,
        },
        "versions": {"neurosim": __version__, "python": platform.python_version()}
        | {name: version(name) for name in ("numpy", "scipy", "numba")},
    }
    return Comparison(report, Recordings(times, accuracy, confusion, tuning, activity), classifier)


def _checked(train: Dataset, test: Dataset, kinds: list[UnitType], hidden: tuple[int, ...], duration: Any, seed: int) -> float:
    if not kinds:
        raise ParameterError("compare.units", kinds, "must name at least one unit type")
    if train.images.shape[1] != test.images.shape[1]:
        raise ParameterError("compare.test", test.images.shape, f"images must have the {train.images.shape[1]} pixels of the training set")
    unseen = np.setdiff1d(test.labels, train.labels)
    if unseen.size:
        raise ParameterError("compare.test.labels", unseen, "are classes that do not occur in the training set")
    if not hidden or any(isinstance(n, bool) or not isinstance(n, int) or n < 1 for n in hidden):
        raise ParameterError("compare.hidden", hidden, "must be one or more positive whole numbers")
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise ParameterError("compare.seed", seed, "must be a whole number of at least 0")
    milliseconds = convert(duration, "ms", "compare.duration")
    if not isinstance(milliseconds, float) or milliseconds < 1 or milliseconds != round(milliseconds):
        raise ParameterError("compare.duration", duration, "must be a whole number of ms, at least 1")
    return milliseconds


def calibrate_layers(perceptron: Perceptron, curve: MeasuredCurve | None, images: np.ndarray) -> list[Calibration]:
    """Calibration of each hidden layer.

    Parameters
    ----------
    perceptron : Perceptron
    curve : MeasuredCurve or None
        Tuning curve of the units; None if they have the perceptron's own, so that nothing need be fitted.
    images : ndarray, shape (n_images, n_pixels)
        Training images, whose drives the fit is made on.
    """
    activation = perceptron.activation
    if curve is None:
        return [Calibration(activation.gain, activation.offset, activation.scale) for _ in perceptron.connectivities[1:]]
    return [calibrate(curve, activation, z) for z in perceptron.drives(images)[:-1]]


def _simulate(
    perceptron: Perceptron,
    test: Dataset,
    unit: UnitType,
    calibrations: list[Calibration],
    duration: float,
    seed: int,
    threads: int | None,
    progress: bool,
) -> _Outcome:
    decisions, hidden_spikes, all_spikes, events = [], 0.0, 0.0, 0.0
    times = np.zeros(0)
    for first in range(0, len(test.images), BATCH):
        images = test.images[first : first + BATCH]
        built = build_network(perceptron, images, unit, calibrations, seed=seed + first, threads=threads)
        built.network.run(duration, progress=progress)
        times, decided = read_decisions(built)
        decisions.append(decided)
        for k, (monitor, connectivity) in enumerate(zip(built.spikes, perceptron.connectivities, strict=False)):
            n = len(monitor)
            all_spikes += n
            hidden_spikes += n if k else 0
            events += n * connectivity.n_synapses / connectivity.n_pre
    n_images = len(test.images)
    joined = np.concatenate(decisions, axis=1)
    return _Outcome(times, joined, hidden_spikes / n_images, all_spikes / n_images, events / n_images, 0.0)


def read_decisions(built: LayeredNetwork) -> tuple[np.ndarray, np.ndarray]:
    """What a network has decided at each time.

    Returns
    -------
    times : ndarray, shape (n_times,)
        ms.
    decisions : ndarray of int, shape (n_times, n_images)
        Number of the largest readout unit.
    """
    y = built.readout["y"].reshape(built.readout.t.size, built.network.trials, -1)
    return built.readout.t, y.argmax(axis=2)


def settling_time(times: np.ndarray, accuracy: np.ndarray) -> float:
    """Time after which accuracy stays within half a point of its end value, in the unit of `times`."""
    away = np.flatnonzero(np.abs(accuracy - accuracy[-1]) > TOLERANCE)
    return float(times[away[-1] + 1]) if away.size else float(times[0])


def _row(
    outcome: _Outcome, test: Dataset, classifier: MLPClassifier, perceptron: Perceptron, unit: UnitType, duration: float
) -> dict[str, Any]:
    classes, decided = classifier.classes_, classifier.predict(test.images)
    final = classes[outcome.decisions[-1]]
    accuracy = (classes[outcome.decisions] == test.labels).mean(axis=1)
    spiking = unit.encoder.threshold is not None
    n_hidden = sum(perceptron.sizes[1:-1])
    return {
        "accuracy": float(accuracy[-1]),
        "settling_time_ms": settling_time(outcome.times, accuracy),
        "agreement": float(np.mean(final == decided)),
        "spikes_per_neuron": outcome.hidden_spikes / n_hidden if spiking else None,
        "spikes_per_inference": outcome.all_spikes if spiking else None,
        "synaptic_events_per_inference": outcome.events if spiking else None,
        "multiply_accumulates_per_inference": perceptron.multiply_accumulates,
        "wall_time_s": outcome.seconds,
        "time_step_ms": unit.dt,
        "duration_ms": duration,
    }


def _confusion(classes: np.ndarray, labels: np.ndarray, decisions: np.ndarray) -> np.ndarray:
    matrix = np.zeros((classes.size, classes.size), np.int64)
    np.add.at(matrix, (np.searchsorted(classes, labels), decisions), 1)
    return matrix


def _tuning(unit: UnitType, curve: MeasuredCurve | None, perceptron: Perceptron, calibration: Calibration) -> MeasuredTuning:
    name = unit.model.system.units[unit.model.input].name
    label = unit.model.input if name == "1" else f"{unit.model.input} ({name})"
    if curve is None:
        drive = np.linspace(0.0, 4.0, 41)
        return MeasuredTuning(drive, measure_rates(unit.model, drive), unit.model.rate(drive), label)
    thinned = slice(None, None, 4)
    z = (curve.drive - calibration.offset) / calibration.gain
    wanted = perceptron.activation.value(z) * calibration.scale
    return MeasuredTuning(curve.drive[thinned], curve.rates[thinned], wanted[thinned], label, "trained activation, fitted")


def _activity(
    perceptron: Perceptron,
    test: Dataset,
    unit: UnitType,
    calibrations: list[Calibration],
    duration: float,
    seed: int,
    classifier: MLPClassifier,
) -> Activity:
    """One image, seen once more with the membrane potentials of the most active units recorded."""
    image = test.images[:1]
    busiest = np.sort(np.argsort(perceptron.drives(image)[0][0])[::-1][:SHOWN_UNITS])
    shown = min(duration, 200.0)
    built = build_network(perceptron, image, unit, calibrations, seed=seed, record=busiest)
    built.network.run(shown)
    potentials = built.potentials
    if not isinstance(potentials, StateMonitor):
        raise ParameterError("build_network.record", busiest, "recorded nothing")
    return Activity(
        spike_times=built.spikes[1].t,
        spike_units=built.spikes[1].i,
        n_units=perceptron.sizes[1],
        voltage_times=potentials.t,
        voltages=potentials["v"].T,
        voltage_unit=unit.model.system.units["v"].name,
        image=test.images[0].reshape(test.image_shape),
        label=int(test.labels[0]),
        decision=int(classifier.classes_[read_decisions(built)[1][-1, 0]]),
    )
