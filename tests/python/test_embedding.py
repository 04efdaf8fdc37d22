"""Embeddings and products: rows of a table, what is refused, whole networks. Numbers: `parity/cases/layers.py`."""

from __future__ import annotations

import numpy as np
import pytest

from steepest import keras
from steepest.layers import Concatenate, Dense, Dot, Embedding, Flatten, Input, Rescaling


def test_rows_of_the_table(isa: str, dtype: str, rng: np.random.Generator) -> None:
    table, numbers = rng.normal(size=(40, 19)).astype(dtype), rng.integers(0, 40, size=(33, 2, 3))
    layer = Embedding(40, 19, weights=table, dtype=dtype)
    np.testing.assert_array_equal(layer(numbers), table[numbers])
    np.testing.assert_array_equal(layer(numbers[:, 0, 0]), table[numbers[:, 0, 0]])
    assert layer.embeddings.shape == (40, 19) and layer.compute_output_shape((None, 2)) == (None, 2, 19)


def test_only_rows_that_were_named_are_trained() -> None:
    layer = Embedding(5, 2, embeddings_initializer="zeros")
    model = keras.Sequential([Input((1,)), layer, Flatten()])
    model.compile(keras.optimizers.SGD(1.0), "mse")
    model.fit(np.array([[1], [3], [3]]), np.array([[3.0, 0], [0, 3], [3, 6]]), verbose=0)
    # the gradient of a row is the sum over its uses of 2 (0 - y) / (2 * 3)
    np.testing.assert_allclose(layer.embeddings, [[0, 0], [1, 0], [0, 0], [1, 3], [0, 0]], rtol=1e-6)


def test_entity_embeddings_beside_numbers_learn(rng: np.random.Generator) -> None:
    """y depends on the entity and on a number: a table of one number an entity and a slope explain all of it."""
    entity, number = rng.integers(0, 8, size=(400, 1)), rng.normal(size=(400, 1))
    effects = rng.normal(size=8)
    y = effects[entity[:, 0]] + 0.5 * number[:, 0]
    of_entity, of_number = Input((1,), dtype="int32"), Input((1,))
    hidden = Concatenate()([Flatten()(Embedding(8, 2)(of_entity)), of_number])
    model = keras.Model([of_entity, of_number], Dense(1)(hidden))
    model.compile(keras.optimizers.Adam(0.05), "mse")
    loss = model.fit([entity, number], y, epochs=60, verbose=0).history["loss"]
    assert loss[-1] < 1e-3 * loss[0]


@pytest.mark.parametrize("wrong", [-1, 3, np.nan, 2.0**31])
def test_numbers_without_a_row_are_refused_and_change_nothing(wrong: float) -> None:
    model = keras.Sequential([Input((2,)), Embedding(3, 2), Flatten(), Dense(1)])
    model.compile("sgd", "mse")
    before = model.get_weights()
    x = np.array([[0.0, 1.0], [2.0, wrong]])
    for call in (
        model,
        model.predict,
        lambda x: model.fit(x, np.ones(2), verbose=0),
        lambda x: model(x, training=True),
    ):
        with pytest.raises(ValueError, match="whole numbers from 0 to 2"):
            call(x)
    for one, other in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_computed_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="not what layers computed"):
        keras.Sequential([Input((2,)), Rescaling(2.0), Embedding(3, 2)])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Embedding(0, 2), "input_dim=0"),
        (lambda: Embedding(2, 1.5), "output_dim=1.5"),
        (lambda: Embedding(2, True), "output_dim=True"),
        (lambda: Embedding(2, 2, mask_zero=True), "mask_zero"),
        (lambda: Embedding(2, 2, lora_rank=1), "lora_rank"),
        (lambda: Embedding(2, 2, weights=np.ones((3, 2))), "shape"),
        (lambda: Embedding(2**24 + 1, 1).build((None, 1)), "2.24"),
        (lambda: Dot((1, 2, 3)), "two integers"),
        (lambda: Dot(1).build([(None, 3), (None, 4)]), "3 .at axis 1. != 4"),
        (lambda: Dot(0).build([(3, 3), (3, 3)]), "not the batch's"),
        (lambda: Dot(2).build([(None, 3), (None, 3)]), "axes of the inputs"),
        (lambda: Dot(1).build([(None, 3)]), "2 inputs"),
    ],
)
def test_what_is_refused(make, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


def test_axes_of_dot_have_a_type() -> None:
    with pytest.raises(TypeError, match="axes"):
        Dot("1")


@pytest.mark.parametrize("layer", [Embedding(3, 2, "ones"), Dot([1, 2], normalize=True)])
def test_config_round_trip(layer) -> None:
    copy = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    assert type(copy) is type(layer) and copy.get_config() == layer.get_config()
