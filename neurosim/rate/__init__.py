"""Rate networks: automatic differentiation, layers, losses, optimisers and training."""

from neurosim.rate.activation import Activation
from neurosim.rate.activation_names import ACTIVATIONS, find_activation
from neurosim.rate.activations import (
    ELU,
    GELU,
    Arctan,
    Identity,
    LeakyReLU,
    Logistic,
    ReLU,
    Softplus,
    Swish,
    Tanh,
    Threshold,
)
from neurosim.rate.adadelta import AdaDelta
from neurosim.rate.adagrad import AdaGrad
from neurosim.rate.adam import Adam, AdamW
from neurosim.rate.adamax import AdaMax
from neurosim.rate.affine import Affine
from neurosim.rate.attention import attention, attention_weights
from neurosim.rate.attention_pooling import AttentionPooling
from neurosim.rate.autoencoder import Autoencoder
from neurosim.rate.average_pool import AveragePool
from neurosim.rate.batch_norm import BatchNorm
from neurosim.rate.bidirectional import Bidirectional
from neurosim.rate.boolean_network import boolean_network
from neurosim.rate.branches import Branches
from neurosim.rate.classification_losses import (
    binary_cross_entropy,
    hinge,
    softmax_cross_entropy,
    softmax_kl_divergence,
)
from neurosim.rate.classifier import MLPClassifier
from neurosim.rate.composite import Composite
from neurosim.rate.contract import check_layer
from neurosim.rate.convolution import Convolution
from neurosim.rate.early_stopping import EarlyStopping
from neurosim.rate.echo_state import EchoStateRegressor
from neurosim.rate.elman_rnn import ElmanRNN
from neurosim.rate.embedding import Embedding
from neurosim.rate.estimator import Estimator
from neurosim.rate.functions import concatenate, einsum, gather, pad, split, stack, where
from neurosim.rate.gaussian_losses import gaussian_kl_divergence, gaussian_nll
from neurosim.rate.global_pool import GlobalAveragePool, GlobalMaxPool
from neurosim.rate.gradient_flow import GradientFlow, gradient_flow
from neurosim.rate.gradients import grad_check
from neurosim.rate.graph import no_grad
from neurosim.rate.gru import GRU
from neurosim.rate.history import History
from neurosim.rate.implicants import fewest_implicants, prime_implicants, truth_table_inputs
from neurosim.rate.initialisation import (
    INITIALISERS,
    glorot_normal,
    glorot_uniform,
    he_normal,
    he_uniform,
    initialise,
    orthogonal,
)
from neurosim.rate.jacobian_products import jvp, vjp
from neurosim.rate.jordan_rnn import JordanRNN
from neurosim.rate.layer import Layer
from neurosim.rate.layer_norm import LayerNorm
from neurosim.rate.leaky_rnn import LeakyRNN
from neurosim.rate.linear_regression import LinearRegression
from neurosim.rate.local_response_norm import LocalResponseNorm
from neurosim.rate.logistic_regression import LogisticRegression
from neurosim.rate.lookup import Lookup
from neurosim.rate.losses import LOSSES, find_loss
from neurosim.rate.lstm import LSTM
from neurosim.rate.margin import Margin, largest_margin
from neurosim.rate.max_pool import MaxPool
from neurosim.rate.minimisation import Minimum, minimise
from neurosim.rate.mlp import MLP
from neurosim.rate.multi_head_attention import MultiHeadAttention
from neurosim.rate.nadam import NAdam
from neurosim.rate.noise import Dropout, GaussianNoise
from neurosim.rate.operations import Operation
from neurosim.rate.optimiser import Optimiser
from neurosim.rate.optimiser_contract import check_optimiser
from neurosim.rate.optimisers import OPTIMISERS, find_optimiser
from neurosim.rate.parametric_relu import ParametricReLU
from neurosim.rate.perceptron import Perceptron
from neurosim.rate.plateau import ReduceOnPlateau
from neurosim.rate.rate_finder import RateSearch, find_learning_rate
from neurosim.rate.regression_losses import huber, mean_absolute_error, mean_squared_error
from neurosim.rate.regressor import MLPRegressor
from neurosim.rate.repeat import Repeat
from neurosim.rate.reshape import Flatten, Reshape
from neurosim.rate.rmsprop import RMSProp
from neurosim.rate.saliency import gradient_saliency, occlusion_saliency
from neurosim.rate.schedule import EachEpoch, Schedule, WarmUp
from neurosim.rate.schedules import CosineDecay, Cyclical, ExponentialDecay, InverseDecay, StepDecay
from neurosim.rate.sequential import Sequential
from neurosim.rate.sgd import SGD
from neurosim.rate.skips import Concatenating, Residual
from neurosim.rate.soft_lif import SoftLIF
from neurosim.rate.softmax import log_softmax, logsumexp, softmax
from neurosim.rate.stochastic import StochasticLayer
from neurosim.rate.training import fit
from neurosim.rate.tuning_curve import RateModel, TuningCurve
from neurosim.rate.upsample import Upsample
from neurosim.rate.variable import Variable, apply
from neurosim.rate.vector_activations import LogSoftmax, Maxout, OneHot, Softmax, VectorActivation

