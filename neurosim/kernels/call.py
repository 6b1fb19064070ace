"""Calls that compiled code makes by itself: a function's address and a table of its arguments.

A table is an array of int64. A whole number takes one entry, as does the bit pattern of a float; an array
takes one for its address and one for each length. A `Task` unpacks its table with the lines of `unpacking`;
`bind` writes a task for a kernel that exists.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np
from llvmlite import ir
from numba import int32, int64, types
from numba.extending import intrinsic
from numpy.typing import NDArray

from neurosim.kernels.cache import digest, load_module
from neurosim.kernels.jit import Task

Integers = NDArray[np.int64]


@intrinsic  # type: ignore[untyped-decorator]
def pointer(typing_context: Any, address: Any, dtype: Any) -> Any:
    """Pointer to numbers of a type, made from an address."""
    result = types.CPointer(dtype.instance_type)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], context.get_value_type(result))

    return result(address, dtype), generate


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
        self.words = (task.address, self.table.ctypes.data)

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
                "from neurosim.kernels.jit import bound",
                f"from {home} import {name} as whole",
                "",
                f"{name} = bound(whole)",
                "",
                "",
                "@task",
                "def call(_address, _step, _first, _last):",
                *("    " + line for line in body),
                "",
            ]
        )

    task: Task = load_module(digest("call", home, name, *kinds, str(status)), source).call
    return task


IMPORTS = (
    "import numpy as np",
    "from numba import carray, farray, float32, float64, int8, int16, int32, int64, uint8, uint16, uint32, "
    "uint64",
    "from neurosim.kernels.call import pointer",
    "from neurosim.kernels.jit import task",
    "from neurosim.kernels.simd_math import bits_float",
)
"""Lines at the head of a module with the lines of `unpacking`."""


def kind(argument: Any) -> str:
    """Name of the kind of an argument.

    Raises
    ------
    TypeError
        If there is no way to put it into a table.
    """
    if argument is None:
        return "none"
    if isinstance(argument, Now):
        return argument.name
    if isinstance(argument, tuple):
        return f"tuple {len(argument)}"
    if isinstance(argument, Movable):
        return f"movable {argument.array.dtype}"
    if isinstance(argument, np.ndarray) and argument.flags.forc:
        return f"{argument.dtype} {argument.ndim} {'c' if argument.flags.c_contiguous else 'f'}"
    if isinstance(argument, bool | np.bool_):
        return "bool"
    if isinstance(argument, np.uint64):
        return "uint64"
    if isinstance(argument, int | np.integer):
        return "int"
    if isinstance(argument, float):
        return "float"
    raise TypeError(f"compiled code cannot be given {argument!r}")


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
        head, *rest = text.split()
        entry, size = f"_words[{place}]", 1
        if head == "none":
            value, size = "None", 0
        elif head in ("step", "first", "last"):
            value = f"_{head} + {entry}"
        elif head == "tuple":
            size = int(rest[0])
            value = f"({_entries_from(place, size)})"
        elif head == "movable":
            lines.append(f"{name}_place = carray(pointer({entry}, int64), 2)")
            value = f"carray(pointer({name}_place[0], {rest[0]}), ({name}_place[1],))"
        elif rest:
            n_axes, layout = int(rest[0]), rest[1]
            value = f"{layout}array(pointer({entry}, {head}), ({_entries_from(place + 1, n_axes)}))"
            size += n_axes
        else:
            value = {"int": "{}", "bool": "{} != 0", "float": "bits_float({})", "uint64": "np.uint64({})"}[
                head
            ].format(entry)
        lines.append(f"{name} = {value}")
        place += size
    return [f"_words = carray(pointer(_address, int64), {place})", *lines]


def _entries_from(place: int, size: int) -> str:
    return "".join(f"_words[{k}], " for k in range(place, place + size))


def _entries(argument: Any) -> Iterator[int]:
    if isinstance(argument, Now):
        yield argument.later
    elif isinstance(argument, tuple):
        yield from (int(number) for number in argument)
    elif isinstance(argument, Movable):
        yield argument.place.ctypes.data
    elif isinstance(argument, np.ndarray):
        yield from (argument.ctypes.data, *argument.shape)
    elif isinstance(argument, float):
        yield int(np.float64(argument).view(np.int64))
    elif argument is not None:
        yield int(np.uint64(argument).astype(np.int64)) if isinstance(argument, np.uint64) else int(argument)
