"""Published systems, built from the library: one file each.

Every module has a function ``run(folder, *, quick, seed, progress)`` that writes its figures into an
`OutputFolder` and returns a `ModelRun`; one that learns images may take a ``mnist_dir`` besides, one that
learns language a ``text``.
"""

from __future__ import annotations

import difflib
import importlib
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from neurosim.errors import ParameterError

__all__ = ["MODELS", "ModelRun", "find_model"]

MODELS = {
    "hodgkin_huxley_1952": "The squid giant axon: action potentials, gates and firing rate against current",
    "lif_network": "4,000 LIF neurons with current-based synapses: irregular activity (Vogels & Abbott 2005)",
    "cuba": "The same network by its name as a benchmark (Brette et al. 2007)",
    "coba": "4,000 LIF neurons with synaptic conductances (Brette et al. 2007)",
    "cobahh": "4,000 Hodgkin-Huxley neurons with synaptic conductances (Brette et al. 2007)",
    "wilson_cowan_1972": "Excitatory and inhibitory populations: hysteresis and a limit cycle",
    "brunel_2000": "12,500 LIF neurons with 15.6 million synapses, active and irregular (Brunel 2000)",
    "perceptron": "Rosenblatt's rule: the line that moves, its corrections and their bound, the pocket",
    "boolean_networks": "All functions of two inputs by threshold units, and what more inputs ask for",
    "digit_perceptron": "A perceptron on handwritten digits, its hidden units rate or LIF neurons",
    "lenet5": "Two layers of convolution read handwritten digits (LeCun et al. 1998)",
    "fully_convolutional": "Convolutions only find the pixels of digits on noise (Long et al. 2015)",
    "unet_small": "A U-Net finds the pixels of digits on noise (Ronneberger et al. 2015)",
    "inception_block": "Windows of several sizes side by side read digits (Szegedy et al. 2015)",
    "vgg_small": "Stacks of 3x3 kernels read digits (Simonyan & Zisserman 2015)",
    "residual_cnn": "Up to 44 layers of convolution with and without skips (He et al. 2016)",
    "transfer_learning": "Features learnt on five digits, reused for the others (Yosinski et al. 2014)",
    "jordan_1986": "Plans that unfold into actions, and a cycle that draws the network in (Jordan 1986)",
    "elman_1990": "Exclusive or in time, and a grammar, by context units (Elman 1990)",
    "lstm_1997": "Sums over a hundred steps that a plain network forgets (Hochreiter & Schmidhuber 1997)",
    "echo_state": "A fixed reservoir remembers its input and foretells chaos (Jaeger & Haas 2004)",
    "character_rnn": "Gated units learn a small grammar, or your text, letter by letter (Graves 2013)",
    "optimisers": "Paths of nine optimisers on a bent valley and on a saddle (Rosenbrock 1960)",
    "mlp_mnist": "A perceptron on MNIST, at least 98 %, or on the bundled digits",
    "variational_autoencoder": "Digits on a plane, all of which decodes to digits (Kingma & Welling 2014)",
    "overfitting": "Six samples learnt by heart, and six remedies side by side (Bishop 1995)",
    "autoencoder": "Five patterns of eight bits through three units, weights tied and untied",
    "universal_approximation": "Steps, bumps, and any function: the constructive proof (Cybenko 1989)",
    "depth_separation": "Saw-teeth that one layer needs exponentially many units for (Telgarsky 2015)",
    "vanishing_gradients": "Gradients through 30 layers, by activation and initialisation, and the theory",
    "hopfield_letters": "Four letters in 36 units, recalled from damaged ones (Hopfield 1982)",
    "hopfield_spiking": "One Hopfield memory in binary, continuous, LIF and Hodgkin-Huxley units",
    "modern_hopfield": "Noisy digits recalled by one step of attention, and by the classical memory",
    "hopfield_capacity": "How many patterns a Hopfield memory holds, and the theory (Amit et al. 1985)",
}
"""Name and one line about each."""


class ModelRun(NamedTuple):
    """What a run of a model gave.

    Attributes
    ----------
    summary : str
        A line with the model's main number.
    written : list of Path
        The figures.
    """

    summary: str
    written: list[Path]


def find_model(name: str) -> ModuleType:
    """Return the module of a model.

    Raises
    ------
    ParameterError
        If there is none of that name; near ones are suggested.
    """
    if name not in MODELS:
        near = difflib.get_close_matches(name, MODELS, n=1, cutoff=0.4) if isinstance(name, str) else []
        hint = f"Did you mean {near[0]!r}?" if near else "See 'neurosim list'."
        raise ParameterError("model", name, f"must be one of {', '.join(MODELS)}", hint)
    return importlib.import_module(f"neurosim.models.{name}")
