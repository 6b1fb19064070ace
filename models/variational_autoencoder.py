"""A variational autoencoder of handwritten digits (Kingma & Welling 2014, arXiv:1312.6114).

The encoder gives a normal distribution over a plane for each image; a point drawn from it, mean + deviation
times standard normal noise, is decoded to the probability of ink in each pixel. Both learn to raise the
evidence lower bound (ELBO): the mean log likelihood of the pixels less the Kullback-Leibler divergence of the
distribution from the standard normal one. So every part of the plane decodes to some digit. The images are
those of Alpaydin & Kaynak (1998, doi:10.24432/C50P49).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from neurosim.models import ModelRun

from neurosim.data import Dataset, load_digits
from neurosim.output import OutputFolder
from neurosim.rate import (
    Adam,
    Affine,
    Composite,
    CosineDecay,
    History,
    ReLU,
    Sequential,
    Variable,
    binary_cross_entropy,
    concatenate,
    fit,
    gaussian_kl_divergence,
    no_grad,
)

N_LATENT = 2
N_HIDDEN = 128
N_EPOCHS = 60
BATCH = 32
HIGHEST_RATE = 0.003


class VariationalAutoencoder(Composite):
    """Encoder to means and logarithms of variances, a draw, and a decoder to logits.

    Parameters
    ----------
    n_pixels : int
    seed : int, default 0
        Of the first weights and of the noise.
    """

    def __init__(self, n_pixels: int, seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        self.n_pixels = n_pixels
        self.encoder = _perceptron(n_pixels, 2 * N_LATENT, rng)
        self.decoder = _perceptron(N_LATENT, n_pixels, rng)
        self._rng = rng
        super().__init__(self.encoder, self.decoder)

    def forward(self, x: Variable) -> Variable:
        """Return logits, means and logarithms of variances, side by side: shape (batch, n_pixels + 4).

        What is decoded is a draw while training, otherwise the mean.
        """
        codes = self.encoder(x)
        mean, log_variance = codes[:, :N_LATENT], codes[:, N_LATENT:]
        point = self.draw(mean, log_variance) if self.training else mean
        return concatenate([self.decoder(point), mean, log_variance], axis=1)

    def draw(self, mean: Variable, log_variance: Variable) -> Variable:
        """Return mean + deviation*noise: random, and yet differentiable by both."""
        noise = self._rng.standard_normal(mean.shape).astype(mean.dtype)
        return mean + np.exp(0.5 * log_variance) * noise

    def split(self, output: Variable) -> tuple[Variable, Variable, Variable]:
        """Return the logits, means and logarithms of variances of an output."""
        n = self.n_pixels
        return output[:, :n], output[:, n : n + N_LATENT], output[:, n + N_LATENT :]

    def negative_elbo(self, output: Variable, images: np.ndarray) -> Variable:
        """Return minus the evidence lower bound, in nats, mean over the images."""
        logits, mean, log_variance = self.split(output)
        surprise = binary_cross_entropy(logits, images) * float(self.n_pixels)
        return surprise + gaussian_kl_divergence(mean, log_variance)

    def generators(self) -> list[np.random.Generator]:
        """Return the source of the noise."""
        return [self._rng]

    def encode(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the mean and the deviation of each image on the plane, both of shape (n_images, 2)."""
        with no_grad():
            codes = self.encoder(images.astype(np.float32)).value
        return codes[:, :N_LATENT], np.exp(0.5 * codes[:, N_LATENT:])

    def decode(self, points: np.ndarray) -> np.ndarray:
        """Return the probability of ink in each pixel, shape (n_points, n_pixels)."""
        with no_grad():
            logits = self.decoder(points.astype(np.float32)).value
        return np.asarray(1.0 / (1.0 + np.exp(-logits)))


class Bound(NamedTuple):
    """The evidence lower bound of images and its parts, in nats an image.

    Attributes
    ----------
    elbo : float
        Mean log likelihood less the divergence.
    log_likelihood : float
        Of the pixels, mean over draws.
    divergence : float
        Of the distributions on the plane from the standard normal one.
    """

    elbo: float
    log_likelihood: float
    divergence: float


