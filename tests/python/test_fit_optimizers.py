"""What optimizers do in `fit` beyond their rules: the same as on arrays, which other tests hold to Keras."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from steepest import Variable, keras
from steepest.reference.network import Network

ROWS, EPOCHS, BATCH = 23, 3, 5  # batches of 5, 5, 5, 5 and 3
OPTIONS: dict[str, dict[str, Any]] = {
    "clipnorm": {"clipnorm": 0.02},
    "clipnorm_of_some": {"clipnorm": 0.2, "weight_decay": 0.1},
    "global_clipnorm": {"global_clipnorm": 0.3},
    "accumulation": {"gradient_accumulation_steps": 4},
    "average": {"use_ema": True, "ema_momentum": 0.6},
    "overwriting": {"use_ema": True, "ema_momentum": 0.6, "ema_overwrite_frequency": 4},
    "all": {"gradient_accumulation_steps": 2, "clipnorm": 0.1, "weight_decay": 0.2, "use_ema": True}
    | {"ema_momentum": 0.0, "ema_overwrite_frequency": 3},
}  # fmt: skip


def _model(hidden: int, dtype: str) -> Any:
    layers = [keras.layers.Dense(hidden, "tanh", dtype=dtype, name="first"), keras.layers.Dense(3, name="last")]
    model = keras.Sequential([keras.Input((4,)), *layers], name="model")
    random = np.random.default_rng(hidden)
    model.set_weights([random.normal(size=w.shape) / 2 for w in model.get_weights()])
    return model


def _data() -> tuple[Any, Any]:
    random = np.random.default_rng(7)
    return random.normal(size=(ROWS, 4)), random.normal(size=(ROWS, 3))


MSE = {"name": "mean_squared_error"}
NAMES = [(layer, weight) for layer in ("first", "last") for weight in ("kernel", "bias")]


def check_fit(make: Callable[[], Any], hidden: int) -> tuple[Any, Any]:
    """Holds a training against the same steps of `apply`, with gradients of the reference; returns both optimizers."""
    x, y = _data()
    model = _model(hidden, "float64")
    weights = [Variable(value, name=name) for value, (_, name) in zip(model.get_weights(), NAMES, strict=True)]
    for weight, (layer, name) in zip(weights, NAMES, strict=True):
        weight.path = f"model/{layer}/{name}"
    on_arrays, in_fit = make(), make()
    for _ in range(EPOCHS):
        for begin in range(0, ROWS, BATCH):
            rows = slice(begin, begin + BATCH)
            network = Network([weight.value for weight in weights], ["tanh", "linear"])
            scale = on_arrays.scale_loss(1.0)
            on_arrays.apply([scale * g for g in network.gradients(x[rows], y[rows], MSE)], weights)
    on_arrays.finalize_variable_values(weights)

    model.compile(in_fit, "mse")
    model.fit(x, y, batch_size=BATCH, epochs=EPOCHS, shuffle=False, verbose=0)
    for found, expected in zip(model.get_weights(), weights, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)
    assert in_fit.iterations == on_arrays.iterations
    return on_arrays, in_fit


@pytest.mark.parametrize("hidden", [1, 15, 17, 97])
@pytest.mark.parametrize("name", ["SGD", "Adagrad", "Adam"])
@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_fit_takes_the_steps_that_apply_takes(options: dict[str, Any], name: str, hidden: int, isa: str) -> None:
    check_fit(lambda: getattr(keras.optimizers, name)(0.1, **options), hidden)


def _excluding(names: list[str]) -> Any:
    optimizer = keras.optimizers.AdamW(0.1, weight_decay=0.5)
    optimizer.exclude_from_weight_decay(var_names=names)
    return optimizer


@pytest.mark.parametrize("names", [["bias"], ["^k"], ["kernel", "bias"]])
@pytest.mark.parametrize("hidden", [1, 17, 97])
def test_names_are_excluded_from_weight_decay(names: list[str], hidden: int, isa: str) -> None:
    check_fit(lambda: _excluding(names), hidden)


class Signed(keras.optimizers.Optimizer):
    """A rule of a user's own."""

    def update_step(self, gradient: Any, variable: Any, learning_rate: float) -> None:
        self.assign_sub(variable, learning_rate * np.sign(gradient))


class Slower(keras.optimizers.SGD):
    """A rule of the core, changed."""

    def update_step(self, gradient: Any, variable: Any, learning_rate: float) -> None:
        super().update_step(gradient, variable, 0.5 * learning_rate)


