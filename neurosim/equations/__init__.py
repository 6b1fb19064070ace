"""Equations: text to a checked symbolic system."""

from neurosim.equations.parameter import Parameter
from neurosim.equations.system import EquationSystem

__all__ = ["EquationSystem", "Parameter"]
