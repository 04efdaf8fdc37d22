"""Activation functions: y = f(x), and dx = f'(x) dy by `function.gradient(x, dy)`.

Each works on float32 and float64 arrays of any shape in their own dtype; everything else is first converted to
`config.floatx()`. A new one is a struct in `cpp/kernels/activations.hpp`, one function here and one in `reference/`.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import ArrayLike

from steepest import _core
from steepest._registry import lookup
from steepest._rows import Array, as_float


class ActivationFunction(Protocol):
    """What `get` returns: a function of arrays that knows its derivative and its name in the core."""

    __name__: str
    spec: dict[str, Any]
    gradient: Callable[[ArrayLike, ArrayLike], Array]

    def __call__(self, x: ArrayLike) -> Array: ...


def evaluate(spec: Mapping[str, Any], x: ArrayLike) -> Array:
    """f(x) for the activation that `spec` names, the core's way.

    >>> evaluate(relu_spec(negative_slope=0.25, max_value=6.0), np.array([-1.0, 0.5, 8.0]))
    array([-0.25,  0.5 ,  6.  ])
    """
    array = as_float(x, "x")
    return _core.activation(spec, np.atleast_1d(array)).reshape(array.shape)


def evaluate_gradient(spec: Mapping[str, Any], x: ArrayLike, dy: ArrayLike) -> Array:
    """dx = f'(x) dy for the activation that `spec` names.

    >>> evaluate_gradient(relu_spec(max_value=6.0), np.array([-1.0, 0.5, 8.0]), np.array([2.0, 2.0, 2.0]))
    array([0., 2., 0.])
    """
    array = as_float(x, "x")
    dy = as_float(dy, "dy", array.dtype)
    if dy.shape != array.shape:
        raise ValueError(f"`dy` must have the shape of `x`. Received: x.shape={array.shape}, dy.shape={dy.shape}")
    return _core.activation_gradient(spec, np.atleast_1d(array), np.atleast_1d(dy)).reshape(array.shape)


def _activation(**spec: Any) -> Callable[[Callable[..., Array]], ActivationFunction]:
    def decorate(function: Callable[..., Array]) -> ActivationFunction:
        activation = cast(ActivationFunction, function)
        activation.spec = spec
        activation.gradient = lambda x, dy: evaluate_gradient(spec, x, dy)
        return activation

    return decorate


@_activation(name="linear")
def linear(x: ArrayLike) -> Array:
    """f(x) = x, f'(x) = 1.

    >>> linear(np.array([-1.0, 2.0]))
    array([-1.,  2.])
    """
    return evaluate(linear.spec, x)


@_activation(name="relu")
def relu(x: ArrayLike, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0) -> Array:
    """f(x) = max(x, 0), f'(x) = 1 for x > 0, else 0.

    With arguments, as in Keras: min(x, max_value) for x > threshold, negative_slope * (x - threshold) up to there.
    `relu.gradient` is that of the plain function.

    Args:
        x: array of any shape.
        negative_slope: slope up to `threshold`, 0 or more; 0 by default.
        max_value: largest output, 0 or more; None (the default) for no bound.
        threshold: where the activation starts, 0 or more; 0 by default.

    Raises:
        ValueError: for a negative argument.

    >>> relu(np.array([-1.0, 0.5, 8.0]))
    array([0. , 0.5, 8. ])
    >>> relu(np.array([-1.0, 0.5, 8.0]), negative_slope=0.1, max_value=6.0)
    array([-0.1,  0.5,  6. ])
    """
    return evaluate(relu_spec(negative_slope, max_value, threshold), x)


def relu_spec(negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0) -> dict[str, Any]:
    """What the core is told for `relu` with these arguments.

    >>> relu_spec()
    {'name': 'relu'}
    """
    for name, value in {"negative_slope": negative_slope, "max_value": max_value, "threshold": threshold}.items():
        if value is not None and not value >= 0:
            raise ValueError(f"`{name}` of relu must be 0 or more. Received: {name}={value!r}")
    if negative_slope == 0 and max_value is None and threshold == 0:
        return {"name": "relu"}
    bound = float("inf") if max_value is None else float(max_value)
    return {
        "name": "clipped_relu",
        "negative_slope": float(negative_slope),
        "max_value": bound,
        "threshold": float(threshold),
    }


@_activation(name="sigmoid")
def sigmoid(x: ArrayLike) -> Array:
    """f(x) = 1 / (1 + exp(-x)), f'(x) = f(x) (1 - f(x)). Exact to the last digits for any x, without overflow.

    >>> sigmoid(np.array([-1e4, 0.0, 1e4]))
    array([0. , 0.5, 1. ])
    """
    return evaluate(sigmoid.spec, x)


@_activation(name="tanh")
def tanh(x: ArrayLike) -> Array:
    """f(x) = (exp(x) - exp(-x)) / (exp(x) + exp(-x)), f'(x) = 1 - f(x)^2.

    >>> tanh(np.array([-1e4, 0.0, 1e4]))
    array([-1.,  0.,  1.])
    """
    return evaluate(tanh.spec, x)


@_activation(name="softmax")
def softmax(x: ArrayLike, axis: int = -1) -> Array:
    """f(x)_i = exp(x_i) / sum_j exp(x_j) over the last axis, df_i/dx_j = f_i ((i = j) - f_j).

    The largest x of each row is subtracted first, so that no exponential overflows.

    Args:
        x: array of at least one dimension.
        axis: -1 or the last axis.

    Raises:
        ValueError: for a scalar, or another axis.

    >>> softmax(np.array([[0.0, 0.0], [1e4, 0.0]]))
    array([[0.5, 0.5],
           [1. , 0. ]])
    """
    array = as_float(x, "x")
    if not array.ndim or axis not in (-1, array.ndim - 1):
        raise ValueError(f"`softmax` runs over the last axis of an array. Received: x.shape={array.shape}, {axis=}")
    if array.shape[-1] == 1:
        warnings.warn(
            f"softmax over an axis of size 1 (x.shape={array.shape}) is 1 everywhere. Use sigmoid for a single output.",
            stacklevel=2,
        )
    return evaluate(softmax.spec, array)


_TABLE: dict[str, ActivationFunction] = {f.__name__: f for f in (linear, relu, sigmoid, softmax, tanh)}


def get(identifier: Any) -> ActivationFunction:
    """The activation function of a name, or the function itself; None means `linear`.

    Raises:
        ValueError: for an unknown name, or for a Python function, which the core could not call.

    >>> get("relu") is relu, get(None) is linear
    (True, True)
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


def serialize(activation: ActivationFunction) -> str:
    """The name by which `deserialize` finds the function again.

    >>> serialize(tanh)
    'tanh'
    """
    return get(activation).__name__


def deserialize(name: str) -> ActivationFunction:
    """The function that `serialize` named.

    >>> deserialize("tanh") is tanh
    True
    """
    return get(name)