__all__ = [
    "ACTIVATIONS",
    "ELU",
    "GELU",
    "GRU",
    "INITIALISERS",
    "LOSSES",
    "LSTM",
    "MLP",
    "OPTIMISERS",
    "SGD",
    "Activation",
    "AdaDelta",
    "AdaGrad",
    "AdaMax",
    "Adam",
    "AdamW",
    "Affine",
    "Arctan",
    "AttentionPooling",
    "Autoencoder",
    "AveragePool",
    "BatchNorm",
    "Bidirectional",
    "Branches",
    "Composite",
    "Concatenating",
    "Convolution",
    "CosineDecay",
    "Cyclical",
    "Dropout",
    "EachEpoch",
    "EarlyStopping",
    "EchoStateRegressor",
    "ElmanRNN",
    "Embedding",
    "Estimator",
    "ExponentialDecay",
    "Flatten",
    "GaussianNoise",
    "GlobalAveragePool",
    "GlobalMaxPool",
    "GradientFlow",
    "History",
    "Identity",
    "InverseDecay",
    "JordanRNN",
    "Layer",
    "LayerNorm",
    "LeakyRNN",
    "LeakyReLU",
    "LinearRegression",
    "LocalResponseNorm",
    "LogSoftmax",
    "Logistic",
    "LogisticRegression",
    "Lookup",
    "MLPClassifier",
    "MLPRegressor",
    "Margin",
    "MaxPool",
    "Maxout",
    "Minimum",
    "MultiHeadAttention",
    "NAdam",
    "OneHot",
    "Operation",
    "Optimiser",
    "ParametricReLU",
    "Perceptron",
    "RMSProp",
    "RateModel",
    "RateSearch",
    "ReLU",
    "ReduceOnPlateau",
    "Repeat",
    "Reshape",
    "Residual",
    "Schedule",
    "Sequential",
    "SoftLIF",
    "Softmax",
    "Softplus",
    "StepDecay",
    "StochasticLayer",
    "Swish",
    "Tanh",
    "Threshold",
    "TuningCurve",
    "Upsample",
    "Variable",
    "VectorActivation",
    "WarmUp",
    "apply",
    "attention",
    "attention_weights",
    "binary_cross_entropy",
    "boolean_network",
    "check_layer",
    "check_optimiser",
    "concatenate",
    "einsum",
    "fewest_implicants",
    "find_activation",
    "find_learning_rate",
    "find_loss",
    "find_optimiser",
    "fit",
    "gather",
    "gaussian_kl_divergence",
    "gaussian_nll",
    "glorot_normal",
    "glorot_uniform",
    "grad_check",
    "gradient_flow",
    "gradient_saliency",
    "he_normal",
    "he_uniform",
    "hinge",
    "huber",
    "initialise",
    "jvp",
    "largest_margin",
    "log_softmax",
    "logsumexp",
    "mean_absolute_error",
    "mean_squared_error",
    "minimise",
    "no_grad",
    "occlusion_saliency",
    "orthogonal",
    "pad",
    "prime_implicants",
    "softmax",
    "softmax_cross_entropy",
    "softmax_kl_divergence",
    "split",
    "stack",
    "truth_table_inputs",
    "vjp",
    "where",
]
