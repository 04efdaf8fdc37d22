"""`python -m benchmarks.instructions`: how many instructions the small things take, against the counts checked in.

Where a step is a microsecond, time depends on the machine and on what else it does; the number of instructions hardly
does. Callgrind counts them for a process that does a thing few times and for one that does it more often; the
difference is what the thing takes. The command fails where that is over 5 % more than in `instructions.json`, by
instruction set; `--update` writes the counts of this build there. Callgrind has no AVX-512.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.workloads import make_data, make_weights, named

COUNTS = Path(__file__).with_suffix(".json")
ALLOWED = 1.05
INSTRUCTION_SETS = ("avx2",)


def fits(name: str) -> Callable[[int], None]:
    """Epochs of a case of the benchmark, on one thread."""
    from benchmarks.engines.steepest import Steepest

    (workload,) = named([name])
    engine = Steepest(workload, *make_data(workload), make_weights(workload))
    engine.build({})
    engine.train(1, shuffle=True)
    return lambda epochs: engine.train(epochs, shuffle=True)  # type: ignore[func-returns-value]


def calls(way: str) -> Callable[[int], None]:
    """Predictions for one row by a network 64-32-10."""
    from steepest import keras

    layers = [keras.Input((64,)), keras.layers.Dense(32, activation="relu"), keras.layers.Dense(10)]
    model = keras.Sequential(layers)
    x = np.ones((1, 64), np.float32)

    def run(count: int) -> None:
        for _ in range(count):
            model(x) if way == "model(x)" else model.predict(x, verbose=0)

    run(10)
    return run


# Name: what makes the thing to do; how often it is done, few times and more; how many steps are in it.
CASES: dict[str, tuple[Callable[[str], Callable[[int], None]], int, int, int]] = {
    "small-mse": (fits, 1, 11, 32),
    "digits-one-by-one": (fits, 1, 2, 1797),
    "model(x)": (calls, 1, 1001, 1),
    "predict(x)": (calls, 1, 1001, 1),
}


def instructions(case: str, count: int, isa: str) -> int:
    """Of a process that does it `count` times, all in all."""
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", sys.executable, "-m", __spec__.name]
    environment = {**os.environ, "STEEPEST_ISA": isa, "PYTHONHASHSEED": "0", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run([*command, case, str(count)], env=environment, capture_output=True, text=True, check=False)
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode or not found:
        raise RuntimeError(f"callgrind failed on {case} with {isa}:\n{done.stderr}")
    return int(found[1])


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.instructions", description=__doc__)
    parser.add_argument("case", nargs="?", choices=CASES, help="do this one here, uncounted, `count` times")
    parser.add_argument("count", nargs="?", type=int, default=1)
    parser.add_argument("--update", action="store_true", help="write the counts of this build into instructions.json")
    chosen = parser.parse_args(words)
    import steepest
    from steepest import _core

    if chosen.case:
        steepest.config.set_num_threads(1)
        CASES[chosen.case][0](chosen.case)(chosen.count)
        return 0
    if not shutil.which("valgrind"):
        print("skipped: instructions are counted by valgrind, which is not installed")
        return 0
    if not set(INSTRUCTION_SETS) & set(_core.show_config()["isas_supported"]):
        print(f"skipped: this CPU has none of {INSTRUCTION_SETS}, for which there are counts")
        return 0
    expected = json.loads(COUNTS.read_text(encoding="utf-8")) if COUNTS.exists() else {}
    counted: dict[str, dict[str, int]] = {}
    failed = False
    for isa in INSTRUCTION_SETS:
        if isa not in _core.show_config()["isas_supported"]:
            continue
        counted[isa] = {}
        for case, (_, few, more, steps) in CASES.items():
            count = (instructions(case, more, isa) - instructions(case, few, isa)) // ((more - few) * steps)
            counted[isa][case] = count
            before = expected.get(isa, {}).get(case, count)
            grown = count > ALLOWED * before
            failed = failed or grown
            verdict = f"over {ALLOWED - 1:.0%} more" if grown else "as allowed"
            print(f"{isa:8}{case:20}{count:10,} instructions, {before:10,} checked in: {verdict}")
    if chosen.update:
        COUNTS.write_text(json.dumps({**expected, **counted}, indent=2) + "\n", encoding="utf-8")
        return 0
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
