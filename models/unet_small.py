"""A small U-Net finds the pixels of digits on noise (Ronneberger, Fischer & Brox 2015, arXiv:1505.04597).

The way down sees more and more of the image, the way up tells where: at each level what was there before the
image was made smaller stands beside what comes back from below (figure 1 of the paper, with two levels
instead of four, and convolutions that keep the size).
"""

from __future__ import annotations

from neurosim.models import ModelRun
from neurosim.models.digit_scenes import SIDE, run_segmentation

from neurosim.output import OutputFolder
from neurosim.rate import BatchNorm, Concatenating, Convolution, Layer, MaxPool, ReLU, Sequential

N_CHANNELS = 8


def network(seed: int = 0) -> Sequential:
    """Return the network for images of 1x32x32 pixels, in single precision; it gives a score for each.

    Parameters
    ----------
    seed : int, default 0
        Of the first weights.
    """
    bottom = [MaxPool(2), *_pair(4 * N_CHANNELS), Convolution(2 * N_CHANNELS, 2, stride=2, transposed=True)]
    middle = [
        *(MaxPool(2), *_pair(2 * N_CHANNELS)),
        *(Concatenating(*bottom), *_pair(2 * N_CHANNELS)),
        Convolution(N_CHANNELS, 2, stride=2, transposed=True),
    ]
    return Sequential(
        *_pair(N_CHANNELS),
        *(Concatenating(*middle), *_pair(N_CHANNELS)),
        Convolution(1, 1),
        input_shape=(1, SIDE, SIDE),
        dtype="float32",
        seed=seed,
    )


def _pair(n_channels: int) -> list[Layer]:
    """Two convolutions that keep the size of the image."""
    return [
        *(Convolution(n_channels, 3, False, padding="same"), BatchNorm(), ReLU()),
        *(Convolution(n_channels, 3, False, padding="same"), BatchNorm(), ReLU()),
    ]


def run(folder: OutputFolder, *, quick: bool = False, seed: int = 0, progress: bool = False) -> ModelRun:
    """Write ``scenes.png`` and ``overlap.png``.

    Parameters
    ----------
    folder : OutputFolder
    quick : bool, default False
        Fewer scenes, once.
    seed : int, default 0
        Of the split, the scenes, the weights and the training.
    progress : bool, default False

    Returns
    -------
    ModelRun
        The figures, and the overlap of what was found with the digits, beside that of a threshold.
    """
    return run_segmentation("U-Net", network(seed), folder, quick=quick, seed=seed, progress=progress)
