"""Tasks that ask for memory: copying, adding, counting, parity and exclusive or in time."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from neurosim.data.sequences import Sequences, of_one_length
from neurosim.errors import ParameterError


def copy_task(n: int, *, n_symbols: int = 8, length: int = 10, delay: int = 20, seed: int = 0) -> Sequences:
    """Symbols to be repeated after a delay.

    `length` random symbols are shown, then `delay` blanks, a sign to start, and ``length - 1`` more blanks.
    From the sign on the network should name the symbols in their order, before it the blank. Without memory
    none can do better than guess: a cross-entropy of ``length*log(n_symbols)/time`` a step.

    Parameters
    ----------
    n : int
        Sequences.
    n_symbols : int, default 8
    length : int, default 10
        Symbols to remember.
    delay : int, default 20
        Blanks between the last symbol and the sign; may be 0.
    seed : int, default 0

    Returns
    -------
    Sequences
        ``inputs`` one-hot, shape (n, 2*length + delay, n_symbols + 2): the symbols, the blank, the sign;
        ``targets`` the number of the symbol at each step, or `n_symbols` for the blank, shape
        (n, 2*length + delay).

    Raises
    ------
    ParameterError
        If a number is out of its range.

    References
    ----------
    Hochreiter & Schmidhuber 1997, doi:10.1162/neco.1997.9.8.1735; in this form Arjovsky, Shah & Bengio 2016,
    arXiv:1511.06464, section 5.1.
    """
    rng = generator("copy_task", seed)
    n, n_symbols, length = (
        count(f"copy_task.{name}", number)
        for name, number in (("n", n), ("n_symbols", n_symbols), ("length", length))
    )
    delay = count("copy_task.delay", delay, 0)
    shown = np.full((n, 2 * length + delay), n_symbols)
    shown[:, :length] = rng.integers(0, n_symbols, (n, length))
    shown[:, length + delay] = n_symbols + 1
    targets = np.full(shown.shape, n_symbols)
    targets[:, length + delay :] = shown[:, :length]
    return of_one_length(np.eye(n_symbols + 2)[shown], targets, "copy")


def adding_task(n: int, *, length: int = 100, seed: int = 0) -> Sequences:
    """Numbers of which two are marked, one in either half; the target is their sum.

    Always to answer 1, the mean, has a mean squared error of 1/6.

    Parameters
    ----------
    n : int
        Sequences.
    length : int, default 100
        Steps, at least 2.
    seed : int, default 0

    Returns
    -------
    Sequences
        ``inputs`` of shape (n, length, 2): a number from 0 to 1, and 1 where it is marked, else 0;
        ``targets`` of shape (n, 1).

    Raises
    ------
    ParameterError
        If a number is out of its range.

    References
    ----------
    Hochreiter & Schmidhuber 1997, doi:10.1162/neco.1997.9.8.1735, experiment 4; in this form Le, Jaitly &
    Hinton 2015, arXiv:1504.00941, section 4.1.
    """
    rng = generator("adding_task", seed)
    n, length = count("adding_task.n", n), count("adding_task.length", length, 2)
    inputs = np.zeros((n, length, 2))
    inputs[:, :, 0] = rng.random((n, length))
    rows, half = np.arange(n), length // 2
    marked = rng.integers(0, half, n), rng.integers(half, length, n)
    for places in marked:
        inputs[rows, places, 1] = 1.0
    targets = sum(inputs[rows, places, 0] for places in marked)
    return of_one_length(inputs, np.asarray(targets)[:, np.newaxis], "adding")


def counting_task(n: int, *, length: int = 20, probability: float = 0.5, seed: int = 0) -> Sequences:
    """Pulses to be counted: at each step the target is how many there have been.

    Parameters
    ----------
    n : int
        Sequences.
    length : int, default 20
    probability : float, default 0.5
        Of a pulse at a step, from 0 to 1.
    seed : int, default 0

    Returns
    -------
    Sequences
        ``inputs`` of shape (n, length, 1), 1 for a pulse, else 0; ``targets`` whole numbers, of shape
        (n, length).

    Raises
    ------
    ParameterError
        If a number is out of its range.
    """
    pulses = _pulses("counting_task", n, length, probability, seed)
    return of_one_length(pulses[:, :, np.newaxis].astype(np.float64), np.cumsum(pulses, axis=1), "counting")


def parity_task(n: int, *, length: int = 20, probability: float = 0.5, seed: int = 0) -> Sequences:
    """Pulses of which the network should know at each step whether their number is odd.

    Parameters and errors are those of `counting_task`.

    Returns
    -------
    Sequences
        ``inputs`` of shape (n, length, 1), 1 for a pulse, else 0; ``targets`` 1 where the number of pulses so
        far is odd, else 0, shape (n, length).
    """
    pulses = _pulses("parity_task", n, length, probability, seed)
    return of_one_length(pulses[:, :, np.newaxis].astype(np.float64), np.cumsum(pulses, axis=1) % 2, "parity")


def temporal_xor(n: int, *, n_triples: int = 1000, seed: int = 0) -> Sequences:
    """Bits in threes, two at random and their exclusive or, without a pause; the target is the next bit.

    One bit in three can be foretold, so the least mean squared error is 1/6: 0 at every third step, 1/4 at
    the others.

    Parameters
    ----------
    n : int
        Sequences.
    n_triples : int, default 1000
        Threes in a sequence.
    seed : int, default 0

    Returns
    -------
    Sequences
        ``inputs`` and ``targets`` of shape (n, 3*n_triples - 1, 1): a bit, and the bit after it. The targets
        at the steps 1, 4, 7 ... are those that can be foretold.

    Raises
    ------
    ParameterError
        If a number is out of its range.

    References
    ----------
    Elman 1990, doi:10.1207/s15516709cog1402_1, section "Exclusive-OR".
    """
    rng = generator("temporal_xor", seed)
    n, n_triples = count("temporal_xor.n", n), count("temporal_xor.n_triples", n_triples)
    bits = rng.integers(0, 2, (n, n_triples, 3))
    bits[:, :, 2] = bits[:, :, 0] ^ bits[:, :, 1]
    stream = bits.reshape(n, -1, 1).astype(np.float64)
    return of_one_length(stream[:, :-1].copy(), stream[:, 1:].copy(), "temporal XOR")


def _pulses(task: str, n: Any, length: Any, probability: Any, seed: Any) -> npt.NDArray[np.int64]:
    rng = generator(task, seed)
    n, length = count(f"{task}.n", n), count(f"{task}.length", length)
    if not (isinstance(probability, int | float | np.floating) and 0.0 <= probability <= 1.0):
        raise ParameterError(f"{task}.probability", probability, "must be from 0 to 1")
    return (rng.random((n, length)) < probability).astype(np.int64)


def count(where: str, number: Any, least: int = 1) -> int:
    """Return a whole number of at least `least`."""
    whole = isinstance(number, int | np.integer) and not isinstance(number, bool)
    if not whole or number < least:
        raise ParameterError(where, number, f"must be a whole number, at least {least}")
    return int(number)


def generator(task: str, seed: Any) -> np.random.Generator:
    """Return a source of random numbers."""
    return np.random.default_rng(count(f"{task}.seed", seed, 0))
