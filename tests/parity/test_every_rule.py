"""Every public activation, loss, metric, regularizer and constraint has a case of its own."""

from __future__ import annotations

from typing import Any

import pytest

from steepest import keras

from .cases.rules import ACTIVATIONS, CONSTRAINTS, LOSSES, METRICS, REGULARIZERS
from .deviations import FORMULAS


def test_every_activation_is_compared() -> None:
    public = {f"activations.{name}" for name, thing in vars(keras.activations).items() if hasattr(thing, "gradient")}
    assert public == {f"activations.{name}" for name, _ in ACTIVATIONS} | {name for name in FORMULAS if "activ" in name}


def test_every_loss_is_compared() -> None:
    own = ("Loss", "FunctionLoss", "HalfPoissonDeviance")  # the last is scikit-learn's
    public = {name for name in keras.losses.__all__ if name[0].isupper() and name not in own}
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
