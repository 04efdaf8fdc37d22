"""Layers: what they compute, when their weights exist, what they refuse.

Names, defaults and configurations are compared with Keras's in `test_keras_surface.py`.
"""

from __future__ import annotations

import numpy as np
import pytest

from steepest import config, keras, utils
from steepest.layers import (
    ELU,
    Activation,
    Dense,
    Dropout,
    Flatten,
    Input,
    InputLayer,
    Layer,
    LeakyReLU,
    Permute,
    PReLU,
    ReLU,
    RepeatVector,
    Rescaling,
    Softmax,
)


@pytest.fixture
def fresh_names():
    utils.clear_session()


def test_dense_is_activation_of_product_plus_bias(isa: str, dtype: str, rng: np.random.Generator) -> None:
    x = rng.normal(size=(5, 7)).astype(dtype)
    layer = Dense(3, activation="tanh", dtype=dtype)
    y = layer(x)
    kernel, bias = layer.get_weights()
    layer.set_weights([kernel, bias + 0.5])
    shifted = layer(x)
    assert y.dtype == dtype and y.shape == (5, 3)
    tolerance = 1e-6 if dtype == "float32" else 1e-14
    np.testing.assert_allclose(y, np.tanh(x.astype(float) @ kernel + bias), rtol=0, atol=tolerance)
    np.testing.assert_allclose(shifted, np.tanh(x.astype(float) @ kernel + bias + 0.5), rtol=0, atol=tolerance)


def test_flatten_is_row_major() -> None:
    images = np.arange(24.0).reshape(2, 3, 4)
    np.testing.assert_array_equal(Flatten()(images), np.arange(24.0).reshape(2, 12))


@pytest.mark.parametrize(
    ("layer", "function"),
    [
        (Activation("relu"), lambda x: np.maximum(x, 0)),
        (Activation("sigmoid"), lambda x: 1 / (1 + np.exp(-x))),
        (ReLU(), lambda x: np.maximum(x, 0)),
        (ReLU(max_value=2.0), lambda x: np.clip(x, 0, 2)),
        (ReLU(negative_slope=0.1, threshold=1.0), lambda x: np.where(x > 1, x, 0.1 * (x - 1))),
        (Softmax(), lambda x: np.exp(x) / np.exp(x).sum(axis=-1, keepdims=True)),
        (Dropout(0.9), lambda x: x),
    ],
)
def test_elementwise_layers(layer: Layer, function, rng: np.random.Generator) -> None:
    x = 3 * rng.normal(size=(6, 5))
    expected = function(x)
    np.testing.assert_allclose(layer(x.astype("float32")), expected, rtol=1e-5, atol=1e-6)
    inside = keras.Sequential([Input((5,)), layer])
    np.testing.assert_allclose(inside(x), expected, rtol=1e-5, atol=1e-6)


def test_layers_work_on_rank_one_and_three(rng: np.random.Generator) -> None:
    x = rng.normal(size=(2, 3, 4)).astype("float32")
    np.testing.assert_array_equal(ReLU()(x), np.maximum(x, 0))
    np.testing.assert_array_equal(Activation("relu")(x[0, 0]), np.maximum(x[0, 0], 0))
    np.testing.assert_allclose(Softmax()(x).sum(axis=-1), np.ones((2, 3)), rtol=1e-6)


def test_weights_exist_once_built() -> None:
    layer = Dense(3)
    assert not layer.built and layer.get_weights() == [] and layer.weights == []
    with pytest.raises(AttributeError, match="build the layer"):
        _ = layer.kernel
    with pytest.raises(AttributeError, match="build the layer"):
        _ = layer.bias
    layer.build((None, 4))
    assert layer.built and layer.count_params() == 15
    assert layer.kernel.shape == (4, 3) and layer.bias.shape == (3,)
    assert np.abs(layer.kernel).max() <= np.sqrt(6 / 7) and not layer.bias.any()
    assert Dense(3, use_bias=False)(np.ones((1, 2))).shape == (1, 3)


def test_kernel_and_bias_are_read_only_copies() -> None:
    layer = Dense(1, kernel_initializer="ones")
    layer.build((None, 2))
    with pytest.raises(ValueError, match="read-only"):
        layer.kernel[0, 0] = 5
    layer.get_weights()[0][:] = 5  # a copy of one's own
    np.testing.assert_array_equal(layer.kernel, np.ones((2, 1)))


