"""Compares with real Keras, live: what `make parity` runs where both are installed (`python -m parity.live`).

The golden files are made again and held against the checked-in ones, and steepest runs the same cases and is held
against the new numbers. Tables show the largest relative difference of each loss and optimizer. `--whole` runs every
loss, optimizer, depth and batch size (1440 models in each dtype: an hour and more) and not the golden choice of them.
The exit code is 1 if anything is beyond the tolerance.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from . import golden_file
from .cases import LOSSES, OPTIMIZERS, TOLERANCE
from .make_golden import CASE_SETS, PARTS, make
from .run import differences, run
from .standalone import STANDALONE, run_standalone


def _worst(difference: dict[str, float]) -> tuple[float, str]:
    return max((value, key) for key, value in difference.items())


def table(worst: dict[str, tuple[float, str]]) -> str:
    """Optimizers down, losses across: the largest difference over depths and batch sizes."""
    lines = [" " * 26 + "".join(f"{loss:>12}" for loss in LOSSES)]
    for optimizer in OPTIMIZERS:
        cells = []
        for loss in LOSSES:
            found = [value for name, (value, _) in worst.items() if name.startswith(f"{loss}-{optimizer}-depth")]
            cells.append(f"{max(found):12.1e}" if found else f"{'':12}")
        lines.append(f"{optimizer:26}" + "".join(cells))
    return "\n".join(lines)


def beyond(title: str, worst: dict[str, tuple[float, str]], tolerance: float) -> int:
    """Prints the largest difference and every case beyond the tolerance; how many there are."""
    value, name = max((value, name) for name, (value, _) in worst.items())
    print(f"{title}: at most {value:.1e} ({name}), tolerance {tolerance:.0e}, {len(worst)} cases")
    failed = {name: found for name, found in worst.items() if found[0] > tolerance}
    for name, (value, key) in failed.items():
        print(f"    {name}: {value:.1e} in {key}")
    return len(failed)


def compare(keras: Any, folder: Path, case_set: str) -> int:
    """steepest against the numbers in `folder`; how many cases are beyond the tolerance."""
    failed = 0
    for dtype, tolerance in TOLERANCE.items():
        golden = golden_file.load(dtype, folder)
        found = {name: run_standalone(keras, name, dtype) for name in STANDALONE}
        found |= {case.name: run(keras, case, dtype) for case in CASE_SETS[case_set] if dtype in case.dtypes}
        worst = {name: _worst(differences(outcome, golden[name])) for name, outcome in found.items()}
        title = f"steepest against Keras on {PARTS[dtype]}, {dtype}"
        print(f"\n{title}:\n{table(worst)}")
        failed += beyond(title, worst, tolerance)
    return failed


def compare_golden(folder: Path) -> int:
    """The checked-in files against those just made; how many cases and probes differ."""
    failed = 0
    for dtype, tolerance in TOLERANCE.items():
        new, old = golden_file.load(dtype, folder), golden_file.load(dtype)
        worst = {
            name: _worst(differences(new.get(name, {}), old.get(name, {}))) for name in dict.fromkeys((*old, *new))
        }
        failed += beyond(f"checked-in numbers against Keras, {dtype}", worst, tolerance)
    for file in ("behaviour.json", "names.json"):
        new_record, old_record = (json.loads((place / file).read_text()) for place in (folder, golden_file.FOLDER))
        keys = dict.fromkeys((*old_record, *new_record))
        changed = [key for key in keys if key != "versions" and old_record.get(key) != new_record.get(key)]
        print(f"checked-in {file} against Keras: {len(changed)} entries differ {changed}")
        failed += len(changed)
    return failed


def main() -> None:
    parser = argparse.ArgumentParser(description="steepest and the golden files against real Keras.")
    parser.add_argument("--whole", action="store_true", help="every loss, optimizer, depth and batch size")
    whole = parser.parse_args().whole
    try:
        from steepest import keras
    except ImportError as error:
        sys.exit(f"Parity needs steepest in the environment that has Keras ({error}): pip install .")
    failed = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if whole:
            make(folder, "whole", tuple(TOLERANCE))
        else:
            make(folder)
            failed += compare_golden(folder)
        failed += compare(keras, folder, "whole" if whole else "golden")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
