"""Learning rules: from patterns to the weights of a connectivity."""

from neurosim.models.hopfield.rules.covariance import Covariance
from neurosim.models.hopfield.rules.hebb import Hebb
from neurosim.models.hopfield.rules.perceptron import Perceptron
from neurosim.models.hopfield.rules.pseudo_inverse import PseudoInverse
from neurosim.models.hopfield.rules.rule import Learned, Rule
from neurosim.models.hopfield.rules.storkey import Storkey
from neurosim.models.hopfield.rules.unlearning import Unlearning

RULES: dict[str, Rule] = {
    rule.name: rule for rule in (Hebb(), Storkey(), PseudoInverse(), Perceptron(), Unlearning(), Covariance())
}
"""By name, with their defaults."""

__all__ = [
    "RULES",
    "Covariance",
    "Hebb",
    "Learned",
    "Perceptron",
    "PseudoInverse",
    "Rule",
    "Storkey",
    "Unlearning",
]
