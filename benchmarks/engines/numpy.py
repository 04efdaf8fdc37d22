"""Plain NumPy, as one would write it by hand: in float32 the engine, in float64 the reference of the learning check.

Optimizers update in place and follow Keras's formulas.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.worker import Engine, Settings, serve
from benchmarks.workloads import HYPER_PARAMETERS, Floats, Workload

Array = NDArray[Any]


def sgd(w: Array, g: Array, state: Array, rate: float, step: int) -> None:
    w -= rate * g


def momentum(w: Array, g: Array, state: Array, rate: float, step: int, *, momentum: float) -> None:
    state[0] *= momentum
    state[0] -= rate * g
    w += state[0]


def adagrad(
    w: Array, g: Array, state: Array, rate: float, step: int, *, initial_accumulator_value: float, epsilon: float
) -> None:
    if step == 1:
        state[0] = initial_accumulator_value
    state[0] += g * g
    w -= rate * g / np.sqrt(state[0] + epsilon)


def rmsprop(w: Array, g: Array, state: Array, rate: float, step: int, *, rho: float, epsilon: float) -> None:
    state[0] *= rho
    state[0] += (1 - rho) * (g * g)
    w -= rate * g / np.sqrt(state[0] + epsilon)


def adam(
    w: Array, g: Array, state: Array, rate: float, step: int, *, beta_1: float, beta_2: float, epsilon: float
) -> None:
    m, v = state
    m += (1 - beta_1) * (g - m)
    v += (1 - beta_2) * (g * g - v)
    corrected = rate * float(np.sqrt(1 - beta_2**step)) / (1 - beta_1**step)
    w -= corrected * m / (np.sqrt(v) + epsilon)


UPDATES: dict[str, Callable[..., None]] = {
    "sgd": sgd,
    "momentum": momentum,
    "adagrad": adagrad,
    "rmsprop": rmsprop,
    "adam": adam,
}


def loss_and_gradient(kind: str, y: Array, z: Array) -> tuple[float, Array]:
    """The mean loss of a batch, and its gradient by z: outputs for "mse", logits for the cross entropies."""
    if kind == "mse":
        error = z - y
        return float(np.mean(error * error)), error * (2 / error.size)
    if kind == "binary":
        loss = np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z)))
        return float(np.mean(loss)), (1 / (1 + np.exp(-z)) - y) / len(z)
    z = z - z.max(axis=1, keepdims=True)
    e = np.exp(z)
    total = e.sum(axis=1, keepdims=True)
    loss = np.log(total[:, 0]) - np.sum(y * z, axis=1)
    return float(np.mean(loss)), (e / total - y) / len(z)


class NumPy(Engine):
    distributions = ("numpy",)
    dtype: type[np.floating[Any]] = np.float32

    @staticmethod
    def variants(workload: Workload) -> list[Settings]:
        return [{"threads": "all"}, {"threads": 1}]

    def build(self, settings: Settings) -> None:
        self.settings = settings
        self.parameters = [np.array(weight, self.dtype) for weight in self.weights]
        self.states = [np.zeros((2, *weight.shape), self.dtype) for weight in self.parameters]
        self.update = UPDATES[self.workload.optimizer]
        self.hyper = HYPER_PARAMETERS[self.workload.optimizer]
        self.step = 0

    def forward(self, x: Array) -> list[Array]:
        """x and the output of each layer; the last one linear."""
        values = [x]
        last = len(self.parameters) - 2
        for layer in range(0, last + 2, 2):
            z = values[-1] @ self.parameters[layer] + self.parameters[layer + 1]
            values.append(z if layer == last else np.maximum(z, 0))
        return values

    def train_step(self, x: Array, y: Array) -> float:
        values = self.forward(x)
        loss, dz = loss_and_gradient(self.workload.loss, y, values[-1])
        gradients: list[Array] = []
        for layer in range(len(self.parameters) - 2, -1, -2):
            below = values[layer // 2]
            gradients = [below.T @ dz, dz.sum(axis=0), *gradients]
            if layer:
                dz = (dz @ self.parameters[layer].T) * (below > 0)
        self.step += 1
        for weight, gradient, state in zip(self.parameters, gradients, self.states, strict=True):
            self.update(weight, gradient, state, self.workload.learning_rate, self.step, **self.hyper)
        return loss

    def train(self, epochs: int, shuffle: bool) -> list[float]:
        rng = np.random.default_rng(0)
        rows, batch = len(self.x), self.workload.batch_size
        losses = []
        with one_thread_if(self.settings.get("threads") == 1):
            for _ in range(epochs):
                total = 0.0
                order = rng.permutation(rows) if shuffle and batch < rows else None
                for begin in range(0, rows, batch):
                    part = slice(begin, begin + batch)
                    chosen = part if order is None else order[part]
                    x, y = self.x[chosen].astype(self.dtype, copy=False), self.y[chosen]
                    total += self.train_step(x, y) * len(x)
                losses.append(total / rows)
        return losses

    def predictors(self) -> dict[str, Callable[[Floats], Any]]:
        return {"model(x)": self.predict}

    def predict(self, x: Floats) -> Array:
        z = self.forward(x)[-1]
        if self.workload.loss == "binary":
            return 1 / (1 + np.exp(-z))
        if self.workload.loss == "categorical":
            e = np.exp(z - z.max(axis=1, keepdims=True))
            return e / e.sum(axis=1, keepdims=True)
        return z


def one_thread_if(one: bool) -> contextlib.AbstractContextManager[Any]:
    """Matrix products on one thread: small ones lose more than they gain from a second."""
    if not one:
        return contextlib.nullcontext()
    from threadpoolctl import threadpool_limits

    return threadpool_limits(1)


class Reference(NumPy):
    """The same in float64: what every engine's losses are held against."""

    dtype = np.float64


def reference_losses(workload: Workload, x: Floats, y: Floats, weights: list[Floats]) -> list[float]:
    """The loss of each epoch of the learning check `workload`."""
    engine = Reference(workload, x[: workload.rows], y[: workload.rows], weights)
    engine.build({})
    return engine.train(workload.epochs, shuffle=False)


if __name__ == "__main__":
    serve(NumPy)
