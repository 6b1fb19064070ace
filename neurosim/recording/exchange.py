"""Recordings as objects of pandas, xarray and Neo."""

from __future__ import annotations

import importlib
import math
import re
from typing import Any

import numpy as np

from neurosim.recording.recording import Recording
from neurosim.recording.spikes import SpikeRecording
from neurosim.units import parse_unit

BASE = (("s", -3), ("V", -3), ("A", -12), ("m", -5), ("mol", -15), ("kelvin", 0))
"""The coherent units of `neurosim.units`: the SI unit and the logarithm of the size in it."""


def _package(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        message = f"{name} is needed for this: pip install 'neurosim[exchange]', or pip install {name}."
        raise ImportError(message, name=name) from error


def to_pandas(recording: Recording) -> Any:
    """A recording as a pandas DataFrame; see `Recording.to_pandas`.

    Spikes have a row each, with the columns time, neuron and, with several trials, trial. Anything else has
    a row for each time, and columns by variable, trial (with several) and neuron or synapse.
    """
    pandas = _package("pandas")
    if isinstance(recording, SpikeRecording):
        columns = {"time": recording.t, "neuron": recording.i}
        if recording.trials > 1:
            columns["trial"] = recording.trial
        frame = pandas.DataFrame(columns)
        frame.attrs["units"] = {"time": "ms"}
        return frame
    times = pandas.Index(recording.t, name="time")
    parts = {}
    for name, (values, _) in recording.series().items():
        axes = recording.axes(values.ndim)
        levels = [range(recording.trials) if a == "trial" else recording.places()[1] for a in axes]
        part = pandas.DataFrame(_flat(values), index=times)
        if axes:
            part.columns = pandas.MultiIndex.from_product(levels, names=axes)
        parts[name] = part if axes else part[0]
    frame = pandas.concat(parts, axis=1, names=["variable"])
    frame.attrs["units"] = {"time": "ms"} | {name: unit for name, (_, unit) in recording.series().items()}
    return frame


def to_xarray(recording: Recording) -> Any:
    """A recording as an xarray Dataset; see `Recording.to_xarray`.

    Spikes have the dimension spike, and the variables neuron and trial; anything else has the dimension
    time, with several trials trial, and where there are several neuron or synapse.
    """
    xarray = _package("xarray")
    attributes = {"name": recording.name, "dt": recording.dt, "duration": recording.duration}
    milliseconds = {"units": "ms"}
    if isinstance(recording, SpikeRecording):
        numbers = {"neuron": ("spike", recording.i), "trial": ("spike", recording.trial)}
        return xarray.Dataset(numbers, {"time": ("spike", recording.t, milliseconds)}, attributes)
    variables = {
        name: (("time", *recording.axes(values.ndim)), values, {"units": unit})
        for name, (values, unit) in recording.series().items()
    }
    coordinates: dict[str, Any] = {"time": ("time", recording.t, milliseconds)}
    kind, places = recording.places()
    if kind:
        coordinates[kind] = (kind, places)
    if any("trial" in axes for axes, _, _ in variables.values()):
        coordinates["trial"] = ("trial", np.arange(recording.trials))
    return xarray.Dataset(variables, coordinates, attributes)


def to_neo(recording: Recording) -> Any:
    """A recording as a Neo Block; see `Recording.to_neo`.

    A segment holds a SpikeTrain for each neuron, or an AnalogSignal for each variable with a channel for
    each neuron or synapse.
    """
    neo = _package("neo")
    block = neo.Block(name=recording.name)
    for trial in range(recording.trials):
        segment = neo.Segment(name=f"trial {trial}", index=trial)
        if isinstance(recording, SpikeRecording):
            for i, train in enumerate(recording.spike_trains(trial)):
                times = neo.SpikeTrain(train, units="ms", t_stop=recording.duration, name=f"neuron {i}")
                times.annotate(neuron=i)
                segment.spiketrains.append(times)
        else:
            for name, (values, unit) in recording.series().items():
                mine = values[:, trial] if "trial" in recording.axes(values.ndim) else values
                segment.analogsignals.append(_signal(neo, recording, name, mine, unit))
        block.segments.append(segment)
    return block


def _signal(neo: Any, recording: Recording, name: str, values: np.ndarray, unit: str) -> Any:
    times = recording.t
    kind, places = recording.places()
    signal = neo.AnalogSignal(
        _flat(values),
        units=_quantity(unit),
        t_start=_milliseconds(times[0] if len(times) else 0.0),
        sampling_period=_milliseconds(times[1] - times[0] if len(times) > 1 else recording.dt or 1.0),
        name=name,
    )
    if kind:
        signal.array_annotate(**{kind: places})
    return signal


def _flat(values: np.ndarray) -> np.ndarray:
    """A row for each time."""
    return values.reshape(len(values), math.prod(values.shape[1:]))


def _milliseconds(time: float) -> Any:
    return _package("quantities").Quantity(time, "ms")


def _quantity(unit: str) -> Any:
    """A unit such as ``uA/cm2`` as one of the package quantities, which writes ``uA/cm**2``."""
    quantities = _package("quantities")
    text = re.sub(r"(?<=[A-Za-z])\^?(-?\d+)", r"**\1", unit)
    try:
        return quantities.Quantity(1.0, text if unit not in ("", "1") else "dimensionless")
    except LookupError:
        known = parse_unit(unit)
        definition = quantities.Quantity(10.0**known.decades, "dimensionless")
        for (base, decades), power in zip(BASE, known.dimension, strict=True):
            definition = definition * 10.0 ** (decades * power) * quantities.Quantity(1.0, base) ** power
        return quantities.UnitQuantity(unit, definition, symbol=unit)
