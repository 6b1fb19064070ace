"""Neuron models: one a file, equations as in the paper."""

from neurosim.neurons.adaptive_lif import AdaptiveLIF
from neurosim.neurons.adex import AdEx
from neurosim.neurons.adex_patterns import AdExPatterns
from neurosim.neurons.calcium import CalciumPool, calcium_activated_potassium
from neurosim.neurons.channel import Channel
from neurosim.neurons.connor_stevens import ConnorStevens
from neurosim.neurons.contract import NeuronContractError, check_neuron_model
from neurosim.neurons.exponential import ExponentialIF
from neurosim.neurons.firing_pattern import FiringPattern
from neurosim.neurons.fitzhugh_nagumo import FitzHughNagumo
from neurosim.neurons.gate import Gate, q10
from neurosim.neurons.hindmarsh_rose import HindmarshRose
from neurosim.neurons.hodgkin_huxley import HodgkinHuxley
from neurosim.neurons.ions import Ion, ghk_voltage, nernst, pump_resting_potential
from neurosim.neurons.izhikevich import Izhikevich, IzhikevichTypes
from neurosim.neurons.izhikevich_patterns import IzhikevichAccommodation, IzhikevichClass1, IzhikevichPatterns
from neurosim.neurons.lapicque import Lapicque
from neurosim.neurons.leaky_integrator import LeakyIntegrator
from neurosim.neurons.leaky_rate import LeakyPotential, LeakyRate
from neurosim.neurons.lif import LIF
from neurosim.neurons.lif_rate import LIFRate
from neurosim.neurons.markov_gate import markov_gate
from neurosim.neurons.mihalas_niebur import MihalasNiebur
from neurosim.neurons.mihalas_niebur_patterns import MihalasNieburPatterns
from neurosim.neurons.model import NeuronModel
from neurosim.neurons.morris_lecar import MorrisLecar, MorrisLecarClasses
from neurosim.neurons.perfect_integrator import PerfectIntegrator
from neurosim.neurons.point_neuron import point_neuron
from neurosim.neurons.pospischil import PospischilFS, PospischilIB, PospischilLTS, PospischilRS
from neurosim.neurons.quadratic import QuadraticIF
from neurosim.neurons.rate_source import RateSource
from neurosim.neurons.traub_miles import TraubMiles
from neurosim.neurons.wang_buzsaki import WangBuzsaki
from neurosim.neurons.wilson_cowan import WilsonCowan, WilsonCowanHysteresis, WilsonCowanUnit

__all__ = [
    "LIF",
    "AdEx",
    "AdExPatterns",
    "AdaptiveLIF",
    "CalciumPool",
    "Channel",
    "ConnorStevens",
    "ExponentialIF",
    "FiringPattern",
    "FitzHughNagumo",
    "Gate",
    "HindmarshRose",
    "HodgkinHuxley",
    "Ion",
    "Izhikevich",
    "IzhikevichAccommodation",
    "IzhikevichClass1",
    "IzhikevichPatterns",
    "IzhikevichTypes",
    "LIFRate",
    "Lapicque",
    "LeakyIntegrator",
    "LeakyPotential",
    "LeakyRate",
    "MihalasNiebur",
    "MihalasNieburPatterns",
    "MorrisLecar",
    "MorrisLecarClasses",
    "NeuronContractError",
    "NeuronModel",
    "PerfectIntegrator",
    "PospischilFS",
    "PospischilIB",
    "PospischilLTS",
    "PospischilRS",
    "QuadraticIF",
    "RateSource",
    "TraubMiles",
    "WangBuzsaki",
    "WilsonCowan",
    "WilsonCowanHysteresis",
    "WilsonCowanUnit",
    "calcium_activated_potassium",
    "check_neuron_model",
    "ghk_voltage",
    "markov_gate",
    "nernst",
    "point_neuron",
    "pump_resting_potential",
    "q10",
]
