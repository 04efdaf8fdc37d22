"""How an epoch's steps become calls of the core: as few as can be, with hooks around each step where there are any."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from steepest._data.sources import Epoch, Part
from steepest.callbacks import CallbackList

Report = Callable[[int], Any]
"""`report(last step + 1)`. After each step it says whether to go on; else it is for what wants to show the progress."""

Run = Callable[[Part, "Report | None", bool], None]
"""`run(part, report, each_step)` takes steps, and calls `report` after each or now and then."""

_STOP = {"train": "stop_training", "test": "stop_evaluating", "predict": "stop_predicting"}


def run_steps(
    kind: str,
    epoch: Epoch,
    run: Run,
    logs: Callable[[], dict[str, Any]],
    callbacks: CallbackList,
    at_a_time: int = 1,
    done: int = 0,
) -> None:
    """Runs the steps of an epoch.

    Args:
        kind: "train", "test" or "predict": which hooks are called.
        epoch: the steps.
        run: takes steps.
        logs: what the hooks are told after a step.
        callbacks: whose hooks are called, and who may set `model.stop_training` in them.
        at_a_time: the steps between two calls of the hooks: `steps_per_execution`.
        done: the steps of the epoch that are taken already.
    """
    if callbacks.hooks_into(kind):
        _run_and_call(kind, epoch, run, logs, callbacks, at_a_time, done)
    elif callbacks.progbar is not None and callbacks.progbar.live:
        show = getattr(callbacks.progbar, f"on_{kind}_batch_end")
        done = _run_and_show(epoch, run, logs, show, done)
        if callbacks.progbar.target is None:
            show(done - 1, logs())
    else:
        for part in epoch.parts():
            run(part, None, False)


def _run_and_call(
    kind: str,
    epoch: Epoch,
    run: Run,
    logs: Callable[[], dict[str, Any]],
    callbacks: CallbackList,
    at_a_time: int,
    done: int,
) -> None:
    """Runs the steps and calls hooks around them: around each without leaving the loop of the core, which waits."""
    begins, ends = callbacks.batch_hooks(kind, "begin"), callbacks.batch_hooks(kind, "end")
    model, stop = callbacks.model, _STOP[kind]

    def begin(batch: int) -> None:
        for hook in begins:
            hook(batch, logs={})

    def end(batch: int) -> bool:
        """Whether to go on."""
        current = logs()
        for hook in ends:
            hook(batch, logs=current)
        return not getattr(model, stop)

    # `done` is how many steps there were before the part
    if at_a_time > 1:
        for group in epoch.groups(at_a_time):
            begin(done)
            for part in group:
                run(part, None, False)
            done += at_a_time
            if not end(done - 1):
                return
        return
    for part in epoch.parts():

        def between(step: int, before: int = done - part.begin, last: int = part.end) -> bool:
            if not end(before + step - 1):
                return False
            if step < last:
                begin(before + step)
            return True

        begin(done)
        run(part, between, True)
        done += part.end - part.begin
        if getattr(model, stop):
            return


def _run_and_show(
    epoch: Epoch,
    run: Run,
    logs: Callable[[], dict[str, Any]],
    show: Callable[[int, dict[str, Any]], None],
    done: int,
) -> int:
    """Runs the steps, shows how far they are some 20 times a second, and returns how many there were."""
    shown = time.perf_counter()
    for part in epoch.parts():
        before = done - part.begin
        run(part, lambda end, before=before: show(before + end - 1, logs()), False)  # type: ignore[misc]
        done = before + part.end
        if time.perf_counter() - shown > 0.05:
            shown = time.perf_counter()
            show(done - 1, logs())
    return done
