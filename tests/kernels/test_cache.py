"""The disk cache of generated kernels, across processes and where the disk does not cooperate."""

from __future__ import annotations

import inspect
import json
import logging
import os
import subprocess
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from neurosim.kernels.core import cache

ROOT = Path(__file__).parents[2]

SOURCE = """\
from neurosim.kernels.core.jit import kernel
from neurosim.kernels.mathematics.simd_math import exp


@kernel
def double(x):
    for i in range(x.size):
        x[i] *= 2.0 * exp(0.0)
"""

# Runs in another process: loads the kernel, calls it once, prints what happened.
SESSION = """
import json, sys
import numpy as np
from neurosim.kernels.core.cache import digest, load_module
source = sys.argv[1]
made = []
module = load_module(digest(source), lambda: made.append(1) or source)
x = np.ones(3)
module.double(x)
stats = module.double.stats
print(json.dumps({
    "made": len(made), "hits": sum(stats.cache_hits.values()), "misses": sum(stats.cache_misses.values()),
    "file": module.__file__, "value": x[0],
}))
"""


# Permissions do not bind root: give up CAP_DAC_OVERRIDE for good, then run the rest of the command.
MORTAL = """
import ctypes, os, sys
if os.getuid() == 0:
    ctypes.CDLL(None).prctl(24, 1, 0, 0, 0)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""


def start(
    folder: Path, source: str = SOURCE, env: dict[str, str] | None = None, mortal: bool = False
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *(["-c", MORTAL] if mortal else []), "-c", SESSION, source],
        env=os.environ | {"NEUROSIM_CACHE_DIR": str(folder), "PYTHONPATH": str(ROOT)} | (env or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def result(process: subprocess.Popen[str]) -> dict[str, Any]:
    output, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    return json.loads(output)  # type: ignore[no-any-return]


def session(folder: Path, source: str = SOURCE, **options: Any) -> dict[str, Any]:
    return result(start(folder, source, **options))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty cache folder, and no kernel in memory."""
    monkeypatch.setenv("NEUROSIM_CACHE_DIR", str(tmp_path / "cache"))
    yield tmp_path / "cache"
    forget()


def forget() -> None:
    for name in [name for name in sys.modules if name.startswith("neurosim_kernel_")]:
        del sys.modules[name]


def never() -> str:
    raise AssertionError("the cache has this kernel")


def test_the_second_session_generates_and_compiles_nothing(folder: Path) -> None:
    first = session(folder)
    assert (first["made"], first["hits"], first["misses"], first["value"]) == (1, 0, 1, 2.0)
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    second = session(folder)
    assert (second["made"], second["hits"], second["misses"], second["value"]) == (0, 1, 0, 2.0)
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before
    edited = session(folder, SOURCE.replace("2.0", "3.0"))
    assert (edited["made"], edited["hits"], edited["value"]) == (1, 0, 3.0)
    assert cache.cache_info().modules == 2


def test_two_processes_fill_the_cache_at_once(folder: Path) -> None:
    processes = [start(folder) for _ in range(2)]
    assert [result(process)["value"] for process in processes] == [2.0] * 2
    assert not [path for path in folder.rglob("*") if "tmp" in path.name]
    assert session(folder)["hits"] == 1


def test_damaged_files_are_made_anew(folder: Path) -> None:
    def hits_when_loaded_again() -> int:
        forget()
        x = np.ones(1)
        module = cache.load_module(cache.digest("damage"), lambda: SOURCE)
        module.double(x)
        assert x[0] == 2.0
        return sum(module.double.stats.cache_hits.values())

    assert hits_when_loaded_again() == 0
    assert hits_when_loaded_again() == 1
    (path,) = folder.glob("*.py")
    text = path.read_text()
    for damaged in (text[: text.index("def double")], text.replace("2.0", "2.5"), ""):
        path.write_text(damaged)
        assert hits_when_loaded_again() == 1
        assert path.read_text() == text
    for suffix in ("nbc", "nbi"):
        (path,) = folder.rglob(f"*.{suffix}")
        path.write_bytes(path.read_bytes()[:-10])
        assert hits_when_loaded_again() == 0
        assert hits_when_loaded_again() == 1


