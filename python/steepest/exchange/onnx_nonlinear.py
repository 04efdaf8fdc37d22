"""Activations of ONNX as layers."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from steepest import layers
from steepest.exchange.onnx_nodes import Call, Tensor

# {operator: (activation, {attribute: the value that it must have})}
_ACTIVATIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "Relu": ("relu", {}),
    "Sigmoid": ("sigmoid", {}),
    "Tanh": ("tanh", {}),
    "Softplus": ("softplus", {}),
    "Softsign": ("softsign", {}),
    "Exp": ("exponential", {}),
    "Selu": ("selu", {"alpha": 1.6732632, "gamma": 1.0507010}),
    "Elu": ("elu", {"alpha": 1.0}),
    "Celu": ("celu", {"alpha": 1.0}),
    "Mish": ("mish", {}),
    "HardSwish": ("hard_silu", {}),
    "Gelu": ("gelu", {"approximate": "none"}),
    "HardSigmoid": ("hard_sigmoid", {"alpha": 1 / 6, "beta": 0.5}),
    "Softmax": ("softmax", {}),
    "LogSoftmax": ("log_softmax", {}),
}
_DEFAULTS = {"HardSigmoid": {"alpha": 0.2}}  # of ONNX, where they are others than those above


def activation_of(call: Call, rank: int) -> str | None:
    """The activation that a node is, on tensors with so many axes behind the batch's; None if it is none."""
    if call.name not in _ACTIVATIONS:
        return None
    name, values = _ACTIVATIONS[call.name]
    given = {key: call.take(key, _DEFAULTS.get(call.name, {}).get(key, value)) for key, value in values.items()}
    if name in ("softmax", "log_softmax"):
        axis = call.take("axis", -1 if call.reader.opset >= 13 else 1)
        if axis not in (-1, rank):
            return None
    close = all(
        one == values[key] if isinstance(one, str) else math.isclose(one, values[key], rel_tol=1e-6)
        for key, one in given.items()
    )
    return name if close and not call.attributes else None


def _activation(call: Call) -> Tensor:
    x = call.tensor(0)
    name = activation_of(call, len(x.rest))
    if name is None:
        raise ValueError(f"expected what {_ACTIVATIONS[call.name][0]!r} computes, over the last axis")
    return call.applied(call.layer(layers.Activation, name), x)


def _elu(call: Call) -> Tensor:
    return call.applied(call.layer(layers.ELU, call.take("alpha", 1.0)), call.tensor(0))


def _leaky_relu(call: Call) -> Tensor:
    return call.applied(call.layer(layers.LeakyReLU, call.take("alpha", 0.01)), call.tensor(0))


def _thresholded_relu(call: Call) -> Tensor:
    return call.applied(call.layer(layers.ReLU, threshold=call.take("alpha", 1.0)), call.tensor(0))


def _prelu(call: Call) -> Tensor:
    x, slope = call.tensor(0), call.numbers(1)
    sizes = x.sizes
    while slope.ndim > len(sizes) and slope.shape[0] == 1:
        slope = slope[0]
    slope = slope.reshape((1,) * (len(sizes) - slope.ndim) + slope.shape)
    shared = [axis + 1 for axis in range(len(sizes)) if slope.shape[axis] == 1 != sizes[axis]]
    return call.applied(call.layer(layers.PReLU, shared_axes=shared or None), x, [slope])


def _clip(call: Call) -> Tensor:
    """min(max(x, least), most), as a rectifier between two shifts."""
    x = call.tensor(0)
    if call.reader.opset < 11:
        least, most = call.take("min", -math.inf), call.take("max", math.inf)
    else:
        least = call.number(1) if call.has(1) else -math.inf
        most = call.number(2) if call.has(2) else math.inf
    if (least, most) == (-1.0, 1.0):
        return call.applied(call.layer(layers.Activation, "hard_tanh"), x)
    if not math.isfinite(least) or not least <= most:
        raise ValueError(f"expected a lower bound, and an upper one above it or none. Received: {least} and {most}")
    if least:
        x = call.rescaled(x, 1.0, -least)
    x = call.applied(call.layer(layers.ReLU, None if math.isinf(most) else most - least), x)
    return call.rescaled(x, 1.0, least) if least else x


def _shrink(call: Call) -> Tensor:
    numbers = call.take("lambd", 0.5), call.take("bias", 0.0)
    if numbers not in ((0.5, 0.0), (0.5, 0.5)):
        raise ValueError(f"expected lambd=0.5 and a bias of 0 or 0.5. Received: {numbers}")
    return call.applied(call.layer(layers.Activation, "soft_shrink" if numbers[1] else "hard_shrink"), call.tensor(0))


def _erf(call: Call) -> Tensor:
    """Of x / sqrt(2), as a part of gelu: x (erf(x / sqrt(2)) + 1) / 2, whose factors come in any order."""
    reader = call.reader
    base, factor = _scaled(call, call.node.input[0])
    following = reader.sole_consumer(call.output)
    shift = [reader.constants.get(one) for one in following.input] if following is not None else []
    begun = (
        following is not None and following.op_type == "Add" and any(s is not None and (s == 1).all() for s in shift)
    )
    if base in reader.tensors and math.isclose(factor, math.sqrt(0.5), rel_tol=1e-6) and begun:
        factor, found = 1.0, False
        call.join(following)
        while not (found and math.isclose(factor, 0.5, rel_tol=1e-6)):
            following = reader.sole_consumer(call.output)
            if following is None or following.op_type != "Mul":
                break
            [other] = [name for name in following.input if name != call.output]
            constant = reader.constants.get(other)
            part, times = (
                ("", float(constant.ravel()[0]))
                if constant is not None and constant.size == 1
                else _scaled(call, other)
            )
            if constant is None and part != base:
                break
            factor, found = factor * times, found or constant is None
            call.join(following)
        else:
            return call.applied(call.layer(layers.Activation, "gelu"), reader.tensors[base])
    raise ValueError("expected it as a part of gelu, x (erf(x / sqrt(2)) + 1) / 2")


def _scaled(call: Call, name: str) -> tuple[str, float]:
    """(x, factor) for a tensor that is x times or by a number; (itself, 1) for others."""
    node = call.reader.names.producers.get(name)
    if node is not None and node.op_type in ("Mul", "Div") and len(node.input) == 2:
        for x, by in (node.input, reversed(node.input)):
            number = call.reader.constants.get(by)
            if number is not None and number.size == 1 and (node.op_type == "Mul" or by == node.input[1]):
                value = float(number.ravel()[0])
                return x, value if node.op_type == "Mul" else 1 / value
    return name, 1.0


# {operator: what makes layers of it}
NONLINEAR: dict[str, Callable[[Call], Tensor]] = {
    **dict.fromkeys(_ACTIVATIONS, _activation),
    **{"Elu": _elu, "LeakyRelu": _leaky_relu, "ThresholdedRelu": _thresholded_relu, "PRelu": _prelu, "Clip": _clip},
    **{"Shrink": _shrink, "Erf": _erf},
}
