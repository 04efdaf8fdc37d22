"""What `verbose` prints on a terminal, in a pipe and in a notebook.

The text of single drawings is compared with Keras's in `test_keras_surface.py`.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import time
import types
from contextlib import redirect_stdout

import numpy as np
import pytest

from steepest import keras
from steepest.callbacks import ProgbarLogger, progbar
from steepest.callbacks.progbar import Progbar
from steepest.layers import Dense, Input

X, Y = np.ones((100, 3), "float32"), np.ones((100, 1), "float32")

TIME = r"\d+s \d+(ms|us|s)/step"
VALUE = r"\d+\.\d{4}(e-\d\d)?"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(params=[False, True], ids=["pipe", "terminal"])
def out(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """Where the test's `with redirect_stdout(out)` prints to."""
    monkeypatch.delenv("PYCHARM_HOSTED", raising=False)
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)
    return Terminal() if request.param else io.StringIO()


def model():
    made = keras.Sequential([Input((3,)), Dense(1)])
    made.compile("sgd", "mse", metrics=["mae"])
    return made


def visible(text: str) -> list[str]:
    """The lines as they stand at the end: what a carriage return goes over is gone."""
    return [re.sub(r"\x1b\[\d+m", "", line).rpartition("\r")[2].rstrip() for line in text.split("\n")[:-1]]


def matches(lines: list[str], patterns: list[str]) -> None:
    assert len(lines) == len(patterns), lines
    for line, pattern in zip(lines, patterns, strict=True):
        assert re.fullmatch(pattern, line), (line, pattern)


LOGS = rf" - loss: {VALUE} - mae: {VALUE}"
VAL = rf"{LOGS} - val_loss: {VALUE} - val_mae: {VALUE}"
BAR = "━" * 20


@pytest.mark.parametrize("verbose", [0, 1, 2, "auto"])
def test_fit(out: io.StringIO, verbose) -> None:
    with redirect_stdout(out):
        model().fit(X, Y, epochs=2, verbose=verbose, validation_split=0.2)
    shown = {0: None, 1: f"3/3 {BAR} {TIME}{VAL}", 2: f"3/3 - {TIME.replace(' ', ' - ')}{VAL}"}
    line = shown[(1 if out.isatty() else 2) if verbose == "auto" else verbose]
    matches(visible(out.getvalue()), [] if line is None else ["Epoch 1/2", line, "Epoch 2/2", line])
    assert ("\x1b" in out.getvalue() or "\r" in out.getvalue()) is (out.isatty() and verbose in (1, "auto"))


@pytest.mark.parametrize("verbose", [0, 1, 2, "auto"])
def test_evaluate_and_predict(out: io.StringIO, verbose) -> None:
    made = model()
    with redirect_stdout(out):
        made.evaluate(X, Y, verbose=verbose)
        made.predict(X, batch_size=50, verbose=verbose)
    shown = {
        0: [],
        1: [f"4/4 {BAR} {TIME}{LOGS}", f"2/2 {BAR} {TIME}"],
        2: [f"4/4 - {TIME.replace(' ', ' - ')}{LOGS}", f"2/2 - {TIME.replace(' ', ' - ')}"],
    }
    matches(visible(out.getvalue()), shown[(1 if out.isatty() else 2) if verbose == "auto" else verbose])


def test_one_epoch_has_no_heading(out: io.StringIO) -> None:
    with redirect_stdout(out):
        model().fit(X, Y, verbose=2)
    matches(visible(out.getvalue()), [f"4/4 - {TIME.replace(' ', ' - ')}{LOGS}"])


def test_bar_moves_while_an_epoch_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is drawn when the core reports, with the means so far, and last with those of the epoch."""
    reports = []

    def watch(self, batch, logs=None):
        reports.append((batch, logs["mae"]))
        show(self, batch, logs)

    show = ProgbarLogger.on_train_batch_end
    monkeypatch.setattr(ProgbarLogger, "on_train_batch_end", watch)
    out = Terminal()
    x = np.random.default_rng(0).normal(size=(500_000, 3)).astype("float32")
    with redirect_stdout(out):
        history = model().fit(x, x[:, :1], batch_size=1, verbose=1)
    steps = [batch + 1 for batch, _ in reports]
    assert steps and steps == sorted(set(steps)) and steps[-1] <= 500_000
    frames = [re.sub(r"\x1b\[\d+m", "", frame) for frame in out.getvalue().split("\r")[1:]]
    drawn = [int(frame.split("/")[0]) for frame in frames]
    assert drawn == sorted(drawn) and set(drawn[:-1]) <= set(steps) and drawn[-1] == 500_000
    mae = history.history["mae"][0]
    assert f"mae: {mae:.4f}" in frames[-1] or f"mae: {mae:.4e}" in frames[-1]


def test_notebook_counts_as_in_place(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.StringIO()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.delenv("PYCHARM_HOSTED", raising=False)
    assert not progbar.updates_in_place()
    monkeypatch.setitem(sys.modules, "ipykernel", types.ModuleType("ipykernel"))
    assert progbar.updates_in_place()
    model().fit(X, Y, verbose="auto")
    assert out.getvalue().startswith("\r") and "━" in out.getvalue()


def test_drawings_are_at_least_an_interval_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    out = Terminal()
    now = [0.0]
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(time, "perf_counter", lambda: now[0])
    bar = Progbar(100000)
    for step in range(1, 100000):
        now[0] = step * 1e-5  # one second in all
        bar.update(step)
    assert 20 <= out.getvalue().count("\r") <= 21


def test_pipe_gets_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.StringIO()
    monkeypatch.setattr(sys, "stdout", out)
    bar = Progbar(10)
    for _ in range(10):
        bar.add(1, [("loss", 1.0)])
    assert out.getvalue().count("\n") == 1 and out.getvalue().startswith("10/10 ━")


def test_output_without_the_characters() -> None:
    """A terminal of another encoding gets equals signs, and no error."""
    code = "from steepest.keras.utils import Progbar; Progbar(2).update(2)"
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, env=environment, check=True)
    assert done.stdout.startswith(b"2/2 ====================")


def test_no_output_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    model().fit(X, Y, verbose=1)


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal; runs on Linux and macOS")
def test_real_terminal() -> None:
    import pty

    code = (
        "import numpy as np; from steepest import keras;"
        "m = keras.Sequential([keras.layers.Dense(1)]); m.compile('sgd', 'mse');"
        "m.fit(np.ones((64, 2)), np.ones(64), epochs=2)"
    )
    leader, follower = pty.openpty()
    with subprocess.Popen([sys.executable, "-c", code], stdout=follower) as process:
        os.close(follower)
        text = b""
        while True:
            try:
                part = os.read(leader, 65536)
            except OSError:  # Linux's way to say that it was closed
                break
            if not part:
                break
            text += part
    os.close(leader)
    assert process.returncode == 0
    line = f"2/2 {BAR} {TIME} - loss: {VALUE}"
    matches(visible(text.decode().replace("\r\n", "\n")), ["Epoch 1/2", line, "Epoch 2/2", line])
