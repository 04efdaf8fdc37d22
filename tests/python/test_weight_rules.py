"""Regularizers and constraints of a model's weights: what is refused, and what `losses` and descriptions say."""

from __future__ import annotations

import numpy as np
import pytest

from steepest import config, constraints, keras, regularizers
from steepest.layers import Dense, Input
from steepest.models import Sequential

RNG = np.random.default_rng(5)
X, Y = RNG.normal(size=(70, 20)).astype("float32"), RNG.normal(size=(70, 1)).astype("float32")


def test_losses_are_those_of_the_weights_that_train() -> None:
    model = Sequential(
        [
            Input((2,)),
            Dense(3, kernel_initializer="ones", kernel_regularizer=regularizers.L2(0.5), bias_regularizer="l1"),
            Dense(1, kernel_initializer="ones", kernel_regularizer="l1"),
        ]
    )
    assert [float(loss) for loss in model.losses] == pytest.approx([3.0, 0.0, 0.03])
    model.layers[1].trainable = False
    assert [float(loss) for loss in model.losses] == pytest.approx([3.0, 0.0])
    assert model.layers[1].losses == []


def test_descriptions_hold_them() -> None:
    layer = Dense(2, kernel_regularizer=regularizers.L1L2(0.5, 0.25), kernel_constraint="max_norm")
    copy = Dense.from_config(layer.get_config())
    assert copy.get_config() == layer.get_config()
    assert copy.kernel_regularizer.l2 == 0.25 and copy.kernel_constraint.max_value == 2 and copy.bias_constraint is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"bias_regularizer": regularizers.OrthogonalRegularizer()}, "rank 2. Received: `bias`"),
        ({"bias_constraint": constraints.UnitNorm(axis=1)}, "axis=1"),
    ],
)
def test_what_does_not_fit_to_a_weight_is_refused_by_name(arguments: dict, message: str) -> None:
    model = Sequential([Input((20,)), Dense(1, name="only", **arguments)])
    model.compile("sgd", "mse")
    before = model.get_weights()
    for method in (model.fit, model.evaluate):
        with pytest.raises(ValueError, match=message):
            method(X, Y, verbose=0)
    assert all((old == new).all() for old, new in zip(before, model.get_weights(), strict=True))


def test_a_constraint_holds_after_every_step_of_a_rule_in_python() -> None:
    model = Sequential([Input((20,)), Dense(1, kernel_constraint="unit_norm")])
    model.compile(keras.optimizers.Lamb(0.1), "mse")
    model.fit(X, Y, verbose=0)
    assert np.linalg.norm(model.layers[0].kernel) == pytest.approx(1.0, abs=1e-6)


class Squares(regularizers.Regularizer):
    """As L2."""

    def __call__(self, x):
        return 0.25 * np.square(x).sum()

    def gradient(self, x):
        return 0.5 * x


class Short(constraints.Constraint):
    """As MaxNorm."""

    def __call__(self, w):
        norms = np.sqrt(np.square(w).sum(0, keepdims=True))
        return w * np.clip(norms, 0, 0.5) / (1e-7 + norms)


def absolute(x):
    return 0.125 * np.abs(x).sum()


absolute.gradient = lambda x: 0.125 * np.sign(x)


@pytest.mark.parametrize(
    "optimizer",
    [
        {"class_name": "SGD", "config": {"learning_rate": 0.1, "momentum": 0.5, "clipnorm": 0.5}},
        {"class_name": "Adam", "config": {"gradient_accumulation_steps": 2, "use_ema": True}},
        {"class_name": "Lamb", "config": {"learning_rate": 0.01}},
    ],
)
def test_rules_written_in_python_train_as_those_of_the_core(optimizer) -> None:
    """Whose numbers are Keras's, see tests/parity."""

    def outcome(kernel, bias, constraint) -> list[np.ndarray]:
        keras.utils.set_random_seed(1)
        hidden = Dense(7, "tanh", kernel_regularizer=kernel, bias_regularizer=bias, kernel_constraint=constraint)
        model = Sequential([Input((20,)), hidden, Dense(1, kernel_constraint="non_neg")])
        model.compile(keras.optimizers.get(optimizer), "mse", metrics=["mae"])
        logs = model.fit(X, Y, epochs=2, verbose=0, validation_data=(X[:9], Y[:9])).history
        return [*logs.values(), model.train_on_batch(X, Y), model.evaluate(X, Y, verbose=0), *model.get_weights()]

    expected = outcome(regularizers.L2(0.25), regularizers.L1(0.125), constraints.MaxNorm(0.5))
    for found, value in zip(outcome(Squares(), absolute, Short()), expected, strict=True):
        np.testing.assert_allclose(found, value, rtol=2e-5, atol=2e-6)


def test_a_regularizer_without_a_gradient_is_evaluated_and_refused_by_fit() -> None:
    class Sum(regularizers.Regularizer):
        def __call__(self, x):
            return x.sum()

    for regularizer in (Sum(), lambda x: x.sum()):
        model = Sequential([Input((20,)), Dense(1, kernel_initializer="ones", kernel_regularizer=regularizer)])
        model.compile("sgd", "mse")
        before = model.get_weights()
        plain = float(np.square(X.sum(1, keepdims=True) - Y).mean())
        assert model.evaluate(X, Y, verbose=0) == pytest.approx(plain + 20, rel=1e-5)
        with pytest.raises(ValueError, match=r"no gradient. Expected a method `gradient\(self, x\)`"):
            model.fit(X, Y, verbose=0)
        assert all((old == new).all() for old, new in zip(before, model.get_weights(), strict=True))


def test_gradients_and_constraints_of_another_shape_are_refused() -> None:
    class Wrong(Squares):
        def gradient(self, x):
            return x[:1]

    for arguments, message in (
        ({"kernel_regularizer": Wrong()}, r"\(20, 1\)"),
        ({"kernel_constraint": np.sum}, "shape"),
    ):
        model = Sequential([Input((20,)), Dense(1, **arguments)])
        model.compile("sgd", "mse")
        with pytest.raises(ValueError, match=message):
            model.fit(X, Y, verbose=0)


def test_threads_do_not_change_a_bit() -> None:
    def train(threads: int) -> list[np.ndarray]:
        config.set_num_threads(threads)
        try:
            keras.utils.set_random_seed(3)
            model = Sequential(
                [
                    Input((20,)),
                    Dense(65, "tanh", kernel_regularizer=regularizers.L1L2(0.01, 0.02), kernel_constraint="unit_norm"),
                    Dense(33, "relu", kernel_regularizer=regularizers.OrthogonalRegularizer(0.1)),
                    Dense(1),
                ]
            )
            model.compile("adam", "mse")
            losses = model.fit(X, Y, epochs=2, batch_size=32, verbose=0).history["loss"]
            return [np.array(losses), *model.get_weights()]
        finally:
            config.set_num_threads(0)

    alone = train(1)
    for threads in (2, 3, 8):
        assert all((a == b).all() for a, b in zip(train(threads), alone, strict=True))
