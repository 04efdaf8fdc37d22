"""The golden files: what real Keras gave for every case, one compressed file a dtype, and one of rules by themselves.

A file holds one flat array of all numbers and an index in JSON, {case: [[name, shape], ...]} in the order of the
numbers: a member for each array would take several times the space of the numbers themselves.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent / "golden"

Outcomes = dict[str, dict[str, np.ndarray]]  # of each case, by the names that `cases.run` gives


def path_of(name: str, folder: Path = FOLDER) -> Path:
    return folder / f"{name}.npz"


def save(
    name: str, outcomes: Outcomes, versions: Mapping[str, str], folder: Path = FOLDER, dtype: str | None = None
) -> None:
    index = {case: [[key, value.shape] for key, value in outcome.items()] for case, outcome in outcomes.items()}
    values = [np.ravel(value) for outcome in outcomes.values() for value in outcome.values()]
    np.savez_compressed(
        path_of(name, folder),
        values=np.concatenate(values).astype(dtype or name),
        index=np.frombuffer(json.dumps(index, separators=(",", ":")).encode(), dtype=np.uint8),
        versions=np.array([f"{package} {version}" for package, version in versions.items()]),
    )


def load(name: str, folder: Path = FOLDER) -> Outcomes:
    with np.load(path_of(name, folder)) as file:
        values, index = file["values"], json.loads(file["index"].tobytes())
    outcomes: Outcomes = {}
    begin = 0
    for case, entries in index.items():
        outcomes[case] = {}
        for key, shape in entries:
            end = begin + math.prod(shape)
            outcomes[case][key] = values[begin:end].reshape(shape)
            begin = end
    return outcomes
