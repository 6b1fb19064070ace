"""The main job: one trained set of connections, run with rate, LIF and Hodgkin-Huxley units, and compared."""

from __future__ import annotations

import platform
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

import numpy as np

from neurosim import __version__
from neurosim.bridge import layered_network as layout
from neurosim.bridge.calibration import Calibration, calibrate_layers, measured_curve
from neurosim.bridge.figures import Activity, MeasuredTuning, Recordings
from neurosim.bridge.layered_network import build_network
from neurosim.bridge.settings import Settings, check_data
from neurosim.bridge.simulation import Outcome, read_decisions, simulate
from neurosim.bridge.trained_mlp import TrainedMLP
from neurosim.bridge.training import train_perceptron
from neurosim.bridge.unit_type import UnitType
from neurosim.data import Dataset
from neurosim.engines.tuning_curve import MeasuredCurve, measure_rates
from neurosim.plotting.style import with_unit
from neurosim.rate import MLPClassifier

TOLERANCE = 0.005
"""Half a point: accuracy has settled once it stays this near its end value."""

SHOWN_UNITS = 6
"""Membrane potentials drawn."""

USED_QUANTILES = (0.025, 0.975)
"""Of the drives of the training set: the range that a tuning curve's figure shades."""

SHOWN_TIME = 200.0
"""Time for which they are drawn, at most, ms."""


