"""Steps that a subclass of a model takes itself: `train_step` and `test_step`, batch by batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from steepest._data.ports import Ports
from steepest._data.sources import Part
from steepest._training.loop import Report
from steepest._training.results import number


class Stepper:
    """Calls `step` with the data of each batch, `(x, y)` or `(x, y, sample_weight)`, and keeps what it last returned.

    Args:
        step: the method.
        inputs, outputs: of the model: the data have their structure.
    """

    def __init__(self, step: Callable[[Any], Any], inputs: Ports, outputs: Ports):
        self._step, self._inputs, self._outputs = step, inputs, outputs
        self._logs: dict[str, Any] = {}

    def run(self, part: Part, report: Report | None, each_step: bool) -> None:
        """Takes the steps of a part.

        Raises:
            ValueError: if a step returns anything but a dict.
        """
        rows, order, size, begin, end = part
        for step in range(begin, end):
            chosen: Any = slice(step * size, (step + 1) * size)
            batch = rows.dense(chosen if order is None else order[chosen])
            data = [self._inputs.packed(batch.x), self._outputs.packed(batch.y)]
            if any(weight is not None for weight in batch.sample_weight):
                data.append(self._outputs.packed(batch.sample_weight))
            logs = self._step(tuple(data))
            if not isinstance(logs, dict):
                raise ValueError(f"A step must return a dict of numbers by name. Received: {logs!r}")
            self._logs = {name: number(logs[name]) for name in sorted(logs)}
            if report is not None and not report(step + 1) and each_step:
                return

    def logs(self) -> dict[str, Any]:
        """What the last step returned."""
        return dict(self._logs)


class GradientTape:
    """What is not there: operations on arrays are not recorded.

    Raises:
        NotImplementedError: with what there is instead.
    """

    def __init__(self, *args: Any, **kwargs: Any):
        raise NotImplementedError(
            "There is no GradientTape: operations are not recorded, a model's gradients are the core's. In a "
            "`train_step` of your own call `super().train_step((x, y, sample_weight))`; a loss of your own is a "
            "`steepest.losses.Loss` with `call` and `gradient`."
        )
