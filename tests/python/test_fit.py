"""What `fit` does with the rows, the steps and the optimizer, against loops written out in NumPy.

The numbers of whole trainings are compared with Keras's in `test_keras_surface.py`.
"""

from __future__ import annotations

import numpy as np
import pytest

from steepest import _core, keras, utils
from steepest._data.batches import Batching
from steepest.callbacks import Callback, LambdaCallback
from steepest.layers import Dense, Input
from steepest.models import Sequential


@pytest.fixture
def line(rng: np.random.Generator):
    """x (50, 3), y (50, 1), and a linear model in float64 whose weights are 0."""
    x = rng.normal(size=(50, 3))
    return x, x @ np.array([[1.0], [-2.0], [0.5]]) + 0.1 * rng.normal(size=(50, 1)), linear()


def linear(optimizer="sgd") -> Sequential:
    model = Sequential([Input((3,)), Dense(1, kernel_initializer="zeros", dtype="float64")])
    model.compile(optimizer, "mse")
    return model


def descend(x, y, batches, rate=0.01, weight=None) -> tuple[np.ndarray, list[float]]:
    """Gradient descent of the mean square error, batch after batch: the weights and the loss before each step."""
    w, b, losses = np.zeros((x.shape[1], 1)), np.zeros(1), []
    weight = np.ones(len(x)) if weight is None else weight
    for rows in batches:
        error = x[rows] @ w + b - y[rows]
        losses.append(float((weight[rows] * (error[:, 0] ** 2)).mean()))
        dy = 2 * weight[rows, None] * error / len(rows)
        w, b = w - rate * x[rows].T @ dy, b - rate * dy.sum(axis=0)
    return np.vstack([w, b[None]]), losses


def flat(model: Sequential) -> np.ndarray:
    return np.concatenate([w.reshape(-1, 1) for w in model.get_weights()])


def batches(rows, size: int) -> list[np.ndarray]:
    return [np.asarray(rows[i : i + size]) for i in range(0, len(rows), size)]


@pytest.mark.parametrize("size", [1, 7, 50, 64])
def test_batches_in_order(line, isa: str, size: int) -> None:
    x, y, _ = line
    model = linear()
    history = model.fit(x, y, batch_size=size, epochs=2, shuffle=False, verbose=0)
    expected, losses = descend(x, y, 2 * batches(range(50), size))
    np.testing.assert_allclose(flat(model), expected, rtol=1e-10)
    sizes = [len(rows) for rows in batches(range(50), size)]
    first = np.average(losses[: len(sizes)], weights=sizes)
    np.testing.assert_allclose(history.history["loss"][0], first, rtol=1e-10)


def test_shuffled_epochs_see_every_row_once_in_orders_of_their_own(line) -> None:
    x, y, model = line
    utils.set_random_seed(3)
    model.fit(x, y, batch_size=8, epochs=3, verbose=0)
    utils.set_random_seed(3)
    from steepest._random import next_seed

    seed = next_seed()
    orders = [_core.permutation(50, seed, epoch) for epoch in range(3)]
    for order in orders:
        assert sorted(order) == list(range(50))
    assert not np.array_equal(orders[0], orders[1])
    expected, _ = descend(x, y, [rows for order in orders for rows in batches(order, 8)])
    np.testing.assert_allclose(flat(model), expected, rtol=1e-10)


def test_same_seed_same_bits_and_another_seed_others(line) -> None:
    x, y, _ = line

    def trained(seed: int) -> np.ndarray:
        utils.set_random_seed(seed)
        model = Sequential([Input((3,)), Dense(5, "tanh"), Dense(1)])
        model.compile("adam", "mse")
        model.fit(x, y, epochs=2, verbose=0)
        return flat(model)

    np.testing.assert_array_equal(trained(1), trained(1))
    assert not np.array_equal(trained(1), trained(2))


def test_shuffle_within_batches_keeps_their_rows() -> None:
    plan = Batching(20, 6, None).epochs("batch", seed=4)
    (first, *_), (second, *_) = next(plan), next(plan)
    for order in (first, second):
        assert [sorted(rows) for rows in batches(order, 6)] == [list(rows) for rows in batches(range(20), 6)]
    assert not np.array_equal(first, second)


