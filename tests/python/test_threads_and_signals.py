"""Interruptions, threads, forks and exhausted memory: an exception at the right place, and a model that still works."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import numpy as np
import pytest

from steepest.callbacks import LambdaCallback
from steepest.layers import Dense, Input
from steepest.models import Sequential

posix = pytest.mark.skipif(os.name != "posix", reason="sends signals to processes and forks; runs on Linux and macOS")


def compiled(units: int = 64) -> Sequential:
    model = Sequential([Input((20,)), Dense(units, "relu"), Dense(1)])
    model.compile("adam", "mse")
    return model


def data(rows: int = 1000) -> tuple[np.ndarray, np.ndarray]:
    x = np.random.default_rng(0).normal(size=(rows, 20)).astype("float32")
    return x, x[:, :1]


INTERRUPTED = """
import signal
import numpy as np
from steepest import keras
from steepest.keras.callbacks import LambdaCallback

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs begin with it ignored
x = np.random.default_rng(0).normal(size=(20_000, 50)).astype("float32")
model = keras.Sequential([keras.layers.Dense(64, "relu"), keras.layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x[:64], x[:64, :1], verbose=0)
ready = LambdaCallback(on_epoch_begin=lambda epoch, logs: epoch == 1 and print("\\nready", flush=True))
hook = LambdaCallback(on_train_batch_end=lambda batch, logs: None)
try:
    {use}
except KeyboardInterrupt:
    taken = model.optimizer.iterations
    assert taken >= {least}, taken
    assert np.isfinite(model.predict(x[:10], verbose=0)).all()
    model.fit(x[:64], x[:64, :1], verbose=0)
    assert model.optimizer.iterations == taken + 2
    print("usable", flush=True)
"""


@posix
@pytest.mark.parametrize(
    ("use", "least"),
    [
        ("model.fit(x, x[:, :1], batch_size=1, epochs=10**6, verbose=0, callbacks=[ready])", 20002),
        ("model.fit(x, x[:, :1], batch_size=1, epochs=10**6, verbose=1, callbacks=[ready])", 20002),
        ("model.fit(x, x[:, :1], epochs=10**6, verbose=0, callbacks=[ready, hook])", 627),
        ("print('ready', flush=True); [model.evaluate(x, x[:, :1], verbose=0) for _ in range(10**6)]", 2),
        ("print('ready', flush=True); [model.predict(x, verbose=0) for _ in range(10**6)]", 2),
    ],
    ids=["silent", "with a bar", "with batch hooks", "evaluation", "prediction"],
)
def test_ctrl_c_stops_at_once_and_leaves_a_usable_model(use: str, least: int) -> None:
    code = INTERRUPTED.format(use=use, least=least)
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        while process.stdout.readline() != "ready\n":
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        try:
            out, _ = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 0 and out.endswith("usable\n")


def test_training_one_model_from_two_threads_raises() -> None:
    x, y = data()
    model = compiled()
    inside, release = threading.Event(), threading.Event()

    def wait(epoch, logs=None):
        inside.set()
        assert release.wait(60)

    thread = threading.Thread(target=model.fit, args=(x, y), kwargs={"verbose": 0, "callbacks": LambdaCallback(wait)})
    thread.start()
    try:
        assert inside.wait(60)
        for train in (lambda: model.fit(x, y, verbose=0), lambda: model.train_on_batch(x, y)):
            with pytest.raises(RuntimeError, match="being trained already"):
                train()
    finally:
        release.set()
        thread.join()
    assert model.optimizer.iterations == 32
    model.fit(x, y, verbose=0)
    assert model.optimizer.iterations == 64


def test_training_different_models_from_many_threads() -> None:
    x, y = data()

    def train(results: list, i: int) -> None:
        model = Sequential(
            [Input((20,)), Dense(16, "tanh", kernel_initializer="ones"), Dense(1, kernel_initializer="ones")]
        )
        model.compile("adam", "mse")
        results[i] = model.fit(x, y, epochs=3, shuffle=False, verbose=0).history["loss"]

    results: list = [None] * 5
    train(results, 4)
    threads = [threading.Thread(target=train, args=(results, i)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(result == results[4] for result in results)


def test_predicting_and_evaluating_from_many_threads_is_exact() -> None:
    x, y = data(3000)
    model = compiled()
    expected, loss = model.predict(x, verbose=0), model.evaluate(x, y, verbose=0)
    wrong: list = []

    def ask(i: int) -> None:
        rows = slice(i * 100, 2000 + i * 100)
        for _ in range(20):
            if not np.array_equal(model(x[rows]), expected[rows]) or model.evaluate(x, y, verbose=0) != loss:
                wrong.append(i)

    threads = [threading.Thread(target=ask, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_predicting_while_another_thread_trains() -> None:
    x, y = data()
    model = compiled()
    thread = threading.Thread(target=model.fit, args=(x, y), kwargs={"verbose": 0, "epochs": 30})
    thread.start()
    while thread.is_alive():
        assert np.isfinite(model(x[:5])).all()
    thread.join()
    assert model.optimizer.iterations == 30 * 32


@posix
def test_a_forked_child_trains() -> None:
    code = """
import os, sys
import numpy as np
from steepest import keras, config
config.set_num_threads(2)
x = np.random.default_rng(0).normal(size=(2000, 20)).astype("float32")
def model():
    made = keras.Sequential([keras.Input((20,)), keras.layers.Dense(64, "relu", kernel_initializer="ones"),
        keras.layers.Dense(1, kernel_initializer="ones")])
    made.compile("adam", "mse")
    return made
before = model()
before.fit(x, x[:, :1], verbose=0, shuffle=False)
expected = before.fit(x, x[:, :1], verbose=0, shuffle=False).history
again = model()
again.fit(x, x[:, :1], verbose=0, shuffle=False)
child = os.fork()
found = again.fit(x, x[:, :1], verbose=0, shuffle=False).history
if child == 0:
    os._exit(0 if found == expected else 1)
_, status = os.waitpid(child, 0)
sys.exit(os.waitstatus_to_exitcode(status) or found != expected)
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_layers_larger_than_any_memory() -> None:
    for units in (10**12, 10**15, 2**62, 2**70):
        model = Sequential([Dense(units)])
        with pytest.raises(MemoryError):
            model(np.ones((1, 1000)))
        assert not model.built
    model = compiled()
    before = model.get_weights()
    with pytest.raises(MemoryError):
        model.add(Dense(10**13))
    np.testing.assert_array_equal(model.get_weights()[0], before[0])
    assert len(model.layers) == 2
    model.fit(*data(), verbose=0)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits its address space, which only Linux enforces")
def test_memory_that_runs_out() -> None:
    """Whatever step the memory runs out in, it is a MemoryError, and the process goes on."""
    code = """
import resource
import numpy as np
from steepest import config, keras
config.set_num_threads(1)
x, y = np.ones((4000, 500), "float32"), np.ones((4000, 500), "float32")
small = keras.Sequential([keras.Input((500,)), keras.layers.Dense(500)])
small.compile("adam", "mse")
small.fit(x[:10], y[:10], verbose=0)
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 100_000_000, resource.RLIM_INFINITY))
def build():
    keras.Sequential([keras.Input((5000,)), keras.layers.Dense(10000)])
def predict():
    keras.Sequential([keras.Input((1,)), keras.layers.Dense(50_000)]).predict(np.ones((4000, 1)), verbose=0)
def train():
    model = keras.Sequential([keras.Input((500,)), keras.layers.Dense(20_000), keras.layers.Dense(500)])
    model.compile("adam", "mse")
    model.fit(x, y, batch_size=4000, verbose=0)
for use in (build, predict, train):
    try:
        use()
    except MemoryError:
        print(use.__name__, flush=True)
small.fit(x, y, verbose=0)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["build", "predict", "train"]