def test_layers_of_a_model_show_its_weights() -> None:
    model = keras.Sequential([Input((4,)), Dense(3), Dense(2, use_bias=False)])
    first, second = model.layers
    model.set_weights([np.full(w.shape, i) for i, w in enumerate(model.get_weights())])
    assert (first.kernel == 0).all() and (first.bias == 1).all() and (second.kernel == 2).all()
    assert second.bias is None
    second.set_weights([np.full((3, 2), 7.0)])
    assert [w.flat[0] for w in model.get_weights()] == [0, 1, 7]
    with pytest.raises(ValueError, match="shape"):
        first.set_weights([np.ones((4, 3)), np.ones(4)])
    assert [w.flat[0] for w in model.get_weights()] == [0, 1, 7]


def test_dense_and_softmax_work_on_the_last_axis(isa: str, rng: np.random.Generator) -> None:
    layer = Dense(3, dtype="float64")
    x = rng.normal(size=(2, 5, 7, 4))
    y = layer(x)
    np.testing.assert_allclose(y, x @ layer.kernel + layer.bias, atol=1e-14)
    np.testing.assert_allclose(Softmax(dtype="float64")(x).sum(axis=-1), np.ones((2, 5, 7)), atol=1e-14)
    with pytest.raises(ValueError, match=r"reshape\(-1, 1\)"):
        Dense(3)(np.ones(4))


def test_built_layer_refuses_another_width() -> None:
    layer = Dense(2)
    layer.build((None, 3))
    with pytest.raises(ValueError, match="built for inputs of 3 features"):
        keras.Sequential([Input((4,)), layer])


def test_a_layer_without_a_call_is_refused() -> None:
    class Nothing(Layer):
        pass

    with pytest.raises(ValueError, match="Give it a `call` that composes layers"):
        keras.Sequential([Input((3,)), Nothing()])


def test_activities_of_a_layer_by_itself_cost() -> None:
    """As in Keras: divided by the rows; a function will do, where a model takes those that the core knows."""
    layer = Dense(2, kernel_initializer="ones", activity_regularizer="l2", kernel_regularizer="l1")
    layer([[1.0, 2.0], [0.0, 1.0]])
    assert [float(loss) for loss in layer.losses] == pytest.approx([0.01 * (2 * 9 + 2 * 1) / 2, 0.01 * 4])
    custom = Dense(1, kernel_initializer="ones", activity_regularizer=lambda y: y.sum(), name="custom")
    custom([[1.0, 2.0]])
    assert custom.losses == [3.0]
    with pytest.raises(ValueError, match="L1, L2 and L1L2.*lambda.*of layer 'custom'"):
        keras.Sequential([Input((2,)), custom])


def test_names_count_up_as_in_keras(fresh_names) -> None:
    assert [Dense(1).name, Dense(1).name, ReLU().name, InputLayer((2,)).name] == [
        "dense",
        "dense_1",
        "re_lu",
        "input_layer",
    ]
    assert Dense(1, name="mine").name == "mine"
    assert repr(Dense(1)) == "<Dense name=dense_2, built=False>"


@pytest.mark.parametrize(
    "layer",
    [
        Dense(3, activation="relu", use_bias=False, kernel_initializer="he_normal"),
        Activation("tanh"),
        ReLU(max_value=6.0, negative_slope=0.1, threshold=0.5),
        Softmax(),
        Flatten(),
        Dropout(0.25, seed=3),
        LeakyReLU(0.1),
        ELU(2.0),
        PReLU("ones", shared_axes=[1]),
        Rescaling([1.0, 2.0], 0.5),
        Permute((2, 1)),
        RepeatVector(3),
        InputLayer((3, 4)),
    ],
    ids=lambda layer: type(layer).__name__,
)
def test_config_round_trip(layer: Layer) -> None:
    copy = type(layer).from_config(layer.get_config())
    assert copy.get_config() == layer.get_config()


def test_dtype_of_a_layer(float64: None) -> None:
    assert Dense(1).dtype == "float64"
    layer = Dense(1, dtype="float32")
    layer.build((None, 2))
    config.set_floatx("float64")
    assert layer.dtype == "float32" and layer.kernel.dtype == np.float32


