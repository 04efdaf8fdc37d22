"""How steps become calls of the core: one call for all of them, or one a batch if a callback wants that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from steepest.callbacks import CallbackList

Report = Callable[[int], None]

_STOP = {"train": "stop_training", "test": "stop_evaluating", "predict": "stop_predicting"}


def run_steps(
    kind: str,
    run: Callable[[int, int, Report | None], None],
    logs: Callable[[], dict[str, Any]],
    callbacks: CallbackList,
    begin: int,
    end: int,
) -> None:
    """Runs steps begin..end-1.

    Args:
        kind: "train", "test" or "predict": which hooks are called.
        run: `run(begin, end, report)` takes steps; `report(steps done)` is for what wants to show the progress.
        logs: what the hooks are told after a step.
        callbacks: whose hooks are called, and who may set `model.stop_training` in them.
        begin, end: the steps.
    """
    if callbacks.hooks_into(kind):
        on_begin = getattr(callbacks, f"on_{kind}_batch_begin")
        on_end = getattr(callbacks, f"on_{kind}_batch_end")
        for step in range(begin, end):
            on_begin(step - begin)
            run(step, step + 1, None)
            on_end(step - begin, logs())
            if getattr(callbacks.model, _STOP[kind]):
                break
    elif callbacks.progbar is not None and callbacks.progbar.live:
        show = getattr(callbacks.progbar, f"on_{kind}_batch_end")
        run(begin, end, lambda done: show(done - 1, logs()))
    else:
        run(begin, end, None)
