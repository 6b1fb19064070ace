"""The training loop."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from neurosim.connectivity.checks import read_numbers
from neurosim.errors import NonFiniteError, ParameterError
from neurosim.rate.graph import no_grad
from neurosim.rate.layer import Layer
from neurosim.rate.losses import Loss
from neurosim.rate.operations import Array
from neurosim.rate.optimiser import Optimiser
from neurosim.rate.sequential import Sequential
from neurosim.rate.variable import Variable

_EVALUATION_BATCH = 1024
_WORTH_SHARING = 4_000_000  # multiplications in the largest product of a step


@dataclass
class History:
    """What happened during training, one entry for each finished epoch.

    Attributes
    ----------
    loss : list of float
        Mean loss over the training samples, each seen with the weights of its moment.
    accuracy : list of float
        Share of training samples classified correctly, likewise; empty unless the targets are class labels.
    validation_loss, validation_accuracy : list of float
        The same on the validation data after each epoch; empty without such data.
    interrupted : bool
        Whether the user stopped training (Ctrl-C) before the last epoch.
    """

    loss: list[float] = field(default_factory=list)
    accuracy: list[float] = field(default_factory=list)
    validation_loss: list[float] = field(default_factory=list)
    validation_accuracy: list[float] = field(default_factory=list)
    interrupted: bool = False

    @property
    def n_epochs(self) -> int:
        """Number of finished epochs."""
        return len(self.loss)


def fit(
    network: Layer,
    loss: Loss,
    optimiser: Optimiser,
    X: ArrayLike,
    y: ArrayLike,
    *,
    epochs: int = 10,
    batch_size: int = 32,
    rng: np.random.Generator | int | None = None,
    validation: tuple[ArrayLike, ArrayLike] | None = None,
    progress: bool = True,
) -> History:
    """Train a network by gradient descent on mini-batches.

    Parameters
    ----------
    network : Layer
        Its parameters are changed in place; it is in training mode meanwhile.
    loss : callable
        Takes the network's output (Variable) and the targets of a batch, returns a scalar Variable.
    optimiser : Optimiser
        Holds the parameters to change.
    X : array of shape (n_samples, ...)
        Inputs; in the dtype of the weights nothing is converted.
    y : array of shape (n_samples, ...)
        Targets. Whole numbers in one dimension count as class labels, for which accuracy is recorded.
    epochs : int, default 10
        Passes over the data.
    batch_size : int, default 32
        Samples per step; the last batch of an epoch may be smaller.
    rng : numpy.random.Generator or int, optional
        Source of the order of samples, or its seed.
    validation : (X, y), optional
        Data to evaluate after each epoch, not to learn from.
    progress : bool, default True
        Show a progress bar on stderr.

    Returns
    -------
    History
        Ctrl-C ends training early: what was learnt is kept, and ``history.interrupted`` is True.

    Raises
    ------
    ParameterError
        If the data differ in length, are empty or not finite, or a number is not positive.
    NonFiniteError
        If the loss of a batch is not finite; the message names the epoch and the layer it comes from. That
        batch has then changed no parameter.
    """
    inputs, targets = checked_data("fit", X, y)
    held_out = None if validation is None else checked_data("fit(validation)", *validation)
    for name, number in (("epochs", epochs), ("batch_size", batch_size)):
        if not isinstance(number, int | np.integer) or number < 1:
            raise ParameterError(f"fit.{name}", number, "must be a whole number, at least 1")
    generator = np.random.default_rng(rng)
    history = History()
    bar = _ProgressBar(epochs) if progress else None
    network.train()
    largest = max((p.value.size for p in network.parameters()), default=0)
    try:
        for epoch in range(epochs):
            order = generator.permutation(len(inputs))
            batches = (
                (inputs[chosen], targets[chosen])
                for chosen in (order[i : i + batch_size] for i in range(0, len(order), batch_size))
            )
            # Overflow is not warned of but found: the loss and the parameters are checked.
            with (
                np.errstate(over="ignore", invalid="ignore", divide="ignore"),
                _matching_threads(batch_size * largest),
            ):
                mean_loss, accuracy = _train_epoch(network, loss, optimiser, batches, epoch)
            history.loss.append(mean_loss)
            if accuracy is not None:
                history.accuracy.append(accuracy)
            if held_out is not None:
                _evaluate(network, loss, *held_out, history)
            optimiser.observe(mean_loss if held_out is None else history.validation_loss[-1])
            if bar:
                bar.advance(history)
    except KeyboardInterrupt:
        history.interrupted = True
    finally:
        network.train(False)
        if bar:
            bar.close()
    return history


@contextmanager
def _matching_threads(multiplications: int) -> Iterator[None]:
    """Keep matrix products on one thread where they are too small to be worth sharing.

    Threads of a matrix library wait for each other by spinning, so on a machine with other work to do sharing
    small products makes training many times slower.
    """
    if multiplications > _WORTH_SHARING:
        yield
        return
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, user_api="blas"):
        yield


def _train_epoch(
    network: Layer, loss: Loss, optimiser: Optimiser, batches: Iterator[tuple[Array, Array]], epoch: int
) -> tuple[float, float | None]:
    total, n_correct, n_seen = 0.0, 0, 0
    classes = False
    for x, target in batches:
        output = network(x)
        batch_loss = loss(output, target)
        if not np.isfinite(batch_loss.value).all():
            raise _non_finite(network, x, epoch, f"the loss became {float(batch_loss):g}")
        optimiser.zero_grad()
        batch_loss.backward()
        optimiser.step()
        total += float(batch_loss) * len(x)
        n_seen += len(x)
        classes = _are_labels(target, output)
        if classes:
            n_correct += int((output.value.argmax(axis=1) == target).sum())
    if not all(np.isfinite(p.value).all() for p in optimiser.parameters):
        raise _non_finite(network, x, epoch, "the last step went to infinity")
    return total / n_seen, n_correct / n_seen if classes else None


def _evaluate(network: Layer, loss: Loss, X: Array, y: Array, history: History) -> None:
    network.train(False)
    with no_grad():
        outputs = [network(X[i : i + _EVALUATION_BATCH]).value for i in range(0, len(X), _EVALUATION_BATCH)]
        output = Variable(np.concatenate(outputs))
        history.validation_loss.append(float(loss(output, y)))
    if _are_labels(y, output):
        history.validation_accuracy.append(float((output.value.argmax(axis=1) == y).mean()))
    network.train()


def _are_labels(target: Array, output: Variable) -> bool:
    return target.ndim == 1 and target.dtype.kind in "iu" and output.ndim == 2


def _non_finite(network: Layer, x: Array, epoch: int, event: str) -> NonFiniteError:
    """Return the error that names the first layer with something not finite."""
    origin = find_non_finite(network, x) or "every layer's output is still finite"
    return NonFiniteError(f"fit: {event} in epoch {epoch + 1}: {origin}. Lower the learning rate.")


def find_non_finite(network: Layer, x: Array) -> str | None:
    """Name the first layer whose parameters or output for `x` are not finite; None if there is none."""
    value = Variable(x, requires_grad=False)
    for i, layer in enumerate(network if isinstance(network, Sequential) else [network]):
        if not all(np.isfinite(p.value).all() for p in layer.parameters()):
            return f"parameters of layer {i}, {layer.describe()}, are not finite"
        with no_grad(), np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            value = layer(value)
        if not np.isfinite(value.value).all():
            return f"the output of layer {i}, {layer.describe()}, is not finite"
    return None


def checked_data(where: str, X: ArrayLike, y: ArrayLike) -> tuple[Array, Array]:
    """Return samples and targets as arrays of finite numbers and of one length, or raise a ParameterError."""
    inputs, targets = read_numbers(f"{where}.X", X), read_numbers(f"{where}.y", y)
    if inputs.ndim == 0 or len(inputs) == 0:
        raise ParameterError(f"{where}.X", inputs.shape, "needs at least one sample")
    if targets.shape[:1] != inputs.shape[:1]:
        raise ParameterError(
            f"{where}.y", targets.shape, f"needs {len(inputs)} entries, one for each sample in X"
        )
    for name, array in (("X", inputs), ("y", targets)):
        finite = np.isfinite(array)
        if not finite.all():
            place = [int(i) for i in np.argwhere(~finite)[0]]
            raise ParameterError(f"{where}.{name}{place}", float(array[tuple(place)]), "must be finite")
    return inputs, targets


class _ProgressBar:
    """A bar on stderr, if that is a terminal, that counts epochs and shows the newest figures."""

    def __init__(self, epochs: int) -> None:
        from tqdm import tqdm

        self._bar = tqdm(total=epochs, desc="training", unit="epoch", dynamic_ncols=True, disable=None)

    def advance(self, history: History) -> None:
        figures = {"loss": f"{history.loss[-1]:.4f}"}
        for name, values in (("accuracy", history.accuracy), ("validation", history.validation_accuracy)):
            if values:
                figures[name] = f"{values[-1]:.2%}"
        self._bar.set_postfix(figures, refresh=False)
        self._bar.update()

    def close(self) -> None:
        self._bar.close()
