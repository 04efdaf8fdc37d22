"""Normalizations: what they refuse, what moves when, how they stand in models. Numbers: `parity/cases/layers.py`."""

from __future__ import annotations

import numpy as np
import pytest

from steepest import keras
from steepest.layers import (
    BatchNormalization,
    Dense,
    GroupNormalization,
    Input,
    LayerNormalization,
    RMSNormalization,
    UnitNormalization,
)


def test_batch_normalization_by_its_formula(isa: str, dtype: str, rng: np.random.Generator) -> None:
    x = (5 + 3 * rng.normal(size=(70, 19))).astype(dtype)
    layer = BatchNormalization(momentum=0.75, epsilon=0.01, dtype=dtype)
    mean, variance = x.astype(float).mean(axis=0), x.astype(float).var(axis=0)
    tolerance = 2e-6 if dtype == "float32" else 1e-14
    np.testing.assert_allclose(layer(x, training=True), (x - mean) / np.sqrt(variance + 0.01), atol=10 * tolerance)
    np.testing.assert_allclose(layer.moving_mean, 0.25 * mean, rtol=tolerance)
    np.testing.assert_allclose(layer.moving_variance, 0.75 + 0.25 * variance, rtol=tolerance)
    expected = (x - 0.25 * mean) / np.sqrt(0.75 + 0.25 * variance + 0.01)
    np.testing.assert_allclose(layer(x), expected, atol=10 * tolerance)


def test_moving_statistics_are_moved_by_training_alone(rng: np.random.Generator) -> None:
    x, y = rng.normal(size=(40, 3)), rng.normal(size=(40, 1))
    layer = BatchNormalization()
    model = keras.Sequential([Input((3,)), layer, Dense(1)])
    model.compile("adam", "mse")
    model.evaluate(x, y, verbose=0)
    model.predict(x, verbose=0)
    assert not layer.moving_mean.any() and (layer.moving_variance == 1).all()
    model.fit(x, y, batch_size=40, verbose=0)
    np.testing.assert_allclose(layer.moving_mean, 0.01 * x.mean(axis=0), rtol=1e-5)


def test_weights_of_batch_normalization() -> None:
    layer = BatchNormalization(scale=False, moving_mean_initializer="ones")
    assert layer.gamma is layer.beta is layer.moving_mean is None
    layer.build((None, 3))
    assert layer.gamma is None and not layer.beta.any() and (layer.moving_mean == 1).all()
    assert [len(layer.weights), len(layer.trainable_weights), len(layer.non_trainable_weights)] == [3, 1, 2]
    assert layer.count_params() == 9
    layer.set_weights([[1, 2, 3], [4, 5, 6], [7, 8, 9]])
    np.testing.assert_array_equal(layer.non_trainable_weights, [[4, 5, 6], [7, 8, 9]])


def test_summary_counts_what_is_not_trained() -> None:
    model = keras.Sequential([Input((4,)), Dense(3), BatchNormalization()])
    lines: list[str] = []
    model.compile("adam", "mse")
    model.fit(np.ones((2, 4)), np.ones((2, 3)), verbose=0)
    model.summary(print_fn=lines.append)
    assert " Trainable params: 21 " in lines[0] and " Non-trainable params: 6 " in lines[0]
    assert " Optimizer params: 44 " in lines[0]  # two numbers for each that is trained, iterations and learning rate


def test_a_shared_normalization_moves_with_each_use(rng: np.random.Generator) -> None:
    x = rng.normal(size=(30, 2)) + 4
    layer = BatchNormalization(momentum=0.5)
    inputs = Input((2,))
    model = keras.Model(inputs, Dense(1)(layer(layer(inputs))))
    model.compile("sgd", "mse")
    model.fit(x, np.zeros(30), batch_size=30, verbose=0)
    np.testing.assert_allclose(layer.moving_mean, 0.5 * 0.5 * x.mean(axis=0), rtol=1e-5)


def test_dead_columns_and_rows_stay_finite() -> None:
    x = np.zeros((4, 3))
    for layer in (BatchNormalization(), LayerNormalization(), RMSNormalization(), UnitNormalization()):
        np.testing.assert_array_equal(layer(x, training=True), x)


