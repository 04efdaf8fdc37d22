"""The layers of a network. Each class says what the core is told of it; the core does the work."""

from steepest.layers.activation import Activation, ReLU, Softmax
from steepest.layers.activity_regularization import ActivityRegularization
from steepest.layers.batch_normalization import BatchNormalization
from steepest.layers.dense import Dense
from steepest.layers.dot import Dot, dot
from steepest.layers.einsum_dense import EinsumDense
from steepest.layers.embedding import Embedding
from steepest.layers.flatten import Flatten
from steepest.layers.input import Input, InputLayer
from steepest.layers.layer import Layer
from steepest.layers.merging import (
    Add,
    Average,
    Concatenate,
    Maximum,
    Minimum,
    Multiply,
    Subtract,
    add,
    average,
    concatenate,
    maximum,
    minimum,
    multiply,
    subtract,
)
from steepest.layers.noise import AlphaDropout, Dropout, GaussianDropout, GaussianNoise
from steepest.layers.normalization import (
    GroupNormalization,
    LayerNormalization,
    RMSNormalization,
    UnitNormalization,
)
from steepest.layers.preprocessing.category_encoding import CategoryEncoding
from steepest.layers.preprocessing.discretization import Discretization
from steepest.layers.preprocessing.hashing import Hashing
from steepest.layers.preprocessing.integer_lookup import IntegerLookup
from steepest.layers.preprocessing.normalization import Normalization
from steepest.layers.preprocessing.string_lookup import StringLookup
from steepest.layers.rectifiers import ELU, LeakyReLU, PReLU
from steepest.layers.rescaling import Rescaling
from steepest.layers.reshape import Identity, Permute, RepeatVector, Reshape

__all__ = [
    "Activation",
    "ActivityRegularization",
    "Add",
    "AlphaDropout",
    "Average",
    "BatchNormalization",
    "CategoryEncoding",
    "Concatenate",
    "Dense",
    "Discretization",
    "Dot",
    "Dropout",
    "ELU",
    "EinsumDense",
    "Embedding",
    "Flatten",
    "GaussianDropout",
    "GaussianNoise",
    "GroupNormalization",
    "Hashing",
    "Identity",
    "Input",
    "InputLayer",
    "IntegerLookup",
    "Layer",
    "LayerNormalization",
    "LeakyReLU",
    "Maximum",
    "Minimum",
    "Multiply",
    "Normalization",
    "PReLU",
    "Permute",
    "RMSNormalization",
    "ReLU",
    "RepeatVector",
    "Rescaling",
    "Reshape",
    "Softmax",
    "StringLookup",
    "Subtract",
    "UnitNormalization",
    "add",
    "average",
    "concatenate",
    "dot",
    "maximum",
    "minimum",
    "multiply",
    "subtract",
]
