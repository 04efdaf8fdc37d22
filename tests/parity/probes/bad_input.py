"""What bad input gets: the type of the exception, and whether the model kept its weights.

`CALLS` maps a name to a function of the module and a compiled model with four inputs and three outputs.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import Any

import numpy as np

X = np.sin(np.arange(48.0)).reshape(12, 4).astype("float32")
Y = np.eye(3)[np.arange(12) % 3]
LABELS = np.arange(12) % 3


def _fit(**arguments: Any) -> Callable[[Any, Any], Any]:
    return lambda keras, model: model.fit(**({"x": X, "y": Y, "verbose": 0} | arguments))


def _predict(x: Any, **arguments: Any) -> Callable[[Any, Any], Any]:
    return lambda keras, model: model.predict(x, verbose=0, **arguments)


def _compile(**arguments: Any) -> Callable[[Any, Any], Any]:
    return lambda keras, model: model.compile(**({"optimizer": "sgd", "loss": "mse"} | arguments))


def _compile_and_fit(y: Any = Y, **arguments: Any) -> Callable[[Any, Any], Any]:
    """Some mistakes Keras only sees when the first data come."""

    def call(keras: Any, model: Any) -> Any:
        model.compile(**({"optimizer": "sgd", "loss": "mse"} | arguments))
        return model.fit(X, y, verbose=0)

    return call


def _make(name: str, /, *positional: Any, **arguments: Any) -> Callable[[Any, Any], Any]:
    module, _, attribute = name.rpartition(".")
    return lambda keras, model: getattr(getattr(keras, module), attribute)(*positional, **arguments)


def _uncompiled(method: str, *arguments: Any) -> Callable[[Any, Any], Any]:
    def call(keras: Any, model: Any) -> Any:
        return getattr(keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)]), method)(*arguments, verbose=0)

    return call


def _unbuilt(action: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda keras, model: action(keras.Sequential([keras.layers.Dense(3)]))


def _set_weights(change: Callable[[list[np.ndarray]], Any]) -> Callable[[Any, Any], Any]:
    return lambda keras, model: model.set_weights(change(model.get_weights()))


def _loss_call(name: str, y_true: Any, y_pred: Any) -> Callable[[Any, Any], Any]:
    return lambda keras, model: getattr(keras.losses, name)()(y_true, y_pred)


CALLS: dict[str, Callable[[Any, Any], Any]] = {
    "fit: x one column too narrow": _fit(x=X[:, :3]),
    "fit: x one column too wide": _fit(x=np.ones((12, 5), "float32")),
    "fit: x of rank 1": _fit(x=X[:, 0]),
    "fit: x of rank 3": _fit(x=X.reshape(12, 2, 2)),
    "fit: x and y of different lengths": _fit(y=Y[:11]),
    "fit: y one column too narrow": _fit(y=Y[:, :2]),
    "fit: y one column too wide": _fit(y=np.ones((12, 4))),
    "fit: y missing": _fit(y=None),
    "fit: no rows": _fit(x=X[:0], y=Y[:0]),
    "fit: x of objects": _fit(x=np.array([["a", None, 1, 2]] * 12, dtype=object)),
    "fit: x of strings": _fit(x=np.array([["a", "b", "c", "d"]] * 12)),
    "fit: y of strings": _fit(y=np.array(["a", "b", "c"] * 4)),
    "fit: x a string": _fit(x="rows"),
    "fit: x None": _fit(x=None),
    "fit: x NaN": _fit(x=np.full_like(X, np.nan)),
    "fit: batch_size 0": _fit(batch_size=0),
    "fit: batch_size -1": _fit(batch_size=-1),
    "fit: batch_size a string": _fit(batch_size="8"),
    "fit: batch_size 2.5": _fit(batch_size=2.5),
    "fit: epochs 0": _fit(epochs=0),
    "fit: epochs -1": _fit(epochs=-1),
    "fit: epochs a string": _fit(epochs="3"),
    "fit: epochs 1.5": _fit(epochs=1.5),
    "fit: initial_epoch beyond epochs": _fit(epochs=2, initial_epoch=5),
    "fit: validation_split 1.0": _fit(validation_split=1.0),
    "fit: validation_split 1.5": _fit(validation_split=1.5),
    "fit: validation_split -0.5": _fit(validation_split=-0.5),
    "fit: validation_split leaves no rows": _fit(x=X[:2], y=Y[:2], validation_split=0.9),
    "fit: validation_data of one array": _fit(validation_data=(X,)),
    "fit: validation_data an array": _fit(validation_data=X),
    "fit: validation_data of other width": _fit(validation_data=(X[:, :3], Y)),
    "fit: validation_data of different lengths": _fit(validation_data=(X, Y[:5])),
    "fit: sample_weight too short": _fit(sample_weight=np.ones(5)),
    "fit: sample_weight of rank 2": _fit(sample_weight=np.ones((12, 3))),
    "fit: sample_weight of strings": _fit(sample_weight=np.array(["a"] * 12)),
    "fit: sample_weight and class_weight": _fit(sample_weight=np.ones(12), class_weight={0: 1.0, 1: 1.0, 2: 1.0}),
    "fit: class_weight a list": _fit(class_weight=[1.0, 2.0, 1.0]),
    "fit: class_weight of an unknown class": _fit(class_weight={7: 2.0}),
    "fit: verbose 7": _fit(verbose=7),
    "fit: verbose 'loud'": _fit(verbose="loud"),
    "fit: callbacks of another kind": _fit(callbacks=[object()]),
    "fit: unknown keyword": _fit(epoch=3),
    "fit: keyword of Keras 1": _fit(nb_epoch=3),
    "fit: before compile": _uncompiled("fit", X, Y),
    "evaluate: before compile": _uncompiled("evaluate", X, Y),
    "evaluate: x and y of different lengths": lambda keras, model: model.evaluate(X, Y[:3], verbose=0),
    "evaluate: wrong width": lambda keras, model: model.evaluate(X[:, :2], Y, verbose=0),
    "evaluate: batch_size 0": lambda keras, model: model.evaluate(X, Y, batch_size=0, verbose=0),
    "evaluate: no rows": lambda keras, model: model.evaluate(X[:0], Y[:0], verbose=0),
    "train_on_batch: before compile": lambda keras, model: keras.Sequential(
        [keras.Input((4,)), keras.layers.Dense(3)]
    ).train_on_batch(X, Y),
    "train_on_batch: wrong width": lambda keras, model: model.train_on_batch(X[:, :2], Y),
    "train_on_batch: different lengths": lambda keras, model: model.train_on_batch(X, Y[:5]),
    "test_on_batch: wrong width": lambda keras, model: model.test_on_batch(X[:, :2], Y),
    "predict: wrong width": _predict(X[:, :3]),
    "predict: rank 1": _predict(X[0]),
    "predict: rank 3": _predict(X.reshape(12, 2, 2)),
    "predict: strings": _predict(np.array([["a", "b", "c", "d"]])),
    "predict: batch_size 0": _predict(X, batch_size=0),
    "predict: batch_size -1": _predict(X, batch_size=-1),
    "predict: no rows": _predict(X[:0]),
    "predict: before compile": _uncompiled("predict", X),
    "predict_on_batch: wrong width": lambda keras, model: model.predict_on_batch(X[:, :3]),
    "call: wrong width": lambda keras, model: model(X[:, :3]),
    "compile: unknown loss": _compile_and_fit(loss="mean_squarred_error"),
    "compile: unknown optimizer": _compile(optimizer="adm"),
    "compile: unknown metric": _compile_and_fit(metrics=["acuracy"]),
    "compile: metric only a loss has": _compile_and_fit(metrics=["ce"]),
    "compile: metrics a string": _compile(metrics="mse"),
    "compile: loss of another kind": _compile_and_fit(loss=3),
    "compile: optimizer of another kind": _compile(optimizer=3),
    "compile: optimizer a class": _compile_and_fit(optimizer=dict),
    "compile: metric of another kind": _compile_and_fit(metrics=[3]),
    "compile: unknown keyword": _compile(losss="mse"),
    "compile: no loss": _compile_and_fit(loss=None),
    "compile: sparse labels for a dense loss": _compile_and_fit(loss="categorical_crossentropy", y=LABELS),
    "compile: one-hot rows for a sparse loss": _compile_and_fit(loss="sparse_categorical_crossentropy", y=Y),
    "labels: above the classes": _compile_and_fit(loss="sparse_categorical_crossentropy", y=LABELS + 1),
    "labels: negative": _compile_and_fit(loss="sparse_categorical_crossentropy", y=LABELS - 1),
    "labels: fractions": _compile_and_fit(loss="sparse_categorical_crossentropy", y=LABELS + 0.5),
    "set_weights: one missing": _set_weights(lambda weights: weights[:-1]),
    "set_weights: one too many": _set_weights(lambda weights: [*weights, weights[0]]),
    "set_weights: transposed": _set_weights(lambda weights: [weights[0].T, *weights[1:]]),
    "set_weights: last of other shape": _set_weights(lambda weights: [*weights[:-1], np.ones(9)]),
    "set_weights: strings": _set_weights(lambda weights: [np.full(w.shape, "a") for w in weights]),
    "set_weights: None": _set_weights(lambda weights: None),
    "layer.set_weights: wrong shape": lambda keras, model: model.layers[0].set_weights([np.ones((3, 3)), np.ones(5)]),
    "get_layer: unknown name": lambda keras, model: model.get_layer("none"),
    "get_layer: index beyond": lambda keras, model: model.get_layer(index=9),
    "unbuilt: predict": _unbuilt(lambda model: model.predict(X, verbose=0)),
    "unbuilt: evaluate": _unbuilt(lambda model: model.evaluate(X, Y, verbose=0)),
    "unbuilt: count_params": _unbuilt(lambda model: model.count_params()),
    "unbuilt: set_weights": _unbuilt(lambda model: model.set_weights([np.ones((4, 3)), np.ones(3)])),
    "unbuilt: summary": _unbuilt(lambda model: model.summary(print_fn=lambda *_, **__: None)),
    "Sequential: no layer": lambda keras, model: keras.Sequential([3]),
    "Sequential: not a list": lambda keras, model: keras.Sequential(3),
    "Sequential: unknown keyword": lambda keras, model: keras.Sequential([], nam="net"),
    "Sequential: one name twice": lambda keras, model: keras.Sequential(
        [keras.layers.Dense(1, name="a"), keras.layers.Dense(1, name="a")]
    ),
    "Sequential: pop from nothing": lambda keras, model: keras.Sequential().pop(),
    "Sequential: fit without layers": lambda keras, model: _compile_and_fit()(keras, keras.Sequential()),
    "Sequential: dense on rows of rank 1": lambda keras, model: keras.Sequential(
        [keras.Input(()), keras.layers.Dense(1)]
    ),
    "Input: no shape": lambda keras, model: keras.Input(),
    "Input: negative shape": lambda keras, model: keras.Input((-3,)),
    "Input: shape of strings": lambda keras, model: keras.Input(("a",)),
    "Dense: no units": _make("layers.Dense"),
    "Dense: units 0": _make("layers.Dense", 0),
    "Dense: units -2": _make("layers.Dense", -2),
    "Dense: units 2.5": _make("layers.Dense", 2.5),
    "Dense: units a string": _make("layers.Dense", "3"),
    "Dense: units None": _make("layers.Dense", None),
    "Dense: unknown activation": _make("layers.Dense", 3, activation="rellu"),
    "Dense: activation of another kind": _make("layers.Dense", 3, activation=3),
    "Dense: unknown initializer": _make("layers.Dense", 3, kernel_initializer="glorot"),
    "Dense: unknown keyword": _make("layers.Dense", 3, activaton="relu"),
    "Dense: name not a string": _make("layers.Dense", 3, name=5),
    "Activation: unknown": _make("layers.Activation", "rellu"),
    "Dropout: rate 1.5": _make("layers.Dropout", 1.5),
    "Dropout: rate -0.1": _make("layers.Dropout", -0.1),
    "Dropout: rate a string": _make("layers.Dropout", "0.5"),
    "ReLU: negative max_value": _make("layers.ReLU", max_value=-1.0),
    "ReLU: negative slope": _make("layers.ReLU", negative_slope=-1.0),
    "ReLU: negative threshold": _make("layers.ReLU", threshold=-1.0),
    "SGD: momentum 1.5": _make("optimizers.SGD", momentum=1.5),
    "SGD: momentum -0.5": _make("optimizers.SGD", momentum=-0.5),
    "SGD: momentum an integer": _make("optimizers.SGD", momentum=1),
    "SGD: unknown keyword": _make("optimizers.SGD", learning_rat=0.1),
    "SGD: learning_rate a string": _make("optimizers.SGD", learning_rate="fast"),
    "SGD: learning_rate negative": _make("optimizers.SGD", learning_rate=-0.1),
    "SGD: learning_rate NaN": _make("optimizers.SGD", learning_rate=float("nan")),
    "SGD: learning_rate None": _make("optimizers.SGD", learning_rate=None),
    "Adam: unknown keyword": _make("optimizers.Adam", beta1=0.9),
    "Adam: beta_1 1.5": _make("optimizers.Adam", beta_1=1.5),
    "Adagrad: negative accumulator": _make("optimizers.Adagrad", initial_accumulator_value=-1.0),
    "RMSprop: rho 1.5": _make("optimizers.RMSprop", rho=1.5),
    "optimizers.get: unknown": _make("optimizers.get", "adm"),
    "optimizers.get: another kind": _make("optimizers.get", 3),
    "losses.get: unknown": _make("losses.get", "msee"),
    "losses.get: another kind": _make("losses.get", 3),
    "metrics.get: unknown": _make("metrics.get", "msee"),
    "activations.get: unknown": _make("activations.get", "rellu"),
    "initializers.get: unknown": _make("initializers.get", "glorot"),
    "loss: reduction unknown": _make("losses.MeanSquaredError", reduction="average"),
    "loss: unknown keyword": _make("losses.MeanSquaredError", from_logits=True),
    "loss: label_smoothing 1.5": _make("losses.CategoricalCrossentropy", label_smoothing=1.5),
    "loss: shapes differ": _loss_call("MeanSquaredError", np.ones((4, 3)), np.ones((4, 2))),
    "loss: lengths differ": _loss_call("CategoricalCrossentropy", np.ones((4, 3)), np.ones((5, 3))),
    "metric: BinaryAccuracy threshold None": _make("metrics.BinaryAccuracy", threshold=None),
    "metric: BinaryAccuracy threshold 1.5": _make("metrics.BinaryAccuracy", threshold=1.5),
    "EarlyStopping: unknown mode": _make("callbacks.EarlyStopping", mode="best"),
    "EarlyStopping: unknown keyword": _make("callbacks.EarlyStopping", patients=3),
    "EarlyStopping: monitor not there": lambda keras, model: model.fit(
        X, Y, verbose=0, callbacks=[keras.callbacks.EarlyStopping("val_loss")]
    ),
    "LambdaCallback: unknown hook": _make("callbacks.LambdaCallback", on_epoch=print),
    "Constant: a string": _make("initializers.Constant", "one"),
    "VarianceScaling: scale 0": _make("initializers.VarianceScaling", scale=0.0),
    "VarianceScaling: unknown mode": _make("initializers.VarianceScaling", mode="fan"),
    "VarianceScaling: unknown distribution": _make("initializers.VarianceScaling", distribution="gamma"),
    "to_categorical: label beyond": lambda keras, model: keras.utils.to_categorical([0, 5], 3),
    "set_random_seed: a string": lambda keras, model: keras.utils.set_random_seed("seed"),
    "set_random_seed: negative": lambda keras, model: keras.utils.set_random_seed(-1),
    "set_floatx: unknown": lambda keras, model: keras.config.set_floatx("float12"),
}


def kind_of(error: Exception) -> str:
    """The first of Python's own types among the error's classes: engines have subclasses of their own."""
    return next(base.__name__ for base in type(error).__mro__ if getattr(builtins, base.__name__, None) is base)


def _weights_kept(model: Any, before: list[np.ndarray]) -> bool:
    """False too if the weights cannot be read any more, as after some errors within a step of Keras on JAX."""
    try:
        return all(np.array_equal(old, new) for old, new in zip(before, model.get_weights(), strict=True))
    except Exception:
        return False


def errors(keras: Any) -> dict[str, dict[str, Any]]:
    """{name: {"raises": type or None, "weights kept": bool}}."""
    found = {}
    for name, call in CALLS.items():
        model = keras.Sequential(
            [keras.Input((4,)), keras.layers.Dense(5, activation="tanh"), keras.layers.Dense(3, activation="softmax")]
        )
        model.compile("sgd", "categorical_crossentropy", metrics=["acc"])
        before = model.get_weights()
        try:
            call(keras, model)
            raised = None
        except Exception as error:
            raised = kind_of(error)
        found[name] = {"raises": raised, "weights kept": _weights_kept(model, before)}
    return found