def test_units_of_numpy_integers() -> None:
    assert Dense(np.array([0, 1, 2]).max() + 1).units == 3
    for wrong in (True, -1, 2.0, "3", None):
        with pytest.raises(ValueError, match="units"):
            Dense(wrong)


@pytest.mark.parametrize("old", [{"input_shape": (4,)}, {"input_dim": 4}])
def test_old_input_shapes_warn_and_work(old: dict) -> None:
    with pytest.warns(DeprecationWarning, match="Input"):
        layer = Dense(3, **old)
    model = keras.Sequential([layer, Dense(1)])
    assert model.built and model.input_shape == (None, 4)


def test_old_input_shape_warns_where_it_is_written() -> None:
    with pytest.warns(DeprecationWarning) as caught:
        Flatten(input_shape=(8, 8))
    assert caught[0].filename == __file__


def test_dropout_drops_its_share_and_keeps_the_mean() -> None:
    """With outputs of 1 / (1 - rate) or 0 against targets of 0, the loss is the mean square: 1 / (1 - rate)."""
    rate = 0.4
    model = keras.Sequential([Input((1,)), Dropout(rate, seed=1), Dense(1, use_bias=False, kernel_initializer="ones")])
    model.compile(keras.optimizers.SGD(0.0), "mse", metrics=["mae"])
    x = np.ones((20000, 1))
    logs = model.fit(x, np.zeros(20000), batch_size=1000, verbose=0).history
    assert abs(logs["mae"][0] - 1) < 4 * np.sqrt(rate / (1 - rate) / 20000)
    assert abs(logs["loss"][0] - 1 / (1 - rate)) < 0.06
    assert model.evaluate(x, np.zeros(20000), verbose=0) == [1.0, 1.0]


def test_dropout_draws_new_masks_each_step_and_the_same_from_a_seed() -> None:
    def losses(seed: int) -> list[float]:
        model = keras.Sequential(
            [Input((1,)), Dropout(0.5, seed=seed), Dense(1, use_bias=False, kernel_initializer="ones")]
        )
        model.compile(keras.optimizers.SGD(0.0), "mse")
        return model.fit(np.ones((100, 1)), np.zeros(100), epochs=4, verbose=0, shuffle=False).history["loss"]

    assert losses(1) == losses(1) and losses(1) != losses(2)
    assert len(set(losses(1))) > 1


@pytest.mark.parametrize(
    ("make", "shape", "error", "message"),
    [
        (lambda: LeakyReLU(-1), None, ValueError, "negative_slope=-1"),
        (lambda: LeakyReLU(None), None, ValueError, "negative_slope=None"),
        (lambda: ELU(-1), None, ValueError, "alpha"),
        (lambda: PReLU(shared_axes=[2]), (None, 3), ValueError, "shared_axes"),
        (lambda: PReLU(), (3,), ValueError, "rank 2"),
        (lambda: Rescaling([1.0, 2.0]), (None, 3), ValueError, r"scale of shape \(2,\)"),
        (lambda: Permute((1, 3)), None, ValueError, "consecutive"),
        (lambda: Permute((2, 1)), (None, 3), ValueError, "rank 3"),
        (lambda: RepeatVector(1.5), None, TypeError, "n=1.5"),
        (lambda: RepeatVector(0), None, ValueError, "n=0"),
        (lambda: RepeatVector(2), (None, 3, 4), ValueError, "rank 2"),
    ],
)
def test_what_layers_refuse(make, shape, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        make().build(shape)


def test_alpha_of_prelu_is_trained_and_shared() -> None:
    layer = PReLU(shared_axes=[1])
    model = keras.Sequential([Input((2, 3)), layer, Flatten()])
    model.compile(keras.optimizers.SGD(1.0), "mse")
    x = np.array([[[-1.0, 2.0, -3.0], [-2.0, -1.0, 4.0]]])
    model.fit(x, np.ones((1, 6)), verbose=0)
    # d loss / d alpha = sum 2 (0 - 1) x / 6 over the numbers below 0 that it belongs to
    np.testing.assert_allclose(layer.alpha, [[-1.0, -1 / 3, -1.0]], rtol=1e-6)
    with pytest.raises(ValueError, match="built for inputs"):
        layer(np.ones((1, 2, 4)))


def test_old_alpha_of_leaky_relu_warns() -> None:
    with pytest.warns(DeprecationWarning, match="negative_slope"):
        assert LeakyReLU(alpha=0.5)([-2.0])[0] == -1
