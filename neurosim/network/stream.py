"""Where the numbers of one part of a network come from."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

import numpy as np


@dataclass(frozen=True)
class Stream:
    """Random numbers of one population or projection, from the network's seed.

    Parameters
    ----------
    seed : int
        Of the network.
    owner : str
        Kind of the part, and its name if the user gave it one, else its place among those of its kind. So a
        part with a name of its own draws the same numbers whatever else is in the network.
    """

    seed: int
    owner: str

    def seed_of(self, *what: object) -> int:
        """A seed for one purpose, of 128 bits."""
        text = "/".join([str(self.seed), self.owner, *map(str, what)])
        return int.from_bytes(sha256(text.encode()).digest()[:16])

    def generator(self, *what: object) -> np.random.Generator:
        """A generator for one purpose: Philox, which is counter-based."""
        return np.random.Generator(np.random.Philox(np.random.SeedSequence(self.seed_of(*what))))
