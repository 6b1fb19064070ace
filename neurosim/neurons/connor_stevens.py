"""The crustacean walking-leg axon with an A-current: Connor and Stevens (1971)."""

from neurosim.neurons.channel import Channel
from neurosim.neurons.gate import Gate
from neurosim.neurons.point_neuron import point_neuron

SODIUM = Channel(
    "Na",
    g_max=(120.0, "mS/cm2", "maximal sodium conductance"),
    reversal=(55.0, "mV", "sodium reversal potential"),
    gates=[
        Gate(
            "m",
            power=3,
            alpha="3.8/exprel(-(v + 29.7*mV)/(10*mV))/ms",
            beta="15.2*exp(-0.0556*(v + 54.7*mV)/mV)/ms",
        ),
        Gate(
            "h",
            alpha="0.266*exp(-(v + 48*mV)/(20*mV))/ms",
            beta="3.8/(1 + exp(-(v + 18*mV)/(10*mV)))/ms",
        ),
    ],
)

POTASSIUM = Channel(
    "K",
    g_max=(20.0, "mS/cm2", "maximal conductance of the delayed rectifier"),
    reversal=(-72.0, "mV", "potassium reversal potential"),
    gates=[
        Gate(
            "n",
            power=4,
            alpha="0.2/exprel(-(v + 45.7*mV)/(10*mV))/ms",
            beta="0.25*exp(-(v + 55.7*mV)/(80*mV))/ms",
        ),
    ],
)

A_CURRENT = Channel(
    "A",
    g_max=(47.7, "mS/cm2", "maximal conductance of the A-current"),
    reversal=(-75.0, "mV", "reversal potential of the A-current"),
    gates=[
        Gate(
            "a",
            power=3,
            # A cube root: exp and log vectorise, a power of 1/3 does not.
            steady_state="exp(log(0.0761*exp(0.0314*(v + 94.22*mV)/mV)"
            "/(1 + exp(0.0346*(v + 1.17*mV)/mV)))/3)",
            time_constant="0.3632*ms + 1.158*ms/(1 + exp(0.0497*(v + 55.96*mV)/mV))",
        ),
        Gate(
            "b",
            steady_state="1/(1 + exp(0.0688*(v + 53.3*mV)/mV))**4",
            time_constant="1.24*ms + 2.678*ms/(1 + exp(0.0624*(v + 50*mV)/mV))",
        ),
    ],
)

LEAK = Channel(
    "L",
    g_max=(0.3, "mS/cm2", "leak conductance"),
    reversal=(-17.0, "mV", "leak reversal potential"),
)

ConnorStevens = point_neuron(
    [SODIUM, POTASSIUM, A_CURRENT, LEAK],
    C_m=(1.0, "uF/cm2", "membrane capacitance"),
    initial={"v": "-68*mV"},
    name="ConnorStevens",
    reference="10.1016/S0006-3495(77)85598-7",
)
"""Connor and Stevens (1971) in the form of Connor, Walter and McKown (1977), with the numbers of Dayan and
Abbott, Theoretical Neuroscience (2001), section 6.5.

The A-current, a potassium current that a depolarisation opens and then shuts, delays the first spike and lets
the neuron fire at arbitrarily low rates (type I); without it (``g_A=0`` and a leak that keeps the resting
potential) the same axon is of type II. A spike is counted when the voltage rises through 0 mV.
"""
