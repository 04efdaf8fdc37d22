"""Trainings of models with several inputs and outputs, and with losses and metrics that Python computes.

A case trains a model of the module `keras` in float32 and returns numbers by name: `OUTPUTS`. Data and weights are
exact, as in `run.py`. The names of the numbers are those in logs, so that these are compared, too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .run import Numbers

N = 37
Outcome = dict[str, Any]


class _Setting:
    """The data of a case, and how its models begin."""

    def __init__(self, keras: Any, name: str) -> None:
        self.keras = keras
        self.numbers = Numbers(name)
        self.x, self.z = self.real(N, 5), self.real(N, 3)
        self.real_2, self.real_1 = self.real(N, 2), self.real(N, 1)
        self.labels = self.numbers.integers((N,), 3)
        self.binary = self.numbers.integers((N, 1), 2)
        self.onehot = np.eye(3, dtype="float32")[self.labels]
        self.weight, self.other_weight = np.abs(self.real(N)) + 0.25, np.abs(self.real(N))

    def real(self, *shape: int) -> np.ndarray:
        return self.numbers.uniform(shape, 1.5).astype("float32")

    def prepared(self, model: Any, **compile: Any) -> Any:
        shapes = [np.shape(weight) for weight in model.get_weights()]
        model.set_weights([self.numbers.uniform(shape, 0.7).astype("float32") for shape in shapes])
        optimizer = self.keras.optimizers.SGD(0.05, momentum=0.5)
        model.compile(optimizer=optimizer, **compile)
        return model

    def two_outputs(self, outputs: str = "list", **compile: Any) -> Any:
        """Two inputs, a shared layer, and outputs that are numbers (`wide`) and classes (`deep`)."""
        layers = self.keras.layers
        a, b = self.keras.Input((5,), name="a"), self.keras.Input((3,), name="b")
        h = layers.Dense(6, "tanh")(layers.Concatenate()([a, b]))
        wide, deep = layers.Dense(2, name="wide")(h), layers.Dense(3, "softmax", name="deep")(h)
        given = {"list": [wide, deep], "dict": {"one": wide, "two": deep}, "tuple": (wide, deep)}[outputs]
        inputs = {"a": a, "b": b} if outputs == "dict" else [a, b]
        return self.prepared(self.keras.Model(inputs, given), **compile)

    def stack(self, units: int, activation: str, **compile: Any) -> Any:
        layers = self.keras.layers
        model = self.keras.Sequential(
            [self.keras.Input((5,)), layers.Dense(6, "tanh"), layers.Dense(units, activation)]
        )
        return self.prepared(model, **compile)

    def trained(self, model: Any, x: Any, y: Any, sample_weight: Any = None, **fit: Any) -> Outcome:
        """Two epochs, an evaluation as list and as dict, a batch each, and the weights."""
        arguments = {"batch_size": 8, "epochs": 2, "shuffle": False, "verbose": 0, **fit}
        found = {f"fit.{k}": v for k, v in model.fit(x, y, sample_weight=sample_weight, **arguments).history.items()}
        evaluated = {"batch_size": 16, "verbose": 0, "sample_weight": sample_weight}
        found["evaluate"] = _numbers(model.evaluate(x, y, **evaluated))
        found |= {f"evaluate.{k}": v for k, v in model.evaluate(x, y, return_dict=True, **evaluated).items()}
        found["train_on_batch"] = _numbers(model.train_on_batch(x, y, sample_weight=sample_weight))
        found["test_on_batch"] = _numbers(model.test_on_batch(x, y, sample_weight=sample_weight))
        return found | {f"weight.{i}": weight for i, weight in enumerate(model.get_weights())}


Case = Callable[[_Setting], Outcome]


def _numbers(results: Any) -> np.ndarray:
    """A list of numbers and arrays as one array."""
    return np.concatenate([np.ravel(one) for one in (results if isinstance(results, list) else [results])])


_ACCURACY = {"loss": ["mse", "sparse_categorical_crossentropy"]}


def _lists(s: _Setting) -> Outcome:
    model = s.two_outputs(**_ACCURACY, loss_weights=[1.0, 0.25], metrics=[["mae", "mse"], ["accuracy"]])
    return s.trained(model, [s.x, s.z], [s.real_2, s.labels])


def _dicts(s: _Setting) -> Outcome:
    model = s.two_outputs(
        loss={"deep": "sparse_categorical_crossentropy", "wide": "mae"},
        loss_weights={"wide": 2.0, "deep": 0.5},
        metrics={"deep": ["acc", "sparse_categorical_crossentropy"]},
        weighted_metrics={"deep": ["acc"], "wide": ["mse"]},
    )
    x, y = {"b": s.z, "a": s.x}, {"deep": s.labels, "wide": s.real_2}
    return s.trained(model, x, y)  # Keras stumbles over weights in a dict here


def _dict_outputs(s: _Setting) -> Outcome:
    loss = {"two": "categorical_crossentropy", "one": "mse"}
    model = s.two_outputs("dict", loss=loss, metrics={"one": "mae", "two": ["acc"]}, weighted_metrics={"one": ["mae"]})
    return s.trained(
        model, {"a": s.x, "b": s.z}, {"one": s.real_2, "two": s.onehot}, {"one": s.weight, "two": s.weight}
    )


def _one_loss(s: _Setting) -> Outcome:
    model = s.two_outputs("tuple", loss=["mse", None], metrics=[["mae"], []])
    return s.trained(model, [s.x, s.z], [s.real_2, s.onehot])


def _same_loss(s: _Setting) -> Outcome:
    return s.trained(s.two_outputs(loss="mse"), [s.x, s.z], [s.real_2, s.onehot], validation_split=0.25)


def _validation(s: _Setting) -> Outcome:
    held = [s.x[:9], s.z[:9]], [s.real_2[:9], s.labels[:9]], [s.weight[:9], s.other_weight[:9]]
    model = s.two_outputs(**_ACCURACY, weighted_metrics=[["mae"], ["acc"]])
    return s.trained(model, [s.x, s.z], [s.real_2, s.labels], [s.weight, s.other_weight], validation_data=held)


def _one_weight(s: _Setting) -> Outcome:
    model = s.two_outputs(**_ACCURACY)
    fit = {"sample_weight": s.weight, "epochs": 2, "shuffle": False, "verbose": 0}
    return dict(model.fit([s.x, s.z], [s.real_2, s.labels], **fit).history)


def _generator(s: _Setting) -> Outcome:
    def batches() -> Any:
        for begin in range(0, N, 10):
            part = slice(begin, begin + 10)
            yield (s.x[part], s.z[part]), (s.real_2[part], s.labels[part]), (s.weight[part], s.other_weight[part])

    model = s.two_outputs("tuple", **_ACCURACY, metrics=[["mae"], ["acc"]])
    found = {f"fit.{k}": v for k, v in model.fit(batches(), shuffle=False, verbose=0).history.items()}
    found["evaluate"] = _numbers(model.evaluate(batches(), verbose=0))
    return found | {f"weight.{i}": weight for i, weight in enumerate(model.get_weights())}


def _intermediate(s: _Setting) -> Outcome:
    """An output that is also what another output is made of, and one that is given twice."""
    keras = s.keras
    x = keras.Input((5,))
    h = keras.layers.Dense(3, "softmax", name="h")(x)
    y = keras.layers.Dense(2, name="y")(h)
    model = s.prepared(keras.Model(x, [h, y]), loss=["categorical_crossentropy", "mse"], loss_weights=[0.5, 1.0])
    return s.trained(model, s.x, [s.onehot, s.real_2])


def _positions(s: _Setting) -> Outcome:
    """Outputs of several positions, with weights for each."""
    keras = s.keras
    layers = [keras.Input((4, 5)), keras.layers.Dense(3, "tanh"), keras.layers.Dense(3, "softmax")]
    model = s.prepared(
        keras.Sequential(layers), loss="sparse_categorical_crossentropy", metrics=["acc"], weighted_metrics=["acc"]
    )
    return s.trained(model, s.real(N, 4, 5), s.numbers.integers((N, 4), 3), np.abs(s.real(N, 4)) + 0.25)


def _loss_weights_of_one(s: _Setting) -> Outcome:
    model = s.stack(2, "linear", loss="mse", loss_weights=[0.25], metrics=["mae"], weighted_metrics=["mae", "mse"])
    return s.trained(model, s.x, s.real_2, s.weight)


def _binary_metrics(s: _Setting) -> Outcome:
    m = s.keras.metrics
    kinds = [
        *("acc", m.Precision(thresholds=0.4), m.Recall(), m.TruePositives(), m.FalseNegatives(thresholds=[0.3, 0.6])),
        *(m.AUC(num_thresholds=20), m.AUC(curve="PR", num_thresholds=20, name="pr"), m.PrecisionAtRecall(0.5)),
        *(m.F1Score(threshold=0.5), m.FBetaScore(average="micro", beta=0.5, threshold=0.4), m.BinaryIoU()),
    ]
    model = s.stack(1, "sigmoid", loss="binary_crossentropy", metrics=kinds, weighted_metrics=[m.Precision(name="p")])
    return s.trained(model, s.x, s.binary.astype("float32"), s.weight)


def _regression_metrics(s: _Setting) -> Outcome:
    m = s.keras.metrics
    kinds = [m.R2Score(), m.RootMeanSquaredError(), m.PearsonCorrelation(), m.ConcordanceCorrelation()]
    model = s.stack(2, "linear", loss="huber", metrics=kinds, weighted_metrics=[m.R2Score(name="weighted")])
    return s.trained(model, s.x, s.real_2, s.weight, validation_split=0.3)


def _class_metrics(s: _Setting) -> Outcome:
    m = s.keras.metrics
    kinds = [m.F1Score(average="macro"), m.OneHotMeanIoU(num_classes=3), m.AUC(num_thresholds=20), "cosine_similarity"]
    return s.trained(s.stack(3, "softmax", loss="categorical_crossentropy", metrics=kinds), s.x, s.onehot)


def _own_metrics(s: _Setting) -> Outcome:
    class Largest(s.keras.metrics.Metric):  # type: ignore[name-defined, misc]
        def __init__(self) -> None:
            super().__init__(name="largest")
            self.value = self.add_variable(shape=(), initializer="zeros", name="value")

        def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
            self.value.assign(largest_of(self.value, y_true, y_pred))

        def result(self) -> Any:
            return self.value.value

    def error(y_true: Any, y_pred: Any) -> Any:
        return (y_true - y_pred) ** 2

    def largest_of(value: Any, y_true: Any, y_pred: Any) -> Any:
        if s.keras.__name__ == "keras":
            return s.keras.ops.maximum(value, s.keras.ops.max(s.keras.ops.abs(y_true - y_pred)))
        return max(float(value.value), np.abs(y_true - y_pred).max())

    model = s.stack(2, "linear", loss="mse", metrics=[Largest(), error], weighted_metrics=[error])
    return s.trained(model, s.x, s.real_2, s.weight)


def _own_losses(s: _Setting) -> Outcome:
    """A function and a class, in a model whose other loss is one of the core's."""
    keras = s.keras

    def cubic(y_true: Any, y_pred: Any) -> Any:
        return (abs(y_pred - y_true) ** 3).sum(axis=-1)

    cubic.gradient = lambda y_true, y_pred: 3 * (y_pred - y_true) * abs(y_pred - y_true)  # type: ignore[attr-defined]

    class Square(keras.losses.Loss):  # type: ignore[name-defined, misc]
        def call(self, y_true: Any, y_pred: Any) -> Any:
            return ((y_pred - y_true) ** 2).mean(axis=-1)

        def gradient(self, y_true: Any, y_pred: Any) -> Any:
            return 2 * (y_pred - y_true) / y_pred.shape[-1]

    model = s.two_outputs(loss=[cubic, "categorical_crossentropy"], loss_weights=[0.3, 1.0], metrics=[["mae"], ["acc"]])
    found = s.trained(model, [s.x, s.z], [s.real_2, s.onehot], [s.weight, s.other_weight])
    model = s.stack(2, "tanh", loss=Square(reduction="mean_with_sample_weight"), metrics=["mae"])
    return found | {f"class.{key}": value for key, value in s.trained(model, s.x, s.real_2, s.weight).items()}


