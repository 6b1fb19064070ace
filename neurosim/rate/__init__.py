"""Rate networks: automatic differentiation, layers, losses, optimisers and training."""

from neurosim.rate.activations.activation import Activation
from neurosim.rate.activations.activation_names import ACTIVATIONS, find_activation
from neurosim.rate.activations.activations import (
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
from neurosim.rate.activations.parametric_relu import ParametricReLU
from neurosim.rate.activations.soft_lif import SoftLIF
from neurosim.rate.activations.tuning_curve import RateModel, TuningCurve
from neurosim.rate.activations.vector_activations import LogSoftmax, Maxout, OneHot, Softmax, VectorActivation
from neurosim.rate.associative.attention import attention, attention_weights
from neurosim.rate.associative.attention_pooling import AttentionPooling
from neurosim.rate.associative.lookup import Lookup
from neurosim.rate.associative.multi_head_attention import MultiHeadAttention
from neurosim.rate.autodiff.functions import concatenate, einsum, gather, pad, split, stack, where
from neurosim.rate.autodiff.gradients import grad_check
from neurosim.rate.autodiff.graph import no_grad
from neurosim.rate.autodiff.jacobian_products import jvp, vjp
from neurosim.rate.autodiff.operations import Operation
from neurosim.rate.autodiff.softmax import log_softmax, logsumexp, softmax
from neurosim.rate.autodiff.variable import Variable, apply
from neurosim.rate.boolean_network import boolean_network
from neurosim.rate.estimators.autoencoder import Autoencoder
from neurosim.rate.estimators.classifier import MLPClassifier
from neurosim.rate.estimators.echo_state import EchoStateRegressor
from neurosim.rate.estimators.estimator import Estimator
from neurosim.rate.estimators.linear_regression import LinearRegression
from neurosim.rate.estimators.logistic_regression import LogisticRegression
from neurosim.rate.estimators.margin import Margin, largest_margin
from neurosim.rate.estimators.mlp import MLP
from neurosim.rate.estimators.perceptron import Perceptron
from neurosim.rate.estimators.regressor import MLPRegressor
from neurosim.rate.implicants import fewest_implicants, prime_implicants, truth_table_inputs
from neurosim.rate.layers.affine import Affine
from neurosim.rate.layers.average_pool import AveragePool
from neurosim.rate.layers.batch_norm import BatchNorm
from neurosim.rate.layers.branches import Branches
from neurosim.rate.layers.composite import Composite
from neurosim.rate.layers.contract import check_layer
from neurosim.rate.layers.convolution import Convolution
from neurosim.rate.layers.embedding import Embedding
from neurosim.rate.layers.global_pool import GlobalAveragePool, GlobalMaxPool
from neurosim.rate.layers.initialisation import (
    INITIALISERS,
    glorot_normal,
    glorot_uniform,
    he_normal,
    he_uniform,
    initialise,
    orthogonal,
)
from neurosim.rate.layers.layer import Layer
from neurosim.rate.layers.layer_norm import LayerNorm
from neurosim.rate.layers.local_response_norm import LocalResponseNorm
from neurosim.rate.layers.max_pool import MaxPool
from neurosim.rate.layers.noise import Dropout, GaussianNoise
from neurosim.rate.layers.pool import Pool
from neurosim.rate.layers.repeat import Repeat
from neurosim.rate.layers.reshape import Flatten, Reshape
from neurosim.rate.layers.saliency import gradient_saliency, occlusion_saliency
from neurosim.rate.layers.sequential import Sequential
from neurosim.rate.layers.skips import Concatenating, Residual
from neurosim.rate.layers.stochastic import StochasticLayer
from neurosim.rate.layers.upsample import Upsample
from neurosim.rate.losses.classification_losses import (
    binary_cross_entropy,
    hinge,
    softmax_cross_entropy,
    softmax_kl_divergence,
)
from neurosim.rate.losses.gaussian_losses import gaussian_kl_divergence, gaussian_nll
from neurosim.rate.losses.losses import LOSSES, find_loss
from neurosim.rate.losses.regression_losses import huber, mean_absolute_error, mean_squared_error
from neurosim.rate.optimisers.adadelta import AdaDelta
from neurosim.rate.optimisers.adagrad import AdaGrad
from neurosim.rate.optimisers.adam import Adam, AdamW
from neurosim.rate.optimisers.adamax import AdaMax
from neurosim.rate.optimisers.minimisation import Minimum, minimise
from neurosim.rate.optimisers.nadam import NAdam
from neurosim.rate.optimisers.optimiser import Optimiser
from neurosim.rate.optimisers.optimiser_contract import check_optimiser
from neurosim.rate.optimisers.optimisers import OPTIMISERS, find_optimiser
from neurosim.rate.optimisers.plateau import ReduceOnPlateau
from neurosim.rate.optimisers.rmsprop import RMSProp
from neurosim.rate.optimisers.schedule import EachEpoch, Schedule, WarmUp
from neurosim.rate.optimisers.schedules import (
    CosineDecay,
    Cyclical,
    ExponentialDecay,
    InverseDecay,
    StepDecay,
)
from neurosim.rate.optimisers.sgd import SGD
from neurosim.rate.recurrent.bidirectional import Bidirectional
from neurosim.rate.recurrent.elman_rnn import ElmanRNN
from neurosim.rate.recurrent.gru import GRU
from neurosim.rate.recurrent.jordan_rnn import JordanRNN
from neurosim.rate.recurrent.leaky_rnn import LeakyRNN
from neurosim.rate.recurrent.lstm import LSTM
from neurosim.rate.recurrent.recurrent import RecurrentLayer
from neurosim.rate.training.early_stopping import EarlyStopping
from neurosim.rate.training.gradient_flow import GradientFlow, gradient_flow
from neurosim.rate.training.history import History
from neurosim.rate.training.rate_finder import RateSearch, find_learning_rate
from neurosim.rate.training.training import fit

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
    "Pool",
    "RMSProp",
    "RateModel",
    "RateSearch",
    "ReLU",
    "RecurrentLayer",
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
