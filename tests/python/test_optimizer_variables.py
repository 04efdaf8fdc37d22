"""What optimizers keep, in Keras's order: files hold it in this order, and live models exchange it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from steepest import keras, optimizers

# What Keras 3.15 lists as `variables` for v0 (2, 3) and v1 (3,), behind the iteration and the learning rate.
LISTED: list[tuple[str, dict[str, Any], str]] = [
    ("SGD", {"momentum": 0.9}, "v0_momentum v1_momentum"),
    ("Adam", {}, "v0_momentum v0_velocity v1_momentum v1_velocity"),
    ("Adam", {"amsgrad": True}, "v0_momentum v0_velocity v1_momentum v1_velocity v0_velocity_hat v1_velocity_hat"),
    (
        "RMSprop",
        {"momentum": 0.5, "centered": True},
        "v0_velocity v1_velocity v0_momentum v1_momentum v0_average_gradient v1_average_gradient",
    ),
    (
        "RMSprop",
        {"use_ema": True, "gradient_accumulation_steps": 2},
        "v0_average v1_average v0_gradient_accumulator v1_gradient_accumulator v0_velocity v1_velocity",
    ),
    ("Nadam", {}, "v0_momentum v0_velocity v1_momentum v1_velocity u_product"),  # which Keras gives no name
    ("Ftrl", {}, "v0_accumulator v0_linear v1_accumulator v1_linear"),
    ("Muon", {}, "v0_momentum v1_momentum v1_velocity"),
]


@pytest.mark.parametrize(("cls", "arguments", "listed"), LISTED)
def test_variables_have_the_order_of_keras(cls: str, arguments: dict[str, Any], listed: str) -> None:
    optimizer = getattr(optimizers, cls)(**arguments)
    optimizer.build(
        [keras.Variable(np.zeros(shape, "float32"), name=f"v{i}") for i, shape in enumerate([(2, 3), (3,)])]
    )
    assert [variable.name for variable in optimizer.variables[2:]] == listed.split()


def test_nadam_shows_the_product_of_its_momenta() -> None:
    optimizer, w = optimizers.Nadam(beta_1=0.5), np.zeros(2)
    for _ in range(3):
        optimizer.apply([[1.0, 2.0]], [w])
    factors = [0.5 * (1 - 0.5 * 0.96**t) for t in (1, 2, 3)]
    assert float(optimizer.variables[-1]) == pytest.approx(factors[0] * factors[1] * factors[2])
