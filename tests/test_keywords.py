"""Wrong keywords to every public class."""

import inspect

import pytest

import neurosim
from neurosim import connectivity, network, rate
from neurosim.errors import ParameterError
from neurosim.keywords import refuse_keywords
from neurosim.neurons import LIF

ARGUMENTS = {
    "AttentionPooling": (4,),
    "AveragePool": (2,),
    "Concatenating": (rate.ReLU(),),
    "ElmanRNN": (3,),
    "GRU": (3,),
    "LSTM": (3,),
    "LeakyRNN": (3,),
    "Lookup": (4, 4),
    "MaxPool": (2,),
    "MultiHeadAttention": (4,),
    "PoissonPopulation": (3, 10.0),
    "Population": (3, LIF),
    "Residual": (rate.ReLU(),),
    **{kind.__name__: ([rate.Variable([0.0])],) for kind in rate.OPTIMISERS.values()},
}
"""Of classes that take any keyword, or whose constructor is that of another class."""


def classes():
    for room in (neurosim, rate, connectivity, network):
        for name in room.__all__:
            kind = getattr(room, name)
            made = inspect.isclass(kind) and not inspect.isabstract(kind) and not issubclass(kind, Exception)
            if made and not getattr(kind, "_is_protocol", False):
                yield name, kind


CLASSES = dict(sorted(classes()))


@pytest.mark.parametrize("name", CLASSES)
def test_a_wrong_keyword_is_said_to_be_one_of_the_class_that_was_called(name):
    with pytest.raises((ParameterError, TypeError)) as caught:
        CLASSES[name](*ARGUMENTS.get(name, ()), bananas=3)
    message = str(caught.value)
    assert name in message or message.startswith("population_")  # populations have names of their own
    assert "bananas" in message or "takes no arguments" in message


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: rate.GRU(8, retuns="all"), "GRU.retuns = 'all': .* Did you mean 'returns'"),
        (lambda: rate.GRU(8, recurent_bias=[0.0]), "GRU.recurent_bias .* Did you mean 'recurrent_bias'"),
        (lambda: rate.LSTM(8, windows=3), "LSTM.windows = 3: .* Did you mean 'window'"),
        (lambda: rate.LeakyRNN(8, tao=3.0), "LeakyRNN.tao = 3.0: .* Did you mean 'tau'"),
        (lambda: rate.MaxPool(2, strid=1), "MaxPool.strid = 1: .* Did you mean 'stride'"),
        (lambda: rate.Lookup(4, 4, heads=2), "Lookup.heads = 2: .* Did you mean 'n_heads'"),
        (lambda: rate.MultiHeadAttention(4, casual=True), "MultiHeadAttention.casual .* mean 'causal'"),
        (
            lambda: neurosim.PoissonPopulation(3, 1.0, rates=2),
            "PoissonPopulation.rates .* mean 'rate'",
        ),
        (lambda: rate.Residual(rate.ReLU(), bananas=1), "Residual.bananas = 1: .* There are layers."),
    ],
)
def test_a_misspelt_keyword_finds_the_argument_that_was_meant(make, message):
    with pytest.raises(ParameterError, match=message):
        make()


def test_a_class_of_ones_own_hands_its_keywords_on():
    class Slow(rate.LSTM):
        def __init__(self, *args, patience=1, **options):
            super().__init__(*args, **options)

    assert Slow(3, patience=2, window=4).window == 4
    with pytest.raises(ParameterError, match=r"Slow.patiences = 1: .* Did you mean 'patience'"):
        Slow(3, patiences=1)
    refuse_keywords(Slow, {})


def test_layers_without_a_description_of_their_own_are_described_as_before():
    assert rate.MaxPool(2, stride=1).description() == {"size": 2, "stride": 1, "padding": 0}
