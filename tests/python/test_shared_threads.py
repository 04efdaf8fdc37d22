"""How many threads a step has: models that train at the same time share them, and limits from outside count."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator

import numpy as np
import pytest

from steepest import config, keras
from steepest.callbacks import LambdaCallback


def large() -> keras.Model:
    """A model whose steps are worth some hundred threads."""
    model = keras.Sequential([keras.Input((256,)), keras.layers.Dense(256, "relu"), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    return model


X = np.random.default_rng(0).normal(size=(2048, 256)).astype("float32")
Y = X[:, :1]


def threads_of(model: keras.Model) -> int:
    return model._compiled._trainer[1].core.threads


@pytest.fixture(autouse=True)
def by_the_work() -> Iterator[None]:
    yield
    config.set_num_threads(0)


@pytest.mark.parametrize("count", [2, 6])
def test_two_trainings_share_the_threads(count: int) -> None:
    config.set_num_threads(count)
    first, second = large(), large()
    begun, release = threading.Event(), threading.Event()

    def wait(batch: int, logs: object) -> None:
        begun.set()
        assert release.wait(60)

    held = LambdaCallback(on_train_batch_end=wait)
    thread = threading.Thread(
        target=first.fit, args=(X, Y), kwargs={"batch_size": 1024, "verbose": 0, "callbacks": held}
    )
    thread.start()
    try:
        assert begun.wait(60)
        assert threads_of(first) == count
        second.fit(X, Y, batch_size=1024, verbose=0)
        assert threads_of(second) == 1  # the first has the pool
    finally:
        release.set()
        thread.join()
    second.fit(X, Y, batch_size=1024, verbose=0)
    assert threads_of(second) == count


def test_a_training_gives_threads_back_when_another_begins_and_takes_them_when_it_ends() -> None:
    """Within one epoch: a model that trains alone has both threads, beside another one, and then both again."""
    config.set_num_threads(2)
    seen: list[int] = []
    other_begun, release = threading.Event(), threading.Event()
    other = large()

    def hold(batch: int, logs: object) -> None:
        other_begun.set()
        assert release.wait(60)

    callbacks = LambdaCallback(on_train_batch_end=hold)
    beside = threading.Thread(
        target=other.fit, args=(X, Y), kwargs={"batch_size": 2048, "verbose": 0, "callbacks": callbacks}
    )
    model = large()

    def watch(batch: int, logs: object) -> None:
        count = threads_of(model)
        if seen[-1:] != [count]:
            seen.append(count)
        if seen == [2] and not other_begun.is_set():
            beside.start()
            assert other_begun.wait(60)
        elif seen == [2, 1]:
            release.set()
            beside.join()
        elif seen == [2, 1, 2]:
            model.stop_training = True

    model.fit(X, Y, batch_size=32, epochs=10**6, verbose=0, callbacks=LambdaCallback(on_train_batch_end=watch))
    assert seen == [2, 1, 2]


COUNT = """
import os
import numpy as np
from steepest import keras, config
model = keras.Sequential([keras.Input((256,)), keras.layers.Dense(256, "relu"), keras.layers.Dense(1)])
model.compile("sgd", "mse")
x = np.ones((2048, 256), "float32")
model.fit(x, x[:, :1], batch_size=1024, verbose=0)
print(config._core.max_threads(), model._compiled._trainer[1].core.threads)
"""


@pytest.mark.parametrize("value", ["1", "1,4", "100000", "", "many"])
def test_the_environment_limits_the_threads(value: str) -> None:
    env = {**os.environ, "OMP_NUM_THREADS": value}
    found = subprocess.run([sys.executable, "-c", COUNT], env=env, capture_output=True, text=True, check=True)
    allowed = config._core.max_threads()
    assert found.stdout.split() == [str(1 if value.startswith("1") and value != "100000" else allowed)] * 2


def test_threadpoolctl_limits_the_threads() -> None:
    ctl = pytest.importorskip("threadpoolctl", reason="comes with scikit-learn, which needs Python 3.11")
    from steepest import _threadpoolctl  # noqa: F401

    config.set_num_threads(3)
    model = large()

    def trained() -> int:
        model.fit(X, Y, batch_size=1024, verbose=0)
        return threads_of(model)

    def shown() -> int:
        (own,) = (one for one in ctl.threadpool_info() if one["user_api"] == "steepest")
        return int(own["num_threads"])

    assert (trained(), shown()) == (3, 3)
    with ctl.threadpool_limits(2):
        assert (trained(), shown()) == (2, 2)
        with ctl.threadpool_limits(1, user_api="steepest"):
            assert (trained(), shown()) == (1, 1)
        with ctl.threadpool_limits(1, user_api="blas"):
            assert (trained(), shown()) == (2, 2)
    config.set_num_threads(4)  # the limit is gone
    assert (trained(), shown()) == (4, 4)
