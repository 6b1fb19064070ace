"""What monitors have recorded: in memory or in a file, with the same accessors, and its exchange formats."""

from neurosim.recording.rates import RateRecording
from neurosim.recording.reader import read_recording
from neurosim.recording.recording import Recording
from neurosim.recording.spikes import SpikeRecording
from neurosim.recording.states import StateRecording
from neurosim.recording.weights import WeightRecording

__all__ = [
    "RateRecording",
    "Recording",
    "SpikeRecording",
    "StateRecording",
    "WeightRecording",
    "read_recording",
]
