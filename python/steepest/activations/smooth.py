"""Activations with exponentials."""

from __future__ import annotations

from typing import Any

from numpy.typing import ArrayLike

from steepest._data.rows import Array
from steepest.activations.function import Spec, activation, evaluate, number


def _positive(function: str, name: str, value: Any) -> float:
    if number(function, name, value, least=0) == 0:
        raise ValueError(f"`{name}` of {function} must be more than 0. Received: {name}={value!r}")
    return float(value)


@activation(lambda: {"name": "sigmoid"})
def sigmoid(x: ArrayLike) -> Array:
    """f(x) = 1 / (1 + exp(-x)), f'(x) = f(x) (1 - f(x)). Exact to the last digits for any x, without overflow.

    >>> sigmoid([-1e4, 0.0, 1e4])
    array([0. , 0.5, 1. ], dtype=float32)
    """
    return evaluate(sigmoid.spec_of(), x)


@activation(lambda: {"name": "tanh"})
def tanh(x: ArrayLike) -> Array:
    """f(x) = (exp(x) - exp(-x)) / (exp(x) + exp(-x)), f'(x) = 1 - f(x)^2.

    >>> tanh([-1e4, 0.0, 1e4])
    array([-1.,  0.,  1.], dtype=float32)
    """
    return evaluate(tanh.spec_of(), x)


@activation(lambda: {"name": "tanh_shrink"})
def tanh_shrink(x: ArrayLike) -> Array:
    """f(x) = x - tanh(x), f'(x) = tanh(x)^2.

    >>> tanh_shrink([0.0, 1e4])
    array([   0., 9999.], dtype=float32)
    """
    return evaluate(tanh_shrink.spec_of(), x)


@activation(lambda: {"name": "exponential"})
def exponential(x: ArrayLike) -> Array:
    """f(x) = exp(x) = f'(x).

    >>> exponential([0.0, 1.0])
    array([1.       , 2.7182817], dtype=float32)
    """
    return evaluate(exponential.spec_of(), x)


@activation(lambda: {"name": "softplus"})
def softplus(x: ArrayLike) -> Array:
    """f(x) = log(1 + exp(x)), f'(x) = sigmoid(x). Without overflow.

    >>> softplus([-1e4, 0.0, 1e4])
    array([0.000000e+00, 6.931472e-01, 1.000000e+04], dtype=float32)
    """
    return evaluate(softplus.spec_of(), x)


@activation(lambda: {"name": "log_sigmoid"})
def log_sigmoid(x: ArrayLike) -> Array:
    """f(x) = log(sigmoid(x)) = -softplus(-x), f'(x) = sigmoid(-x).

    >>> log_sigmoid([-1e4, 0.0])
    array([-1.000000e+04, -6.931472e-01], dtype=float32)
    """
    return evaluate(log_sigmoid.spec_of(), x)


@activation(lambda alpha=1.0: {"name": "elu", "alpha": number("elu", "alpha", alpha, least=0)})
def elu(x: ArrayLike, alpha: float = 1.0) -> Array:
    """f(x) = x for x > 0, else alpha (exp(x) - 1); f'(x) = 1 for x > 0, else f(x) + alpha.

    Args:
        x: array of any shape.
        alpha: minus the limit to the left, 0 or more; 1 by default.

    Raises:
        ValueError: for a negative alpha.

    Source: Clevert et al. 2016, "Fast and accurate deep network learning by exponential linear units".

    >>> elu([-1e4, 2.0], alpha=0.5)
    array([-0.5,  2. ], dtype=float32)
    """
    return evaluate(elu.spec_of(alpha), x)


@activation(lambda: {"name": "selu"})
def selu(x: ArrayLike) -> Array:
    """f(x) = s x for x > 0, else s a (exp(x) - 1), with s = 1.05070098 and a = 1.67326324: `elu`, scaled.

    The constants keep a mean of 0 and a variance of 1 from layer to layer, with weights from `LecunNormal`.

    Source: Klambauer et al. 2017, "Self-normalizing neural networks".

    >>> selu([-1e4, 1.0])
    array([-1.7580993,  1.050701 ], dtype=float32)
    """
    return evaluate(selu.spec_of(), x)


@activation(lambda alpha=1.0: {"name": "celu", "alpha": _positive("celu", "alpha", alpha)})
def celu(x: ArrayLike, alpha: float = 1.0) -> Array:
    """f(x) = x for x > 0, else alpha (exp(x / alpha) - 1); f'(x) = 1 for x > 0, else exp(x / alpha).

    Args:
        x: array of any shape.
        alpha: minus the limit to the left, more than 0; 1 by default.

    Raises:
        ValueError: for an alpha of 0 or less.

    Source: Barron 2017, "Continuously differentiable exponential linear units".

    >>> celu([-1e4, 2.0], alpha=0.5)
    array([-0.5,  2. ], dtype=float32)
    """
    return evaluate(celu.spec_of(alpha), x)


@activation(lambda: {"name": "silu"})
def silu(x: ArrayLike) -> Array:
    """f(x) = x sigmoid(x), f'(x) = s + x s (1 - s) with s = sigmoid(x). Also called swish.

    Source: Ramachandran et al. 2017, "Searching for activation functions".

    >>> silu([-100.0, 0.0, 100.0])
    array([ -0.,   0., 100.], dtype=float32)
    """
    return evaluate(silu.spec_of(), x)


@activation(lambda: {"name": "mish"})
def mish(x: ArrayLike) -> Array:
    """f(x) = x tanh(softplus(x)).

    Source: Misra 2019, "Mish: a self regularized non-monotonic activation function".

    >>> mish([-100.0, 0.0, 100.0]).round(6)
    array([ -0.,   0., 100.], dtype=float32)
    """
    return evaluate(mish.spec_of(), x)


def _gelu_spec(approximate: Any = False) -> Spec:
    return {"name": "gelu_tanh" if approximate else "gelu"}


@activation(_gelu_spec)
def gelu(x: ArrayLike, approximate: bool = False) -> Array:
    """f(x) = x P(x), P the normal distribution (1 + erf(x / sqrt(2))) / 2; f'(x) = P(x) + x exp(-x^2 / 2) / sqrt(2 pi).

    Args:
        x: array of any shape.
        approximate: whether to take x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2 instead; False by default.

    Source: Hendrycks and Gimpel 2016, "Gaussian error linear units".

    >>> gelu([-1.0, 0.0, 1.0]), gelu([1.0], approximate=True)
    (array([-0.15865526,  0.        ,  0.8413447 ], dtype=float32), array([0.841192], dtype=float32))
    """
    return evaluate(gelu.spec_of(approximate), x)
