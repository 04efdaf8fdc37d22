"""Data that bring whole batches: generators, PyDatasets, other iterables. The same batches give the same bits."""

from __future__ import annotations

import threading
import warnings

import numpy as np
import pytest

from steepest import keras
from steepest.callbacks import LambdaCallback
from steepest.layers import Dense, Input
from steepest.utils import PyDataset

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(26, 4)).astype("float32"), RNG.normal(size=(26, 1))
WEIGHT = RNG.uniform(size=26)
STARTS = range(0, 26, 4)  # six batches of four rows, and one of two


def model(**compiled):
    made = keras.Sequential([Input((4,)), Dense(3, "tanh", kernel_initializer="ones"), Dense(1)])
    made.set_weights([np.cos(np.arange(w.size)).reshape(w.shape) for w in made.get_weights()])
    made.compile("adam", "mse", metrics=["mae"], **compiled)
    return made


def batches(weighted: bool = False):
    for start in STARTS:
        rows = slice(start, start + 4)
        yield (X[rows], Y[rows], WEIGHT[rows]) if weighted else (X[rows], Y[rows])


def endless():
    while True:
        yield from batches()


class Again:
    """An iterable that begins anew each time; its length is not known."""

    def __iter__(self):
        return batches()


class Loader(Again):
    """As a data loader of PyTorch: lists of what is no array but says so, and a length."""

    class Tensor:
        def __init__(self, array) -> None:
            self.array = array

        def __array__(self, dtype=None, copy=None):
            return self.array

    def __iter__(self):
        return ([self.Tensor(x), self.Tensor(y)] for x, y in batches())

    def __len__(self) -> int:
        return len(STARTS)


class Batches(PyDataset):
    def __init__(self, **arguments) -> None:
        super().__init__(**arguments)
        self.asked: list[int] = []
        self.hooks: list[str] = []

    def __len__(self) -> int:
        return len(STARTS)

    def __getitem__(self, index):
        self.asked.append(index)
        return X[4 * index : 4 * index + 4], Y[4 * index : 4 * index + 4]

    def on_epoch_begin(self) -> None:
        self.hooks.append("begin")

    def on_epoch_end(self) -> None:
        self.hooks.append("end")


class Endless(PyDataset):
    num_batches = None

    def __getitem__(self, index):
        start = STARTS[index % len(STARTS)]
        return X[start : start + 4], Y[start : start + 4]


def trained(x, y=None, **fit):
    fitted = model()
    history = fitted.fit(x, y, verbose=0, **{"epochs": 3, "shuffle": False, **fit})
    return history.history, [w.tolist() for w in fitted.get_weights()]


ARRAYS = trained(X, Y, batch_size=4)


@pytest.mark.parametrize("callbacks", [None, LambdaCallback(on_train_batch_end=lambda batch, logs: None)])
@pytest.mark.parametrize(
    "stream",
    [
        Again,
        Loader,
        Batches,
        lambda: Batches(workers=3, max_queue_size=2),
        lambda: Batches(workers=1, use_multiprocessing=True),
        lambda: (batch for _ in range(3) for batch in batches()),
        endless,
        Endless,
        lambda: Endless(workers=2),
    ],
    ids=["iterable", "loader", "dataset", "threads", "processes", "generator", "endless", "no length", "both"],
)
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_training_with_the_same_batches_gives_the_same_bits(stream, callbacks) -> None:
    data = stream()
    steps = None if hasattr(data, "__len__") or isinstance(data, Again) else len(STARTS)
    assert trained(data, steps_per_epoch=steps, callbacks=callbacks) == ARRAYS


def test_weights_come_with_the_batches_or_by_classes() -> None:
    assert trained(batches(True), epochs=1) == trained(X, Y, sample_weight=WEIGHT, batch_size=4, epochs=1)
    of_classes = {"class_weight": {0: 2.0, 1: 0.5}, "epochs": 1}
    assert trained(batches(), **of_classes) == trained(X, Y, batch_size=4, **of_classes)


