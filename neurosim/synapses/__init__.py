"""Synapses: post-synaptic filters and receptors as equations."""

from neurosim.synapses.psc_filter import PSCFilter
from neurosim.synapses.receptor import Receptor

__all__ = ["PSCFilter", "Receptor"]
