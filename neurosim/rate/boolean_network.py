"""Networks of threshold units for any Boolean function."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from neurosim.connectivity import Dense
from neurosim.rate.activations.activations import Threshold
from neurosim.rate.checks import checked_choice
from neurosim.rate.implicants import (
    FALSE,
    TRUE,
    Terms,
    checked_table,
    fewest_implicants,
    truth_table_inputs,
)
from neurosim.rate.layers.affine import Affine
from neurosim.rate.layers.sequential import Sequential

HIDDEN = ("minterms", "implicants")


def boolean_network(outputs: ArrayLike, hidden: str = "minterms") -> Sequential:
    """Build threshold units that compute Boolean functions: an OR of ANDs.

    A hidden unit stands for a conjunction. It is excited by the inputs that must be true and inhibited by
    those that must be false, each with weight 1, and fires if all of the first and none of the second do. An
    output unit fires if any hidden unit with a synapse on it does.

    Parameters
    ----------
    outputs : array of shape (2**n,) or (2**n, n_outputs)
        Truth table, 0 or 1: the values for each row of `truth_table_inputs`, n from 1 to 12.
    hidden : {"minterms", "implicants"}, default "minterms"
        A hidden unit for each of the 2**n rows, so that the weights of the outputs are the truth table
        itself; or one for each of the fewest prime implicants of each output, those in common once.

    Returns
    -------
    Sequential
        ``[Affine, Threshold, Affine, Threshold]``, of inputs 0 and 1. Thresholds lie halfway between the
        whole numbers that arrive: the same `Dense` connections compute the same with spikes, in units
        ``McCullochPitts(n, -layer.bias.value, veto=False)``.

    Raises
    ------
    ParameterError
        If `outputs` is no truth table, or there is no such choice of hidden units.

    Examples
    --------
    >>> from neurosim.rate import boolean_network, truth_table_inputs
    >>> parity = boolean_network([0, 1, 1, 0])
    >>> parity
    Sequential(Affine(Dense 2 → 4), Threshold, Affine(Dense 4 → 1), Threshold)
    >>> parity(truth_table_inputs(2).astype(float)).value[:, 0]
    array([0., 1., 1., 0.])
    """
    table = checked_table("boolean_network(outputs)", outputs)
    checked_choice("boolean_network.hidden", hidden, HIDDEN)
    n = len(table).bit_length() - 1
    if hidden == "minterms":
        terms, used = truth_table_inputs(n), table
    else:
        terms, used = _common_implicants(table)
    into = (terms == TRUE).astype(float) - (terms == FALSE)
    needed = (terms == TRUE).sum(axis=1)
    return Sequential(
        Affine(Dense(into.T), bias=0.5 - needed),
        Threshold(),
        Affine(Dense(used.astype(float)), bias=np.full(table.shape[1], -0.5)),
        Threshold(),
    )


def _common_implicants(table: np.ndarray) -> tuple[Terms, np.ndarray]:
    """The conjunctions of all outputs, and which output uses which."""
    chosen = [fewest_implicants(column) for column in table.T]
    terms, numbers = np.unique(np.concatenate(chosen), axis=0, return_inverse=True)
    if not len(terms):  # outputs that are never true need no hidden unit, but a layer has at least one
        return truth_table_inputs(len(table).bit_length() - 1)[:1], np.zeros((1, table.shape[1]), bool)
    used = np.zeros((len(terms), table.shape[1]), bool)
    used[numbers.ravel(), np.repeat(np.arange(len(chosen)), [len(c) for c in chosen])] = True
    return terms, used
