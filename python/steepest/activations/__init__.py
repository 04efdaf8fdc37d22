"""Activation functions: y = f(x), and dx = f'(x) dy by `function.gradient(x, dy)`.

Each works on float32 and float64 arrays of any shape in their own dtype; everything else is first converted to
`config.floatx()`. A new one is a struct in `cpp/kernels/`, one function here and one in `reference/`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from steepest import _core
from steepest._names.registry import lookup
from steepest.activations.function import ActivationFunction, evaluate, evaluate_gradient
from steepest.activations.piecewise import (
    hard_shrink,
    hard_sigmoid,
    hard_silu,
    hard_tanh,
    leaky_relu,
    linear,
    relu,
    relu6,
    relu_spec,
    soft_shrink,
    softsign,
    sparse_plus,
    sparse_sigmoid,
    squareplus,
    threshold,
)
from steepest.activations.rowwise import glu, log_softmax, softmax, sparsemax
from steepest.activations.smooth import (
    celu,
    elu,
    exponential,
    gelu,
    log_sigmoid,
    mish,
    selu,
    sigmoid,
    silu,
    softplus,
    tanh,
    tanh_shrink,
)

swish = silu
hard_swish = hard_silu

__all__ = [
    "ActivationFunction",
    "celu",
    "deserialize",
    "elu",
    "evaluate",
    "evaluate_gradient",
    "exponential",
    "gelu",
    "get",
    "glu",
    "hard_shrink",
    "hard_sigmoid",
    "hard_silu",
    "hard_swish",
    "hard_tanh",
    "layer_rule",
    "needs_input",
    "leaky_relu",
    "linear",
    "log_sigmoid",
    "log_softmax",
    "mish",
    "relu",
    "relu6",
    "relu_spec",
    "selu",
    "serialize",
    "sigmoid",
    "silu",
    "soft_shrink",
    "softmax",
    "softplus",
    "softsign",
    "sparse_plus",
    "sparse_sigmoid",
    "sparsemax",
    "squareplus",
    "swish",
    "tanh",
    "tanh_shrink",
    "threshold",
]

_TABLE: dict[str, ActivationFunction] = {name: thing for name, thing in globals().items() if hasattr(thing, "gradient")}
ROW_WISE = frozenset({"softmax", "log_softmax", "sparsemax"})


def get(identifier: Any) -> ActivationFunction:
    """The activation function of a name, or the function itself; None means `linear`.

    Raises:
        ValueError: for an unknown name, or for a Python function, which the core could not call.

    >>> get("relu") is relu, get("swish") is silu, get(None) is linear
    (True, True, True)
    """
    if identifier is None:
        return linear
    if isinstance(identifier, str):
        return lookup(identifier, _TABLE, "activation")
    if callable(identifier) and hasattr(identifier, "spec"):
        return cast(ActivationFunction, identifier)
    raise ValueError(
        f"Could not interpret activation: expected one of {', '.join(_TABLE)}, or None; activations written in Python "
        f"are not supported yet. Received: {identifier!r}"
    )


def layer_rule(activation: ActivationFunction, layer: str) -> dict[str, Any]:
    """What the core is told for an activation that the layer named `layer` applies.

    Raises:
        ValueError: for an activation that needs arguments, or that changes the number of units.

    >>> layer_rule(get("elu"), "dense")
    {'name': 'elu', 'alpha': 1.0}
    """
    if activation.spec is None:
        raise ValueError(
            f"Layer {layer!r} can't apply the activation {activation.__name__!r}: expected one that needs no arguments "
            f"and keeps the number of units. Received: activation={activation.__name__!r}"
        )
    return activation.spec


def needs_input(rule: dict[str, Any]) -> bool:
    """Whether the derivative reads x, and not y = f(x) alone: such a rule has to be a layer of its own to the core.

    >>> needs_input({"name": "gelu"}), needs_input({"name": "tanh"})
    (True, False)
    """
    return bool(_core.rules()["activations"][rule["name"]]["needs_input"])


def serialize(activation: ActivationFunction) -> str:
    """The name by which `deserialize` finds the function again.

    >>> serialize(tanh)
    'tanh'
    """
    return get(activation).__name__


def deserialize(config: str, custom_objects: Mapping[str, Any] | None = None) -> ActivationFunction:
    """The function that `serialize` named; `custom_objects` holds functions of yours by name.

    >>> deserialize("tanh") is tanh
    True
    """
    return get((custom_objects or {}).get(config, config))