def test_a_read_only_folder_is_used_and_not_written(folder: Path) -> None:
    environment = {"HOME": str(folder / "nowhere"), "XDG_CACHE_HOME": str(folder / "nowhere")}
    session(folder)
    for path in (folder, folder / "__pycache__"):
        path.chmod(0o555)
    try:
        known = session(folder, env=environment, mortal=True)
        assert (known["made"], known["hits"], known["value"]) == (0, 1, 2.0)
        new = session(folder, SOURCE.replace("2.0", "3.0"), env=environment, mortal=True)
        assert (new["made"], new["hits"], new["value"]) == (1, 0, 3.0)
        assert new["file"].startswith("<neurosim_kernel_")
        assert len(list(folder.glob("*.py"))) == 1
    finally:
        for path in (folder, folder / "__pycache__"):
            path.chmod(0o755)


def test_a_folder_below_a_file_means_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("NEUROSIM_CACHE_DIR", str(tmp_path / "file" / "cache"))
    key = cache.digest("below a file")
    try:
        with caplog.at_level(logging.DEBUG, logger="neurosim.kernels.core.cache"):
            module = cache.load_module(key, lambda: SOURCE + "\n\ndef fail():\n    raise KeyError\n")
            assert cache.load_module(key, never) is module
        assert [record.levelname for record in caplog.records] == ["DEBUG"]
        x = np.ones(2)
        module.double(x)
        assert list(x) == [2.0, 2.0]
        assert "def double(x):" in inspect.getsource(module.double.py_func)
        with pytest.raises(KeyError) as error:
            module.fail()
        assert "raise KeyError" in "".join(traceback.format_exception(error.value))
        assert cache.cache_info() == (tmp_path / "file" / "cache", 0, 0)
        assert cache.clear_cache() == (0, 0)
    finally:
        forget()


@pytest.mark.parametrize("broken", ["write_text", "replace"])
def test_a_full_disk_means_memory_and_leaves_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    def fail(self: Path, *arguments: object, **options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, broken, fail)
    module = cache.load_module(cache.digest(broken), lambda: "answer = 42\n")
    assert module.answer == 42
    assert list(folder.iterdir()) == []


