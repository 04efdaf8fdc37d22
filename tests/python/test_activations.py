"""Activations and their gradients on every instruction set, against the float64 reference and Keras's numbers."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import SIZES, Close

from steepest import activations, reference

SPECS = [
    {"name": "linear"},
    {"name": "relu"},
    {"name": "sigmoid"},
    {"name": "tanh"},
    {"name": "softmax"},
    {"name": "clipped_relu", "negative_slope": 0.25, "max_value": 2.0, "threshold": 0.5},
]
NAMES = [str(spec["name"]) for spec in SPECS]


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
    shift = wide.max(axis=-1, keepdims=True) - wide if spec["name"] == "softmax" else 0.0
    close(activations.evaluate(spec, x), value(wide), ulps=8, scale=value(wide) * shift / 8)
    # y (1 - y) and 1 - y^2 cancel where y is near 1; a softmax takes a mean over the row off
    scale = np.abs(wide_dy).max(axis=-1, keepdims=True) if spec["name"] in ("sigmoid", "tanh", "softmax") else 0.0
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


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: activations.get("rleu"), "Did you mean 'relu'"),
        (lambda: activations.get(3), "Received: 3"),
        (lambda: activations.get(np.sin), "written in Python"),
        (lambda: activations.relu(np.array(["a"])), "must hold real numbers"),
        (lambda: activations.relu([1j]), "must hold real numbers"),
        (lambda: activations.relu([None]), "must hold real numbers"),
        (lambda: activations.softmax(1.0), "last axis"),
        (lambda: activations.softmax(np.ones((2, 3)), axis=0), "last axis"),
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
