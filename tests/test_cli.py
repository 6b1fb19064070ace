"""The command line: what it writes, and that a mistake is one line, exit status 2, and nothing else."""

from __future__ import annotations

import gzip
import json
import os
import re
import struct
import subprocess
import sys

import numpy as np
import pytest
from neurosim.models import MODELS

from neurosim import bridge, cli
from neurosim.bench.classical import CLASSICAL
from neurosim.data import load_digits
from neurosim.errors import OutputError
from neurosim.output import OutputFolder

TINY = ("--units", "rate,lif", "--hidden", "8", "--epochs", "1", "--duration", "20")


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Run the command line in an empty folder; gives exit status, standard output and standard error."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["neurosim", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        out, err = capsys.readouterr()
        return stop.value.code or 0, out, err

    return call


def contents(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def assert_refused(result, message):
    status, out, err = result
    assert status == 2
    assert out == ""
    assert re.fullmatch(r"neurosim: [^\n]+\n", err), err
    assert message in err
    assert "Traceback" not in err


@pytest.fixture
def no_training(monkeypatch):
    def fail(*args, **options):
        pytest.fail("training began")

    monkeypatch.setattr(bridge.comparison, "train_perceptron", fail)


MISTAKES = [
    (
        ["compare", "--units", "rate,hhh"],
        "compare.units = 'hhh': must be among rate, lif, hh. Did you mean 'hh'?",
    ),
    (["compare", "--units", ","], "at least one unit type"),
    (["compare", "--hidden", "many"], "--hidden = 'many'"),
    (["compare", "--hidden", "12.5"], "--hidden = '12.5'"),
    (["compare", "--hidden", ""], "--hidden = ''"),
    (["compare", "--hidden", "0"], "compare.hidden = (0,)"),
    (["compare", "--hidden", "64,-2"], "compare.hidden = (64, -2)"),
    (["compare", "--duration", "-5"], "compare.duration = -5.0"),
    (["compare", "--duration", "0"], "compare.duration = 0.0"),
    (["compare", "--duration", "10.5"], "compare.duration = 10.5"),
    (["compare", "--duration", ""], "compare.duration"),
    (["compare", "--duration", "5 mV"], "compare.duration"),
    (["compare", "--duration", "long"], "compare.duration"),
    (["compare", "--epochs", "0"], "compare.epochs = 0"),
    (["compare", "--epochs", "two"], "--epochs"),
    (["compare", "--seed", "-1"], "compare.seed = -1"),
    (["compare", "--threads", "0"], "compare.threads = 0"),
    (["compare", "--data", "cifar"], "'cifar' is not one of 'digits', 'mnist'"),
    (["compare", "--data", "mnist"], "--data mnist needs the folder"),
    (["compare", "--data", "mnist", "--mnist-dir", "nowhere"], "nowhere: expected the folder"),
    (["compare", "--mnist-dir", "somewhere"], "is only for --data mnist"),
    (
        ["compare", "--network", "hopfield", "--epochs", "3"],
        "--epochs = '3': is only for --network",
    ),
    (["compare", "--network", "hopfield", "--data", "mnist"], "is only for --network perceptron"),
    (["compare", "--network", "hopfield", "--units", "lif,hhh"], "Did you mean 'hh'?"),
    (["compare", "--network", "hopfield", "--units", ","], "at least one kind of unit"),
    (["compare", "--network", "hopfield", "--threads", "0"], "compare.threads = 0"),
    (["compare", "--network", "hopfield", "--duration", "50"], "compare.duration"),
    (["compare", "--network", "hopfield", "--seed", "-1"], "compare.seed = -1"),
    (["compare", "--network", "hopfeld"], "'hopfeld' is not one of 'perceptron', 'hopfield'"),
    (["run", "optimisers", "--mnist-dir", "somewhere"], "optimisers does not learn MNIST"),
    (["run", "elman_1990", "--text", "somewhere"], "elman_1990 does not learn a text"),
    (["compare", "--hiden", "12"], "No such option"),
    (["compare", "--hidden"], "requires an argument"),
    (["compare", "surplus"], "surplus"),
    (["compares"], "No such command"),
    (["bench", "spikin"], "Did you mean 'spiking'? See 'neurosim bench --help'."),
    (["run"], "Missing argument 'name'. See 'neurosim run --help'."),
    (["run", "hodgkin_huxley"], "Did you mean 'hodgkin_huxley_1952'?"),
    (["run", "xyz"], "See 'neurosim list'."),
    (["run", "lif_network", "--seed", "-1"], "--seed = -1"),
    (["bench"], "Name a benchmark"),
    (["bench", "spiking", "--only", "cuba"], "Did you mean 'cuba_4000'?"),
    (["bench", "spiking", "--repeats", "0"], "--repeats = 0"),
    (["bench", "spiking", "--threads", "0"], "--threads = '0'"),
    (["bench", "spiking", "--threads", "two"], "--threads = 'two'"),
    (["bench", "spiking", "--peer-python", "nowhere"], "nowhere"),
    (["bench", "classical", "--no-peers"], "--mnist-dir = None"),
    (["bench", "classical", "--no-peers", "--mnist-dir", "nowhere"], "nowhere: expected the folder"),
    (["bench", "classical", "--only", "mlp"], "Did you mean 'mlp_256'?"),
    (["bench", "hopfield", "--only", "milion"], "Did you mean 'million'?"),
]


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize(("arguments", "message"), MISTAKES, ids=[" ".join(a) for a, _ in MISTAKES])
def test_a_mistake(arguments, message, run, tmp_path):
    assert_refused(run(*arguments), message)
    assert contents(tmp_path) == []


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize("command", [["compare"], ["run", "hodgkin_huxley_1952"]])
@pytest.mark.parametrize("out", ["taken", "taken/results"])
def test_a_folder_that_cannot_be_written(command, out, run, tmp_path):
    (tmp_path / "taken").write_text("a file")
    assert_refused(run(*command, "--quick", "--out", out), "is a file: choose another folder")
    assert contents(tmp_path) == ["taken"]


def write_mnist(folder, n_train=200, n_test=30):
    digits, first = load_digits(), 0
    folder.mkdir()
    for part, n in (("train", n_train), ("t10k", n_test)):
        images = (digits.images[first : first + n] * 255).astype(np.uint8)
        labels = digits.labels[first : first + n].astype(np.uint8)
        first += n
        header = struct.pack(">4I", 2051, n, 8, 8)
        (folder / f"{part}-images-idx3-ubyte.gz").write_bytes(gzip.compress(header + images.tobytes()))
        (folder / f"{part}-labels-idx1-ubyte").write_bytes(struct.pack(">2I", 2049, n) + labels.tobytes())


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize("name", ["t10k-images-idx3-ubyte.gz", "train-labels-idx1-ubyte"])
@pytest.mark.parametrize("damage", ["missing", "truncated", "empty"])
def test_damaged_mnist_files(name, damage, run, tmp_path):
    write_mnist(tmp_path / "mnist")
    file = tmp_path / "mnist" / name
    if damage == "missing":
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[: 0 if damage == "empty" else 100])
    before = contents(tmp_path)
    assert_refused(
        run("compare", "--data", "mnist", "--mnist-dir", "mnist", "--out", "results"),
        name.removesuffix(".gz"),
    )
    assert contents(tmp_path) == before


