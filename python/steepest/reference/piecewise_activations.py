"""More activations y = f(x) with dx = f'(x) dy: those of pieces."""

from __future__ import annotations

import numpy as np

from steepest.reference.activations import Array


def leaky_relu(x: Array, negative_slope: float = 0.2) -> Array:
    """f(x) = x for x > 0, else negative_slope x."""
    return np.where(x > 0, x, negative_slope * x)


def leaky_relu_gradient(x: Array, dy: Array, negative_slope: float = 0.2) -> Array:
    """f'(x) = 1 for x > 0, else negative_slope."""
    return dy * np.where(x > 0, 1.0, negative_slope)


def relu6(x: Array) -> Array:
    """f(x) = min(max(x, 0), 6)."""
    return np.clip(x, 0.0, 6.0)


def relu6_gradient(x: Array, dy: Array) -> Array:
    """f'(x) = 1 for 0 < x < 6, else 0."""
    return dy * ((x > 0) & (x < 6))


def hard_sigmoid(x: Array) -> Array:
    """f(x) = x / 6 + 1 / 2, kept between 0 and 1."""
    return np.clip(x + 3.0, 0.0, 6.0) / 6


def hard_sigmoid_gradient(x: Array, dy: Array) -> Array:
    """f'(x) = 1 / 6 for -3 < x < 3, else 0."""
    return dy * (np.abs(x) < 3) / 6


def hard_silu(x: Array) -> Array:
    """f(x) = x hard_sigmoid(x)."""
    return x * hard_sigmoid(x)


def hard_silu_gradient(x: Array, dy: Array) -> Array:
    """f'(x) = (2 x + 3) / 6 for -3 < x < 3, 0 below, 1 above."""
    return dy * np.where(np.abs(x) < 3, (2 * x + 3) / 6, x > 0)


def hard_tanh(x: Array) -> Array:
    """f(x) = x, kept between -1 and 1."""
    return np.clip(x, -1.0, 1.0)


def hard_tanh_gradient(x: Array, dy: Array) -> Array:
    """f'(x) = 1 for -1 < x < 1, else 0."""
    return dy * (np.abs(x) < 1)


def hard_shrink(x: Array, threshold: float = 0.5) -> Array:
    """f(x) = x for |x| > threshold, else 0."""
    return np.where(np.abs(x) > threshold, x, 0.0)


def hard_shrink_gradient(x: Array, dy: Array, threshold: float = 0.5) -> Array:
    """f'(x) = 1 for |x| > threshold, else 0."""
    return dy * (np.abs(x) > threshold)


def soft_shrink(x: Array, threshold: float = 0.5) -> Array:
    """f(x) = x - threshold above threshold, x + threshold below -threshold, 0 between."""
    return np.sign(x) * np.maximum(np.abs(x) - threshold, 0.0)


def soft_shrink_gradient(x: Array, dy: Array, threshold: float = 0.5) -> Array:
    """f'(x) = 1 for |x| > threshold, else 0."""
    return dy * (np.abs(x) > threshold)


def threshold(x: Array, threshold: float, default_value: float) -> Array:
    """f(x) = x for x > threshold, else default_value."""
    return np.where(x > threshold, x, default_value)


def threshold_gradient(x: Array, dy: Array, threshold: float, default_value: float) -> Array:
    """f'(x) = 1 for x > threshold, else 0."""
    return dy * (x > threshold)


def softsign(x: Array) -> Array:
    """f(x) = x / (1 + |x|)."""
    return x / (1.0 + np.abs(x))


def softsign_gradient(x: Array, dy: Array) -> Array:
    """f'(x) = 1 / (1 + |x|)^2."""
    return dy / (1.0 + np.abs(x)) ** 2


def squareplus(x: Array, b: float = 4.0) -> Array:
    """f(x) = (x + sqrt(x^2 + b)) / 2."""
    return (x + np.sqrt(x**2 + b)) / 2


def squareplus_gradient(x: Array, dy: Array, b: float = 4.0) -> Array:
    """f'(x) = (1 + x / sqrt(x^2 + b)) / 2."""
    return dy * (1.0 + x / np.sqrt(x**2 + b)) / 2


def sparse_plus(x: Array) -> Array:
    """f(x) = 0 for x <= -1, (x + 1)^2 / 4 up to 1, x above."""
    return np.where(x < 1, np.maximum(x + 1.0, 0.0) ** 2 / 4, x)


def sparse_plus_gradient(x: Array, dy: Array) -> Array:
    """f'(x) = (x + 1) / 2, kept between 0 and 1."""
    return dy * np.clip((x + 1.0) / 2, 0.0, 1.0)


def sparse_sigmoid(x: Array) -> Array:
    """f(x) = (x + 1) / 2, kept between 0 and 1."""
    return np.clip((x + 1.0) / 2, 0.0, 1.0)


def sparse_sigmoid_gradient(x: Array, dy: Array) -> Array:
    """f'(x) = 1 / 2 for -1 < x < 1, else 0."""
    return dy * (np.abs(x) < 1) / 2
