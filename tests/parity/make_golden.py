"""Runs the cases and the probes on real Keras and writes what it gives: `python -m parity.make_golden` in `tests/`.

Each part has a process and a backend of its own. float64 comes from TensorFlow: on JAX Keras takes the means of MSE
and of binary cross entropy, and tanh, in float32 even when floatx is float64. float32 comes from JAX, so that both
backends have a say. A case whose float32 run in Keras is further than the tolerance from its float64 run is named at
the end: rounding alone spends the tolerance there.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import subprocess
import sys
import warnings
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from . import golden_file
from .cases import GRID, TOLERANCE, Case, whole_grid
from .feature_calls import CALLS
from .feature_models import MODELS
from .names import public_names
from .optimizer_steps import names_of, run_steps
from .output_models import OUTPUTS, run_outputs
from .run import differences, run
from .standalone import STANDALONE, run_standalone

# A bias of one element ends so near zero that Keras's own float32 run is 2e-5 and 3e-5 from its float64 run, steepest's
# 6e-6 and 1e-7.
FLOAT64_ONLY = {"bce_logits-adam_amsgrad-depth1-batch1", "sample_weight-bce"}
CASE_SETS = {
    "golden": [
        replace(case, dtypes=("float64",)) if case.name in FLOAT64_ONLY else case for case in (*GRID, *MODELS, *CALLS)
    ],
    "whole": list(whole_grid()),
}
PARTS = {  # and the backend that it comes from
    "float32": "jax",
    "float64": "tensorflow",
    "optimizers-float32": "jax",
    "optimizers-float64": "tensorflow",
    "outputs": "jax",
    "behaviour": "jax",
    "names": "jax",
}


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


def outcomes_of(keras: Any, cases: Iterable[Case], dtype: str) -> golden_file.Outcomes:
    outcomes = {name: run_standalone(keras, name, dtype) for name in STANDALONE}
    for number, case in enumerate(case for case in cases if dtype in case.dtypes):
        if number % 100 == 0:
            print(f"{dtype}: case {number}, {case.name}", file=sys.stderr, flush=True)
            keras.utils.clear_session()
        outcomes[case.name] = run(keras, case, dtype)
    return outcomes


def make_part(part: str, folder: Path, case_set: str) -> None:
    warnings.simplefilter("ignore")  # some cases do what Keras warns of
    keras = real_keras(PARTS[part])
    versions = {name: importlib.import_module(name).__version__ for name in ("keras", PARTS[part], "numpy")}
    if part == "behaviour":
        from .behaviour import record

        written = {"versions": versions} | record(keras)
        (folder / "behaviour.json").write_text(json.dumps(written, indent=1) + "\n")
    elif part == "names":
        names = public_names(keras)
        lines = (f"{json.dumps(path)}: {json.dumps(found, separators=(',', ':'))}" for path, found in names.items())
        (folder / "names.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
    elif part == "outputs":
        golden_file.save(part, {name: run_outputs(keras, name) for name in OUTPUTS}, versions, folder, "float32")
    elif part.startswith("optimizers-"):
        dtype = part.removeprefix("optimizers-")
        outcomes = {name: run_steps(keras, name, dtype) for name in names_of(dtype)}
        golden_file.save(part, outcomes, versions, folder, dtype)
    else:
        golden_file.save(part, outcomes_of(keras, CASE_SETS[case_set], part), versions, folder)


def make(folder: Path, case_set: str = "golden", parts: Iterable[str] = tuple(PARTS)) -> None:
    """Writes `parts` of the golden files into `folder`, at the same time, each in a process of its own."""
    options = ["--to", str(folder.resolve()), "--cases", case_set]
    command = [sys.executable, "-m", "parity.make_golden", *options, "--part"]
    running = [subprocess.Popen([*command, part], cwd=Path(__file__).parents[1]) for part in parts]
    if any([process.wait() for process in running]):
        sys.exit("Real Keras did not give all of its numbers: see above.")


def ill_conditioned(folder: Path) -> list[str]:
    """The cases in which rounding to float32 alone moves Keras by more than the tests allow."""
    exact, rounded = golden_file.load("float64", folder), golden_file.load("float32", folder)
    found = []
    for name in [name for name in exact if name in rounded and name not in STANDALONE]:
        worst, key = max((value, key) for key, value in differences(rounded[name], exact[name]).items())
        if worst > TOLERANCE["float32"]:
            found.append(f"{name}: {worst:.1e} in {key}")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description="Golden numbers from real Keras.")
    parser.add_argument("--to", type=Path, default=golden_file.FOLDER, help="the folder to write to")
    parser.add_argument("--cases", choices=list(CASE_SETS), default="golden")
    parser.add_argument("--part", choices=list(PARTS), help="only this part, in this process")
    arguments = parser.parse_args()
    arguments.to.mkdir(parents=True, exist_ok=True)
    if arguments.part:
        make_part(arguments.part, arguments.to, arguments.cases)
        return
    make(arguments.to, arguments.cases)
    for line in ill_conditioned(arguments.to):
        print("ill-conditioned:", line)


if __name__ == "__main__":
    main()
