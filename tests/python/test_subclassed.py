"""Models and layers with a `call` of their own: the bits of the same graph in the functional API, what is refused."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

from steepest import keras
from steepest.keras import Sequential, layers, ops

X = np.random.default_rng(0).normal(size=(48, 5)).astype("float32")
Y = X[:, :2] * [1.0, -2.0]


class Residual(layers.Layer):
    """x + W2 relu(W1 x)."""

    def __init__(self, units: int, **kwargs: Any):
        super().__init__(**kwargs)
        self.units = units
        self.first = layers.Dense(units, "relu")
        self.drop = layers.Dropout(0.25, seed=3)

    def build(self, input_shape: Any) -> None:
        self.second = layers.Dense(input_shape[-1])
        super().build(input_shape)

    def call(self, x: Any, training: Any = None) -> Any:
        return x + self.second(self.drop(self.first(x), training=training))


class Network(keras.Model):
    def __init__(self, blocks: int = 2):
        super().__init__()
        self.out = layers.Dense(2)  # set before, used behind the others
        self.blocks = [Residual(7) for _ in range(blocks)]
        self.norm = layers.BatchNormalization()

    def call(self, x: Any, training: bool = False) -> Any:
        x = self.norm(x, training=training)
        for block in self.blocks:
            x = block(x)
        return ops.multiply(self.out(x), 0.5)


def functional() -> Any:
    x = layers.Input((5,))
    h = layers.BatchNormalization()(x)
    for _ in range(2):
        inner = layers.Dropout(0.25, seed=3)(layers.Dense(7, "relu")(h))
        h = layers.Add()([h, layers.Dense(5)(inner)])
    return keras.Model(x, layers.Rescaling(0.5)(layers.Dense(2)(h)))


def test_a_model_trains_like_its_graph(isa: str) -> None:
    own, graph = Network(), functional()
    assert not own.built
    own.build((None, 5))
    # Keras's order: as the attributes were set, which the graph's is not
    order = [w.shape for w in own.get_weights()]
    assert order == [(5, 2), (2,), *[(5, 7), (7,), (7, 5), (5,)] * 2, *[(5,)] * 4]
    weights = own.get_weights()
    graph.set_weights(weights[10:] + weights[2:10] + weights[:2])
    for model in (own, graph):
        keras.utils.set_random_seed(4)
        model.compile("adam", "mse", metrics=["mae"])
    found, expected = ({}, {})
    for model, into in ((own, found), (graph, expected)):
        keras.utils.set_random_seed(5)
        into.update(model.fit(X, Y, epochs=3, verbose=0, validation_data=(X, Y)).history)
    assert found == expected and own.count_params() == graph.count_params()
    np.testing.assert_array_equal(own.predict(X, verbose=0), graph.predict(X, verbose=0))
    np.testing.assert_array_equal(own(X), graph(X))


def test_the_first_data_build_a_model_whatever_brings_them() -> None:
    for see in (
        lambda model: model.fit(X, Y, verbose=0),
        lambda model: model.fit(iter([(X, Y)]), verbose=0),
        lambda model: model.evaluate(X, Y, verbose=0),
        lambda model: model.predict(X.tolist(), verbose=0),
        lambda model: model.train_on_batch(X, Y),
        lambda model: model(layers.Input((5,))),
        lambda model: Sequential([layers.Input((5,)), model]),
    ):
        model = Network(1)
        model.compile("sgd", "mse")
        see(model)
        assert model.built and model.count_params() == 20 + 5 * 7 + 7 + 7 * 5 + 5 + 5 * 2 + 2
        assert [type(layer).__name__ for layer in model.layers] == ["Dense", "Residual", "BatchNormalization"]


def test_several_inputs_and_outputs_by_name_and_shared_layers() -> None:
    class Siamese(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.tower = Sequential([layers.Dense(3, "tanh")])
            self.head = layers.Dense(1)

        def call(self, inputs: Any) -> Any:
            left, right = self.tower(inputs["left"]), self.tower(inputs["right"])
            return {"product": self.head(left * right), "difference": self.head(left - right)}

    model = Siamese()
    model.compile("sgd", {"product": "mse", "difference": "mae"})
    data = {"right": X + 1, "left": X}
    history = model.fit(data, {"product": Y[:, :1], "difference": Y[:, :1]}, verbose=0).history
    assert sorted(history) == ["difference_loss", "loss", "product_loss"]
    (k, b), (v, c) = model.tower.get_weights(), model.head.get_weights()
    left, right = np.tanh(X @ k + b), np.tanh((X + 1) @ k + b)
    found = model.predict(data, verbose=0)
    np.testing.assert_allclose(found["product"], (left * right) @ v + c, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(found["difference"], (left - right) @ v + c, rtol=1e-5, atol=1e-6)


def test_a_layer_of_ones_own_alone_and_in_models() -> None:
    layer = Residual(4, name="mine")
    alone = layer(X)
    w, b, v, c = layer.get_weights()
    np.testing.assert_allclose(alone, X + np.maximum(X @ w + b, 0) @ v + c, rtol=1e-5, atol=1e-6)
    assert not np.array_equal(layer(X, training=True), alone)  # dropout
    for model in (Sequential([layers.Input((5,)), layer]), keras.Model(x := layers.Input((5,)), layer(x))):
        np.testing.assert_array_equal(model(X), alone)
        assert model.count_params() == layer.count_params() == 5 * 4 + 4 + 4 * 5 + 5
    layer.trainable = False
    assert layer.trainable_weights == [] and not layer.first.trainable
    layer.set_weights([2 * one for one in (w, b, v, c)])
    np.testing.assert_allclose(layer(X), X + 2 * (2 * np.maximum(X @ w + b, 0) @ v + c), rtol=1e-5, atol=1e-5)


def test_copies_and_descriptions_have_the_arguments() -> None:
    layer, model = Residual(4), Network(blocks=1)
    assert layer.get_config()["units"] == 4 and model.get_config() == {"blocks": 1}
    model(X)
    copy = pickle.loads(pickle.dumps(model))
    assert len(copy.blocks) == 1
    np.testing.assert_array_equal(copy(X), model(X))
    with keras.saving.custom_object_scope({"Residual": Residual}):
        stack = Sequential([layers.Input((5,)), layer])
        again = Sequential.from_config(stack.get_config())
    again.set_weights(stack.get_weights())
    np.testing.assert_array_equal(again(X), stack(X))


class Called(keras.Model):
    """A model of one Dense layer whose `call` is given."""

    def __init__(self, call: Any):
        super().__init__()
        self.dense = layers.Dense(2)
        self.called = call

    def call(self, x: Any, training: bool = False) -> Any:
        return self.called(self.dense(x), training)


def test_dropout_may_be_left_out_of_inference() -> None:
    drop = layers.Dropout(0.5)
    model = Called(lambda x, training: drop(x) if training else x)
    assert np.all(model(X)) and 0.3 < np.mean(model(X, training=True) == 0) < 0.7


class Weighted(layers.Layer):
    def build(self, input_shape: Any) -> None:
        self.scale = self.add_weight(shape=input_shape[-1:], initializer="ones")

    def call(self, x: Any) -> Any:
        return x * self.scale


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (lambda: Called(lambda x, training: np.sin(x))(X), "NumPy can't compute with it. Use layers"),
        (lambda: Called(lambda x, training: 2 * x if training else x)(X), "computes otherwise with `training=True`"),
        (lambda: Called(lambda x, training: layers.Dense(1)(x))(X), r"Make it in `__init__`"),
        (lambda: Called(lambda x, training: 3.0)(X), "must return symbolic tensors.*Received: 3.0"),
        (lambda: Called(lambda x, training: x / x)(X), "can be divided by numbers only"),
        (lambda: Called(lambda x, training: x + np.ones((5, 2)))(X), "takes another one of its shape"),
        (lambda: Weighted()(X), "can't have weights of its own"),
        (lambda: Called(lambda x, training: x).count_params(), "isn't built"),
        (lambda: Called(lambda x, training: x).build(), "is built for a shape"),
        (lambda: keras.models.clone_model(Network()), "Expected a Sequential or a functional model"),
        (lambda: ops.reshape(layers.Input((4,)), (2, 2)), "The first axis of a symbolic tensor"),
        (lambda: ops.transpose(layers.Input((4,))), "The first axis of a symbolic tensor"),
        (lambda: ops.softmax(layers.Input((3, 4)), axis=1), "runs over its last axis"),
        (lambda: ops.leaky_relu(layers.Input((3,)), 0.5), "take no arguments of their own"),
    ],
)
def test_what_is_refused(action: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        action()


def test_what_has_no_symbolic_form() -> None:
    with pytest.raises(AttributeError, match=r"`keras.ops.einsum` is not available.*on symbolic tensors there are"):
        ops.einsum  # noqa: B018
    with pytest.raises(TypeError, match="neither true nor false"):
        Called(lambda x, training: x if x else x)(X)
    with pytest.raises(TypeError, match="with a `call` that composes layers"):
        keras.Model()


def test_a_call_that_fails_leaves_the_layers_as_they_were() -> None:
    model = Called(lambda x, training: np.sin(x))
    with pytest.raises(ValueError, match="symbolic"):
        model.predict(X, verbose=0)
    assert not model.built and not model.dense.built
    model.called = lambda x, training: ops.relu(x)
    assert model.predict(X[:, :3], verbose=0).shape == (48, 2)


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        (lambda x: 2 - x, lambda x: 2 - x),
        (lambda x: -(x - [1.0, 2.0]) / 4, lambda x: -(x - [1.0, 2.0]) / 4),
        (lambda x: ops.maximum(x, ops.negative(x)), np.abs),
        (lambda x: ops.minimum(x, x * x) - ops.add(x, x), lambda x: np.minimum(x, x * x) - 2 * x),
        (lambda x: ops.concatenate([x, ops.divide(x, 2)]), lambda x: np.concatenate([x, x / 2], 1)),
        (lambda x: ops.transpose(ops.reshape(x, (-1, 2, 1)), (0, 2, 1)), lambda x: x[:, None, :]),
        (lambda x: ops.softmax(ops.log_softmax(x)), lambda x: np.exp(x) / np.exp(x).sum(1, keepdims=True)),
    ],
)
def test_operations_on_symbolic_tensors_are_those_on_arrays(operation: Any, expected: Any) -> None:
    x = layers.Input((2,))
    np.testing.assert_allclose(keras.Model(x, operation(x))(X[:, :2]), expected(X[:, :2]), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(operation(X[:, :2]), expected(X[:, :2]), rtol=1e-5, atol=1e-6)
