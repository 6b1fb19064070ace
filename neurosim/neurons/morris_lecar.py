"""The Morris-Lecar neuron: calcium that follows the potential at once, and potassium that lags."""

from neurosim.neurons.model import NeuronModel

MorrisLecar = NeuronModel(
    """
    dv/dt = (I - g_Ca*m_inf*(v - E_Ca) - g_K*w*(v - E_K) - g_L*(v - E_L))/C_m : mV
    dw/dt = lambda_w*(w_inf - w) : 1

    m_inf = 0.5*(1 + tanh((v - V_1)/V_2)) : 1
    w_inf = 0.5*(1 + tanh((v - V_3)/V_4)) : 1
    lambda_w = 0.5*phi*(exp((v - V_3)/(2*V_4)) + exp(-(v - V_3)/(2*V_4))) : 1/ms
    I : uA/cm2 (input)
    """,
    parameters={
        "C_m": (20.0, "uF/cm2", "membrane capacitance"),
        "g_Ca": (4.4, "mS/cm2", "maximal calcium conductance"),
        "g_K": (8.0, "mS/cm2", "maximal potassium conductance"),
        "g_L": (2.0, "mS/cm2", "leak conductance"),
        "E_Ca": (120.0, "mV", "calcium reversal potential"),
        "E_K": (-84.0, "mV", "potassium reversal potential"),
        "E_L": (-60.0, "mV", "leak reversal potential"),
        "V_1": (-1.2, "mV", "where half of the calcium channels are open"),
        "V_2": (18.0, "mV", "width of their activation"),
        "V_3": (2.0, "mV", "where half of the potassium channels are open"),
        "V_4": (30.0, "mV", "width of their activation"),
        "phi": (0.04, "1/ms", "least rate of the potassium gate"),
    },
    threshold="v > 0*mV",
    initial={"v": "E_L", "w": "w_inf"},
    name="MorrisLecar",
    reference="10.1016/S0006-3495(81)84782-0",
)
"""Morris and Lecar (1981), the barnacle muscle fibre, of class 2 by default; `MorrisLecarClasses` has both.

``lambda_w`` is ``phi*cosh((v - V_3)/(2*V_4))``. A spike is counted when the potential rises through 0 mV.
"""

MorrisLecarClasses = {
    "class 1": {"g_Ca": 4.0, "V_3": 12.0, "V_4": 17.4, "phi": 0.067},
    "class 2": {"g_Ca": 4.4, "V_3": 2.0, "V_4": 30.0, "phi": 0.04},
}
"""Parameters of both classes of excitability (Rinzel & Ermentrout 1989, "Analysis of neural excitability and
oscillations"), as ``MorrisLecar.copy(**MorrisLecarClasses["class 1"])``.

Class 1 starts to fire at I = 40 uA/cm2 with any rate (saddle-node on an invariant circle), class 2 at
once with about 10 Hz, and comes to rest again at strong currents (Hopf bifurcations at 94 and 212
uA/cm2).
"""
