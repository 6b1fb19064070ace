"""The disk cache of generated kernels.

A generated kernel is a Python module in the cache folder, named by a digest of everything its machine code
depends on; numba stores the machine code beside it. The second session imports both and compiles nothing.
Where the folder cannot be written, the module lives in memory. The machine code of the package's own kernels
lies in a folder of it, one for each installation: never among installed files, where it would outlive them.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import linecache
import logging
import os
import platform
import re
import sys
import threading
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import NamedTuple
from uuid import uuid4

logger = logging.getLogger(__name__)

# Settings of numba that leave the machine code as it is.
HARMLESS_SETTINGS = {"NUMBA_CACHE_DIR", "NUMBA_NUM_THREADS", "NUMBA_THREADING_LAYER", "NUMBA_DEBUG_CACHE"}
# The rooms whose code writes kernels or is compiled into them.
ROOMS = ("equations", "integrators", "kernels")
SEAL = "# sha256 "
OUR_FILE = re.compile(r"[0-9a-f]{32}\.(py|py\.[0-9a-f]{32}\.tmp|.+\.nb[ic](\.tmp\..+)?)")

LIBRARY_FOLDER = re.compile(r"kernels_[0-9a-f]{40}")
LIBRARY_FILE = re.compile(r".+\.nb[ic](\.tmp\..+)?")

_loading = threading.RLock()


class CacheInfo(NamedTuple):
    """What the cache folder holds.

    Attributes
    ----------
    folder : Path
        The folder, which need not exist yet.
    modules : int
        Number of generated kernels.
    bytes : int
        Size of the kernels and their machine code.
    """

    folder: Path
    modules: int
    bytes: int


def cache_directory() -> Path:
    """Return the folder of the cache: ``NEUROSIM_CACHE_DIR``, or else the user's cache folder.

    The folder is created when the first kernel is stored.
    """
    chosen = os.environ.get("NEUROSIM_CACHE_DIR")
    if chosen:
        return Path(chosen).expanduser().absolute()
    import platformdirs

    return platformdirs.user_cache_path("neurosim")


def digest(*parts: str) -> str:
    """Return the name of a kernel: 32 hexadecimal digits.

    Parameters
    ----------
    *parts : str
        What the kernel's source is made from: equations, integrator, options. The versions of neurosim,
        numba, llvmlite, numpy and Python, the processor, numba's settings and the source of the code that
        generates kernels or is compiled into them are added.
    """
    settings = sorted(
        f"{name}={value}"
        for name, value in os.environ.items()
        if name.startswith("NUMBA_") and name not in HARMLESS_SETTINGS
    )
    return _hash(*parts, *settings, _toolchain())[:32]


def load_module(key: str, make_source: Callable[[], str]) -> ModuleType:
    """Return the module of a generated kernel, from memory, from disk or newly made.

    Parameters
    ----------
    key : str
        Name from `digest`.
    make_source : callable
        Returns the text of the module; called only where neither memory nor disk has it.

    Returns
    -------
    ModuleType
        Registered in `sys.modules` as ``neurosim_kernel_<key>``.
    """
    name = f"neurosim_kernel_{key}"
    with _loading:
        if name in sys.modules:
            return sys.modules[name]
        path = cache_directory() / f"{key}.py"
        source = _stored_source(path)
        if source is not None:
            return _execute(name, source, str(path))
        source = make_source()
        try:
            _store(path, source)
        except OSError as error:
            logger.debug("kernel %s stays in memory: %s", key, error)
            filename = f"<{name}>"
            # Tracebacks and inspect look the text up here.
            linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
            return _execute(name, source, filename)
        return _execute(name, source, str(path))


def clear_cache() -> tuple[int, int]:
    """Remove the kernels and their machine code from the cache folder, and nothing else that lies there.

    Returns
    -------
    files : int
        Number of files removed.
    bytes : int
        Their size.

    Raises
    ------
    OSError
        A file cannot be removed.
    """
    files, size = 0, 0
    for path in list(_our_files()):
        size += path.stat().st_size
        path.unlink()
        files += 1
    return files, size


def cache_info() -> CacheInfo:
    """Return the folder of the cache, the number of kernels in it and their size in bytes."""
    paths = list(_our_files())
    modules = sum(path.suffix == ".py" for path in paths)
    return CacheInfo(cache_directory(), modules, sum(path.stat().st_size for path in paths))


def _hash(*texts: str) -> str:
    return hashlib.sha256("".join(f"{len(text)}:{text}" for text in texts).encode()).hexdigest()


@lru_cache(maxsize=1)
def _toolchain() -> str:
    """Return the versions, the processor and the source of our own that kernels depend on."""
    from llvmlite import binding

    package = Path(__file__).parents[2]
    sources = [path for room in ROOMS for path in sorted((package / room).rglob("*.py"))]
    return _hash(
        *(f"{name} {_version(name)}" for name in ("neurosim", "numba", "llvmlite", "numpy")),
        platform.python_implementation() + platform.python_version(),
        binding.get_process_triple(),
        binding.get_host_cpu_name(),
        binding.get_host_cpu_features().flatten(),
        *(text for path in sources for text in (path.name, path.read_text(encoding="utf-8"))),
    )


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "from source"


def _stored_source(path: Path) -> str | None:
    """Return the text of an intact module, or None."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    source, seal, sealed_hash = text.rpartition(SEAL)
    return source if seal and sealed_hash.strip() == _hash(source) else None


def _store(path: Path, source: str) -> None:
    """Write a module under a temporary name, then rename it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{uuid4().hex}.tmp")
    seal = _hash(source)
    try:
        temporary.write_text(f"{source}{SEAL}{seal}\n", encoding="utf-8")
        # numba may recognise a source by its time: two processes that store the same text must agree on it.
        os.utime(temporary, (10**9, 10**9 + int(seal[:7], 16)))
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _execute(name: str, source: str, filename: str) -> ModuleType:
    module = ModuleType(name)
    module.__file__ = filename
    sys.modules[name] = module  # numba looks the module up while it compiles or loads
    try:
        exec(compile(source, filename, "exec"), module.__dict__)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _our_files() -> Iterator[Path]:
    folder = cache_directory()
    for place in (folder, folder / "__pycache__"):
        if place.is_dir():
            yield from (path for path in place.iterdir() if OUR_FILE.fullmatch(path.name))
    for place in folder.glob("kernels_*"):
        if LIBRARY_FOLDER.fullmatch(place.name):
            yield from (path for path in place.iterdir() if LIBRARY_FILE.fullmatch(path.name))
