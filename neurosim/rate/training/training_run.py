"""A training in progress."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from neurosim.errors import DataError, NonFiniteError, ParameterError
from neurosim.rate.autodiff.graph import no_grad
from neurosim.rate.autodiff.operations import Array
from neurosim.rate.autodiff.variable import Variable
from neurosim.rate.layers.layer import Layer
from neurosim.rate.layers.layer_state import arrays_of, write_arrays
from neurosim.rate.layers.masking import compared
from neurosim.rate.losses.losses import Loss
from neurosim.rate.matrix_library import on_one_thread
from neurosim.rate.optimisers.optimiser import Optimiser
from neurosim.rate.randomness import generator_state, load_generator
from neurosim.rate.training.checkpoint import compare_origins, load_training, save_training
from neurosim.rate.training.early_stopping import EarlyStopping
from neurosim.rate.training.history import History
from neurosim.rate.training.non_finite import find_non_finite
from neurosim.rate.training.progress import ProgressBar
from neurosim.rate.training.training_data import Samples, hold_out

_EVALUATION_BATCH = 1024
_WORTH_SHARING = 4_000_000  # multiplications in the largest product of a step

Metric = Callable[[Array, Array], float]
Augmentation = Callable[[Array, np.random.Generator], Array]
Callback = Callable[[History], Any]


@dataclass
class TrainingRun:
    """What changes from epoch to epoch, and how; `fit` makes one and runs it.

    Attributes
    ----------
    keeps_best : bool
        Whether the arrays that are kept, to be restored in the end, are those of the epoch with the least
        loss; otherwise those from before the present epoch.
    history : History
    origin : dict
        What a checkpoint must have been made with to be resumed; see `describe_origin`.
    """

    network: Layer
    loss: Loss
    optimiser: Optimiser
    rng: np.random.Generator
    batch_size: int
    metric: Metric | None
    augment: Augmentation | None
    keeps_best: bool = False
    history: History = field(default_factory=History)
    origin: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._first_draw = generator_state(self.rng)
        self._keep()

    def run(
        self,
        data: Samples,
        held_out: Samples | None,
        epochs: int,
        early_stopping: EarlyStopping | None,
        callbacks: Sequence[Callback],
        checkpoint: Path | None,
        progress: bool,
    ) -> History:
        """Train up to so many epochs; see `fit`."""
        history, network = self.history, self.network
        bar = ProgressBar(epochs, history.n_epochs) if progress else None
        largest = max((p.value.size for p in network.parameters()), default=0)
        if checkpoint is not None and not history.n_epochs:
            save_training(checkpoint, self.state())  # finds out at once whether it can be written
        network.train()
        try:
            while history.n_epochs < epochs and not history.stopped_early:
                # Overflow is not warned of but found: the loss and the parameters are checked.
                with (
                    np.errstate(over="ignore", invalid="ignore", divide="ignore"),
                    _matching_threads(self.batch_size * largest),
                ):
                    self._learn(data)
                if held_out is not None:
                    with _matching_threads(min(len(held_out.inputs), _EVALUATION_BATCH) * largest):
                        self._evaluate(held_out)
                self.optimiser.observe(history.watched[-1])
                history.learning_rate.append(self.optimiser.rate)
                if not self.keeps_best or history.watched[-1] < min(history.watched[:-1], default=np.inf):
                    self._keep()
                asked = [_asks_to_stop(callback, history) for callback in callbacks]
                over = early_stopping is not None and early_stopping.is_over(history.watched)
                history.stopped_early = over or any(asked)
                if checkpoint is not None:
                    save_training(checkpoint, self.state())
                if bar:
                    bar.advance(history)
            if early_stopping is not None:
                self._restore()
        except KeyboardInterrupt:
            history.interrupted = True
            if self.keeps_best and self._kept_epoch:
                self._restore()
        except NonFiniteError:
            self._restore()
            raise
        finally:
            network.train(False)
            if bar:
                bar.close()
        return history

    def divide(self, data: Samples, share: float) -> tuple[Samples, Samples]:
        """Hold out samples; a training that goes on draws the same ones as when it began."""
        now = generator_state(self.rng)
        load_generator(self.rng, self._first_draw)
        divided = hold_out(data, share, self.rng)
        if self.history.n_epochs:
            load_generator(self.rng, now)
        return divided

    def state(self) -> dict[str, Any]:
        """Return all that changes from epoch to epoch."""
        return {
            "origin": self.origin,
            "network": self.network.state(),
            "optimiser": self.optimiser.state(),
            "rng": generator_state(self.rng),
            "first_draw": self._first_draw,
            "history": self.history.as_dict(),
            "kept": self._kept,
            "kept_epoch": self._kept_epoch,
        }

    def load(self, path: Path) -> None:
        """Go on from a file, or leave everything as it was."""
        state = load_training(path)
        before = self.network.state()
        try:
            compare_origins(state["origin"], self.origin)
            self.network.load_state(state["network"])
            self.optimiser.load_state(state["optimiser"])
            self.history.load(state["history"])
            load_generator(self.rng, state["rng"])
            self._first_draw, self._kept = state["first_draw"], state["kept"]
            self._kept_epoch = int(state["kept_epoch"])
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            self.network.load_state(before)
            raise DataError(f"{path}: does not fit this training: {error}") from error

    def _keep(self) -> None:
        self._kept = {name: array.copy() for name, array in arrays_of(self.network).items()}
        self._kept_epoch = self.history.n_epochs

    def _restore(self) -> None:
        write_arrays(self.network, self._kept)
        if self._kept_epoch < self.history.n_epochs:
            self.history.restored_epoch = self._kept_epoch

    def _learn(self, data: Samples) -> None:
        """Pass over the data once."""
        history, optimiser = self.history, self.optimiser
        order = self.rng.permutation(len(data.inputs))
        total, total_metric, n_correct, n_seen = 0.0, 0.0, 0.0, 0
        classes = False
        for first in range(0, len(order), self.batch_size):
            chosen = order[first : first + self.batch_size]
            inputs, targets, lengths = data.taken(chosen)
            x = self._augmented(inputs)
            output, target = compared(self.network, x, targets, lengths)
            batch_loss = self.loss(output, target)
            loss = float(batch_loss)
            if not math.isfinite(loss):
                raise self._non_finite(x, f"the loss became {loss:g}")
            optimiser.zero_grad()
            batch_loss.backward()
            optimiser.step()
            n_seen += len(target)
            total += loss * len(target)
            classes = _are_labels(target, output)
            if classes:
                right = output.value.argmax(axis=-1) == target
                n_correct += np.count_nonzero(right) * len(target) / right.size
            if self.metric is not None:
                total_metric += float(self.metric(output.value, target)) * len(target)
            del output, batch_loss  # the next batch is computed in their memory, which the cache still has
        if not all(np.isfinite(p.value).all() for p in optimiser.parameters):
            raise self._non_finite(x, "the last step went to infinity")
        history.loss.append(total / n_seen)
        if classes:
            history.accuracy.append(float(n_correct / n_seen))
        if self.metric is not None:
            history.metric.append(total_metric / n_seen)

    def _augmented(self, x: Array) -> Array:
        if self.augment is None:
            return x
        changed = np.asarray(self.augment(x, self.rng), x.dtype)
        if changed.shape != x.shape:
            raise ParameterError("fit.augment(x)", changed.shape, f"the shape must stay {x.shape}")
        return changed

    def _evaluate(self, data: Samples) -> None:
        """Record the figures of the validation data."""
        self.network.train(False)
        with no_grad():
            starts = range(0, len(data.inputs), _EVALUATION_BATCH)
            slices = (data.taken(slice(i, i + _EVALUATION_BATCH)) for i in starts)
            outputs, targets = zip(*(compared(self.network, *part) for part in slices), strict=True)
            output, y = Variable(np.concatenate([part.value for part in outputs])), np.concatenate(targets)
            self.history.validation_loss.append(float(self.loss(output, y)))
        if _are_labels(y, output):
            self.history.validation_accuracy.append(float((output.value.argmax(axis=-1) == y).mean()))
        if self.metric is not None:
            self.history.validation_metric.append(float(self.metric(output.value, y)))
        self.network.train()

    def _non_finite(self, x: Array, event: str) -> NonFiniteError:
        """Return the error that names the first layer with something not finite."""
        origin = find_non_finite(self.network, x) or "every layer's output is still finite"
        epoch = self.history.n_epochs + 1
        return NonFiniteError(f"fit: {event} in epoch {epoch}: {origin}. Lower the learning rate.")


@contextmanager
def _matching_threads(multiplications: int) -> Iterator[None]:
    """Keep matrix products on one thread where they are too small to be worth sharing.

    Threads of a matrix library wait for each other by spinning, so on a machine with other work to do sharing
    small products makes training many times slower.
    """
    if multiplications > _WORTH_SHARING:
        yield
        return
    with on_one_thread():
        yield


def _asks_to_stop(callback: Callback, history: History) -> bool:
    answer = callback(history)
    if answer is None or isinstance(answer, bool | np.bool_):
        return bool(answer)
    name = getattr(callback, "__name__", type(callback).__name__)
    limit = "must be True to stop training, or False or None to go on"
    raise ParameterError(f"fit.callbacks, the answer of {name}", answer, limit)


def _are_labels(target: Array, output: Variable) -> bool:
    return target.dtype.kind in "iu" and output.ndim > 1 and target.shape == output.shape[:-1]