def _multi() -> Any:
    optimizers = {".*/bias": keras.optimizers.Adam(0.1, use_ema=True), ".*first/kernel": keras.optimizers.SGD(0.2)}
    return keras.optimizers.MultiOptimizer(keras.optimizers.OptimizerMap(keras.optimizers.SGD(0.1), optimizers))


@pytest.mark.parametrize(
    "make",
    [
        lambda: keras.optimizers.Lamb(0.1, weight_decay=0.1, global_clipnorm=0.2),
        lambda: keras.optimizers.Adafactor(0.1, use_ema=True, ema_overwrite_frequency=4),
        lambda: keras.optimizers.Muon(0.1, exclude_layers=["last"], gradient_accumulation_steps=2),
        lambda: keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam(0.1), dynamic_growth_steps=3),
        _multi,
        lambda: Signed(0.1, weight_decay=0.1),
        lambda: Slower(0.1, momentum=0.5),
    ],
)
def test_rules_in_python_train(make: Callable[[], Any]) -> None:
    check_fit(make, 17)


def test_a_rule_in_python_goes_on_where_it_stopped() -> None:
    x, y = _data()
    ways = []
    for parts in ([4], [1, 3]):
        model, optimizer = _model(5, "float64"), keras.optimizers.Lamb(0.1)
        for epochs in parts:
            model.compile(optimizer, "mse")
            model.fit(x, y, epochs=epochs, shuffle=False, verbose=0)
        ways.append(model.get_weights())
    for whole, parted in zip(*ways, strict=True):
        np.testing.assert_array_equal(whole, parted)


def test_an_optimizer_that_overflows_leaves_the_weights() -> None:
    x, y = _data()
    model = _model(5, "float32")
    before = model.get_weights()
    model.compile(keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(), initial_scale=2.0**127), "mse")
    model.fit(x, 100 * y, verbose=0)
    for weight, was in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(weight, was)
    assert float(model.optimizer.dynamic_scale) == 2.0**126


def test_variables_of_ones_own_are_no_weights_of_a_model() -> None:
    x, y = _data()
    model = _model(5, "float64")
    optimizer = keras.optimizers.AdamW()
    optimizer.exclude_from_weight_decay(var_list=[model.layers[0].kernel])
    model.compile(optimizer, "mse")
    with pytest.raises(ValueError, match="exclude_from_weight_decay\\(var_names="):
        model.fit(x, y, verbose=0)
    assert optimizer.iterations == 0


@pytest.mark.parametrize("name", ["SGD", "Lamb"])
def test_the_averages_are_what_is_evaluated(name: str) -> None:
    x, y = _data()
    model = _model(5, "float64")
    model.compile(getattr(keras.optimizers, name)(0.1, use_ema=True, ema_momentum=0.8), "mse")
    swap = keras.callbacks.SwapEMAWeights()
    with pytest.raises(ValueError, match="use_ema"):
        model.evaluate(x, y, callbacks=[swap], verbose=0)
    model.train_on_batch(x, y)
    first = model.get_weights()  # the average is the weights after the first step
    model.train_on_batch(x, y)
    now = model.get_weights()
    average = [0.8 * a + (1 - 0.8) * w for a, w in zip(first, now, strict=True)]
    found = model.evaluate(x, y, callbacks=[swap], verbose=0)
    for weight, was in zip(model.get_weights(), now, strict=True):
        np.testing.assert_array_equal(weight, was)
    predicted = model.predict(x, callbacks=[swap], verbose=0)
    model.set_weights(average)
    assert found == pytest.approx(model.evaluate(x, y, verbose=0), rel=1e-12)
    np.testing.assert_allclose(predicted, model.predict(x, verbose=0), rtol=1e-12)


def test_averages_need_use_ema() -> None:
    x, y = _data()
    model = _model(5, "float64")
    model.compile("adam", "mse")
    with pytest.raises(ValueError, match="`use_ema=True`.*Received: use_ema=False"):
        model.fit(x, y, validation_data=(x, y), callbacks=[keras.callbacks.SwapEMAWeights()], verbose=0)


