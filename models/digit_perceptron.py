"""A perceptron on the handwritten digits of Alpaydin & Kaynak (1998, doi:10.24432/C50P49).

128 hidden units with the tuning curve of the LIF neuron (Hunsberger & Eliasmith 2015, arXiv:1510.08829),
trained by backpropagation: at least 97 % on held-out digits. The same connections then drive LIF neurons.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from neurosim.bridge import compare
from neurosim.data import load_digits
from neurosim.output import OutputFolder

SHOWN_FIELDS = 24


def run(folder: OutputFolder, *, quick: bool = False, seed: int = 0, progress: bool = False) -> list[Path]:
    """Write ``receptive_fields.png`` and ``confusion.png``.

    Parameters
    ----------
    folder : OutputFolder
    quick : bool, default False
        Train for 3 epochs and simulate 100 ms of 100 images.
    seed : int, default 0
        Of the split, the training and the encoders.
    progress : bool, default False

    Returns
    -------
    list of Path
        The figures.
    """
    from neurosim.plotting import new_figure, plot_confusion, plot_weights, unit_name

    train, test = load_digits().split(0.25, seed)
    found = compare(
        train,
        test.subset(range(100)) if quick else test,
        units=("rate", "lif"),
        duration=100.0 if quick else 200.0,
        epochs=3 if quick else 15,
        seed=seed,
        progress=progress,
    )
    into, out_of = (connectivity.to_dense() for connectivity in found.classifier.connectivities_)
    influence = np.linalg.norm(out_of, axis=1)
    fields = new_figure(8.0, 3.4)
    for ax, unit in zip(fields.subplots(3, 8).flat, np.argsort(-influence)[:SHOWN_FIELDS], strict=True):
        plot_weights(into[:, unit].reshape(train.image_shape), ax)
    fields.suptitle(
        f"Input weights of the {SHOWN_FIELDS} most influential hidden units (blue inhibits, red excites)",
        fontsize=10,
    )
    confusion = new_figure(9.0, 4.4)
    classes = [str(c) for c in found.classifier.classes_]
    for ax, (unit, matrix) in zip(confusion.subplots(1, 2), found.recordings.confusion.items(), strict=True):
        plot_confusion(matrix, classes, ax)
        ax.set_title(f"{unit_name(unit)}: {found.report['units'][unit]['accuracy']:.1%}", loc="left")
    return [
        folder.write_figure("receptive_fields.png", fields),
        folder.write_figure("confusion.png", confusion),
    ]
