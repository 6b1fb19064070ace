"""The one place where functions are compiled: numba, with one set of flags.

The flags let LLVM contract, reassociate and use reciprocals, which the vectoriser needs, but never assume
that values are finite: the check for a non-finite state must keep working (numba issue 2919).
"""

from __future__ import annotations

import gc
import logging
import os
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numba
from numba import types
from numba.core import event
from numba.core.caching import CompileResultCacheImpl, FunctionCache
from numba.core.ccallback import CFunc
from numba.core.compiler_lock import global_compiler_lock

from neurosim.kernels.core.cache import cache_directory, digest

FAST = frozenset({"contract", "arcp", "nsz", "reassoc"})
"""LLVM fast-math flags of kernels; ``nnan`` and ``ninf`` are left out on purpose."""

EXACT = frozenset({"contract"})
"""Flags of functions whose order of operations carries their accuracy (range reduction, for instance)."""

_WITHOUT_WRAPPERS = {"no_cpython_wrapper": True}

F = TypeVar("F", bound=Callable[..., Any])
logger = logging.getLogger(__name__)


class _Rest(event.Listener):  # type: ignore[misc]
    """Lets the garbage collector rest while numba compiles: it took a tenth of that time."""

    def __init__(self) -> None:
        self.depth = 0
        self.was_on = False

    def on_start(self, event: event.Event) -> None:
        """A function is about to be compiled, perhaps on behalf of another; the thread holds numba's lock."""
        if self.depth == 0:
            self.was_on = gc.isenabled()
            gc.disable()
        self.depth += 1

    def on_end(self, event: event.Event) -> None:
        """It is compiled, or cannot be."""
        self.depth -= 1
        if self.depth == 0 and self.was_on:
            gc.enable()


_TASK = "neurosim:task"
_rest = _Rest()
event.register("numba:compile", _rest)
event.register(_TASK, _rest)


def kernel(function: F) -> F:
    """Compile a hot loop: no GIL, cached on disk where a folder can be written, `FAST` arithmetic."""
    return _cached(function, FAST)


def exact_kernel(function: F) -> F:
    """Compile a function whose order of floating-point operations matters; cached like a `kernel`."""
    return _cached(function, EXACT)


def bound_kernel(function: F) -> F:
    """Compile a `kernel` that no Python calls, only compiled code: this takes half the time."""
    return _cached(function, FAST, **_WITHOUT_WRAPPERS)


def bound(compiled: Any) -> Any:
    """Make of a kernel a function that numba copies into its caller, a `task_of` the same kernel."""
    return numba.jit(**compiled.targetoptions | _WITHOUT_WRAPPERS, inline="always")(compiled.py_func)


def inline(function: F) -> F:
    """Compile a scalar function that LLVM always inlines into kernels, with the order of its operations kept.

    The flags stand on each instruction, so the caller's `FAST` arithmetic does not reach into it. Only
    compiled code can call it. It is compiled twice for a variable that begins as a literal: begin with
    ``int64(0)``.
    """
    return numba.njit(forceinline=True, **_WITHOUT_WRAPPERS, **_options(EXACT))(function)  # type: ignore[no-any-return]


class Task:
    """A function that compiled code calls by its address; compiled, or loaded, when that is asked for.

    Parameters
    ----------
    function : callable
        (table, step, first, last) -> status, all of them int64: the address of a table of arguments, the
        step a window began at, and the steps of it to work on, from `first` up to `last`. A status other
        than 0 asks that the run stop at the end of the window.
    flags : frozenset of str, default FAST
        For its arithmetic.
    """

    SIGNATURE = types.int64(types.int64, types.int64, types.int64, types.int64)

    def __init__(self, function: Callable[[Any, Any, Any, Any], Any], flags: frozenset[str] = FAST) -> None:
        self.function, self.flags = function, flags

    @cached_property
    def address(self) -> int:
        """Where the machine code lies."""
        arguments = self.SIGNATURE.args, self.SIGNATURE.return_type
        options = _options(self.flags) | {"no_cfunc_wrapper": False}
        compiled: Any = CFunc(self.function, arguments, locals={}, options=options)
        compiled._cache = _machine_code_cache(self.function, self.flags) or compiled._cache
        with global_compiler_lock, event.trigger_event(_TASK):
            compiled.compile()
        self._compiled = compiled  # owns the machine code
        return int(compiled.address)


