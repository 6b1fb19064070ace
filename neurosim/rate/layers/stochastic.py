"""What layers that draw random numbers while they learn have in common."""

from __future__ import annotations

from typing import Any, Self

import numpy as np

from neurosim.rate.autodiff.operations import Array
from neurosim.rate.layers.layer import Layer
from neurosim.rate.randomness import Seed, as_generator, generator_state, new_generator


class StochasticLayer(Layer):
    """A layer with a source of random numbers of its own.

    Parameters
    ----------
    rng : numpy.random.Generator or int, optional
        Source of the noise, or its seed. If left out, it is drawn from the seed of the network it is built
        into, or by chance.
    """

    def __init__(self, rng: Seed = None) -> None:
        self._seeded = rng is not None
        self._rng = as_generator(f"{type(self).__name__}.rng", rng)

    def _build(self, sample: Array, rng: np.random.Generator) -> None:
        if not self._seeded:
            self._rng = np.random.default_rng(rng.integers(2**63))
            self._seeded = True

    def generators(self) -> list[np.random.Generator]:
        """Return the source of the noise."""
        return [self._rng]

    def description(self) -> dict[str, Any]:
        """What the layer was made with, and where its source of random numbers stands."""
        return {**self._arguments(), "rng": generator_state(self._rng)}

    @classmethod
    def from_description(cls, **description: Any) -> Self:
        """Make a layer from what `description` returned."""
        return cls(**{**description, "rng": new_generator(description["rng"])})

    def _arguments(self) -> dict[str, Any]:
        """Arguments of the class other than `rng`."""
        return {}
