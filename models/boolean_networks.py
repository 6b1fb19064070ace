"""All functions of two inputs by threshold units, and what more inputs ask for.

A threshold unit (McCulloch & Pitts 1943, doi:10.1007/BF02478259) computes a Boolean function if a line, or a
plane, separates the inputs for which it is true from the others: 14 of the 16 functions of two inputs, all
but XOR and its negation, and ever fewer of more. With a hidden layer any function can be had: from a unit
for each row of its truth table, or from one for each of the prime implicants that make it up.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
from neurosim.models import ModelRun

from neurosim import McCullochPitts, Network, Projection, SpikeGenerator, SpikeMonitor
from neurosim.output import OutputFolder
from neurosim.rate import (
    Affine,
    Perceptron,
    Sequential,
    boolean_network,
    largest_margin,
    truth_table_inputs,
)

NAMES = (
    "False",
    "x₁ ∧ x₂",
    "x₁ ∧ ¬x₂",
    "x₁",
    "¬x₁ ∧ x₂",
    "x₂",
    "x₁ xor x₂",
    "x₁ ∨ x₂",
    "¬(x₁ ∨ x₂)",
    "¬(x₁ xor x₂)",
    "¬x₂",
    "x₁ ∨ ¬x₂",
    "¬x₁",
    "¬x₁ ∨ x₂",
    "¬(x₁ ∧ x₂)",
    "True",
)
"""The functions of two inputs in the order of `all_functions`."""

SEPARABLE = {1: 4, 2: 14, 3: 104, 4: 1882, 5: 94_572, 6: 15_028_134}
"""Functions of so many inputs that a single unit computes (Muroga, Toda & Kondo 1962; OEIS A000609)."""


def all_functions(n: int) -> np.ndarray:
    """Outputs of all functions of n inputs, shape (2**2**n, 2**n); the last row changes fastest."""
    return np.array(list(itertools.product((0, 1), repeat=2**n)))


def is_separable(outputs: np.ndarray) -> bool:
    """Whether a single threshold unit computes the function of that truth table."""
    constant = outputs.min() == outputs.max()
    return bool(constant or largest_margin(truth_table_inputs(_inputs_of(outputs)), outputs).separable)


def fired(network: Sequential) -> np.ndarray:
    """Let a `boolean_network` compute in the spiking engine, on its own connections.

    The rows of the truth table come in one after the other, a millisecond apart, and each layer answers a
    millisecond after the one before.

    Returns
    -------
    ndarray of int, shape (2**n, n_outputs)
        Whether each output unit fired for each row.
    """
    layers = [layer for layer in network if isinstance(layer, Affine)]
    n = layers[0].connectivity.n_pre
    rows, inputs = np.nonzero(truth_table_inputs(n))
    groups: list[Any] = [SpikeGenerator(n, units=inputs, times=rows + 1.0)]
    wires = []
    for layer in layers:
        units = McCullochPitts(layer.connectivity.n_post, -layer.bias.value, veto=False)
        wires.append(Projection(groups[-1], units, layer.connectivity, receptor="exc", delay="1 ms"))
        groups.append(units)
    spikes = SpikeMonitor(groups[-1])
    first = 1 + len(layers)
    Network(*groups, *wires, spikes, dt="1 ms").run(float(first + 2**n))
    answers = np.zeros((first + 2**n, layers[-1].connectivity.n_post), int)
    answers[spikes.t.astype(int), spikes.i] = 1
    return answers[first:]


def hidden_units(n: int, seed: int) -> dict[str, float]:
    """Hidden units from prime implicants for functions of n inputs; of random ones, the mean of five."""
    inputs = truth_table_inputs(n)
    rng = np.random.default_rng([seed, n])
    tables = {
        "Any function, a unit each row": None,
        "Parity": [inputs.sum(axis=1) % 2],
        "Majority": [inputs.sum(axis=1) > n / 2],
        "Random functions": rng.integers(0, 2, (5, 2**n)),
        "Or": [inputs.any(axis=1)],
    }
    return {
        name: 2.0**n if outputs is None else float(np.mean([_n_hidden(table) for table in outputs]))
        for name, outputs in tables.items()
    }


def run(folder: OutputFolder, *, quick: bool = False, seed: int = 0, progress: bool = False) -> ModelRun:
    """Write ``functions.png`` and ``units.png``.

    Parameters
    ----------
    folder : OutputFolder
    quick : bool, default False
        Up to 5 inputs instead of 8.
    seed : int, default 0
        Of the random functions.
    progress : bool, default False

    Returns
    -------
    ModelRun
        The figures, and the share of the functions of two inputs that are separable.
    """
    functions = all_functions(2)
    separable = [is_separable(outputs) for outputs in functions]
    spikes = fired(boolean_network(functions.T, "implicants")).T
    sizes = range(2, 6 if quick else 9)
    written = [
        folder.write_figure("functions.png", _draw_functions(functions, separable, spikes)),
        folder.write_figure("units.png", _draw_units({n: hidden_units(n, seed) for n in sizes})),
    ]
    right = int((spikes == functions).all(axis=1).sum())
    return ModelRun(
        f"{right} of {len(functions)} functions right in spiking units; by a single unit: "
        f"{100 * np.mean(separable):.1f} %",
        written,
    )


def _inputs_of(outputs: np.ndarray) -> int:
    return len(outputs).bit_length() - 1


def _n_hidden(outputs: np.ndarray) -> int:
    layer = boolean_network(outputs, "implicants")[0]
    return int(layer.connectivity.n_post)


def _draw_functions(functions: np.ndarray, separable: list[bool], spikes: np.ndarray) -> Any:
    from neurosim.plotting import new_figure
    from neurosim.plotting.style import BLUE, GREY, VERMILLION, add_title

    figure = new_figure(9.6, 3.9)
    panels = figure.subplots(2, 8)
    corners = truth_table_inputs(2)
    grid = np.linspace(-0.5, 1.5, 161)
    plane = np.stack(np.meshgrid(grid, grid), axis=-1).reshape(-1, 2)
    for ax, name, outputs, one, answers in zip(panels.flat, NAMES, functions, separable, spikes, strict=True):
        if one and outputs.min() < outputs.max():
            field = Perceptron().fit(corners, outputs).decision_function(plane)
        else:
            network = boolean_network(outputs, "implicants")
            field = network[2](network[1](network[0](plane))).value[:, 0]
        shades = {"levels": [-0.5, 0.5, 1.5], "colors": ["white", "#D6E8F5"]}
        ax.contourf(grid, grid, field.reshape(161, 161) > 0, **shades)
        for (x, y), wanted, answer in zip(corners, outputs, answers, strict=True):
            ax.plot(x, y, "o", markersize=9, color=BLUE if answer else "white", markeredgecolor=GREY)
            if wanted != answer:
                ax.plot(x, y, "x", color=VERMILLION)
        ax.set(xticks=[0, 1], yticks=[0, 1], xlim=(-0.5, 1.5), ylim=(-0.5, 1.5), aspect="equal")
        ax.tick_params(labelsize=7, length=0)
        ax.spines[:].set_color(GREY if one else VERMILLION)
        ax.spines[:].set_linewidth(1.0 if one else 2.0)
        add_title(ax, name)
    for ax in panels[1]:
        ax.set_xlabel("x₁", fontsize=8)
    for ax in panels[:, 0]:
        ax.set_ylabel("x₂", fontsize=8)
    figure.suptitle(
        "Filled: fired in the spiking engine. Shaded: by a single unit that learnt; "
        "framed red, where none can: by two hidden units",
        fontsize=9,
    )
    return figure


def _draw_units(found: dict[int, dict[str, float]]) -> Any:
    from neurosim.plotting import new_figure
    from neurosim.plotting.style import BLUE, CYCLE, add_legend, dress

    figure = new_figure(9.6, 3.6)
    share, units = figure.subplots(1, 2)
    inputs = list(SEPARABLE)
    # In logarithms: the number of all functions of six inputs is 2^64.
    share.plot(inputs, [100 * 2.0 ** (np.log2(SEPARABLE[n]) - 2**n) for n in inputs], "o-", color=BLUE)
    share.set(yscale="log", xticks=inputs)
    dress(share, "Inputs", "Functions of a single unit (%)")
    for name, colour in zip(next(iter(found.values())), CYCLE, strict=False):
        sizes = [by_name[name] for by_name in found.values()]
        units.plot(list(found), sizes, "o-", color=colour, markersize=4, label=name)
    units.set_yscale("log", base=2)
    add_legend(units, "upper left")
    dress(units, "Inputs", "Hidden units")
    return figure
