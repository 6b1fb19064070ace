"""A trained multilayer perceptron, taken apart into what other kinds of unit need."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from neurosim.connectivity import Connectivity
from neurosim.errors import ParameterError
from neurosim.rate import MLPClassifier, TuningCurve


@dataclass(frozen=True)
class TrainedMLP:
    """Connections, biases and activation of a trained multilayer perceptron.

    Attributes
    ----------
    connectivities : list of Connectivity
        The objects the rate network computes with, not copies.
    biases : list of ndarray
        Of each layer after the input.
    activation : TuningCurve
        Of all hidden units.
    """

    connectivities: list[Connectivity]
    biases: list[np.ndarray]
    activation: TuningCurve

    @classmethod
    def of(cls, classifier: MLPClassifier) -> TrainedMLP:
        """Take a trained classifier apart.

        Raises
        ------
        ParameterError
            If it is not trained, or its activation is not the tuning curve of a neuron.
        """
        if not hasattr(classifier, "connectivities_"):
            raise ParameterError("TrainedMLP.of", classifier, "is not trained yet", "Call fit first.")
        activation = classifier.activation
        if not isinstance(activation, TuningCurve):
            raise ParameterError(
                "TrainedMLP.of",
                activation,
                "the activation must be a tuning curve",
                "Train with MLPClassifier(activation=lif_activation()).",
            )
        return cls(list(classifier.connectivities_), list(classifier.biases_), activation)

    def drives(self, images: np.ndarray) -> list[np.ndarray]:
        """Drive of each layer after the input.

        Parameters
        ----------
        images : ndarray, shape (n_images, n_pixels)
            Brightness 0 to 1.

        Returns
        -------
        list of ndarray, shape (n_images, n_units)
            The last are the logits.
        """
        result: list[np.ndarray] = []
        a = np.asarray(images, dtype=np.float64)
        for k, (connectivity, bias) in enumerate(zip(self.connectivities, self.biases, strict=True)):
            if k:
                a = self.activation.value(result[-1])
            result.append(np.asarray(connectivity.forward(a) + bias, dtype=np.float64))
        return result

    @property
    def sizes(self) -> list[int]:
        """Units of each layer, input and readout included."""
        return [self.connectivities[0].n_pre, *(c.n_post for c in self.connectivities)]

    @property
    def multiply_accumulates(self) -> int:
        """Multiplications of one static pass."""
        return sum(c.n_synapses for c in self.connectivities)