def test_a_dataset_comes_in_an_order_of_its_own_in_each_epoch() -> None:
    data = Batches()
    model().fit(data, epochs=3, verbose=0)
    epochs = [data.asked[i : i + 7] for i in (0, 7, 14)]
    assert len(data.asked) == 21 and all(sorted(epoch) == list(range(7)) for epoch in epochs)
    assert len(set(map(tuple, epochs))) > 1
    assert data.hooks == ["begin", "end"] * 3


def test_an_epoch_of_some_batches_goes_on_in_the_next() -> None:
    data = Batches()
    with pytest.warns(UserWarning, match="ran out: 1 of 3 steps"):
        history, _ = trained(data, steps_per_epoch=3, epochs=4)
    assert data.asked == [*range(7), 0, 1, 2] and len(history["loss"]) == 4
    rounds, _ = trained(endless(), steps_per_epoch=7, epochs=2)
    assert rounds == {name: values[:2] for name, values in ARRAYS[0].items()}


def test_a_generator_that_ends_ends_the_training() -> None:
    fitted = model()
    with pytest.warns(UserWarning, match="ran out: there are no batches for another epoch"):
        history = fitted.fit(batches(), epochs=3, verbose=0)
    assert history.epoch == [0] and fitted.optimizer.iterations == 7
    assert history.history == {name: values[:1] for name, values in ARRAYS[0].items()}


def test_evaluating_and_predicting() -> None:
    fitted = model()
    assert fitted.evaluate(batches(), verbose=0) == fitted.evaluate(X, Y, batch_size=4, verbose=0)
    assert fitted.evaluate(batches(True), verbose=0) == fitted.evaluate(X, Y, 4, 0, WEIGHT)
    assert fitted.evaluate(endless(), steps=2, verbose=0) == fitted.evaluate(X[:8], Y[:8], 4, verbose=0)
    expected = fitted.predict(X, verbose=0)
    for data in (batches(), (x for x, _ in batches()), ([x] for x, _ in batches()), Batches()):
        np.testing.assert_array_equal(fitted.predict(data, verbose=0), expected)
    np.testing.assert_array_equal(fitted.predict(endless(), steps=3, verbose=0), expected[:12])


def test_validation_with_streams() -> None:
    expected, _ = trained(X, Y, batch_size=4, validation_data=(X, Y))
    for data in (Batches(), Again(), (batch for _ in range(3) for batch in batches())):
        steps = 7 if hasattr(data, "__next__") else None
        assert trained(X, Y, batch_size=4, validation_data=data, validation_steps=steps)[0] == expected
    some, _ = trained(X, Y, batch_size=4, validation_data=(X[:8], Y[:8]))
    assert trained(batches(), epochs=1, validation_data=Again(), validation_steps=2)[0] == {
        name: values[:1] for name, values in some.items()
    }


def test_validation_data_that_ended_validate_no_more() -> None:
    fitted = model()
    with pytest.warns(UserWarning, match="no batches for another epoch"):
        history = fitted.fit(X, Y, epochs=2, verbose=0, validation_data=batches())
    assert len(history.history["loss"]) == 2 and len(history.history["val_loss"]) == 1


@pytest.mark.parametrize(("data", "steps"), [((X, Y), 7), ((Batches(), None), 7), ((endless(), None), 5)])
@pytest.mark.parametrize("at_a_time", [1, 2, 5, 100])
def test_hooks_are_called_every_so_many_steps(data, steps, at_a_time) -> None:
    """With Keras's numbers: the first step, and the last that would have come before the next call."""
    calls: list[tuple[str, int]] = []
    record = LambdaCallback(
        on_train_batch_begin=lambda batch, logs: calls.append(("begin", batch)),
        on_train_batch_end=lambda batch, logs: calls.append(("end", batch)),
        on_test_batch_end=lambda batch, logs: calls.append(("test", batch)),
    )
    fitted = model(steps_per_execution=at_a_time)
    per_epoch = 5 if steps == 5 else None
    fitted.fit(*data, 4, verbose=0, callbacks=[record], steps_per_epoch=per_epoch, validation_data=(X[:8], Y[:8]))
    starts = range(0, steps, at_a_time)
    expected = [call for s in starts for call in (("begin", s), ("end", s + at_a_time - 1))]
    assert calls == expected + [("test", s + at_a_time - 1) for s in range(0, 2, at_a_time)]
    assert fitted.optimizer.iterations == steps


