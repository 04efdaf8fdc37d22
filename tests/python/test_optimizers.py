"""Update rules on every instruction set, against the float64 reference and Keras's numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from conftest import SIZES, Close

from steepest import _core, optimizers, reference

VARIANTS = [
    optimizers.SGD(0.1),
    optimizers.SGD(0.1, momentum=0.75),
    optimizers.SGD(0.1, momentum=0.75, nesterov=True),
    optimizers.Adagrad(0.1, initial_accumulator_value=0.25),
    optimizers.RMSprop(0.1),
    optimizers.RMSprop(0.1, momentum=0.75),
    optimizers.RMSprop(0.1, centered=True, epsilon=0.125),
    optimizers.RMSprop(0.1, momentum=0.75, centered=True, epsilon=0.125),
    optimizers.Adam(0.1),
    optimizers.Adam(0.1, beta_1=0.75, beta_2=0.875, epsilon=0.125, amsgrad=True),
    optimizers.Adadelta(0.1, rho=0.75, epsilon=0.125),
    optimizers.Adamax(0.1, beta_1=0.75, beta_2=0.875, epsilon=0.125),
    optimizers.Nadam(0.1, beta_1=0.75, beta_2=0.875, epsilon=0.125),
    optimizers.Lion(0.1, beta_1=0.75, beta_2=0.875),
    optimizers.Ftrl(
        0.1,
        -0.5,
        0.25,
        l1_regularization_strength=0.25,
        l2_regularization_strength=0.5,
        l2_shrinkage_regularization_strength=0.125,
        beta=0.5,
    ),
    optimizers.ScheduleFreeAdamW(0.1, beta_1=0.75, beta_2=0.875, epsilon=0.125, warmup_steps=4),
]
RULES = [variant.spec()["name"] for variant in VARIANTS]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("variant", VARIANTS, ids=RULES)
def test_steps(
    isa: str, dtype: str, variant: optimizers.Optimizer, size: int, rng: np.random.Generator, close: Close
) -> None:
    spec = variant.spec()
    rule, names = reference.OPTIMIZERS[spec["name"]]
    hyper = {key: value for key, value in spec.items() if key not in ("name", "initial_accumulator_value")}
    for step in (1, 2, 1000):
        w, g = (rng.standard_normal(size).astype(dtype) for _ in range(2))
        # squares and their mean: v - a^2 stays above 0, as it does in training
        state = [
            (rng.uniform(1, 2, size) * (0.125 if name == "average_gradient" else 1)).astype(dtype) for name in names
        ]
        wide = [array.astype(np.float64) for array in (w, g, *state)]
        expected = rule(wide[0], wide[1], 0.1, step, *wide[2:], **hyper)
        _core.optimizer_step(spec, 0.1, step, w, g, state)
        # a quotient and a root of a few terms; a state and w are sums that may cancel
        for found, wanted, before in zip((w, *state), expected, (wide[0], *wide[2:]), strict=True):
            close(found, wanted, ulps=8, scale=np.abs(before) + np.abs(wide[1]))


@pytest.mark.parametrize("variant", VARIANTS, ids=RULES)
def test_first_steps_from_the_first_state(variant: optimizers.Optimizer) -> None:
    optimizer = type(variant).from_config(variant.get_config())
    rule, names = reference.OPTIMIZERS[variant.spec()["name"]]
    hyper = {k: v for k, v in variant.spec().items() if k not in ("name", "initial_accumulator_value")}
    w = np.array([1.0, -2.0, 3.0])
    expected, state = w.copy(), [np.full(3, variant.spec().get(f"initial_{name}_value", 0.0)) for name in names]
    if variant.spec()["name"] == "schedule_free_adamw":
        state[0] = w.copy()
    for step in range(1, 5):
        gradient = np.array([0.1, -1.0, 10.0]) * np.cos(step)
        optimizer.apply([gradient], [w])
        expected, *state = rule(expected, gradient, 0.1, step, *state, **hyper)
        np.testing.assert_allclose(w, expected, rtol=1e-12)
        for name, variable, values in zip(names, optimizer.variables[2 : 2 + len(names)], state, strict=True):
            assert variable.path == f"{optimizer.name}/variable_0_{name}"
            np.testing.assert_allclose(variable, values, rtol=1e-12)
    assert optimizer.iterations == 4


# Three steps of Keras 3.15 on JAX in float64 from w = 1, -2, 3.
GRADIENTS = ([0.1, -1.0, 10.0], [0.2, 0.5, 0.0], [-0.3, 0.01, -5.0])
KERAS = [
    (optimizers.SGD, {}, [1.0, -1.9951, 2.95]),
    (optimizers.SGD, {"learning_rate": 0.1, "momentum": 0.9}, [0.9649, -1.825, 0.79]),
    (optimizers.SGD, {"learning_rate": 0.1, "momentum": 0.9, "nesterov": True}, [0.96841, -1.7935, 0.511]),
    (optimizers.Adagrad, {}, [0.999794463493, -1.99948547523, 2.99944753444]),
    (
        optimizers.Adagrad,
        {"learning_rate": 0.1, "initial_accumulator_value": 0.0, "epsilon": 1e-6},
        [0.890741261163, -1.94561578272, 2.94472135987],
    ),
    (optimizers.RMSprop, {}, [0.99657139588, -1.99834322482, 2.99837346014]),
    (optimizers.RMSprop, {"momentum": 0.9}, [0.988592769103, -1.99426270975, 2.99296596537]),
    (optimizers.RMSprop, {"centered": True}, [0.99611977934, -1.99818272009, 2.99820941369]),
    (
        optimizers.RMSprop,
        {"learning_rate": 0.01, "rho": 0.8, "momentum": 0.5, "epsilon": 1e-3, "centered": True},
        [0.949401847776, -1.97309946377, 2.96812835427],
    ),
    (optimizers.Adam, {}, [0.998101461699, -1.99853351503, 2.99815267513]),
    (optimizers.Adam, {"amsgrad": True}, [0.998101461699, -1.99853360711, 2.99815301024]),
    (
        optimizers.Adam,
        {"learning_rate": 0.1, "beta_1": 0.8, "beta_2": 0.9, "epsilon": 1e-3},
        [0.821447457347, -1.86375049273, 2.82630543107],
    ),
]


@pytest.mark.parametrize(("cls", "arguments", "expected"), KERAS)
def test_numbers_of_keras(cls: Any, arguments: dict, expected: list) -> None:
    w = np.array([1.0, -2.0, 3.0])
    optimizer = cls(**arguments)
    for gradient in GRADIENTS:
        optimizer.apply([np.array(gradient)], [w])
    np.testing.assert_allclose(w, expected, rtol=1e-11)


def test_variables_of_any_shape_dtype_and_layout_are_updated_in_place(dtype: str) -> None:
    base = np.zeros((4, 6), dtype)
    variables = [np.zeros((), dtype), np.zeros((2, 3), dtype), base[:, ::2], base.T[1::2], np.zeros((0, 3), dtype)]
    optimizer = optimizers.SGD(learning_rate=0.5)
    grads = [np.full(variable.shape, 2) for variable in variables]
    optimizer.build(variables)
    optimizer.apply(grads)
    for variable in variables:
        np.testing.assert_array_equal(variable, -1)
    np.testing.assert_array_equal(base, -1)
    assert optimizer.apply_gradients(zip(grads, variables, strict=True)) == 2
    for variable in variables:
        np.testing.assert_array_equal(variable, -2)


def test_a_variable_without_a_gradient_stays() -> None:
    v, w = np.ones(2), np.ones(2)
    optimizer = optimizers.SGD(0.5, momentum=0.5)
    with pytest.warns(UserWarning, match=r"without a gradient.*\[0\]") as caught:
        optimizer.apply([None, [1.0, 1.0]], [v, w])
    assert caught[0].filename == __file__
    np.testing.assert_array_equal(v, 1)
    np.testing.assert_array_equal(w, 0.5)
    np.testing.assert_array_equal(optimizer.variables[3], -0.5)


def read_only() -> np.ndarray:
    array = np.ones(2)
    array.setflags(write=False)
    return array


@pytest.mark.parametrize(
    ("grads", "variables", "message"),
    [
        (
            [[1.0, 1.0], [1.0]],
            [np.ones(2), np.ones(2)],
            r"shape of its variable, \(2,\). Received: \(1,\) \(gradient 1\)",
        ),
        ([[1.0, 1.0]], [np.ones(2), np.ones(2)], "one gradient for each of 2 variables. Received: 1"),
        ([[1.0, 1.0], [1.0, 1.0]], [np.ones(2), read_only()], r"a read-only array \(number 1\)"),
        ([[1.0, 1.0], [1, 1]], [np.ones(2), np.ones(2, int)], r"Received: int64 \(number 1\)"),
        ([[1.0, 1.0], [1, 1]], [np.ones(2), [1.0, 1.0]], r"Received: list \(number 1\)"),
        ([[1.0, 1.0], ["a", "b"]], [np.ones(2), np.ones(2)], "`grads` must hold real numbers"),
        ([None, None], [np.ones(2), np.ones(2)], "No gradients provided for any variable"),
    ],
)
def test_a_step_that_does_not_fit_is_refused_and_changes_nothing(grads: list, variables: list, message: str) -> None:
    optimizer = optimizers.SGD(0.5)
    with pytest.raises(ValueError, match=message):
        optimizer.apply(grads, variables)
    np.testing.assert_array_equal(variables[0], 1)
    assert optimizer.iterations == 0


def test_unknown_and_missing_variables_are_refused() -> None:
    optimizer = optimizers.SGD()
    with pytest.raises(ValueError, match="Call `optimizer.build"):
        optimizer.apply([[1.0]])
    optimizer.apply([])
    optimizer.build([np.ones(2)])
    with pytest.raises(ValueError, match="built for other variables"):
        optimizer.apply([[1.0, 1.0]], [np.ones(2)])
