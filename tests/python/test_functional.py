"""Models between symbolic tensors: against the same formulas in NumPy, and the order and names that Keras gives."""

from __future__ import annotations

import numpy as np
import pytest

from steepest import keras, layers
from steepest.layers import Add, Concatenate, Dense, Flatten, Input, Reshape


def dense(layer: Dense, x: np.ndarray) -> np.ndarray:
    return x @ layer.kernel.astype("float64") + layer.bias


def test_a_graph_is_its_formula(isa: str, rng: np.random.Generator) -> None:
    a, b = Input((4,), name="a"), Input((2, 3), name="b")
    shared, last, other = Dense(5, "tanh"), Dense(2), Dense(1)
    left = shared(a)
    right = shared(Concatenate()([Dense(1, use_bias=False, kernel_initializer="ones")(a), Dense(3)(Flatten()(b))]))
    total = Add()([left, right, left])
    model = keras.Model([a, b], {"wide": last(total), "deep": other(Reshape((5, 1))(right))})
    x, z = rng.normal(size=(7, 4)).astype("float32"), rng.normal(size=(7, 2, 3)).astype("float32")
    found = model([x, z])
    first = np.tanh(dense(shared, x))
    assert set(found) == {"wide", "deep"}
    inner = keras.Model([a, b], right)([x, z])
    np.testing.assert_allclose(found["wide"], dense(last, 2 * first + inner), atol=1e-5)
    np.testing.assert_allclose(found["deep"], dense(other, inner[:, :, None]), atol=1e-5)


@pytest.mark.parametrize(
    ("name", "formula"),
    [
        ("Add", lambda x: x[0] + x[1] + x[2]),
        ("Multiply", lambda x: x[0] * x[1] * x[2]),
        ("Average", lambda x: (x[0] + x[1] + x[2]) / 3),
        ("Maximum", lambda x: np.maximum(np.maximum(x[0], x[1]), x[2])),
        ("Minimum", lambda x: np.minimum(np.minimum(x[0], x[1]), x[2])),
    ],
)
def test_merges(name: str, formula, isa: str, rng: np.random.Generator) -> None:
    x = [rng.normal(size=(5, 17)) for _ in range(3)]
    np.testing.assert_allclose(getattr(layers, name)(dtype="float64")(x), formula(x), atol=1e-15)
    np.testing.assert_allclose(getattr(layers, name.lower())(x), formula(x), atol=1e-6)


def test_subtract_and_concatenate(rng: np.random.Generator) -> None:
    x = [rng.normal(size=(5, 2, 3)).astype("float32") for _ in range(2)]
    np.testing.assert_array_equal(layers.subtract(x), x[0] - x[1])
    for axis in (1, 2, -1, -2):
        np.testing.assert_array_equal(layers.concatenate(x, axis=axis), np.concatenate(x, axis=axis))


@pytest.mark.parametrize("merge", ["add", "subtract", "multiply", "average", "maximum", "minimum", "concatenate"])
def test_training_follows_the_gradient(merge: str, isa: str, rng: np.random.Generator) -> None:
    """One step of plain gradient descent moves each weight by minus the derivative of the loss, by differences."""
    x, y = rng.normal(size=(9, 4)), rng.normal(size=(9, 2))
    inputs = Input((4,))
    branch = Dense(3, "tanh", dtype="float64")
    h = branch(inputs)
    merged = getattr(layers, merge)([h, Dense(3, "sigmoid", dtype="float64")(h)], dtype="float64")
    model = keras.Model(inputs, Dense(2, dtype="float64")(merged))
    start = model.get_weights()
    model.compile(keras.optimizers.SGD(1.0), "mse")
    model.fit(x, y, batch_size=9, verbose=0)
    stepped = model.get_weights()
    for i, weight in enumerate(start):
        for place in np.ndindex(weight.shape):
            losses = []
            for change in (1e-6, -1e-6):
                moved = [array.copy() for array in start]
                moved[i][place] += change
                model.set_weights(moved)
                losses.append(np.mean((model(x) - y) ** 2))
            assert abs((weight - stepped[i])[place] - (losses[0] - losses[1]) / 2e-6) < 1e-8


