"""Activations as operators of ONNX.

Each is a function of the writer, the name of the tensor x and the rule with its numbers; it adds the nodes and returns
the name of what they put out. ONNX Runtime has some operators for float32 alone: in float64 they are made of others.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

Rule = Mapping[str, Any]
Make = Callable[[Any, str, Rule], str]


def _single(operator: str, **attributes: Any) -> Make:
    return lambda w, x, rule: w.op(operator, x, **attributes)


def _clipped_relu(w: Any, x: str, rule: Rule) -> str:
    below = w.op("Mul", w.op("Sub", x, w.number(rule["threshold"])), w.number(rule["negative_slope"]))
    above = x if math.isinf(rule["max_value"]) else w.op("Min", x, w.number(rule["max_value"]))
    return w.op("Where", w.op("Greater", x, w.number(rule["threshold"])), above, below)


def _leaky_relu(w: Any, x: str, rule: Rule) -> str:
    if not w.double:
        return w.op("LeakyRelu", x, alpha=rule["negative_slope"])
    return prelu(w, x, w.number(rule["negative_slope"]))


def prelu(w: Any, x: str, slope: str) -> str:
    """x above 0, slope x below."""
    if not w.double:
        return str(w.op("PRelu", x, slope))
    return str(w.op("Where", w.op("Greater", x, w.number(0.0)), x, w.op("Mul", x, slope)))


def _elu(w: Any, x: str, alpha: float) -> str:
    if not w.double:
        return str(w.op("Elu", x, alpha=alpha))
    below = w.op("Sub", w.op("Exp", w.op("Min", x, w.number(0.0))), w.number(1.0))
    return str(w.op("Where", w.op("Greater", x, w.number(0.0)), x, w.op("Mul", below, w.number(alpha))))


def _selu(w: Any, x: str, rule: Rule) -> str:
    if not w.double:
        return w.op("Selu", x)
    return w.op("Mul", _elu(w, x, 1.6732632423543772), w.number(1.0507009873554805))


def _celu(w: Any, x: str, rule: Rule) -> str:
    alpha = w.number(rule["alpha"])
    return w.op("Mul", _elu(w, w.op("Div", x, alpha), 1.0), alpha)


def _softplus(w: Any, x: str) -> str:
    if not w.double:
        return str(w.op("Softplus", x))
    rest = w.op("Log", w.op("Add", w.op("Exp", w.op("Neg", w.op("Abs", x))), w.number(1.0)))
    return str(w.op("Add", w.op("Max", x, w.number(0.0)), rest))


def _softsign(w: Any, x: str, rule: Rule) -> str:
    if not w.double:
        return w.op("Softsign", x)
    return w.op("Div", x, w.op("Add", w.op("Abs", x), w.number(1.0)))


def _gelu(w: Any, x: str, rule: Rule) -> str:
    error = w.op("Mul", x, w.number(math.sqrt(0.5)))
    if w.double:  # 6e-8 off
        error = w.op("Cast", w.op("Erf", w.op("Cast", error, to=1)), to=w.element_type)
    else:
        error = w.op("Erf", error)
    return w.op("Mul", w.op("Mul", x, w.number(0.5)), w.op("Add", error, w.number(1.0)))


def _gelu_tanh(w: Any, x: str, rule: Rule) -> str:
    cubic = w.op("Mul", w.op("Mul", w.op("Mul", x, x), x), w.number(0.044715))
    bent = w.op("Tanh", w.op("Mul", w.op("Add", x, cubic), w.number(math.sqrt(2 / math.pi))))
    return w.op("Mul", w.op("Mul", x, w.number(0.5)), w.op("Add", bent, w.number(1.0)))


def _hard_sigmoid(w: Any, x: str, rule: Rule) -> str:
    kept = w.op("Clip", w.op("Add", x, w.number(3.0)), w.number(0.0), w.number(6.0))
    return w.op("Div", kept, w.number(6.0))


def _shrink(w: Any, x: str, rule: Rule) -> str:
    soft = rule["name"] == "soft_shrink"
    return w.op("Shrink", x, lambd=rule["threshold"], bias=rule["threshold"] if soft else 0.0)


def _threshold(w: Any, x: str, rule: Rule) -> str:
    return w.op("Where", w.op("Greater", x, w.number(rule["threshold"])), x, w.number(rule["default_value"]))


def _squareplus(w: Any, x: str, rule: Rule) -> str:
    root = w.op("Sqrt", w.op("Add", w.op("Mul", x, x), w.number(rule["b"])))
    return w.op("Mul", w.op("Add", x, root), w.number(0.5))


def _sparse_plus(w: Any, x: str, rule: Rule) -> str:
    begun = w.op("Relu", w.op("Add", x, w.number(1.0)))
    parabola = w.op("Mul", w.op("Mul", begun, begun), w.number(0.25))
    return w.op("Where", w.op("Less", x, w.number(1.0)), parabola, x)


def _sparse_sigmoid(w: Any, x: str, rule: Rule) -> str:
    half = w.op("Mul", w.op("Add", x, w.number(1.0)), w.number(0.5))
    return w.op("Clip", half, w.number(0.0), w.number(1.0))


def _sparsemax(w: Any, x: str, rule: Rule) -> str:
    """Of the sorted row z_1 >= z_2 ..., those with 1 + k z_k > z_1 + ... + z_k stay above tau; columns are axis 1."""
    size = w.columns
    z = w.op("TopK", x, w.integers(size), axis=1, outputs=2)
    z = w.op("Sub", z, w.op("Gather", z, w.integers(0), axis=1))
    sums = w.op("CumSum", z, w.integer(1))
    ranked = w.op("Add", w.op("Mul", z, w.numbers(range(1, size + 1))), w.number(1.0))
    above = w.op("Cast", w.op("Greater", ranked, sums), to=w.element_type)
    excess = w.op("Sub", w.op("ReduceSum", w.op("Mul", z, above), w.integers(1)), w.number(1.0))
    tau = w.op("Div", excess, w.op("ReduceSum", above, w.integers(1)))
    largest = w.op("Gather", w.op("TopK", x, w.integers(1), axis=1, outputs=2), w.integers(0), axis=1)
    return w.op("Relu", w.op("Sub", w.op("Sub", x, largest), tau))


# {rule of the core: what makes its nodes}
ACTIVATIONS: dict[str, Make] = {
    "linear": lambda w, x, rule: x,
    "relu": _single("Relu"),
    "leaky_relu": _leaky_relu,
    "relu6": lambda w, x, rule: w.op("Clip", x, w.number(0.0), w.number(6.0)),
    "clipped_relu": _clipped_relu,
    "sigmoid": _single("Sigmoid"),
    "tanh": _single("Tanh"),
    "tanh_shrink": lambda w, x, rule: w.op("Sub", x, w.op("Tanh", x)),
    "exponential": _single("Exp"),
    "softplus": lambda w, x, rule: _softplus(w, x),
    "log_sigmoid": lambda w, x, rule: w.op("Neg", _softplus(w, w.op("Neg", x))),
    "elu": lambda w, x, rule: _elu(w, x, rule["alpha"]),
    "selu": _selu,
    "celu": _celu,
    "silu": lambda w, x, rule: w.op("Mul", x, w.op("Sigmoid", x)),
    "mish": lambda w, x, rule: w.op("Mul", x, w.op("Tanh", _softplus(w, x))),
    "gelu": _gelu,
    "gelu_tanh": _gelu_tanh,
    "hard_sigmoid": _hard_sigmoid,
    "hard_silu": lambda w, x, rule: w.op("Mul", x, _hard_sigmoid(w, x, rule)),
    "hard_tanh": lambda w, x, rule: w.op("Clip", x, w.number(-1.0), w.number(1.0)),
    "hard_shrink": _shrink,
    "soft_shrink": _shrink,
    "threshold": _threshold,
    "softsign": _softsign,
    "squareplus": _squareplus,
    "sparse_plus": _sparse_plus,
    "sparse_sigmoid": _sparse_sigmoid,
    "softmax": _single("Softmax", axis=-1),
    "log_softmax": _single("LogSoftmax", axis=-1),
    "sparsemax": _sparsemax,
}