def task(function: Callable[[Any, Any, Any, Any], Any]) -> Task:
    """Make a function one that compiled code calls by its address; cached like a `kernel`, and as fast."""
    return Task(function)


def task_of(compiled: Any) -> Callable[[Callable[[Any, Any, Any, Any], Any]], Task]:
    """Make a function a `task` with the arithmetic of a kernel, which it calls."""
    return lambda function: Task(function, frozenset(compiled.targetoptions["fastmath"]))


def _options(flags: frozenset[str]) -> dict[str, Any]:
    return {"nogil": True, "fastmath": set(flags), "error_model": "numpy", "no_cfunc_wrapper": True}


def _cached(function: F, flags: frozenset[str], **options: bool) -> F:
    compiled = numba.njit(**_options(flags), **options)(function)
    if not numba.config.DISABLE_JIT:
        compiled._cache = _machine_code_cache(function, flags) or compiled._cache
    return compiled  # type: ignore[no-any-return]


def _machine_code_cache(function: Callable[..., Any], flags: frozenset[str]) -> MachineCodeCache | None:
    try:
        return MachineCodeCache(function, flags)
    except RuntimeError as error:  # numba finds no folder that it can write to
        logger.debug("%s is compiled anew in each session: %s", function.__name__, error)
        return None


_LOCATORS = CompileResultCacheImpl._locator_classes  # the user's folder, beside the source, user-wide, ...


class LibraryLocator(_LOCATORS[1]):  # type: ignore[misc, valid-type]
    """Keeps the machine code of the package's own kernels in neurosim's cache folder."""

    def __init__(self, py_func: Callable[..., Any], py_file: str) -> None:
        super().__init__(py_func, py_file)
        place = self.get_suitable_cache_subpath(py_file).rpartition("_")[2]
        self._cache_path = str(cache_directory() / f"kernels_{place}")

    @classmethod
    def from_function(cls, py_func: Callable[..., Any], py_file: str) -> LibraryLocator | None:
        """Return a locator for a function of this room and those within, else None."""
        if Path(__file__).parents[1] not in Path(py_file).parents:
            return None
        found: LibraryLocator | None = super().from_function(py_func, py_file)
        return found


class ReadOnlyLocator(_LOCATORS[1]):  # type: ignore[misc, valid-type]
    """Finds machine code beside its source in a folder that cannot be written."""

    @classmethod
    def from_function(cls, py_func: Callable[..., Any], py_file: str) -> ReadOnlyLocator | None:
        """Return a locator if the folder is read-only and knows the function, else None."""
        locator = cls(py_func, py_file)
        folder = Path(locator.get_cache_path())
        index = f"{Path(py_file).stem}.{py_func.__qualname__}-{locator.get_disambiguator()}.*.nbi"
        known = folder.is_dir() and not os.access(folder, os.W_OK) and any(folder.glob(index))
        return locator if known else None


class MachineCodeLocation(CompileResultCacheImpl):  # type: ignore[misc]
    """Where the machine code of a function is stored: as numba does it, and in read-only folders."""

    _locator_classes = (_LOCATORS[0], LibraryLocator, ReadOnlyLocator, *_LOCATORS[1:])


class MachineCodeCache(FunctionCache):  # type: ignore[misc]
    """numba's cache, made to notice more changes and to survive damaged files and full disks.

    numba's own key knows the source file and the signature of the function. This one adds the flags, numba's
    settings and the source of whatever may be inlined.
    """

    _impl_class = MachineCodeLocation

    def __init__(self, function: Callable[..., Any], flags: frozenset[str]) -> None:
        super().__init__(function)
        self._flags = flags

    def _index_key(self, sig: Any, codegen: Any) -> tuple[Any, ...]:
        return (*super()._index_key(sig, codegen), digest(*sorted(self._flags)))

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Return the compiled function for a signature, or None."""
        try:
            return super().load_overload(sig, target_context)
        except Exception as error:  # unpickling a damaged file can raise anything
            logger.debug("the machine code of %s cannot be loaded: %r", self._name, error)
            try:
                self.flush()
            except OSError:
                self.disable()
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Store the compiled function for a signature, if the folder lets it."""
        try:
            super().save_overload(sig, data)
        except OSError as error:
            logger.debug("the machine code of %s cannot be stored: %s", self._name, error)