def test_nested_models_share_weights_and_train(rng: np.random.Generator) -> None:
    inputs = Input((4,))
    encoded = Dense(2, "tanh")(inputs)
    encoder = keras.Model(inputs, encoded, name="encoder")
    outer = Input((4,))
    model = keras.Model(outer, keras.Sequential([Input((2,)), Dense(4)])(encoder(outer)))
    assert model.count_params() == 22 and model.get_layer("encoder") is encoder
    x = rng.normal(size=(64, 4)).astype("float32")
    before = encoder(x)
    model.compile("adam", "mse")
    losses = model.fit(x, x, epochs=20, verbose=0).history["loss"]
    assert losses[-1] < losses[0] and np.abs(encoder(x) - before).max() > 1e-3


def test_a_model_is_a_layer_of_a_stack(rng: np.random.Generator) -> None:
    inputs = Input((4,))
    encoder = keras.Model(inputs, Dense(2)(inputs))
    stack, lazy = keras.Sequential([Input((4,)), encoder, Dense(1)]), keras.Sequential([encoder, Flatten()])
    x = rng.normal(size=(3, 4)).astype("float32")
    np.testing.assert_array_equal(lazy(x), encoder(x))
    assert stack.count_params() == 13 and stack(x).shape == (3, 1)
    with pytest.raises(ValueError, match="takes inputs of the shapes"):
        keras.Sequential([Input((5,)), encoder])


def test_what_is_refused() -> None:
    a, b = Input((4,), name="a"), Input((4,), name="b")
    with pytest.raises(ValueError, match="Graph disconnected.*'b'"):
        keras.Model(a, Add()([a, b]))
    with pytest.raises(ValueError, match="KerasTensors.*Received: 3"):
        keras.Model(a, 3)
    with pytest.raises(ValueError, match="'twice' is used 2 times"):
        keras.Model(a, Dense(1, name="twice")(Dense(1, name="twice")(a)))
    with pytest.raises(ValueError, match="list of tensors"):
        Add()(a)
    with pytest.raises(ValueError, match="one tensor"):
        Dense(1)([a, b])
    with pytest.raises(ValueError, match="incompatible shapes"):
        Add()([a, Input((3,))])
    with pytest.raises(ValueError, match="exactly 2"):
        layers.Subtract()([a, b, a])
    with pytest.raises(ValueError, match="concatenation axis"):
        Concatenate(axis=1)([Input((2, 3)), Input((2, 4))])
    with pytest.raises(ValueError, match="must be unchanged"):
        Reshape((3,))(a)
    two = keras.Model([a, b], Add()([a, b]))
    two.compile("sgd", "mse")
    with pytest.raises(ValueError, match="`x` must be a list of 2 arrays"):
        two.fit(np.ones((2, 4)), np.ones((2, 4)), verbose=0)


def test_summary_says_what_is_connected(capsys: pytest.CaptureFixture[str]) -> None:
    a = Input((4,), name="a")
    h = Dense(4, name="h")(a)
    keras.Model(a, Add(name="sum")([a, h]), name="residual").summary(line_length=100)
    out = capsys.readouterr().out
    assert "Connected to" in out and "a[0][0], h[0][0]" in out and " Total params: 20 " in out


def test_outputs_in_other_rows_than_the_last_step_has_are_trained() -> None:
    """A layer works on rows of 2, and targets come in rows of 4."""
    x, y = np.ones((3, 2)), np.arange(12.0).reshape(3, 4)

    def losses(*after: layers.Layer) -> list[float]:
        inputs = Input((2,))
        outputs = Dense(4, kernel_initializer="ones")(inputs)
        for layer in after:
            outputs = layer(outputs)
        model = keras.Model(inputs, outputs)
        model.compile("sgd", "mse")
        return model.fit(x, y, verbose=0, epochs=2).history["loss"]

    plain = losses()
    assert losses(Reshape((2, 2)), Flatten()) == pytest.approx(plain)
    within = losses(Reshape((2, 2)), Dense(2, kernel_initializer="identity"), Flatten())
    assert within[0] == pytest.approx(plain[0]) and within[1] < within[0]
