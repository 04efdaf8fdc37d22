"""Metrics on every instruction set, against the float64 reference and Keras's numbers, and how names are resolved."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from conftest import SIZES, Close
from test_losses import LABELS, ONE_HOT, WEIGHTS, P, Z

from steepest import layers, losses, metrics, models, reference

CASES: list[tuple[str, dict[str, Any]]] = [
    ("mean_absolute_error", {}),
    ("binary_accuracy", {"threshold": 0.5}),
    ("binary_accuracy", {"threshold": 0.0}),
    ("categorical_accuracy", {}),
    ("sparse_categorical_accuracy", {}),
    ("top_k_categorical_accuracy", {"k": 2}),
    ("sparse_top_k_categorical_accuracy", {"k": 2}),
]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("name", "hyper"), CASES)
def test_values(
    isa: str, dtype: str, name: str, hyper: dict, size: int, rng: np.random.Generator, close: Close
) -> None:
    y_pred = rng.standard_normal((9, size)).astype(dtype)
    y_pred[3] = y_pred[3, 0]  # equal maxima: the first counts
    y_true = rng.integers(0, 2, (9, size)).astype(dtype)
    if name.startswith("sparse"):
        y_true = rng.integers(0, size, (9, 1)).astype(dtype)
    elif name.endswith("categorical_accuracy"):
        y_true = np.eye(size, dtype=dtype)[rng.integers(0, size, 9)]
    metric = metrics.get(name)
    for key, value in hyper.items():
        setattr(metric, key, value)
    expected = reference.METRICS[name](y_true.astype(np.float64), y_pred.astype(np.float64), **hyper)
    found = metric.call(y_true, y_pred)
    close(found.mean(axis=-1) if name == "binary_accuracy" else found, expected, ulps=8)


# Keras 3.15 on TensorFlow in float64: the result after all rows, after the first two again with their WEIGHTS, and,
# from the start, of all rows with WEIGHTS.
KERAS = [
    (metrics.MeanSquaredError, {}, ONE_HOT, P, [0.129633333333, 0.138748717949, 0.192857142857]),
    (metrics.MeanAbsoluteError, {}, ONE_HOT, P, [0.278333333333, 0.309743589744, 0.4]),
    (metrics.BinaryAccuracy, {}, ONE_HOT, P, [0.833333333333, 0.794871794872, 0.714285714286]),
    (metrics.BinaryAccuracy, {"threshold": 0.26}, ONE_HOT, P, [0.666666666667, 0.589743589744, 0.428571428571]),
    (metrics.CategoricalAccuracy, {}, ONE_HOT, P, [0.75, 0.846153846154, 0.714285714286]),
    (metrics.SparseCategoricalAccuracy, {}, LABELS, P, [0.75, 0.846153846154, 0.714285714286]),
    (metrics.SparseCategoricalAccuracy, {}, LABELS[:, None], P, [0.75, 0.846153846154, 0.714285714286]),
    (metrics.BinaryCrossentropy, {"label_smoothing": 0.1}, ONE_HOT, P, [0.471862249526, 0.48737954977, 0.59130265146]),
    (
        metrics.CategoricalCrossentropy,
        {"from_logits": True},
        ONE_HOT,
        Z,
        [0.551935498866, 0.684233107074, 0.932480644771],
    ),
    (metrics.SparseCategoricalCrossentropy, {}, LABELS, P, [0.669865686063, 0.721597181534, 0.970632370525]),
]


@pytest.mark.parametrize(("cls", "hyper", "y_true", "y_pred", "expected"), KERAS)
def test_numbers_of_keras(cls: Any, hyper: dict, y_true: Any, y_pred: Any, expected: list) -> None:
    metric = cls(dtype="float64", **hyper)
    assert metric.result() == 0
    metric.update_state(y_true, y_pred)
    found = [metric.result(), metric(y_true[:2], y_pred[:2], sample_weight=WEIGHTS[:2])]
    metric.reset_state()
    found.append(metric(y_true, y_pred, sample_weight=WEIGHTS))
    np.testing.assert_allclose(found, expected, rtol=1e-7)  # Keras rounds label_smoothing to float32
    assert metric.result().dtype == np.float64
    assert cls(**hyper)(y_true, y_pred).dtype == np.float32


def test_binary_accuracy_weighs_elements_as_in_keras() -> None:
    metric = metrics.BinaryAccuracy()
    found = metric([[1, 0], [0, 1]], [[1, 1], [1, 1]], sample_weight=[[1, 2], [3, 4]])
    assert found == 0.5  # (1 + 4) / (1 + 2 + 3 + 4), printed by Keras 3.15


def test_more_dimensions_and_weights() -> None:
    y_true, y_pred = np.zeros((2, 3, 4)), np.arange(24.0).reshape(2, 3, 4)
    rows = y_pred.mean(axis=-1)
    assert metrics.MeanAbsoluteError()(y_true, y_pred) == pytest.approx(rows.mean(), rel=1e-6)
    weights = np.array([[1.0, 0.0, 2.0], [0.5, 0.5, 0.5]])
    expected = (rows * weights).sum() / weights.sum()
    assert metrics.MeanAbsoluteError()(y_true, y_pred, weights) == pytest.approx(expected, rel=1e-6)
    assert metrics.MeanAbsoluteError()(y_true, y_pred, [1.0, 3.0]) == pytest.approx((5.5 + 3 * 17.5) / 4, rel=1e-6)
    assert metrics.MeanAbsoluteError()(np.zeros((0, 4)), np.zeros((0, 4))) == 0


def test_weights_that_add_up_to_zero_give_zero() -> None:
    assert metrics.MeanSquaredError()([[1.0]], [[3.0]], sample_weight=[0.0]) == 0


# The names that Keras's history has, printed by Keras 3.15.
@pytest.mark.parametrize(
    ("identifier", "rule", "name"),
    [
        ("mse", "mean_squared_error", "mse"),
        ("MSE", "mean_squared_error", "MSE"),
        ("mae", "mean_absolute_error", "mae"),
        ("bce", "binary_crossentropy", "bce"),
        ("mean_squared_error", "mean_squared_error", "mean_squared_error"),
        ("MeanSquaredError", "mean_squared_error", "MeanSquaredError"),
        ("categorical_accuracy", "categorical_accuracy", "categorical_accuracy"),
        ("acc", "categorical_accuracy", "acc"),
        ("Accuracy", "categorical_accuracy", "Accuracy"),
        (metrics.MeanSquaredError, "mean_squared_error", "mean_squared_error"),
        (metrics.MeanSquaredError(name="foo"), "mean_squared_error", "foo"),
        (metrics.binary_accuracy, "binary_accuracy", "binary_accuracy"),
        (losses.mean_squared_error, "mean_squared_error", "mean_squared_error"),
        (losses.MeanSquaredError, "mean_squared_error", "mean_squared_error"),
        (losses.MeanSquaredError(name="bar"), "mean_squared_error", "bar"),
    ],
)
def test_resolve(identifier: Any, rule: str, name: str) -> None:
    metric = metrics.resolve(identifier, losses.get("categorical_crossentropy"), outputs=3, target_width=3)
    assert (metric.spec()["name"], metric.name) == (rule, name)


@pytest.mark.parametrize(
    ("outputs", "target_width", "kind"), [(1, 1, "binary"), (3, 3, "categorical"), (3, 1, "sparse_categorical")]
)
def test_accuracy_is_resolved_by_the_output(outputs: int, target_width: int, kind: str) -> None:
    for word in ("acc", "accuracy", "ACC"):
        metric = metrics.resolve(word, losses.get("mse"), outputs, target_width)
        assert (metric.spec()["name"], metric.name) == (f"{kind}_accuracy", word)
    for word in ("ce", "crossentropy"):
        loss = losses.BinaryCrossentropy(from_logits=True)
        metric = metrics.resolve(word, loss, outputs, target_width)
        assert (metric.spec()["name"], metric.name) == (f"{kind}_crossentropy", word)
        assert metric.spec()["from_logits"] is True
        assert metrics.resolve(word, losses.get("mse"), outputs, target_width).spec()["from_logits"] is False


def test_a_loss_as_a_metric_keeps_its_hyper_parameters() -> None:
    loss = losses.BinaryCrossentropy(from_logits=True, label_smoothing=0.5, name="bar", reduction="sum")
    assert metrics.get(loss).spec() == {"name": "binary_crossentropy", "from_logits": True, "label_smoothing": 0.5}


def test_functions() -> None:
    np.testing.assert_array_equal(metrics.binary_accuracy([[1, 0], [0, 1]], [[1, 1], [1, 1]]), [[1, 0], [0, 1]])
    np.testing.assert_array_equal(metrics.categorical_accuracy([[0, 1], [1, 0]], [[0, 1], [0, 1.0]]), [1, 0])
    np.testing.assert_array_equal(metrics.sparse_categorical_accuracy([0, 7], [[1, 0], [0, 1.0]]), [1, 0])
    np.testing.assert_array_equal(metrics.sparse_categorical_accuracy([0, 1.5], [[0, 1], [0, 1.0]]), [0, 0])
    np.testing.assert_array_equal(metrics.mean_absolute_error([[1, 2]], [[2, 4.0]]), [1.5])
    assert metrics.mean_squared_error is losses.mean_squared_error


def largest(y_true: Any, y_pred: Any) -> Any:
    return np.max(np.abs(np.subtract(y_true, y_pred)), axis=-1)


def test_a_metric_written_in_python_is_not_the_core_s() -> None:
    metric = metrics.get(largest)
    assert metric.name == "largest"
    assert metric([[1.0, 2.0], [0.0, 0.0]], [[2.0, 4.0], [0.0, 0.0]]) == 1.0
    assert not metric.in_core
    with pytest.raises(ValueError, match="does not compute the metric 'largest'"):
        metric.spec()


def test_sums_and_means_of_values() -> None:
    total, mean = metrics.Sum(), metrics.Mean()
    for metric in (total, mean):
        metric.update_state([[1.0, 2.0], [3.0, 4.0]], sample_weight=[2.0, 1.0])
        metric.update_state(5.0)
    assert (total.result(), mean.result()) == (18.0, 2.875)  # printed by Keras 3.15: (2 * 1.5 + 3.5 + 5) / (2 + 1 + 1)
    assert [variable.name for variable in mean.variables] == ["total", "count"]
    mean.reset_state()
    assert mean.result() == 0


def test_the_root_of_the_mean_is_taken_of_the_whole_epoch(rng: np.random.Generator) -> None:
    x, y = rng.standard_normal((10, 2)), rng.standard_normal((10, 1))
    model = models.Sequential([layers.Input((2,)), layers.Dense(1)])
    model.compile("sgd", "mse", metrics=[metrics.RootMeanSquaredError(), "mape"])
    loss, root, share = model.evaluate(x, y, batch_size=4, verbose=0)
    assert root == pytest.approx(np.sqrt(loss), rel=1e-6)
    assert share == pytest.approx(metrics.MeanAbsolutePercentageError()(y, model.predict(x, verbose=0)), rel=1e-5)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: metrics.get("acuracy"), "Unknown metric: 'acuracy'"),
        (lambda: metrics.resolve("acuracy", losses.get("mse"), 1, 1), "Did you mean 'accuracy'"),
        (lambda: metrics.resolve("Mse", losses.get("mse"), 1, 1), "Did you mean 'mse'"),
        (lambda: metrics.get(None), "Could not interpret metric"),
        (lambda: metrics.AUC(curve="x"), "Invalid AUC curve value"),
        (lambda: metrics.AUC(num_thresholds=1), "`num_thresholds` must be an integer > 1"),
        (lambda: metrics.AUC(num_labels=2), "only when `multi_label` is True"),
        (lambda: metrics.Precision(thresholds=[0.5, 2.0]), r"must be in \[0, 1\]"),
        (lambda: metrics.Recall(class_id=1)([1, 0], [1, 0]), r"shape \(n, classes\)"),
        (lambda: metrics.PrecisionAtRecall(1.5), r"range \[0, 1\]"),
        (lambda: metrics.FBetaScore(beta=1), "`beta`"),
        (lambda: metrics.F1Score(average="all"), "`average`"),
        (lambda: metrics.F1Score(threshold=0.0), "`threshold`"),
        (lambda: metrics.R2Score("mean"), "`class_aggregation`"),
        (lambda: metrics.R2Score()([1.0], [1.0]), "expects 2D inputs"),
        (lambda: metrics.IoU(2, [2]), "out of range"),
        (lambda: metrics.MeanSquaredError(dtype="int8"), "Unknown `dtype`"),
        (lambda: metrics.MeanSquaredError()(np.ones((3, 4)), np.ones((3, 5))), "must have the same shape"),
        (lambda: metrics.CategoricalAccuracy()(np.ones(3), np.ones((3, 5))), "must have the same shape"),
        (lambda: metrics.SparseCategoricalAccuracy()(np.ones(4), np.ones((3, 5))), "one class index for each row"),
        (lambda: metrics.MeanSquaredError()(np.ones((3, 4)), np.ones((3, 4)), [1, 2]), "`sample_weight`"),
        (lambda: metrics.SparseCategoricalCrossentropy()([9], np.ones((1, 5))), "a label of 9"),
    ],
)
def test_what_is_refused(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_a_refused_update_leaves_the_metric_as_it_was() -> None:
    metric = metrics.MeanSquaredError()
    metric.update_state([[1.0]], [[3.0]])
    with pytest.raises(ValueError, match="`sample_weight`"):
        metric.update_state(np.ones((3, 4)), np.ones((3, 4)), [1, 2])
    assert metric.result() == 4.0


def test_an_ignored_class_is_0_in_the_mean() -> None:
    """As in Keras, where the loss leaves it out of the mean."""
    y = [[0.5, 0.25, 0.25], [0.1, 0.8, 0.1], [0.2, 0.2, 0.6]]
    expected = -(np.log(0.5) + np.log(0.6)) / 3
    metric = metrics.SparseCategoricalCrossentropy(ignore_class=-1)
    assert metric([0, -1, 2], y) == pytest.approx(expected, rel=1e-6)
    turned = metrics.SparseCategoricalCrossentropy(ignore_class=1, axis=0)
    assert turned([0, 1, 2], np.transpose(y)) == pytest.approx(expected, rel=1e-6)
    assert type(metric).from_config(metric.get_config()).ignore_class == -1
