"""The README's code runs, and its claims about the command line hold."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

README = Path(__file__).parent.parent / "README.md"
TEXT = README.read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
SCRIPTS = re.findall(r"`python\s+(tests/benchmarks/\w+\.py)`", TEXT)


@pytest.mark.parametrize("block", BLOCKS, ids=[f"block {k}" for k in range(1, len(BLOCKS) + 1)])
def test_code_blocks_run(block, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    exec(compile(block, "README.md", "exec"), {"__name__": "readme"})


def test_script_writes_its_figure_and_reports_a_rate(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    exec(compile(BLOCKS[0], "README.md", "exec"), {"__name__": "readme"})
    assert (tmp_path / "raster.png").stat().st_size > 10_000
    assert 20 < float(capsys.readouterr().out.split()[0]) < 60


def test_shown_mistake_is_what_a_user_sees():
    from neurosim import NeuronModel
    from neurosim.errors import EquationError

    shown = re.search(r"```text\nEquationError: (.*?)```", TEXT, re.DOTALL)[1]
    block = next(b for b in BLOCKS if "AdaptiveLIF" in b)
    equations = re.search(r'"""(.*?)"""', block, re.DOTALL)[1].replace("- w)/C_m", "- v)/C_m")
    units = {"C_m": "200 pF", "g_L": "10 nS", "E_L": "-70 mV", "a": "2 nS", "tau_w": "120 ms"}
    with pytest.raises(EquationError) as error:
        NeuronModel(equations, parameters=units)
    assert str(error.value).strip() == shown.strip()


def test_steady_state_in_the_comment_is_right():
    namespace = {}
    exec(next(b for b in BLOCKS if "AdaptiveLIF" in b), namespace)
    state = namespace["adaptive"].steady_state(100.0)
    shown = re.search(r"\{'v': (-?[\d.]+)\.\.\., 'w': ([\d.]+)\.\.\.\}", TEXT)
    assert state["v"] == pytest.approx(float(shown[1]), abs=0.01)
    assert state["w"] == pytest.approx(float(shown[2]), abs=0.01)


def test_every_room_in_the_layout_exists():
    for rooms in re.findall(r"^\| (`.*?`) \|", TEXT, re.MULTILINE):
        for room in re.findall(r"`(.*?)`", rooms):
            assert (README.parent / room).is_dir(), room


def test_figures_exist():
    for path in re.findall(r"!\[.*?\]\((.*?)\)", TEXT):
        assert (README.parent / path).is_file()


@pytest.mark.slow
@pytest.mark.parametrize("script", SCRIPTS)
def test_measuring_scripts_run(script):
    case = ["cuba_4000"] if "profile" in script else []
    command = [sys.executable, str(README.parent / script), *case]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert len(printed.splitlines()) > 4


def test_the_scripts_that_measure_are_found():
    assert len(SCRIPTS) == 2