def train(
    data: Dataset, *, n_epochs: int = N_EPOCHS, seed: int = 0, progress: bool = False
) -> tuple[VariationalAutoencoder, History]:
    """Train by Adam, its rate falling as a cosine from 0.003 to 0."""
    images = data.images.astype(np.float32)
    network = VariationalAutoencoder(images.shape[1], seed)
    n_steps = n_epochs * -(-len(images) // BATCH)
    optimiser = Adam(network.parameters(), CosineDecay(HIGHEST_RATE, n_steps, restarts=False))
    history = fit(
        network,
        network.negative_elbo,
        optimiser,
        images,
        images,
        epochs=n_epochs,
        batch_size=BATCH,
        rng=seed,
        progress=progress,
    )
    return network, history


def bound(network: VariationalAutoencoder, images: np.ndarray, *, draws: int = 20, seed: int = 0) -> Bound:
    """Return the evidence lower bound of images by so many draws for each."""
    rng = np.random.default_rng(seed)
    mean, deviation = network.encode(images)
    divergence = 0.5 * (mean**2 + deviation**2 - 1.0 - np.log(deviation**2)).sum(axis=1).mean()
    likelihoods = []
    for _ in range(draws):
        ink = network.decode(mean + deviation * rng.standard_normal(mean.shape))
        likelihoods.append((images * np.log(ink) + (1.0 - images) * np.log1p(-ink)).sum(axis=1).mean())
    log_likelihood = float(np.mean(likelihoods))
    return Bound(log_likelihood - float(divergence), log_likelihood, float(divergence))


def share_of_like_neighbours(points: np.ndarray, labels: np.ndarray) -> float:
    """Return the share of points whose nearest neighbour has the same label."""
    from scipy.spatial import KDTree

    _, nearest = KDTree(points).query(points, k=2)
    return float((labels[nearest[:, 1]] == labels).mean())


def run(folder: OutputFolder, *, quick: bool = False, seed: int = 0, progress: bool = False) -> ModelRun:
    """Write ``plane.png``, ``codes.png`` and ``reconstructions.png``.

    Parameters
    ----------
    folder : OutputFolder
    quick : bool, default False
        6 epochs.
    seed : int, default 0
        Of the split, the weights and all noise.
    progress : bool, default False

    Returns
    -------
    ModelRun
        The figures, the bound on held-out images, and how often neighbours on the plane are of one digit.
    """
    training, test = load_digits().split(0.25, seed)
    network, _ = train(training, n_epochs=6 if quick else N_EPOCHS, seed=seed, progress=progress)
    found = bound(network, test.images)
    alike = share_of_like_neighbours(network.encode(test.images)[0], test.labels)
    return ModelRun(
        f"ELBO {found.elbo:.2f} nats an image, divergence {found.divergence:.2f}; "
        f"nearest neighbours on the plane that are the same digit: {100 * alike:.1f} %",
        [
            folder.write_figure("plane.png", _draw_plane(network, test.image_shape)),
            folder.write_figure("codes.png", _draw_codes(network, test)),
            folder.write_figure("reconstructions.png", _draw_reconstructions(network, test)),
        ],
    )


def _perceptron(n_inputs: int, n_outputs: int, rng: np.random.Generator) -> Sequential:
    hidden = Affine(N_HIDDEN, initialise="he_normal")
    return Sequential(hidden, ReLU(), Affine(n_outputs), input_shape=n_inputs, dtype="float32", seed=rng)


def _draw_plane(network: VariationalAutoencoder, shape: tuple[int, int]) -> Any:
    """Draw what the points of a grid decode to, its lines at even quantiles of the standard normal."""
    from scipy.special import ndtri

    from neurosim.plotting import new_figure, plot_image
    from neurosim.plotting.style import add_title

    n = 14
    ticks = ndtri((np.arange(n) + 0.5) / n)
    x, y = np.meshgrid(ticks, ticks[::-1])
    tiles = network.decode(np.column_stack([x.ravel(), y.ravel()])).reshape(n, n, *shape)
    tiles = np.pad(tiles, ((0, 0), (0, 0), (1, 1), (1, 1)))
    picture = tiles.transpose(0, 2, 1, 3).reshape(n * tiles.shape[2], n * tiles.shape[3])
    figure = new_figure(6.4, 6.6)
    ax = plot_image(picture, figure.add_subplot())
    add_title(ax, "What each point of the plane decodes to, at even quantiles of the prior")
    return figure


def _draw_codes(network: VariationalAutoencoder, test: Dataset) -> Any:
    from neurosim.plotting import new_figure
    from neurosim.plotting.style import dress

    mean, _ = network.encode(test.images)
    figure = new_figure(6.4, 5.4)
    ax = figure.add_subplot()
    for (x, y), label in zip(mean, test.labels, strict=True):
        ax.text(x, y, str(label), color=f"C{label}", fontsize=8, ha="center", va="center")
    reach = 1.08 * float(np.abs(mean).max())
    ax.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
    dress(ax, "Mean of $z_1$", "Mean of $z_2$")
    return figure


def _draw_reconstructions(network: VariationalAutoencoder, test: Dataset) -> Any:
    from neurosim.plotting import new_figure, plot_image

    shown = [int(np.flatnonzero(test.labels == digit)[0]) for digit in range(test.n_classes)]
    images = test.images[shown]
    figure = new_figure(8.4, 2.2)
    panels = figure.subplots(2, len(shown))
    for row, name, pictures in zip(
        panels, ("Image", "Decoded"), (images, network.decode(network.encode(images)[0])), strict=True
    ):
        for ax, picture in zip(row, pictures, strict=True):
            plot_image(picture.reshape(test.image_shape), ax)
        row[0].set_ylabel(name, fontsize=9)
    return figure
