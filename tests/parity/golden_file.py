"""The golden files: what real Keras gave, numbers in `<name>.npz`, all else in `<name>.json`.

A file of numbers holds one flat array of all of them and an index in JSON, {case: [[name, shape], ...]} in the order of
the numbers: a member for each array would take several times the space of the numbers themselves.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

FOLDER = Path(__file__).parent / "golden"

Outcomes = dict[str, dict[str, np.ndarray]]  # of each case, by the names that `cases/run.py` gives


def save(name: str, outcomes: Outcomes, versions: Mapping[str, str], folder: Path, dtype: str) -> None:
    index = {case: [[key, value.shape] for key, value in outcome.items()] for case, outcome in outcomes.items()}
    values = [np.ravel(value) for outcome in outcomes.values() for value in outcome.values()]
    np.savez_compressed(
        folder / f"{name}.npz",
        values=np.concatenate(values).astype(dtype),
        index=np.frombuffer(json.dumps(index, separators=(",", ":")).encode(), dtype=np.uint8),
        versions=np.array([f"{package} {version}" for package, version in versions.items()]),
    )


def load(name: str, folder: Path = FOLDER) -> Outcomes:
    with np.load(folder / f"{name}.npz") as file:
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


def save_record(name: str, record: Mapping[str, Any], versions: Mapping[str, str], folder: Path) -> None:
    """A line for each entry of each entry, so that a change is one line of a diff."""
    lines = []
    for key, value in {"versions": versions, **record}.items():
        if isinstance(value, dict) and value:
            inner = ",\n".join(f"  {json.dumps(name)}: {_compact(entry)}" for name, entry in value.items())
            lines.append(f" {json.dumps(key)}: {{\n{inner}\n }}")
        else:
            lines.append(f" {json.dumps(key)}: {_compact(value)}")
    (folder / f"{name}.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def load_record(name: str, folder: Path = FOLDER) -> dict[str, Any]:
    """The entries, without the versions."""
    record = json.loads((folder / f"{name}.json").read_text())
    del record["versions"]
    return record


def load_versions(name: str) -> dict[str, str]:
    return json.loads((FOLDER / f"{name}.json").read_text())["versions"]
