"""What a program sees of Keras's surface, as plain data: each function takes the `keras` to look at.

`make_golden.py` runs them with real Keras and writes `golden.json`; `test_keras_surface.py` runs them with
`steepest.keras` and compares.
"""

from __future__ import annotations

import contextlib
import inspect
import io
import re
import sys
import time
import warnings
from unittest import mock

import numpy as np

CASES = {}


def case(function):
    CASES[function.__name__] = function
    return function


def numbers(value):
    """`value` as what JSON can hold."""
    if isinstance(value, dict):
        return {str(key): numbers(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [numbers(item) for item in value]
    if isinstance(value, (np.ndarray, np.generic)) or hasattr(value, "__array__"):
        return np.asarray(value).tolist()
    return value


def data():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(70, 5)).astype("float32")
    classes = rng.integers(0, 3, size=70)
    return x, rng.integers(0, 2, size=70), classes, np.eye(3)[classes], rng.normal(size=(70, 1)), rng.uniform(size=70)


def fill(model, seed=1):
    """Weights that are the same in every Keras."""
    rng = np.random.default_rng(seed)
    model.set_weights([0.5 * rng.normal(size=np.shape(w)).astype("float32") for w in model.get_weights()])
    return model


def network(keras, outputs, activation=None, hidden=True):
    layers = keras.layers
    between = [layers.Dense(7, activation="tanh"), layers.ReLU(1.5, 0.1, 0.05)] if hidden else []
    return fill(keras.Sequential([layers.Input((5,)), *between, layers.Dense(outputs, activation=activation)]))


def train(model, x, y, optimizer, loss, metrics=(), evaluate=None, **fit):
    model.compile(optimizer, loss, metrics=list(metrics))
    history = model.fit(x, y, shuffle=False, verbose=0, **{"epochs": 3, **fit})
    return numbers(
        {
            "history": history.history,
            "keys": list(history.history),
            "epoch": history.epoch,
            "params": history.params,
            "evaluate": model.evaluate(x, y, verbose=0, **(evaluate or {})),
            "dict": model.evaluate(x, y, verbose=0, return_dict=True, **(evaluate or {})),
            "train_on_batch": model.train_on_batch(x[:9], y[:9]),
            "test_on_batch": model.test_on_batch(x[:9], y[:9], return_dict=True),
            "predict": model.predict(x[:5], verbose=0),
            "weights": model.get_weights(),
            "iterations": int(model.optimizer.iterations),
        }
    )


@case
def trainings(keras):
    x, two, three, hot, real, weight = data()
    opt, loss = keras.optimizers, keras.losses
    binary, sparse, categorical = "binary_crossentropy", "sparse_categorical_crossentropy", "categorical_crossentropy"

    def sigmoid():
        return network(keras, 1, "sigmoid")

    def softmax():
        return network(keras, 3, "softmax")

    def linear(hidden=True):
        return network(keras, 1, None, hidden)

    images = np.random.default_rng(2).normal(size=(20, 2, 3))
    layers = keras.layers
    flat = fill(keras.Sequential([layers.Input((2, 3)), layers.Flatten(), layers.Dense(4, "relu"), layers.Dense(1)]))
    named = [keras.metrics.MeanSquaredError(name="m"), keras.metrics.MeanAbsoluteError()]
    logits = loss.SparseCategoricalCrossentropy(from_logits=True)
    return {
        "binary": train(sigmoid(), x, two, "adam", binary, ["acc"], validation_split=0.2),
        "class_weight": train(
            *(sigmoid(), x, two, opt.SGD(0.1, momentum=0.9), binary, ["accuracy", "mse", "mae"]),
            **{"batch_size": 16, "validation_split": 0.13, "class_weight": {0: 0.5, 1: 2.0}},
        ),
        "sample_weight": train(
            *(sigmoid(), x, two, opt.RMSprop(0.01), binary, ["acc"], {"sample_weight": weight, "batch_size": 9}),
            **{"batch_size": 16, "sample_weight": weight, "validation_data": (x[:20], two[:20], weight[:20])},
        ),
        "sparse": train(
            *(softmax(), x, three, "adam", sparse, ["acc", sparse]), batch_size=7, validation_data=(x[:20], three[:20])
        ),
        "categorical": train(softmax(), x, hot, opt.Adagrad(0.1), categorical, ["acc", "mse"], batch_size=70),
        "class_weight_hot": train(
            *(softmax(), x, hot, "adam", categorical, ["acc"]), batch_size=70, class_weight={0: 3.0, 2: 0.1}
        ),
        "one_row": train(linear(), x, real, "sgd", "mse", ["mse"], batch_size=1),
        "named_metrics": train(linear(False), x, real[:, 0], "rmsprop", "mse", named, batch_size=32, initial_epoch=1),
        "from_logits": train(network(keras, 3), x, three, "adam", logits, ["accuracy"]),
        "steps": train(linear(), x, real, "sgd", "mse", batch_size=10, steps_per_epoch=3, epochs=5),
        "steps_alone": train(linear(), x, real, "sgd", "mse", steps_per_epoch=4),
        "validation_steps": train(
            *(linear(), x, real, "sgd", "mse"),
            **{"validation_split": 0.3, "validation_steps": 2, "validation_batch_size": 4, "validation_freq": 2},
            epochs=5,
        ),
        "validation_list": train(
            linear(), x, real, "sgd", "mse", validation_split=0.3, validation_freq=[1, 3], epochs=3
        ),
        "flatten": train(flat, images, images.sum(axis=(1, 2)), "adam", "mse"),
        "column": train(
            fill(keras.Sequential([layers.Input((1,)), layers.Dense(1)])), x[:, 0], real[:, 0], "sgd", "mse"
        ),
    }


@case
def repeated_metric(keras):
    x, _, _, _, real, _ = data()
    model = network(keras, 1)
    model.compile("sgd", "mse", metrics=["mse", "mse"])
    return list(model.fit(x, real, verbose=0, validation_split=0.5).history)


@case
def hooks(keras):
    """The names, steps and keys of the logs of all hooks, in the order in which they are called."""
    calls = []

    def recorder(name):
        def hook(self, *args, **kwargs):
            logs = kwargs.get("logs", args[-1] if args else None)
            step = int(args[0]) if args and isinstance(args[0], (int, np.integer)) else None
            calls.append([name, step, sorted(logs) if isinstance(logs, dict) and logs else None])

        return hook

    names = [name for name in dir(keras.callbacks.Callback) if name.startswith("on_")]
    record = type("Record", (keras.callbacks.Callback,), {name: recorder(name) for name in names})()
    x, y = np.ones((5, 5)), np.ones(5)
    model = network(keras, 1)
    model.compile("sgd", "mse", metrics=["mae"])
    found = {"names": names}
    validation = {"validation_data": (x, y), "validation_batch_size": 3}
    model.fit(x, y, batch_size=2, epochs=2, verbose=0, callbacks=[record], **validation)
    found["fit"], calls = list(calls), calls[:0]
    model.evaluate(x, y, batch_size=3, verbose=0, callbacks=[record])
    found["evaluate"], calls = list(calls), calls[:0]
    model.predict(x, batch_size=3, verbose=0, callbacks=[record])
    found["predict"] = list(calls)
    return found


@case
def stopping_in_a_batch(keras):
    class Stop(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            self.model.stop_training = batch == 1

    model = network(keras, 1)
    model.compile("sgd", "mse")
    history = model.fit(np.ones((5, 5)), np.ones(5), batch_size=1, epochs=3, verbose=0, callbacks=[Stop()])
    return [history.epoch, int(model.optimizer.iterations)]


@case
def early_stopping(keras):
    """EarlyStopping on scripted losses; a model's weights are the number of the epoch."""

    class Model:
        weights = None
        stop_training = False

        def get_weights(self):
            return self.weights

        def set_weights(self, weights):
            self.weights = weights

    nan = float("nan")
    courses = [[5, 4, 3, 2, 1], [3, 2, 2.5, 2.4, 1.9, 2.2, 2.3, 2.1], [1] * 4, [nan] * 4, [1, 0.99, 0.98, 0.97, 0.96]]
    courses += [[1, 2, 3, 2.5, 2.6, 3.1, 0]]
    arguments = [
        {},
        {"patience": 1},
        {"patience": 2, "min_delta": 0.05},
        {"patience": 1, "restore_best_weights": True},
        {"patience": 1, "mode": "max"},
        {"patience": 1, "baseline": 2.2},
        {"patience": 1, "start_from_epoch": 2, "restore_best_weights": True},
        {"mode": "max", "patience": 2, "min_delta": 0.5, "restore_best_weights": True},
    ]
    found = []
    for course in courses:
        for chosen in arguments:
            callback = keras.callbacks.EarlyStopping("val_loss", verbose=1, **{"mode": "min", **chosen})
            model = Model()
            callback.set_model(model)
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                callback.on_train_begin()
                for epoch, value in enumerate(course):
                    model.weights = epoch
                    callback.on_epoch_end(epoch, {"val_loss": value})
                    if model.stop_training:
                        break
                callback.on_train_end()
            best = None if callback.best is None else float(callback.best)
            found.append([epoch, callback.stopped_epoch, callback.best_epoch, best, model.weights, out.getvalue()])
    return found


@case
def summaries(keras):
    layers = keras.layers
    texts = []
    image = [layers.Input((8, 8)), layers.Flatten(name="flat"), layers.Dense(40, name="a_rather_long_name_for_a_layer")]
    image += [layers.ReLU(6, name="clipped"), layers.Dropout(0.2, name="drop"), layers.Dense(10, name="out")]
    model = keras.Sequential(image, name="images")
    model.summary(print_fn=texts.append)
    for optimizer in ("adam", "sgd", "rmsprop", keras.optimizers.SGD(momentum=0.9)):
        model.compile(optimizer, "mse")
        model.fit(np.zeros((2, 8, 8)), np.zeros((2, 10)), verbose=0)
        model.summary(print_fn=texts.append)
    model.summary(line_length=60, print_fn=texts.append)
    model.summary(positions=[0.5, 0.7, 1.0], print_fn=texts.append)
    unbuilt = [layers.Dense(3, name="first"), layers.Dense(2, name="second")]
    keras.Sequential(unbuilt, name="unbuilt").summary(print_fn=texts.append)
    keras.Sequential(name="empty").summary(print_fn=texts.append)
    wide = keras.Sequential([layers.Input((3000,)), layers.Dense(3000, name="wide")], name="wide_model")
    wide.summary(print_fn=texts.append)
    return [[line.rstrip() for line in text.strip("\n").split("\n")] for text in texts]


@case
def progress_bars(keras):
    """What Progbar draws on a terminal at given times: the visible text of each drawing."""

    class Terminal(io.StringIO):
        def isatty(self):
            return True

    now = [1000.0]

    def frames(target, updates, **arguments):
        out = Terminal()
        now[0] = 1000.0
        with (
            mock.patch.object(sys, "stdout", out),
            mock.patch.object(time, "time", lambda: now[0]),
            mock.patch.object(time, "perf_counter", lambda: now[0]),
        ):
            bar = keras.utils.Progbar(target, **arguments)
            for seconds, current, values, *finalize in updates:
                now[0] += seconds
                bar.update(current, values, *finalize)
        marked = re.sub(r"━\x1b\[0m(?:\x1b\[37m)?━", "━|━", out.getvalue())  # where the bar's colour changes
        visible = re.sub(r"\x1b\[\d+m|\x08", "", marked)
        return [frame.rstrip(" ") for frame in visible.split("\r") if frame]

    loss = [("loss", 0.5)]
    return [
        frames(10, [(0.1, 1, loss), (0.01, 2, loss), (0.1, 3, [("loss", 0.25)]), (0.2, 10, [("loss", 0.125)])]),
        frames(60, [(1.5, 12, loss), (90.0, 30, loss), (4000.0, 31, loss), (1.0, 60, loss)]),
        frames(5, [(0.0004, 1, []), (0.0004, 5, [])]),
        frames(
            3, [(0.06, 1, [("acc", 0.0001), ("loss", float("nan"))]), (0.06, 3, [("acc", 1.0), ("loss", 12345.678)])]
        ),
        frames(4, [(0.06, 1, loss), (0.06, 2, [("loss", 1.0)], False), (0.06, 4, loss, True)], stateless_metrics=[]),
        frames(4, [(0.06, 1, [("a", 1.0), ("b", 1.0)]), (0.06, 3, [("a", 4.0), ("b", 4.0)])], stateful_metrics=["a"]),
        frames(4, [(0.06, 1, loss), (0.06, 4, loss)], verbose=2),
        frames(4, [(0.06, 1, loss), (0.06, 4, loss)], verbose=0),
        frames(None, [(0.06, 1, loss), (0.06, 4, loss), (0.06, 5, loss, True)]),
        frames(4, [(0.06, 2, loss), (5.0, 4, [])], unit_name="sample", width=8),
        frames(100, [(0.06, 7, [("long", 123.0)]), (0.06, 8, [("long", 0.5)])], stateless_metrics=[]),
    ]


@case
def configs(keras):
    layers, init = keras.layers, keras.initializers
    made = {
        "Dense": layers.Dense(2, activation="relu", use_bias=False, kernel_initializer="he_normal", name="d"),
        "Activation": layers.Activation("tanh", name="a"),
        "ReLU": layers.ReLU(max_value=6.0, name="r"),
        "Dropout": layers.Dropout(0.5, seed=3, name="p"),
        "Flatten": layers.Flatten(name="f"),
        "Softmax": layers.Softmax(name="s"),
        "InputLayer": layers.InputLayer((3,), name="i"),
    }
    found = {name: layer.get_config() for name, layer in made.items()}
    for name in ("GlorotUniform", "HeNormal", "LecunUniform", "RandomNormal", "RandomUniform", "TruncatedNormal"):
        found[name] = getattr(init, name)(seed=1).get_config()
    for name in ("Zeros", "Ones", "Constant", "Orthogonal", "VarianceScaling"):
        found[name] = getattr(init, name)().get_config()
    found["serialize"] = init.serialize(init.HeUniform(seed=2))
    found["get"] = [
        type(init.get(name)).__name__
        for name in ("zeros", "Zeros", "zero", "uniform", "normal", "he_normal", "HeNormal", "orthogonal", "ones")
    ]
    return numbers(found)


@case
def signatures(keras):
    """The arguments, in order, with their defaults."""
    model, callbacks, layers = keras.Sequential, keras.callbacks, keras.layers
    callables = {
        **{f"Sequential.{name}": getattr(model, name) for name in ("compile", "fit", "evaluate", "predict", "summary")},
        **{f"Sequential.{name}": getattr(model, name) for name in ("train_on_batch", "test_on_batch", "get_layer")},
        **{name: getattr(layers, name) for name in ("Dense", "Activation", "ReLU", "Softmax", "Flatten", "Dropout")},
        **{name: getattr(layers, name) for name in ("Input", "InputLayer")},
        **{name: getattr(callbacks, name) for name in ("EarlyStopping", "LambdaCallback", "CallbackList")},
        **{name: getattr(keras.initializers, name) for name in ("RandomNormal", "VarianceScaling", "Orthogonal")},
        **{name: getattr(keras.initializers, name) for name in ("GlorotUniform", "RandomUniform", "Constant")},
        **{f"utils.{name}": getattr(keras.utils, name) for name in ("Progbar", "to_categorical", "normalize")},
    }
    found = {}
    for name, function in callables.items():
        function = function.__init__ if isinstance(function, type) else function
        parameters = list(inspect.signature(function).parameters.values())
        kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
        found[name] = [[p.name, repr(p.default)] for p in parameters if p.kind in kinds and p.name != "self"]
    return found


@case
def utilities(keras):
    utils = keras.utils
    vectors = np.array([[3.0, 4.0], [0.0, 0.0], [1.0, 0.0]])
    return numbers(
        {
            "to_categorical": [
                utils.to_categorical([0, 2, 1]),
                utils.to_categorical([[1], [0]], 3),
                utils.to_categorical([[1, 0], [2, 2]]),
                utils.to_categorical(np.array([1.7, 0.2])),
            ],
            "dtype": str(utils.to_categorical([1]).dtype),
            "normalize": [
                utils.normalize(vectors),
                utils.normalize(vectors, axis=1),
                utils.normalize(vectors, order=1),
            ],
        }
    )


@case
def errors(keras):
    """The types of the errors that wrong use raises; "" where it raises none."""
    layers, x = keras.layers, np.ones((20, 3), "float32")
    y = np.arange(20) % 2

    def model(units=1, loss="mse", compiled=True, **compile):
        made = keras.Sequential([layers.Input((3,)), layers.Dense(units)])
        if compiled:
            made.compile("sgd", loss, **compile)
        return made

    def fit(*data, made=None, **arguments):
        return lambda: (made or model()).fit(*(data or (x, y)), **{"verbose": 0, **arguments})

    sparse = "sparse_categorical_crossentropy"
    wrong = {
        "fit before compile": fit(made=model(compiled=False)),
        "evaluate before compile": lambda: model(compiled=False).evaluate(x, y),
        "train_on_batch before compile": lambda: model(compiled=False).train_on_batch(x, y),
        "predict without layers": lambda: keras.Sequential().predict(x),
        "call without layers": lambda: keras.Sequential()(x),
        "length": fit(x, y[:5]),
        "width": fit(x[:, :2], y),
        "rank": fit(x[:, None, :], y),
        "rank of an unbuilt model": lambda: keras.Sequential([layers.Dense(1)])(np.ones(5)),
        "predict width": lambda: model().predict(x[:, :2], verbose=0),
        "object": fit(x.astype(object), y),
        "string": fit(x.astype(str), y),
        "batch_size of 2.5": fit(batch_size=2.5),
        "batch_size of a string": fit(batch_size="32"),
        "epochs of 1.5": fit(epochs=1.5),
        "validation_split of 1": fit(validation_split=1.0),
        "validation_split too large": fit(validation_split=0.99),
        "validation_data of four": fit(validation_data=(x, y, y, y)),
        "validation_data width": fit(validation_data=(x[:, :2], y)),
        "validation_freq": fit(validation_data=(x, y), validation_freq="a"),
        "target width": fit(made=model(3)),
        "target of two for sparse": fit(x, np.ones((20, 2)), made=model(3, sparse)),
        "sample_weight shape": fit(sample_weight=np.ones((20, 2))),
        "sample_weight length": fit(sample_weight=np.ones(19)),
        "both weights": fit(sample_weight=np.ones(20), class_weight={0: 1.0}),
        "unknown keyword of fit": fit(epoch=3),
        "unknown keyword of compile": lambda: model(optimiser="adam"),
        "unknown keyword of predict": lambda: model().predict(x, foo=1),
        "unknown keyword of evaluate": lambda: model().evaluate(x, y, foo=1),
        "unknown loss": lambda: fit(made=model(loss="msee"))(),
        "unknown metric": lambda: fit(made=model(metrics=["accc"]))(),
        "metrics no list": lambda: model(metrics="acc"),
        "unknown optimizer": lambda: keras.Sequential().compile("adm", "mse"),
        "callback's class": fit(callbacks=[keras.callbacks.EarlyStopping]),
        "set_weights length": lambda: model().set_weights([np.ones((3, 1))]),
        "set_weights shape": lambda: model().set_weights([np.ones((4, 1)), np.ones(1)]),
        "set_weights unbuilt": lambda: keras.Sequential([layers.Dense(1)]).set_weights([np.ones((4, 1))]),
        "kernel unbuilt": lambda: layers.Dense(3).kernel,
        "count_params unbuilt": lambda: keras.Sequential([layers.Dense(1)]).count_params(),
        "get_layer name": lambda: model().get_layer("nope"),
        "get_layer index": lambda: model().get_layer(index=4),
        "get_layer nothing": lambda: model().get_layer(),
        "units of 0": lambda: layers.Dense(0),
        "units of 2.0": lambda: layers.Dense(2.0),
        "layer keyword": lambda: layers.Dense(2, activations="relu"),
        "layer dtype": lambda: layers.Dense(2, dtype="float31"),
        "layer activation": lambda: layers.Dense(2, activation="reluu"),
        "layer initializer": lambda: layers.Dense(2, kernel_initializer="glorotuniform"),
        "dropout rate": lambda: layers.Dropout(1.5),
        "relu max_value": lambda: layers.ReLU(max_value=-1.0),
        "no layer": lambda: keras.Sequential([3]),
        "pop nothing": lambda: keras.Sequential().pop(),
        "two inputs": lambda: keras.Sequential([layers.Input((3,)), layers.Input((3,))]),
        "one name twice": lambda: keras.Sequential([layers.Dense(3, name="a"), layers.Dense(3, name="a")]),
        "other build shape": lambda: model().build((None, 4)),
        "build without layers": lambda: keras.Sequential().build((None, 4)),
        "build rank": lambda: keras.Sequential([layers.Dense(3)]).build((3,)),
        "input_shape unbuilt": lambda: keras.Sequential([layers.Dense(3)]).input_shape,
        "Input of nothing": lambda: layers.Input(),
        "Input of a number": lambda: layers.Input(3),
        "Input negative": lambda: layers.Input((-1,)),
        "unknown size": lambda: keras.Sequential([layers.Input((None,)), layers.Dense(3)]),
        "trainable no boolean": lambda: layers.Dense(3, trainable="yes"),
        "label beyond num_classes": lambda: keras.utils.to_categorical([1, 2], 2),
        "seed": lambda: keras.utils.set_random_seed("a"),
        "negative seed": lambda: keras.utils.set_random_seed(-1),
        "initializer scale": lambda: keras.initializers.VarianceScaling(scale=0.0),
        "initializer mode": lambda: keras.initializers.VarianceScaling(mode="fan"),
        "initializer seed": lambda: keras.initializers.GlorotUniform(seed="a"),
        "identity rank": lambda: keras.initializers.Identity()((3,)),
        "orthogonal rank": lambda: keras.initializers.Orthogonal()((3,)),
        "both kinds of metrics": lambda: keras.utils.Progbar(3, stateful_metrics=[], stateless_metrics=[]),
    }
    found = {}
    for name, use in wrong.items():
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                use()
            found[name] = ""
        except Exception as error:
            found[name] = type(error).__name__
    return found
