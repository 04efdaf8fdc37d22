"""Frozen layers and models: what trains, what is said of it, and when it counts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from steepest import keras
from steepest.layers import BatchNormalization, Dense, Dropout, Input
from steepest.models import Sequential

RNG = np.random.default_rng(5)
X, Y = RNG.normal(size=(64, 4)).astype("float32"), RNG.normal(size=(64, 1)).astype("float32")


def stack() -> Sequential:
    model = Sequential([Input((4,)), Dense(3, name="a"), Dropout(0.1), Dense(1, name="b")])
    model.compile("adam", "mse")
    return model


def moved(model: keras.Model) -> list[bool]:
    """Which weights a training changes."""
    before = model.get_weights()
    model.fit(X, Y, verbose=0)
    return [bool((old != new).any()) for old, new in zip(before, model.get_weights(), strict=True)]


def test_frozen_layers_keep_their_weights() -> None:
    model = stack()
    model.layers[0].trainable = False
    assert moved(model) == [False, False, True, True]


def test_weights_are_told_apart() -> None:
    layer = Dense(3, trainable=False)
    layer.build((None, 2))
    assert layer.trainable_weights == [] and [w.shape for w in layer.non_trainable_weights] == [(2, 3), (3,)]
    layer.trainable = 1
    assert layer.trainable is True and layer.non_trainable_variables == []
    assert [w.shape for w in layer.trainable_variables] == [w.shape for w in layer.variables] == [(2, 3), (3,)]
    model = stack()
    model.layers[2].trainable = False
    assert [w.shape for w in model.trainable_weights] == [(4, 3), (3,)]
    assert [w.shape for w in model.non_trainable_weights] == [(3, 1), (1,)]


@pytest.mark.parametrize("make", [partial(Dense, 1), Sequential], ids=["layer", "model"])
def test_trainable_is_a_boolean(make: Callable[..., object]) -> None:
    with pytest.raises(ValueError, match="`trainable` to be a boolean. Received: trainable='no'"):
        make(trainable="no")


def test_a_model_passes_it_on_to_its_layers_when_it_is_set() -> None:
    inner = Sequential([Dense(3)])
    x = Input((4,))
    model = keras.Model(x, Dense(1)(inner(x)))
    model.compile("sgd", "mse")
    model.trainable = False
    assert not inner.trainable and not inner.layers[0].trainable and model.trainable_weights == []
    inner.trainable = True
    assert inner.layers[0].trainable and len(inner.trainable_weights) == 2
    assert model.trainable_weights == []  # it is not trainable itself
    with pytest.warns(UserWarning, match="does not have any trainable weights"):
        assert moved(model) == [False] * 4
    model.trainable = True
    inner.trainable = False
    model.compile("sgd", "mse")
    assert moved(model) == [False, False, True, True]


def test_a_model_made_frozen_leaves_the_layers_as_they_are() -> None:
    model = Sequential([Input((4,)), Dense(1)], trainable=False)
    assert model.layers[0].trainable and model.trainable_weights == [] and len(model.non_trainable_weights) == 2
    x = Input((4,))
    functional = keras.Model(x, Dense(1)(x), trainable=False)
    assert not functional.trainable and functional.layers[1].trainable


def test_a_change_after_training_asks_for_another_compile() -> None:
    model = stack()
    model.fit(X, Y, verbose=0)
    before = model.get_weights()
    model.layers[0].trainable = False
    with pytest.raises(ValueError, match="`trainable` of a layer has changed .* Compile the model again"):
        model.fit(X, Y, verbose=0)
    model.compile(model.optimizer, "mse")
    with pytest.raises(ValueError, match="`trainable` of a layer has changed"):
        model.train_on_batch(X, Y)
    assert all((old == new).all() for old, new in zip(before, model.get_weights(), strict=True))
    model.compile("adam", "mse")
    assert moved(model) == [False, False, True, True]


def test_summary_counts_what_trains(capsys: pytest.CaptureFixture[str]) -> None:
    """The numbers of real Keras for the same model."""
    model = stack()
    model.fit(X, Y, verbose=0)
    model.layers[0].trainable = False
    model.summary()
    model.compile("adam", "mse")
    model.fit(X, Y, verbose=0)
    model.summary()
    lines = [line.strip() for line in capsys.readouterr().out.splitlines() if "params" in line]
    assert lines == [
        "Total params: 59 (236.00 B)",
        "Trainable params: 4 (16.00 B)",
        "Non-trainable params: 15 (60.00 B)",
        "Optimizer params: 40 (160.00 B)",
        "Total params: 29 (116.00 B)",
        "Trainable params: 4 (16.00 B)",
        "Non-trainable params: 15 (60.00 B)",
        "Optimizer params: 10 (40.00 B)",
    ]


def test_configurations_say_it() -> None:
    assert Dense.from_config(Dense(1, trainable=False).get_config()).trainable is False
    assert Sequential([Dense(1)], trainable=False).get_config()["trainable"] is False


def test_a_frozen_batch_normalization_keeps_its_statistics() -> None:
    """Also where it is called: training=True then means inference, as in Keras."""
    layer = BatchNormalization(epsilon=0.0, trainable=False)
    np.testing.assert_array_equal(layer(X, training=True), X)  # a mean of 0, a variance of 1
    assert (layer.moving_mean == 0).all() and len(layer.non_trainable_weights) == 4
    model = Sequential([Input((4,)), layer])
    np.testing.assert_array_equal(model(X, training=True), X)
    layer.trainable = True
    assert abs(model(X, training=True).mean(axis=0)).max() < 1e-6 and (layer.moving_mean != 0).all()
