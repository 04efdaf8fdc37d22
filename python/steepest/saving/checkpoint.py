"""A training in one file: the model as in `.npz`, and beside it all that the next step depends on.

`training.json` has the epoch and the steps taken of it, the position in the data, the sums of the losses and metrics so
far, the states of the random generators and those of the callbacks. Its arrays are members of the file, by their names.
"""

from __future__ import annotations

import json
from typing import Any

from steepest.saving.atomic import replacing
from steepest.saving.description import dump
from steepest.saving.npz import Array, check_version, metadata, read_npz, text_of, write_npz
from steepest.saving.plain import decode, encode
from steepest.saving.state import read_state, write_state

_TRAINING = "training.json"


def write_checkpoint(model: Any, path: str, epoch: int, steps: int) -> None:
    """Writes the state of the training that runs, in which `steps` steps of the epoch are taken."""
    progress = model._progress
    arrays: dict[str, Array] = {}
    callbacks = [[type(one).__name__, one.get_state()] for one in progress.callbacks.callbacks]
    training = encode({"progress": progress.get_state(epoch, steps), "callbacks": callbacks}, arrays, "training")
    content = {"metadata.json": metadata(), "config.json": dump(model), _TRAINING: json.dumps(training)}
    with replacing(path) as file:
        write_npz(file, {**content, **read_state(model), **arrays})


def read_checkpoint(model: Any, path: str) -> None:
    """Lets the training that begins go on where the file's was.

    The callbacks are those of the training that was broken off, as far as they are of the same classes.

    Raises:
        ValueError: for a file that is damaged, of a later version, or of a training of another model; nothing is
            changed then.
    """
    arrays = read_npz(path)
    check_version(arrays, path)
    try:
        training = decode(json.loads(text_of(arrays, _TRAINING, path)), arrays)
        progress, states = (
            _checked(training["progress"]),
            [(str(kind), dict(state)) for kind, state in training["callbacks"]],
        )
    except (LookupError, TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"{path}: damaged, or no checkpoint of a training: {error}") from None
    write_state(model, arrays, path, noise=True)
    model._progress.resume(progress)
    for callback in model._progress.callbacks.callbacks:
        place = next((i for i, (kind, _) in enumerate(states) if kind == type(callback).__name__), None)
        if place is not None:
            callback.set_state(states.pop(place)[1])


def _checked(progress: Any) -> dict[str, Any]:
    for name in ("epoch", "steps", "first_epoch", "iterations"):
        if type(progress[name]) is not int or progress[name] < 0:
            raise ValueError(f"{name} is {progress[name]!r}")
    start, drawn = progress["random"]["steepest"]
    if type(start) is not int or type(drawn) is not int or not isinstance(progress["data"], dict):
        raise ValueError("its random state or its position in the data is none")
    if (progress["results"] is None) != (progress["steps"] == 0) or type(progress["stopped"]) is not bool:
        raise ValueError("its results are not those of its steps")
    return dict(progress)
