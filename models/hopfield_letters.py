"""Four letters in 36 units: recall from damaged ones, after Hopfield (1982, doi:10.1073/pnas.79.8.2554).

The memory holds what each pair of pixels has in common on average. A damaged letter rolls downhill in energy
to the letter it is nearest to. What is not a letter and yet at rest, such as a letter in negative, is a
spurious memory.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from neurosim.models import ModelRun
from neurosim.models.hopfield import Hopfield, Recall
from neurosim.models.hopfield.experiments import corrupt

from neurosim.output import OutputFolder

LETTERS = {
    "C": """
        .####.
        ##....
        ##....
        ##....
        ##....
        .####.""",
    "H": """
        #....#
        #....#
        ######
        ######
        #....#
        #....#""",
    "T": """
        ######
        ######
        ..##..
        ..##..
        ..##..
        ..##..""",
    "X": """
        ##..##
        .####.
        ..##..
        ..##..
        .####.
        ##..##""",
}
"""Six by six pixels each."""

SHAPE = (6, 6)

RULE_NAMES = {"hebb": "Hebb", "storkey": "Storkey", "pseudo_inverse": "Pseudo-inverse"}


def letters() -> np.ndarray:
    """The letters as patterns of -1 and 1, int8 of shape (4, 36)."""
    rows = (drawing.split() for drawing in LETTERS.values())
    return np.array([[1 if pixel == "#" else -1 for pixel in "".join(row)] for row in rows], np.int8)


def recall_share(share: float, *, rule: str = "hebb", trials: int = 500, seed: int = 0) -> float:
    """Share of damaged letters that become whole again.

    Parameters
    ----------
    share : float
        Of the pixels flipped, chosen at random.
    rule : str, default "hebb"
        See `Hopfield`.
    trials : int, default 500
        For each letter.
    seed : int, default 0
    """
    patterns = np.tile(letters(), (trials, 1))
    memory = Hopfield(rule, random_state=seed).fit(letters())
    found = memory.recall(corrupt(patterns, share, np.random.default_rng(seed)))
    return float((found.states == patterns).all(axis=1).mean())


def run(folder: OutputFolder, *, quick: bool = False, seed: int = 0, progress: bool = False) -> ModelRun:
    """Write ``recall.png`` and ``damage.png``.

    Parameters
    ----------
    folder : OutputFolder
    quick : bool, default False
        Fewer trials.
    seed : int, default 0
        Of the damage and of the order in which units change.
    progress
        Nothing takes long.

    Returns
    -------
    ModelRun
        The figures, and the share of letters recalled with a sixth of the pixels flipped.
    """
    patterns = letters()
    memory = Hopfield(order="random", random_state=seed).fit(patterns)
    probes = corrupt(patterns, 6 / 36, np.random.default_rng(seed))
    found = memory.recall(probes, trajectory=True)
    trials = 50 if quick else 1000
    share = recall_share(6 / 36, trials=trials, seed=seed)
    return ModelRun(
        f"letters recalled with a sixth of the pixels flipped: {100 * share:.1f} %",
        [
            folder.write_figure("recall.png", _draw_recall(memory, patterns, found)),
            folder.write_figure("damage.png", _draw_damage(trials, seed)),
        ],
    )


def _draw_recall(memory: Hopfield, patterns: np.ndarray, found: Recall) -> Any:
    from neurosim.plotting import new_figure, plot_image
    from neurosim.plotting.style import add_title

    sweeps = found.trajectory[:3]
    figure = new_figure(6.4, 6.6)
    panels = figure.subplots(len(patterns), 1 + len(sweeps))
    energies = [memory.energy(states) for states in sweeps]
    for row, pattern in enumerate(patterns):
        plot_image((pattern.reshape(SHAPE) + 1) / 2, panels[row, 0])
        for k, states in enumerate(sweeps):
            ax = plot_image((states[row].reshape(SHAPE) + 1) / 2, panels[row, 1 + k])
            ax.set_xlabel(f"E = {energies[k][row]:.0f}", fontsize=9)
    titles = ("Stored", "Damaged", *(f"Sweep {k}" for k in range(1, len(sweeps))))
    for ax, title in zip(panels[0], titles, strict=True):
        add_title(ax, title)
    return figure


def _draw_damage(trials: int, seed: int) -> Any:
    from neurosim.plotting import new_figure
    from neurosim.plotting.style import CYCLE, add_legend, dress

    ax = new_figure().add_subplot()
    ax.set_prop_cycle(color=CYCLE)
    flipped = np.arange(0, 19)
    for rule in RULE_NAMES:
        shares = [100 * recall_share(k / 36, rule=rule, trials=trials, seed=seed) for k in flipped]
        ax.plot(flipped, shares, marker="o", markersize=4, label=RULE_NAMES[rule])
    ax.set_ylim(-2, 102)
    ax.set_xticks(flipped[::3])
    add_legend(ax)
    return dress(ax, "Pixels flipped, of 36", "Letters recalled (%)").figure
