"""What optimizers do in `fit` beyond their rules: the same as on arrays, which other tests hold to Keras."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from steepest import keras
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
    layers = [keras.layers.Dense(hidden, "tanh", dtype=dtype), keras.layers.Dense(3)]
    model = keras.Sequential([keras.Input((4,)), *layers])
    random = np.random.default_rng(hidden)
    model.set_weights([random.normal(size=w.shape) / 2 for w in model.get_weights()])
    return model


def _data() -> tuple[Any, Any]:
    random = np.random.default_rng(7)
    return random.normal(size=(ROWS, 4)), random.normal(size=(ROWS, 3))


@pytest.mark.parametrize("hidden", [1, 15, 17, 97])
@pytest.mark.parametrize("name", ["SGD", "Adagrad", "Adam"])
@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_fit_takes_the_steps_that_apply_takes(options: dict[str, Any], name: str, hidden: int, isa: str) -> None:
    x, y = _data()
    model = _model(hidden, "float64")
    weights = model.get_weights()
    on_arrays, in_fit = (getattr(keras.optimizers, name)(0.1, **options) for _ in range(2))
    for _ in range(EPOCHS):
        for begin in range(0, ROWS, BATCH):
            rows = slice(begin, begin + BATCH)
            network = Network(weights, ["tanh", "linear"])
            on_arrays.apply(network.gradients(x[rows], y[rows], {"name": "mean_squared_error"}), weights)
    on_arrays.finalize_variable_values(weights)

    model.compile(in_fit, "mse")
    model.fit(x, y, batch_size=BATCH, epochs=EPOCHS, shuffle=False, verbose=0)
    for found, expected in zip(model.get_weights(), weights, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)
    assert in_fit.iterations == on_arrays.iterations
