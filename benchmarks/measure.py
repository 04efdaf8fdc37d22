"""What is measured and how: training by case, and the small numbers by engine."""

from __future__ import annotations

import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.engines import ENGINES
from benchmarks.engines.numpy import reference_losses
from benchmarks.environments import WHEELS
from benchmarks.process import EngineError, Process
from benchmarks.report import settings_text
from benchmarks.workloads import Floats, Workload, largest_difference, make_data, make_weights, verify

Interpreters = Mapping[str, Path]
Result = dict[str, Any]


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


@contextlib.contextmanager
def stored(workload: Workload) -> Iterator[tuple[str, tuple[Floats, Floats, list[Floats]]]]:
    """A folder with the case's x, y and weights, and these themselves."""
    with tempfile.TemporaryDirectory() as folder:
        x, y = make_data(workload)
        weights = make_weights(workload)
        np.save(Path(folder, "x.npy"), x)
        np.save(Path(folder, "y.npy"), y)
        np.savez(Path(folder, "weights.npz"), *weights)
        yield folder, (x, y, weights)


def prepare(process: Process, workload: Workload, folder: str, reference: Sequence[float]) -> Result:
    """Checks that every setting of the engine learns, then builds the fastest of them on the whole case."""
    check = workload.checked()
    loaded = process.ask("load", folder=folder, workload=asdict(workload), check=True)
    if "unsupported" in loaded:
        return loaded
    variants, off = loaded["variants"], 0.0
    for settings in variants:
        losses = process.ask("learn", settings=settings, epochs=check.epochs)["losses"]
        wrong = verify(check, losses, reference)
        if wrong:
            raise EngineError(f"{wrong} ({settings_text(settings)})")
        off = max(off, largest_difference(losses, reference))
    process.ask("load", folder=folder, workload=asdict(workload), check=False)
    times = []
    for settings in variants:
        first = process.ask("build", settings=settings)["loss"]
        times.append(process.ask("run", epochs=workload.epochs, at_least=0.1)["seconds"])
    best = times.index(min(times))
    if settings != variants[best]:
        first = process.ask("build", settings=variants[best])["loss"]
    others = [[s, t] for s, t in zip(variants, times, strict=True) if s != variants[best]]
    return {"settings": variants[best], "others": others, "difference": off, "first_loss": first, "seconds": []}


def measure(workload: Workload, interpreters: Interpreters, repeats: int, at_least: float) -> dict[str, Result]:
    """Every engine's seconds for an epoch, `repeats` times, one engine after the other in changing order."""
    say(f"{workload.name}: {workload.title}")
    results: dict[str, Result] = {}
    with stored(workload) as (folder, data), contextlib.ExitStack() as stack:
        reference = reference_losses(workload.checked(), *data)
        say(f"  loss of the reference {reference[0]:.4g} -> {reference[-1]:.4g}")
        processes = {}
        for engine, python in interpreters.items():
            process = stack.enter_context(Process(engine, python))
            try:
                results[engine] = prepare(process, workload, folder, reference)
            except EngineError as error:
                results[engine] = {"error": str(error)}
            if "seconds" in results[engine]:
                processes[engine] = process
                settings, off = results[engine]["settings"], results[engine]["difference"]
                say(f"  {engine}: learns, {off:.1e} off the reference; {settings_text(settings)}")
            else:
                say(f"  {engine}: {results[engine].get('error') or results[engine]['unsupported']}")
        for repeat in range(repeats):
            order = list(processes)
            for engine in order[repeat % len(order) :] + order[: repeat % len(order)] if order else []:
                if "error" in results[engine]:
                    continue
                try:
                    run = processes[engine].ask("run", epochs=workload.epochs, at_least=at_least)
                    if not run["loss"] < results[engine]["first_loss"]:
                        raise EngineError(f"did not learn while it was timed: its loss came to {run['loss']:.4g}")
                    results[engine]["seconds"].append(run["seconds"])
                except EngineError as error:
                    results[engine] = {"error": str(error)}
                    say(f"  {engine}: {error}")
        for engine in processes:
            if results[engine].get("seconds"):
                say(f"  {engine}: {statistics.median(results[engine]['seconds']) * 1e3:.3f} ms an epoch")
    return results


def import_seconds(engine: str, python: Path) -> float:
    """A new process's time to import the library after NumPy; 0 for NumPy itself."""
    code = (
        f"import numpy, time; start = time.perf_counter(); {ENGINES[engine].statement or 'pass'}; "
        "print(time.perf_counter() - start)"
    )
    environment = {**os.environ, **ENGINES[engine].environment}
    done = subprocess.run([str(python), "-c", code], env=environment, capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])


def small_numbers(interpreters: Interpreters, repeats: int, small: Workload, big: Workload) -> dict[str, Result]:
    """Import, first fit and one row with `small` (each in `repeats` new processes), peak memory with `big`, wheels."""
    say("import, first fit, one row, memory")
    results: dict[str, Result] = {engine: {"import": [], "first_fit": [], "predict": {}} for engine in interpreters}
    with stored(small) as (small_folder, _), stored(big) as (big_folder, _):
        for _ in range(repeats):
            for engine, python in interpreters.items():
                result = results[engine]
                try:
                    result["import"].append(import_seconds(engine, python))
                    with Process(engine, python) as process:
                        result["first_fit"].append(first_fit(process, small, small_folder))
                        for way, seconds in process.ask("predict")["seconds"].items():
                            result["predict"].setdefault(way, []).append(seconds)
                except (EngineError, subprocess.SubprocessError) as error:
                    result["error"] = str(error)
        for engine, python in interpreters.items():
            result = results[engine]
            try:
                with Process(engine, python) as process:
                    first_fit(process, big, big_folder)
                    result["memory"] = process.ask("memory")
            except EngineError as error:
                result["error"] = str(error)
            wheels = python.parent.parent / WHEELS
            result["wheels"] = json.loads(wheels.read_text()) if wheels.exists() else {}
            say(f"  {engine}: {result.get('error', 'done')}")
    return results


def first_fit(process: Process, workload: Workload, folder: str) -> float:
    """Seconds to build the model and fit its first epoch, by the first of the engine's settings."""
    variants = process.ask("load", folder=folder, workload=asdict(workload), check=False)["variants"]
    seconds: float = process.ask("build", settings=variants[0])["seconds"]
    return seconds
