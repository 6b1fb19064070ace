"""Associative memories of the Hopfield family.

memory = Hopfield().fit(patterns)
found = memory.recall(probes)
"""

from neurosim.models.hopfield.continuous import ContinuousHopfield
from neurosim.models.hopfield.dense_memory import DenseMemory
from neurosim.models.hopfield.memory import Hopfield
from neurosim.models.hopfield.modern import ModernHopfield
from neurosim.models.hopfield.recall import Recall
from neurosim.models.hopfield.rules import RULES, Covariance, Perceptron, Rule, Unlearning
from neurosim.models.hopfield.sequence import SequenceMemory

__all__ = [
    "RULES",
    "ContinuousHopfield",
    "Covariance",
    "DenseMemory",
    "Hopfield",
    "ModernHopfield",
    "Perceptron",
    "Recall",
    "Rule",
    "SequenceMemory",
    "Unlearning",
]
