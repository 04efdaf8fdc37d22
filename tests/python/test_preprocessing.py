"""Layers that are adapted to data: inside models, from everything that holds data, what is refused. Keras's numbers:
`parity/probes/preprocessing.py`."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pandas
import pytest

from steepest import keras
from steepest.keras import Sequential, layers


def trained(x: np.ndarray, y: np.ndarray, *before: Any) -> tuple[dict[str, list[float]], np.ndarray]:
    """The history of a network behind these layers, and its predictions."""
    first = layers.Dense(7, "tanh", kernel_initializer=keras.initializers.GlorotUniform(1))
    last = layers.Dense(1, kernel_initializer=keras.initializers.GlorotUniform(2))
    model = Sequential([layers.Input(x.shape[1:]), *before, layers.Flatten(), first, last])
    model.compile(keras.optimizers.Adam(0.01), "mse")
    history = model.fit(x, y, batch_size=16, epochs=3, shuffle=False, verbose=0).history
    return history, model.predict(x, verbose=0)


@pytest.mark.parametrize(("shape", "axis"), [((5,), -1), ((5,), None), ((3, 17), -1), ((3, 4), 1), ((2, 3, 4), (1, 3))])
def test_a_model_trains_on_normalized_data(isa: str, shape: Any, axis: Any, rng: np.random.Generator) -> None:
    """A training behind the layer is the training on data that NumPy normalized before."""
    x = rng.normal(3, 5, size=(40, *shape)).astype("float32")
    y = rng.normal(size=(40, 1))
    layer = layers.Normalization(axis=axis)
    layer.adapt(x)
    kept = () if axis is None else tuple(one % x.ndim for one in np.atleast_1d(axis))
    others = tuple(one for one in range(x.ndim) if one not in kept)
    before = (x - x.mean(others, keepdims=True)) / x.std(others, keepdims=True)
    for ours, expected in zip(trained(x, y, layer), trained(before, y), strict=True):
        if isinstance(ours, dict):
            ours, expected = ours["loss"], expected["loss"]
        np.testing.assert_allclose(ours, expected, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(layer(x), before, rtol=1e-4, atol=1e-5)


def test_statistics_that_are_given_and_the_way_back(rng: np.random.Generator) -> None:
    x = rng.normal(3, 5, size=(20, 3)).astype("float32")
    given = layers.Normalization(mean=x.mean(0), variance=x.var(0))
    back = layers.Normalization(invert=True)
    back.adapt(x)
    model = Sequential([layers.Input((3,)), given, back])
    np.testing.assert_allclose(model.predict(x, verbose=0), x, rtol=1e-5)
    assert model.get_weights() == [] and given.get_config()["mean"] == x.mean(0).tolist()
    for copy in (pickle.loads(pickle.dumps(model)), Sequential.from_config(model.get_config())):
        np.testing.assert_array_equal(copy.predict(x, verbose=0), model.predict(x, verbose=0))


def test_statistics_are_weights_that_no_training_moves(tmp_path: Path, rng: np.random.Generator) -> None:
    x, y = rng.normal(3, 5, size=(40, 3)), rng.normal(size=(40, 1))
    layer = layers.Normalization()
    inputs = layers.Input((3,))
    model = keras.Model(inputs, layers.Dense(1)(layer(inputs)))
    layer.adapt(x)  # behind the model's back
    model.compile("sgd", "mse")
    model.fit(x, y, epochs=2, verbose=0)
    assert [w.shape for w in model.trainable_weights] == [(3, 1), (1,)]
    np.testing.assert_allclose(model.get_weights()[0], x.mean(0), rtol=1e-6)
    np.testing.assert_allclose(model.get_weights()[1], x.var(0), rtol=1e-6)
    with_count = [*layer.get_weights(), np.array(0)]  # as Keras has them
    layer.set_weights(with_count)
    model.save(tmp_path / "model.keras")
    for copy in (pickle.loads(pickle.dumps(model)), keras.models.load_model(tmp_path / "model.keras")):
        np.testing.assert_array_equal(copy.predict(x, verbose=0), model.predict(x, verbose=0))
    import h5py

    model.save_weights(tmp_path / "model.weights.h5")
    with h5py.File(tmp_path / "model.weights.h5") as file:
        assert file["layers/normalization/vars/2"].shape == ()


def test_adapt_takes_whatever_holds_data() -> None:
    frame = pandas.DataFrame({"a": [1.0, 2.0, 6.0], "b": [0, 0, 3]})
    parts = [frame.to_numpy()[:1], frame.to_numpy()[1:]]
    for data in (frame, frame.to_numpy().tolist(), parts, iter(parts), ((part, None) for part in parts)):
        layer = layers.Normalization()
        layer.adapt(data)
        np.testing.assert_allclose(layer.mean, [[3.0, 1.0]], rtol=1e-6)
        np.testing.assert_allclose(layer.variance, [[14 / 3, 2.0]], rtol=1e-6)
    words = pandas.Series(["b", "a", "b"])
    for given in (
        words,
        words.to_numpy(),
        list(words),
        words.to_numpy().astype("S"),
        [np.array(["b", "a"]), np.array(["b"])],
    ):
        lookup = layers.StringLookup()
        lookup.adapt(given)
        assert lookup.get_vocabulary() == ["[UNK]", "b", "a"]
    np.testing.assert_array_equal(lookup(words), [1, 2, 1])


def test_vocabularies_from_files_and_without_special_tokens(tmp_path: Path) -> None:
    (tmp_path / "words").write_text("red\ngrün\n", encoding="utf-8")
    (tmp_path / "numbers").write_text("5\n-3\n")
    words = layers.StringLookup(vocabulary=str(tmp_path / "words"), mask_token="")
    assert words(["grün", "", "no"]).tolist() == [3, 0, 1]
    assert words.get_vocabulary(include_special_tokens=False) == ["red", "grün"]
    assert layers.IntegerLookup(vocabulary=str(tmp_path / "numbers"))([-3, 5]).tolist() == [2, 1]
    front = layers.StringLookup(vocabulary=["[UNK]", "red"])
    assert front.vocabulary_size() == 2 and front(["red"]).tolist() == [1]


@pytest.mark.parametrize(
    "layer",
    [
        layers.StringLookup(vocabulary=["a", "b"], mask_token="", num_oov_indices=2, salt=3),
        layers.StringLookup(vocabulary=["a", "b"], idf_weights=[0.5, 2.0], output_mode="tf_idf"),
        layers.Hashing(7, salt=[1, 2], mask_value="b", dtype="int32"),
    ],
    ids=lambda layer: type(layer).__name__,
)
def test_copies_have_what_was_learned(layer: Any) -> None:
    copy = pickle.loads(pickle.dumps(layer))
    assert copy.get_config() == layer.get_config()
    np.testing.assert_array_equal(copy([["a", "b", "z"]]), layer([["a", "b", "z"]]))


def test_learned_bins_and_vocabularies_survive_their_description() -> None:
    bins = layers.Discretization(num_bins=3)
    bins.adapt(np.arange(30.0))
    assert layers.Discretization.from_config(bins.get_config()).bin_boundaries == bins.bin_boundaries
    lookup = layers.IntegerLookup(output_mode="tf_idf", max_tokens=9, pad_to_max_tokens=True)
    lookup.adapt([[1, 2], [2, 3]])
    copy = layers.IntegerLookup.from_config(lookup.get_config())
    np.testing.assert_allclose(copy([[2, 7]]), lookup([[2, 7]]), rtol=1e-6)


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (lambda: layers.Normalization(mean=1.0), "Both `mean` and `variance`"),
        (lambda: layers.Normalization(mean=[1.0], variance=1.0), "one shape"),
        (lambda: layers.Normalization(axis=None, mean=[1.0], variance=[1.0]), "at most as many axes"),
        (lambda: layers.Normalization(axis=2).adapt(np.ones((3, 2))), r"axis=\(2,\)"),
        (lambda: layers.Normalization(mean=1.0, variance=1.0).adapt(np.ones((3, 2))), "can't be adapted"),
        (lambda: layers.Normalization().adapt([]), "`data` must have at least one row"),
        (lambda: layers.Normalization(invert=True)([[1.0]]), "call `adapt"),
        (lambda: layers.Discretization(), "Either `num_bins` or `bin_boundaries`"),
        (lambda: layers.Discretization(num_bins=2)([1.0]), "no bins yet"),
        (lambda: layers.Discretization([1.0]).adapt([1.0]), "was given its `bin_boundaries`"),
        (lambda: layers.Discretization([1.0], output_mode="onehot"), "Did you mean 'one_hot'"),
        (lambda: layers.CategoryEncoding(), "`num_tokens` must be"),
        (lambda: layers.CategoryEncoding(3)([3]), "from 0 to num_tokens - 1 = 2. Received: 3"),
        (lambda: layers.CategoryEncoding(3)(["a"]), "whole numbers"),
        (lambda: layers.CategoryEncoding(3)([1], count_weights=[1.0]), "output_mode='count'"),
        (lambda: layers.StringLookup(vocabulary=["a", "a"]), "repeated tokens. Received: 'a'"),
        (lambda: layers.StringLookup(vocabulary=["a", "b"], max_tokens=2), "larger than `max_tokens`"),
        (lambda: layers.StringLookup(vocabulary=["a", ""], mask_token=""), "reserved token"),
        (lambda: layers.StringLookup(vocabulary=["a"], num_oov_indices=0)(["b"]), "Received: 'b'"),
        (lambda: layers.StringLookup(vocabulary=["a"]).adapt(["b"]), "was given its vocabulary"),
        (lambda: layers.StringLookup(vocabulary=["a"], output_mode="tf_idf"), "`idf_weights` must be set"),
        (lambda: layers.StringLookup(vocabulary=["a"])([1]), "takes strings"),
        (lambda: layers.StringLookup(invert=True, output_mode="count"), "when `invert` is True"),
        (lambda: layers.StringLookup(pad_to_max_tokens=True), "needs `max_tokens`"),
        (lambda: layers.IntegerLookup(salt=1), "oov_method='farmhash'"),
        (lambda: layers.IntegerLookup(vocabulary=[1])([0.5]), "takes integers"),
        (lambda: layers.Hashing(0), "`num_bins` must be a positive"),
        (lambda: layers.Hashing(3, salt="a"), "one integer or two"),
        (lambda: layers.Hashing(3, dtype="float32"), "the dtype is 'int32' or 'int64'"),
        (lambda: layers.Hashing(3)(layers.Input((1,))), r"x = Hashing\(...\)\(x\)"),
        (lambda: Sequential([layers.Input((1,)), layers.CategoryEncoding(3)]), "can't be part of a model"),
    ],
)
def test_what_is_refused(action: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        action()


def test_a_lookup_without_vocabulary_is_refused() -> None:
    with pytest.raises(RuntimeError, match="no vocabulary yet"):
        layers.StringLookup()(["a"])
