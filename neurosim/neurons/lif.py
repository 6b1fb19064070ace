"""The normalised leaky integrate-and-fire neuron: rest at 0, threshold at 1."""

from neurosim.neurons.model import NeuronModel

LIF = NeuronModel(
    """
    dv/dt = (v_in - v)/tau_m : 1 (unless refractory)
    v_in : 1 (input)
    """,
    parameters={
        "tau_m": (20.0, "ms", "membrane time constant"),
        "tau_ref": (2.0, "ms", "refractory time"),
    },
    threshold="v > 1",
    reset="v = 0",
    refractory="tau_ref",
    rate="where(v_in > 1, 1/(tau_ref + tau_m*log1p(1/(where(v_in > 1, v_in, 2) - 1))), 0*Hz)",
    name="LIF",
    reference="10.1007/s00422-006-0068-6",
)
"""Leaky integrate-and-fire neuron, normalised so that it rests at 0 and fires at 1 (Burkitt 2006, eq. 1).

Its rate has the closed form ``1/(tau_ref - tau_m*ln(1 - 1/v_in))`` for ``v_in > 1``, else 0. Written with
``ln(1 + 1/(v_in - 1))``, the same number keeps its digits near the threshold and far above it.
"""
