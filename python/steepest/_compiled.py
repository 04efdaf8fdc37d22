"""What `compile` was told, and what follows from it once outputs and targets are known."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steepest import _core, losses, metrics, optimizers
from steepest._data import Rows
from steepest._sources import Part
from steepest.losses import Loss
from steepest.metrics import Metric
from steepest.optimizers import Optimizer


class Results:
    """A loss and metrics for a model of N outputs: their rules in the core, and their names in logs."""

    def __init__(self, loss: Loss, watched: Sequence[Metric], outputs: int):
        self.loss = loss.spec()
        self.metrics = [metric.spec() for metric in watched]
        self._conclusions = [metric.conclude for metric in watched]
        self.names = ["loss", *_unique([metric.name for metric in watched])]
        self.directions = dict(zip(self.names, ["down", *(metric._direction for metric in watched)], strict=True))
        self._outputs = outputs
        self._head = {"loss": self.loss, "weight": 1.0, "metrics": self.metrics}
        self._sorted = sorted(range(len(self.names)), key=self.names.__getitem__)  # Keras's order in logs

    @property
    def rules(self) -> dict[str, str]:
        """The rule behind each name."""
        return dict(zip(self.names, [self.loss["name"], *(spec["name"] for spec in self.metrics)], strict=True))

    def trainer(self, network: _core.Network, optimizer: dict[str, Any] | None) -> _core.Trainer:
        """A trainer that computes them, with the spec of an optimizer or only to evaluate."""
        return _core.Trainer(network, [self._head], optimizer)

    def logs(self, trainer: _core.Trainer) -> dict[str, float]:
        """The loss and the metrics so far, by name."""
        loss, *means = trainer.results()[1:]  # behind the sum over all outputs
        values = [loss, *(conclude(mean) for conclude, mean in zip(self._conclusions, means, strict=True))]
        return {self.names[i]: values[i] for i in self._sorted}

    def listed(self, logs: dict[str, float]) -> Any:
        """The logs as [loss, *metrics]; the loss alone if there are no metrics."""
        values = [logs[name] for name in self.names]
        return values if len(values) > 1 else values[0]

    def check(self, rows: Rows) -> None:
        """Refuses targets that the loss or a metric can't be computed with.

        Raises:
            ValueError: if they are not as wide as the outputs; where class indices are expected, if they are wider than
                one, fractions, or no classes.
        """
        width = rows.y.shape[1]
        for name, rule in self.rules.items():
            sparse = rule.startswith("sparse_")
            if width != (1 if sparse else self._outputs):
                raise ValueError(
                    f"`y` does not fit to {name!r} ({rule}). Expected the shape "
                    + ("(n,) or (n, 1), of class indices" if sparse else f"(n, {self._outputs}), as the outputs")
                    + f".{_other_crossentropy(rule, width)} Received: y.shape={rows.y.shape}"
                )
        if width == 1 and any(rule.startswith("sparse_") for rule in self.rules.values()):
            self._check_labels(rows.y)

    def _check_labels(self, y: NDArray[Any]) -> None:
        low, high = y.min(), y.max()
        if not (low >= 0 and high < self._outputs):  # so that nan is outside
            raise ValueError(
                f"Class indices must be from 0 to {self._outputs - 1}, for {self._outputs} outputs. "
                f"Received: labels from {low} to {high}"
            )
        if y.dtype.kind == "f" and (y != np.floor(y)).any():
            raise ValueError(f"Class indices must be whole numbers. Received: a label of {y[y != np.floor(y)][0]}")


class Compiled:
    """The optimizer, loss and metrics of a model, and the core's trainer that carries the optimizer's state.

    Raises:
        ValueError: for an unknown optimizer, loss or metric.
    """

    def __init__(self, optimizer: Any, loss: Any, watched: Sequence[Any], steps_per_execution: int = 1):
        self.optimizer: Optimizer = optimizers.get(optimizer)
        self.loss = loss
        self.steps_per_execution = steps_per_execution
        self._watched = list(watched)
        self.results: Results | None = None
        self._trainer: tuple[_core.Network, _core.Trainer] | None = None
        self._resolve(1, 1)  # refuses unknown names at once

    def _resolve(self, outputs: int, width: int) -> Results | None:
        if self.loss is None:
            return None
        loss = losses.resolve(self.loss, outputs, width)
        return Results(loss, [metrics.resolve(metric, loss, outputs, width) for metric in self._watched], outputs)

    def resolve(self, outputs: int, width: int) -> Results:
        """The rules for this many outputs and values in a target; the first answer stays, as in Keras.

        Raises:
            ValueError: if there is no loss.
        """
        results = self.results or self._resolve(outputs, width)
        if results is None:
            raise ValueError("No loss to compute. Provide a `loss` argument in `compile()`.")
        return results

    def check_optimizer(self, network: _core.Network | None) -> None:
        """Refuses an optimizer that can't train a model, and one whose state belongs to other weights.

        Raises:
            ValueError: if it is one of these.
        """
        self.optimizer.training_spec()
        before = _trainers.get(self.optimizer)
        if before is not None and before[0] is not network and self.optimizer.iterations:
            raise ValueError(
                f"Optimizer {self.optimizer.name!r} has trained other weights, in {self.optimizer.iterations} steps, "
                "and keeps their state. Compile the model again, with a new optimizer or an optimizer's name."
            )

    def trainer(self, network: _core.Network, results: Results) -> _core.Trainer:
        """The trainer of this network, with the optimizer's state as it was last."""
        if self._trainer is None or self._trainer[0] is not network:
            trainer = results.trainer(network, self.optimizer.training_spec())
            before = _trainers.get(self.optimizer)
            if before is not None and before[0] is network:
                trainer.set_state(before[1].get_state())
            self.results = results
            self._trainer = _trainers[self.optimizer] = (network, trainer)
        return self._trainer[1]

    @property
    def states(self) -> int | None:
        """How many numbers the optimizer keeps for each weight; None before the training."""
        if self._trainer is None:
            return None
        optimizer = self.optimizer
        kept = len(_core.rules()["optimizers"][optimizer.training_spec()["name"]]["state"])
        return kept + optimizer.use_ema + (optimizer.gradient_accumulation_steps is not None)

    def evaluator(self, network: _core.Network, results: Results) -> _core.Trainer:
        """A trainer of this network that only evaluates; each caller has its own, so that threads don't mix results."""
        self.results = results
        return results.trainer(network, None)

    def train(self, trainer: _core.Trainer, part: Part, on_progress: Callable[[int], None] | None = None) -> None:
        """The steps of a part of an epoch. `optimizer.iterations` is right afterwards, also after Ctrl-C."""
        optimizer = self.optimizer
        trainer.iterations = int(optimizer._iterations)  # it may have been set, or be that of another compile
        data, order, size, begin, end = part
        try:
            trainer.train(data, order, size, optimizer.learning_rates(end - begin), begin, end, on_progress)
        finally:
            optimizer._iterations.assign(trainer.iterations)

    def finalize(self, trainer: _core.Trainer) -> None:
        """Makes the weights their moving averages, if those are kept: what ends a training."""
        if self.optimizer.use_ema:
            trainer.move_averages("to_weights")


# An optimizer's state lies in its last trainer, and so belongs to one network.
_trainers: weakref.WeakKeyDictionary[Optimizer, tuple[_core.Network, _core.Trainer]] = weakref.WeakKeyDictionary()


def _other_crossentropy(rule: str, width: int) -> str:
    """The end of a sentence about targets of the wrong width: what would take them."""
    if rule.startswith("sparse_categorical") and width > 1:
        return f" One-hot targets go with {rule.removeprefix('sparse_')!r}."
    if rule == "categorical_crossentropy" and width == 1:
        return " Class indices go with 'sparse_categorical_crossentropy', or `utils.to_categorical(y)`."
    return ""


def _unique(names: Sequence[str]) -> list[str]:
    """The names, repeated ones numbered as in Keras: mse, mse_1, mse_2."""
    counts: dict[str, int] = {}
    unique = []
    for name in names:
        seen = counts.get(name, 0)
        counts[name] = seen + 1
        unique.append(f"{name}_{seen}" if seen else name)
    return unique
