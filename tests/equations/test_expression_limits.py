"""Expressions that Python can read and no kernel could run."""

import pytest

from neurosim import NeuronModel
from neurosim.errors import EquationError


@pytest.mark.parametrize("power", ["9**9**9**9", "(-8)**(1/3)", "10**400", "(1 - 1)**(-1)"])
def test_powers_of_numbers_without_a_finite_real_value(power):
    with pytest.raises(EquationError, match=r"not a finite real number\n  line 1: dv/dt"):
        NeuronModel(f"dv/dt = {power}/tau : 1", parameters={"tau": "1 ms"})


@pytest.mark.parametrize("power", ["2**0.5", "2**-1", "(-2)**3", "v**2", "2**v"])
def test_other_powers(power):
    NeuronModel(f"dv/dt = {power}/tau : 1", parameters={"tau": "1 ms"})


@pytest.mark.parametrize("expression", ["(" + "+".join(["v"] * 600) + ")", "-" * 3000 + "v", "-" * 200 + "v"])
def test_expressions_that_are_too_deep(expression):
    with pytest.raises(EquationError, match="too deep; split it into sub-expressions"):
        NeuronModel(f"dv/dt = {expression}/tau : 1", parameters={"tau": "1 ms"})


def test_a_long_sum_within_the_limit_runs_through():
    model = NeuronModel(f"dv/dt = ({'+'.join(['v'] * 100)})/tau : 1", parameters={"tau": "1 ms"})
    assert model.latex()
    assert model.system.is_linear


def test_names_that_kernels_use():
    for name in ("min", "range", "arrive"):
        with pytest.raises(EquationError, match="is reserved"):
            NeuronModel(f"d{name}/dt = -{name}/tau : 1", parameters={"tau": "1 ms"})


def test_latex_shows_numbers_as_they_were_written():
    text = NeuronModel("dv/dt = -0.07*v/tau : 1", parameters={"tau": "1 ms"}).latex()
    assert "0.07" in text
    assert "0.0700" not in text
