"""Losses as users hold them: shapes and dtypes, names, specs, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from test_losses import KERAS, LABELS, ONE_HOT, P, Z

from steepest import losses


# Values and shapes printed by Keras 3.15.
@pytest.mark.parametrize(
    ("loss", "arguments", "expected"),
    [
        (losses.MeanSquaredError(), (np.ones((3, 1)), np.zeros((3, 5))), 1.0),
        (losses.MeanSquaredError(reduction=None), (np.ones((3, 4)), np.zeros((3, 4)), [1, 2, 3]), [1.0, 2.0, 3.0]),
        (
            losses.MeanSquaredError(reduction="mean_with_sample_weight"),
            (np.ones((3, 4)), np.zeros((3, 4)), [0, 0, 0]),
            0.0,
        ),
        (losses.MeanSquaredError(reduction="mean_with_sample_weight"), (np.ones((3, 4)), np.zeros((3, 4)), 2.0), 3.0),
        (losses.MeanSquaredError(), (np.ones((3, 4)), np.zeros((3, 4)), [[1], [2], [3]]), 2.0),
        (losses.MeanSquaredError(), (np.ones((0, 4)), np.zeros((0, 4))), []),
        (losses.MeanSquaredError(), (np.ones((0, 2, 4)), np.zeros((0, 2, 4))), 0.0),
        (losses.SparseCategoricalCrossentropy(), (np.full(3, 1.7), [[0.1, 0.2, 0.3, 0.4]] * 3), 1.609438),
        (losses.SparseCategoricalCrossentropy(), (1, [0.1, 0.2, 0.3, 0.4]), 1.609438),
        (losses.SparseCategoricalCrossentropy(), (np.ones((3, 1)), np.ones((3, 5))), 1.609438),
    ],
)
def test_corners_are_those_of_keras(loss: losses.Loss, arguments: tuple, expected: Any) -> None:
    found = loss(*arguments)
    assert found.dtype == np.float32
    assert found.shape == np.shape(expected)
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_losses_of_a_whole_batch_are_not_the_core_s() -> None:
    assert losses.Dice(axis=-1).in_core and losses.SparseCategoricalCrossentropy().in_core
    for loss in (losses.Dice(), losses.BinaryCrossentropy(axis=0), losses.Circle()):
        assert loss.has_gradient and not loss.in_core
    assert not losses.SparseCategoricalCrossentropy(ignore_class=0).in_core


def test_functions_return_the_losses_of_rows_in_the_dtype_of_y_pred() -> None:
    for function in (losses.mean_squared_error, losses.binary_crossentropy, losses.categorical_crossentropy):
        for dtype in ("float32", "float64"):
            found = function(ONE_HOT, P.astype(dtype))
            assert found.dtype == dtype
            assert found.shape == (4,)
    found = losses.sparse_categorical_crossentropy(LABELS, P)
    np.testing.assert_allclose(found, -np.log(P[np.arange(4), LABELS]), rtol=1e-12)
    np.testing.assert_array_equal(losses.categorical_crossentropy(ONE_HOT, P), found)
    smooth = losses.binary_crossentropy(ONE_HOT, Z, from_logits=True, label_smoothing=0.1)
    np.testing.assert_allclose(smooth.mean(), KERAS[2][4][0], rtol=1e-7)


@pytest.mark.parametrize(
    ("identifier", "cls"),
    [
        *((name, losses.MeanSquaredError) for name in ("mse", "MSE", "mean_squared_error", "MeanSquaredError")),
        *((name, losses.BinaryCrossentropy) for name in ("bce", "BCE", "binary_crossentropy", "BinaryCrossentropy")),
        *((name, losses.CategoricalCrossentropy) for name in ("categorical_crossentropy", "CategoricalCrossentropy")),
        ("sparse_categorical_crossentropy", losses.SparseCategoricalCrossentropy),
        ("SparseCategoricalCrossentropy", losses.SparseCategoricalCrossentropy),
        (losses.mean_squared_error, losses.MeanSquaredError),
        (losses.sparse_categorical_crossentropy, losses.SparseCategoricalCrossentropy),
        (losses.BinaryCrossentropy, losses.BinaryCrossentropy),
        ({"class_name": "MeanSquaredError", "config": {"reduction": "sum"}}, losses.MeanSquaredError),
    ],
)
def test_loss_of(identifier: Any, cls: type) -> None:
    assert type(losses.loss_of(identifier)) is cls


# As keras.losses.get returns them.
def test_get_returns_functions_by_their_names_and_losses_as_they_are() -> None:
    loss = losses.MeanSquaredError(reduction="sum")
    assert losses.get(loss) is loss
    assert losses.get(np.mean) is np.mean
    assert losses.get(None) is None
    for name, function in {"mse": "mean_squared_error", "KLD": "kl_divergence", "logcosh": "log_cosh"}.items():
        assert losses.get(name) is getattr(losses, function)
    assert type(losses.get("Huber")) is losses.Huber


@pytest.mark.parametrize("name", [name for name in losses.__all__ if name[0].isupper() and "Loss" not in name])
def test_configurations_survive(name: str) -> None:
    loss = getattr(losses, name)(reduction="sum", name="mine")
    restored = losses.deserialize(losses.serialize(loss))
    assert type(restored) is type(loss)
    assert restored.get_config() == loss.get_config()
    assert restored.name == "mine"


def test_another_axis_is_that_axis_moved_to_the_end(rng: np.random.Generator) -> None:
    y_pred = rng.uniform(0.1, 0.9, (4, 3, 2))
    y_true = np.moveaxis(np.eye(3)[rng.integers(0, 3, (4, 2))], -1, 1)
    for cls in (losses.CategoricalCrossentropy, losses.BinaryCrossentropy, losses.CosineSimilarity, losses.Dice):
        loss, last = cls(axis=1, dtype="float64"), cls(axis=-1, dtype="float64")
        moved = np.moveaxis(y_true, 1, -1), np.moveaxis(y_pred, 1, -1)
        assert loss(y_true, y_pred) == last(*moved)
        np.testing.assert_array_equal(loss.gradient(y_true, y_pred), np.moveaxis(last.gradient(*moved), -1, 1))
    flat = losses.Dice(dtype="float64"), losses.Dice(axis=(0, 2), dtype="float64")
    assert flat[0](y_true, y_pred) == pytest.approx(1 - 2 * (y_true * y_pred).sum() / (y_true + y_pred).sum(), rel=1e-6)
    assert flat[0].gradient(y_true, y_pred).shape == flat[1].gradient(y_true, y_pred).shape == y_pred.shape
    assert flat[1](y_true, y_pred) == pytest.approx(np.mean(losses.dice(y_true, y_pred, axis=(0, 2))))


# keras.losses.SparseCategoricalCrossentropy(ignore_class=1) of Keras 3.15: a mean over the two others.
def test_an_ignored_class_does_not_count() -> None:
    y_pred = np.array([[0.5, 0.25, 0.25], [0.1, 0.8, 0.1], [0.25, 0.5, 0.25]])
    loss = losses.SparseCategoricalCrossentropy(ignore_class=1, dtype="float64")
    assert loss([0, 1, 2], y_pred) == pytest.approx((np.log(2) + np.log(4)) / 2)
    gradient = loss.gradient([0, 1, 2], y_pred)
    np.testing.assert_array_equal(gradient[1], 0)
    np.testing.assert_allclose(gradient[0], [-0.5, 0.5, 0.5], rtol=1e-12)
    assert losses.SparseCategoricalCrossentropy(ignore_class=-1)([-1, -1], y_pred[:2]) == 0
    values = losses.SparseCategoricalCrossentropy(ignore_class=255, reduction=None)([0, 255, 2], y_pred)
    np.testing.assert_allclose(values, [np.log(2), 0, np.log(4)], rtol=1e-6)


def test_a_circle_loss_has_the_slope_of_its_value(rng: np.random.Generator) -> None:
    y_pred = rng.standard_normal((6, 3))
    y_pred /= np.linalg.norm(y_pred, axis=1, keepdims=True)
    labels = np.array([0, 0, 1, 1, 2, 0])
    for loss in (
        losses.Circle(gamma=2.0, dtype="float64"),
        losses.Circle(gamma=3.0, margin=0.25, remove_diagonal=False, reduction="sum", dtype="float64"),
    ):
        found, step = loss.gradient(labels, y_pred, [1, 2, 0.5, 1, 1, 1]), 1e-6
        for index in np.ndindex(*y_pred.shape):
            above, below = y_pred.copy(), y_pred.copy()
            above[index] += step
            below[index] -= step
            ends = [loss(labels, moved, [1, 2, 0.5, 1, 1, 1]) for moved in (above, below)]
            assert found[index] == pytest.approx((ends[0] - ends[1]) / (2 * step), rel=1e-5, abs=1e-8)


# As keras.Model.compile(loss="ce") resolves them.
@pytest.mark.parametrize("word", ["ce", "crossentropy", "CE"])
def test_crossentropy_is_resolved_by_the_output(word: str) -> None:
    assert type(losses.resolve(word, outputs=1, target_width=1)) is losses.BinaryCrossentropy
    assert type(losses.resolve(word, outputs=3, target_width=3)) is losses.CategoricalCrossentropy
    assert type(losses.resolve(word, outputs=3, target_width=1)) is losses.SparseCategoricalCrossentropy
    assert type(losses.resolve("mse", outputs=3, target_width=1)) is losses.MeanSquaredError


def test_specs() -> None:
    assert losses.MeanSquaredError(reduction="mean").spec()["reduction"] == "sum_over_batch_size"
    assert losses.MeanSquaredError(reduction="sum").spec() == {"name": "mean_squared_error", "reduction": "sum"}
    for reduction in ("none", None):
        with pytest.raises(ValueError, match="Without reduction"):
            losses.MeanSquaredError(reduction=reduction).spec()


class Python(losses.Loss):
    def call(self, y_true: Any, y_pred: Any) -> Any:
        return np.abs(y_true - y_pred).mean(axis=-1)


def test_a_loss_written_in_python_can_be_called_but_not_trained_with() -> None:
    assert Python()([[1.0, 2.0]], [[2.0, 4.0]], sample_weight=[2.0]) == 3.0
    for use in (lambda: Python().spec(), lambda: Python().gradient([[1.0]], [[2.0]])):
        with pytest.raises(ValueError, match="written in Python"):
            use()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: losses.get("mze"), "Did you mean 'mse'"),
        (lambda: losses.loss_of(None), "Could not interpret loss"),
        (lambda: losses.get(3), "Could not interpret loss"),
        (lambda: losses.MeanSquaredError(reduction="foo"), "`reduction`.*Received: reduction='foo'"),
        (lambda: losses.MeanSquaredError(dtype="float16"), "Unknown `dtype`"),
        (lambda: losses.BinaryCrossentropy(label_smoothing=1.5), "`label_smoothing` must be a number from 0 to 1"),
        (lambda: losses.BinaryCrossentropy(label_smoothing="a"), "`label_smoothing` must be a number from 0 to 1"),
        (lambda: losses.CategoricalCrossentropy(axis=True), "`axis` must be of type `int`"),
        (lambda: losses.Dice(axis="a"), "`axis` must be of type `int`"),
        (lambda: losses.CosineSimilarity(axis=3)(np.ones((3, 4)), np.ones((3, 4))), "There is no axis 3"),
        (lambda: losses.Huber(delta=0), "`delta` must be a number above 0"),
        (lambda: losses.BinaryFocalCrossentropy(gamma=-1), "`gamma` must be a number of 0 or more"),
        (lambda: losses.CategoricalFocalCrossentropy(alpha=None), "`alpha` must be a number of 0 or more"),
        (lambda: losses.CategoricalGeneralizedCrossEntropy(q=1), r"`q` must be in the interval \(0, 1\)"),
        (lambda: losses.Tversky(beta="a"), "`beta` must be a number of 0 or more"),
        (lambda: losses.Circle(gamma=0), "`gamma` must be a number above 0"),
        (lambda: losses.Circle()(np.ones(3), np.ones((2, 4))), "one label for each row"),
        (lambda: losses.MeanSquaredError()(np.ones((3, 4)), np.ones((3, 5))), r"y_true\.shape=\(3, 4\)"),
        (lambda: losses.MeanSquaredError()(1.0, 2.0), "at least one dimension"),
        (lambda: losses.BinaryCrossentropy()(np.ones((3, 1)), np.ones((3, 5))), "must have the same shape"),
        (lambda: losses.CategoricalCrossentropy()(np.ones(3), np.ones((3, 5))), "must have the same shape"),
        (lambda: losses.SparseCategoricalCrossentropy()(np.ones(4), np.ones((3, 5))), "one class index for each row"),
        (lambda: losses.SparseCategoricalCrossentropy()([5], np.ones((1, 5))), "from 0 to 4.*a label of 5"),
        (lambda: losses.SparseCategoricalCrossentropy()([-1], np.ones((1, 5))), "a label of -1"),
        (lambda: losses.SparseCategoricalCrossentropy()([np.nan], np.ones((1, 5))), "a label of nan"),
        (lambda: losses.MeanSquaredError()(["a"], [1.0]), "`y_true` must hold real numbers"),
        (lambda: losses.MeanSquaredError()([1.0], [None]), "`y_pred` must hold real numbers"),
        (lambda: losses.MeanSquaredError()(np.ones((3, 2)), np.ones((3, 2)), [1, 2]), r"sample_weight\.shape=\(2,\)"),
        (lambda: losses.MeanSquaredError().gradient(np.ones((3, 2)), np.ones((3, 2)), [1, 2]), "`sample_weight`"),
    ],
)
def test_what_is_refused(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_categorical_crossentropy_of_one_class_warns() -> None:
    with pytest.warns(SyntaxWarning, match="binary_crossentropy"):
        losses.CategoricalCrossentropy()(np.ones((3, 1)), np.ones((3, 1)))
