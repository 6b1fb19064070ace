import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from neurosim.errors import OutputError, ParameterError
from neurosim.output import OutputFolder


class Drawing:
    """Stands in for a matplotlib Figure."""

    def savefig(self, file, /, *, dpi, format):
        file.write(f"{format} at {dpi}".encode())


def test_nothing_is_created_before_it_is_needed(tmp_path):
    folder = OutputFolder(tmp_path / "a" / "b")
    assert not folder.path.parent.exists()
    assert folder.write_text("note.txt", "tau_m = 20 ms, ±").read_text(encoding="utf-8") == "tau_m = 20 ms, ±"
    assert os.listdir(folder.path) == ["note.txt"]


def test_entering_creates_the_folder_and_leaves_no_probe(tmp_path):
    with OutputFolder(tmp_path / "new") as folder:
        assert os.listdir(folder.path) == []
    assert folder.path.is_dir()


@pytest.mark.parametrize("written", [False, True])
def test_failed_work_leaves_no_empty_folder(tmp_path, written):
    folder = OutputFolder(tmp_path / "new")

    def work():
        with folder:
            if written:
                folder.write_text("partial.txt", "kept")
            raise ValueError("work")

    with pytest.raises(ValueError, match="work"):
        work()
    assert folder.path.exists() == written


def test_a_folder_that_was_there_stays(tmp_path):
    with pytest.raises(ValueError, match="work"), OutputFolder(tmp_path):
        raise ValueError("work")
    assert tmp_path.is_dir()


def test_json(tmp_path):
    value = {
        "b": np.arange(3),
        "a": np.float32(0.5),
        "nan": float("nan"),
        "rows": [(1, np.nan), np.array([[np.inf, 1.0]])],
        3: None,
        "yes": np.bool_(True),
        "path": Path("x") / "y",
    }
    text = OutputFolder(tmp_path).write_json("value.json", value).read_text()
    assert json.loads(text) == {
        "b": [0, 1, 2],
        "a": 0.5,
        "nan": None,
        "rows": [[1, None], [[None, 1.0]]],
        "3": None,
        "yes": True,
        "path": os.path.join("x", "y"),
    }
    assert text.index('"a"') < text.index('"b"'), "keys are sorted"
    assert '\n  "a": 0.5,\n' in text


@pytest.mark.parametrize("value", [1j, {1, 2}, object(), np.array([1j])])
def test_json_refuses_what_it_cannot_hold_and_writes_nothing(tmp_path, value):
    with pytest.raises(ParameterError, match="no form in JSON"):
        OutputFolder(tmp_path / "new").write_json("value.json", {"deep": [value]})
    assert os.listdir(tmp_path) == []


def test_figure(tmp_path):
    assert OutputFolder(tmp_path).write_figure("a.svg", Drawing(), dpi=90).read_text() == "svg at 90"
    with pytest.raises(ParameterError, match="must end in a format"):
        OutputFolder(tmp_path).write_figure("a", Drawing())


@pytest.mark.parametrize("name", ["", "..", "a/b", "/a", "../a"])
def test_names_outside_the_folder_are_refused(tmp_path, name):
    with pytest.raises(ParameterError, match="name of a file"):
        OutputFolder(tmp_path).write_text(name, "")


@pytest.mark.parametrize("below", ["", "sub", "sub/sub"])
def test_a_file_in_the_way_is_named(tmp_path, below):
    obstacle = tmp_path / "results"
    obstacle.write_text("precious")
    with pytest.raises(OutputError, match=f"{obstacle} is a file: choose"):
        OutputFolder(obstacle / below).__enter__()
    with pytest.raises(OutputError, match=f"{obstacle} is a file: choose"):
        OutputFolder(obstacle / below).write_text("a", "")
    assert obstacle.read_text() == "precious"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="permissions do not bind root")
def test_a_folder_without_permission(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="may create files"):
        OutputFolder(tmp_path / "new").__enter__()
    with pytest.raises(OutputError, match="may create files"):
        OutputFolder(tmp_path).__enter__()


@pytest.mark.parametrize(
    ("code", "remedy"),
    [(errno.EACCES, "may create files"), (errno.EROFS, "read-only"), (errno.ENOSPC, "Free")],
)
def test_an_unwritable_folder_is_found_on_entering(tmp_path, monkeypatch, code, remedy):
    def refuse(*args, **kwargs):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(Path, "touch", refuse)
    with pytest.raises(OutputError, match=f"{tmp_path}: cannot be written .*{remedy}"):
        OutputFolder(tmp_path).__enter__()
    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(OutputError, match=remedy):
        OutputFolder(tmp_path / "new").__enter__()


@pytest.mark.parametrize("moment", ["fsync", "replace"])
@pytest.mark.parametrize(
    ("error", "raised"), [(OSError(errno.ENOSPC, "No space left"), OutputError), (KeyboardInterrupt(), None)]
)
def test_an_interrupted_write_keeps_the_earlier_file(tmp_path, monkeypatch, moment, error, raised):
    folder = OutputFolder(tmp_path)
    folder.write_text("a.txt", "earlier")

    def fail(*args):
        raise error

    monkeypatch.setattr(os, moment, fail)
    with pytest.raises(raised or type(error)):
        folder.write_text("a.txt", "later")
    monkeypatch.undo()
    assert os.listdir(tmp_path) == ["a.txt"]
    assert (tmp_path / "a.txt").read_text() == "earlier"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
def test_a_full_disk(tmp_path, monkeypatch):
    real_open = Path.open

    def open_full(path, mode="r", *args, **kwargs):
        return open("/dev/full", "wb") if mode == "x+b" else real_open(path, mode, *args, **kwargs)

    monkeypatch.setattr(Path, "open", open_full)
    with pytest.raises(OutputError, match="Free some space"):
        OutputFolder(tmp_path).write_text("a.txt", "later")
    assert os.listdir(tmp_path) == []


def test_permissions_follow_the_umask(tmp_path):
    program = (
        "import os, sys; from neurosim.output import OutputFolder; os.umask(0o027)\n"
        "print(oct(OutputFolder(sys.argv[1]).write_text('a', '').stat().st_mode & 0o777))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, tmp_path], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "0o640"


def test_failed_work_leaves_no_empty_parents(tmp_path):
    with pytest.raises(RuntimeError), OutputFolder(tmp_path / "a" / "b" / "c"):
        raise RuntimeError("stopped")
    assert list(tmp_path.iterdir()) == []


def test_failed_work_keeps_folders_that_were_there_or_hold_files(tmp_path):
    (tmp_path / "there").mkdir()

    def fail_after_a_file():
        with OutputFolder(tmp_path / "there" / "new") as folder:
            folder.write_text("kept.txt", "so far")
            folder.write_text("not/a/name", "")

    with pytest.raises(ParameterError):
        fail_after_a_file()
    assert (tmp_path / "there" / "new" / "kept.txt").read_text() == "so far"
    with pytest.raises(RuntimeError), OutputFolder(tmp_path / "there" / "other"):
        raise RuntimeError("stopped")
    assert sorted(p.name for p in (tmp_path / "there").iterdir()) == ["new"]
