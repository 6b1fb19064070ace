"""The leaky integrate-and-fire neuron in physical units: millivolts, picofarads and picoamperes."""

from neurosim.neurons.model import NeuronModel

Lapicque = NeuronModel(
    """
    dv/dt = (E_L - v)/tau_m + I/C_m : mV (unless refractory)
    I : pA (input)
    """,
    parameters={
        "C_m": (250.0, "pF", "membrane capacitance"),
        "tau_m": (10.0, "ms", "membrane time constant"),
        "E_L": (-70.0, "mV", "resting potential"),
        "V_th": (-55.0, "mV", "threshold"),
        "V_reset": (-70.0, "mV", "potential after a spike"),
        "tau_ref": (2.0, "ms", "refractory time"),
    },
    threshold="v > V_th",
    reset="v = V_reset",
    refractory="tau_ref",
    initial={"v": "E_L"},
    rate="""where(E_L + I*tau_m/C_m > V_th, 1/(tau_ref + tau_m*log1p((V_th - V_reset)
            /where(E_L + I*tau_m/C_m > V_th, E_L + I*tau_m/C_m - V_th, 1*mV))), 0*Hz)""",
    name="Lapicque",
    reference="10.1016/S0361-9230(99)00161-6",
)
"""Lapicque's (1907) membrane, a capacitor with a leak, that fires at a threshold (Abbott 1999).

`LIF` is the same neuron measured from rest in units of the threshold. The membrane resistance is
``tau_m/C_m``; with ``V_inf = E_L + I*tau_m/C_m`` above `V_th` the neuron fires every
``tau_ref + tau_m*ln((V_inf - V_reset)/(V_inf - V_th))``.
"""
