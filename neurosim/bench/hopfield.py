"""Cases of associative memories: storing random patterns and recalling them."""

from __future__ import annotations

from dataclasses import dataclass

from neurosim.bench.case import Case, by_name


@dataclass(frozen=True)
class HopfieldCase(Case):
    """A memory that learns by Hebb's rule, and probes made from its patterns.

    Attributes
    ----------
    n, patterns : int
        Units, and what is stored in them; for capacity curves there are ten loads instead.
    probes : int
        Recalled at once.
    sweeps : int
        Most sweeps over all units.
    update, connectivity : str
        As for `neurosim.models.hopfield.Hopfield`.
    timed : {"both", "recall"}
        Whether storing counts, or only what comes after it.
    flipped : float
        Share of the units of a probe that differ from the pattern.
    """

    n: int
    patterns: int
    probes: int
    sweeps: int = 100
    update: str = "asynchronous"
    connectivity: str = "dense"
    timed: str = "both"
    flipped: float = 0.1


HOPFIELD = by_name(
    HopfieldCase(
        "classroom",
        "20 patterns of 900 units, up to five synchronous steps",
        "steps",
        900,
        20,
        1,
        sweeps=5,
        update="synchronous",
    ),
    HopfieldCase("batch", "100 patterns of 1,000 units, 1,000 probes to rest", "memory", 1000, 100, 1000),
    HopfieldCase(
        "dense_10000",
        "10,000 units, full matrix: a probe to rest",
        "memory",
        10_000,
        100,
        1,
        timed="recall",
    ),
    HopfieldCase(
        "million",
        "100 patterns of a million units, factorised: stored, one probe to rest",
        "memory",
        1_000_000,
        100,
        1,
        connectivity="low_rank",
    ),
    HopfieldCase("capacity", "capacity of 2,000 units: ten loads, 20 trials", "capacity", 2000, 0, 10),
)
