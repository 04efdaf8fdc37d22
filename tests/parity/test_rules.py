"""Activations, losses, metrics and what holds weights, by themselves, with every argument, against real Keras."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from steepest import keras

from . import golden_file
from .deviations import FORMULAS
from .rule_cases import ACTIVATIONS, CONSTRAINTS, KINDS, LOSSES, METRICS, REGULARIZERS, run
from .run import differences

# Keras on TensorFlow rounds constants to float32: in gelu, and arguments that are no sums of few powers of two.
TOLERANCE = {"float32": 3e-6, "float64": 2e-7}


class Steepest:
    keras = keras

    def activation_gradient(self, name: str, arguments: dict[str, Any], x: np.ndarray, dy: np.ndarray) -> Any:
        return getattr(keras.activations, name).gradient(x, dy, **arguments)

    def loss_gradient(self, loss: Any, y_true: np.ndarray, y_pred: np.ndarray, weights: np.ndarray | None) -> Any:
        return loss.gradient(y_true, y_pred, weights)

    def regularize(self, regularizer: Any, x: np.ndarray) -> tuple[Any, Any]:
        return regularizer(x), regularizer.gradient(x)


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("kind", KINDS)
def test_numbers_are_those_of_keras(kind: str, dtype: str) -> None:
    golden = {name: outcome for name, outcome in golden_file.load("rules").items() if name.startswith(kind)}
    found = run(Steepest(), kind, dtype)
    assert list(found) == list(golden)
    beyond = {
        f"{name}, {key}": difference
        for name, outcome in found.items()
        for key, difference in differences(outcome, golden[name]).items()
        if difference > TOLERANCE[dtype]
    }
    assert beyond == {}


def test_every_activation_is_compared() -> None:
    public = {f"activations.{name}" for name, thing in vars(keras.activations).items() if hasattr(thing, "gradient")}
    assert public == {f"activations.{name}" for name, _ in ACTIVATIONS} | {name for name in FORMULAS if "activ" in name}


def test_every_loss_is_compared() -> None:
    public = {name for name in keras.losses.__all__ if name[0].isupper() and name not in ("Loss", "FunctionLoss")}
    assert public == {name for name, *_ in LOSSES}


def test_every_metric_is_compared() -> None:
    bases = {"Metric", "Mean", "Sum", "MeanMetricWrapper", "RowMetric", "LossMetric"}
    assert {name for name in keras.metrics.__all__ if name[0].isupper()} - bases == {name for name, *_ in METRICS}


@pytest.mark.parametrize(
    ("module", "cases"), [(keras.regularizers, REGULARIZERS), (keras.constraints, CONSTRAINTS)], ids=lambda part: ""
)
def test_every_regularizer_and_constraint_is_compared(module: Any, cases: list[tuple[str, dict[str, Any]]]) -> None:
    public = {
        thing.__name__ for thing in vars(module).values() if isinstance(thing, type) and "from_config" in dir(thing)
    }
    assert {name for name in public if name[0] != "_"} - {"Regularizer", "Constraint"} == {name for name, _ in cases}
