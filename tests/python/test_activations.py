"""Activations and their gradients on every instruction set, against the float64 reference and Keras's numbers."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import SIZES, Close

from steepest import activations, layers, models, reference

SPECS = [
    {"name": "linear"},
    {"name": "relu"},
    {"name": "sigmoid"},
    {"name": "tanh"},
    {"name": "softmax"},
    {"name": "clipped_relu", "negative_slope": 0.25, "max_value": 2.0, "threshold": 0.5},
    {"name": "leaky_relu", "negative_slope": 0.125},
    {"name": "relu6"},
    {"name": "tanh_shrink"},
    {"name": "exponential"},
    {"name": "softplus"},
    {"name": "log_sigmoid"},
    {"name": "elu", "alpha": 0.75},
    {"name": "selu"},
    {"name": "celu", "alpha": 0.75},
    {"name": "silu"},
    {"name": "mish"},
    {"name": "gelu"},
    {"name": "gelu_tanh"},
    {"name": "hard_sigmoid"},
    {"name": "hard_silu"},
    {"name": "hard_tanh"},
    {"name": "hard_shrink", "threshold": 0.75},
    {"name": "soft_shrink", "threshold": 0.75},
    {"name": "threshold", "threshold": 0.25, "default_value": -0.5},
    {"name": "softsign"},
    {"name": "squareplus", "b": 2.0},
    {"name": "sparse_plus"},
    {"name": "sparse_sigmoid"},
    {"name": "log_softmax"},
    {"name": "sparsemax"},
]
NAMES = [str(spec["name"]) for spec in SPECS]
DIFFERENCES = {"tanh_shrink", "gelu", "gelu_tanh", "squareplus", "soft_shrink"}  # of terms of the size of x
STRAIGHT = {
    "linear",
    "relu",
    "leaky_relu",
    "relu6",
    "clipped_relu",
    "hard_tanh",
    "hard_shrink",
    "soft_shrink",
    "threshold",
}


def formulas(spec: dict) -> tuple:
    hyper = {name: value for name, value in spec.items() if name != "name"}
    value, gradient = reference.ACTIVATIONS[spec["name"]]
    return (lambda x: value(x, **hyper)), (lambda x, dy: gradient(x, dy, **hyper))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("spec", SPECS, ids=NAMES)
def test_values_and_gradients(
    isa: str, dtype: str, spec: dict, size: int, rng: np.random.Generator, close: Close
) -> None:
    x = (4 * rng.standard_normal((5, size))).astype(dtype)
    dy = rng.standard_normal((5, size)).astype(dtype)
    value, gradient = formulas(spec)
    wide, wide_dy = x.astype(np.float64), dy.astype(np.float64)
    # exp and its relatives lose up to 3 ulp; softmax also what rounding x - max(x) makes of exp(x - max(x))
    shift = wide.max(axis=-1, keepdims=True) - wide
    scales = {"softmax": value(wide) * shift / 8, "log_softmax": shift + 1, "sparsemax": shift + 1}
    cancels = np.abs(wide) if spec["name"] in DIFFERENCES else 0.0
    close(activations.evaluate(spec, x), value(wide), ulps=8, scale=scales.get(spec["name"], cancels))
    # y (1 - y) and its kin cancel where y is near 1; what works on rows takes a mean over the row off
    scale = 0.0 if spec["name"] in STRAIGHT else 2 * np.abs(wide_dy).max(axis=-1, keepdims=True)
    close(activations.evaluate_gradient(spec, x, dy), gradient(wide, wide_dy), ulps=8, scale=scale)


@pytest.mark.parametrize("name", ["linear", "relu", "sigmoid", "tanh"])
def test_special_values(isa: str, dtype: str, name: str) -> None:
    special = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 1e4, -1e4, 1e30, -1e30], dtype)
    expected = {
        "linear": special,
        "relu": [np.nan, np.inf, 0, 0, 0, 1e4, 0, 1e30, 0],
        "sigmoid": [np.nan, 1, 0, 0.5, 0.5, 1, 0, 1, 0],
        "tanh": [np.nan, 1, -1, 0, 0, 1, -1, 1, -1],
    }[name]
    for repeat in (1, 7):  # alone in a tail, and in whole packs
        y = activations.get(name)(np.tile(special, repeat))
        np.testing.assert_allclose(y, np.tile(np.asarray(expected, dtype), repeat), rtol=1e-6, atol=1e-300)


@pytest.mark.parametrize("size", SIZES[1:])
def test_softmax_is_stable_and_lets_nan_through(isa: str, dtype: str, size: int) -> None:
    x = np.full((3, size), -1e4, dtype)
    x[0, -1] = 1e4
    x[2, 0] = np.nan
    y = activations.softmax(x)
    np.testing.assert_array_equal(y[0], np.eye(size)[-1])
    np.testing.assert_allclose(y[1], 1.0 / size, rtol=1e-6)
    assert np.isnan(y[2]).all()


def test_sigmoid_and_tanh_are_within_their_bound_over_the_whole_range(isa: str, dtype: str, close: Close) -> None:
    x = np.concatenate(
        [np.linspace(-100, 100, 20001), np.geomspace(1e-30, 1e-1, 2001), -np.geomspace(1e-30, 1e-1, 2001)]
    )
    x = x.astype(dtype)
    x = x[np.abs(x) < 80]  # below, sigmoid is denormal in float32
    close(activations.sigmoid(x), reference.sigmoid(x.astype(np.float64)), ulps=3)
    close(activations.tanh(x), reference.tanh(x.astype(np.float64)), ulps=3)


def test_shapes_and_dtypes() -> None:
    for shape in ((), (0,), (3,), (0, 4), (2, 3, 4)):
        x = np.ones(shape, np.float64)
        assert activations.relu(x).shape == shape
        assert activations.relu(x).dtype == np.float64
        assert activations.relu.gradient(x, x).shape == shape
    assert activations.sigmoid([[0, 1]]).dtype == np.float32
    assert activations.sigmoid(np.array([0, 1])).dtype == np.float32
    assert activations.tanh(np.ones((4, 6))[:, ::2]).shape == (4, 3)
    x = np.arange(12.0).reshape(3, 4)
    np.testing.assert_array_equal(activations.softmax(x.T), activations.softmax(x.T.copy()))


def test_arguments_are_not_changed(rng: np.random.Generator) -> None:
    x = rng.standard_normal((3, 4))
    before = x.copy()
    x.setflags(write=False)
    activations.softmax(x)
    activations.softmax.gradient(x, x)
    np.testing.assert_array_equal(x, before)


# keras.activations.relu(x, ...) of Keras 3 on x = -2, -0.5, 0, 0.5, 1, 3, 8
@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({}, [0, 0, 0, 0.5, 1, 3, 8]),
        ({"negative_slope": 0.5}, [-1, -0.25, 0, 0.5, 1, 3, 8]),
        ({"max_value": 6}, [0, 0, 0, 0.5, 1, 3, 6]),
        ({"threshold": 1.0}, [0, 0, 0, 0, 0, 3, 8]),
        ({"negative_slope": 0.5, "max_value": 2.0, "threshold": 1.0}, [-1.5, -0.75, -0.5, -0.25, 0, 2, 2]),
    ],
)
def test_relu_with_arguments_is_that_of_keras(arguments: dict, expected: list) -> None:
    x = np.array([-2, -0.5, 0, 0.5, 1, 3, 8])
    np.testing.assert_array_equal(activations.relu(x, **arguments), expected)


def test_get() -> None:
    assert activations.get(None) is activations.linear
    for name in ("linear", "relu", "sigmoid", "softmax", "tanh"):
        assert activations.get(name) is getattr(activations, name)
        assert activations.deserialize(activations.serialize(activations.get(name))) is activations.get(name)


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "sparsemax"])
def test_rows_along_another_axis(name: str, rng: np.random.Generator) -> None:
    function, x, dy = getattr(activations, name), rng.standard_normal((4, 3, 2)), rng.standard_normal((4, 3, 2))
    along = function(x.transpose(0, 2, 1)).transpose(0, 2, 1)
    np.testing.assert_array_equal(function(x, axis=1), along)
    slope = function.gradient(x.transpose(0, 2, 1), dy.transpose(0, 2, 1)).transpose(0, 2, 1)
    np.testing.assert_array_equal(function.gradient(x, dy, axis=-2), slope)


def test_glu_is_half_as_long(rng: np.random.Generator) -> None:
    x, dy = rng.standard_normal((3, 6)), rng.standard_normal((3, 3))
    expected = x[:, :3] * reference.sigmoid(x[:, 3:])
    np.testing.assert_allclose(activations.glu(x), expected, rtol=1e-14)
    np.testing.assert_allclose(activations.glu(x.T, axis=0), expected.T, rtol=1e-14)
    slopes = np.hstack([dy * reference.sigmoid(x[:, 3:]), x[:, :3] * reference.sigmoid_gradient(x[:, 3:], dy)])
    np.testing.assert_allclose(activations.glu.gradient(x, dy), slopes, rtol=1e-12)


@pytest.mark.parametrize("name", ["silu", "gelu", "elu", "mish", "hard_silu", "softplus"])
def test_in_a_dense_layer_every_derivative_is_right(name: str, float64: None, rng: np.random.Generator) -> None:
    x, y = rng.standard_normal((20, 4)), rng.standard_normal((20, 3))
    model = models.Sequential([layers.Input((4,)), layers.Dense(5, name), layers.Dense(3, name)])
    model.compile("sgd", "mse")  # a learning rate of 0.01
    network = reference.Network(model.get_weights(), [name, name])
    network.step(network.gradients(x, y, {"name": "mean_squared_error"}), {"name": "sgd"}, 0.01)
    model.fit(x, y, batch_size=20, verbose=0)
    for found, expected in zip(model.get_weights(), network.weights, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: activations.get("rleu"), "Did you mean 'relu'"),
        (lambda: activations.get(3), "Received: 3"),
        (lambda: activations.get(np.sin), "written in Python"),
        (lambda: activations.relu(np.array(["a"])), "must hold real numbers"),
        (lambda: activations.relu([1j]), "must hold real numbers"),
        (lambda: activations.relu([None]), "must hold real numbers"),
        (lambda: activations.softmax(1.0), "runs over an axis"),
        (lambda: activations.log_softmax(np.ones((2, 3)), axis=2), "`log_softmax` runs over an axis.*axis=2"),
        (lambda: activations.sparsemax.gradient(np.ones((2, 3)), np.ones(2)), "`dy` must have the shape of `x`"),
        (lambda: activations.glu(np.ones((2, 3))), "even size"),
        (lambda: activations.glu.gradient(np.ones((2, 4)), np.ones((2, 4))), r"shape of `glu\(x\)`"),
        (lambda: activations.elu([1.0], alpha=-1.0), "`alpha` of elu must be 0 or more"),
        (lambda: activations.celu([1.0], alpha=0.0), "`alpha` of celu must be more than 0"),
        (lambda: activations.threshold([1.0], None, 0.0), "`threshold` of threshold must be a number"),
        (lambda: layers.Dense(2, activation="threshold")(np.ones((1, 2))), "can't apply the activation 'threshold'"),
        (lambda: models.Sequential([layers.Input((4,)), layers.Activation("glu")]), "can't apply the activation 'glu'"),
        (lambda: activations.relu.gradient(np.ones(3), np.ones(4)), "`dy` must have the shape of `x`"),
        (lambda: activations.relu([1.0], threshold=-1.0), "`threshold` of relu"),
        (lambda: activations.relu([1.0], negative_slope=float("nan")), "`negative_slope` of relu"),
    ],
)
def test_what_is_refused(call: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_softmax_of_one_class_warns() -> None:
    with pytest.warns(UserWarning, match="axis of size 1"):
        activations.softmax(np.ones((2, 1)))
