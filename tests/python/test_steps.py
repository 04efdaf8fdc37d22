"""Models with a `train_step` or a `test_step` of their own: against the same steps taken by the core's loop."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import steepest
from steepest import keras
from steepest.layers import Dense, Input

N = 21
RNG = np.random.default_rng(5)
X, Y, WEIGHT = RNG.normal(size=(N, 4)), RNG.normal(size=(N, 2)), RNG.uniform(size=N)


class Stepping(keras.Model):  # type: ignore[name-defined, misc]
    """Takes the core's steps, and counts them."""

    def train_step(self, data: Any) -> dict[str, Any]:
        self.taken = getattr(self, "taken", 0) + 1
        return {**super().train_step(data), "size": len(data[0]), "parts": len(data)}

    def test_step(self, data: Any) -> dict[str, Any]:
        return {**super().test_step(data), "size": len(data[0])}


def made(cls: Any, **compile: Any) -> Any:
    keras.utils.set_random_seed(2)
    x = Input((4,))
    model = cls(x, Dense(2)(Dense(5, "tanh")(x)))
    model.compile(**{"optimizer": "adam", "loss": "mse", "metrics": ["mae"], **compile})
    return model


@pytest.mark.parametrize("sample_weight", [None, WEIGHT], ids=["plain", "weighted"])
def test_steps_of_its_own_are_the_same_steps(sample_weight: Any) -> None:
    arguments = {"batch_size": 8, "epochs": 3, "verbose": 0, "sample_weight": sample_weight, "validation_data": (X, Y)}
    own, plain = made(Stepping), made(keras.Model)
    keras.utils.set_random_seed(7)  # of the order of the rows
    found = own.fit(X, Y, **arguments).history
    keras.utils.set_random_seed(7)
    expected = plain.fit(X, Y, **arguments).history
    assert own.taken == 9
    assert found.pop("size") == [5.0] * 3 and found.pop("val_size") == [5.0] * 3
    assert found.pop("parts") == [2.0 if sample_weight is None else 3.0] * 3
    assert found == expected
    assert all(map(np.array_equal, own.get_weights(), plain.get_weights()))
    assert own.evaluate(X, Y, verbose=0) == [*plain.evaluate(X, Y, verbose=0), N]


def test_hooks_see_what_a_step_returns_and_may_stop() -> None:
    seen = []

    class Hook(keras.callbacks.Callback):  # type: ignore[name-defined, misc]
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            seen.append((batch, logs["size"]))
            self.model.stop_training = batch == 1

    model = made(Stepping)
    model.fit(X, Y, batch_size=8, epochs=5, verbose=0, callbacks=[Hook()])
    assert seen == [(0, 8), (1, 8)] and model.optimizer.iterations == 2


def test_a_sequential_and_data_that_bring_batches() -> None:
    class Own(keras.Sequential):  # type: ignore[name-defined, misc]
        def train_step(self, data: Any) -> dict[str, Any]:
            x, y = data
            return dict(super().train_step((x, 2 * y)))

    keras.utils.set_random_seed(2)
    own = Own([Input((4,)), Dense(2)])
    plain = keras.Sequential([Input((4,)), Dense(2)])
    plain.set_weights(own.get_weights())
    own.compile("sgd", "mse")
    plain.compile("sgd", "mse")
    batches = [(X[:9], Y[:9]), (X[9:], Y[9:])]
    found = own.fit(iter(batches), verbose=0).history
    assert found == plain.fit(iter([(x, 2 * y) for x, y in batches]), verbose=0).history


def test_an_init_of_its_own() -> None:
    class Own(keras.Model):  # type: ignore[name-defined, misc]
        def __init__(self, units: int):
            x = Input((4,))
            super().__init__(inputs=x, outputs=Dense(units)(x))

    assert Own(3).output_shape == (None, 3)
    with pytest.raises(TypeError, match="with a `call` that composes layers"):
        Stepping()


def test_what_is_refused() -> None:
    class Number(keras.Sequential):  # type: ignore[name-defined, misc]
        def train_step(self, data: Any) -> Any:
            return 3.0

    model = Number([Input((4,)), Dense(2)])
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match="must return a dict.*Received: 3.0"):
        model.fit(X, Y, verbose=0)
    with pytest.raises(NotImplementedError, match=r"super\(\).train_step"), steepest.GradientTape():
        pass
