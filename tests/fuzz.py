"""Mutated files through every reader: none may crash, hang, take much memory, or raise anything but what readers raise.

    make fuzz                                   # 100,000 files for each reader
    python -m fuzz --files 1000 --reader npz    # in tests/: fewer, of one kind

Each reader runs in a process of its own. A file is a function of the reader and its number, so that one that fails can
be made again: `--first 1234 --files 1`. A file may take a second of the processor; the process may grow by 512 MB.
"""

from __future__ import annotations

import argparse
import io
import os
import random
import signal
import subprocess
import sys
import tempfile
import warnings
import zipfile
from pathlib import Path
from typing import Any

READERS = ("keras", "npz", "weights.h5", "h5", "checkpoint", "safetensors")
SECONDS, GROWTH = 1.0, 512 << 20
INTERESTING = [b"\x00", b"\xff", b"\x7f", b"\x80", b"\xff\xff\xff\xff", b"\x00\x00\x00\x80", b"\xff" * 8, b"\x00" * 8]


def small_model() -> Any:
    from steepest import Sequential, layers

    model = Sequential(
        [layers.Input((3,)), layers.Dense(4, "relu"), layers.BatchNormalization(), layers.Dropout(0.5), layers.Dense(2)]
    )
    model.compile("adam", "mse", metrics=["mae"])
    return model


def seeds(reader: str, folder: Path) -> list[bytes]:
    """Good files, which are mutated."""
    import numpy as np

    from steepest import callbacks, layers
    from steepest.models import Model

    x, y = np.ones((8, 3), "float32"), np.ones((8, 2), "float32")
    model = small_model()
    model.fit(x, y, verbose=0)
    if reader == "checkpoint":
        for freq in ("epoch", 1):
            backup = callbacks.BackupAndRestore(folder, freq, delete_checkpoint=False)
            small_model().fit(x, y, batch_size=4, epochs=2, verbose=0, callbacks=[backup])
        return [(folder / "latest.npz").read_bytes()]
    if reader == "h5":
        return [legacy_file(model, folder / "seed.h5")]
    path = folder / f"seed.{reader}"
    if reader in ("weights.h5", "safetensors"):
        model.save_weights(path)
        return [path.read_bytes()]
    made = []
    tensor = layers.Input((3,))
    for one in (model, Model(tensor, layers.add([layers.Dense(3)(tensor), tensor]))):
        one.save(path)
        made.append(path.read_bytes())
    return made


def legacy_file(model: Any, path: Path) -> bytes:
    """A whole model as Keras 2 and 3 write it to `.h5`."""
    import json

    import h5py

    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps({"class_name": "Sequential", "config": model.get_config()})
        compiled = {
            "optimizer_config": {"class_name": "Adam", "config": {"name": "adam"}},
            "loss": "mse",
            "metrics": [],
        }
        file.attrs["training_config"] = json.dumps(compiled)
        group = file.create_group("model_weights")
        group.attrs["layer_names"] = [layer.name for layer in model.layers]
        for layer in model.layers:
            names = [f"{layer.name}/{name}" for name in layer.weight_names[: len(layer.get_weights())]]
            inner = group.create_group(layer.name)
            inner.attrs["weight_names"] = names
            for name, weight in zip(names, layer.get_weights(), strict=True):
                inner[name] = weight
    return path.read_bytes()


def read(reader: str, path: str, target: Any) -> None:
    """Reads a file as users do."""
    from steepest import models
    from steepest.saving.checkpoint import read_checkpoint

    if reader in ("keras", "npz", "h5"):
        models.load_model(path)
    elif reader == "checkpoint":
        read_checkpoint(target, path)
    else:
        target.load_weights(path)


def mutated(data: bytes, stream: random.Random) -> bytes:
    """The bytes after one to eight changes."""
    changed = bytearray(data)
    for _ in range(stream.choice((1, 1, 1, 2, 4, 8))):
        place = stream.randrange(len(changed) or 1)
        kind = stream.randrange(7)
        if kind == 0 and changed:
            changed[place] ^= 1 << stream.randrange(8)
        elif kind == 1 and changed:
            changed[place] = stream.randrange(256)
        elif kind == 2:
            value = stream.choice(INTERESTING)
            changed[place : place + len(value)] = value
        elif kind == 3:
            del changed[place : place + stream.choice((1, 4, 64, len(changed)))]
        elif kind == 4:
            changed[place:place] = changed[place : place + stream.choice((1, 8, 64))]
        elif kind == 5:
            other = stream.randrange(len(changed) or 1)
            changed[place : place + 16] = changed[other : other + 16]
        else:
            digits = [i for i in range(len(changed)) if 48 <= changed[i] <= 57]
            if digits:  # a number in a text
                changed[stream.choice(digits) : place] = str(stream.choice((0, 9, 2**31, 2**63, -1))).encode()
    return bytes(changed)


