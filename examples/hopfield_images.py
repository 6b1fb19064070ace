"""A memory makes damaged images whole: ten handwritten digits, damaged in three ways.

Digits are alike, which is too much for Hebb's rule; the pseudo-inverse rule stores each one exactly. Left:
the stored digits; below, what becomes of them with a fifth of the pixels flipped, a third forgotten, or a
quarter covered, and what the memory makes of that. Right: how many come back, against how much was damaged.
"""

import sys

import numpy as np
from neurosim.models.hopfield.experiments import image_patterns, images_restored, recall_images

from neurosim.data import load_digits
from neurosim.output import OutputFolder
from neurosim.plotting import new_figure, plot_image_rows

SHARES = {"noise": 0.2, "erasure": 0.33, "occlusion": 0.25}


def main(folder="."):
    digits = load_digits()
    shape, patterns = digits.image_shape, image_patterns(digits)
    rows = {"Stored": patterns}
    figure = new_figure(11.0, 4.4)
    images, curves = figure.subplots(1, 2, width_ratios=[1.35, 1])
    for damage, share in SHARES.items():
        found = recall_images(patterns, shape, damage=damage, share=share, seed=3)
        rows[damage.capitalize()] = found.probes
        rows[f"Recalled after {damage}"] = found.recall.states
        print(f"{damage:10} of {share:.0%} of the pixels: {found.restored.sum()} of 10 digits come back")
        restored = images_restored(patterns, shape, np.linspace(0, 0.6, 13), damage=damage, trials=20)
        restored.plot(curves, label=damage.capitalize())
    plot_image_rows({name: (row.reshape(-1, *shape) + 1) / 2 for name, row in rows.items()}, images)
    print(OutputFolder(folder).write_figure("hopfield_images.png", figure))


if __name__ == "__main__":
    main(*sys.argv[1:2])
