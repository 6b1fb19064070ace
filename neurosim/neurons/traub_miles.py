"""The neuron of Traub and Miles (1991), as the benchmark network COBAHH uses it."""

from neurosim.neurons.channel import Channel
from neurosim.neurons.gate import Gate
from neurosim.neurons.point_neuron import point_neuron

SODIUM_GATES = [
    Gate(
        "m",
        power=3,
        alpha="1.28/exprel(-(v - V_T - 13*mV)/(4*mV))/ms",
        beta="1.4/exprel((v - V_T - 40*mV)/(5*mV))/ms",
    ),
    Gate(
        "h",
        alpha="0.128*exp(-(v - V_T - 17*mV)/(18*mV))/ms",
        beta="4/(1 + exp(-(v - V_T - 40*mV)/(5*mV)))/ms",
    ),
]
"""Kinetics of the spike's sodium current; all voltages are counted from ``V_T``."""

POTASSIUM_GATES = [
    Gate(
        "n",
        power=4,
        alpha="0.16/exprel(-(v - V_T - 15*mV)/(5*mV))/ms",
        beta="0.5*exp(-(v - V_T - 10*mV)/(40*mV))/ms",
    ),
]
"""Kinetics of the delayed rectifier."""

TraubMiles = point_neuron(
    [
        Channel(
            "Na",
            g_max=(20.0, "uS", "maximal sodium conductance: 100 mS/cm2"),
            reversal=(50.0, "mV", "sodium reversal potential"),
            gates=SODIUM_GATES,
        ),
        Channel(
            "K",
            g_max=(6.0, "uS", "maximal conductance of the delayed rectifier: 30 mS/cm2"),
            reversal=(-90.0, "mV", "potassium reversal potential"),
            gates=POTASSIUM_GATES,
        ),
        Channel(
            "L",
            g_max=(10.0, "nS", "leak conductance: 0.05 mS/cm2"),
            reversal=(-60.0, "mV", "leak reversal potential"),
        ),
    ],
    C_m=(200.0, "pF", "membrane capacitance: 1 uF/cm2 on 20000 um2"),
    parameters={"V_T": (-63.0, "mV", "shifts the threshold: voltage that the rates count from")},
    initial={"v": "E_L"},
    threshold="v > -20*mV",
    name="TraubMiles",
    reference="10.1007/s10827-007-0038-6",
)
"""Traub and Miles (1991) in the form of Brette et al. (2007), benchmark 3: a whole cell of 20000 um2.

Currents are in pA, so that synaptic conductances in nS fit. With the benchmark's numbers the neuron has no
rest: alone, it fires 14 times a second. With ``E_L=-65`` it rests at -64.8 mV. A spike is counted when the
voltage rises through -20 mV, as in the benchmark.
"""
