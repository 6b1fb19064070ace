"""The covariance rule: for patterns in which few units are up."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from neurosim.models.hopfield.operators import diagonal
from neurosim.models.hopfield.reading import read_number
from neurosim.models.hopfield.rules.rule import Learned, Rule, clear_diagonal

from neurosim.connectivity import LowRank
from neurosim.connectivity.connectivity import Connectivity


@dataclass(frozen=True)
class Covariance(Rule):
    """Hebb's rule for states s of 0 and 1 with a mean activity f, and a threshold.

    A unit is up where ``sum_j (s_j (x_j - f)) (x_i - f)/(n f (1 - f))``, summed over patterns x, is above the
    threshold. At a stored pattern that is 1 - f where it is up and -f where not, but for the noise of the
    others; n are the inputs of a unit, fewer in a diluted memory. The fewer units are up, the more patterns
    there is room for: up to ``n/(2 f |ln f|)``.

    Overlaps of such a memory are ``sum_i (x_i - f) s_i/(n f (1 - f))``, with f of the pattern x: 1 where s
    is x, and 0 on average where it has nothing to do with x, however many units are up.

    Written for states of -1 and 1, as `Hopfield` keeps them, half of it is the weights and the rest a bias.

    Parameters
    ----------
    threshold : float, optional
        From -f to 1 - f; by default in the middle, 1/2 - f.
    activity : float, optional
        f, between 0 and 1; by default the mean of the patterns.

    References
    ----------
    Tsodyks & Feigelman (1988), doi:10.1209/0295-5075/6/2/002.

    Examples
    --------
    >>> from neurosim.models.hopfield import Hopfield
    >>> from neurosim.models.hopfield.experiments import sparse_patterns
    >>> patterns = sparse_patterns(60, 400, 0.05, np.random.default_rng(0))
    >>> memory = Hopfield("covariance", values=(0, 1)).fit(patterns)
    >>> bool((memory.recall(patterns).states == patterns).mean() > 0.99)
    True
    """

    threshold: float | None = None
    activity: float | None = None

    name = "covariance"
    sparse = factorised = centred = True

    def __post_init__(self) -> None:
        if self.threshold is not None:
            read_number("Covariance.threshold", self.threshold, "must be between -1 and 1", -1, 1, open_=True)
        if self.activity is not None:
            read_number("Covariance.activity", self.activity, "must be between 0 and 1", 0, 1, open_=True)

    def learn(
        self, patterns: np.ndarray, connectivity: Connectivity, *, known: int = 0, seed: int = 0
    ) -> Learned:
        """Write the weights; see `Rule`."""
        n = connectivity.n_pre
        f = float((patterns > 0).mean()) if self.activity is None else self.activity
        read_number("Covariance, activity of the patterns", f, "must be between 0 and 1", 0, 1, open_=True)
        inputs = connectivity.n_synapses / n
        centred = ((patterns > 0) - f) / np.sqrt(2 * inputs * f * (1 - f))
        if isinstance(connectivity, LowRank):
            connectivity.left[...] = centred.T
        else:
            connectivity.weights[...] = connectivity.weight_gradient(centred, centred)
            clear_diagonal(connectivity)
        threshold = 0.5 - f if self.threshold is None else self.threshold
        from_all_up = connectivity.forward(np.ones(n)) - diagonal(connectivity)
        return Learned(bias=from_all_up - threshold)

    def critical_load(self, connectivity: Connectivity, patterns: np.ndarray) -> float | None:
        """1/(2 f |ln f|), which few active units come near, and as many as inactive ones do not."""
        f = float((patterns > 0).mean())
        f = min(f, 1 - f)
        return -0.5 / (f * math.log(f)) if f > 0 else None
