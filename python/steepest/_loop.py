"""How an epoch's steps become calls of the core: as few as can be, or one a batch if a callback wants that."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from steepest._sources import Epoch, Part
from steepest.callbacks import CallbackList

Report = Callable[[int], None]

_STOP = {"train": "stop_training", "test": "stop_evaluating", "predict": "stop_predicting"}


def run_steps(
    kind: str,
    epoch: Epoch,
    run: Callable[[Part, Report | None], None],
    logs: Callable[[], dict[str, Any]],
    callbacks: CallbackList,
    at_a_time: int = 1,
) -> None:
    """Runs the steps of an epoch.

    Args:
        kind: "train", "test" or "predict": which hooks are called.
        epoch: the steps.
        run: `run(part, report)` takes steps; `report(last step + 1)` is for what wants to show the progress.
        logs: what the hooks are told after a step.
        callbacks: whose hooks are called, and who may set `model.stop_training` in them.
        at_a_time: the steps between two calls of the hooks: `steps_per_execution`.
    """
    if callbacks.hooks_into(kind):
        on_begin = getattr(callbacks, f"on_{kind}_batch_begin")
        on_end = getattr(callbacks, f"on_{kind}_batch_end")
        for number, group in enumerate(epoch.groups(at_a_time)):
            on_begin(number * at_a_time)
            for part in group:
                run(part, None)
            on_end((number + 1) * at_a_time - 1, logs())
            if getattr(callbacks.model, _STOP[kind]):
                break
    elif callbacks.progbar is not None and callbacks.progbar.live:
        show = getattr(callbacks.progbar, f"on_{kind}_batch_end")
        done = _run_and_show(epoch, run, logs, show)
        if callbacks.progbar.target is None:
            show(done - 1, logs())
    else:
        for part in epoch.parts():
            run(part, None)


def _run_and_show(
    epoch: Epoch,
    run: Callable[[Part, Report | None], None],
    logs: Callable[[], dict[str, Any]],
    show: Callable[[int, dict[str, Any]], None],
) -> int:
    """Runs the steps, shows how far they are some 20 times a second, and returns how many there were."""
    done, shown = 0, time.perf_counter()
    for part in epoch.parts():
        before = done - part.begin
        run(part, lambda end, before=before: show(before + end - 1, logs()))  # type: ignore[misc]
        done = before + part.end
        if time.perf_counter() - shown > 0.05:
            shown = time.perf_counter()
            show(done - 1, logs())
    return done