@dataclass(frozen=True, eq=False)
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
    recordings: Recordings = field(repr=False)
    classifier: MLPClassifier


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
    LIF neuron as its activation, so rate and LIF units need no conversion. For other models, each hidden
    layer gets a gain and an offset for its input and a scale for its rate, fitted by least squares between
    the model's measured tuning curve and the activation over the drives of the training set (`calibrate`). No
    weight is changed or copied.

    Parameters
    ----------
    train, test : Dataset
    units : sequence of str, default ("rate", "lif", "hh")
    hidden : tuple of int, default (128,)
        Units of each hidden layer.
    duration : float, str or quantity, default 300
        Simulated time for each image, ms; a whole number from 1 to 10,000.
    epochs : int, default 15
    seed : int, default 0
        Of training and encoders.
    threads : int, optional
        By default one for each processor; the result does not depend on it.
    progress : bool, default False
        Progress bars for training and simulation.

    Returns
    -------
    Comparison

    Raises
    ------
    ParameterError
        If a unit type is unknown, or a size or duration cannot be used.
    DataError
        If the two sets do not fit each other. All this is found before training begins.
    KeyboardInterrupt
        On Ctrl-C, in training too.
    """
    settings = Settings.checked(
        units=units, hidden=hidden, duration=duration, epochs=epochs, seed=seed, threads=threads
    )
    check_data(train, test)
    classifier = train_perceptron(
        train, hidden=settings.hidden, epochs=settings.epochs, seed=settings.seed, progress=progress
    )
    mlp = TrainedMLP.of(classifier)
    static = classifier.predict(test.images)
    first_drives = mlp.drives(train.images)[0]
    measures: dict[str, Any] = {}
    calibrated: dict[str, Any] = {}
    accuracy: dict[str, np.ndarray] = {}
    confusion: dict[str, np.ndarray] = {}
    tuning: dict[str, MeasuredTuning] = {}
    activity: dict[str, Activity] = {}
    times = np.zeros(0)
    for unit in settings.units:
        begun = time.perf_counter()
        curve = None if unit.drive_range is None else measured_curve(unit.model, unit.drive_range)
        calibrations = calibrate_layers(mlp, curve, train.images)
        outcome = simulate(
            mlp,
            test.images,
            unit,
            calibrations,
            duration=settings.duration,
            seed=settings.seed,
            threads=settings.threads,
            progress=progress,
        )
        seconds = time.perf_counter() - begun
        times, decided = outcome.times, classifier.classes_[outcome.decisions]
        accuracy[unit.name] = (decided == test.labels).mean(axis=1)
        measures[unit.name] = {
            "accuracy": float(accuracy[unit.name][-1]),
            "settling_time_ms": settling_time(times, accuracy[unit.name]),
            "agreement": float(np.mean(decided[-1] == static)),
            **_costs(outcome, mlp, unit),
            "wall_time_s": seconds,
            "time_step_ms": unit.dt,
            "duration_ms": settings.duration,
        }
        calibrated[unit.name] = {f"hidden_{k}": c.as_dict() for k, c in enumerate(calibrations, start=1)}
        confusion[unit.name] = _confusion(classifier.classes_, test.labels, decided[-1])
        if unit.is_spiking:
            tuning[unit.name] = _tuning(unit, curve, mlp, calibrations[0], first_drives)
            activity[unit.name] = _activity(mlp, classifier, test, unit, calibrations, settings)
    static_accuracy = float(np.mean(static == test.labels))
    report = {
        "units": measures,
        "seed": settings.seed,
        "data": {"name": test.name, "n_train": len(train), "n_test": len(test)},
        "rate_network": {
            "train_accuracy": classifier.score(train.images, train.labels),
            "test_accuracy": static_accuracy,
        },
        "calibration": calibrated,
        "parameters": _parameters(settings),
        "versions": {"neurosim": __version__, "python": platform.python_version()}
        | {name: version(name) for name in ("numpy", "scipy", "numba")},
    }
    recordings = Recordings(times, accuracy, confusion, tuning, activity, static_accuracy)
    return Comparison(report, recordings, classifier)


def settling_time(times: np.ndarray, accuracy: np.ndarray) -> float:
    """Time after which accuracy stays within half a point of its end value.

    Parameters
    ----------
    times, accuracy : ndarray, shape (n_times,)
        Accuracy from 0 to 1.

    Returns
    -------
    float
        One of `times`.
    """
    # A share of images is a ratio of whole numbers: half a point is not to fail by a rounding error.
    away = np.flatnonzero(np.abs(accuracy - accuracy[-1]) > TOLERANCE + 1e-9)
    return float(times[away[-1] + 1]) if away.size else float(times[0])


def _parameters(settings: Settings) -> dict[str, Any]:
    return {
        "hidden": list(settings.hidden),
        "epochs": settings.epochs,
        "duration_ms": settings.duration,
        "pixel_rate_hz": layout.PIXEL_RATE,
        "synapse_tau_ms": layout.TAU_SYN,
        "synapse_order": layout.SYNAPSE_ORDER,
        "readout_tau_ms": layout.TAU_READOUT,
        "delay_ms": layout.DELAY,
    }


def _costs(outcome: Outcome, mlp: TrainedMLP, unit: UnitType) -> dict[str, float | None]:
    n_hidden = sum(mlp.sizes[1:-1])
    return {
        "spikes_per_neuron": outcome.hidden_spikes / n_hidden if unit.is_spiking else None,
        "spikes_per_inference": outcome.all_spikes if unit.is_spiking else None,
        "synaptic_events_per_inference": outcome.events if unit.is_spiking else None,
        "multiply_accumulates_per_inference": mlp.multiply_accumulates,
    }


def _confusion(classes: np.ndarray, labels: np.ndarray, decided: np.ndarray) -> np.ndarray:
    matrix = np.zeros((classes.size, classes.size), np.int64)
    np.add.at(matrix, (np.searchsorted(classes, labels), np.searchsorted(classes, decided)), 1)
    return matrix


def _tuning(
    unit: UnitType,
    curve: MeasuredCurve | None,
    mlp: TrainedMLP,
    calibration: Calibration,
    drives: np.ndarray,
) -> MeasuredTuning:
    """The tuning curve: measured at some inputs (dots), and as the network counts on it (a finer line)."""
    label = with_unit(unit.model.input, unit.model.system.units[unit.model.input].name)
    low, high = calibration.offset + calibration.gain * np.quantile(drives, USED_QUANTILES)
    used = (float(low), float(high))
    if curve is None:
        drive, fine = np.linspace(0.0, 4.0, 41), np.linspace(0.0, 4.0, 1001)
        return MeasuredTuning(
            drive,
            measure_rates(unit.model, drive),
            unit.model.rate(fine),
            label,
            curve_drive=fine,
            used_range=used,
        )
    dots = slice(None, None, 4)
    shown = curve.drive[(curve.drive >= low) & (curve.drive <= high)]  # elsewhere it was not fitted
    z = (shown - calibration.offset) / calibration.gain
    wanted = mlp.activation.value(z) * calibration.scale
    return MeasuredTuning(
        curve.drive[dots],
        curve.rates[dots],
        wanted,
        label,
        "trained activation, fitted",
        curve_drive=shown,
        used_range=used,
    )


def _activity(
    mlp: TrainedMLP,
    classifier: MLPClassifier,
    test: Dataset,
    unit: UnitType,
    calibrations: list[Calibration],
    settings: Settings,
) -> Activity:
    """The first image, seen once more with the membrane potentials of the most active units recorded."""
    image = test.images[:1]
    busiest = np.sort(np.argsort(mlp.drives(image)[0][0])[::-1][:SHOWN_UNITS])
    built = build_network(mlp, image, unit, calibrations, seed=settings.seed, record=busiest)
    built.network.run(min(settings.duration, SHOWN_TIME))
    return Activity(
        spike_times=built.spikes[1].t,
        spike_units=built.spikes[1].i,
        n_units=mlp.sizes[1],
        voltage_times=built.potentials[0].t,
        voltages=built.potentials[0]["v"].T,
        voltage_unit=unit.model.system.units["v"].name,
        image=test.images[0].reshape(test.image_shape),
        label=int(test.labels[0]),
        decision=int(classifier.classes_[read_decisions(built)[1][-1, 0]]),
    )
