"""Optimizers as users make them: arguments old and new, learning rates, names, configurations, and what is refused."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

from steepest import Variable, optimizers


def test_learning_rate_and_iterations_can_be_set() -> None:
    optimizer = optimizers.Adam()
    assert optimizer.learning_rate == 0.001
    optimizer.learning_rate = 1
    assert optimizer.learning_rate == 1.0
    np.testing.assert_array_equal(optimizer.learning_rates(5), [1.0])
    optimizer.learning_rate = np.float32(0.5)
    optimizer.iterations = np.int64(7)
    assert (optimizer.learning_rate, optimizer.iterations) == (0.5, 7)
    for wrong in (-1e-9, float("nan"), float("inf"), "0.1", None, True, [0.1], 1j):
        with pytest.raises(ValueError, match="`learning_rate` must be a finite number of 0 or more"):
            optimizer.learning_rate = wrong
        with pytest.raises(ValueError, match="`learning_rate` must be a finite number of 0 or more"):
            optimizers.SGD(learning_rate=wrong)
    for wrong in (-1, 1.5, True, None):
        with pytest.raises(ValueError, match="`iterations`"):
            optimizer.iterations = wrong
    assert (optimizer.learning_rate, optimizer.iterations) == (0.5, 7)


def test_decay_divides_the_rate_by_one_and_decay_times_the_steps_taken() -> None:
    with pytest.warns(DeprecationWarning, match="`decay`.*InverseTimeDecay"):
        optimizer = optimizers.SGD(learning_rate=1.0, decay=0.5)
    np.testing.assert_allclose(optimizer.learning_rates(4), [1, 1 / 1.5, 1 / 2, 1 / 2.5], rtol=1e-15)
    w = np.zeros(1)
    for _ in range(4):
        optimizer.apply([[1.0]], [w])
    assert w[0] == pytest.approx(-(1 + 1 / 1.5 + 1 / 2 + 1 / 2.5), rel=1e-15)
    np.testing.assert_allclose(optimizer.learning_rates(2), [1 / 3, 1 / 3.5], rtol=1e-15)
    assert optimizer.learning_rate == 1.0


# The lines of the tutorials.
@pytest.mark.parametrize(
    ("make", "cls", "config", "old"),
    [
        (
            lambda: optimizers.SGD(lr=0.01, momentum=0.9),
            optimizers.SGD, {"learning_rate": 0.01, "momentum": 0.9}, ["`lr`.*learning_rate="],
        ),
        (
            lambda: optimizers.Adagrad(lr=0.01, epsilon=1e-6),
            optimizers.Adagrad, {"learning_rate": 0.01, "epsilon": 1e-6}, ["`lr`"],
        ),
        (
            lambda: optimizers.RMSprop(lr=0.001, rho=0.9, epsilon=1e-06),
            optimizers.RMSprop, {"learning_rate": 0.001, "rho": 0.9, "epsilon": 1e-6}, ["`lr`"],
        ),
        (
            lambda: optimizers.Adam(lr=0.001, beta_1=0.9, beta_2=0.999, epsilon=None, decay=0.0, amsgrad=False),
            optimizers.Adam, {"learning_rate": 0.001, "epsilon": 1e-7, "amsgrad": False},
            ["`lr`", "`decay`", "epsilon=1e-07"],
        ),
    ],
)  # fmt: skip
def test_old_spellings_work_and_warn_where_they_were_written(make: Any, cls: type, config: dict, old: list) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        optimizer = make()
    assert type(optimizer) is cls
    assert {key: optimizer.get_config()[key] for key in config} == config
    assert [str(w.category.__name__) for w in caught] == ["DeprecationWarning"] * len(old)
    for warning, pattern in zip(caught, old, strict=True):
        assert warning.filename == __file__
        with pytest.warns(DeprecationWarning, match=pattern):
            warnings.warn_explicit(warning.message, warning.category, "", 1)


# The defaults that Keras 3.15's own get_config() reports.
@pytest.mark.parametrize(
    ("cls", "expected"),
    [
        (optimizers.SGD, {"learning_rate": 0.01, "momentum": 0.0, "nesterov": False}),
        (optimizers.Adagrad, {"learning_rate": 0.001, "initial_accumulator_value": 0.1, "epsilon": 1e-7}),
        (
            optimizers.RMSprop,
            {"learning_rate": 0.001, "rho": 0.9, "momentum": 0.0, "epsilon": 1e-7, "centered": False},
        ),
        (
            optimizers.Adam,
            {"learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7, "amsgrad": False},
        ),
    ],
)
def test_defaults_and_configurations(cls: Any, expected: dict) -> None:
    keras_base = {
        "weight_decay": None, "clipnorm": None, "global_clipnorm": None, "clipvalue": None, "use_ema": False,
        "ema_momentum": 0.99, "ema_overwrite_frequency": None, "loss_scale_factor": None,
        "gradient_accumulation_steps": None,
    }  # fmt: skip
    config = cls(name="given").get_config()
    assert config == {"name": "given", **keras_base, **expected}
    assert cls.from_config(config).get_config() == config


def test_decay_survives_a_configuration_without_a_second_warning() -> None:
    with pytest.warns(DeprecationWarning):
        config = optimizers.SGD(decay=0.5).get_config()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert optimizers.SGD.from_config(config).decay == 0.5


@pytest.mark.parametrize(
    ("identifier", "cls"),
    [
        *((name, optimizers.Adam) for name in ("adam", "Adam", "ADAM")),
        *((name, optimizers.SGD) for name in ("sgd", "SGD")),
        *((name, optimizers.RMSprop) for name in ("rmsprop", "RMSprop")),
        ("adagrad", optimizers.Adagrad),
        (optimizers.Adam, optimizers.Adam),
        ({"class_name": "Adam", "config": {"learning_rate": 0.5}}, optimizers.Adam),
        ({"class_name": "adam", "config": {}}, optimizers.Adam),
    ],
)
def test_get(identifier: Any, cls: type) -> None:
    assert type(optimizers.get(identifier)) is cls


def test_get_returns_an_optimizer_as_it_is() -> None:
    optimizer = optimizers.Adam()
    assert optimizers.get(optimizer) is optimizer


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: optimizers.get("adm"), "Unknown optimizer: 'adm'. Did you mean 'adam'"),
        (lambda: optimizers.get(3), "Received: 3"),
        (lambda: optimizers.get(None), "Received: None"),
        (lambda: optimizers.get({"class_name": "Tiger"}), "Unknown optimizer: 'tiger'"),
        (lambda: optimizers.SGD(momentom=0.9), "not recognized by SGD: 'momentom'. Did you mean 'momentum'"),
        (lambda: optimizers.SGD(momentum=1.5), "`momentum` must be a finite number from 0 to 1"),
        (lambda: optimizers.SGD(momentum="0.9"), "`momentum`"),
        (lambda: optimizers.SGD(lr=-1), "`learning_rate`"),
        (lambda: optimizers.SGD(decay=-1), "`decay`"),
        (lambda: optimizers.Adagrad(epsilon=-1e-7), "`epsilon`"),
        (lambda: optimizers.Adagrad(initial_accumulator_value=-1), "`initial_accumulator_value`"),
        (lambda: optimizers.RMSprop(rho=2.0), "`rho`"),
        (lambda: optimizers.Adam(beta_1=1.0), "`beta_1` must be below 1"),
        (lambda: optimizers.Adam(beta_2=float("nan")), "`beta_2`"),
        *(
            (lambda arguments=arguments: optimizers.SGD(**arguments), f"`{next(iter(arguments))}`")
            for arguments in (
                {"weight_decay": -0.1}, {"clipnorm": 0.0}, {"clipvalue": -1.0}, {"global_clipnorm": float("nan")},
                {"ema_momentum": 1.5}, {"ema_overwrite_frequency": 0}, {"loss_scale_factor": 0},
                {"loss_scale_factor": "2"}, {"gradient_accumulation_steps": 1}, {"gradient_accumulation_steps": 2.5},
            )
        ),
        (lambda: optimizers.SGD(clipnorm=1.0, clipvalue=1.0), "Only one of `clipnorm`, `clipvalue`"),
        (lambda: optimizers.Ftrl(learning_rate_power=0.5), "`learning_rate_power`"),
        (lambda: optimizers.Lion(beta_1=0.0), "`beta_1` must be more than 0"),
        (lambda: optimizers.AdamW(weight_decay=None), "`weight_decay` must be a float"),
        (lambda: optimizers.Muon(ns_steps=-1), "`ns_steps`"),
        (lambda: optimizers.SGD().set_weights([]), "has no weights yet: call `optimizer.build"),
        (lambda: optimizers.LossScaleOptimizer(optimizers.SGD(), clipnorm=1.0), "set `clipnorm` of the"),
        (lambda: optimizers.MultiOptimizer(lambda v: None).build([np.ones(1)]), "must be an optimizer"),
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_what_is_refused(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_neutral_arguments_are_accepted() -> None:
    optimizers.Adam(weight_decay=None, clipnorm=None, use_ema=False, ema_momentum=0.99)


class Signed(optimizers.Optimizer):
    """A rule in NumPy, as users of Keras write them: momentum, and a step of one size."""

    def __init__(self, learning_rate: float = 0.5, momentum: float = 0.5, **kwargs: Any) -> None:
        super().__init__(learning_rate, **kwargs)
        self.momentum = momentum

    def build(self, variables: Any) -> None:
        super().build(variables)
        self.momentums = self.add_optimizer_variables(variables, "momentum")

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        m = self.momentums[self._get_variable_index(variable)]
        self.assign(m, m * self.momentum + gradient)
        self.assign_sub(variable, learning_rate * np.sign(m))

    def get_config(self) -> dict:
        return {**super().get_config(), "momentum": self.momentum}


def test_one_class_is_enough_for_an_optimizer() -> None:
    w = np.zeros(1)
    optimizer = optimizers.get(Signed)
    for gradient, expected in ((1.0, -0.5), (-0.25, -1.0), (-0.25, -0.5)):  # momenta 1, 0.25, -0.125
        optimizer.apply([[gradient]], [w])
        assert w[0] == expected
    assert [v.path for v in optimizer.variables[2:]] == [f"{optimizer.name}/variable_0_momentum"]
    assert optimizer.name.startswith("signed")
    assert Signed.from_config(optimizer.get_config()).momentum == 0.5


def test_schedules_and_functions_as_learning_rates() -> None:
    schedule = optimizers.schedules.InverseTimeDecay(1.0, decay_steps=1, decay_rate=1.0)
    optimizer = optimizers.SGD(schedule)
    np.testing.assert_allclose(optimizer.learning_rates(3), [1, 1 / 2, 1 / 3], rtol=1e-15)
    w = np.zeros(1)
    for _ in range(3):
        optimizer.apply([[1.0]], [w])
    assert w[0] == pytest.approx(-(1 + 1 / 2 + 1 / 3), rel=1e-15)
    assert optimizer.learning_rate == 0.25
    assert [variable.name for variable in optimizer.variables] == ["iteration"]
    with pytest.raises(TypeError, match="is a schedule and can't be set to a number"):
        optimizer.learning_rate = 0.5
    restored = optimizers.SGD.from_config(optimizer.get_config())
    np.testing.assert_array_equal(restored.learning_rates(4), optimizers.SGD(schedule).learning_rates(4))
    assert optimizers.SGD(lambda: 0.125).learning_rate == 0.125

    class Climbing(optimizers.schedules.LearningRateSchedule):
        def __call__(self, step: Any) -> Any:
            return -1.0 if step == 3 else 1.0

    with pytest.raises(ValueError, match="Received: -1.0 to 1.0 for the steps from 0 to 4"):
        optimizers.SGD(Climbing()).learning_rates(5)


def test_weights_are_set_whole_or_not_at_all() -> None:
    w = np.ones(2)
    optimizer = optimizers.Adam(0.5)
    optimizer.build([w])
    optimizer.set_weights([3, 0.25, [1.0, 2.0], [3.0, 4.0]])
    assert (optimizer.iterations, optimizer.learning_rate) == (3, 0.25)
    np.testing.assert_array_equal(optimizer.variables[3], [3.0, 4.0])
    for wrong in ([3, 0.25, [1.0, 2.0]], [4, 0.5, [1.0], [3.0, 4.0]]):
        with pytest.raises(ValueError, match="Received"):
            optimizer.set_weights(wrong)
    assert (optimizer.iterations, optimizer.learning_rate) == (3, 0.25)


def test_weight_decay_leaves_out_what_is_excluded() -> None:
    kernel, bias, other = (Variable([1.0], name=name) for name in ("kernel", "bias", "other"))
    optimizer = optimizers.SGD(0.5, weight_decay=0.5)
    optimizer.exclude_from_weight_decay(var_list=[other], var_names=["^b"])
    optimizer.apply([[0.0]] * 3, [kernel, bias, other])
    assert [float(v[0]) for v in (kernel, bias, other)] == [0.75, 1.0, 1.0]
    with pytest.raises(ValueError, match="before the optimizer is built"):
        optimizer.exclude_from_weight_decay(var_names=["kernel"])


def test_constraints_of_variables_follow_the_step_and_targets_are_overwritten() -> None:
    v, w = Variable([1.0]), Variable([1.0])
    v.constraint = lambda value: np.maximum(value, 0)
    w.overwrite_with_gradient = True
    optimizer = optimizers.SGD(0.5, momentum=0.5)
    optimizer.apply([[4.0], [7.0]], [v, w])
    assert (float(v[0]), float(w[0])) == (0.0, 7.0)
    assert len(optimizer.variables) == 3  # nothing is kept for w
