"""JAX: an epoch is one jitted call, a lax.scan over the batches with donated parameters and state."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.worker import Engine, Settings, serve
from benchmarks.workloads import HYPER_PARAMETERS, Floats, Workload


def forward(parameters: Any, x: Any) -> Any:
    for kernel, bias in parameters[:-1]:
        x = jax.nn.relu(x @ kernel + bias)
    kernel, bias = parameters[-1]
    return x @ kernel + bias


def mean_loss(parameters: Any, x: Any, y: Any, kind: str) -> Any:
    z = forward(parameters, x)
    if kind == "mse":
        return jnp.mean(jnp.square(z - y))
    if kind == "binary":
        return jnp.mean(jnp.maximum(z, 0) - z * y + jnp.log1p(jnp.exp(-jnp.abs(z))))
    return -jnp.mean(jnp.sum(y * jax.nn.log_softmax(z), axis=1))


def update(name: str, w: Any, g: Any, state: Any, rate: float, step: Any) -> Any:
    """The new weight and state by Keras's formulas."""
    hyper = HYPER_PARAMETERS[name]
    if name == "sgd":
        return w - rate * g, state
    if name == "momentum":
        v = hyper["momentum"] * state[0] - rate * g
        return w + v, (v,)
    if name == "adagrad":
        a = state[0] + g * g
        return w - rate * g / jnp.sqrt(a + hyper["epsilon"]), (a,)
    if name == "rmsprop":
        v = hyper["rho"] * state[0] + (1 - hyper["rho"]) * g * g
        return w - rate * g * jax.lax.rsqrt(v + hyper["epsilon"]), (v,)
    m = state[0] + (g - state[0]) * (1 - hyper["beta_1"])
    v = state[1] + (g * g - state[1]) * (1 - hyper["beta_2"])
    corrected = rate * jnp.sqrt(1 - hyper["beta_2"] ** step) / (1 - hyper["beta_1"] ** step)
    return w - corrected * m / (jnp.sqrt(v) + hyper["epsilon"]), (m, v)


@partial(jax.jit, static_argnames=("case", "unroll", "gather"), donate_argnames=("parameters", "state"))
def train_epoch(
    parameters: Any, state: Any, steps_done: Any, x: Any, y: Any, order: Any, case: Workload, unroll: int, gather: str
) -> Any:
    """One pass in the given order (None: as the rows stand), the last and smaller batch included.

    `gather` says when rows are put into that order: all of them at once ("epoch"), or those of a batch ("batch").
    """
    if order is not None and gather == "epoch":
        x, y, order = x[order], y[order], None

    def train_step(carry: Any, batch: Any) -> Any:
        parameters, state, step, total = carry
        inputs, targets = batch if order is None else (x[batch], y[batch])
        loss, gradients = jax.value_and_grad(mean_loss)(parameters, inputs, targets, case.loss)
        pairs = [
            update(case.optimizer, w, g, s, case.learning_rate, step + 1.0)
            for w, g, s in zip(jax.tree.leaves(parameters), jax.tree.leaves(gradients), state, strict=True)
        ]
        parameters = jax.tree.unflatten(jax.tree.structure(parameters), [pair[0] for pair in pairs])
        return (parameters, [pair[1] for pair in pairs], step + 1, total + loss * len(inputs)), None

    steps, rest = divmod(len(x), case.batch_size)
    source = (x, y) if order is None else order
    whole = jax.tree.map(lambda a: a[: len(x) - rest].reshape(steps, case.batch_size, *a.shape[1:]), source)
    carry = (parameters, state, steps_done, 0.0)
    if steps == 1:
        carry, _ = train_step(carry, jax.tree.map(lambda a: a[0], whole))
    else:
        carry, _ = jax.lax.scan(train_step, carry, whole, unroll=unroll)
    if rest:
        carry, _ = train_step(carry, jax.tree.map(lambda a: a[-rest:], source))
    parameters, state, step, total = carry
    return parameters, state, step, total / len(x)


@partial(jax.jit, static_argnames="kind")
def predict(parameters: Any, x: Any, kind: str) -> Any:
    z = forward(parameters, x)
    return {"mse": lambda: z, "binary": lambda: jax.nn.sigmoid(z), "categorical": lambda: jax.nn.softmax(z)}[kind]()


class JAX(Engine):
    distributions = ("jax", "jaxlib")

    @staticmethod
    def variants(workload: Workload) -> list[Settings]:
        return [{"gather": gather, "unroll": unroll} for gather in ("batch", "epoch") for unroll in (1, 4)]

    def build(self, settings: Settings) -> None:
        self.settings = settings
        self.inputs, self.targets = jnp.asarray(self.x), jnp.asarray(self.y)
        flat = [jnp.array(weight) for weight in self.weights]
        self.parameters = list(zip(flat[::2], flat[1::2], strict=True))
        first = HYPER_PARAMETERS[self.workload.optimizer].get("initial_accumulator_value", 0.0)
        slots = {"sgd": 0, "momentum": 1, "adagrad": 1, "rmsprop": 1, "adam": 2}[self.workload.optimizer]
        self.state = [tuple(jnp.full_like(weight, first) for _ in range(slots)) for weight in flat]
        self.steps = jnp.zeros((), jnp.int32)
        self.rng = np.random.default_rng(0)

    def train(self, epochs: int, shuffle: bool) -> list[float]:
        rows = len(self.x)
        losses = []
        for _ in range(epochs):
            order = None
            if shuffle and self.workload.batch_size < rows:
                order = self.rng.permutation(rows).astype(np.int32)
            self.parameters, self.state, self.steps, loss = train_epoch(
                self.parameters,
                self.state,
                self.steps,
                self.inputs,
                self.targets,
                order,
                case=self.workload,
                **self.settings,
            )
            losses.append(loss)
        return [float(loss) for loss in losses]

    def predictors(self) -> dict[str, Callable[[Floats], Any]]:
        return {"model(x)": lambda x: np.asarray(predict(self.parameters, x, self.workload.loss))}


if __name__ == "__main__":
    serve(JAX)
