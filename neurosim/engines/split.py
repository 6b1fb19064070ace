"""How work is divided among threads."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

GRAIN = 64
"""Parts for each thread where their shares differ."""


class Split(NamedTuple):
    """A share of the units for each thread.

    Parameters
    ----------
    parts : tuple of int
        The shares are as these numbers, all positive, to each other.
    """

    parts: tuple[int, ...]

    @classmethod
    def even(cls, n_shares: int) -> Split:
        """Shares of the same size."""
        return cls((1,) * n_shares)

    @property
    def n_shares(self) -> int:
        """Number of threads."""
        return len(self.parts)

    def bounds(self, n: int) -> list[int]:
        """Where the share of each thread begins among n things, and the last one ends."""
        total = sum(self.parts)
        return [n * end // total for end in (0, *accumulate(self.parts))]

    def balanced(self, worked: Sequence[float]) -> Split:
        """Shares for which threads need the same time, if they go on as fast as they went.

        Parameters
        ----------
        worked : sequence of float
            Time that each thread needed for its share, positive.
        """
        speeds = [part / spent for part, spent in zip(self.parts, worked, strict=True)]
        total = GRAIN * self.n_shares
        ends = [round(total * end / sum(speeds)) for end in (0, *accumulate(speeds))]
        return Split(tuple(max(1, b - a) for a, b in pairwise(ends)))

    def slowest(self, worked: Sequence[float], other: Split) -> float:
        """Time that the slowest thread will need under another split, if all go on as fast as they went."""
        had, gets = sum(self.parts), sum(other.parts)
        shares = zip(self.parts, other.parts, worked, strict=True)
        return max(spent * (then / gets) / (now / had) for now, then, spent in shares)


WHOLE = Split.even(1)
"""Everything to one thread."""
