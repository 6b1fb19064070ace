"""Rate networks: automatic differentiation, layers, losses, optimisers and training."""

from neurosim.rate.activations import (
    ACTIVATIONS,
    Activation,
    Identity,
    Logistic,
    ReLU,
    Softplus,
    Tanh,
    find_activation,
)
from neurosim.rate.adam import Adam
from neurosim.rate.affine import Affine
from neurosim.rate.classifier import MLPClassifier
from neurosim.rate.contract import check_layer
from neurosim.rate.functions import concatenate, einsum, gather, pad, split, stack, where
from neurosim.rate.gradients import grad_check
from neurosim.rate.graph import no_grad
from neurosim.rate.initialisation import glorot, he
from neurosim.rate.jacobian_products import jvp, vjp
from neurosim.rate.layer import Layer
from neurosim.rate.losses import mean_squared_error, softmax_cross_entropy
from neurosim.rate.noise import GaussianNoise
from neurosim.rate.operations import Operation
from neurosim.rate.optimiser import Optimiser
from neurosim.rate.sequential import Sequential
from neurosim.rate.sgd import SGD
from neurosim.rate.soft_lif import SoftLIF
from neurosim.rate.softmax import log_softmax, logsumexp, softmax
from neurosim.rate.training import History, fit
from neurosim.rate.tuning_curve import RateModel, TuningCurve
from neurosim.rate.variable import Variable, apply

__all__ = [
    "ACTIVATIONS",
    "SGD",
    "Activation",
    "Adam",
    "Affine",
    "GaussianNoise",
    "History",
    "Identity",
    "Layer",
    "Logistic",
    "MLPClassifier",
    "Operation",
    "Optimiser",
    "RateModel",
    "ReLU",
    "Sequential",
    "SoftLIF",
    "Softplus",
    "Tanh",
    "TuningCurve",
    "Variable",
    "apply",
    "check_layer",
    "concatenate",
    "einsum",
    "find_activation",
    "fit",
    "gather",
    "glorot",
    "grad_check",
    "he",
    "jvp",
    "log_softmax",
    "logsumexp",
    "mean_squared_error",
    "no_grad",
    "pad",
    "softmax",
    "softmax_cross_entropy",
    "split",
    "stack",
    "vjp",
    "where",
]
