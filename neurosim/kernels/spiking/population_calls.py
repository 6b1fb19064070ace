"""What the generated tasks of a population are given."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any

from neurosim.kernels.core.call import Call, kind, unpacking
from neurosim.kernels.spiking.spec import KernelSpec

MATRIX, CUBE = "float64 2 c", "float64 3 c"

ADVANCE = {
    "_lo": "int",
    "_hi": "int",
    "_size": "int",
    "dt": "float",
    "_state": MATRIX,
    "_scalars": "float64 1 c",
    "_arrays": MATRIX,
    "_left": "{wait} 1 c",
    "_refractory": "{wait} 1 c",
    "_reading": "int64 2 c",
    "_above": "uint8 1 c",
    "_fired": "uint8 1 c",
    "_events": CUBE,
    "_trace": MATRIX,
    "_traced": "int64 1 c",
    "_every": "int",
    "_probe_state": "uint64 1 c",
    "_probe_neuron": "uint64 1 c",
    "_p_lo": "int",
    "_p_hi": "int",
    "_normals": CUBE,
    "_output": MATRIX,
    "_sums": CUBE,
    "_signals": CUBE,
    "_spikes": "int32 1 c",
    "_counts": "int64 1 c",
    "_rest": "float64 1 c",
    "_moments": "float64 1 c",
}
"""Kinds of the arguments of ``advance``; see `neurosim.kernels.core.call.kind`."""

ARRIVE = {
    name: ADVANCE.get(name, MATRIX)
    for name in (
        "_lo", "_hi", "_size", "dt", "_state", "_scalars", "_arrays", "_left", "_refractory", "_reading",
        "_fired", "_arriving", "_signals",
    )
}  # fmt: skip
"""The same of ``arrive``."""


def unpacked(kinds: Mapping[str, str], spec: KernelSpec) -> list[str]:
    """Lines that take the arguments out of the table."""
    return unpacking(_settled(kinds, spec))


def population_call(module: ModuleType, name: str, spec: KernelSpec, given: Mapping[str, Any]) -> Call:
    """A call of a task of a generated module.

    Parameters
    ----------
    module : module
        From `load_kernel`.
    name : str
        ``advance`` or ``arrive``.
    spec : KernelSpec
    given : mapping
        The arguments by name, and perhaps others.

    Raises
    ------
    TypeError
        If one is not of its kind.
    """
    kinds = _settled(ADVANCE if name == "advance" else ARRIVE, spec)
    for argument, wanted in kinds.items():
        if kind(given[argument]) != wanted:
            raise TypeError(f"{argument} is {kind(given[argument])} and must be {wanted}")
    return Call(getattr(module, name), [given[argument] for argument in kinds], name)


def _settled(kinds: Mapping[str, str], spec: KernelSpec) -> dict[str, str]:
    """The kinds for one kernel, which has an argument more for each table."""
    wait = "float64" if spec.resumes else spec.counter
    tables = {f"_table{k}": CUBE for k in range(len(spec.tables))}
    return {name: text.format(wait=wait) for name, text in kinds.items()} | tables
