"""Callbacks that change learning rates, end trainings and write logs, beyond what Keras's record holds them to."""

from __future__ import annotations

import json
import threading
import urllib.parse
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import numpy as np
import pytest

from steepest import keras
from steepest.callbacks import (
    CSVLogger,
    EarlyStopping,
    LambdaCallback,
    LearningRateScheduler,
    ReduceLROnPlateau,
    RemoteMonitor,
    TerminateOnNaN,
)
from steepest.callbacks.monitor_callback import MonitorCallback
from steepest.layers import Dense, Input

X, Y = np.ones((10, 2), "float32"), np.ones((10, 1), "float32")


def model(optimizer="sgd", metrics=()):
    made = keras.Sequential([Input((2,)), Dense(1)])
    made.compile(optimizer, "mse", metrics=list(metrics))
    return made


class ModelLike:
    """The least that a callback may be given for a model."""

    stop_training = False

    def __init__(self) -> None:
        self.weights = -1

    def get_weights(self):
        return self.weights

    def set_weights(self, weights) -> None:
        self.weights = weights


@pytest.mark.parametrize(
    ("arguments", "curve", "epochs", "restored"),
    [
        ({"patience": 2}, [0.2, 0.15, 0.1, 0.11, 0.12], 5, 2),
        ({"patience": 5, "baseline": 0.5}, [0.9, 0.8, 0.7, 0.71, 0.72, 0.73], 5, 2),
    ],
)
def test_early_stopping_needs_little_of_a_model(arguments, curve, epochs, restored) -> None:
    stop = EarlyStopping(restore_best_weights=True, **arguments)
    like = ModelLike()
    stop.set_model(like)
    stop.on_train_begin()
    trained = 0
    for epoch, value in enumerate(curve):
        trained += 1
        like.weights = epoch
        stop.on_epoch_end(epoch, {"val_loss": value})
        if like.stop_training:
            break
    stop.on_train_end()
    assert (trained, like.weights) == (epochs, restored)


def test_which_way_is_better() -> None:
    upwards = MonitorCallback(mode="max", min_delta=0.5)
    assert upwards._is_improvement(0.75, 0) and upwards._is_improvement(0.5, None)
    assert not upwards._is_improvement(0.5, 0) and not upwards._is_improvement(0.2, 0.5)
    assert upwards.monitor_op is np.greater
    downwards = MonitorCallback("val_loss", baseline=1.0)
    downwards.set_model(ModelLike())
    assert downwards._is_improvement(0.5, downwards.best) and not downwards._is_improvement(1.0, downwards.best)
    assert downwards.monitor_op is np.less


@pytest.mark.parametrize("name", ["mse", "mae", "acc", "binary_accuracy", "mean_squared_error"])
def test_every_metric_of_keras_has_its_direction(name: str) -> None:
    fitted = model(metrics=[name])
    fitted.fit(X, Y, verbose=0)
    assert fitted.metric_directions == {"loss": "down", name: "up" if "acc" in name else "down"}


class Both:
    """Two optimizers in one, as callbacks know them."""

    def __init__(self) -> None:
        self.optimizers = [keras.optimizers.SGD(0.5, name="first"), keras.optimizers.Adam(0.25, name="second")]


def test_several_optimizers_are_scheduled_each(capsys: pytest.CaptureFixture[str]) -> None:
    like = ModelLike()
    like.optimizer = Both()
    reduce = ReduceLROnPlateau("loss", factor=0.5, patience=1, verbose=1)
    halve = LearningRateScheduler(lambda epoch, rate: rate / 2, verbose=1)
    logs: list[dict] = [{"loss": 1.0}, {"loss": 1.0}]
    for callback in (reduce, halve):
        callback.set_model(like)
        callback.on_train_begin()
    for epoch in range(2):
        reduce.on_epoch_end(epoch, logs[epoch])
    assert logs[1] == {"loss": 1.0, "learning_rate_first": 0.5, "learning_rate_second": 0.25}
    halve.on_epoch_begin(2)
    assert [each.learning_rate for each in like.optimizer.optimizers] == [0.125, 0.0625]
    assert capsys.readouterr().out == (
        "\nEpoch 2: ReduceLROnPlateau reducing first learning rate to 0.25.\n"
        "\nEpoch 2: ReduceLROnPlateau reducing second learning rate to 0.125.\n"
        "\nEpoch 3: LearningRateScheduler setting first learning rate to 0.125.\n"
        "\nEpoch 3: LearningRateScheduler setting second learning rate to 0.0625.\n"
    )


