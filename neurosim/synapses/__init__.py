"""Synapses: post-synaptic filters and receptors as equations, and short-term plasticity."""

from neurosim.synapses.alpha import Alpha
from neurosim.synapses.ampa import AMPA
from neurosim.synapses.bi_exponential import BiExponential
from neurosim.synapses.conductance import Conductance
from neurosim.synapses.continuous import Continuous
from neurosim.synapses.contract import check_receptor
from neurosim.synapses.gaba_a import GABA_A
from neurosim.synapses.gaba_b import GABA_B
from neurosim.synapses.gap_junction import GapJunction
from neurosim.synapses.linear_filter import LinearFilter
from neurosim.synapses.nmda import NMDA
from neurosim.synapses.psc_filter import PSCFilter
from neurosim.synapses.receptor import Receptor
from neurosim.synapses.short_term_plasticity import Depressing, Facilitating, ShortTermPlasticity
from neurosim.synapses.two_state import TwoStateKinetics

__all__ = [
    "AMPA",
    "GABA_A",
    "GABA_B",
    "NMDA",
    "Alpha",
    "BiExponential",
    "Conductance",
    "Continuous",
    "Depressing",
    "Facilitating",
    "GapJunction",
    "LinearFilter",
    "PSCFilter",
    "Receptor",
    "ShortTermPlasticity",
    "TwoStateKinetics",
    "check_receptor",
]
