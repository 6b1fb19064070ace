"""Images, one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from neurosim.errors import ParameterError
from neurosim.network.stimuli.table import Table
from neurosim.network.stimuli.timed_array import Tabulated
from neurosim.units import Unit


@dataclass(frozen=True, repr=False, eq=False)
class ImageSequence(Tabulated):
    """Images shown one after the other, each pixel to a unit of its own: ``gain*pixel``.

    As currents: ``cells["I"] = ImageSequence(images, duration="50 ms", gain="200 pA")``. As rates of Poisson
    neurons: ``PoissonPopulation(h*w, ImageSequence(images, duration="50 ms", gain="100 Hz"))``.

    Parameters
    ----------
    images : array_like, shape (h, w), (n_images, h, w) or (n_images, channels, h, w)
        Bare numbers. Units are numbered in C order, as `Conv2d` does. An array of 64-bit floats, in C order,
        is not copied.
    duration : float, str or quantity
        Of one image, ms, a multiple of the network's time step.
    gain : float, array_like, str or quantity, default 1
        What a pixel of 1 is worth: one for all, or (n,); a bare number is in the unit of the input.
    after : {"zero", "hold", "repeat", "error"}, default "zero"
        What follows the last image: nothing, the image stays, the first one again, or a longer run is
        refused.

    Raises
    ------
    ParameterError, UnitError
        If the pixels are not finite numbers, or another argument is not usable; when it is assigned, if unit
        or number of pixels do not fit; when the network runs, if the duration is off its grid.
    """

    images: Any
    duration: Any
    gain: Any = 1.0
    after: str = "zero"

    def __post_init__(self) -> None:
        _ = self.table

    @cached_property
    def table(self) -> Table:
        """A row for each image."""
        images = self._numbers_in("images", self.images)
        if images.ndim not in (2, 3, 4) or not images.size:
            limit = "the shape must be (h, w), (n_images, h, w) or (n_images, channels, h, w)"
            raise ParameterError("ImageSequence.images", images.shape, limit)
        n_images = 1 if images.ndim == 2 else len(images)
        return self._checked_table(images.reshape(n_images, 1, -1), self.duration, "duration")

    def units(self, unit: Unit) -> dict[str, Unit]:
        """Unit of the gain."""
        return {"gain": unit}
