"""The fast-spiking hippocampal interneuron of Wang and Buzsaki (1996)."""

from neurosim.neurons.channel import Channel
from neurosim.neurons.gate import Gate
from neurosim.neurons.point_neuron import point_neuron

SODIUM = Channel(
    "Na",
    g_max=(35.0, "mS/cm2", "maximal sodium conductance"),
    reversal=(55.0, "mV", "sodium reversal potential"),
    gates=[
        Gate(
            "m",
            power=3,
            alpha="1/exprel(-(v + 35*mV)/(10*mV))/ms",
            beta="4*exp(-(v + 60*mV)/(18*mV))/ms",
            instantaneous=True,
        ),
        Gate(
            "h",
            alpha="0.07*exp(-(v + 58*mV)/(20*mV))/ms",
            beta="1/(1 + exp(-(v + 28*mV)/(10*mV)))/ms",
            phi="phi",
        ),
    ],
)

POTASSIUM = Channel(
    "K",
    g_max=(9.0, "mS/cm2", "maximal potassium conductance"),
    reversal=(-90.0, "mV", "potassium reversal potential"),
    gates=[
        Gate(
            "n",
            power=4,
            alpha="0.1/exprel(-(v + 34*mV)/(10*mV))/ms",
            beta="0.125*exp(-(v + 44*mV)/(80*mV))/ms",
            phi="phi",
        ),
    ],
)

LEAK = Channel(
    "L",
    g_max=(0.1, "mS/cm2", "leak conductance"),
    reversal=(-65.0, "mV", "leak reversal potential"),
)

WangBuzsaki = point_neuron(
    [SODIUM, POTASSIUM, LEAK],
    C_m=(1.0, "uF/cm2", "membrane capacitance"),
    parameters={
        "phi": (5.0, "1", "speed of the gates; 3.33 makes the neuron hyperpolarise more after spikes")
    },
    name="WangBuzsaki",
    reference="10.1523/JNEUROSCI.16-20-06402.1996",
)
"""Wang and Buzsaki (1996): an interneuron with fast spikes, brief afterhyperpolarisation and no adaptation.

Its sodium activation is instantaneous. The model is of type I: firing begins at 0.16 uA/cm2 at an arbitrarily
low rate, and reaches 400 Hz at 20 uA/cm2. A spike is counted when the voltage rises through 0 mV.
"""
