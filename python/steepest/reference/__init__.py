"""The readable specification: every activation, loss, metric and update rule of the core in plain float64 NumPy.

Each function is as short as its formula; none is fast. The tests hold the core against them, and they can be read and
compared with: `python -m steepest compare` trains a network with the core and with `reference.fit`, side by side.

The dicts ACTIVATIONS, LOSSES (function, gradient), METRICS (function) and OPTIMIZERS (rule, names of its state) go by
the core's names.

>>> import numpy as np
>>> sigmoid(np.array([0.0])), sigmoid_gradient(np.array([0.0]), np.array([1.0]))
(array([0.5]), array([0.25]))
"""

from steepest.reference.activations import (
    ACTIVATIONS,
    clipped_relu,
    clipped_relu_gradient,
    linear,
    linear_gradient,
    relu,
    relu_gradient,
    sigmoid,
    sigmoid_gradient,
    softmax,
    softmax_gradient,
    tanh,
    tanh_gradient,
)
from steepest.reference.losses import (
    LOSSES,
    binary_crossentropy,
    binary_crossentropy_gradient,
    categorical_crossentropy,
    categorical_crossentropy_gradient,
    mean_squared_error,
    mean_squared_error_gradient,
    one_hot,
    reduce,
    row_scale,
    sparse_categorical_crossentropy,
    sparse_categorical_crossentropy_gradient,
)
from steepest.reference.metrics import (
    METRICS,
    binary_accuracy,
    categorical_accuracy,
    mean_absolute_error,
    sparse_categorical_accuracy,
)
from steepest.reference.network import Network, fit
from steepest.reference.optimizers import (
    OPTIMIZERS,
    adagrad,
    adam,
    adam_amsgrad,
    momentum,
    nesterov,
    rmsprop,
    rmsprop_centered,
    rmsprop_centered_momentum,
    rmsprop_momentum,
    sgd,
)

__all__ = [
    "ACTIVATIONS",
    "LOSSES",
    "METRICS",
    "OPTIMIZERS",
    "Network",
    "adagrad",
    "adam",
    "adam_amsgrad",
    "binary_accuracy",
    "binary_crossentropy",
    "binary_crossentropy_gradient",
    "categorical_accuracy",
    "categorical_crossentropy",
    "categorical_crossentropy_gradient",
    "clipped_relu",
    "clipped_relu_gradient",
    "fit",
    "linear",
    "linear_gradient",
    "mean_absolute_error",
    "mean_squared_error",
    "mean_squared_error_gradient",
    "momentum",
    "nesterov",
    "one_hot",
    "reduce",
    "relu",
    "relu_gradient",
    "rmsprop",
    "rmsprop_centered",
    "rmsprop_centered_momentum",
    "rmsprop_momentum",
    "row_scale",
    "sgd",
    "sigmoid",
    "sigmoid_gradient",
    "softmax",
    "softmax_gradient",
    "sparse_categorical_accuracy",
    "sparse_categorical_crossentropy",
    "sparse_categorical_crossentropy_gradient",
    "tanh",
    "tanh_gradient",
]
