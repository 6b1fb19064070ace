"""The rate twin of the leaky integrate-and-fire neuron."""

from neurosim.neurons.model import NeuronModel

LIFRate = NeuronModel(
    """
    rate = 1/(tau_ref + tau_m*log1p(1/excess)) : Hz
    excess = where(z > 30, v_in - 1, gamma*log1p(exp(clip(z, -300, 30)))) : 1
    z = (v_in - 1)/gamma : 1
    v_in : 1 (input)
    """,
    parameters={
        "tau_m": (20.0, "ms", "membrane time constant"),
        "tau_ref": (2.0, "ms", "refractory time"),
        "gamma": (0.02, "1", "width of the rounded corner at threshold"),
    },
    output="rate",
    rate="rate",
    name="LIFRate",
    reference="arXiv:1510.08829",
)
"""The rate of a LIF neuron as output, its corner at threshold rounded (Hunsberger & Eliasmith 2015).

``v_in - 1`` becomes ``gamma*ln(1 + exp((v_in - 1)/gamma))``; as `gamma` goes to 0 the curve becomes that of
`LIF`.
"""
