"""Layers that are drawn, with their regularizers and constraints."""

from __future__ import annotations

from random import Random
from typing import Any

from .made import Made, maybe

ACTIVATIONS = (
    *("linear", "relu", "tanh", "sigmoid", "softmax", "elu", "selu", "celu", "silu", "mish", "softplus", "softsign"),
    *("leaky_relu", "relu6", "exponential", "hard_sigmoid", "hard_silu", "hard_tanh", "tanh_shrink", "soft_shrink"),
    *("log_sigmoid", "log_softmax", "sparse_plus", "sparse_sigmoid", "squareplus", "hard_shrink", "gelu"),
)
ROUNDED = ("gelu", "leaky_relu")  # on TensorFlow, a constant of each: not for float64


def activation(draw: Random, dtype: str) -> str:
    known = ("tanh", "relu") * 4 + ACTIVATIONS
    return draw.choice([name for name in known if dtype == "float32" or name not in ROUNDED])


def regularizer(draw: Random) -> Made:
    small = draw.choice((2**-4, 2**-6, 2**-8))
    return draw.choice(
        (
            Made("regularizers", "L1", {"l1": small}),
            Made("regularizers", "L2", {"l2": small}),
            Made("regularizers", "L1L2", {"l1": small / 4, "l2": small}),
        )
    )


def kernel_regularizer(draw: Random, units: int, dtype: str) -> Made:
    # Of one column there are no pairs, 0 / 0; on TensorFlow Keras multiplies float64 by float32.
    if units > 1 and dtype == "float32" and draw.random() < 0.25:
        return Made("regularizers", "OrthogonalRegularizer", {"factor": 2**-5, "mode": "columns"})
    return regularizer(draw)


def constraint(draw: Random, axes: tuple[int, ...]) -> Made:
    axis = draw.choice(axes)
    return draw.choice(
        (
            Made("constraints", "MaxNorm", {"max_value": draw.choice((0.5, 1.0, 1.5)), "axis": axis}),
            Made(
                "constraints",
                "MinMaxNorm",
                {"min_value": 0.5, "max_value": 1.25, "rate": draw.choice((0.25, 0.5, 1.0)), "axis": axis},
            ),
            Made("constraints", "NonNeg"),
            Made("constraints", "UnitNorm", {"axis": axis}),
        )
    )


def dense(draw: Random, units: int, function: str, dtype: str) -> Made:
    """The last layer, or one whose input may be of any rank."""
    arguments: dict[str, Any] = {"units": units, "activation": function}
    arguments |= maybe(draw, 0.15, "use_bias", lambda: False)
    arguments |= maybe(draw, 0.2, "kernel_regularizer", lambda: kernel_regularizer(draw, units, dtype))
    arguments |= maybe(draw, 0.15, "bias_regularizer", lambda: regularizer(draw))
    arguments |= maybe(draw, 0.15, "kernel_constraint", lambda: constraint(draw, (0, 1)))
    arguments |= maybe(draw, 0.1, "bias_constraint", lambda: constraint(draw, (0,)))
    arguments |= maybe(draw, 0.1, "activity_regularizer", lambda: regularizer(draw))
    arguments |= maybe(draw, 0.05, "trainable", lambda: False)
    return Made("layers", "Dense", arguments)


def hidden(draw: Random, units: int, dtype: str) -> Made:
    """A layer with a kernel for rows: Dense, at times as EinsumDense."""
    function = activation(draw, dtype)
    if draw.random() < 0.1:
        arguments: dict[str, Any] = {"equation": "ab,bc->ac", "output_shape": units, "activation": function}
        arguments |= maybe(draw, 0.7, "bias_axes", lambda: "c")
        arguments |= maybe(draw, 0.3, "kernel_regularizer", lambda: regularizer(draw))
        arguments |= maybe(draw, 0.3, "kernel_constraint", lambda: constraint(draw, (0, 1)))
        return Made("layers", "EinsumDense", arguments)
    return dense(draw, units, function, dtype)


def embedding(draw: Random) -> Made:
    # On TensorFlow the gradient of an Embedding alone is a list of rows, and Keras squares and clips them before it
    # adds those of the same token. A regularizer makes one matrix of them.
    arguments = {"input_dim": 7, "output_dim": draw.choice((2, 5)), "embeddings_regularizer": regularizer(draw)}
    return Made("layers", "Embedding", arguments)


def merge(draw: Random) -> Made:
    name = draw.choice(("Add", "Concatenate", "Average", "Multiply", "Maximum", "Minimum", "Subtract", "Dot"))
    return Made("layers", name, {"axes": 1} if name == "Dot" else {})


def between(draw: Random, units: int) -> Made:
    """A layer that keeps the width."""
    epsilon = draw.choice((2**-6, 2**-4))
    groups = draw.choice([divisor for divisor in (1, 2, 3, 4, 6) if units % divisor == 0])
    switches = maybe(draw, 0.2, "center", lambda: False) | maybe(draw, 0.2, "scale", lambda: False)
    return draw.choice(
        (
            Made("layers", "BatchNormalization", {"momentum": 0.875, "epsilon": epsilon, **switches}),
            Made("layers", "BatchNormalization", {"momentum": 0.5, "epsilon": epsilon}),
            Made("layers", "LayerNormalization", {"epsilon": epsilon, **switches}),
            Made("layers", "RMSNormalization", {"epsilon": epsilon}),
            Made("layers", "GroupNormalization", {"groups": groups, "epsilon": epsilon, **switches}),
            Made("layers", "UnitNormalization"),
            Made("layers", "ReLU", {"max_value": 2.0, "negative_slope": 0.125, "threshold": 0.0625}),
            Made("layers", "LeakyReLU", {"negative_slope": 0.25}),
            Made("layers", "ELU", {"alpha": 0.5}),
            Made("layers", "PReLU"),
            Made("layers", "Softmax"),
            Made("layers", "Activation", {"activation": draw.choice(("tanh", "softsign", "silu"))}),
            Made("layers", "Rescaling", {"scale": 0.5, "offset": 0.25}),
            Made("layers", "Normalization", {"mean": 0.25, "variance": 4.0}),
            Made("layers", "ActivityRegularization", {"l1": 2**-6, "l2": 2**-7}),
            Made("layers", "Identity"),
            Made("layers", "Dropout", {"rate": 0.0}),
        )
    )
