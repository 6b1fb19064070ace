"""The squid giant axon of Hodgkin and Huxley (1952), with voltages in today's convention."""

from neurosim.neurons.channel import Channel
from neurosim.neurons.gate import Gate, q10
from neurosim.neurons.point_neuron import point_neuron

SODIUM = Channel(
    "Na",
    g_max=(120.0, "mS/cm2", "maximal sodium conductance"),
    reversal=(50.0, "mV", "sodium reversal potential: 115 mV above rest"),
    gates=[
        Gate(
            "m",
            power=3,
            alpha="phi/exprel(-(v + 40*mV)/(10*mV))/ms",
            beta="4*phi*exp(-(v + 65*mV)/(18*mV))/ms",
        ),
        Gate(
            "h",
            alpha="0.07*phi*exp(-(v + 65*mV)/(20*mV))/ms",
            beta="phi/(1 + exp(-(v + 35*mV)/(10*mV)))/ms",
        ),
    ],
)

POTASSIUM = Channel(
    "K",
    g_max=(36.0, "mS/cm2", "maximal potassium conductance"),
    reversal=(-77.0, "mV", "potassium reversal potential: 12 mV below rest"),
    gates=[
        Gate(
            "n",
            power=4,
            alpha="0.1*phi/exprel(-(v + 55*mV)/(10*mV))/ms",
            beta="0.125*phi*exp(-(v + 65*mV)/(80*mV))/ms",
        ),
    ],
)

LEAK = Channel(
    "L",
    g_max=(0.3, "mS/cm2", "leak conductance"),
    reversal=(-54.387, "mV", "leak reversal potential: 10.613 mV above rest"),
)

HodgkinHuxley = point_neuron(
    [SODIUM, POTASSIUM, LEAK],
    C_m=(1.0, "uF/cm2", "membrane capacitance"),
    equations=f"phi = {q10(3, '6.3 celsius')} : 1",
    parameters={"T": (6.3, "celsius", "temperature; rates triple every 10 degrees")},
    name="HodgkinHuxley",
    reference="10.1113/jphysiol.1952.sp004764",
)
"""Hodgkin and Huxley (1952): sodium, potassium and leak currents of the squid axon, rest at -65 mV.

The paper measures voltage from rest with the sign reversed; here V = -65 mV - V_1952. A spike is counted when
the voltage rises through 0 mV.
"""