def test_plan_of_short_epochs() -> None:
    plan = Batching(50, 5, 4).epochs(False, 0)
    with pytest.warns(UserWarning, match="ran out: 2 of 4"):
        assert [next(plan)[1:] for _ in range(4)] == [(0, 4), (4, 8), (8, 10), (0, 4)]
    shuffled = Batching(50, 25, 1).epochs(True, 1)
    orders = [next(shuffled)[0] for _ in range(4)]
    assert orders[0] is orders[1] and orders[2] is orders[3]
    assert not np.array_equal(orders[1], orders[2])


def test_validation_split_takes_the_last_rows_before_shuffling(line) -> None:
    x, y, model = line
    history = model.fit(x, y, validation_split=0.33, batch_size=33, shuffle=True, verbose=0)
    expected, losses = descend(x, y, [np.arange(33)])  # floor(50 * 0.67)
    np.testing.assert_allclose(flat(model), expected, rtol=1e-10)
    held = np.mean((x[33:] @ expected[:3] + expected[3] - y[33:]) ** 2)
    np.testing.assert_allclose(history.history["val_loss"], [held], rtol=1e-10)
    np.testing.assert_allclose(history.history["loss"], losses, rtol=1e-10)


def test_sample_weight_weighs_rows(line, rng: np.random.Generator) -> None:
    x, y, _ = line
    weight = rng.uniform(size=50)
    expected, losses = descend(x, y, batches(range(50), 20), weight=weight)
    for shape in ((50,), (50, 1)):
        model = linear()
        history = model.fit(x, y, 20, shuffle=False, sample_weight=weight.reshape(shape), verbose=0)
        np.testing.assert_allclose(flat(model), expected, rtol=1e-10)
        np.testing.assert_allclose(history.history["loss"][0], np.average(losses, weights=[20, 20, 10]), rtol=1e-10)


@pytest.mark.parametrize("hot", [False, True])
def test_class_weight_is_the_sample_weight_of_the_class(rng: np.random.Generator, hot: bool) -> None:
    x, classes = rng.normal(size=(40, 3)), rng.integers(0, 3, size=40)
    y = np.eye(3)[classes] if hot else classes
    results = []
    for arguments in ({"class_weight": {0: 2.0, 2: 0.25}}, {"sample_weight": np.array([2.0, 1.0, 0.25])[classes]}):
        model = Sequential([Input((3,)), Dense(3, "softmax", kernel_initializer="ones", dtype="float64")])
        model.compile("adam", "categorical_crossentropy" if hot else "sparse_categorical_crossentropy")
        results.append([model.fit(x, y, epochs=3, shuffle=False, verbose=0, **arguments).history["loss"], flat(model)])
    assert results[0][0] == results[1][0]
    np.testing.assert_array_equal(results[0][1], results[1][1])


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "rmsprop", "adagrad"])
def test_training_again_goes_on_where_it_stopped(line, optimizer: str) -> None:
    x, y, _ = line
    once, twice = linear(optimizer), linear(optimizer)
    whole = once.fit(x, y, epochs=3, shuffle=False, verbose=0).history["loss"]
    parts = twice.fit(x, y, shuffle=False, verbose=0).history["loss"]
    parts += twice.fit(x, y, epochs=3, initial_epoch=1, shuffle=False, verbose=0).history["loss"]
    assert parts == whole and once.optimizer.iterations == twice.optimizer.iterations == 6
    np.testing.assert_array_equal(flat(once), flat(twice))


def test_compiling_again_starts_anew_unless_with_the_same_optimizer(line) -> None:
    x, y, _ = line
    optimizer = keras.optimizers.Adam()
    kept, reference, renewed = linear(optimizer), linear("adam"), linear("adam")
    for model in (kept, reference, renewed):
        model.fit(x, y, shuffle=False, verbose=0)
    kept.compile(optimizer, "mse", metrics=["mae"])
    renewed.compile("adam", "mse")
    assert renewed.optimizer.iterations == 0
    for model in (kept, reference, renewed):
        model.fit(x, y, shuffle=False, verbose=0)
    np.testing.assert_array_equal(flat(kept), flat(reference))
    assert kept.optimizer.iterations == 4 and renewed.optimizer.iterations == 2
    assert not np.array_equal(flat(renewed), flat(reference))


