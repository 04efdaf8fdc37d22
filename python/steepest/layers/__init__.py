"""The layers of a network. Each class says what the core is told of it; the core does the work."""

from steepest.layers.activation import Activation, ReLU, Softmax
from steepest.layers.dense import Dense
from steepest.layers.dropout import Dropout
from steepest.layers.flatten import Flatten
from steepest.layers.input import Input, InputLayer
from steepest.layers.layer import Layer

__all__ = ["Activation", "Dense", "Dropout", "Flatten", "Input", "InputLayer", "Layer", "ReLU", "Softmax"]
