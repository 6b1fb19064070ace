"""How far two classes lie from the plane that separates them best."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from neurosim.errors import ParameterError
from neurosim.rate.autodiff.operations import Array
from neurosim.rate.training.labels import encode_labels
from neurosim.rate.training.samples import read_samples

_SMALLEST = 1e-7
"""Margin over radius below which rounding hides whether there is any."""

_TOLERANCE = 1e-9
"""Share of the margin by which a sample may lie nearer."""

_VIOLATORS = 16
"""Samples by which the set that bounds the margin grows at once."""


class Margin(NamedTuple):
    """The plane through the origin that keeps the largest distance from all samples.

    Attributes
    ----------
    weights : ndarray of shape (n_features,)
        Unit normal of the plane, on the side of the second class; zeros where no plane separates them. With
        a bias it is the last entry, and 1 the last feature.
    distance : float
        From the plane to the nearest sample, gamma; 0 where no plane separates them.
    radius : float
        From the origin to the farthest sample, R.
    """

    weights: Array
    distance: float
    radius: float

    @property
    def separable(self) -> bool:
        """Whether a plane separates the classes."""
        return self.distance > 0.0

    @property
    def mistake_bound(self) -> float:
        """Most corrections that Rosenblatt's rule needs from weights of 0, (R/gamma)^2; infinity if none do.

        References
        ----------
        Novikoff 1962, On convergence proofs on perceptrons; Block 1962, doi:10.1103/RevModPhys.34.123.
        """
        return (self.radius / self.distance) ** 2 if self.separable else np.inf


def largest_margin(X: ArrayLike, y: ArrayLike, *, fit_intercept: bool = True) -> Margin:
    """Find the plane that separates two classes with the largest margin.

    Parameters
    ----------
    X : array of shape (n_samples, n_features)
    y : array of shape (n_samples,)
        Labels of two classes.
    fit_intercept : bool, default True
        Whether a bias is learned: each sample then has 1 as a last feature, and the plane goes through the
        origin of that space, as in the learning rule. Otherwise it goes through the origin of the samples.

    Returns
    -------
    Margin
        Margins less than 1e-7 of the radius count as none.

    Raises
    ------
    ParameterError
        If `X` is no matrix of finite numbers, or `y` has not two classes or not a label for each sample.

    References
    ----------
    Least distance programming: Lawson & Hanson 1995, doi:10.1137/1.9781611971217, chapter 23.
    """
    samples = read_samples("largest_margin(X)", X, "float64")
    classes, numbers = encode_labels("largest_margin(y)", y, len(samples))
    if len(classes) > 2:
        raise ParameterError("largest_margin(y)", classes.tolist(), "needs two classes")
    if fit_intercept:
        samples = np.column_stack([samples, np.ones(len(samples))])
    size = float(np.abs(samples).max()) or 1.0  # so that no square overflows
    points = np.where(numbers == 1, 1.0, -1.0)[:, None] * samples / size
    radius = float(np.linalg.norm(points, axis=1).max())
    normal = _best_normal(points / (radius or 1.0))
    distance = float((points @ normal).min())
    return Margin(normal, size * max(0.0, distance), size * radius)


def _best_normal(points: Array) -> Array:
    """The unit vector whose least product with points of at most length 1 is largest; 0 if none is positive.

    It is the direction of the point of the convex hull that is nearest to the origin. A few points bound it:
    they are found by adding those that lie nearest to the plane of the ones so far.
    """
    from scipy.optimize import nnls

    n = points.shape[1]
    chosen = np.arange(1)
    while True:
        system = np.vstack([points[chosen].T, np.ones(chosen.size)])
        shares, _ = nnls(system, np.append(np.zeros(n), 1.0), maxiter=100 * chosen.size)
        nearest = shares @ points[chosen]
        length = float(np.linalg.norm(nearest))
        if length <= _SMALLEST:
            return np.zeros(n)
        normal: Array = nearest / length
        distances = points @ normal
        reached = distances[chosen].min()
        nearer = np.flatnonzero(distances < reached - _TOLERANCE * abs(reached))
        if not nearer.size:
            return normal
        chosen = np.append(chosen, nearer[np.argsort(distances[nearer])[:_VIOLATORS]])