@pytest.mark.parametrize(
    "make",
    [
        lambda: keras.optimizers.Adam(0.1, global_clipnorm=0.2, use_ema=True),
        lambda: keras.optimizers.SGD(0.0, gradient_accumulation_steps=2, weight_decay=0.5),
        lambda: keras.optimizers.Lamb(0.1, use_ema=True),
    ],
)
def test_what_is_not_trained_is_left_to_its_layer(make: Callable[[], Any]) -> None:
    x, y = _data()
    layers = [keras.layers.BatchNormalization(momentum=0.5), keras.layers.Dense(3)]
    model = keras.Sequential([keras.Input((4,)), *layers])
    model.compile(make(), "mse")
    model.fit(x, y, batch_size=ROWS, epochs=2, shuffle=False, verbose=0)
    _, _, mean, variance = model.layers[0].get_weights()
    np.testing.assert_allclose(mean, 0.75 * x.mean(axis=0), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(variance, 0.25 + 0.75 * x.var(axis=0), rtol=1e-5)


STATEFUL = {
    "adam": lambda: keras.optimizers.Adam(0.1),
    "everything": lambda: keras.optimizers.Adam(0.1, use_ema=True, gradient_accumulation_steps=2, amsgrad=True),
    "sgd": lambda: keras.optimizers.SGD(0.1),
    "lamb": lambda: keras.optimizers.Lamb(0.1, use_ema=True),
}


@pytest.mark.parametrize("make", STATEFUL.values(), ids=STATEFUL)
def test_variables_of_an_optimizer_show_the_state_of_a_training(make: Callable[[], Any]) -> None:
    on_arrays, in_fit = check_fit(make, 17)
    assert [each.path.split("/", 1)[1] for each in in_fit.variables[2:]] == [
        each.path.split("/", 1)[1] for each in on_arrays.variables[2:]
    ]
    for found, expected in zip(in_fit.variables, on_arrays.variables, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("make", STATEFUL.values(), ids=STATEFUL)
def test_a_training_goes_on_from_variables_that_were_set(make: Callable[[], Any]) -> None:
    x, y = _data()
    model, optimizer = _model(5, "float64"), make()
    model.compile(optimizer, "mse")
    model.fit(x, y, epochs=3, shuffle=False, verbose=0)
    weights, state = model.get_weights(), [np.array(each) for each in optimizer.variables]
    copied = copy.deepcopy(optimizer)
    model.fit(x, y, epochs=2, shuffle=False, verbose=0)
    expected = model.get_weights()

    model.set_weights(weights)  # the same model again, from where it was
    optimizer.set_weights(state)
    model.fit(x, y, epochs=2, shuffle=False, verbose=0)
    other = _model(5, "float64")  # another one, with a copy of the optimizer
    other.set_weights(weights)
    other.compile(copied, "mse")
    other.fit(x, y, epochs=2, shuffle=False, verbose=0)
    for found in (model, other):
        for weight, right in zip(found.get_weights(), expected, strict=True):
            np.testing.assert_array_equal(weight, right)


@pytest.mark.parametrize("name", ["Adam", "Lamb"])
def test_an_optimizer_of_other_variables_is_refused(name: str) -> None:
    x, y = _data()
    model, optimizer = _model(5, "float64"), getattr(keras.optimizers, name)()
    before = model.get_weights()
    optimizer.apply([np.ones((4, 2))], [np.ones((4, 2))])
    model.compile(optimizer, "mse")
    with pytest.raises(ValueError, match=r"built for other variables, of the shapes \[\(4, 2\)\]"):
        model.fit(x, y, verbose=0)
    for weight, was in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(weight, was)


# Names that real Keras gives: optimizers know weights by them.
@pytest.mark.parametrize(
    ("make", "names"),
    [
        (lambda: keras.layers.Dense(3), ("kernel", "bias")),
        (lambda: keras.layers.Dense(3, use_bias=False), ("kernel",)),
        (keras.layers.BatchNormalization, ("gamma", "beta", "moving_mean", "moving_variance")),
        (lambda: keras.layers.BatchNormalization(scale=False), ("beta", "moving_mean", "moving_variance")),
        (keras.layers.LayerNormalization, ("gamma", "beta")),
        (lambda: keras.layers.GroupNormalization(2), ("gamma", "beta")),
        (keras.layers.RMSNormalization, ("scale",)),
        (keras.layers.PReLU, ("alpha",)),
    ],
)
def test_weights_have_the_names_of_keras(make: Callable[[], Any], names: tuple[str, ...]) -> None:
    layer = make()
    layer.build((None, 4))
    assert layer.weight_names == names
    assert len(layer.get_weights()) == len(names)
