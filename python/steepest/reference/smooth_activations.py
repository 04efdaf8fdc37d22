"""More activations y = f(x) with dx = f'(x) dy: those with exponentials."""

from __future__ import annotations

import math

import numpy as np

from steepest.reference.activations import Array, sigmoid

SELU_SCALE, SELU_ALPHA = 1.0507009873554805, 1.6732632423543772  # of a unit mean and variance, Klambauer et al. 2017


def tanh_shrink(x: Array) -> Array:
    """f(x) = x - tanh(x)."""
    return x - np.tanh(x)


def tanh_shrink_gradient(x: Array, dy: Array) -> Array:
    """f'(x) = tanh(x)^2."""
    return dy * np.tanh(x) ** 2


def exponential(x: Array) -> Array:
    """f(x) = exp(x)."""
    return np.exp(x)


def exponential_gradient(x: Array, dy: Array) -> Array:
    """f'(x) = exp(x)."""
    return dy * np.exp(x)


def softplus(x: Array) -> Array:
    """f(x) = log(1 + exp(x))."""
    return np.logaddexp(0.0, x)


def softplus_gradient(x: Array, dy: Array) -> Array:
    """f'(x) = sigmoid(x)."""
    return dy * sigmoid(x)


def log_sigmoid(x: Array) -> Array:
    """f(x) = log(sigmoid(x)) = -log(1 + exp(-x))."""
    return -np.logaddexp(0.0, -x)


def log_sigmoid_gradient(x: Array, dy: Array) -> Array:
    """f'(x) = sigmoid(-x)."""
    return dy * sigmoid(-x)


def elu(x: Array, alpha: float = 1.0) -> Array:
    """f(x) = x for x > 0, else alpha (exp(x) - 1)."""
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0.0)))


def elu_gradient(x: Array, dy: Array, alpha: float = 1.0) -> Array:
    """f'(x) = 1 for x > 0, else alpha exp(x)."""
    return dy * np.where(x > 0, 1.0, alpha * np.exp(np.minimum(x, 0.0)))


def selu(x: Array) -> Array:
    """f(x) = s elu(x, a)."""
    return SELU_SCALE * elu(x, SELU_ALPHA)


def selu_gradient(x: Array, dy: Array) -> Array:
    """f'(x) = s elu'(x, a)."""
    return SELU_SCALE * elu_gradient(x, dy, SELU_ALPHA)


def celu(x: Array, alpha: float = 1.0) -> Array:
    """f(x) = x for x > 0, else alpha (exp(x / alpha) - 1)."""
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0.0) / alpha))


def celu_gradient(x: Array, dy: Array, alpha: float = 1.0) -> Array:
    """f'(x) = 1 for x > 0, else exp(x / alpha)."""
    return dy * np.exp(np.minimum(x, 0.0) / alpha)


def silu(x: Array) -> Array:
    """f(x) = x sigmoid(x)."""
    return x * sigmoid(x)


def silu_gradient(x: Array, dy: Array) -> Array:
    """f'(x) = s + x s (1 - s), s = sigmoid(x)."""
    return dy * (sigmoid(x) + x * sigmoid(x) * sigmoid(-x))


def mish(x: Array) -> Array:
    """f(x) = x tanh(softplus(x))."""
    return x * np.tanh(softplus(x))


def mish_gradient(x: Array, dy: Array) -> Array:
    """f'(x) = t + x (1 - t^2) sigmoid(x), t = tanh(softplus(x))."""
    t = np.tanh(softplus(x))
    return dy * (t + x * (1.0 - t**2) * sigmoid(x))


def gelu(x: Array) -> Array:
    """f(x) = x P(x), P(x) = (1 + erf(x / sqrt(2))) / 2 the normal distribution."""
    return x * _normal(x)


def gelu_gradient(x: Array, dy: Array) -> Array:
    """f'(x) = P(x) + x exp(-x^2 / 2) / sqrt(2 pi)."""
    return dy * (_normal(x) + x * np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi))


def gelu_tanh(x: Array) -> Array:
    """f(x) = x (1 + tanh(u)) / 2, u = sqrt(2 / pi) (x + 0.044715 x^3)."""
    return x * (1.0 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))) / 2


def gelu_tanh_gradient(x: Array, dy: Array) -> Array:
    """f'(x) = (1 + tanh(u)) / 2 + x (1 - tanh(u)^2) u' / 2."""
    t = np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))
    slope = math.sqrt(2 / math.pi) * (1.0 + 3 * 0.044715 * x**2)
    return dy * ((1.0 + t) / 2 + x * (1.0 - t**2) * slope / 2)


def _normal(x: Array) -> Array:
    return np.vectorize(lambda v: math.erfc(-v / math.sqrt(2)) / 2, otypes=[float])(x)
