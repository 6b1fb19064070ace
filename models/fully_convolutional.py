"""A network without any dense layer finds the pixels of digits on noise (Long, Shelhamer & Darrell 2015).

doi:10.1109/CVPR.2015.7298965, arXiv:1411.4038. Scores for patches of 2x2 pixels, which a kernel of 1x1 reads
off the features, are enlarged to the size of the image by bilinear interpolation (sections 3.2 and 3.3).
Nothing depends on the size of the image. What the scores have lost in sharpness a U-Net brings back: see
`unet_small` on the same scenes.
"""

from __future__ import annotations

from neurosim.models import ModelRun
from neurosim.models.digit_scenes import SIDE, run_segmentation

from neurosim.output import OutputFolder
from neurosim.rate import BatchNorm, Convolution, Layer, MaxPool, ReLU, Sequential, Upsample

N_CHANNELS = 12


def network(seed: int = 0, side: int = SIDE) -> Sequential:
    """Return the network for square images of one channel, in single precision; it gives a score per pixel.

    Parameters
    ----------
    seed : int, default 0
        Of the first weights.
    side : int, default 32
        Of the images; an even number.
    """
    return Sequential(
        *(*_features(N_CHANNELS), MaxPool(2)),
        *(*_features(2 * N_CHANNELS), *_features(4 * N_CHANNELS)),
        *(Convolution(1, 1), Upsample(2, "bilinear")),
        input_shape=(1, side, side),
        dtype="float32",
        seed=seed,
    )


def _features(n_channels: int) -> list[Layer]:
    return [Convolution(n_channels, 3, False, padding="same"), BatchNorm(), ReLU()]


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
    net = network(seed)
    return run_segmentation("Convolutions only", net, folder, quick=quick, seed=seed, progress=progress)
