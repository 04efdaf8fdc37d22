"""Writes docs/keras.md, every public name of Keras and what steepest makes of it: `python -m parity.coverage`.

Keras's names come from `golden/names.json`, which `make_golden` writes and `make parity` holds against the installed
Keras; what steepest has is found by looking and by trying. `test_coverage.py` fails where the page is another one.
"""

from __future__ import annotations

import inspect
from collections import Counter
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import numpy as np

from steepest import keras

from . import golden_file
from .deviations import FORMULAS
from .left_out import LEFT_OUT
from .names import Parameters, instances, parameters

PAGE = Path(__file__).parents[2] / "docs" / "keras.md"

_HEAD = """# What of Keras is here

Every public name of Keras {version}. Made by `python -m parity.coverage` in `tests/`, from the names of the installed
Keras and by trying them here; a test fails when this page is not what it would write.

*As in Keras* are names with all of Keras's parameters, which the tests compare by name, order and default, and whose
numbers they compare where there are any. *With a difference* says which parameters are missing, or what is refused.
Of {same} names that is the first, of {different} the second; {absent} are not there yet, and {left_out} are left out.
"""


_KINDS = {"losses": "loss", "optimizers": "optimizer", "metrics": "metrics"}
_APART = {"Loss", "Metric", "Optimizer", "Mean", "Sum", "MeanMetricWrapper", "MultiOptimizer", "OptimizerMap"}
_NEEDED = {  # arguments without a default
    "num_classes": 4,
    "target_class_id": 0,
    "target_class_ids": [0],
    "recall": 0.5,
    "precision": 0.5,
    "specificity": 0.5,
    "sensitivity": 0.5,
    "inner_optimizer": keras.optimizers.SGD(),
}


def _refusal(module: str, name: str) -> str:
    """What `fit` says to an object made with its defaults; nothing if it trains, with one-hot rows or with labels."""
    made = getattr(getattr(keras, module), name) if module in _KINDS else None
    if name in _APART or not inspect.isclass(made):
        return ""
    required = [
        key for key, one in inspect.signature(made).parameters.items() if one.default is one.empty and key in _NEEDED
    ]
    labels, refusal = np.arange(8) % 4, ""
    for y in (np.eye(4, dtype="float32")[labels], labels):
        try:
            model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, activation="softmax")])
            part = made(**{key: _NEEDED[key] for key in required})
            loss = "categorical_crossentropy" if y.ndim == 2 else "sparse_categorical_crossentropy"
            model.compile(**{"loss": loss, _KINDS[module]: [part] if module == "metrics" else part})
            model.fit(np.ones((8, 3), "float32"), y, batch_size=4, verbose=0)
        except (TypeError, ValueError) as error:
            refusal = refusal or f"`fit` refuses it: {str(error).splitlines()[0].split('. ')[0].rstrip('.')}"
        else:
            return ""
    return refusal


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _reason(module: str, name: str) -> str | None:
    for reason, entries in LEFT_OUT.items():
        for entry in entries:
            modules, names = entry.split(": ")
            if fnmatchcase(module, modules) and any(fnmatchcase(name, pattern) for pattern in names.split()):
                return reason
    return None


def _difference(path: str, name: str, theirs: Parameters, ours: Any) -> str:
    """The last column of the table, empty where there is no difference."""
    found, said = parameters(ours), []
    if (
        theirs
        and found
        and "**" not in found
        and (missing := [one for one in theirs if one not in (*found, "*", "**")])
    ):
        said.append(f"without {', '.join(f'`{one}`' for one in missing)}")
    said += [text for text in (FORMULAS.get(f"{path}.{name}"), _refusal(path, name)) if text]
    return "; ".join(said)


def _section(path: str, holder: Any, names: dict[str, Parameters]) -> tuple[list[str], Counter[str]]:
    """The lines of one module or class, and how many names are of which kind."""
    same, different, absent = [], [], []
    left_out: dict[str, list[str]] = {}
    for name, theirs in names.items():
        if hasattr(holder, name):
            difference = _difference(path, name, theirs, getattr(holder, name))
            same += [] if difference else [name]
            different += [f"| `{name}` | {difference} |"] if difference else []
        elif reason := _reason(path, name):
            left_out.setdefault(reason, []).append(name)
        else:
            absent.append(name)
    counts = Counter(same=len(same), different=len(different), absent=len(absent))
    counts["left_out"] = sum(map(len, left_out.values()))
    if not (same or different or absent):
        return [], counts
    lines = [f"## {path}", ""]
    lines += [f"As in Keras: {_listed(same)}.", ""] if same else []
    lines += ["| with a difference | |", "|---|---|", *different, ""] if different else []
    lines += [f"Not there yet: {_listed(absent)}.", ""] if absent else []
    if left_out:
        lines += ["<details><summary>Left out</summary>", ""]
        lines += [f"- {reason}: {_listed(found)}" for reason, found in left_out.items()]
        lines += ["", "</details>", ""]
    return lines, counts


def _holder(path: str) -> Any:
    """The module of steepest, or None."""
    found = keras
    for part in path.split("."):
        found = getattr(found, part, None)
    return found


def page(names: dict[str, dict[str, Parameters]], version: str) -> str:
    """docs/keras.md, from what `golden/names.json` holds."""
    holders = {path: _holder(path) for path in names} | {"keras": keras} | instances(keras)
    total: Counter[str] = Counter()
    body: list[str] = []
    whole: dict[str, list[str]] = {}
    for path, found in names.items():
        lines, counts = _section(path, holders[path], found)
        body += lines
        total += counts
        if found and not lines:
            whole.setdefault(str(_reason(path, next(iter(found)))), []).append(path)
    apart = [f"- {reason}: {_listed(paths)}" for reason, paths in whole.items()]
    return "\n".join([_HEAD.format(version=version, **total), *body, "## Modules left out whole", "", *apart, ""])


def written() -> str:
    """What the page should be."""
    return page(golden_file.load_record("names"), golden_file.load_versions("names")["keras"])


if __name__ == "__main__":
    PAGE.write_text(written(), encoding="utf-8")