def test_compare(run, tmp_path):
    status, out, err = run("compare", "--quick", *TINY, "--seed", "3", "--out", "results")
    assert status == 0
    assert err == ""  # no progress bars where nobody watches
    assert "Quick run: a look, not a result." in out
    assert "Quick run" in (tmp_path / "results" / "report.html").read_text()
    assert re.search(r"^Test accuracy \(%\) +\d+\.\d +\d+\.\d$", out, re.MULTILINE)
    assert contents(tmp_path / "results") == [
        "accuracy.png",
        "activity_lif.png",
        "confusion.png",
        "report.html",
        "report.json",
        "tuning_curves.png",
    ]
    report = json.loads((tmp_path / "results" / "report.json").read_text())
    assert set(report["units"]) == {"rate", "lif"}
    assert {"accuracy", "settling_time_ms", "agreement", "wall_time_s"} <= set(report["units"]["lif"])
    assert {"seed", "versions", "parameters", "calibration", "data"} <= set(report)
    assert report["seed"] == 3
    assert report["data"]["n_test"] == 100
    # What is given on the command line goes before what --quick chooses.
    assert report["parameters"]["epochs"] == 1
    assert report["parameters"]["duration_ms"] == 20.0
    page = (tmp_path / "results" / "report.html").read_text()
    assert page.count("data:image/png;base64,") == 4
    assert not re.search(r'(src|href)="(?!data:)', page)


def test_compare_a_memory(run, tmp_path):
    options = ("--quick", "--units", "binary,continuous,lif", "--duration", "200 ms", "--seed", "1")
    status, out, err = run("compare", "--network", "hopfield", *options, "--out", "results")
    assert (status, err) == (0, "")
    assert "Quick run: a look, not a result." in out
    assert re.search(r"^Patterns recalled \(%\) +100\.0 +100\.0 +100\.0$", out, re.MULTILINE)
    assert contents(tmp_path / "results") == ["overlaps.png", "report.html", "report.json", "states.png"]
    report = json.loads((tmp_path / "results" / "report.json").read_text())
    assert list(report["units"]) == ["binary", "continuous", "lif"]
    assert report["units"]["binary"]["agreement"] == 1.0
    assert report["units"]["lif"]["spikes_per_neuron"] > 5
    assert report["units"]["binary"]["spikes_per_neuron"] is None
    page = (tmp_path / "results" / "report.html").read_text()
    assert page.count("data:image/png;base64,") == 2
    assert "One memory: Binary, Continuous and LIF units" in page


def test_progress_bars_are_for_terminals(monkeypatch, run):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    _, _, err = run("compare", "--quick", *TINY)
    assert "training" in err
    assert "simulating" in err