def _whole(name: str, units: int, activation: str, y: str, weighted: bool = True, **arguments: Any) -> Case:
    """A loss that the core does not compute for each row."""

    def run(s: _Setting) -> Outcome:
        loss = getattr(s.keras.losses, name)(**arguments)
        model = s.stack(units, activation, loss=loss, metrics=["mae"] if y != "labels" else ["acc"])
        return s.trained(model, s.x, getattr(s, y), s.weight if weighted else None)

    return run


OUTPUTS: dict[str, Case] = {
    "lists": _lists,
    "dicts": _dicts,
    "dict-outputs": _dict_outputs,
    "one-loss": _one_loss,
    "same-loss": _same_loss,
    "validation": _validation,
    "one-weight": _one_weight,
    "generator": _generator,
    "intermediate": _intermediate,
    "positions": _positions,
    "loss-weights-of-one": _loss_weights_of_one,
    "binary-metrics": _binary_metrics,
    "regression-metrics": _regression_metrics,
    "class-metrics": _class_metrics,
    "own-metrics": _own_metrics,
    "own-losses": _own_losses,
    "dice": _whole("Dice", 3, "sigmoid", "onehot", weighted=False),
    "dice-axis": _whole("Dice", 3, "sigmoid", "onehot", weighted=False, axis=0),
    "tversky": _whole("Tversky", 3, "sigmoid", "onehot", weighted=False, alpha=0.7, beta=0.3),
    "circle": _whole("Circle", 3, "sigmoid", "labels", weighted=False, gamma=1.5),
    "ignore-class": _whole("SparseCategoricalCrossentropy", 3, "softmax", "labels", ignore_class=1),
    "ignore-class-logits": _whole(
        "SparseCategoricalCrossentropy", 3, "linear", "labels", ignore_class=2, from_logits=True
    ),
    "axis": _whole("MeanSquaredError", 2, "linear", "real_2", reduction="sum"),
    "weighted-mean": _whole("Huber", 2, "linear", "real_2", reduction="mean_with_sample_weight"),
}


def run_outputs(keras: Any, name: str) -> dict[str, np.ndarray]:
    """What a case of `OUTPUTS` gives on the module `keras`."""
    keras.utils.clear_session()  # names are numbered
    return {key: np.asarray(value, "float32") for key, value in OUTPUTS[name](_Setting(keras, name)).items()}