@pytest.mark.parametrize(
    ("make", "shape", "error", "message"),
    [
        (lambda: BatchNormalization(renorm=True), None, ValueError, "renorm"),
        (lambda: BatchNormalization(synchronized=True), None, ValueError, "synchronized"),
        (lambda: BatchNormalization(axis=0), (None, 3, 4), ValueError, "not on the batch's"),
        (lambda: LayerNormalization(axis=[1, -2]), (None, 3, 4), ValueError, "different axes"),
        (lambda: BatchNormalization(axis=3), (None, 3, 4), ValueError, "out of bounds"),
        (lambda: BatchNormalization(), (3,), ValueError, "rank 2"),
        (lambda: LayerNormalization(axis=1.5), None, TypeError, "axis=1.5"),
        (lambda: LayerNormalization(rms_scaling=True), None, ValueError, "RMSNormalization"),
        (lambda: LayerNormalization(epsilo=1), None, ValueError, "epsilon"),
        (lambda: GroupNormalization(groups=0), None, ValueError, "groups=0"),
        (lambda: GroupNormalization(groups=1.0), None, ValueError, "groups=1.0"),
        (lambda: GroupNormalization(groups=2), (None, 3), ValueError, "divide"),
        (lambda: GroupNormalization(), (None, 3), ValueError, "divide"),
    ],
)
def test_what_is_refused(make, shape, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        make().build(shape)


def test_built_normalization_refuses_another_width() -> None:
    layer = LayerNormalization()
    layer.build((None, 3))
    with pytest.raises(ValueError, match=r"built for inputs of shape \(None, 3\).*\(None, 4\)"):
        layer(np.ones((2, 4)))


@pytest.mark.parametrize(
    "layer",
    [
        BatchNormalization(momentum=0.5, epsilon=0.1, scale=False, moving_variance_initializer="zeros"),
        LayerNormalization(axis=[-1], center=False, gamma_initializer="he_normal"),
        RMSNormalization(epsilon=0.1),
        UnitNormalization(),
        GroupNormalization(groups=2, axis=1),
    ],
    ids=lambda layer: type(layer).__name__,
)
def test_config_round_trip(layer) -> None:
    copy = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    assert type(copy) is type(layer) and copy.get_config() == layer.get_config()


@pytest.mark.parametrize(
    ("make", "axes", "shape"),
    [
        (lambda axis: LayerNormalization(axis, epsilon=0.5, dtype="float64"), [1], (3, 4)),
        (lambda axis: LayerNormalization(axis, epsilon=0.5, dtype="float64"), [1, 3], (2, 3, 4)),
        (lambda axis: RMSNormalization(axis, epsilon=0.5, dtype="float64"), [1, 2], (3, 4)),
        (lambda axis: UnitNormalization(axis, dtype="float64"), [1], (3, 4)),
        (lambda axis: BatchNormalization(axis[0], epsilon=0.5, dtype="float64"), [1], (3, 4)),
        (lambda axis: GroupNormalization(2, axis[0], epsilon=0.5, dtype="float64"), [1], (4, 3)),
        (lambda axis: GroupNormalization(3, axis[0], epsilon=0.5, dtype="float64"), [2], (2, 6, 2)),
    ],
)
def test_other_axes_are_as_the_last_of_inputs_that_were_turned(make, axes: list[int], shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(4)
    x = rng.normal(size=(6, *shape))
    order = [0, *(axis for axis in range(1, x.ndim) if axis not in axes), *axes]
    turned = x.transpose(order)
    layer, last = make(axes), make([*range(x.ndim - len(axes), x.ndim)])
    layer.build(x.shape)
    last.build(turned.shape)
    weights = [rng.uniform(0.5, 1.5, weight.shape) for weight in layer.get_weights()]
    layer.set_weights(weights)
    last.set_weights(weights)
    for training in (False, True):
        expected = last(turned, training=training).transpose(np.argsort(order))
        np.testing.assert_allclose(layer(x, training=training), expected, rtol=1e-12, atol=1e-14)