def test_an_optimizer_does_not_serve_two_models(line) -> None:
    x, y, _ = line
    optimizer = keras.optimizers.Adam()
    first, second = linear(optimizer), linear(optimizer)
    first.fit(x, y, verbose=0)
    before = flat(second)
    with pytest.raises(ValueError, match="new optimizer"):
        second.fit(x, y, verbose=0)
    np.testing.assert_array_equal(flat(second), before)
    assert optimizer.iterations == 2
    first.fit(x, y, verbose=0)
    first.add(Dense(1))
    with pytest.raises(ValueError, match="new optimizer"):
        first.fit(x, y, verbose=0)


def test_learning_rate_set_between_epochs_and_batches(line) -> None:
    x, y, _ = line
    rates = [0.01, 0.005, 0.02, 0.001]

    class Schedule(Callback):
        def on_epoch_begin(self, epoch, logs=None):
            self.model.optimizer.learning_rate = rates[epoch]

    class PerBatch(Callback):
        def on_train_batch_begin(self, batch, logs=None):
            self.model.optimizer.learning_rate = rates[batch]

    by_epoch, by_batch = linear(), linear()
    by_epoch.fit(x, y, batch_size=50, epochs=4, verbose=0, callbacks=[Schedule()])
    by_batch.fit(
        np.tile(x, (4, 1)), np.tile(y, (4, 1)), batch_size=50, shuffle=False, verbose=0, callbacks=[PerBatch()]
    )
    w = np.zeros((4, 1))
    for rate in rates:
        error = np.hstack([x, np.ones((50, 1))]) @ w - y
        w -= rate * 2 / 50 * np.hstack([x, np.ones((50, 1))]).T @ error
    np.testing.assert_allclose(flat(by_epoch), w, rtol=1e-10)
    np.testing.assert_allclose(flat(by_batch), w, rtol=1e-10)


def test_batch_hooks_change_nothing_in_the_numbers(line) -> None:
    x, y, _ = line
    seen = []
    plain, hooked = linear("adam"), linear("adam")
    hook = LambdaCallback(on_train_batch_end=lambda batch, logs: seen.append((batch, logs["loss"])))
    expected = plain.fit(x, y, 8, epochs=2, shuffle=False, verbose=0).history
    assert hooked.fit(x, y, 8, epochs=2, shuffle=False, verbose=0, callbacks=hook).history == expected
    np.testing.assert_array_equal(flat(plain), flat(hooked))
    assert [batch for batch, _ in seen] == 2 * list(range(7))
    assert [loss for batch, loss in seen if batch == 6] == expected["loss"]


def test_decay_lowers_the_rate_of_each_step(line) -> None:
    x, y, _ = line
    with pytest.warns(DeprecationWarning):
        model = linear(keras.optimizers.SGD(0.02, decay=0.1))
    model.fit(x, y, batch_size=25, epochs=3, shuffle=False, verbose=0)
    w = np.zeros((4, 1))
    extended = np.hstack([x, np.ones((50, 1))])
    for step in range(6):
        rows = slice(25 * (step % 2), 25 * (step % 2) + 25)
        w -= 0.02 / (1 + 0.1 * step) * 2 / 25 * extended[rows].T @ (extended[rows] @ w - y[rows])
    np.testing.assert_allclose(flat(model), w, rtol=1e-10)


def test_iterations_may_be_set(line) -> None:
    x, y, model = line
    model.optimizer.iterations = 10
    model.fit(x, y, batch_size=25, verbose=0)
    assert model.optimizer.iterations == 12


def test_train_on_batch_is_one_step(line) -> None:
    x, y, model = line
    losses = [model.train_on_batch(x[:20], y[:20]) for _ in range(3)]
    expected, reference = descend(x, y, 3 * [np.arange(20)])
    np.testing.assert_allclose(losses, reference, rtol=1e-10)
    np.testing.assert_allclose(flat(model), expected, rtol=1e-10)
    assert model.train_on_batch(x, y, return_dict=True).keys() == {"loss"}
    assert model.optimizer.iterations == 4
    error = x @ flat(model)[:3] + flat(model)[3] - 1
    halved = model.train_on_batch(x, np.ones(50), class_weight={1: 0.5})
    assert model.optimizer.iterations == 5 and halved == pytest.approx((error**2).mean() / 2, rel=1e-10)


