"""Saving and loading a model of 100 MB, against writing and reading as many bytes: `python -m benchmarks.saving`.

The raw bytes are written as a model is: into a new file, forced onto the disk, and given its name. Both are measured in
turns, and the medians compared.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from steepest import Sequential, layers, models
from steepest.saving.atomic import replacing

FORMATS = (".npz", ".keras")
ROUNDS = 7


def model_of_100_mb() -> Sequential:
    return Sequential([layers.Input((5000,)), layers.Dense(5000, kernel_initializer="ones")])


def seconds(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def main() -> None:
    model = model_of_100_mb()
    raw = b"".join(weight.tobytes() for weight in model.get_weights())
    with tempfile.TemporaryDirectory(dir=os.getcwd()) as name:
        plain = Path(name) / "raw"

        def write() -> None:
            with replacing(plain) as file:
                file.write(raw)

        print(f"{len(raw) / 1e6:.0f} MB, medians of {ROUNDS}")
        for suffix in FORMATS:
            path = Path(name) / f"model{suffix}"
            actions: dict[str, list[Callable[[], object]]] = {
                "saving": [write, lambda path=path: model.save(path)],  # type: ignore[misc]
                "loading": [plain.read_bytes, lambda path=path: models.load_model(path)],  # type: ignore[misc]
            }
            for title, pair in actions.items():
                times = [[seconds(action) for action in pair] for _ in range(ROUNDS)]
                bare, full = (statistics.median(column) for column in zip(*times, strict=True))
                print(f"{suffix} {title}: {full * 1e3:.0f} ms, raw bytes {bare * 1e3:.0f} ms: {full / bare:.2f} times")


if __name__ == "__main__":
    main()
