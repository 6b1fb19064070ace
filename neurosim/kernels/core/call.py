"""Calls that compiled code makes by itself: a function's address and a table of its arguments.

A table is an array of int64. A whole number takes one entry, as does the bit pattern of a float; an array
takes one for its address and one for each length. A `Task` unpacks its table with the lines of `unpacking`;
`bind` writes a task for a kernel that exists.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import numpy as np
from llvmlite import ir
from numba import int32, int64
from numba.extending import intrinsic
from numpy.typing import NDArray

from neurosim.kernels.core.cache import digest, load_module
from neurosim.kernels.core.jit import Task

Integers = NDArray[np.int64]


@intrinsic  # type: ignore[untyped-decorator]
def call_task(typing_context: Any, address: Any, table: Any, step: Any, first: Any, last: Any) -> Any:
    """Call the `Task` at an address."""
    word = ir.IntType(64)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        function = ir.FunctionType(word, [word] * 4).as_pointer()
        return builder.call(builder.inttoptr(arguments[0], function), arguments[1:])

    return int64(int64, int64, int64, int64, int64), generate


@intrinsic  # type: ignore[untyped-decorator]
def call_plain(typing_context: Any, address: Any) -> Any:
    """Call a C function without arguments, which returns an int."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        function = ir.FunctionType(ir.IntType(32), []).as_pointer()
        return builder.call(builder.inttoptr(arguments[0], function), [])

    return int32(int64), generate


def address_of(array: NDArray[Any]) -> int:
    """Return where the first entry of an array lies; four times as quick as ``array.ctypes.data``."""
    flags = array.flags
    if flags.writeable and flags.c_contiguous and array.size:
        return ctypes.addressof(ctypes.c_char.from_buffer(array))  # type: ignore[arg-type]
    return int(array.__array_interface__["data"][0])


class Movable:
    """An array that may be replaced by another while calls refer to it.

    Parameters
    ----------
    array : ndarray of one axis
    """

    def __init__(self, array: NDArray[Any]) -> None:
        self.place = np.zeros(2, np.int64)
        self.array = array

    @property
    def array(self) -> NDArray[Any]:
        """The array of the moment."""
        return self._array

    @array.setter
    def array(self, array: NDArray[Any]) -> None:
        self._array = array
        self.place[:] = array.ctypes.data, array.size


class Now:
    """A number that the time loop gives to a call.

    Parameters
    ----------
    name : str
        ``step``, ``first`` or ``last``; see `Task`.
    later : int, default 0
        To be added.
    """

    def __init__(self, name: str, later: int = 0) -> None:
        self.name, self.later = name, later


class Call:
    """A call of a task.

    Parameters
    ----------
    task : Task
    arguments : sequence
        Numbers, arrays, `Movable` arrays, tuples of numbers, `Now` and None.
    name : str
        Of the kernel.
    """

    def __init__(self, task: Task, arguments: Sequence[Any], name: str) -> None:
        self.task, self.name = task, name
        self.table = np.array([entry for a in arguments for entry in _entries(a)], np.int64)
        self.kept = arguments  # arrays must live as long as their addresses are in use
        self.words = (task.address, address_of(self.table))

    def __call__(self, step: int, first: int, last: int) -> int:
        """Make the call from Python."""
        return int(_C_TASK(self.words[0])(self.words[1], step, first, last))


_C_TASK = ctypes.CFUNCTYPE(ctypes.c_int64, *[ctypes.c_int64] * 4)


def bind(kernel: Any, *arguments: Any, status: bool = False) -> Call:
    """Bind a kernel to its arguments, so that compiled code can call it.

    Parameters
    ----------
    kernel : compiled function of a module in this package
    *arguments
        As for `Call`, in the order of the kernel's. Arrays must be C- or Fortran-contiguous.
    status : bool, default False
        Whether the kernel returns a status; see `Task`.

    Returns
    -------
    Call
    """
    return Call(_task(kernel, tuple(kind(a) for a in arguments), status), arguments, kernel.py_func.__name__)


