"""Activations y = f(x) and what they make of a gradient: dx = f'(x) dy."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]


def linear(x: Array) -> Array:
    """f(x) = x."""
    return x


def linear_gradient(x: Array, dy: Array) -> Array:
    """f'(x) = 1."""
    return dy


def relu(x: Array) -> Array:
    """f(x) = max(x, 0)."""
    return np.maximum(x, 0.0)


def relu_gradient(x: Array, dy: Array) -> Array:
    """f'(x) = 1 for x > 0, else 0."""
    return np.where(x > 0, dy, 0.0)


def clipped_relu(x: Array, negative_slope: float, max_value: float, threshold: float) -> Array:
    """f(x) = min(x, max_value) above the threshold, negative_slope * (x - threshold) up to it."""
    return np.where(x > threshold, np.minimum(x, max_value), negative_slope * (x - threshold))


def clipped_relu_gradient(x: Array, dy: Array, negative_slope: float, max_value: float, threshold: float) -> Array:
    """f'(x) = 1 between threshold and max_value, 0 above, and negative_slope up to the threshold."""
    return dy * np.where(x > threshold, x < max_value, negative_slope)


def sigmoid(x: Array) -> Array:
    """f(x) = 1 / (1 + exp(-x)), for x < 0 as exp(x) / (1 + exp(x)): no overflow."""
    e = np.exp(-np.abs(x))
    return np.where(x < 0, e, 1.0) / (1.0 + e)


def sigmoid_gradient(x: Array, dy: Array) -> Array:
    """f'(x) = f(x) (1 - f(x)) = f(x) f(-x)."""
    return dy * sigmoid(x) * sigmoid(-x)


def tanh(x: Array) -> Array:
    """f(x) = (exp(x) - exp(-x)) / (exp(x) + exp(-x))."""
    return np.tanh(x)


def tanh_gradient(x: Array, dy: Array) -> Array:
    """f'(x) = 1 - f(x)^2."""
    return dy * (1.0 - np.tanh(x) ** 2)


def softmax(x: Array) -> Array:
    """f(x)_i = exp(x_i) / sum_j exp(x_j), with the row's maximum taken off first: no overflow."""
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def softmax_gradient(x: Array, dy: Array) -> Array:
    """dx_j = sum_i dy_i f_i ((i = j) - f_j) = f_j (dy_j - sum_i dy_i f_i)."""
    f = softmax(x)
    return f * (dy - (dy * f).sum(axis=-1, keepdims=True))


def log_softmax(x: Array) -> Array:
    """f(x)_i = x_i - log sum_j exp(x_j), with the row's maximum taken off first."""
    z = x - x.max(axis=-1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=-1, keepdims=True))


def log_softmax_gradient(x: Array, dy: Array) -> Array:
    """dx_j = dy_j - softmax(x)_j sum_i dy_i."""
    return dy - softmax(x) * dy.sum(axis=-1, keepdims=True)


def sparsemax(x: Array) -> Array:
    """f(x)_i = max(x_i - tau, 0); the k largest remain, k the most for which x_k > tau = (sum of them - 1) / k."""
    ordered = -np.sort(-x, axis=-1)
    taus = (np.cumsum(ordered, axis=-1) - 1.0) / np.arange(1, x.shape[-1] + 1)
    last = (ordered > taus).sum(axis=-1, keepdims=True) - 1
    return np.maximum(x - np.take_along_axis(taus, last, axis=-1), 0.0)


def sparsemax_gradient(x: Array, dy: Array) -> Array:
    """dx_j = dy_j - mean of dy over f > 0 where f_j > 0, else 0."""
    inside = sparsemax(x) > 0
    mean = np.where(inside, dy, 0.0).sum(axis=-1, keepdims=True) / inside.sum(axis=-1, keepdims=True)
    return np.where(inside, dy - mean, 0.0)
