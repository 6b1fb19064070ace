"""The bridge between rate and spiking networks: calibration, conversion, comparison and its report."""

from neurosim.bridge.activation import lif_activation
from neurosim.bridge.calibration import Calibration, calibrate, calibrate_layers, measured_curve
from neurosim.bridge.comparison import Comparison, compare
from neurosim.bridge.layered_network import LayeredNetwork, build_network
from neurosim.bridge.report import format_table, write_report
from neurosim.bridge.settings import Settings
from neurosim.bridge.simulation import Outcome, read_decisions, simulate
from neurosim.bridge.trained_mlp import TrainedMLP
from neurosim.bridge.training import train_perceptron
from neurosim.bridge.unit_type import UNIT_TYPES, UnitType

__all__ = [
    "UNIT_TYPES",
    "Calibration",
    "Comparison",
    "LayeredNetwork",
    "Outcome",
    "Settings",
    "TrainedMLP",
    "UnitType",
    "build_network",
    "calibrate",
    "calibrate_layers",
    "compare",
    "format_table",
    "lif_activation",
    "measured_curve",
    "read_decisions",
    "simulate",
    "train_perceptron",
    "write_report",
]