def test_a_scheduled_training_is_one_with_these_rates() -> None:
    """Against plain gradient descent by hand: w -= rate * d mse / dw, epoch by epoch."""
    fitted = model()
    fitted.set_weights([np.zeros((2, 1)), np.zeros(1)])
    history = fitted.fit(
        X, Y, 10, epochs=3, verbose=0, callbacks=[LearningRateScheduler(lambda epoch: 0.1 / (epoch + 1))]
    )
    w = np.zeros(3)
    for rate in (0.1, 0.05, 0.1 / 3):
        w -= rate * 2 * (w.sum() - 1) * np.ones(3)
    np.testing.assert_allclose(np.concatenate([each.ravel() for each in fitted.get_weights()]), w, rtol=1e-6)
    assert history.history["learning_rate"] == [0.1, 0.05, 0.1 / 3]


@pytest.mark.parametrize("returned", ["0.1", 1, None, [0.1]])
def test_a_schedule_returns_floats(returned) -> None:
    with pytest.raises(ValueError, match="`schedule` function should be a float. Got"):
        model().fit(X, Y, verbose=0, callbacks=[LearningRateScheduler(lambda epoch, rate: returned)])


def test_a_factor_shrinks() -> None:
    with pytest.raises(ValueError, match="factor >= 1.0. Received factor=1.0"):
        ReduceLROnPlateau(factor=1.0)


def test_what_is_no_hook_becomes_an_attribute_of_a_lambda_callback() -> None:
    assert LambdaCallback(tag=3).tag == 3


def test_a_csv_file_that_is_written_on(tmp_path) -> None:
    path = tmp_path / "log.tsv"
    for callback in (CSVLogger(path, separator="\t"), CSVLogger(path, separator="\t", append=True)):
        history = model(metrics=["mse"]).fit(X, Y, epochs=2, verbose=0, callbacks=[callback], validation_data=(X, Y))
    lines = path.read_text().splitlines()
    assert lines[0] == "epoch\tloss\tmse\tval_loss\tval_mse" and len(lines) == 5
    last = [str(history.history[name][-1]) for name in ("loss", "mse", "val_loss", "val_mse")]
    assert lines[-1] == "\t".join(["1", *last])


def test_a_csv_file_that_cannot_be_written(tmp_path) -> None:
    fitted = model()
    with pytest.raises(FileNotFoundError):
        fitted.fit(X, Y, verbose=0, callbacks=[CSVLogger(tmp_path / "no" / "folder.csv")])
    assert fitted.optimizer.iterations == 0


def test_terminating_keeps_the_batch_that_ended_it_in_the_history() -> None:
    y = np.where(np.arange(10)[:, None] == 4, np.inf, 1.0)
    history = model().fit(X, y, 2, epochs=3, verbose=0, shuffle=False, callbacks=[TerminateOnNaN()])
    assert history.epoch == [0] and history.history["loss"] == [np.inf]


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    """A server that keeps what it is sent, and answers with `status`."""

    class Keeper(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            kept.requests.append((self.path, self.headers["Content-Type"], self.headers["X-Run"], body))
            self.send_response(kept.status)
            self.end_headers()

        def log_message(self, *arguments) -> None:
            pass

    kept = HTTPServer(("127.0.0.1", 0), Keeper)
    kept.requests, kept.status = [], 200
    thread = threading.Thread(target=kept.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield kept
    kept.shutdown()
    thread.join()
    kept.server_close()


def test_a_server_hears_of_every_epoch(server) -> None:
    root = f"http://127.0.0.1:{server.server_port}"
    form = RemoteMonitor(root, field="values")
    plain = RemoteMonitor(root, "/json", headers={"X-Run": "7"}, send_as_json=True)
    odd = LambdaCallback(on_epoch_end=lambda epoch, logs: logs.update(array=np.arange(1), scalar=np.float32(0.5)))
    history = model().fit(X, Y, epochs=2, verbose=0, callbacks=[odd, form, plain])
    expected = [
        {"epoch": epoch, "loss": loss, "array": 0, "scalar": 0.5} for epoch, loss in enumerate(history.history["loss"])
    ]
    forms, texts = server.requests[::2], server.requests[1::2]
    assert [json.loads(urllib.parse.parse_qs(body)["values"][0]) for *_, body in forms] == expected
    assert {request[:3] for request in forms} == {("/publish/epoch/end/", "application/x-www-form-urlencoded", None)}
    assert [json.loads(body) for *_, body in texts] == expected
    assert {request[:3] for request in texts} == {("/json", "application/json", "7")}


def test_a_server_that_does_not_answer_well_is_a_warning(server) -> None:
    server.status = 500
    root = f"http://127.0.0.1:{server.server_port}"
    with pytest.warns(UserWarning, match=f"Could not reach RemoteMonitor root server at {root}: HTTP Error 500"):
        RemoteMonitor(root).on_epoch_end(0, {"loss": 1.0})
    with pytest.warns(UserWarning, match="Could not reach RemoteMonitor root server"):
        RemoteMonitor("http://127.0.0.1:1").on_epoch_end(0)
