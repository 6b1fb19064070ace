"""Strings of the Reber grammar, a small automaton."""

from __future__ import annotations

import numpy as np

from neurosim.data.sequence_tasks import count, generator
from neurosim.data.sequences import Sequences
from neurosim.errors import ParameterError

REBER_SYMBOLS = "BTPSXVE"

GRAMMAR: tuple[tuple[tuple[str, int], ...], ...] = (
    (("B", 1),),
    (("T", 2), ("P", 3)),
    (("S", 2), ("X", 4)),
    (("T", 3), ("V", 5)),
    (("X", 3), ("S", 6)),
    (("P", 4), ("V", 6)),
    (("E", 7),),
    (),
)
"""From each state the symbols it may give, and the state each leads to; the last state ends the string."""


def reber_strings(n: int, *, embedded: bool = False, seed: int = 0) -> Sequences:
    """Random strings of the Reber grammar; the target at each step is which symbols may come next.

    Parameters
    ----------
    n : int
        Strings.
    embedded : bool, default False
        Put each between T and T, or P and P, within B and E: the last but one symbol then depends on the
        second, however long the string between them.
    seed : int, default 0

    Returns
    -------
    Sequences
        ``inputs`` one-hot in the order of `REBER_SYMBOLS`, shape (n, time, 7), without the last E;
        ``targets`` of the same shape, 1 for each symbol that may come next, else 0.

    Raises
    ------
    ParameterError
        If a number is out of its range.

    References
    ----------
    Reber 1967, doi:10.1016/S0022-5371(67)80149-X; embedded: Hochreiter & Schmidhuber 1997,
    doi:10.1162/neco.1997.9.8.1735, experiment 1.
    """
    rng = generator("reber_strings", seed)
    if not isinstance(embedded, bool):
        raise ParameterError("reber_strings.embedded", embedded, "must be True or False")
    strings = [_string(rng, embedded) for _ in range(count("reber_strings.n", n))]
    lengths = np.array([len(string) - 1 for string, _ in strings])
    inputs = np.zeros((n, lengths.max(), len(REBER_SYMBOLS)))
    targets = np.zeros_like(inputs)
    for i, (string, allowed) in enumerate(strings):
        for t, symbol in enumerate(string[:-1]):
            inputs[i, t, REBER_SYMBOLS.index(symbol)] = 1.0
            for follower in allowed[t + 1]:
                targets[i, t, REBER_SYMBOLS.index(follower)] = 1.0
    return Sequences(inputs, targets, lengths, "embedded Reber grammar" if embedded else "Reber grammar")


def _string(rng: np.random.Generator, embedded: bool) -> tuple[str, list[str]]:
    """Return a string, and for each of its symbols those that might have stood in its place."""
    string, allowed, state = "", [], 0
    while GRAMMAR[state]:
        ways = GRAMMAR[state]
        symbol, state = ways[rng.integers(len(ways))]
        string += symbol
        allowed.append("".join(way for way, _ in ways))
    if not embedded:
        return string, allowed
    gate = "TP"[rng.integers(2)]
    return f"B{gate}{string}{gate}E", ["B", "TP", *allowed, gate, "E"]
