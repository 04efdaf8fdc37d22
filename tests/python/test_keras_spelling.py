"""Lines of tutorials, as they stand: they run, they learn, and what is old in them is said to be old."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

import steepest
import steepest as tf
from steepest import keras, utils


@pytest.fixture(scope="module")
def problems():
    """For each loss: X_train, y_train, the number of outputs and their activation."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 4))
    classes = np.argmax(x[:, :3], axis=1)
    return {
        "mse": (x, x @ [1.0, -2.0, 0.5, 0.0], 1, None),
        "binary_crossentropy": (x, (x[:, 0] > x[:, 1]).astype(int), 1, "sigmoid"),
        "categorical_crossentropy": (x, utils.to_categorical(classes), 3, "softmax"),
    }


def learns(problems, compile, loss: str, epochs: int = 30, **fit) -> dict:
    """The model that `compile` compiled ends with a loss clearly below that of its first epoch."""
    X_train, y_train, outputs, activation = problems[loss]
    utils.set_random_seed(1)
    model = keras.Sequential(
        [keras.Input((4,)), keras.layers.Dense(8, "tanh"), keras.layers.Dense(outputs, activation)]
    )
    compile(model)
    history = model.fit(X_train, y_train, epochs=epochs, verbose=0, **fit).history
    assert history["loss"][-1] < 0.9 * history["loss"][0]
    return history


def test_regression(problems) -> None:
    history = learns(problems, lambda model: model.compile(optimizer="adam", loss="mse", metrics=["mse"]), "mse")
    np.testing.assert_allclose(history["mse"], history["loss"], rtol=1e-5)


def test_two_classes(problems) -> None:
    history = learns(
        problems,
        lambda model: model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["acc"]),
        "binary_crossentropy",
    )
    assert list(history) == ["acc", "loss"] and history["acc"][-1] > 0.7


def test_many_classes(problems) -> None:
    adam = tf.keras.optimizers.Adam(learning_rate=0.01)
    history = learns(
        problems,
        lambda model: model.compile(loss="categorical_crossentropy", optimizer=adam, metrics=["acc"]),
        "categorical_crossentropy",
    )
    assert history["acc"][-1] > 0.8


@pytest.mark.parametrize("batch_size", ["all", 1, 128, None])
def test_three_gradient_descents(problems, batch_size) -> None:
    X_train, y_train, _, _ = problems["mse"]
    steps = {"all": 1, 1: 200, 128: 2, None: 7}[batch_size]
    arguments = {} if batch_size is None else {"batch_size": len(X_train) if batch_size == "all" else batch_size}
    utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    model.compile(optimizer="sgd", loss="mse")
    history = model.fit(X_train, y_train, epochs=20, verbose=0, **arguments)
    assert model.optimizer.iterations == 20 * steps
    assert history.history["loss"][-1] < 0.9 * history.history["loss"][0]


def old_optimizers():
    return {
        "lr": (lambda: tf.keras.optimizers.SGD(lr=0.01, momentum=0.9), ["learning_rate"]),
        "adagrad": (lambda: tf.keras.optimizers.Adagrad(lr=0.01, epsilon=1e-6), ["learning_rate"]),
        "rmsprop": (lambda: tf.keras.optimizers.RMSprop(lr=0.001, rho=0.9, epsilon=1e-06), ["learning_rate"]),
        "adam": (
            lambda: tf.keras.optimizers.Adam(
                lr=0.001, beta_1=0.9, beta_2=0.999, epsilon=None, decay=0.0, amsgrad=False
            ),
            ["learning_rate", "epsilon"],
        ),
    }


@pytest.mark.parametrize("name", old_optimizers())
def test_old_optimizer_lines(problems, name: str) -> None:
    make, named = old_optimizers()[name]
    with pytest.warns(DeprecationWarning) as caught:
        optimizer = make()
    text = " ".join(str(warning.message) for warning in caught)
    assert all(word in text for word in named)
    assert {warning.filename for warning in caught} == {__file__}
    learns(problems, lambda model: model.compile(loss="mse", optimizer=optimizer, metrics=["mse"]), "mse", 60)


def test_old_first_layer(problems) -> None:
    X_train, y_train, _, _ = problems["binary_crossentropy"]
    model = tf.keras.models.Sequential()
    with pytest.warns(DeprecationWarning, match="Input"):
        model.add(tf.keras.layers.Dense(1, input_dim=4, activation="sigmoid"))
    model.compile(loss="binary_crossentropy", optimizer="sgd", metrics=["accuracy"])
    assert "val_accuracy" in model.fit(X_train, y_train, validation_split=0.2, verbose=0).history


def test_imports_of_keras_code() -> None:
    """In a process of its own, so that nothing is imported already."""
    code = """
from steepest.keras.models import Sequential
from steepest.keras.layers import Dense, Activation, Dropout, Flatten, Input
from steepest.keras.utils import to_categorical
from steepest.keras.optimizers import SGD, Adagrad, RMSprop, Adam
from steepest.keras.losses import BinaryCrossentropy
from steepest.keras.metrics import MeanSquaredError
from steepest.keras.callbacks import EarlyStopping
from steepest.keras.initializers import HeNormal
from steepest.keras.activations import relu
from steepest.keras import layers, models, optimizers
import sys
assert "steepest.datasets" not in sys.modules, "the data sets are loaded when they are asked for"
import steepest.keras.datasets.digits
from steepest.keras.datasets import mnist
import steepest
import steepest.datasets.digits
assert steepest.keras.layers is steepest.layers and steepest.keras.datasets is steepest.datasets
assert steepest.keras.datasets.digits is steepest.datasets.digits and steepest.datasets.mnist is mnist
assert Dense is steepest.layers.Dense and sys.modules["steepest.keras.layers"] is steepest.layers
assert steepest.layers.__name__ == steepest.layers.__spec__.name == "steepest.layers"
try:
    import steepest.keras.nothing
except ModuleNotFoundError as error:
    assert error.name == "steepest.keras.nothing", error.name
else:
    raise AssertionError
"""
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


def test_names_of_the_package() -> None:
    assert tf.keras.Sequential is steepest.Sequential is keras.models.Sequential
    assert issubclass(keras.Sequential, keras.Model) and keras.Input is keras.layers.Input
    assert steepest.datasets is keras.datasets and hasattr(steepest.reference, "__path__")
    assert set(steepest.__all__) <= set(dir(steepest)) and "datasets" in dir(steepest)
    for module in (steepest, keras):
        assert all(hasattr(module, name) for name in module.__all__)
        assert module.__version__.count(".") == 2
        with pytest.raises(AttributeError, match="nothing"):
            _ = module.nothing


def test_import_is_light() -> None:
    """Training needs none of these; each costs more than the whole package."""
    code = """
import sys, numpy
before = set(sys.modules)
import steepest
heavy = {"urllib.request", "hashlib", "json", "logging", "dataclasses", "importlib.metadata", "random", "difflib",
    "tempfile", "shutil", "argparse", "asyncio", "concurrent.futures", "numpy.random", "pandas", "matplotlib",
    "steepest.datasets", "steepest.plot", "steepest.reference", "steepest.demo"}
loaded = heavy & (set(sys.modules) - before)
assert not loaded, loaded
"""
    subprocess.run([sys.executable, "-c", code], check=True)
