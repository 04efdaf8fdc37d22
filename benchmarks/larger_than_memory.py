"""`python -m benchmarks.larger_than_memory`: trains on a file of 20 GB, and shows what that takes beside reading it.

The file is sparse: it takes no space on the disk, and reads as zeros. An epoch in order and the plain reading of the
file are timed in turns, and so is training on a part of it as bytes, beside the same numbers as float32 in memory. What
counts as memory is what the process holds itself; pages of the file are the system's, which takes them back at will.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steepest import keras

COLUMNS, BATCH = 784, 256


def own_memory() -> int:
    """Bytes of memory that are this process's own, now. Linux only."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon:"))


def seconds(run: Callable[[], Any]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def read(data: NDArray[Any]) -> None:
    """Every byte of it once, through one buffer of a few batches."""
    buffer = np.empty((4 * BATCH, COLUMNS), data.dtype)
    for begin in range(0, len(data) - len(buffer) + 1, len(buffer)):
        np.copyto(buffer, data[begin : begin + len(buffer)])


def network() -> Any:
    model = keras.Sequential([keras.Input((COLUMNS,)), keras.layers.Dense(10, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.larger_than_memory", description=__doc__)
    parser.add_argument("--gigabytes", type=float, default=20.0, help="size of the file (default: 20)")
    parser.add_argument("--folder", type=Path, help="where the file is made (default: for temporary files)")
    parser.add_argument("--images", type=int, default=60_000, help="rows of the comparison in memory (default: 60,000)")
    chosen = parser.parse_args(words)
    model = network()
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        path = Path(folder, "x")
        for dtype in (np.float32, np.uint8):
            row_bytes = COLUMNS * np.dtype(dtype).itemsize
            rows = int(chosen.gigabytes * 1e9) // row_bytes
            with path.open("wb") as file:
                file.truncate(rows * row_bytes)
            x = np.memmap(path, dtype, "r", shape=(rows, COLUMNS))
            y = np.broadcast_to(np.uint8(3), (rows,))
            size = rows * row_bytes

            def train(x: NDArray[Any] = x, y: NDArray[Any] = y) -> None:
                model.fit(x, y, batch_size=BATCH, shuffle=False, verbose=0)

            train(x[:BATCH], y[:BATCH])  # so that what a first fit makes does not count
            before = own_memory()
            times = [seconds(lambda x=x: read(x)), seconds(train)]
            print(
                f"{size / 1e9:.1f} GB of {np.dtype(dtype)}, {rows:,} rows: read at {size / times[0] / 1e9:.2f} GB/s, "
                f"trained on at {size / times[1] / 1e9:.2f} GB/s, {rows / times[1] / 1e6:.2f} million rows a second; "
                f"{(own_memory() - before) / 1e6:.1f} MB more memory"
            )
            del x, train
    images = np.random.default_rng(0).integers(0, 256, (chosen.images, COLUMNS), np.uint8)
    labels = images[:, 0] % 10
    data = {images.dtype: images, np.dtype(np.float32): images.astype(np.float32)}
    best = dict.fromkeys(data, float("inf"))
    for _ in range(9):
        for dtype, x in data.items():
            best[dtype] = min(best[dtype], seconds(lambda x=x: model.fit(x, labels, batch_size=BATCH, verbose=0)))
    for dtype, taken in best.items():
        size = f"{data[dtype].nbytes / 1e6:.0f} MB"
        print(f"{chosen.images:,} images as {dtype}, {size}: {taken * 1e3:.0f} ms an epoch, shuffled")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
