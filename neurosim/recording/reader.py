"""Reading recordings from files."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

from neurosim.errors import DataError, ParameterError
from neurosim.recording.chunks import FileColumns
from neurosim.recording.rates import RateRecording
from neurosim.recording.recording import Recording
from neurosim.recording.spikes import SpikeRecording
from neurosim.recording.states import StateRecording
from neurosim.recording.weights import WeightRecording

KINDS: dict[str, type[Recording]] = {
    kind.KIND: kind for kind in (SpikeRecording, StateRecording, RateRecording, WeightRecording)
}


def read_recording(path: str | os.PathLike[str]) -> Recording:
    """Read what a monitor with ``file=...`` has written, or has written so far.

    The arrays stay in the file, mapped into memory, until they are asked for; then they are copies, which
    later runs do not change. If the program was killed or the file is damaged, everything up to the last
    intact chunk is read, with a warning that says up to which time that is; `Recording.complete` tells it
    too.

    Parameters
    ----------
    path : str or path

    Returns
    -------
    SpikeRecording, StateRecording, RateRecording or WeightRecording
        With the accessors of the monitor that wrote it.

    Raises
    ------
    ParameterError
        If it is no path.
    DataError
        If the file cannot be read, or is not a recording; and when an array is asked for, if the file was cut
        back by then, since the network whose monitor writes it went back in time.
    """
    if not isinstance(path, str | os.PathLike):
        raise ParameterError("read_recording.path", path, "must be a path, such as 'spikes.rec'")
    path = Path(path).expanduser()
    columns = FileColumns(path)
    header = {key: value for key, value in columns.header.items() if key != "columns"}
    kind = KINDS.get(header.pop("kind"))
    if kind is None:
        raise DataError(f"{path}: is a recording of a kind that this version of neurosim does not know.")
    recording = kind(**header)
    recording.columns = columns
    if columns.damaged or not columns.complete:
        fault = f"is damaged from byte {columns.size} on" if columns.damaged else "ends in mid-run"
        warnings.warn(f"{path}: {fault}; read up to {recording.duration:g} ms.", stacklevel=2)
    return recording