def test_evaluate_returns_a_number_a_list_or_a_dict(line) -> None:
    x, y, model = line
    loss = model.evaluate(x, y, verbose=0)
    assert type(loss) is float and loss == pytest.approx((y**2).mean(), rel=1e-12)
    model.compile("sgd", "mse", metrics=["mae", keras.metrics.MeanSquaredError(name="square")])
    mae = pytest.approx(np.abs(y).mean(), rel=1e-12)
    assert model.evaluate(x, y, verbose=0) == [loss, mae, pytest.approx(loss)]
    assert model.evaluate(x, y, verbose=0, return_dict=True) == {
        "loss": loss,
        "mae": mae,
        "square": pytest.approx(loss),
    }
    assert model.metrics_names == ["loss", "mae", "square"]
    assert model.evaluate(x, y, batch_size=20, steps=1, verbose=0)[0] == pytest.approx((y[:20] ** 2).mean(), rel=1e-12)
    assert not flat(model).any()  # an evaluation trains nothing


def test_more_steps_than_there_are_batches(line) -> None:
    x, y, model = line
    with pytest.warns(UserWarning, match="ran out: 5 of 6 steps"):
        assert model.evaluate(x, y, batch_size=10, steps=6, verbose=0) == pytest.approx((y**2).mean(), rel=1e-12)
    with pytest.warns(UserWarning, match="ran out: 5 of 6 steps"):
        assert len(model.predict(x, batch_size=10, steps=6, verbose=0)) == 50


def test_metrics_do_not_count_sample_weights(line, rng: np.random.Generator) -> None:
    x, y, model = line
    weight = rng.uniform(size=50)
    model.compile("sgd", "mse", metrics=["mse"])
    loss, mse = model.evaluate(x, y, sample_weight=weight, batch_size=50, verbose=0)
    assert loss == pytest.approx((weight[:, None] * y**2).mean(), rel=1e-12)
    assert mse == pytest.approx((y**2).mean(), rel=1e-12)


def test_lazily_built_by_fit_and_by_evaluate(line) -> None:
    x, y, _ = line
    for use in ("fit", "evaluate"):
        model = Sequential([Dense(2), Dense(1)])
        model.compile("sgd", "mse")
        getattr(model, use)(x, y, verbose=0)
        assert model.input_shape == (None, 3)


def test_history_belongs_to_the_last_training(line) -> None:
    x, y, model = line
    first = model.fit(x, y, epochs=2, verbose=0)
    assert first is model.history and first.epoch == [0, 1] and first.params["epochs"] == 2
    second = model.fit(x, y, epochs=5, initial_epoch=4, verbose=0)
    assert second is model.history and second.epoch == [4] and len(first.history["loss"]) == 2


def test_it_learns(rng: np.random.Generator) -> None:
    x = rng.uniform(-1, 1, size=(500, 2)).astype("float32")
    y = (x[:, 0] * x[:, 1] > 0).astype("int32")
    utils.set_random_seed(1)
    model = Sequential([Dense(16, "tanh"), Dense(1, "sigmoid")])
    model.compile(keras.optimizers.Adam(0.02), "binary_crossentropy", metrics=["accuracy"])
    history = model.fit(x, y, epochs=60, verbose=0, validation_split=0.2)
    assert history.history["val_accuracy"][-1] > 0.93


@pytest.mark.parametrize("hooked", [False, True])
def test_a_schedule_gives_each_step_its_rate(hooked: bool) -> None:
    schedule = keras.optimizers.schedules.PiecewiseConstantDecay([1, 3], [1.0, 0.5, 0.25])
    model = Sequential([Input((1,)), Dense(1, use_bias=False, kernel_initializer="zeros")])
    model.compile(keras.optimizers.SGD(schedule), loss="mse")
    x = np.array([[0.5], [0.5], [0.5]])
    callbacks = [LambdaCallback(on_train_batch_end=lambda batch, logs: None)] if hooked else []
    model.fit(x, np.ones(3), batch_size=1, epochs=2, verbose=0, shuffle=False, callbacks=callbacks)
    w = 0.0
    for rate in (1.0, 1.0, 0.5, 0.5, 0.25, 0.25):
        w -= rate * 2 * (0.5 * w - 1) * 0.5
    assert model.get_weights()[0][0, 0] == pytest.approx(w, rel=1e-6)
    assert model.optimizer.learning_rate == 0.25