@cache
def _task(kernel: Any, kinds: tuple[str, ...], status: bool) -> Task:
    """The task that calls a kernel with arguments of these kinds."""
    home, name = kernel.py_func.__module__, kernel.py_func.__name__

    def source() -> str:
        names = [f"_{k}" for k in range(len(kinds))]
        body = unpacking(dict(zip(names, kinds, strict=True)))
        result = f"{name}({', '.join(names)})"
        body += [f"return {result}"] if status else [result, "return 0"]
        return "\n".join(
            [
                f'"""Call {home}.{name}. Generated by neurosim."""',
                *IMPORTS,
                "from neurosim.kernels.core.jit import bound, task_of",
                f"from {home} import {name} as whole",
                "",
                f"{name} = bound(whole)",
                "",
                "",
                "@task_of(whole)",
                "def call(_address, _step, _first, _last):",
                *("    " + line for line in body),
                "",
            ]
        )

    task: Task = load_module(digest("call", home, name, *kinds, str(status)), source).call
    return task


IMPORTS = (
    "from numba import boolean, float32, float64, int8, int16, int32, int64, uint8, uint16, uint32, uint64",
    "from neurosim.kernels.core.jit import task",
    "from neurosim.kernels.core.memory import c_array, f_array, number",
)
"""Lines at the head of a module with the lines of `unpacking`."""


def kind(argument: Any) -> str:
    """Name of the kind of an argument.

    Raises
    ------
    TypeError
        If there is no way to put it into a table.
    """
    if isinstance(argument, np.ndarray):
        flags = argument.flags
        if flags.c_contiguous or flags.f_contiguous:
            return _array_kind(argument.dtype, argument.ndim, flags.c_contiguous)
    if argument is None:
        return "none"
    if isinstance(argument, Now):
        return argument.name
    if isinstance(argument, tuple):
        parts = [kind(part) for part in argument]
        if not any(part.startswith("tuple") for part in parts):
            return f"tuple({';'.join(parts)})"
    if isinstance(argument, Movable):
        return f"movable {argument.array.dtype}"
    if isinstance(argument, bool | np.bool_):
        return "bool"
    if isinstance(argument, np.uint64):
        return "uint64"
    if isinstance(argument, int | np.integer):
        return "int"
    if isinstance(argument, float):
        return "float"
    raise TypeError(f"compiled code cannot be given {argument!r}")


@cache
def _array_kind(dtype: np.dtype[Any], n_axes: int, in_c_order: bool) -> str:
    return f"{dtype} {n_axes} {'c' if in_c_order else 'f'}"


def unpacking(kinds: dict[str, str]) -> list[str]:
    """Lines that take arguments out of the table at ``_address``.

    Parameters
    ----------
    kinds : dict of str
        Kind of each variable, in the order of the arguments of `Call`.
    """
    lines: list[str] = []
    place = 0
    for name, text in kinds.items():
        value, size = _unpacked(text, place)
        lines.append(f"{name} = {value}")
        place += size
    return lines


def _unpacked(text: str, place: int) -> tuple[str, int]:
    """An expression for the argument of a kind that begins at a place in the table, and its entries."""
    if text.startswith("tuple("):
        values = []
        begin = place
        for part in filter(None, text[6:-1].split(";")):
            value, size = _unpacked(part, place)
            values.append(f"{value}, ")
            place += size
        return f"({''.join(values)})", place - begin
    head, *rest = text.split()
    entry = f"number(_address, {place}, int64)"
    if head == "none":
        return "None", 0
    if head in ("step", "first", "last"):
        return f"_{head} + {entry}", 1
    if head == "movable":
        return f"c_array({entry}, 0, {rest[0]}, 1)", 1
    if rest:
        n_axes, layout = int(rest[0]), rest[1]
        number = "boolean" if head == "bool" else head
        return f"{layout}_array(_address, {place}, {number}, {n_axes})", 1 + n_axes
    stored = {"int": "int64", "bool": "int64", "float": "float64", "uint64": "uint64"}[head]
    return f"number(_address, {place}, {stored})" + (" != 0" if head == "bool" else ""), 1


def _entries(argument: Any) -> Iterable[int]:
    if isinstance(argument, np.ndarray):
        return address_of(argument), *argument.shape
    if argument is None:
        return ()
    if isinstance(argument, Now):
        return (argument.later,)
    if isinstance(argument, tuple):
        return [entry for part in argument for entry in _entries(part)]
    if isinstance(argument, Movable):
        return (address_of(argument.place),)
    if isinstance(argument, float):
        return (int(np.float64(argument).view(np.int64)),)
    return (int(np.uint64(argument).astype(np.int64)) if isinstance(argument, np.uint64) else int(argument),)
