"""The handwritten digits that come with the package."""

from __future__ import annotations

from importlib.resources import files

import numpy as np

from neurosim.data.dataset import Dataset

BRIGHTEST = 16


def load_digits() -> Dataset:
    """Return 1,797 handwritten digits of 8x8 pixels, about 180 of each class.

    Forms filled in by hand were scanned to bitmaps of 32x32; a pixel here counts the ink in a block of 4x4,
    0 to 16, divided by 16. These are the images that 13 of the 43 writers of the set contributed, the
    same as in scikit-learn.

    Returns
    -------
    Dataset
        ``images`` of shape (1797, 64), 0 to 1; ``labels`` 0 to 9.

    References
    ----------
    E. Alpaydin, C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository,
    1998, doi:10.24432/C50P49. Licence: CC BY 4.0.
    """
    with files("neurosim.data").joinpath("digits.npz").open("rb") as file, np.load(file) as arrays:
        return Dataset(arrays["images"] / BRIGHTEST, arrays["labels"], (8, 8), "digits")
