"""Text, letter by letter (Graves 2013, arXiv:1308.0850, section 3).

A recurrent network names the next character from all before it, and by drawing from what it expects, writes.
How well it knows a language is told in bits per character on text it has not seen, beside what it helps to
know the frequencies of characters and of pairs (Shannon 1951, doi:10.1002/j.1538-7305.1951.tb01366.x). The
built-in text is drawn from a grammar, so that its entropy is known too: no reader can need less. Give a file
for a text of your own.
"""

from __future__ import annotations

import os
import textwrap
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from neurosim.models import ModelRun

from neurosim.errors import DataError, ParameterError
from neurosim.output import OutputFolder
from neurosim.rate import GRU, Adam, Affine, Embedding, Sequential, fit, log_softmax, no_grad

N_UNITS = 96
LENGTH = 50
"""Characters of a piece to learn from."""

LEAST_PIECES = 400
"""Pieces of a short text overlap, so that there are about as many."""

LEAST_LENGTH = 1000
"""Characters a text needs."""

HELD_OUT = 0.1
"""Share of the text, at its end, to test with: 5,000 characters at most."""

TEMPERATURES = (0.3, 1.0, 2.0)

N_SENTENCES = 400
"""Of the built-in text."""

TIMES = ("at dawn", "at noon", "in winter", "in the rain")
KINDS = ("small", "old", "grey", "quiet", "hungry", "young", "tall", "brave")
NOUNS = ("owl", "bird", "goat", "horse", "cat", "duck", "sailor", "king")
ADVERBS = ("often", "never", "still", "now")
VERBS = ("sings", "sleeps", "waits", "dances", "dreams", "runs", "hides", "swims")
PLACES = ("by the river", "on the hill", "near the mill", "under the oak")


CHOICES = (TIMES, KINDS, NOUNS, ADVERBS, VERBS, PLACES)
"""Of a sentence, in order, all as likely."""


def tale(n_sentences: int, seed: int = 0) -> str:
    """Return random sentences of the grammar."""
    rng = np.random.default_rng(seed)
    drawn = rng.integers(0, [len(words) for words in CHOICES], (n_sentences, len(CHOICES)))
    chosen = [[words[k] for words, k in zip(CHOICES, row, strict=True)] for row in drawn]
    return "".join(f"{time} the {' '.join(rest)}.\n" for time, *rest in chosen)


def entropy_of_grammar(text: str) -> float:
    """Return the bits per character that the choices in a text of whole sentences amount to."""
    return float(text.count("\n") * sum(np.log2(len(c)) for c in CHOICES) / len(text))


class Text(NamedTuple):
    """A text as numbers of characters.

    Attributes
    ----------
    alphabet : str
        All characters that occur, sorted.
    learnt, held_out : ndarray of int64, shape (n,)
        Numbers of the characters to learn from, and of those that follow.
    entropy : float or None
        Bits per character; None where nobody knows.
    """

    alphabet: str
    learnt: np.ndarray
    held_out: np.ndarray
    entropy: float | None


def read_text(path: str | os.PathLike[str] | None = None) -> Text:
    """Return the text in a file, or the built-in one.

    Raises
    ------
    DataError
        If the file cannot be read, or is no text in UTF-8.
    ParameterError
        If the text is shorter than 1,000 characters, or has one character only.
    """
    try:
        text = tale(N_SENTENCES) if path is None else Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: cannot be read as text in UTF-8: {error}") from error
    alphabet = "".join(sorted(set(text)))
    if len(text) < LEAST_LENGTH:
        raise ParameterError("text", len(text), f"must have at least {LEAST_LENGTH} characters")
    if len(alphabet) < 2:
        raise ParameterError("text", alphabet, "has one character only")
    numbers = np.searchsorted(list(alphabet), list(text))
    end = len(text) - min(round(HELD_OUT * len(text)), 5000)
    entropy = entropy_of_grammar(text) if path is None else None
    return Text(alphabet, numbers[:end], numbers[end:], entropy)


