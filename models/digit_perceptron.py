"""A perceptron on the handwritten digits of Alpaydin & Kaynak (1998, doi:10.24432/C50P49).

128 hidden units with the tuning curve of the LIF neuron (Hunsberger & Eliasmith 2015, arXiv:1510.08829), trained by
backpropagation: at least 97 % on held-out digits. The same connections then drive LIF neurons.
"""

from __future__ import annotations

import numpy as np

from neurosim.bridge import compare
from neurosim.data import load_digits
from neurosim.output import OutputFolder


def run(folder: OutputFolder, *, quick: bool = False, seed: int = 0, progress: bool = False) -> None:
    """Write ``receptive_fields.png`` and ``confusion.png``.

    Parameters
    ----------
    folder : OutputFolder
    quick : bool, default False
        Train for 5 epochs and simulate 100 ms of 100 images.
    seed : int, default 0
        Of the split, the training and the encoders.
    progress : bool, default False
    """
    from neurosim.plotting import new_figure, plot_confusion, plot_weights

    train, test = load_digits().split(0.25, seed)
    if quick:
        test = test.subset(np.arange(100))
    found = compare(
        train,
        test,
        units=("rate", "lif"),
        duration=100.0 if quick else 200.0,
        epochs=5 if quick else 15,
        seed=seed,
        progress=progress,
    )
    weights = found.classifier.connectivities_[0].to_dense()
    strongest = np.argsort(np.linalg.norm(found.classifier.connectivities_[1].to_dense(), axis=1))[::-1][:24]
    figure = new_figure(8.0, 3.4)
    for ax, unit in zip(figure.subplots(3, 8).flat, strongest, strict=True):
        plot_weights(weights[:, unit].reshape(train.image_shape), ax)
    figure.suptitle("Input weights of the 24 most influential hidden units (blue: inhibition, red: excitation)", fontsize=10)
    folder.write_figure("receptive_fields.png", figure)
    figure = new_figure(9.0, 4.4)
    for ax, (unit, matrix) in zip(figure.subplots(1, 2), found.recordings.confusion.items(), strict=True):
        accuracy = found.report["units"][unit]["accuracy"]
        plot_confusion(matrix, [str(c) for c in found.classifier.classes_], ax)
        ax.set_title(f"{unit}: {accuracy:.1%}", loc="left")
    folder.write_figure("confusion.png", figure)
