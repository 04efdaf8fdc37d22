"""Random models on real Keras and on steepest: `python -m parity.random_models --count 500 --seed 0` in `tests/`.

A model is known by its key, and `--only KEY` runs it alone. The exit code is 1 if any is beyond the tolerance.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections import Counter

import numpy as np

from .compare import TOLERANCE, Comparison

REDRAWN = 20  # times at most
AHEAD = 3  # models that are under way beyond the one that is compared


def progress(done: int, count: int, failed: int) -> None:
    bar = "=" * (30 * done // count)
    end = "\n" if done == count else ""
    print(f"\r[{bar:30}] {done}/{count}, {failed} beyond", end=end, file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="Random models against real Keras.")
    parser.add_argument("--count", type=int, default=500, help="how many models; 500 by default")
    parser.add_argument("--seed", type=int, default=0, help="of the models; 0 by default")
    parser.add_argument("--only", metavar="KEY", help="the model with this key, alone")
    arguments = parser.parse_args()
    from steepest import keras

    warnings.simplefilter("ignore")
    comparison = Comparison(keras)
    if arguments.only:
        drawn, apart, (value, name) = comparison.of(arguments.only)
        print(f"{drawn}\n{value:.1e} in {name}; Keras's backends are {apart} apart")
        sys.exit(0 if value <= TOLERANCE[drawn.dtype] else 1)
    keys = [f"{arguments.seed}-{number}" for number in range(arguments.count)]
    found: dict[str, list[tuple[float, str]]] = {dtype: [] for dtype in TOLERANCE}
    redrawn, failed, parts = 0, 0, Counter[str]()
    for done, key in enumerate(keys, 1):
        for ahead in keys[done - 1 : done + AHEAD]:
            comparison.start(f"{ahead}.0")
        for time in range(REDRAWN):
            drawn, apart, (value, name) = comparison.of(f"{key}.{time}")
            tolerance = TOLERANCE[drawn.dtype]
            if apart is None or apart <= tolerance / 4:
                break
            redrawn += 1
        found[drawn.dtype].append((value, drawn.key))
        parts.update({drawn.goal.loss.name, drawn.optimizer.name, *(made.name for made, _ in drawn.nodes)})
        if not value <= tolerance:
            failed += 1
            print(f"\n{value:.1e} in {name}: --only {drawn}", flush=True)
        progress(done, arguments.count, failed)
    print("met: " + ", ".join(f"{name} {times}" for name, times in sorted(parts.items())))
    for dtype, values in found.items():
        if values:
            middle = np.median([value for value, _ in values])
            print(
                f"{dtype}: {len(values)} models, tolerance {TOLERANCE[dtype]:.0e}, median {middle:.1e}, "
                f"largest {max(values)[0]:.1e} ({max(values)[1]})"
            )
    print(f"{failed} beyond the tolerance; {redrawn} drawn again, for Keras's own backends disagree on them")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
