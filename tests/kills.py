"""Trainings that are killed and started again, until they end: the weights must be those of one that never was.

    make kills                   # 200 kills
    python -m kills --kills 5    # in tests/: a few

A training runs in a process of its own, which is killed by SIGKILL after a random time, so that the kill falls on
steps, on evaluations and on the writing of checkpoints alike. It is started again, until it ends; then comes the next.
The checkpoint stays when it ends: killed behind its last step, it must not begin anew.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TRAINING = """
import sys
import numpy as np
from steepest import keras

folder, save_freq, seed = sys.argv[1], sys.argv[2], int(sys.argv[3])
keras.utils.set_random_seed(seed)
x = np.random.default_rng(0).normal(size=(600, 12)).astype("float32")
y = np.sin(x[:, :3])
layers = keras.layers
model = keras.Sequential(
    [layers.Input((12,)), layers.Dense(64, "tanh"), layers.BatchNormalization(), layers.Dropout(0.2), layers.Dense(3)]
)
model.compile(keras.optimizers.AdamW(use_ema=True), "mse", metrics=["mae"])
print("begins", flush=True)
model.fit(
    x,
    y,
    batch_size=8,
    epochs=6,
    validation_split=0.2,
    verbose=0,
    callbacks=[
        keras.callbacks.BackupAndRestore(
            folder, save_freq if save_freq == "epoch" else int(save_freq), delete_checkpoint=False
        ),
        keras.callbacks.ReduceLROnPlateau("loss", min_delta=0.05, patience=1),
    ],
)
print(model.history.history, *(weight.tobytes().hex() for weight in model.get_weights()), flush=True)
"""


def start(folder: Path, save_freq: str, seed: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", TRAINING, str(folder), save_freq, str(seed)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()  # "begins": from here on it may die
    return process


def outcome(process: subprocess.Popen[str]) -> str:
    printed, errors = process.communicate()
    if process.returncode:
        raise RuntimeError(f"a training failed:\n{errors}")
    return printed


def killed_until_it_ends(folder: Path, save_freq: str, seconds: float, stream: random.Random) -> tuple[str, int]:
    """What a training gave in the end, and how often it was killed."""
    for kills in range(10_000):
        process = start(folder, save_freq, 1 if not kills else stream.randrange(2**32))
        try:
            process.wait(stream.uniform(0, seconds))
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
            process.communicate()
            if not kills and not (folder / "latest.npz").exists():  # another seed would be another training
                return killed_until_it_ends(folder, save_freq, seconds, stream)
            continue
        return outcome(process), kills
    raise RuntimeError("a training did not end, however often it was started")


def run(kills: int, seed: int) -> int:
    """Kills so often, and returns how many trainings ended in another way."""
    stream, done, wrong = random.Random(seed), 0, 0
    with tempfile.TemporaryDirectory() as name:
        expected, lasted = {}, {}
        for save_freq in ("epoch", "7", "1"):
            process, began = start(Path(name) / f"whole{save_freq}", save_freq, 1), time.monotonic()
            expected[save_freq], lasted[save_freq] = outcome(process), time.monotonic() - began
        assert len(set(expected.values())) == 1
        trainings = 0
        while done < kills:
            save_freq = ("epoch", "7", "1")[trainings % 3]
            folder = Path(name) / str(trainings)
            found, times = killed_until_it_ends(folder, save_freq, 0.8 * lasted[save_freq], stream)
            done, trainings = done + times, trainings + 1
            wrong += found != expected[save_freq]
            print(f"{done} kills, {trainings} trainings, {wrong} with other bits", flush=True)
    return wrong


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Kills trainings and compares how they end.")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    sys.exit(1 if run(arguments.kills, arguments.seed) else 0)
