"""Models as layers of Sequential models: the same bits as the same layers without the nesting."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

from steepest import keras
from steepest.keras import Sequential, layers


def dense(units: int, seed: int, **options: Any) -> Any:
    return layers.Dense(units, kernel_initializer=keras.initializers.GlorotUniform(seed), **options)


def stack() -> list[Any]:
    return [dense(7, 1, activation="relu"), layers.BatchNormalization(), dense(3, 2), dense(5, 3, activation="tanh")]


def trained(model: Any, rng: np.random.Generator) -> list[np.ndarray]:
    x, y = rng.normal(size=(40, 5)), rng.normal(size=(40, 5))
    model.compile("adam", "mse")
    model.fit(x, y, epochs=3, shuffle=False, verbose=0)
    return [*model.get_weights(), model.predict(x, verbose=0)]


def functional(inner: list[Any]) -> Any:
    x = h = layers.Input((5,))
    for layer in inner:
        h = layer(h)
    return keras.Model(x, h)


@pytest.mark.parametrize(
    "nest",
    [
        lambda a: Sequential([Sequential(a[:2]), Sequential(a[2:])]),
        lambda a: Sequential([Sequential([layers.Input((5,)), *a[:2]]), Sequential([Sequential(a[2:])])]),
        lambda a: Sequential([layers.Input((5,)), functional(a[:2]), *a[2:]]),
        lambda a: Sequential([functional(a[:3]), Sequential(a[3:])]),
        lambda a: functional([Sequential(a[:2]), Sequential([Sequential(a[2:])])]),
    ],
    ids=["unbuilt", "built and nested", "functional inside", "functional first", "inside functional"],
)
def test_nesting_changes_nothing(nest: Any) -> None:
    flat = trained(Sequential(stack()), np.random.default_rng(5))
    model = nest(stack())
    for ours, expected in zip(trained(model, np.random.default_rng(5)), flat, strict=True):
        np.testing.assert_array_equal(ours, expected)
    x = np.random.default_rng(6).normal(size=(4, 5))
    copies = [pickle.loads(pickle.dumps(model)), keras.models.model_from_json(model.to_json())]
    copies.append(keras.models.clone_model(model))
    for copy in copies:
        copy.set_weights(model.get_weights())
        np.testing.assert_array_equal(copy(x), model(x))


def test_a_model_whose_input_is_known_gives_it_to_the_one_around() -> None:
    encoder = Sequential([layers.Input((8,)), layers.Dense(2)], name="encoder")
    decoder = Sequential([layers.Input((2,)), layers.Dense(8)], name="decoder")
    model = Sequential([encoder, decoder])
    assert model.built and model.input_shape == model.output_shape == (None, 8)
    assert model.get_layer("decoder") is decoder
    x = np.ones((4, 8))
    np.testing.assert_array_equal(model(x), decoder(encoder(x)))
    encoder.trainable = False
    model.compile("sgd", "mse")
    before = [encoder.get_weights(), decoder.get_weights()]
    model.fit(x, 2 * x, verbose=0)
    assert all(map(np.array_equal, before[0], encoder.get_weights()))
    assert not all(map(np.array_equal, before[1], decoder.get_weights()))


def test_a_part_takes_the_dtype_of_the_whole() -> None:
    model = Sequential([layers.Input((3,)), Sequential([layers.Dense(2)]), layers.Dense(1, dtype="float64")])
    assert {weight.dtype for weight in model.get_weights()} == {np.dtype("float64")}
    part = Sequential([layers.Input((3,)), layers.Dense(2)])  # float32
    with pytest.raises(ValueError, match="compute in one dtype"):
        Sequential([part, layers.Dense(1, dtype="float64")])


def test_what_does_not_fit_leaves_the_parts_as_they_were() -> None:
    part = Sequential([layers.Dense(2), layers.Dense(3)])
    with pytest.raises(ValueError, match=r"takes inputs of the shape \(None, 4\)"):
        Sequential([layers.Input((5,)), part, Sequential([layers.Input((4,)), layers.Dense(1)])])
    fine = Sequential([layers.Input((5,)), part, layers.Reshape((3,))])
    assert fine.count_params() == 5 * 2 + 2 + 2 * 3 + 3
    unbuilt = Sequential([layers.Dense(2)])
    with pytest.raises(ValueError, match="needs its rows"):
        keras.Sequential([layers.Input((5,)), unbuilt, _Failing()])
    assert not unbuilt.built and unbuilt.layers[0].get_weights() == []
    with pytest.raises(ValueError, match="has no layers"):
        Sequential([layers.Input((5,)), Sequential()])
    with pytest.raises(ValueError, match="Only instances of `Layer`"):
        fine.add(fine)


class _Failing(layers.Layer):
    def lower(self, *args: Any) -> Any:
        raise ValueError("needs its rows")
