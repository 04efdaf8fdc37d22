"""Update rules: a step from weights w with gradient g at a learning rate lr.

Step t counts from 1. A rule takes its state and returns the new weights and the new state:
`w, *state = rule(w, g, lr, t, *state)`. The state starts at 0; accumulators of Adagrad and Ftrl start at their
`initial_accumulator_value`, the momentum of ScheduleFreeAdamW at the weights.
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


def adadelta(
    w: Array, g: Array, lr: float, t: int, s: Array, x: Array, rho: float = 0.95, epsilon: float = 1e-7
) -> Update:
    """s = rho s + (1 - rho) g^2; d = sqrt(x + epsilon) / sqrt(s + epsilon) g; x = rho x + (1 - rho) d^2; w - lr d."""
    s = rho * s + (1 - rho) * g**2
    d = np.sqrt(x + epsilon) / np.sqrt(s + epsilon) * g
    return w - lr * d, s, rho * x + (1 - rho) * d**2


def adamax(
    w: Array, g: Array, lr: float, t: int, m: Array, u: Array,
    beta_1: float = 0.9, beta_2: float = 0.999, epsilon: float = 1e-7,
) -> Update:  # fmt: skip
    """m as in adam; u = max(beta_2 u, |g|); w - lr / (1 - beta_1^t) m / (u + epsilon)."""
    m = m + (1 - beta_1) * (g - m)
    u = np.maximum(beta_2 * u, np.abs(g))
    return w - lr / (1 - beta_1**t) * m / (u + epsilon), m, u


def nadam(
    w: Array, g: Array, lr: float, t: int, m: Array, v: Array,
    beta_1: float = 0.9, beta_2: float = 0.999, epsilon: float = 1e-7,
) -> Update:  # fmt: skip
    """m and v as in adam; w - lr (u[t+1] / (1 - U[t+1]) m + (1 - u[t]) / (1 - U[t]) g) / (sqrt(v_hat) + epsilon).

    u[t] = beta_1 (1 - 0.96^t / 2), U[t] = u[1] ... u[t], v_hat = v / (1 - beta_2^t).
    """
    u = beta_1 * (1 - 0.5 * 0.96 ** np.arange(1, t + 2))
    m = m + (1 - beta_1) * (g - m)
    v = v + (1 - beta_2) * (g**2 - v)
    direction = u[t] / (1 - np.prod(u)) * m + (1 - u[t - 1]) / (1 - np.prod(u[:t])) * g
    return w - lr * direction / (np.sqrt(v / (1 - beta_2**t)) + epsilon), m, v


def lion(w: Array, g: Array, lr: float, t: int, m: Array, beta_1: float = 0.9, beta_2: float = 0.99) -> Update:
    """w - lr sign(beta_1 m + (1 - beta_1) g); m = beta_2 m + (1 - beta_2) g."""
    return w - lr * np.sign(beta_1 * m + (1 - beta_1) * g), beta_2 * m + (1 - beta_2) * g


def ftrl(
    w: Array, g: Array, lr: float, t: int, s: Array, z: Array,
    learning_rate_power: float = -0.5, l1_regularization_strength: float = 0.0,
    l2_regularization_strength: float = 0.0, l2_shrinkage_regularization_strength: float = 0.0, beta: float = 0.0,
) -> Update:  # fmt: skip
    """s' = s + g^2; z = z + g + 2 shrinkage w - (s'^p - s^p) / lr w; (clip(z, -l1, l1) - z) / q.

    p = -learning_rate_power and q = s'^p / lr + 2 l2 + beta / lr.
    """
    p, l1 = -learning_rate_power, l1_regularization_strength
    total = s + g**2
    z = z + g + 2 * l2_shrinkage_regularization_strength * w - (total**p - s**p) / lr * w
    q = total**p / lr + 2 * l2_regularization_strength + beta / lr
    return (np.clip(z, -l1, l1) - z) / q, total, z


def schedule_free_adamw(
    w: Array, g: Array, lr: float, t: int, z: Array, v: Array,
    beta_1: float = 0.9, beta_2: float = 0.999, epsilon: float = 1e-8, warmup_steps: int = 0,
) -> Update:  # fmt: skip
    """v as in adam; z' = z - rate g / (sqrt(v / (1 - beta_2^t)) + epsilon); (1 - beta_1) z' + beta_1 x.

    rate = lr min(t / warmup_steps, 1). x, the mean of all z so far, is (w - (1 - beta_1) z) / beta_1 before, and moves
    by 1 / t towards z'.
    """
    v = v + (1 - beta_2) * (g**2 - v)
    x = (w - (1 - beta_1) * z) / beta_1
    rate = lr * min(t / warmup_steps, 1) if warmup_steps else lr
    z = z - rate * g / (np.sqrt(v / (1 - beta_2**t)) + epsilon)
    return (1 - beta_1) * z + beta_1 * (x + (z - x) / t), z, v


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
    "adadelta": (adadelta, ("accumulated_grad", "accumulated_delta_var")),
    "adamax": (adamax, ("momentum", "norm")),
    "nadam": (nadam, ("momentum", "velocity")),
    "lion": (lion, ("momentum",)),
    "ftrl": (ftrl, ("accumulator", "linear")),
    "schedule_free_adamw": (schedule_free_adamw, ("momentum", "velocity")),
}
