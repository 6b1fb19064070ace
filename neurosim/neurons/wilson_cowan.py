"""Excitatory and inhibitory populations of a piece of cortex, by their activities alone."""

from neurosim.neurons.model import NeuronModel

SOURCE = "10.1016/S0006-3495(72)86068-5"

WilsonCowan = NeuronModel(
    """
    dE/dt = ((k_e - r_e*E)*S_e - E)/tau_e : 1
    dI/dt = ((k_i - r_i*I)*S_i - I)/tau_i : 1
    S_e = 1/(1 + exp(a_e*(theta_e - x_e))) - s_e : 1
    S_i = 1/(1 + exp(a_i*(theta_i - x_i))) - s_i : 1
    x_e = c1*E - c2*I + P : 1
    x_i = c3*E - c4*I + Q : 1
    s_e = 1/(1 + exp(a_e*theta_e)) : 1
    s_i = 1/(1 + exp(a_i*theta_i)) : 1
    k_e = 1 - s_e : 1
    k_i = 1 - s_i : 1
    P : 1 (input)
    Q : 1 (input)
    """,
    parameters={
        "c1": (16.0, "1", "excitatory to excitatory connections"),
        "c2": (12.0, "1", "inhibitory to excitatory connections"),
        "c3": (15.0, "1", "excitatory to inhibitory connections"),
        "c4": (3.0, "1", "inhibitory to inhibitory connections"),
        "a_e": (1.3, "1", "slope of the excitatory response"),
        "a_i": (2.0, "1", "slope of the inhibitory response"),
        "theta_e": (4.0, "1", "position of the steepest excitatory response"),
        "theta_i": (3.7, "1", "position of the steepest inhibitory response"),
        "r_e": (1.0, "1", "refractory period of the excitatory cells"),
        "r_i": (1.0, "1", "refractory period of the inhibitory cells"),
        "tau_e": (8.0, "ms", "excitatory time constant"),
        "tau_i": (8.0, "ms", "inhibitory time constant"),
    },
    output="E",
    name="WilsonCowan",
    reference=SOURCE,
)
"""Wilson & Cowan (1972), eqs. 11, 12 and 15, with the parameters of fig. 11: a limit cycle at P = 1.25.

E and I are the parts of the cells that fire in unit time, counted from the resting state, so that 0 stands
for rest; `k_e` and `k_i` are the largest values of the responses. P and Q drive the two populations, and E is
passed on. The course of time scales with the time constants, here 8 ms.
"""

WilsonCowanHysteresis = WilsonCowan.copy(
    name="WilsonCowanHysteresis",
    c2=4.0,
    c1=12.0,
    c3=13.0,
    c4=11.0,
    a_e=1.2,
    theta_e=2.8,
    a_i=1.0,
    theta_i=4.0,
)
"""With the parameters of fig. 4: two stable states at P = 0, and hysteresis as P is raised and lowered."""

WilsonCowanUnit = NeuronModel(
    """
    dr/dt = ((k - ref*r)*S - r)/tau : 1
    S = 1/(1 + exp(a*(theta - x))) - s : 1
    s = 1/(1 + exp(a*theta)) : 1
    k = 1 - s : 1
    x : 1 (input)
    """,
    parameters={
        "a": (1.3, "1", "slope of the response"),
        "theta": (4.0, "1", "position of the steepest response"),
        "ref": (1.0, "1", "refractory period of the cells"),
        "tau": (8.0, "ms", "time constant"),
    },
    output="r",
    rate="k*S/(1 + ref*S)",
    name="WilsonCowanUnit",
    reference=SOURCE,
)
"""One population of `WilsonCowan`, to be coupled by projections; as it stands, the excitatory one."""
