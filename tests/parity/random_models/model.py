"""A random model: `draw` makes its description from a key, `train` carries it out on the module it is given."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np

from ..cases.run import Numbers
from . import layers
from .goals import Goal, goal, metrics
from .made import Made, maybe
from .optimizers import optimizer

# What a layer takes: the values by their numbers, 0 is the input and n what the n-th layer gives.
Node = tuple[Made, tuple[int, ...]]


@dataclass(frozen=True)
class RandomModel:
    key: str
    dtype: str
    input_shape: tuple[int, ...]
    nodes: tuple[Node, ...]
    goal: Goal
    optimizer: Made
    metrics: tuple[Made | str, ...]
    weighted_metrics: tuple[Made | str, ...]
    rows: int
    fit: dict[str, Any]  # arguments; of weights and validation the names that `train` knows

    def __str__(self) -> str:
        lines = [f"{number}: {made!r} of {list(inputs)}" for number, (made, inputs) in enumerate(self.nodes, 1)]
        metrics = f"metrics {list(self.metrics)}, weighted {list(self.weighted_metrics)}"
        ends = [f"{self.goal.loss!r} on {self.goal.target}", repr(self.optimizer), metrics, f"fit {self.fit}"]
        head = f"{self.key}: {self.dtype}, {self.rows} rows of {self.input_shape}"
        return "\n    ".join([head, *lines, *ends])


def _network(draw: Random, dtype: str, goal: Goal) -> tuple[tuple[int, ...], tuple[Node, ...]]:
    """Up to three hidden layers of Dense, with others between them, and ways around some of them."""
    nodes: list[Node] = []

    def add(made: Made, *inputs: int) -> int:
        nodes.append((made, inputs or (len(nodes),)))
        return len(nodes)

    kind = draw.choice(("row", "row", "row", "row", "block", "tokens"))
    if kind == "block" and draw.random() < 0.25:
        shape: tuple[int, ...] = (draw.choice((2, 5)),)
        add(Made("layers", "RepeatVector", {"n": 2}))
        add(Made("layers", "Permute", {"dims": (2, 1)}))
        add(Made("layers", "Flatten"))
    elif kind == "block":
        shape = (draw.choice((2, 3)), draw.choice((2, 4)))
        if draw.random() < 0.5:
            add(layers.dense(draw, draw.choice((2, 5)), layers.activation(draw, dtype), dtype))
        add(Made("layers", "Flatten"))
    elif kind == "tokens":
        shape = (draw.choice((1, 3)),)
        add(layers.embedding(draw))
        add(Made("layers", "Flatten"))
    else:
        shape = (draw.choice((1, 3, 6, 17)),)
    for _ in range(draw.choice((0, 1, 1, 2, 2, 3))):
        units = draw.choice((1, 4, 6, 12, 18))
        before = add(layers.hidden(draw, units, dtype))
        after = before
        for _ in range(draw.choice((0, 0, 1, 1, 2))):
            after = add(layers.between(draw, units))
        if after != before and draw.random() < 0.3:
            add(layers.merge(draw), before, after)
    add(layers.dense(draw, goal.outputs, goal.activation, dtype))
    return shape, tuple(nodes)


def _callback(draw: Random) -> Made:
    if draw.random() < 0.5:
        return Made("callbacks", "ReduceLROnPlateau", {"factor": 0.5, "patience": 1, "min_delta": 0.5})
    return Made("callbacks", "EarlyStopping", {"patience": 1, "min_delta": 0.5, "restore_best_weights": True})


def draw(key: str) -> RandomModel:
    """The model that belongs to `key`: always the same."""
    stream = Random(key)
    dtype = stream.choice(("float32", "float32", "float32", "float64"))
    aim = goal(stream, dtype)
    shape, nodes = _network(stream, dtype, aim)
    batch_size, batches = stream.choice((1, 4, 8, 8, 16, 17, 32)), stream.choice((1, 3, 4, 5))
    rest = stream.choice((1, 3)) if stream.random() < 0.25 else 0  # rare, for Keras compiles each shape of a batch
    rows = max(batch_size * batches, 8) + rest
    fit: dict[str, Any] = {"batch_size": batch_size, "epochs": stream.choice((1, 2, 3, 4))}
    weighted = stream.choice(("", "", "sample_weight", "class_weight")) if aim.rows else ""
    classes = aim.target in ("labels", "onehot") or (aim.target == "binary" and aim.outputs == 1)
    if weighted == "class_weight" and not classes:
        weighted = "sample_weight"
    if weighted:
        fit[weighted] = True
    held = stream.choice(("", "", "data", "data", "weighted" if aim.rows else "data"))
    if held:
        fit["validation_data"] = held
    if batches > 2:
        fit |= maybe(stream, 0.15, "steps_per_epoch", lambda: batches - 1)
    if held and stream.random() < 0.3:
        fit["callbacks"] = [_callback(stream)]
    if held and stream.random() < 0.2:
        fit |= {"validation_freq": 2} if fit["epochs"] > 2 and "callbacks" not in fit else {"validation_batch_size": 8}
    chosen = optimizer(stream, dtype)
    if not isinstance(chosen.arguments["learning_rate"], float):
        fit.pop("callbacks", None)
    return RandomModel(
        key=key,
        dtype=dtype,
        input_shape=shape,
        nodes=nodes,
        goal=aim,
        optimizer=chosen,
        metrics=tuple(metrics(stream, aim, stream.choice((0, 1, 2, 3)), dtype)),
        weighted_metrics=tuple(metrics(stream, aim, 2, dtype, True)) if weighted and stream.random() < 0.4 else (),
        rows=rows,
        fit=fit,
    )


def _targets(numbers: Numbers, goal: Goal, count: int) -> np.ndarray:
    if goal.target in ("onehot", "labels"):
        labels = numbers.integers((count,), goal.outputs)
        labels[: goal.outputs] = np.arange(goal.outputs)[:count]
        return labels if goal.target == "labels" else np.eye(goal.outputs)[labels]
    if goal.target in ("binary", "signs"):
        bits = numbers.integers((count, goal.outputs), 2)
        return bits if goal.target == "binary" else 2 * bits - 1
    real = numbers.uniform((count, goal.outputs), 1.5)
    if goal.target == "real":
        return real
    positive = np.abs(real) + 0.5
    return positive if goal.target == "positive" else positive / positive.sum(axis=1, keepdims=True)


def _build(keras: Any, drawn: RandomModel, numbers: Numbers) -> Any:
    made_layers = [made.make(keras) for made, _ in drawn.nodes]
    if all(inputs == (number,) for number, (_, inputs) in enumerate(drawn.nodes)):
        model = keras.Sequential([keras.Input(drawn.input_shape), *made_layers])
    else:
        values = [keras.Input(drawn.input_shape)]
        for layer, (_, inputs) in zip(made_layers, drawn.nodes, strict=True):
            given = [values[number] for number in inputs]
            values.append(layer(given if len(given) > 1 else given[0]))
        model = keras.Model(values[0], values[-1])
    for layer, (made, _) in zip(made_layers, drawn.nodes, strict=True):
        weights = layer.get_weights()
        if made.name in ("Dense", "EinsumDense", "Embedding"):
            layer.set_weights(
                [numbers.uniform(np.shape(w), (3.0 / len(w)) ** 0.5 if np.ndim(w) == 2 else 0.3) for w in weights]
            )
        elif weights:
            layer.set_weights([1 + numbers.uniform(np.shape(w), 0.5) for w in weights])
    return model


def train(keras: Any, key: str) -> dict[str, np.ndarray]:
    """History, predictions and weights of the model `key`, by name."""
    drawn = draw(key)
    numbers, dtype, goal = Numbers(key), drawn.dtype, drawn.goal
    keras.config.set_floatx(dtype)
    keras.utils.clear_session()
    try:
        model = _build(keras, drawn, numbers)

        def data(count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
            tokens = drawn.nodes[0][0].name == "Embedding"
            shape = (count, *drawn.input_shape)
            x = numbers.integers(shape, 7) if tokens else numbers.uniform(shape, 1.5).astype(dtype)
            y = _targets(numbers, goal, count)
            y = y.astype(dtype) if np.issubdtype(y.dtype, np.floating) else y
            weight = np.abs(numbers.uniform((count,), 2.0)).astype(dtype)
            weight[::6] = 0.0
            return x, y, weight

        x, y, weight = data(drawn.rows)
        held = data(max(drawn.fit["batch_size"], 8))
        model.compile(
            drawn.optimizer.make(keras),
            goal.loss.make(keras),
            metrics=[one if isinstance(one, str) else one.make(keras) for one in drawn.metrics],
            weighted_metrics=[one if isinstance(one, str) else one.make(keras) for one in drawn.weighted_metrics],
        )
        arguments = dict(drawn.fit)
        if "sample_weight" in arguments:
            arguments["sample_weight"] = weight
        if "class_weight" in arguments:
            count = 2 if goal.target == "binary" else goal.outputs
            arguments["class_weight"] = {one: (one + 1) / 4 for one in range(count)}
        if "validation_data" in arguments:
            arguments["validation_data"] = held if arguments["validation_data"] == "weighted" else held[:2]
        if "callbacks" in arguments:
            arguments["callbacks"] = [one.make(keras) for one in arguments["callbacks"]]
        history = model.fit(x, y, shuffle=False, verbose=0, **arguments).history
        outcome = {f"history.{name}": values for name, values in history.items()}
        outcome |= {"predictions": model(x)}
        outcome |= {f"weight.{number}": w for number, w in enumerate(model.get_weights())}
        return {name: np.asarray(value, dtype) for name, value in outcome.items()}
    finally:
        keras.config.set_floatx("float32")
