"""Digits recalled from noisy ones: the modern Hopfield network beside the classical memory.

The modern network (Ramsauer et al. 2020, arXiv:2008.02217) moves a state to the average of the stored
patterns, weighted by a softmax of ``beta`` times how alike they are: one update, which is attention. With a
small beta it finds what patterns have in common; from some beta on, the pattern itself. The classical memory
(Hopfield 1982, doi:10.1073/pnas.79.8.2554) holds few patterns in 64 units, fewer still where they are as much
alike as digits are; with the pseudo-inverse rule, less than 64.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from neurosim.models import ModelRun
from neurosim.models.hopfield import Hopfield, ModernHopfield

from neurosim.data import load_digits
from neurosim.output import OutputFolder

COUNTS = (3, 10, 30, 100, 300, 1000)
BETAS = tuple(2.0**k for k in range(-7, 4))
BETA = 4.0
"""Sharp enough for 1,000 digits."""

SHOWN_BETAS = (0.05, 0.25, BETA)
PROBES = 100

NOISE = 0.5
"""Standard deviation of what is added to each pixel; that of the pixels of a digit is 1."""

NEAR = 0.2
"""Root of the mean squared difference below which a digit counts as recalled."""


def digits(n: int, seed: int = 0) -> np.ndarray:
    """So many of the bundled digits, drawn at random; shape (n, 64).

    The pixels of each have the mean 0 and the variance 1, so that no digit is alike to all.
    """
    images = load_digits().images
    chosen = images[np.random.default_rng(seed).permutation(len(images))[:n]].reshape(n, -1)
    centred: np.ndarray = chosen - chosen.mean(axis=1, keepdims=True)
    return centred / centred.std(axis=1, keepdims=True)


def noisy(patterns: np.ndarray, seed: int = 0) -> np.ndarray:
    """Digits with noise."""
    drawn: np.ndarray = patterns + NOISE * np.random.default_rng([seed, 1]).standard_normal(patterns.shape)
    return drawn


def signs(images: np.ndarray) -> np.ndarray:
    """Digits as the classical memory takes them: 1 where a pixel is brighter than the mean, else -1."""
    return np.where(images > 0, np.int8(1), np.int8(-1))


def classical_recall(stored: np.ndarray, probes: np.ndarray, rule: str, seed: int = 0) -> np.ndarray:
    """What the classical memory makes of probes, -1 and 1 of shape (k, 64)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # far beyond capacity is what is to be seen
        memory = Hopfield(rule, random_state=seed).fit(signs(stored))
    return memory.recall(signs(probes)).states


def share(wanted: np.ndarray, found: np.ndarray) -> float:
    """Share of what was found that is near what was wanted."""
    return float((np.sqrt(((found - wanted) ** 2.0).mean(axis=1)) < NEAR).mean())


def modern_share(n: int, beta: float = BETA, seed: int = 0) -> float:
    """Share of the first 100 of n stored digits that one update of the modern network recalls from noise."""
    stored = digits(n, seed)
    wanted = stored[:PROBES]
    return share(wanted, ModernHopfield(beta).fit(stored).recall(noisy(wanted, seed)))


def classical_share(n: int, rule: str = "hebb", seed: int = 0) -> float:
    """Share of the first 100 of n stored digits, each pixel a sign, that the classical memory recalls."""
    stored = digits(n, seed)
    wanted = stored[:PROBES]
    return share(signs(wanted), classical_recall(stored, noisy(wanted, seed), rule, seed))


def run(folder: OutputFolder, *, quick: bool = False, seed: int = 0, progress: bool = False) -> ModelRun:
    """Write ``patterns.png``, ``beta.png`` and ``digits.png``.

    Parameters
    ----------
    folder : OutputFolder
    quick : bool, default False
        At most 100 digits stored, not 1,000.
    seed : int, default 0
        Of the choice of digits and of the order in which units change.
    progress
        Nothing takes long.

    Returns
    -------
    ModelRun
        The figures, and the shares recalled from noise, among the most digits.
    """
    counts = COUNTS[:4] if quick else COUNTS
    most = counts[-1]
    modern, classical = modern_share(most, seed=seed), classical_share(most, seed=seed)
    figures = {
        "patterns.png": _draw_counts(counts, seed),
        "beta.png": _draw_betas(counts[1::2], seed),
        "digits.png": _draw_digits(digits(100, seed), seed),
    }
    return ModelRun(
        f"digits recalled among {most}: by the classical memory {100 * classical:.1f} %, "
        f"by one step of attention {100 * modern:.1f} %",
        [folder.write_figure(name, figure) for name, figure in figures.items()],
    )


def _draw_counts(counts: tuple[int, ...], seed: int) -> Any:
    from neurosim.plotting import new_figure
    from neurosim.plotting.style import CYCLE, add_legend, dress, layered_widths

    ax = new_figure().add_subplot()
    lines = {f"beta = {beta:g}": [modern_share(m, beta, seed) for m in counts] for beta in SHOWN_BETAS[::-1]}
    for rule, name in (("pseudo_inverse", "Pseudo-inverse"), ("hebb", "Hebb")):
        lines[name] = [classical_share(m, rule, seed) for m in counts]
    widths = layered_widths(len(lines))
    for colour, width, (name, shares) in zip(CYCLE, widths, lines.items(), strict=False):
        style = {"marker": "o"} if name.startswith("beta") else {"marker": "s", "linestyle": "--"}
        size, percent = width + 3, 100 * np.array(shares)
        ax.plot(counts, percent, color=colour, linewidth=width, markersize=size, label=name, **style)
    ax.set_xscale("log")
    ax.set_xticks(counts, [f"{m:,}" for m in counts])
    ax.minorticks_off()
    ax.set_ylim(-2, 102)
    add_legend(ax, "above")
    return dress(ax, "Stored digits", "Recalled (%)").figure


def _draw_betas(counts: tuple[int, ...], seed: int) -> Any:
    from neurosim.plotting import new_figure
    from neurosim.plotting.style import CYCLE, GREY, add_legend, dress

    ax = new_figure().add_subplot()
    ax.set_prop_cycle(color=CYCLE)
    for m in counts:
        shares = [100 * modern_share(m, beta, seed) for beta in BETAS]
        ax.plot(BETAS, shares, marker="o", markersize=4, label=f"{m:,} digits")
    ax.axvline(64**-0.5, color=GREY, linewidth=1, linestyle=":", label="Attention: 1/√64")
    ax.set_xscale("log", base=2)
    ax.set_ylim(-2, 102)
    add_legend(ax, "upper left")
    return dress(ax, "beta", "Recalled (%)").figure


def _draw_digits(stored: np.ndarray, seed: int) -> Any:
    from neurosim.plotting import new_figure, plot_image
    from neurosim.plotting.style import add_title

    shown = stored[::20]
    probes = noisy(shown, seed)
    columns = {
        "Stored": shown,
        "Probe": probes,
        "Classical": classical_recall(stored, probes, "hebb", seed),
    } | {f"beta = {beta:g}": ModernHopfield(beta).fit(stored).recall(probes) for beta in SHOWN_BETAS}
    figure = new_figure(8.0, 6.6)
    panels = figure.subplots(len(shown), len(columns))
    for column, (name, images) in enumerate(columns.items()):
        add_title(panels[0, column], name)
        for row, image in enumerate(images):
            plot_image(np.clip(image.reshape(8, 8) / 3 + 0.4, 0, 1), panels[row, column])
    figure.suptitle(f"{len(shown)} of {len(stored)} stored digits, recalled from noise", fontsize=10)
    return figure