def test_a_disk_that_is_full_when_machine_code_is_stored(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from neurosim.kernels.core.jit import FunctionCache

    def fail(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    module = cache.load_module(cache.digest("full"), lambda: SOURCE)
    monkeypatch.setattr(FunctionCache, "save_overload", fail)
    x = np.ones(1)
    module.double(x)
    assert x[0] == 2.0
    assert not list(folder.rglob("*.nbc"))


def test_other_flags_do_not_meet_the_first_build(folder: Path) -> None:
    """numba's own key would replay the fast build for the exact function: text, place and signature agree."""
    from neurosim.kernels.core.jit import EXACT, FAST, MachineCodeCache

    module = cache.load_module(cache.digest("flags"), lambda: SOURCE)
    x = np.ones(1)
    module.double(x)
    (signature,) = module.double.signatures
    context = module.double.targetctx
    function = module.double.py_func
    assert MachineCodeCache(function, FAST).load_overload(signature, context) is not None
    assert MachineCodeCache(function, EXACT).load_overload(signature, context) is None


def test_what_the_digest_depends_on(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = cache.digest("dv/dt = -v", "euler")
    assert len(plain) == 32
    assert cache.digest("dv/dt = -v", "euler") == plain
    others = {
        cache.digest("dv/dt = +v", "euler"),
        cache.digest("dv/dt = -veuler"),
        cache.digest("euler", "dv/dt = -v"),
    }
    for name, value in (("NUMBA_DISABLE_JIT", "1"), ("NUMBA_CPU_NAME", "generic"), ("NUMBA_OPT", "1")):
        with monkeypatch.context() as context:
            context.setenv(name, value)
            others.add(cache.digest("dv/dt = -v", "euler"))
    with monkeypatch.context() as context:
        context.setenv("NUMBA_NUM_THREADS", "1")
        assert cache.digest("dv/dt = -v", "euler") == plain
    assert len(others | {plain}) == 7


def test_the_digest_notices_an_edit_of_the_code_that_makes_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = cache.digest("x")
    read_text = Path.read_text

    def edited(self: Path, *arguments: Any, **options: Any) -> str:
        text = read_text(self, *arguments, **options)
        return text.replace("LN2_LOW", "LN2_TINY") if self.name == "simd_math.py" else text

    monkeypatch.setattr(Path, "read_text", edited)
    cache._toolchain.cache_clear()
    try:
        assert cache.digest("x") != plain
    finally:
        cache._toolchain.cache_clear()


def test_a_module_is_made_once_and_read_from_disk_later(folder: Path) -> None:
    key = cache.digest("once")
    module = cache.load_module(key, lambda: "value = 1\n")
    assert cache.load_module(key, never) is module
    assert sys.modules[f"neurosim_kernel_{key}"] is module
    forget()
    again = cache.load_module(key, never)
    assert again is not module
    assert again.value == 1
    assert again.__file__ == str(folder / f"{key}.py")


def test_a_faulty_source_leaves_no_module(folder: Path) -> None:
    key = cache.digest("faulty")
    with pytest.raises(ZeroDivisionError):
        cache.load_module(key, lambda: "1 / 0\n")
    assert f"neurosim_kernel_{key}" not in sys.modules


def test_clear_removes_our_files_and_no_others(folder: Path) -> None:
    module = cache.load_module(cache.digest("clear"), lambda: SOURCE)
    module.double(np.ones(1))
    strangers = [folder / "notes.py", folder / "__pycache__" / "notes.cpython-311.pyc", folder / "data.nbi"]
    for path in strangers:
        path.write_text("mine")
    (folder / f"{'a' * 32}.py.{'b' * 32}.tmp").write_text("left by a killed process")
    info = cache.cache_info()
    assert info.folder == folder
    assert info.modules == 1
    files, size = cache.clear_cache()
    assert files == 4  # module, index, machine code, leftover
    assert size == info.bytes > 0
    assert sorted(path for path in folder.rglob("*") if path.is_file()) == sorted(strangers)
    assert cache.clear_cache() == (0, 0)


def test_machine_code_of_the_package_does_not_lie_among_its_files(folder: Path) -> None:
    """An installer leaves files that it does not know, and Python takes their folder for a package."""
    program = (
        "import numpy as np; from neurosim.kernels.spiking.spikes import merge_spikes;"
        "none = np.zeros((1, 1), int);"
        "merge_spikes(none.astype(np.int32), none, 1, np.zeros(1, np.int32), np.zeros(2, int))"
    )
    subprocess.run([sys.executable, "-c", program], env=os.environ, check=True)
    (place,) = folder.glob("kernels_*")
    assert any(path.name.startswith("spikes.merge_spikes") for path in place.glob("*.nbc"))
    files, _ = cache.clear_cache()
    assert files >= 2
    assert not [*folder.rglob("*.nb?")]


def test_the_default_folder_is_the_users_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    import platformdirs

    monkeypatch.delenv("NEUROSIM_CACHE_DIR", raising=False)
    assert cache.cache_directory() == platformdirs.user_cache_path("neurosim")
    monkeypatch.setenv("NEUROSIM_CACHE_DIR", "~/kernels")
    assert cache.cache_directory() == Path.home() / "kernels"


def test_importing_the_cache_does_not_import_numba() -> None:
    code = "import sys, neurosim.kernels.core.cache; print('numba' in sys.modules, 'llvmlite' in sys.modules)"
    output = subprocess.check_output([sys.executable, "-c", code], text=True, cwd=ROOT)
    assert output.split() == ["False", "False"]
