"""Every example runs without a screen, warns of nothing, and draws something."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import matplotlib.image
import pytest

EXAMPLES = sorted((Path(__file__).parent.parent / "examples").glob("*.py"))
PROMISED = {
    *{
        "tuning_curves",
        "hodgkin_huxley_current_steps",
        "psc_filters",
        "stimuli",
        "orientation_columns",
        "compare_digits",
    },
    *{"short_term_plasticity", "wiring_rules"},
    *{"hopfield_images", "hopfield_landscape", "hopfield_learning_rules", "hopfield_sequence"},
}


def test_the_examples_are_there():
    assert {path.stem for path in EXAMPLES} >= PROMISED


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example(path, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "argv", [str(path), str(tmp_path / "figures")])
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(path), run_name="__main__")
    (picture,) = (tmp_path / "figures").iterdir()
    assert picture.name == f"{path.stem}.png"
    ink = matplotlib.image.imread(picture)[..., :3].min(axis=2) < 0.6
    rows, columns = ink.any(axis=1), ink.any(axis=0)
    assert rows.mean() > 0.6  # drawn all over, not only an empty frame
    assert columns.mean() > 0.6
    assert ink.mean() > 0.005
    assert list(tmp_path.iterdir()) == [tmp_path / "figures"]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_short_and_says_what_it_shows(path):
    text = path.read_text()
    assert len(text.splitlines()) < 80
    assert text.startswith('"""')
    assert text.index("\n\n") < text.index('"""', 3)  # a headline, and more
