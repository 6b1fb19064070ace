"""The tables that stimuli read, as kernels take them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from neurosim.errors import ParameterError
from neurosim.kernels.spiking.table import REPEAT, STOP, ZERO
from neurosim.network.network import Network
from neurosim.network.population import Population


class Tables(NamedTuple):
    """Tables in the order of `Composition.tables`, and how to read each; see `read_row`."""

    values: tuple[NDArray[np.float64], ...]
    reading: NDArray[np.int64]

    @property
    def named(self) -> dict[str, NDArray[np.float64]]:
        """The tables by the names that kernels give them."""
        return {f"_table{k}": values for k, values in enumerate(self.values)}


AFTER = {"error": STOP, "hold": STOP, "zero": ZERO, "repeat": REPEAT}


def table_rows(population: Population, network: Network, n_steps: int) -> Tables:
    """Tables in the order of `Composition.tables`, and how to read them; see `read_row`.

    Parameters
    ----------
    population : Population
    network : Network
    n_steps : int
        Of the coming run.

    Raises
    ------
    ParameterError
        If an interval is off the grid of the network, the table is too short for the run or does not fit the
        trials.
    """
    values: dict[str, NDArray[np.float64]] = {}
    reading: dict[str, tuple[int, ...]] = {}
    for application in population.stimuli:
        table, kind = application.component.table, type(application.component).__name__
        if table is None:
            continue
        where = f"{population.name}.{application.input}: {kind}"
        stride = network.whole_steps(table.dt, f"{where}.dt")
        if table.values.shape[1] not in (1, network.trials):
            limit = f"is for {table.values.shape[1]} trials, but the network has {network.trials}"
            raise ParameterError(where, table.values.shape, limit)
        end = network.step + n_steps
        if table.after == "error" and end > table.n_held * stride:
            limit = f"ends at {table.n_held * table.dt:g} ms, but the run at {end * network.dt:g} ms"
            remedy = "Add rows, or say what comes after: after='hold', 'zero' or 'repeat'."
            raise ParameterError(where, application.component, limit, remedy)
        units = (application.start, application.stop, population.n)
        for slope, name in enumerate(("table", "slope")):
            values[application.name(name)] = table.values
            reading[application.name(name)] = (stride, table.n_held, AFTER[table.after], slope, *units)
    names = population.composition.tables
    columns = np.array([reading[name] for name in names], dtype=np.int64).reshape(len(names), 7)
    return Tables(tuple(np.ascontiguousarray(values[name]) for name in names), columns)