class Writer:
    """A network that expects a next character, and writes.

    Parameters
    ----------
    alphabet : str
    seed : int, default 0
        Of the weights.
    """

    def __init__(self, alphabet: str, seed: int = 0) -> None:
        n = len(alphabet)
        self.alphabet = alphabet
        self.letters, self.units, self.answer = Embedding(n, 16), GRU(N_UNITS, returns="all"), Affine(n)
        layers = self.letters, self.units, self.answer
        self.network = Sequential(*layers, input_shape=LENGTH, dtype="float32", seed=seed)

    def learn(self, text: Text, *, epochs: int, seed: int = 0, progress: bool = False) -> list[float]:
        """Train on pieces of the text; return the bits per character on what is held out, by epoch."""
        n = len(text.learnt) - LENGTH
        starts = np.arange(0, n, min(LENGTH, max(n // LEAST_PIECES, 1)))
        pieces = text.learnt[starts[:, np.newaxis] + np.arange(LENGTH + 1)]
        bits: list[float] = []
        fit(
            self.network,
            "softmax_cross_entropy",
            Adam(self.network.parameters(), 0.01, clip_norm=1.0),
            pieces[:, :-1].astype(np.float32),
            pieces[:, 1:],
            epochs=epochs,
            rng=seed,
            callbacks=[lambda _: bits.append(float(self.surprises(text).mean()))],
            progress=progress,
        )
        return bits

    def surprises(self, text: Text) -> np.ndarray:
        """Return the bits each character that is held out takes, given all before it, shape (n,)."""
        before = text.learnt[-LENGTH:]
        stretch = np.concatenate([before, text.held_out])
        with no_grad():
            logs = log_softmax(self.network(stretch[np.newaxis, :-1].astype(np.float32))).value[0]
        chosen = logs[np.arange(len(logs)), stretch[1:]][LENGTH - 1 :]
        return np.asarray(-chosen / np.log(2.0))

    def write(self, start: str, n: int, *, temperature: float = 1.0, seed: int = 0) -> str:
        """Go on from a text, drawing each character from what is expected.

        Parameters
        ----------
        start : str
            At least one character, all of the alphabet.
        n : int
            Characters to write.
        temperature : float, default 1.0
            What the logits are divided by: near 0 always the likeliest, above 1 more daring.
        seed : int, default 0

        Returns
        -------
        str
            What was written, without the start.

        Raises
        ------
        ParameterError
            If the start has no or an unknown character, or the temperature is not positive.
        """
        strange = sorted(set(start) - set(self.alphabet))
        if not start or strange:
            raise ParameterError("write(start)", start, f"needs characters of {self.alphabet!r} only")
        if not temperature > 0.0:
            raise ParameterError("write(temperature)", temperature, "must be positive")
        rng = np.random.default_rng(seed)
        numbers, state, written = [self.alphabet.index(one) for one in start], None, ""
        with no_grad():
            for _ in range(n):
                output, state = self.units.advance(self.letters(np.array([numbers], np.float32)), state)
                logits = self.answer(output[:, -1]).value[0].astype(np.float64) / temperature
                likely = np.exp(logits - logits.max())
                numbers = [int(rng.choice(len(likely), p=likely / likely.sum()))]
                written += self.alphabet[numbers[0]]
        return written


def bits_by_counting(text: Text) -> dict[str, float]:
    """Return the bits per held-out character of those who have counted in the text before, from 1 on."""
    n = len(text.alphabet)
    single = np.bincount(text.learnt, minlength=n) + 1.0
    pairs = np.ones((n, n))
    np.add.at(pairs, (text.learnt[:-1], text.learnt[1:]), 1.0)
    before = np.concatenate([text.learnt[-1:], text.held_out[:-1]])
    after = text.held_out
    return {
        "Characters alike": float(np.log2(n)),
        "Frequencies": float(-np.log2(single[after] / single.sum()).mean()),
        "Pairs": float(-np.log2(pairs[before, after] / pairs.sum(axis=1)[before]).mean()),
    }


def run(
    folder: OutputFolder,
    *,
    quick: bool = False,
    seed: int = 0,
    progress: bool = False,
    text: str | os.PathLike[str] | None = None,
) -> ModelRun:
    """Write ``learning.png``, ``surprise.png`` and ``writing.png``.

    Parameters
    ----------
    folder : OutputFolder
    quick : bool, default False
        4 passes over the text instead of 12.
    seed : int, default 0
        Of weights, order and writing.
    progress : bool, default False
    text : path, optional
        A file in UTF-8 to learn; the built-in one by default.

    Returns
    -------
    ModelRun
        The figures, and the bits per character, in numbers and as a share of what pairs need.

    Raises
    ------
    DataError, ParameterError
        If the text cannot be read or is too short.
    """
    data = read_text(text)
    writer, levels = Writer(data.alphabet, seed), bits_by_counting(data)
    bits = writer.learn(data, epochs=4 if quick else 12, seed=seed, progress=progress)
    start = "".join(data.alphabet[k] for k in data.held_out[:LENGTH])
    if data.entropy is not None:
        levels["Grammar"] = data.entropy
    samples = {t: writer.write(start, 400, temperature=t, seed=seed) for t in TEMPERATURES}
    return ModelRun(
        f"{bits[-1]:.2f} bits per character, of what pairs need {100 * bits[-1] / levels['Pairs']:.1f} %",
        [
            folder.write_figure("learning.png", _draw_learning(bits, levels)),
            folder.write_figure("surprise.png", _draw_surprise(start, writer.surprises(data)[:LENGTH])),
            folder.write_figure("writing.png", _draw_writing(samples)),
        ],
    )


def _draw_learning(bits: list[float], levels: dict[str, float]) -> Any:
    from neurosim.plotting import new_figure
    from neurosim.plotting.style import BLUE, CYCLE, add_legend, count_along_x, dress

    figure = new_figure()
    ax = figure.subplots()
    for (name, level), colour in zip(levels.items(), CYCLE[:0:-1], strict=False):
        ax.axhline(level, color=colour, linewidth=1.0, linestyle="--", label=name)
    ax.plot(np.arange(1, len(bits) + 1), bits, "o-", color=BLUE, label="Gated units")
    ax.set_ylim(bottom=0.0)
    count_along_x(ax)
    add_legend(ax, "above")
    dress(ax, "Epoch", "Bits per character")
    return figure


def _draw_surprise(characters: str, bits: np.ndarray) -> Any:
    from neurosim.plotting import new_figure
    from neurosim.plotting.style import BLUE, dress

    figure = new_figure(9.6, 2.8)
    ax = figure.subplots()
    ax.bar(np.arange(len(bits)), bits, color=BLUE)
    shown = [{" ": "␣", "\n": "⏎"}.get(one, one) for one in characters]
    dress(ax, "Text it has not seen", "Surprise (bits)")
    ax.set_xticks(np.arange(len(bits)), shown, family="monospace")
    ax.set_xlim(-0.7, len(bits) - 0.3)
    return figure


def _draw_writing(samples: dict[float, str]) -> Any:
    from neurosim.plotting import new_figure
    from neurosim.plotting.style import INK, add_title

    figure = new_figure(9.6, 2.5)
    for ax, (temperature, sample) in zip(figure.subplots(1, len(samples)), samples.items(), strict=True):
        ax.axis("off")
        add_title(ax, f"Temperature {temperature:g}")
        lines = [piece for line in sample.split("\n") for piece in textwrap.wrap(line, 36)]
        body = "\n".join(lines[:13]).replace("$", r"\$")
        ax.text(0.0, 1.0, body, va="top", family="monospace", fontsize=9, color=INK, transform=ax.transAxes)
    return figure
