"""Wrong use: the message says what is wrong and what was received, and the model is as it was before.

The types of the errors are compared with Keras's in `test_keras_surface.py`.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from steepest import keras
from steepest.callbacks import EarlyStopping
from steepest.layers import Dense, Input
from steepest.models import Sequential

X = np.random.default_rng(0).normal(size=(12, 3)).astype("float32")
Y = np.arange(12) % 3
INF = float("inf")


def classifier(loss: Any = "sparse_categorical_crossentropy") -> Sequential:
    model = Sequential([Input((3,)), Dense(3, "softmax")], name="classifier")
    model.compile("adam", loss, metrics=["acc"])
    model.fit(X, Y if isinstance(loss, str) and loss.startswith("sparse") else np.eye(3)[Y], verbose=0)
    return model


def state(model: Sequential) -> list[Any]:
    """What an error must not change."""
    optimizer = model.optimizer
    fixed = [model.history, model.built, model.layers, model.metrics_names, model.loss, optimizer]
    return [*fixed, optimizer and optimizer.iterations, [w.tolist() for w in model.get_weights()]]


FIT: dict[str, tuple[dict[str, Any], type[Exception], str]] = {
    "x missing": ({"x": None}, ValueError, "`x` is missing"),
    "y missing": ({"y": None}, ValueError, "`y` is missing"),
    "empty": ({"x": X[:0], "y": Y[:0]}, ValueError, r"at least one row.*\(0, 3\)"),
    "no features": ({"x": X[:, :0]}, ValueError, r"at least one row, of at least one number.*\(12, 0\)"),
    "scalar": ({"x": 3.0}, ValueError, r"Received: shape \(\)"),
    "lengths": ({"y": Y[:5]}, ValueError, "12 rows in `x`, 5 rows in `y`"),
    "width": ({"x": X[:, :2]}, ValueError, r"\(n, 3\).*x.shape=\(12, 2\)"),
    "rank": ({"x": X[:, None]}, ValueError, r"\(n, 3\).*x.shape=\(12, 1, 3\)"),
    "object": ({"x": X.astype(object)}, ValueError, "dtype object"),
    "string": ({"x": X.astype(str)}, ValueError, "real numbers.*dtype <U"),
    "complex": ({"x": X.astype(complex)}, ValueError, "dtype complex128"),
    "dates": ({"x": X.astype("datetime64[s]")}, ValueError, "dtype datetime64"),
    "ragged list": ({"x": [[1, 2, 3], [1, 2]]}, ValueError, "`x` can't be read as an array"),
    "generator and y": (
        {"x": (row for row in X)},
        ValueError,
        "When `x` brings whole batches, `y` should not be passed",
    ),
    "dict": ({"x": {"a": X}}, ValueError, "`x` has nothing for .*Received: \\[.a.\\]"),
    "masked": ({"x": np.ma.masked_less(X, 0)}, ValueError, "masked"),
    "string labels": ({"y": Y.astype(str)}, ValueError, "`y` must be an array of real numbers"),
    "label too large": ({"y": Y + 1}, ValueError, "from 0 to 2.*Received: labels from 1 to 3"),
    "label negative": ({"y": Y - 1}, ValueError, "from 0 to 2.*Received: labels from -1"),
    "label nan": ({"y": np.where(Y == 1, np.nan, Y)}, ValueError, "Class indices"),
    "label fraction": ({"y": Y + 0.0 + (Y == 0) * 0.5}, ValueError, "whole numbers.*0.5"),
    "one-hot for sparse": ({"y": np.eye(3)[Y]}, ValueError, r"'loss'.*'categorical_crossentropy'.*\(12, 3\)"),
    "rank of y": ({"y": np.ones((12, 1, 1))}, ValueError, r"y.shape=\(12, 1, 1\)"),
    "batch_size 0": ({"batch_size": 0}, ValueError, "`batch_size`.*Received: batch_size=0"),
    "batch_size negative": ({"batch_size": -3}, ValueError, "batch_size=-3"),
    "batch_size 2.5": ({"batch_size": 2.5}, TypeError, "batch_size=2.5"),
    "epochs 0": ({"epochs": 0}, ValueError, "epochs=0"),
    "epochs negative": ({"epochs": -1}, ValueError, "epochs=-1"),
    "epochs none": ({"epochs": None}, TypeError, "epochs=None"),
    "initial_epoch": ({"initial_epoch": -1}, ValueError, "initial_epoch=-1"),
    "verbose 3": ({"verbose": 3}, ValueError, "verbose=3"),
    "verbose word": ({"verbose": "yes"}, ValueError, "verbose='yes'"),
    "verbose none": ({"verbose": None}, ValueError, "verbose=None"),
    "shuffle": ({"shuffle": "all"}, ValueError, "shuffle='all'"),
    "split negative": ({"validation_split": -0.1}, ValueError, "validation_split=-0.1"),
    "split 1": ({"validation_split": 1.0}, ValueError, "validation_split=1.0"),
    "split word": ({"validation_split": "half"}, ValueError, "validation_split='half'"),
    "split too small": ({"x": X[:1], "y": Y[:1], "validation_split": 0.1}, ValueError, "1 rows can't be split"),
    "validation array": ({"validation_data": X}, ValueError, r"\(x, y\).*Received: ndarray"),
    "validation x alone": ({"validation_data": (X,)}, ValueError, "tuple of length 1"),
    "validation width": ({"validation_data": (X[:, :2], Y)}, ValueError, r"\(12, 2\)"),
    "validation labels": ({"validation_data": (X, Y + 7)}, ValueError, "labels from 7"),
    "validation lengths": ({"validation_data": (X, Y[:3])}, ValueError, "3 rows in `y`"),
    "validation_freq 0": ({"validation_data": (X, Y), "validation_freq": 0}, ValueError, "validation_freq=0"),
    "validation_steps": ({"validation_data": (X, Y), "validation_steps": 0}, ValueError, "validation_steps=0"),
    "validation_batch_size": (
        {"validation_data": (X, Y), "validation_batch_size": "a"},
        TypeError,
        "must be an integer",
    ),
    "steps_per_epoch": ({"steps_per_epoch": 0}, ValueError, "steps_per_epoch=0"),
    "weights' length": ({"sample_weight": np.ones(3)}, ValueError, "3 rows in `sample_weight`"),
    "weights' shape": ({"sample_weight": np.ones((12, 3))}, ValueError, r"sample_weight.shape=\(12, 3\)"),
    "weights' dtype": ({"sample_weight": np.array(["1"] * 12)}, ValueError, "`sample_weight`"),
    "both weights": ({"sample_weight": np.ones(12), "class_weight": {0: 1.0}}, ValueError, "at the same time"),
    "class_weight list": ({"class_weight": [1, 2]}, ValueError, r"class_weight=\[1, 2\]"),
    "class_weight word": ({"class_weight": {"a": 1.0}}, ValueError, "'a': 1.0"),
    "callbacks": ({"callbacks": [EarlyStopping]}, TypeError, r"an instance, `EarlyStopping\(\)`"),
    "keyword": ({"epoch": 3}, TypeError, r"fit\(\).*'epoch'. Did you mean 'epochs'"),
    "old keyword": ({"nb_epoch": 3}, TypeError, "'nb_epoch'"),
}


@pytest.mark.parametrize("name", FIT)
def test_fit(name: str) -> None:
    arguments, error, message = FIT[name]
    model = classifier()
    before = state(model)
    with pytest.raises(error, match=message):
        model.fit(**{"x": X, "y": Y, "verbose": 0, **arguments})
    assert state(model) == before


@pytest.mark.parametrize("name", [name for name in FIT if name not in ("width", "rank")])
def test_fit_does_not_build_a_model_for_wrong_arguments(name: str) -> None:
    arguments, error, message = FIT[name]
    model = Sequential([Dense(3, "softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["acc"])
    before = state(model)
    with pytest.raises(error, match=message.replace(r"\(n, 3\).*x.shape=\(12", r"\(12")):
        model.fit(**{"x": X, "y": Y, "verbose": 0, **arguments})
    assert state(model) == before and not model.built


EVALUATE: dict[str, tuple[dict[str, Any], type[Exception], str]] = {
    **{name: FIT[name] for name in ("x missing", "y missing", "empty", "lengths", "width", "label too large")},
    **{name: FIT[name] for name in ("batch_size 0", "batch_size 2.5", "verbose 3", "weights' shape", "callbacks")},
    "steps": ({"steps": -1}, ValueError, "steps=-1"),
    "keyword": ({"returndict": True}, ValueError, "'returndict'. Did you mean 'return_dict'"),
}


@pytest.mark.parametrize("name", EVALUATE)
def test_evaluate(name: str) -> None:
    arguments, error, message = EVALUATE[name]
    model = classifier()
    before = state(model)
    with pytest.raises(error, match=message):
        model.evaluate(**{"x": X, "y": Y, "verbose": 0, **arguments})
    assert state(model) == before


PREDICT: dict[str, tuple[dict[str, Any], type[Exception], str]] = {
    "empty": ({"x": X[:0]}, ValueError, r"at least one row.*\(0, 3\)"),
    **{name: FIT[name] for name in ("x missing", "width", "rank", "object", "string", "complex")},
    **{name: FIT[name] for name in ("batch_size 0", "batch_size 2.5", "verbose 3", "callbacks")},
    "steps": ({"steps": 0}, ValueError, "steps=0"),
    "keyword": ({"batchsize": 3}, TypeError, "'batchsize'. Did you mean 'batch_size'"),
}


@pytest.mark.parametrize("name", PREDICT)
def test_predict(name: str) -> None:
    arguments, error, message = PREDICT[name]
    model = classifier()
    before = state(model)
    with pytest.raises(error, match=message):
        model.predict(**{"x": X, "verbose": 0, **arguments})
    assert state(model) == before


@pytest.mark.parametrize("x", [X[:, :2], X.astype(str), X[:0], None, X.astype(">c8")], ids=str)
def test_calls(x: Any) -> None:
    model = classifier()
    for use in (model, model.predict_on_batch, lambda x: model.predict(x, verbose=0)):
        with pytest.raises(ValueError, match="Received"):
            use(x)


def test_targets_of_another_width_than_the_outputs() -> None:
    model = classifier("categorical_crossentropy")
    before = state(model)
    with pytest.raises(ValueError, match=r"sparse_categorical_crossentropy.*to_categorical.*\(12, 1\)"):
        model.fit(X, Y, verbose=0)
    with pytest.raises(ValueError, match=r"\(n, 3\).*\(12, 2\)"):
        model.fit(X, np.ones((12, 2)), verbose=0)
    regression = Sequential([Input((3,)), Dense(1)])
    regression.compile("sgd", "mse")
    with pytest.raises(ValueError, match=r"\(n, 1\).*\(12, 2\)"):  # Keras would broadcast
        regression.fit(X, np.ones((12, 2)), verbose=0)
    assert state(model) == before


def test_metric_that_does_not_fit_the_targets() -> None:
    model = Sequential([Input((3,)), Dense(3)])
    model.compile("sgd", "mse", metrics=["sparse_categorical_accuracy"])
    with pytest.raises(ValueError, match="'sparse_categorical_accuracy'"):
        model.fit(X, np.eye(3)[Y], verbose=0)


COMPILE: dict[str, tuple[dict[str, Any], type[Exception], str]] = {
    "optimizer": ({"optimizer": "adm"}, ValueError, "Unknown optimizer: 'adm'. Did you mean 'adam'"),
    "no optimizer": ({"optimizer": 3}, ValueError, "Received: 3"),
    "loss": ({"loss": "msee"}, ValueError, "Unknown loss: 'msee'. Did you mean 'mse'"),
    "metric": ({"metrics": ["accurracy"]}, ValueError, "Unknown metric: 'accurracy'. Did you mean 'accuracy'"),
    "second metric": ({"metrics": ["acc", "maee"]}, ValueError, "'maee'. Did you mean 'mae'"),
    "metrics no list": ({"metrics": "acc"}, ValueError, "metrics='acc'"),
    "weighted_metrics": ({"weighted_metrics": "acc"}, ValueError, "weighted_metrics='acc'"),
    "keyword": ({"optimiser": "sgd"}, TypeError, "'optimiser'. Did you mean 'optimizer'"),
}


@pytest.mark.parametrize("name", COMPILE)
def test_compile(name: str) -> None:
    arguments, error, message = COMPILE[name]
    model = classifier()
    before = state(model)
    with pytest.raises(error, match=message):
        model.compile(**{"optimizer": "sgd", "loss": "mse", **arguments})
    assert state(model) == before


@pytest.mark.parametrize("rate", [-0.1, float("nan"), INF, "fast", None, True])
def test_learning_rates(rate: Any) -> None:
    with pytest.raises(ValueError, match="learning_rate"):
        keras.optimizers.SGD(learning_rate=rate)
    model = classifier()
    with pytest.raises(ValueError, match="learning_rate"):
        model.optimizer.learning_rate = rate
    assert model.optimizer.learning_rate == 0.001


@pytest.mark.parametrize("method", ["fit", "evaluate", "train_on_batch", "test_on_batch"])
def test_before_compile(method: str) -> None:
    model = Sequential([Dense(3)])
    with pytest.raises(ValueError, match=r"You must call `compile\(\)`"):
        getattr(model, method)(X, Y)
    assert not model.built


@pytest.mark.parametrize("method", ["fit", "evaluate"])
def test_without_loss(method: str) -> None:
    model = Sequential([Input((3,)), Dense(3)])
    model.compile("adam")
    with pytest.raises(ValueError, match="No loss"):
        getattr(model, method)(X, Y, verbose=0)


@pytest.mark.parametrize("use", ["predict", "fit", "__call__"])
def test_without_layers(use: str) -> None:
    for model in (Sequential(), Sequential([Input((3,))])):
        model.compile("sgd", "mse")
        with pytest.raises(ValueError, match="has no layers"):
            getattr(model, use)(X, *([Y] if use == "fit" else []))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_goes_through_and_makes_the_loss_nan(value: float) -> None:
    """As in Keras: the loss says that something is wrong."""
    model = Sequential([Input((3,)), Dense(4, "tanh"), Dense(1)])
    model.compile("sgd", "mse")
    x = X.copy()
    x[3, 1] = value
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.isnan(model.predict(x, verbose=0)[3]).all() == np.isnan(value)
        y = np.where(np.arange(12) == 5, value, 0.0)
        assert not np.isfinite(model.fit(X, y, verbose=0).history["loss"][0])


def test_nan_inputs_make_the_loss_nan() -> None:
    model = Sequential([Input((3,)), Dense(1)])
    model.compile("sgd", "mse")
    assert np.isnan(model.fit(X * np.nan, Y, epochs=2, verbose=0).history["loss"]).all()


USES: dict[str, Callable[[], Any]] = {
    "add": lambda: classifier().add(3),
    "input twice": lambda: Sequential([Input((3,)), Input((3,))]),
    "input last": lambda: Sequential([Dense(3), Input((3,))]),
    "shape of Input": lambda: Input(shape=3),
    "ragged": lambda: Input((3,), ragged=True),
    "both shapes": lambda: Input((3,), batch_shape=(None, 3)),
    "batch size twice": lambda: Input(batch_size=2, batch_shape=(None, 3)),
    "channels_first": lambda: keras.layers.Flatten("channels_first"),
    "noise_shape": lambda: keras.layers.Dropout(0.5, noise_shape=(1,)),
    "softmax axis": lambda: Sequential([Input((3,)), keras.layers.Softmax(axis=0)]),
    "threshold": lambda: keras.layers.ReLU(threshold=-1.0),
    "slope": lambda: keras.layers.ReLU(negative_slope=None),
}


@pytest.mark.parametrize("name", USES)
def test_wrong_layers(name: str) -> None:
    with pytest.raises(ValueError, match="Received"):
        USES[name]()
