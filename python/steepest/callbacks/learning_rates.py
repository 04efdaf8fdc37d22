"""What the callbacks do with learning rates: read them, report them, also of several optimizers."""

from __future__ import annotations

from typing import Any

from steepest.callbacks.callback import Logs


def optimizers_of(model: Any) -> list[tuple[Any, str]]:
    """The model's optimizers, each with what tells it from the others: nothing, if there is one only.

    Raises:
        ValueError: if one has no `learning_rate`.
    """
    optimizer = model.optimizer
    several = getattr(optimizer, "optimizers", None)
    found = [(optimizer, "")] if several is None else [(each, each.name) for each in several]
    for each, _ in found:
        if not hasattr(each, "learning_rate"):
            raise ValueError(f'Optimizer must have a "learning_rate" attribute. Received: {each!r}')
    return found


def report_rates(model: Any, logs: Logs) -> None:
    """Adds the learning rates to the logs: `learning_rate`, or one for each of several optimizers."""
    for optimizer, name in optimizers_of(model):
        logs[f"learning_rate_{name}" if name else "learning_rate"] = float(optimizer.learning_rate)
