"""Models with several inputs and outputs, and what Python computes in fit: what is refused, and that it is the same.

Numbers of real Keras are in `tests/parity/cases/outputs.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import sparse

from steepest import keras, losses
from steepest.layers import Dense, Input

N = 23
RNG = np.random.default_rng(3)
X, Z = RNG.normal(size=(N, 4)), RNG.normal(size=(N, 2))
WIDE, DEEP = RNG.normal(size=(N, 2)), RNG.integers(0, 3, N)
LOSSES = ["mse", "sparse_categorical_crossentropy"]


def two(outputs: Any = None, **compile: Any) -> Any:
    keras.utils.set_random_seed(4)
    a, b = Input((4,), name="a"), Input((2,), name="b")
    h = keras.layers.Concatenate()([a, b])
    wide, deep = Dense(2, name="wide")(h), Dense(3, "softmax", name="deep")(h)
    model = keras.Model([a, b], {"one": wide, "two": deep} if outputs == "dict" else [wide, deep])
    model.compile(**{"optimizer": "sgd", "loss": LOSSES, **compile})
    return model


def fit(model: Any, **arguments: Any) -> Any:
    return model.fit(**{"x": [X, Z], "y": [WIDE, DEEP], "verbose": 0, "shuffle": False, **arguments})


COMPILE: dict[str, tuple[dict[str, Any], type[Exception], str]] = {
    "too few losses": ({"loss": ["mse"]}, ValueError, r"`loss` must have an entry for each.*\['wide', 'deep'\]"),
    "loss by half": ({"loss": {"wide": "mse"}}, ValueError, r"Expected keys \['wide', 'deep'\]"),
    "loss misspelt": ({"loss": {"wide": "mse", "dep": "mse"}}, ValueError, "no output 'dep'.*Did you mean 'deep'"),
    "no loss at all": ({"loss": [None, None]}, ValueError, "No loss"),
    "weights": ({"loss_weights": [1.0, 2.0, 3.0]}, ValueError, "got 2 losses and 3 weights"),
    "weights misspelt": ({"loss_weights": {"wid": 1.0}}, ValueError, "Did you mean 'wide'"),
    "weight a word": ({"loss_weights": [1.0, "much"]}, ValueError, "finite numbers. Received: 'much'"),
    "metrics of one": ({"metrics": ["acc"]}, ValueError, "`metrics` must have an entry"),
    "metrics misspelt": ({"weighted_metrics": {"deeep": ["acc"]}}, ValueError, "Did you mean 'deep'"),
}


@pytest.mark.parametrize("name", COMPILE)
def test_what_compile_was_told_must_fit_the_outputs(name: str) -> None:
    arguments, error, message = COMPILE[name]
    model = two(**arguments)
    before = model.get_weights()
    with pytest.raises(error, match=message):
        fit(model)
    assert all(map(np.array_equal, model.get_weights(), before))


def test_a_wrong_key_of_a_dict_of_outputs_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="'three'"):
        two("dict", loss={"one": "mse", "three": "mse"}).fit([X, Z], {"one": WIDE}, verbose=0)


DATA: dict[str, tuple[dict[str, Any], str]] = {
    "one input": ({"x": X}, "`x` must be a list of 2 arrays"),
    "three inputs": ({"x": [X, Z, X]}, "`x` must hold 2 arrays, for a, b. Received: 3"),
    "input missing": ({"x": {"a": X}}, r"`x` has nothing for 'b'. Received: \['a'\]"),
    "lengths": ({"x": [X, Z[:5]]}, r"23 rows in `x\['a'\]`, 5 rows in `x\['b'\]`"),
    "input's width": ({"x": [X, X]}, r"inputs of shape \(n, 2\)"),
    "one target": ({"y": WIDE}, "`y` must be a list of 2 arrays"),
    "no targets": ({"y": None}, "`y` is missing"),
    "target None": ({"y": [WIDE, None]}, r"`y\['deep'\]` is missing"),
    "target misspelt": ({"y": {"wide": WIDE, "deap": DEEP}}, "no output 'deap'.*Did you mean 'deep'"),
    "target's width": ({"y": [X, DEEP]}, r"`y\['wide'\]` does not fit to 'loss'.*\(n, 2\)"),
    "labels": ({"y": [WIDE, DEEP + 1]}, "labels from 1 to 3"),
    "class weights": ({"class_weight": {0: 1.0}}, "single output"),
    "weights of rows": ({"sample_weight": np.ones((N, 2))}, "one weight a row"),
    "weights' number": ({"sample_weight": [np.ones(N)]}, "`sample_weight` must hold 2 arrays"),
    "weights' length": ({"sample_weight": [np.ones(N), np.ones(3)]}, r"3 rows in `sample_weight\['deep'\]`"),
}


@pytest.mark.parametrize("name", DATA)
def test_data_must_fit_the_model(name: str) -> None:
    arguments, message = DATA[name]
    model = two()
    before = model.get_weights()
    with pytest.raises(ValueError, match=message):
        fit(model, **arguments)
    assert all(map(np.array_equal, model.get_weights(), before))


def test_lists_tuples_dicts_and_batches_are_the_same_data() -> None:
    def batches() -> Any:
        for begin in range(0, N, 8):
            part = slice(begin, begin + 8)
            yield {"a": X[part], "b": Z[part]}, {"deep": DEEP[part], "wide": WIDE[part]}

    expected = fit(two(), batch_size=8).history
    assert fit(two(), batch_size=8, x=(X, Z), y=(WIDE, DEEP)).history == expected
    assert fit(two(), batch_size=8, x={"b": Z, "a": X, "c": 0}, y={"deep": DEEP, "wide": WIDE}).history == expected
    assert two().fit(batches(), verbose=0).history == expected
    predicted = two().predict([X, Z], verbose=0, batch_size=7)
    again = two().predict((x for x, _ in batches()), verbose=0)
    assert all(map(np.array_equal, predicted, again))


@pytest.mark.parametrize("threads", [1, 3])
def test_an_observed_model_trains_to_the_same_bits(threads: int) -> None:
    """Handing out predictions changes nothing, and a metric sees each row once, in order."""

    class Seen(keras.metrics.Metric):  # type: ignore[name-defined, misc]
        def __init__(self) -> None:
            super().__init__(name="seen")
            self.rows: list[np.ndarray] = []

        def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
            assert y_pred.shape == (len(y_true), 3) and np.allclose(y_pred.sum(axis=1), 1)
            self.rows.append(y_true)

        def result(self) -> float:
            return float(len(self.rows))

        def reset_state(self) -> None:
            self.rows = []

    keras.config.set_num_threads(threads)
    try:
        seen, plain = Seen(), two()
        observed = two(metrics=[[], [seen]])
        history = fit(observed, batch_size=8, epochs=2).history
        fit(plain, batch_size=8, epochs=2)
    finally:
        keras.config.set_num_threads(0)
    assert history["deep_seen"] == [3.0, 3.0]
    np.testing.assert_array_equal(np.concatenate(seen.rows), DEEP)
    assert all(map(np.array_equal, observed.get_weights(), plain.get_weights()))


def loss_without_gradient(y_true: Any, y_pred: Any) -> Any:
    return np.mean((y_true - y_pred) ** 2, axis=-1)


class Overridden(losses.MeanSquaredError):
    """Its `call` is another one than the gradient's, which it inherits."""

    def call(self, y_true: Any, y_pred: Any) -> Any:
        return 2 * super().call(y_true, y_pred)


