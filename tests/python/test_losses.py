"""Losses and gradients on every instruction set: the float64 reference, Keras's numbers and finite differences."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
from conftest import SIZES, Close

from steepest import losses, reference

CASES: list[tuple[str, dict[str, Any]]] = [
    ("mean_squared_error", {}),
    ("binary_crossentropy", {"from_logits": False, "label_smoothing": 0.0}),
    ("binary_crossentropy", {"from_logits": False, "label_smoothing": 0.25}),
    ("binary_crossentropy", {"from_logits": True, "label_smoothing": 0.0}),
    ("binary_crossentropy", {"from_logits": True, "label_smoothing": 0.25}),
    ("categorical_crossentropy", {"from_logits": False, "label_smoothing": 0.0}),
    ("categorical_crossentropy", {"from_logits": False, "label_smoothing": 0.25}),
    ("categorical_crossentropy", {"from_logits": True, "label_smoothing": 0.0}),
    ("categorical_crossentropy", {"from_logits": True, "label_smoothing": 0.25}),
    ("sparse_categorical_crossentropy", {"from_logits": False}),
    ("sparse_categorical_crossentropy", {"from_logits": True}),
    ("mean_absolute_error", {}),
    ("mean_absolute_percentage_error", {}),
    ("mean_squared_logarithmic_error", {}),
    ("huber", {"delta": 0.5}),
    ("log_cosh", {}),
    ("poisson", {}),
    ("half_poisson_deviance", {}),
    ("hinge", {}),
    ("squared_hinge", {}),
    ("kl_divergence", {}),
    ("categorical_hinge", {}),
    ("cosine_similarity", {}),
    ("tversky", {"alpha": 0.75, "beta": 0.5, "axis": -1}),
    ("dice", {"axis": -1}),
    ("binary_focal_crossentropy", {"from_logits": False, "label_smoothing": 0.25, "gamma": 1.5}),
    ("binary_focal_crossentropy", {"from_logits": True, "label_smoothing": 0.0, "gamma": 2.0}),
    ("categorical_focal_crossentropy", {"from_logits": False, "label_smoothing": 0.25, "gamma": 1.5, "alpha": 0.5}),
    ("categorical_focal_crossentropy", {"from_logits": True, "label_smoothing": 0.0, "gamma": 2.0, "alpha": 0.25}),
    ("categorical_generalized_cross_entropy", {"q": 0.75}),
]
SPARSE = {"sparse_categorical_crossentropy", "categorical_generalized_cross_entropy"}
PROBABILITIES = {"kl_divergence", "poisson", "mean_squared_logarithmic_error", "tversky", "dice", *SPARSE}
IDS = [
    f"{name}{'-logits' * h.get('from_logits', False)}{'-smooth' * bool(h.get('label_smoothing'))}" for name, h in CASES
]
CLASSES = {name: type(losses.loss_of(name)) for name, _ in CASES}


def rows(name: str, hyper: dict, n: int, size: int, dtype: str, rng: np.random.Generator) -> tuple:
    """Targets and predictions such as the loss expects."""
    y_pred = rng.standard_normal((n, size)) * 3
    if not hyper.get("from_logits", name not in PROBABILITIES):
        y_pred = rng.uniform(0.02, 0.98, (n, size))
    if name in SPARSE:
        y_true = rng.integers(0, size, (n, 1))
    elif name == "mean_absolute_percentage_error":
        y_true = rng.integers(1, 3, (n, size))
    elif name.startswith("categorical"):
        y_true = np.eye(size)[rng.integers(0, size, n)]
    else:
        y_true = rng.integers(0, 2, (n, size))
    return y_true.astype(dtype), y_pred.astype(dtype)


def formulas(name: str, hyper: dict) -> tuple:
    """Value and gradient of the reference, which knows rows and no axes."""
    own = {key: value for key, value in hyper.items() if key != "axis"}
    value, gradient = reference.LOSSES[name]
    return partial(_call, value, own), partial(_call, gradient, own)


def _call(function: Any, own: dict, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
    return function(y_true, y_pred, **own)


@pytest.mark.filterwarnings("ignore:With a single class")
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("name", "hyper"), CASES, ids=IDS)
def test_values_and_gradients(
    isa: str, dtype: str, name: str, hyper: dict, size: int, rng: np.random.Generator, close: Close
) -> None:
    y_true, y_pred = rows(name, hyper, 5, size, dtype, rng)
    wide_true, wide_pred = y_true.astype(np.float64), y_pred.astype(np.float64)
    value, gradient = formulas(name, hyper)
    loss = CLASSES[name](reduction=None, dtype=dtype, **hyper)
    # a sum of up to 97 terms in 16 or more partial sums, of logarithms within 3 ulp; log sum exp z - z cancels
    cancels = hyper.get("from_logits") or name == "categorical_hinge"
    scale = np.ptp(wide_pred, axis=-1) + 1 if cancels else 1.0
    close(loss(y_true, y_pred), value(wide_true, wide_pred), ulps=12, scale=scale)
    # p - y cancels; from probabilities, the row's mean is taken off
    expected = gradient(wide_true, wide_pred)
    scale = np.abs(expected).max(axis=-1, keepdims=True) + 1 / size
    close(loss.gradient(y_true, y_pred), expected, ulps=12, scale=scale)


def test_logits_of_ten_thousand(isa: str, dtype: str) -> None:
    for size in (2, 33):
        right = np.full((2, size), -1e4, dtype)
        right[:, 1] = 1e4
        y_true = np.eye(size, dtype=dtype)[[1, 1]]
        for loss, share in (
            (losses.BinaryCrossentropy(from_logits=True, dtype=dtype), size),
            (losses.CategoricalCrossentropy(from_logits=True, dtype=dtype), 1),
        ):
            wrong_value = 1e4 if share == size else 2e4 + np.log(size - 1)
            assert loss(y_true, right) == 0
            np.testing.assert_array_equal(loss.gradient(y_true, right), 0)
            assert loss(y_true, -right) == pytest.approx(wrong_value, rel=1e-6)
            gradient = loss.gradient(y_true, -right)
            assert np.isfinite(gradient).all()
            assert gradient[0, 1] == pytest.approx(-1 / (2 * share), rel=1e-6)


# Keras 3 in float32 on both of its backends: a probability of 1 is kept 2^-23 from 1, one of 0 is kept 1e-7 from 0.
@pytest.mark.parametrize(
    ("y_true", "y_pred", "expected"),
    [([1.0, 0.0], [1.0, 1.0], 7.9711924), ([1.0], [0.0], 16.118095), ([1.0], [1.0], 1.1920929e-07)],
)
def test_saturated_probabilities_are_clipped_as_in_keras(isa: str, y_true: list, y_pred: list, expected: float) -> None:
    loss = losses.BinaryCrossentropy()
    assert loss(y_true, y_pred) == pytest.approx(expected, rel=1e-6)
    np.testing.assert_array_equal(loss.gradient(y_true, y_pred), 0)


@pytest.mark.parametrize(("name", "hyper"), CASES, ids=IDS)
def test_nan_goes_through(isa: str, dtype: str, name: str, hyper: dict, rng: np.random.Generator) -> None:
    for size in (2, 33):
        y_true, y_pred = rows(name, hyper, 3, size, dtype, rng)
        y_pred[1, 0] = np.nan
        y_true[1] = 0.0 if name in SPARSE else np.eye(size)[0]
        loss = CLASSES[name](reduction="none", dtype=dtype, **hyper)
        values, gradient = loss(y_true, y_pred), loss.gradient(y_true, y_pred)
        assert np.isnan(values[1])
        assert np.isfinite(values[[0, 2]]).all()
        assert np.isfinite(gradient[[0, 2]]).all()
        assert np.isnan(CLASSES[name](dtype=dtype, **hyper)(y_true, y_pred))


P = np.array([[0.1, 0.7, 0.2], [0.3, 0.3, 0.4], [0.98, 0.01, 0.01], [0.25, 0.25, 0.5]])
Z = np.array([[-2, 3, 0.5], [0, 0, 0], [10, -10, 1], [1.5, -0.5, 2]])
LABELS = np.array([1, 2, 0, 0])
ONE_HOT = np.eye(3)[LABELS]
WEIGHTS = np.array([0.5, 2.0, 0.0, 1.0])

# Keras 3.15 on TensorFlow in float64: the loss for "sum_over_batch_size", "sum" and "mean_with_sample_weight", each
# without and with WEIGHTS; then the first row of the gradient of "sum_over_batch_size" with WEIGHTS.
KERAS = [
    (
        losses.MeanSquaredError, {}, ONE_HOT, P,
        [0.129633333333, 0.16875, 0.518533333333, 0.675, 0.129633333333, 0.192857142857],
        [0.00833333333333, -0.025, 0.0166666666667],
    ),
    (
        losses.BinaryCrossentropy, {}, ONE_HOT, P,
        [0.393520551985, 0.497416196591, 1.57408220794, 1.98966478636, 0.393520551985, 0.568475653247],
        [0.0462962962963, -0.0595238095238, 0.0520833333333],
    ),
    (
        losses.BinaryCrossentropy, {"from_logits": True, "label_smoothing": 0.1}, ONE_HOT, Z,
        [0.709983720583, 0.637383127497, 2.83993488233, 2.54953250999, 0.709983720583, 0.728437859997],
        [0.00288345508425, 0.000107255284268, 0.0238524721334],
    ),
    (
        losses.CategoricalCrossentropy, {}, ONE_HOT, 2 * P,
        [0.669865686063, 0.849303324209, 2.67946274425, 3.39721329684, 0.669865686063, 0.970632370525],
        [0.0625, -0.0267857142857, 0.0625],
    ),
    (
        losses.CategoricalCrossentropy, {"label_smoothing": 0.2}, ONE_HOT, P,
        [0.874046103383, 0.883585285343, 3.49618441353, 3.53434114137, 0.874046103383, 1.00981175468],
        [0.0416666666667, -0.0297619047619, 0.0833333333333],
    ),
    (
        losses.CategoricalCrossentropy, {"from_logits": True}, ONE_HOT, Z,
        [0.551935498866, 0.815920564175, 2.20774199546, 3.2636822567, 0.551935498866, 0.932480644771],
        [0.0007735356591, -0.0101971291545, 0.00942359349537],
    ),
    (
        losses.SparseCategoricalCrossentropy, {}, LABELS, P,
        [0.669865686063, 0.849303324209, 2.67946274425, 3.39721329684, 0.669865686063, 0.970632370525],
        [0.125, -0.0535714285714, 0.125],
    ),
    (
        losses.SparseCategoricalCrossentropy, {"from_logits": True}, LABELS, Z,
        [0.551935498866, 0.815920564175, 2.20774199546, 3.2636822567, 0.551935498866, 0.932480644771],
        [0.0007735356591, -0.0101971291545, 0.00942359349537],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("cls", "hyper", "y_true", "y_pred", "values", "gradient"), KERAS)
def test_numbers_of_keras(cls: Any, hyper: dict, y_true: Any, y_pred: Any, values: list, gradient: list) -> None:
    found = [
        cls(reduction=reduction, dtype="float64", **hyper)(y_true, y_pred, sample_weight)
        for reduction in ("sum_over_batch_size", "sum", "mean_with_sample_weight")
        for sample_weight in (None, WEIGHTS)
    ]
    np.testing.assert_allclose(found, values, rtol=1e-7)  # Keras rounds label_smoothing to float32
    first = cls(dtype="float64", **hyper).gradient(y_true, y_pred, WEIGHTS)[0]
    np.testing.assert_allclose(first, gradient, rtol=1e-7)


def numeric_gradient(loss: losses.Loss, y_true: Any, y_pred: np.ndarray, sample_weight: Any) -> np.ndarray:
    """Central differences of the reduced loss, element by element."""
    step, gradient = 1e-6, np.zeros(y_pred.shape)
    for index in np.ndindex(*y_pred.shape):
        above, below = y_pred.copy(), y_pred.copy()
        above[index] += step
        below[index] -= step
        difference = np.sum(loss(y_true, above, sample_weight)) - np.sum(loss(y_true, below, sample_weight))
        gradient[index] = difference / (2 * step)
    return gradient


@pytest.mark.parametrize("reduction", ["sum_over_batch_size", "mean", "sum", "mean_with_sample_weight", "none"])
@pytest.mark.parametrize(("name", "hyper"), CASES, ids=IDS)
def test_gradient_is_the_slope_of_the_loss(name: str, hyper: dict, reduction: str, rng: np.random.Generator) -> None:
    y_true, y_pred = rows(name, hyper, 4, 3, "float64", rng)
    loss = CLASSES[name](reduction=reduction, dtype="float64", **hyper)
    for weights in (None, WEIGHTS, 0.5, WEIGHTS[:, None]):
        found = loss.gradient(y_true, y_pred, weights)
        np.testing.assert_allclose(found, numeric_gradient(loss, y_true, y_pred, weights), rtol=2e-6, atol=1e-8)


@pytest.mark.parametrize(
    ("true_shape", "pred_shape", "weight_shape"),
    [
        ((3,), (3, 1), (3,)),
        ((3, 1), (3,), (3,)),
        ((3, 1), (3, 4), (3,)),
        ((3, 4), (3, 1), None),
        ((4,), (4,), None),
        ((2, 3, 4), (2, 3, 4), (2, 3)),
        ((2, 3, 4), (2, 3, 4), (2, 1)),
        ((3, 4), (3, 4), (1,)),
        ((4,), (4,), (2,)),
    ],
)
def test_shapes_that_mean_squared_error_takes(
    true_shape: tuple, pred_shape: tuple, weight_shape: tuple | None, rng: np.random.Generator
) -> None:
    y_true, y_pred = rng.standard_normal(true_shape), rng.standard_normal(pred_shape)
    weights = None if weight_shape is None else rng.uniform(0.5, 2, weight_shape)
    for reduction in ("sum_over_batch_size", "mean_with_sample_weight"):
        loss = losses.MeanSquaredError(reduction=reduction, dtype="float64")
        gradient = loss.gradient(y_true, y_pred, weights)
        assert gradient.shape == pred_shape
        np.testing.assert_allclose(gradient, numeric_gradient(loss, y_true, y_pred, weights), rtol=1e-6, atol=1e-8)