class Failing(Batches):
    def __getitem__(self, index):
        if index == 3:
            raise ZeroDivisionError(f"batch {index}")
        return super().__getitem__(index)


@pytest.mark.parametrize("arguments", [{}, {"workers": 2}, {"workers": 2, "use_multiprocessing": True}])
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_errors_of_workers_reach_the_program(arguments) -> None:
    threads = threading.active_count()
    fitted = model()
    with pytest.raises(ZeroDivisionError, match="batch 3"):
        fitted.fit(Failing(**arguments), shuffle=False, verbose=0)
    assert fitted.optimizer.iterations == 3 and threading.active_count() == threads
    fitted.fit(Batches(**arguments), verbose=0)
    assert fitted.optimizer.iterations == 10


def test_stopping_early_leaves_no_workers() -> None:
    threads = threading.active_count()

    def stop(batch, logs):
        fitted.stop_training = True

    fitted = model()
    fitted.fit(Endless(workers=3), verbose=0, callbacks=[LambdaCallback(on_train_batch_end=stop)])
    assert fitted.optimizer.iterations == 1 and threading.active_count() == threads


REFUSED = {
    "no batches": (iter(()), {}, "must have at least one batch. Received: an empty"),
    "no tuple of targets": (iter([(X,)]), {}, "`y` is missing"),
    "four parts": (iter([(X, Y, WEIGHT, WEIGHT)]), {}, "Received: a tuple of length 4"),
    "no arrays": (iter([1, 2]), {}, "`x` must have at least one row"),
    "weights beside it": (batches(), {"sample_weight": WEIGHT}, "`sample_weight` should not be passed"),
    "a split": (batches(), {"validation_split": 0.5}, "`validation_split` needs the rows in arrays"),
    "another width": (iter([(X[:, :3], Y)]), {}, "takes inputs of shape"),
    "validation without batches": (X, {"y": Y, "validation_data": iter(())}, "must have at least one batch"),
    "steps 0": (batches(), {"steps_per_epoch": 0}, "`steps_per_epoch` must be an integer of 1 or more"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_before_anything_happens(name: str) -> None:
    x, arguments, message = REFUSED[name]
    fitted = model()
    before = fitted.get_weights()
    with pytest.raises(ValueError, match=message):
        fitted.fit(x, verbose=0, **arguments)
    assert fitted.optimizer.iterations == 0
    np.testing.assert_array_equal(fitted.get_weights()[0], before[0])


def test_a_batch_that_does_not_fit_stops_before_it() -> None:
    fitted = model()
    with pytest.raises(ValueError, match="takes inputs of shape"):
        fitted.fit(iter([(X, Y), (X[:, :2], Y)]), verbose=0)
    assert fitted.optimizer.iterations == 1


def test_progress_without_a_known_end(capsys: pytest.CaptureFixture[str]) -> None:
    fitted = model()
    fitted.fit(batches(), verbose=2)
    assert "7/7 - " in capsys.readouterr().out
    fitted.fit(Batches(), verbose=1)
    assert "7/7 " in capsys.readouterr().out


def test_datasets_say_what_they_lack() -> None:
    class Empty(PyDataset):
        pass

    with pytest.raises(NotImplementedError, match="Empty must have `__getitem__"):
        Empty()[0]
    with pytest.raises(NotImplementedError, match="Empty must have `__len__`"):
        model().fit(Empty(), verbose=0)

    class Forgetful(Batches):
        def __init__(self) -> None:
            self.asked, self.hooks = [], []

    with pytest.warns(UserWarning, match=r"Forgetful.__init__ should call `super\(\).__init__"):
        assert trained(Forgetful()) == ARRAYS
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert trained(Batches()) == ARRAYS