@pytest.mark.parametrize("loss", [loss_without_gradient, Overridden()])
def test_a_loss_without_gradient_evaluates_and_does_not_train(loss: Any) -> None:
    model = two(loss=[loss, None])
    expected = np.mean((WIDE.astype("float32") - model.predict([X, Z], verbose=0)[0]) ** 2)
    found = model.evaluate([X, Z], [WIDE, None], verbose=0)
    np.testing.assert_allclose(found, expected * (2 if isinstance(loss, Overridden) else 1), rtol=1e-6)
    before = model.get_weights()
    for use in (lambda: fit(model), lambda: model.train_on_batch([X, Z], [WIDE, DEEP])):
        with pytest.raises(ValueError, match=r"has no gradient.*def gradient\(self, y_true, y_pred\)"):
            use()
    assert all(map(np.array_equal, model.get_weights(), before))


def test_a_gradient_of_another_shape_is_refused_and_no_step_is_taken() -> None:
    def wrong(y_true: Any, y_pred: Any) -> Any:
        return np.mean((y_true - y_pred) ** 2, axis=-1)

    wrong.gradient = lambda y_true, y_pred: y_pred[:, :1]  # type: ignore[attr-defined]
    model = two(loss=[wrong, None])
    before = model.get_weights()
    with pytest.raises(ValueError, match=r"must have the shape of `y_pred`, \(23, 2\). Received: \(23, 1\)"):
        fit(model)
    assert all(map(np.array_equal, model.get_weights(), before)) and model.optimizer.iterations == 0


