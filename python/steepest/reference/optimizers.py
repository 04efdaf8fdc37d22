"""Update rules: a step from weights w with gradient g at a learning rate lr.

Step t counts from 1. A rule takes its state and returns the new weights and the new state:
`w, *state = rule(w, g, lr, t, *state)`. The state starts at 0, Adagrad's at its `initial_accumulator_value`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from steepest.reference.activations import Array

Update = tuple[Array, ...]


def sgd(w: Array, g: Array, lr: float, t: int) -> Update:
    """w - lr g."""
    return (w - lr * g,)


def momentum(w: Array, g: Array, lr: float, t: int, m: Array, momentum: float = 0.9) -> Update:
    """m = momentum m - lr g; w + m."""
    m = momentum * m - lr * g
    return w + m, m


def nesterov(w: Array, g: Array, lr: float, t: int, m: Array, momentum: float = 0.9) -> Update:
    """m = momentum m - lr g; w + momentum m - lr g."""
    m = momentum * m - lr * g
    return w + momentum * m - lr * g, m


def adagrad(w: Array, g: Array, lr: float, t: int, a: Array, epsilon: float = 1e-7) -> Update:
    """a = a + g^2; w - lr g / sqrt(a + epsilon)."""
    a = a + g**2
    return w - lr * g / np.sqrt(a + epsilon), a


def rmsprop(w: Array, g: Array, lr: float, t: int, v: Array, rho: float = 0.9, epsilon: float = 1e-7) -> Update:
    """v = rho v + (1 - rho) g^2; w - lr g / sqrt(v + epsilon)."""
    v = rho * v + (1 - rho) * g**2
    return w - lr * g / np.sqrt(v + epsilon), v


def rmsprop_momentum(
    w: Array,
    g: Array,
    lr: float,
    t: int,
    v: Array,
    m: Array,
    rho: float = 0.9,
    epsilon: float = 1e-7,
    momentum: float = 0.9,
) -> Update:
    """v as in rmsprop; m = momentum m + lr g / sqrt(v + epsilon); w - m."""
    v = rho * v + (1 - rho) * g**2
    m = momentum * m + lr * g / np.sqrt(v + epsilon)
    return w - m, v, m


def rmsprop_centered(
    w: Array, g: Array, lr: float, t: int, v: Array, a: Array, rho: float = 0.9, epsilon: float = 1e-7
) -> Update:
    """v as in rmsprop; a = rho a + (1 - rho) g; w - lr g / sqrt(v - a^2 + epsilon)."""
    v = rho * v + (1 - rho) * g**2
    a = rho * a + (1 - rho) * g
    return w - lr * g / np.sqrt(v - a**2 + epsilon), v, a


def rmsprop_centered_momentum(
    w: Array, g: Array, lr: float, t: int, v: Array, m: Array, a: Array,
    rho: float = 0.9, epsilon: float = 1e-7, momentum: float = 0.9,
) -> Update:  # fmt: skip
    """v and a as in rmsprop_centered; m = momentum m + lr g / sqrt(v - a^2 + epsilon); w - m."""
    v = rho * v + (1 - rho) * g**2
    a = rho * a + (1 - rho) * g
    m = momentum * m + lr * g / np.sqrt(v - a**2 + epsilon)
    return w - m, v, m, a


def adam(
    w: Array, g: Array, lr: float, t: int, m: Array, v: Array,
    beta_1: float = 0.9, beta_2: float = 0.999, epsilon: float = 1e-7,
) -> Update:  # fmt: skip
    """m = m + (1 - beta_1) (g - m); v = v + (1 - beta_2) (g^2 - v); w - alpha_t m / (sqrt(v) + epsilon).

    alpha_t = lr sqrt(1 - beta_2^t) / (1 - beta_1^t).
    """
    m = m + (1 - beta_1) * (g - m)
    v = v + (1 - beta_2) * (g**2 - v)
    alpha = lr * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
    return w - alpha * m / (np.sqrt(v) + epsilon), m, v


def adam_amsgrad(
    w: Array, g: Array, lr: float, t: int, m: Array, v: Array, v_hat: Array,
    beta_1: float = 0.9, beta_2: float = 0.999, epsilon: float = 1e-7,
) -> Update:  # fmt: skip
    """m, v and alpha_t as in adam; v_hat = max(v_hat, v); w - alpha_t m / (sqrt(v_hat) + epsilon)."""
    m = m + (1 - beta_1) * (g - m)
    v = v + (1 - beta_2) * (g**2 - v)
    v_hat = np.maximum(v_hat, v)
    alpha = lr * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
    return w - alpha * m / (np.sqrt(v_hat) + epsilon), m, v, v_hat


# Each rule with the names of its state, in order.
OPTIMIZERS: dict[str, tuple[Callable[..., Update], tuple[str, ...]]] = {
    "sgd": (sgd, ()),
    "momentum": (momentum, ("momentum",)),
    "nesterov": (nesterov, ("momentum",)),
    "adagrad": (adagrad, ("accumulator",)),
    "rmsprop": (rmsprop, ("velocity",)),
    "rmsprop_momentum": (rmsprop_momentum, ("velocity", "momentum")),
    "rmsprop_centered": (rmsprop_centered, ("velocity", "average_gradient")),
    "rmsprop_centered_momentum": (rmsprop_centered_momentum, ("velocity", "momentum", "average_gradient")),
    "adam": (adam, ("momentum", "velocity")),
    "adam_amsgrad": (adam_amsgrad, ("momentum", "velocity", "velocity_hat")),
}
