"""The layers of a network. Each class says what the core is told of it; the core does the work."""

from steepest.layers.activation import Activation, ReLU, Softmax
from steepest.layers.batch_normalization import BatchNormalization
from steepest.layers.dense import Dense
from steepest.layers.dropout import Dropout
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
from steepest.layers.normalization import (
    GroupNormalization,
    LayerNormalization,
    RMSNormalization,
    UnitNormalization,
)
from steepest.layers.reshape import Identity, Reshape

__all__ = [
    "Activation",
    "Add",
    "Average",
    "BatchNormalization",
    "Concatenate",
    "Dense",
    "Dropout",
    "Flatten",
    "GroupNormalization",
    "Identity",
    "Input",
    "InputLayer",
    "Layer",
    "LayerNormalization",
    "Maximum",
    "Minimum",
    "Multiply",
    "RMSNormalization",
    "ReLU",
    "Reshape",
    "Softmax",
    "Subtract",
    "UnitNormalization",
    "add",
    "average",
    "concatenate",
    "maximum",
    "minimum",
    "multiply",
    "subtract",
]
