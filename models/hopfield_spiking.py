"""One memory in units of five kinds, from the same damaged pattern, on connections learned by Hebb's rule.

Binary (Hopfield 1982, doi:10.1073/pnas.79.8.2554), continuous (Hopfield 1984, doi:10.1073/pnas.81.10.3088),
LIF, LIF split into excitatory and inhibitory units by Dale's law, and Hodgkin-Huxley.
"""

from __future__ import annotations

import numpy as np
from neurosim.models import ModelRun
from neurosim.models.hopfield import Hopfield
from neurosim.models.hopfield.course import Courses
from neurosim.models.hopfield.experiments import corrupt, random_patterns
from neurosim.models.hopfield.spiking import recall_in_units

from neurosim.output import OutputFolder

N_UNITS, N_PATTERNS, DAMAGE, SOUGHT = 120, 6, 0.2, 2
"""Size of the memory, share of the probe's units that are flipped, and the pattern it is made of."""

UNITS = ("binary", "continuous", "lif", "lif_dale", "hh")


def recall(seed: int = 0, duration: float = 400.0) -> Courses:
    """Recall one pattern in all kinds of unit.

    Parameters
    ----------
    seed : int, default 0
        Of patterns and damage.
    duration : float, default 400
        ms.
    """
    rng = np.random.default_rng(seed)
    patterns = random_patterns(N_PATTERNS, N_UNITS, rng)
    memory = Hopfield(random_state=seed).fit(patterns)
    probe = corrupt(patterns[SOUGHT : SOUGHT + 1], DAMAGE, rng)[0]
    return recall_in_units(memory, probe, SOUGHT, UNITS, duration=duration)


def run(folder: OutputFolder, *, quick: bool = False, seed: int = 0, progress: bool = False) -> ModelRun:
    """Write ``overlaps.png`` and ``states.png``.

    Parameters
    ----------
    folder : OutputFolder
    quick : bool, default False
        Simulate 200 ms instead of 400.
    seed : int, default 0
        Of patterns and damage.
    progress
        Nothing takes long.

    Returns
    -------
    ModelRun
        The figures, and the last overlap of the LIF units.
    """
    courses = recall(seed, 200.0 if quick else 400.0)
    overlaps, states = courses.plot().figure, courses.plot_states()
    return ModelRun(
        f"overlap of LIF units with the pattern: {100 * courses['lif'].overlaps[-1]:.1f} %",
        [folder.write_figure("overlaps.png", overlaps), folder.write_figure("states.png", states)],
    )
