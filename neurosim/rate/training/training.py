"""Training by gradient descent on mini-batches."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from numpy.typing import ArrayLike

from neurosim.archive import checked_path
from neurosim.errors import ParameterError
from neurosim.rate.checks import checked_count, checked_flag, checked_share
from neurosim.rate.layers.layer import Layer
from neurosim.rate.losses.losses import Loss
from neurosim.rate.optimisers.optimiser import Optimiser
from neurosim.rate.randomness import Seed, as_generator
from neurosim.rate.training.checkpoint import check_replaceable, describe_origin
from neurosim.rate.training.early_stopping import EarlyStopping
from neurosim.rate.training.history import History
from neurosim.rate.training.training_data import Samples, checked_data
from neurosim.rate.training.training_run import Augmentation, Callback, Metric, TrainingRun
from neurosim.rate.training.trial import checked_loss, try_last_batch, try_out


def fit(
    network: Layer,
    loss: str | Loss,
    optimiser: Optimiser,
    X: ArrayLike,
    y: ArrayLike,
    *,
    lengths: ArrayLike | None = None,
    epochs: int = 10,
    batch_size: int = 32,
    rng: Seed = None,
    validation: tuple[ArrayLike, ArrayLike] | float | None = None,
    metric: Metric | None = None,
    early_stopping: EarlyStopping | None = None,
    augment: Augmentation | None = None,
    callbacks: Sequence[Callback] = (),
    checkpoint: str | os.PathLike[str] | None = None,
    resume: bool = False,
    progress: bool = True,
) -> History:
    """Train a network by gradient descent on mini-batches.

    Parameters
    ----------
    network : Layer
        Its parameters are changed in place; it is in training mode meanwhile.
    loss : str or callable
        A name in `LOSSES`, or a function that takes the network's output (Variable) and the targets of a
        batch and returns a scalar Variable.
    optimiser : Optimiser
        Holds the parameters to change.
    X : array of shape (n_samples, ...)
        Inputs; in the dtype of the weights nothing is converted.
    y : array of shape (n_samples, ...)
        Targets. Whole numbers, one for each sample or each step, count as class labels, for which accuracy is
        recorded.
    lengths : integer array of shape (n_samples,), optional
        For sequences, X of shape (n_samples, time, ...): steps of each, from 1 to time; what comes after them
        changes nothing. Where the network answers at each step, y has the shape (n_samples, time, ...), and
        the loss gets the steps that count as if each were a sample.
    epochs : int, default 10
        Passes over the data.
    batch_size : int, default 32
        Samples per step; the last batch of an epoch may be smaller.
    rng : numpy.random.Generator or int, optional
        Source of the order of samples, or its seed. With the same seed a network built with a seed is trained
        to the same weights.
    validation : (X, y), (X, y, lengths) or float, optional
        Data to evaluate after each epoch, not to learn from; or the share of the samples to hold out for
        that, drawn at random, of each class alike where there are class labels.
    metric : callable, optional
        Takes the output and the targets of a batch, as arrays, and returns a mean over the samples.
    early_stopping : EarlyStopping, optional
        When to stop; the network then gets the weights of the epoch with the least loss.
    augment : callable, optional
        Takes the inputs of a batch and a Generator, and returns inputs of the same shape to learn from in
        their place, such as those of `neurosim.data.random_changes`.
    callbacks : sequence of callable, default none
        Each takes the History after an epoch; training stops if one returns True, and goes on with False or
        None.
    checkpoint : path, optional
        File to which the state of the training is written after each epoch. A checkpoint that is there is
        overwritten, any other file is not.
    resume : bool, default False
        Go on from the checkpoint if there is one, with the same data, network and optimiser as before: the
        result is that of a training that was never interrupted. Where as many epochs are done already,
        network and history are those of the checkpoint, and nothing is learnt.
    progress : bool, default True
        Show a progress bar on stderr.

    Returns
    -------
    History
        Ctrl-C ends training early, and ``history.interrupted`` is True: the network keeps what was learnt,
        with validation data the weights of its best epoch.

    Raises
    ------
    ParameterError
        If the data differ in length, are empty or not finite, do not fit network and loss, the network makes
        probabilities of what the loss takes for logits, the last batch is too small for a layer, or an
        argument cannot be used.
    DataError
        If the checkpoint cannot be read or is that of another training: of another network, loss, batch size,
        seed, or shape of the data.
    OutputError
        If the checkpoint cannot be written, or would overwrite a file that is none.
    NonFiniteError
        If the loss of a batch or a gradient is not finite; the message names the epoch and the layer it comes
        from. The network has then the weights from before that epoch, with validation data or early stopping
        those of its best epoch.
    """
    data = checked_data("fit", X, y, lengths)
    share = 0.0
    given: Samples | None = None
    if isinstance(validation, tuple | list):
        if len(validation) not in (2, 3):
            limit = (
                f"has {len(validation)} entries, and must be a pair (X, y), with lengths a third, or a share"
            )
            raise ParameterError("fit.validation", validation, limit)
        given = checked_data("fit(validation)", *validation)
    elif validation is not None:
        share = checked_share("fit.validation", validation)
    checked_count("fit.epochs", epochs)
    checked_count("fit.batch_size", batch_size)
    _check_functions(metric, early_stopping, augment, callbacks)
    checked_flag("fit.progress", progress)
    checked_flag("fit.resume", resume)
    place = None if checkpoint is None else checked_path("fit.checkpoint", checkpoint, "training.nsim")
    if resume and place is None:
        raise ParameterError("fit.resume", resume, "there is no checkpoint to go on from", "Name its file.")
    generator = as_generator("fit.rng", rng)
    loss = checked_loss("fit", network, loss, optimiser)
    training = TrainingRun(network, loss, optimiser, generator, batch_size, metric, augment)
    training.keeps_best = early_stopping is not None or validation is not None
    training.origin = describe_origin(network, loss, batch_size, data, rng)
    if place is not None and not resume:
        check_replaceable(place)
    if resume and place is not None and place.exists():
        training.load(place)
    if share:
        data, given = training.divide(data, share)
    for samples in (data, given):
        if samples is not None:
            try_out("fit", network, loss, samples)
    try_last_batch("fit", network, data.inputs, batch_size)
    return training.run(data, given, epochs, early_stopping, callbacks, place, progress)


def _check_functions(metric: Any, early_stopping: Any, augment: Any, callbacks: Any) -> None:
    for name, function in (("metric", metric), ("augment", augment)):
        if function is not None and not callable(function):
            raise ParameterError(f"fit.{name}", function, "must be a function or None")
    if early_stopping is not None and not isinstance(early_stopping, EarlyStopping):
        limit = "must be an EarlyStopping or None"
        raise ParameterError("fit.early_stopping", early_stopping, limit, "Such as EarlyStopping(10).")
    if not isinstance(callbacks, Sequence) or not all(callable(callback) for callback in callbacks):
        raise ParameterError("fit.callbacks", callbacks, "must be a list of functions of the History")
