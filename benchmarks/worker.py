"""The worker's side of the benchmark: the interface of an engine, and the loop that serves it over JSON lines.

One command a line on standard input, one answer a line on standard output, `{"error": ...}` if it failed:

| command | answer |
|---|---|
| `hello` | versions of Python and of what the engine runs on |
| `load` folder, workload, check | why it cannot run the case, or the settings to choose from (`check`: few rows) |
| `build` settings | seconds to build the model and to train its first epoch, compilation included; its loss |
| `learn` settings, epochs | the loss of each epoch in the order of the rows, on a model just built |
| `run` epochs, at_least | seconds an epoch, over as many calls of fit as fill `at_least` seconds; the last loss |
| `predict` | seconds for one row: the median by way of calling |
| `memory` | bytes of the process at its peak, and of the data in it |
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.workloads import Floats, Workload

Settings = Mapping[str, Any]


class Engine(ABC):
    """What a library has to do to be measured.

    `distributions` are the packages whose versions are reported, those of them that are installed.
    """

    distributions: tuple[str, ...] = ()

    def __init__(self, workload: Workload, x: Floats, y: Floats, weights: list[Floats]) -> None:
        self.workload = workload
        self.x, self.y, self.weights = x, y, weights

    @staticmethod
    def unsupported(workload: Workload) -> str | None:
        """Why the library cannot train this case; None if it can."""
        return None

    @staticmethod
    def variants(workload: Workload) -> list[Settings]:
        """The settings worth trying: the fastest is the one that is measured."""
        return [{}]

    @abstractmethod
    def build(self, settings: Settings) -> None:
        """The model with the given weights and a new optimizer."""

    @abstractmethod
    def train(self, epochs: int, shuffle: bool) -> list[float]:
        """Trains on from where the model is, and gives the mean loss over the rows of each epoch."""

    @abstractmethod
    def predictors(self) -> dict[str, Callable[[Floats], Any]]:
        """The ways to predict for a few rows, by the name to show."""


def peak_memory() -> int | None:
    """The most bytes of memory that this process has held at once; None where the system does not tell."""
    status = Path("/proc/self/status")
    if status.exists():  # The peak in rusage would include that of the process which started this one.
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    if sys.platform == "win32":
        return None
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


class Worker:
    """One command after the other: each method answers the command of its name."""

    def __init__(self, engine: type[Engine]) -> None:
        self.kind = engine

    def hello(self) -> dict[str, Any]:
        installed = {(d.metadata["Name"] or "").lower().replace("_", "-") for d in metadata.distributions()}
        versions = {name: metadata.version(name) for name in self.kind.distributions if name in installed}
        return {"python": ".".join(map(str, sys.version_info[:3])), "versions": versions}

    def load(self, folder: str, workload: Mapping[str, Any], check: bool) -> dict[str, Any]:
        case = Workload(**{**workload, "hidden": tuple(workload["hidden"])})
        reason = self.kind.unsupported(case)
        if reason:
            return {"unsupported": reason}
        part = case.checked() if check else case
        x, y = (np.load(Path(folder, name))[: part.rows] for name in ("x.npy", "y.npy"))
        with np.load(Path(folder, "weights.npz")) as stored:
            weights = [stored[name] for name in stored.files]
        self.data_bytes = x.nbytes + y.nbytes
        self.engine = self.kind(part, x, y, weights)
        return {"variants": self.kind.variants(case)}

    def build(self, settings: Settings) -> dict[str, Any]:
        start = time.perf_counter()
        self.engine.build(settings)
        (loss,) = self.engine.train(1, shuffle=True)
        return {"seconds": time.perf_counter() - start, "loss": loss}

    def learn(self, settings: Settings, epochs: int) -> dict[str, Any]:
        self.engine.build(settings)
        return {"losses": self.engine.train(epochs, shuffle=False)}

    def run(self, epochs: int, at_least: float) -> dict[str, Any]:
        done = 0
        start = time.perf_counter()
        while True:
            losses = self.engine.train(epochs, shuffle=True)
            done += epochs
            seconds = time.perf_counter() - start
            if seconds >= at_least:
                return {"seconds": seconds / done, "epochs": done, "loss": losses[-1]}

    def predict(self) -> dict[str, Any]:
        row = self.engine.x[:1].copy()
        medians = {}
        for name, predict in self.engine.predictors().items():
            for _ in range(5):
                predict(row)
            times: list[float] = []
            while sum(times) < 0.5 and len(times) < 5_000:
                start = time.perf_counter()
                predict(row)
                times.append(time.perf_counter() - start)
            medians[name] = statistics.median(times)
        return {"seconds": medians}

    def memory(self) -> dict[str, Any]:
        return {"peak": peak_memory(), "data": self.data_bytes}


def serve(engine: type[Engine]) -> None:
    """Answers commands until standard input ends. What libraries print goes to standard error."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    worker = Worker(engine)
    commands = {"hello", "load", "build", "learn", "run", "predict", "memory"}
    for line in sys.stdin:
        request = json.loads(line)
        command = request.pop("command")
        try:
            if command not in commands:
                raise ValueError(f"Unknown command: {command!r}")
            answer = getattr(worker, command)(**request)
        except Exception as error:  # The driver has to hear of every failure, and other cases may still work.
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers, flush=True)
