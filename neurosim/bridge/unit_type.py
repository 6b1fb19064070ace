"""The kinds of unit a trained network can be run with."""

from __future__ import annotations

from dataclasses import dataclass

from neurosim.neurons import LIF, HodgkinHuxley, LIFRate, NeuronModel, PerfectIntegrator, RateSource


@dataclass(frozen=True)
class UnitType:
    """A kind of unit: which models stand for pixels and hidden units, and how they are stepped.

    Attributes
    ----------
    name : str
        As the command line calls it.
    encoder : NeuronModel
        Turns a pixel's brightness into a firing rate.
    model : NeuronModel
        The hidden units.
    dt : float
        Time step, ms.
    drive_range : tuple of float, optional
        Inputs, in the unit of the model's input, between which its tuning curve is measured and used. None
        for models that share the tuning curve the network is trained with, and so need no calibration.
    """

    name: str
    encoder: NeuronModel
    model: NeuronModel
    dt: float
    drive_range: tuple[float, float] | None = None

    @property
    def is_spiking(self) -> bool:
        """Whether units send spikes; if not, they pass their rates on continuously."""
        return self.encoder.threshold is not None


UNIT_TYPES = {
    unit.name: unit
    for unit in (
        UnitType("rate", RateSource, LIFRate, 0.5),
        UnitType("lif", PerfectIntegrator, LIF, 0.1),
        UnitType("hh", PerfectIntegrator, HodgkinHuxley, 0.05, (0.0, 60.0)),
    )
}
"""The unit types by name: ``rate``, ``lif`` and ``hh``."""
