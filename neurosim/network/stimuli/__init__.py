"""Stimuli: what an input is given over time, by formulas rather than arrays where that is possible.

Spikes as stimuli stand beside this room: `PoissonInput` is background onto each neuron, recorded spikes are
played back by `SpikeGenerator.from_monitor`, and a `PoissonPopulation` takes any stimulus without noise as
its rate.
"""

from neurosim.network.stimuli.chirp import Chirp
from neurosim.network.stimuli.formula import Formula
from neurosim.network.stimuli.image_sequence import ImageSequence
from neurosim.network.stimuli.ornstein_uhlenbeck import OrnsteinUhlenbeck
from neurosim.network.stimuli.pulse_train import PulseTrain
from neurosim.network.stimuli.ramp import Ramp
from neurosim.network.stimuli.sine import Sine
from neurosim.network.stimuli.step import Step
from neurosim.network.stimuli.stimulus import Stimulus
from neurosim.network.stimuli.timed_array import TimedArray
from neurosim.network.stimuli.white_noise import WhiteNoise

__all__ = [
    "Chirp",
    "Formula",
    "ImageSequence",
    "OrnsteinUhlenbeck",
    "PulseTrain",
    "Ramp",
    "Sine",
    "Step",
    "Stimulus",
    "TimedArray",
    "WhiteNoise",
]
