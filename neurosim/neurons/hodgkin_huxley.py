"""The squid giant axon of Hodgkin and Huxley (1952), with voltages in today's convention."""

from neurosim.neurons.model import NeuronModel

HodgkinHuxley = NeuronModel(
    """
    dv/dt = (I - I_Na - I_K - I_L)/C_m : mV
    dm/dt = alpha_m*(1 - m) - beta_m*m : 1
    dh/dt = alpha_h*(1 - h) - beta_h*h : 1
    dn/dt = alpha_n*(1 - n) - beta_n*n : 1

    I_Na = g_Na*m**3*h*(v - E_Na) : uA/cm2
    I_K  = g_K*n**4*(v - E_K)     : uA/cm2
    I_L  = g_L*(v - E_L)          : uA/cm2

    alpha_m = phi/exprel(-(v + 40*mV)/(10*mV))/ms      : 1/ms
    beta_m  = 4*phi*exp(-(v + 65*mV)/(18*mV))/ms       : 1/ms
    alpha_h = 0.07*phi*exp(-(v + 65*mV)/(20*mV))/ms    : 1/ms
    beta_h  = phi/(1 + exp(-(v + 35*mV)/(10*mV)))/ms   : 1/ms
    alpha_n = 0.1*phi/exprel(-(v + 55*mV)/(10*mV))/ms  : 1/ms
    beta_n  = 0.125*phi*exp(-(v + 65*mV)/(80*mV))/ms   : 1/ms

    phi = 3**((T - 6.3*celsius)/(10*celsius)) : 1
    I : uA/cm2 (input)
    """,
    parameters={
        "g_Na": (120.0, "mS/cm2", "maximal sodium conductance"),
        "g_K": (36.0, "mS/cm2", "maximal potassium conductance"),
        "g_L": (0.3, "mS/cm2", "leak conductance"),
        "E_Na": (50.0, "mV", "sodium reversal potential: 115 mV above rest"),
        "E_K": (-77.0, "mV", "potassium reversal potential: 12 mV below rest"),
        "E_L": (-54.387, "mV", "leak reversal potential: 10.613 mV above rest"),
        "C_m": (1.0, "uF/cm2", "membrane capacitance"),
        "T": (6.3, "celsius", "temperature; rates triple every 10 degrees"),
    },
    threshold="v > 0*mV",
    initial={
        "v": "-65*mV",
        "m": "alpha_m/(alpha_m + beta_m)",
        "h": "alpha_h/(alpha_h + beta_h)",
        "n": "alpha_n/(alpha_n + beta_n)",
    },
    name="HodgkinHuxley",
    reference="10.1113/jphysiol.1952.sp004764",
)
"""Hodgkin and Huxley (1952): sodium, potassium and leak currents of the squid axon, rest at -65 mV.

The paper measures voltage from rest with the sign reversed; here V = -65 mV - V_1952. A spike is counted when
the voltage rises through 0 mV.
"""
