"""Experiments on associative memory: each a function whose result draws itself."""

from neurosim.models.hopfield.experiments.capacity import (
    LOADS,
    SHARES,
    basin_of_attraction,
    capacity,
    one_step_errors,
)
from neurosim.models.hopfield.experiments.corruption import DAMAGES, corrupt, damaged, erase, occlude
from neurosim.models.hopfield.experiments.curve import Curve
from neurosim.models.hopfield.experiments.images import ImageRecall, images_restored, recall_images
from neurosim.models.hopfield.experiments.landscape import Landscape, energy_landscape
from neurosim.models.hopfield.experiments.patterns import image_patterns, random_patterns, sparse_patterns
from neurosim.models.hopfield.experiments.phases import PhaseDiagram, phase_diagram
from neurosim.models.hopfield.experiments.spurious import SpuriousStates, mixture_theory, spurious_states

__all__ = [
    "DAMAGES",
    "LOADS",
    "SHARES",
    "Curve",
    "ImageRecall",
    "Landscape",
    "PhaseDiagram",
    "SpuriousStates",
    "basin_of_attraction",
    "capacity",
    "corrupt",
    "damaged",
    "energy_landscape",
    "erase",
    "image_patterns",
    "images_restored",
    "mixture_theory",
    "occlude",
    "one_step_errors",
    "phase_diagram",
    "random_patterns",
    "recall_images",
    "sparse_patterns",
    "spurious_states",
]
