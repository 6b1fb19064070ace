"""Train the network that all unit types share."""

from __future__ import annotations

from neurosim.bridge.activation import lif_activation
from neurosim.data import Dataset, with_shifts
from neurosim.rate import MLPClassifier

SMALL = 10_000
"""Training sets below this size are enlarged by shifted copies."""


def train_perceptron(
    train: Dataset,
    *,
    hidden: tuple[int, ...] = (128,),
    epochs: int = 15,
    seed: int = 0,
    progress: bool = False,
) -> MLPClassifier:
    """Train a perceptron whose hidden units have the tuning curve of the LIF neuron.

    Because the activation is a neuron's own tuning curve (its corner rounded, Hunsberger & Eliasmith 2015,
    arXiv:1510.08829), LIF units carry out the trained network without any conversion. A little noise on the
    input makes it robust against spikes.

    Parameters
    ----------
    train : Dataset
        Fewer than 10,000 images are enlarged by copies moved by one pixel; see `with_shifts`.
    hidden : tuple of int, default (128,)
        Units of each hidden layer.
    epochs : int, default 15
        Passes over the enlarged set.
    seed : int, default 0
        Of initial weights, noise and the order of images.
    progress : bool, default False

    Returns
    -------
    MLPClassifier
        Trained.

    Raises
    ------
    ParameterError
        If a number cannot be used, or all images are of one class.
    KeyboardInterrupt
        On Ctrl-C: a network half trained would pass for the whole.
    """
    data = with_shifts(train) if len(train) < SMALL else train
    classifier = MLPClassifier(
        hidden=hidden,
        activation=lif_activation(),
        epochs=epochs,
        batch_size=64,
        learning_rate=0.002,
        weight_decay=0.01,
        input_noise=0.05,
        random_state=seed,
        progress=progress,
    )
    classifier.fit(data.images, data.labels)
    if classifier.history_.interrupted:
        raise KeyboardInterrupt("training was stopped")
    return classifier
