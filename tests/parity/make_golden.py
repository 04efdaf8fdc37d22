"""Writes what real Keras gives: `python -m parity.make_golden rules layers` in `tests/`; without names, every file.

Each backend has a process of its own. A case whose float32 run in Keras is further than the tolerance from its float64
run is named at the end: rounding alone spends the tolerance there.
"""

from __future__ import annotations

import argparse
import importlib
import os
import subprocess
import sys
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from . import golden_file
from .cases.grid import TOLERANCE
from .cases.run import differences
from .parts import NUMBERS, RECORDS, TRAININGS, Numbers

PARTS = {**NUMBERS, **RECORDS}


def real_keras(backend: str) -> Any:
    """The module keras on `backend`; ends the program with a clear message where it is missing."""
    os.environ["KERAS_BACKEND"] = backend
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # These models are tiny: compiling them takes nearly all of the time, and optimizing the code only adds to it.
    os.environ.setdefault("XLA_FLAGS", "--xla_backend_optimization_level=0")
    try:
        importlib.import_module(backend)
        return importlib.import_module("keras")
    except ImportError as error:
        sys.exit(f"Parity needs real Keras with {backend} ({error}): pip install -r tests/parity/requirements.txt")


def _outcomes(keras: Any, name: str, part: Numbers) -> golden_file.Outcomes:
    outcomes = {}
    for number, case in enumerate(part.cases):
        if number % 100 == 0:
            print(f"{name}: {number} of {len(part.cases)} cases", file=sys.stderr, flush=True)
            keras.utils.clear_session()
        outcomes[case] = part.run(keras, case, part.dtype)
    return outcomes


def make_here(backend: str, names: Iterable[str], folder: Path) -> None:
    """Writes the files `names`, all of one backend, in this process."""
    warnings.simplefilter("ignore")  # some cases do what Keras warns of
    keras = real_keras(backend)
    versions = {name: importlib.import_module(name).__version__ for name in ("keras", backend, "numpy")}
    for name in names:
        if name in RECORDS:
            golden_file.save_record(name, RECORDS[name].record(keras), versions, folder)
        else:
            part = NUMBERS[name]
            golden_file.save(name, _outcomes(keras, name, part), versions, folder, part.dtype)


def make(folder: Path, names: Iterable[str] = tuple(PARTS)) -> None:
    """Writes the files `names`, by a process for each backend, at the same time."""
    by_backend: dict[str, list[str]] = {}
    for name in sorted(names, key=lambda name: name in NUMBERS):  # the quick ones first
        by_backend.setdefault(PARTS[name].backend, []).append(name)
    command = [sys.executable, "-m", "parity.make_golden", "--to", str(folder.resolve()), "--backend"]
    running = [
        subprocess.Popen([*command, backend, *own], cwd=Path(__file__).parents[1])
        for backend, own in by_backend.items()
    ]
    if any([process.wait() for process in running]):
        sys.exit("Real Keras did not give all of its numbers: see above.")


def ill_conditioned(folder: Path) -> list[str]:
    """The trainings in which rounding to float32 alone moves Keras by more than the tests allow."""
    exact, rounded = golden_file.load("float64", folder), golden_file.load("float32", folder)
    found = []
    for name in TRAININGS:
        if name in exact and name in rounded:
            worst, key = max((value, key) for key, value in differences(rounded[name], exact[name]).items())
            if worst > TOLERANCE["float32"]:
                found.append(f"{name}: {worst:.1e} in {key}")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description="Golden files from real Keras.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all of them by default")
    parser.add_argument("--to", type=Path, default=golden_file.FOLDER, help="the folder to write to")
    parser.add_argument("--backend", help="make the parts here, in this process, on this backend")
    arguments = parser.parse_args()
    if unknown := [name for name in arguments.parts if name not in PARTS]:
        parser.error(f"no part is called {', '.join(unknown)}; there are {', '.join(PARTS)}")
    names = arguments.parts or list(PARTS)
    arguments.to.mkdir(parents=True, exist_ok=True)
    if arguments.backend:
        make_here(arguments.backend, names, arguments.to)
        return
    make(arguments.to, names)
    if {"float32", "float64"} & {*names}:
        for line in ill_conditioned(arguments.to):
            print("ill-conditioned:", line)


if __name__ == "__main__":
    main()