def file_of(reader: str, good: list[bytes], number: int) -> bytes:
    """The file of a number: its bytes are mutated, or those of a member of the archive, which is then packed anew."""
    stream = random.Random(f"{reader} {number}")
    data = stream.choice(good)
    if reader not in ("keras", "npz", "checkpoint") or stream.random() < 0.25:
        return mutated(data, stream)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    name = stream.choice(list(members))
    members[name] = mutated(members[name], stream)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


class Position:
    """Stands for the training that a checkpoint is read into."""

    callbacks: Any
    _resumed: Any = None

    def resume(self, state: Any) -> None:
        self._resumed = state


class Reader:
    """A reader with its good files, which are mutated, in a folder."""

    def __init__(self, name: str, folder: Path):
        self.name, self.loaded = name, 0
        self._target, self._good = small_model(), seeds(name, folder)
        self._target._progress = Position()
        self._target._progress.callbacks = type("Callbacks", (), {"callbacks": []})
        self._path = folder / f"mutated.{'npz' if name == 'checkpoint' else name}"
        for data in self._good:
            self._path.write_bytes(data)
            read(name, str(self._path), self._target)

    def failure(self, number: int) -> str | None:
        """What should not have happened with the file of this number."""
        self._path.write_bytes(file_of(self.name, self._good, number))
        try:
            read(self.name, str(self._path), self._target)
            self.loaded += 1
        except (ValueError, TypeError) as error:
            if str(self._path) not in str(error):
                return f"file {number}: the message does not name the file: {type(error).__name__}: {error}"
        except BaseException as error:
            return f"file {number}: {type(error).__name__}: {error}"
        return None


def read_all(name: str, files: int, folder: Path) -> list[str]:
    """What should not have happened with the first so many files."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        reader = Reader(name, folder)
        return [failure for failure in map(reader.failure, range(files)) if failure]


def child(name: str, first: int, files: int, folder: Path, progress: Path) -> None:
    """Reads the files; says where it is, and prints what should not have happened."""
    import resource  # not on Windows, where the tests use the rest of this

    warnings.simplefilter("ignore")
    reader = Reader(name, folder)
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
    with open("/proc/self/statm") as statm:
        room = int(statm.read().split()[0]) * resource.getpagesize() + GROWTH
    resource.setrlimit(resource.RLIMIT_AS, (room, room))
    where = os.open(progress, os.O_WRONLY | os.O_CREAT)
    for number in range(first, first + files):
        os.pwrite(where, b"%12d" % number, 0)
        signal.setitimer(signal.ITIMER_PROF, SECONDS)  # its signal ends the process
        failure = reader.failure(number)
        signal.setitimer(signal.ITIMER_PROF, 0)
        if failure is not None:
            print(failure, flush=True)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10) - size
    print(f"{name}: {files} files, {reader.loaded} read and the others refused; {grown >> 20} MB more", file=sys.stderr)


def fuzz(reader: str, first: int, files: int) -> int:
    """How many files should not have done what they did."""
    failed = 0
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.path.isdir("/dev/shm") else None) as name:
        progress = Path(name) / "progress"
        end = first + files
        while first < end:
            command = [sys.executable, "-m", "fuzz", "--child", name, "--reader", reader]
            command += ["--first", str(first), "--files", str(end - first)]
            run = subprocess.run(command, stdout=subprocess.PIPE, text=True)
            print(run.stdout, end="", flush=True)
            failed += len(run.stdout.splitlines())
            if not run.returncode:
                break
            number = int(progress.read_bytes())
            print(f"{reader}: file {number} ended the process: {signal.Signals(-run.returncode).name}", flush=True)
            failed, first = failed + 1, number + 1
    return failed


def main() -> None:
    parser = argparse.ArgumentParser(description="Mutated files through every reader.")
    parser.add_argument("--reader", choices=READERS, action="append")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--child", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    readers: tuple[str, ...] = tuple(arguments.reader or READERS)
    if arguments.child:
        folder = Path(arguments.child)
        child(readers[0], arguments.first, arguments.files, folder, folder / "progress")
        return
    failed = sum(fuzz(reader, arguments.first, arguments.files) for reader in readers)
    print(f"{failed} files did what no file may")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