def test_a_metric_may_return_a_dict() -> None:
    class Both(keras.metrics.Metric):  # type: ignore[name-defined, misc]
        def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None: ...
        def result(self) -> dict[str, float]:
            return {"first": 1.0, "second": 2.0}

    model = two(metrics=[[Both()], []])
    assert {"first", "second"} < set(fit(model).history)
    assert model.evaluate([X, Z], [WIDE, DEEP], verbose=0)[-2:] == [1.0, 2.0]


@pytest.mark.parametrize("make", ["csr_matrix", "csc_matrix", "coo_array"])
def test_sparse_rows_train_to_the_same_bits_as_dense_ones(make: str) -> None:
    dense = X * (X > 0.5)

    def results(x: Any) -> list[Any]:
        model = two()
        weights = [np.arange(N), np.ones(N)]
        history = model.fit(
            [x, Z], [WIDE, DEEP], 8, epochs=2, verbose=0, validation_split=0.3, sample_weight=weights
        ).history
        found = [model.evaluate([x, Z], [WIDE, DEEP], verbose=0), model.train_on_batch([x, Z], [WIDE, DEEP])]
        return [history, found, *model.predict([x, Z], verbose=0), *model([x, Z]), *model.get_weights()]

    for found, expected in zip(results(getattr(sparse, make)(dense)), results(dense), strict=True):
        np.testing.assert_equal(found, expected)


def test_sparse_rows_of_no_numbers_are_refused() -> None:
    for wrong in (sparse.csr_matrix((0, 4)), sparse.csr_matrix(np.ones((N, 4), complex))):
        with pytest.raises(ValueError, match=r"`x\['a'\]` must"):
            fit(two(), x=[wrong, Z])


def changes_the_rate(model: Any, batch: int) -> None:
    model.optimizer.learning_rate = 0.1 / (batch + 1)


def moves_the_weights(model: Any, batch: int) -> None:
    model.set_weights([weight * 0.5 for weight in model.get_weights()])


@pytest.mark.parametrize("change", [changes_the_rate, moves_the_weights])
def test_what_a_hook_changes_counts_from_the_next_step_on(change: Callable[[Any, int], None]) -> None:
    """The core's loop is not left between two steps; the same steps as single batches are the reference."""
    counted = []

    class Hook(keras.callbacks.Callback):  # type: ignore[name-defined, misc]
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            counted.append(self.model.optimizer.iterations)
            change(self.model, batch)

    hooked, reference = two(), two()
    fit(hooked, batch_size=5, callbacks=[Hook()])
    for batch, begin in enumerate(range(0, N, 5)):
        part = slice(begin, begin + 5)
        reference.train_on_batch([X[part], Z[part]], [WIDE[part], DEEP[part]])
        change(reference, batch)
    assert counted == [1, 2, 3, 4, 5] and hooked.optimizer.iterations == 5
    assert all(map(np.array_equal, hooked.get_weights(), reference.get_weights()))


def test_a_hook_may_set_the_number_of_steps_and_reset_the_metrics() -> None:
    class Hook(keras.callbacks.Callback):  # type: ignore[name-defined, misc]
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            if batch == 1:
                self.model.optimizer.iterations = 100
                self.model.reset_metrics()

    model = two()
    found = fit(model, batch_size=8, callbacks=[Hook()]).history["loss"]
    assert model.optimizer.iterations == 101
    reference = two()
    fit(reference, x=[X[:16], Z[:16]], y=[WIDE[:16], DEEP[:16]], batch_size=8)
    assert found == [reference.evaluate([X[16:], Z[16:]], [WIDE[16:], DEEP[16:]], verbose=0)[0]]
