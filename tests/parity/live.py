"""Compares with real Keras, live: what `make parity` runs where both are installed (`python -m parity.live`).

The golden files are made again and held against the checked-in ones, and steepest runs the same cases and is held
against the new numbers. A table shows the largest relative difference of each loss and optimizer. The exit code is 1 if
anything is beyond the tolerance.
"""

from __future__ import annotations

import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from . import golden_file
from .cases.descriptions import MODELS, outputs
from .cases.grid import LOSSES, OPTIMIZERS
from .cases.run import differences
from .make_golden import make, real_keras
from .parts import NUMBERS, RECORDS

Worst = dict[str, tuple[float, str]]  # of each case the largest difference and the name of the array


def worst_of(found: golden_file.Outcomes, golden: golden_file.Outcomes) -> Worst:
    return {
        case: max((value, key) for key, value in differences(found.get(case, {}), golden.get(case, {})).items())
        for case in dict.fromkeys((*golden, *found))
    }


def table(worst: Worst) -> str:
    """Optimizers down, losses across: the largest difference over depths and batch sizes."""
    lines = [" " * 26 + "".join(f"{loss:>12}" for loss in LOSSES)]
    for optimizer in OPTIMIZERS:
        cells = []
        for loss in LOSSES:
            found = [value for name, (value, _) in worst.items() if name.startswith(f"{loss}-{optimizer}-depth")]
            cells.append(f"{max(found):12.1e}" if found else f"{'':12}")
        lines.append(f"{optimizer:26}" + "".join(cells))
    return "\n".join(lines)


def beyond(title: str, worst: Worst, tolerance: float) -> int:
    """Prints the largest difference and every case beyond the tolerance; how many there are."""
    value, name = max((value, name) for name, (value, _) in worst.items())
    print(f"{title}: at most {value:.1e} ({name}), tolerance {tolerance:.0e}, {len(worst)} cases")
    failed = {name: found for name, found in worst.items() if not found[0] <= tolerance}
    for name, (value, key) in failed.items():
        print(f"    {name}: {value:.1e} in {key}")
    return len(failed)


def compare_numbers(keras: Any, folder: Path) -> int:
    """The checked-in numbers, and those of steepest, against the new ones; how many cases are beyond the tolerance."""
    failed = 0
    for name, part in NUMBERS.items():
        new = golden_file.load(name, folder)
        title = f"against Keras on {part.backend} in {part.dtype}"
        failed += beyond(
            f"\nchecked-in {name} {title}", worst_of(golden_file.load(name), new), part.tolerance[part.dtype]
        )
        for dtype, tolerance in part.tolerance.items():
            worst = worst_of({case: part.run(keras, case, dtype) for case in part.cases}, new)
            failed += beyond(f"steepest in {dtype}, {name} {title}", worst, tolerance)
            if name == dtype:
                print(table(worst))
    return failed


def compare_records(folder: Path) -> int:
    """The checked-in records against the new ones; how many entries differ."""
    failed = 0
    for name in RECORDS:
        new, old = golden_file.load_record(name, folder), golden_file.load_record(name)
        changed = [key for key in dict.fromkeys((*old, *new)) if old.get(key) != new.get(key)]
        print(f"\nchecked-in {name}.json against Keras: {len(changed)} of {len(new)} entries differ {changed or ''}")
        failed += len(changed)
    return failed


def give_descriptions(steepest: Any, folder: Path) -> int:
    """Keras reads what steepest writes, and gives the outputs of its own models; how many models differ."""
    keras = real_keras("jax")
    golden, failed = golden_file.load_record("descriptions", folder), 0
    for name, make_model in MODELS.items():
        restored = keras.models.model_from_json(make_model(steepest).to_json())
        if golden[name]["outputs"] is not None:
            again = outputs(keras, restored)
            worst = worst_of({name: _arrays(again)}, {name: _arrays(golden[name]["outputs"])})
            failed += beyond(f"Keras on the description of {name} by steepest", worst, 1e-5)
    return failed


def _arrays(lists: list[Any]) -> dict[str, np.ndarray]:
    return {str(number): np.asarray(one) for number, one in enumerate(lists)}


def main() -> None:
    try:
        from steepest import keras
    except ImportError as error:
        sys.exit(f"Parity needs steepest in the environment that has Keras ({error}): pip install .")
    warnings.simplefilter("ignore")  # some cases do what both engines warn of
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make(folder)
        failed = compare_records(folder) + compare_numbers(keras, folder) + give_descriptions(keras, folder)
    print(f"\n{failed} differences beyond the tolerance")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