def test_what_quick_chooses(monkeypatch, run):
    asked = {}

    def stop(train, test, **options):
        asked.update(options, n_train=len(train), n_test=len(test))
        raise KeyboardInterrupt

    monkeypatch.setattr(bridge, "compare", stop)
    run("compare", "--quick")
    assert (asked["duration"], asked["epochs"], asked["n_test"]) == (150.0, 5, 100)
    run("compare")
    assert (asked["duration"], asked["epochs"], asked["n_test"]) == (300.0, 15, 449)
    assert asked["units"] == ["rate", "lif", "hh"]
    run("compare", "--units", " hh, rate ", "--hidden", "12,8", "--duration", "0.2 s")
    assert asked["duration"] == "0.2 s"
    assert asked["units"] == ["hh", "rate"]
    assert asked["hidden"] == (12, 8)


def test_compare_on_mnist_files(monkeypatch, run, tmp_path):
    write_mnist(tmp_path / "mnist")
    monkeypatch.setattr(cli, "QUICK_TRAINING", 150)
    arguments = ("--data", "mnist", "--mnist-dir", "mnist", *TINY, "--units", "rate", "--out", "results")
    status, _, _ = run("compare", "--quick", *arguments)
    assert status == 0
    data = json.loads((tmp_path / "results" / "report.json").read_text())["data"]
    assert data == {"name": "mnist", "n_train": 150, "n_test": 30}
    run("compare", *arguments)
    assert json.loads((tmp_path / "results" / "report.json").read_text())["data"]["n_train"] == 200


def test_interrupted(monkeypatch, run, tmp_path):
    def interrupt(*args, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(bridge, "compare", interrupt)
    status, out, err = run("compare", "--out", "results")
    assert (status, out) == (130, "")
    assert err.strip() == "neurosim: interrupted"
    assert contents(tmp_path) == []


def test_a_disk_that_fills_up_leaves_only_whole_files(monkeypatch, run, tmp_path):
    def full(*args):
        raise OutputError("disk full")

    monkeypatch.setattr(OutputFolder, "write_text", full)
    status, _, err = run("compare", "--quick", *TINY, "--units", "rate", "--out", "results")
    assert status == 2
    assert err.splitlines()[-1] == "neurosim: disk full"
    assert contents(tmp_path / "results") == ["accuracy.png", "confusion.png", "report.json"]
    json.loads((tmp_path / "results" / "report.json").read_text())


def test_run(run, tmp_path):
    status, out, _ = run("run", "hodgkin_huxley_1952", "--quick")
    assert status == 0
    names = ["action_potential.png", "current_steps.png", "firing_rate.png"]
    assert contents(tmp_path / "results" / "hodgkin_huxley_1952") == names
    assert all(name in out for name in names)
    assert out.startswith("firing rate at 10 µA/cm²: 68.3 Hz\n")


def test_benchmarks_of_all_families_are_listed(run):
    status, out, err = run("bench", "--list")
    assert (status, err) == (0, "")
    assert {"cuba_4000", "mlp_256"} <= {line.split()[0] for line in out.splitlines()}
    _, out, _ = run("bench", "classical", "--list")
    names = [line.split()[0] for line in out.splitlines()]
    assert names == [*CLASSICAL]
    assert {"mlp_512_512", "lenet5", "gru_128"} <= {*names}


def test_list(run):
    status, out, err = run("list")
    assert (status, err) == (0, "")
    assert [line.split()[0] for line in out.splitlines()] == list(MODELS)


def test_cache(monkeypatch, run, tmp_path):
    folder = tmp_path / "kernels"
    monkeypatch.setenv("NEUROSIM_CACHE_DIR", str(folder))
    assert run("cache")[:2] == (0, f"{folder}: 0 kernels, 0.0 MB\n")
    folder.mkdir()
    (folder / ("0" * 32 + ".py")).write_text("#" * 100_000)
    (folder / "mine.txt").write_text("not a kernel")
    assert run("cache")[1] == f"{folder}: 1 kernels, 0.1 MB\n"
    status, out, _ = run("cache", "--clear")
    assert status == 0
    assert out == f"Removed 1 files, 0.1 MB\n{folder}: 0 kernels, 0.0 MB\n"
    assert contents(folder) == ["mine.txt"]


def test_a_cache_that_cannot_be_cleared(monkeypatch, run):
    def fail():
        raise PermissionError(13, "Permission denied", "kernel.py")

    monkeypatch.setattr("neurosim.kernels.core.cache.clear_cache", fail)
    assert_refused(run("cache", "--clear"), "Permission denied: 'kernel.py'")


@pytest.mark.parametrize("arguments", [[], ["--help"]])
def test_help(arguments, run):
    status, out, err = run(*arguments)
    assert (status, err) == (0, "")
    assert out.startswith("Usage: neurosim ")
    for command in ("compare", "run", "list", "cache"):
        assert re.search(rf"^  {command} ", out, re.MULTILINE)


def test_as_a_process_of_its_own(tmp_path):
    command = [sys.executable, "-m", "neurosim", "compare", "--units", "rate,hhh"]
    done = subprocess.run(command, cwd=tmp_path, env=dict(os.environ), capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == "neurosim: compare.units = 'hhh': must be among rate, lif, hh. Did you mean 'hh'?\n"
    assert contents(tmp_path) == []
