"""What an activation function is: a formula of the core, called on arrays of any shape, that knows its derivative."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import ArrayLike

from steepest import _core
from steepest._data.rows import Array, as_float
from steepest._graph.tensors import KerasTensor

Spec = dict[str, Any]


class ActivationFunction(Protocol):
    """A function of arrays that knows its derivative and what the core is told for it.

    `gradient(x, dy, **arguments)` is f'(x) dy for the function with these arguments, `spec_of(**arguments)` what the
    core is told. `spec` is that of the function without arguments; None where there is none that a layer could apply.
    """

    __name__: str
    spec: Spec | None
    spec_of: Callable[..., Spec]
    gradient: Callable[..., Array]

    def __call__(self, x: ArrayLike, *args: Any, **kwargs: Any) -> Array: ...


def activation(
    spec_of: Callable[..., Spec], needs_arguments: bool = False
) -> Callable[[Callable[..., Array]], ActivationFunction]:
    """Makes an activation of a function of x and the arguments of `spec_of`."""

    def decorate(function: Callable[..., Array]) -> ActivationFunction:
        made = cast(ActivationFunction, function)
        made.spec_of = spec_of
        made.spec = None if needs_arguments else spec_of()
        made.gradient = lambda x, dy, **arguments: evaluate_gradient(spec_of(**arguments), x, dy)
        return made

    return decorate


def evaluate(spec: Mapping[str, Any], x: ArrayLike) -> Array:
    """f(x) for the activation that `spec` names, the core's way.

    >>> evaluate({"name": "clipped_relu", "negative_slope": 0.25, "max_value": 6.0, "threshold": 0.0}, [-1.0, 0.5, 8.0])
    array([-0.25,  0.5 ,  6.  ], dtype=float32)
    """
    if isinstance(x, KerasTensor):
        return _symbolic(spec, x)
    array = as_float(x, "x")
    return _core.activation(spec, np.atleast_1d(array)).reshape(array.shape)


def _symbolic(spec: Mapping[str, Any], x: KerasTensor) -> Any:
    """The layer of this activation, called on a symbolic tensor."""
    from steepest import activations, layers

    for name in activations.__all__:
        function = getattr(activations, name)
        if getattr(function, "spec", None) == spec:
            return layers.Activation(function)(x)
    raise ValueError(
        "On symbolic tensors activations take no arguments of their own; layers such as LeakyReLU, ReLU and ELU do. "
        f"Received: {dict(spec)}"
    )


def evaluate_gradient(spec: Mapping[str, Any], x: ArrayLike, dy: ArrayLike) -> Array:
    """dx = f'(x) dy for the activation that `spec` names.

    >>> evaluate_gradient({"name": "relu6"}, np.array([-1.0, 0.5, 8.0]), np.array([2.0, 2.0, 2.0]))
    array([0., 2., 0.])
    """
    array = as_float(x, "x")
    dy = as_float(dy, "dy", array.dtype)
    if dy.shape != array.shape:
        raise ValueError(f"`dy` must have the shape of `x`. Received: x.shape={array.shape}, dy.shape={dy.shape}")
    return _core.activation_gradient(spec, np.atleast_1d(array), np.atleast_1d(dy)).reshape(array.shape)


def number(function: str, name: str, value: Any, least: float = -np.inf) -> float:
    """`value` as an argument of an activation.

    Raises:
        ValueError: if it is no number, or less than `least`.

    >>> number("elu", "alpha", 1)
    1.0
    """
    try:
        if float(value) >= least:
            return float(value)
    except TypeError:
        pass
    expected = "a number" if least == -np.inf else f"{least:g} or more"
    raise ValueError(f"`{name}` of {function} must be {expected}. Received: {name}={value!r}")
