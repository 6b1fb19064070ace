"""A perceptron on the handwritten digits of Alpaydin & Kaynak (1998, doi:10.24432/C50P49).

128 hidden units with the tuning curve of the LIF neuron (Hunsberger & Eliasmith 2015, arXiv:1510.08829),
trained by backpropagation: at least 97 % on held-out digits. The same connections then drive LIF neurons.
"""

from __future__ import annotations

import numpy as np
from neurosim.models import ModelRun

from neurosim.bridge import compare
from neurosim.bridge.figures import Recordings, draw_figures
from neurosim.data import load_digits
from neurosim.output import OutputFolder

SHOWN_FIELDS = 24


def run(folder: OutputFolder, *, quick: bool = False, seed: int = 0, progress: bool = False) -> ModelRun:
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
    ModelRun
        The figures, and the accuracy of rate and LIF units.
    """
    from neurosim.plotting import new_figure, plot_weights, unit_name

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
    shown = np.argsort(-influence)[:SHOWN_FIELDS]
    largest = float(np.abs(into[:, shown]).max())
    fields = new_figure(8.0, 3.4)
    panels = fields.subplots(3, 8)
    for ax, unit in zip(panels.flat, shown, strict=True):
        plot_weights(into[:, unit].reshape(train.image_shape), ax, largest=largest)
    fields.colorbar(panels[0, 0].images[0], ax=panels, label="Weight", aspect=30)
    fields.suptitle(
        f"Input weights of the {SHOWN_FIELDS} most influential hidden units (blue inhibits, red excites)",
        fontsize=10,
    )
    units = found.report["units"]
    confusion = draw_figures(Recordings(confusion=found.recordings.confusion), units)["confusion"]
    accuracies = (f"{unit_name(unit)} {100 * units[unit]['accuracy']:.1f} %" for unit in units)
    return ModelRun(
        f"test accuracy: {', '.join(accuracies)}",
        [
            folder.write_figure("receptive_fields.png", fields),
            folder.write_figure("confusion.png", confusion),
        ],
    )
