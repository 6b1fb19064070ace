"""Figures of stimuli."""

from __future__ import annotations

import numpy as np
import pytest

from neurosim import Sine, Step
from neurosim.errors import ParameterError
from neurosim.plotting import new_figure, plot_stimulus


def test_a_curve_for_each_neuron() -> None:
    ax = new_figure().add_subplot()
    assert plot_stimulus(Sine("2 nA", [10, 20, 30]), "50 ms", ax) is ax
    assert [line.get_label() for line in ax.get_lines()] == ["neuron 0", "neuron 1", "neuron 2"]
    t, values = ax.get_lines()[2].get_data()
    np.testing.assert_allclose(values, 2 * np.sin(2 * np.pi * 0.03 * np.asarray(t)), atol=1e-12)
    assert ax.get_ylabel() == "Stimulus (nA)"


def test_what_is_no_stimulus() -> None:
    with pytest.raises(ParameterError, match="must be a stimulus"):
        plot_stimulus(3, 10)
    assert plot_stimulus(Step(3, start=2), 10, quantity="Current").get_ylabel() == "Current"
