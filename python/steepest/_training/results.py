"""Losses and metrics of all outputs, computed by the core, or by Python from what the core hands out."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from steepest import _core
from steepest._data.arrays import Array
from steepest._data.data_set import Rows
from steepest._data.sources import Part
from steepest._training.heads import Head
from steepest._training.loop import Report
from steepest._weights.rules import WeightRules
from steepest.metrics import Metric


class Results:
    """The losses and metrics of all outputs: their names in logs, and where their values come from.

    Args:
        heads: of the outputs.
        order: the names of the outputs, as `compile` was given the losses.
    """

    def __init__(self, heads: Sequence[Head], order: Sequence[str]):
        self.heads = list(heads)
        with_loss = [head for head in heads if head.loss is not None]
        if not with_loss:
            raise ValueError("No loss to compute. Provide a `loss` argument in `compile()`.")
        self.observed = [head for head in heads if head.observing]
        names = _metric_names(heads)
        with_loss.sort(key=lambda head: order.index(head.name))
        losses = {id(head): f"{head.name}_loss" for head in with_loss if len(with_loss) > 1}
        # The core's results are the sum of all losses, then of each head that it has the loss and the metrics.
        self._from_core: list[tuple[str, int, Callable[[float], float] | None]] = [("loss", 0, None)]
        count = 1
        for head in heads:
            if head.spec is None:
                continue
            if id(head) in losses:
                self._from_core.append((losses[id(head)], count, None))
            count += 1
            for metric in head.core_metrics:
                self._from_core.append((names[head, metric], count, metric.conclude))
                count += 1
        self._from_core.sort(key=lambda entry: entry[0])
        self.losses_in_python = {
            i: losses[id(h)] for i, h in enumerate(self.observed) if h.observing == "loss" and id(h) in losses
        }
        self.metrics_in_python = [(names[head, metric], metric) for head in heads for metric, _ in head.in_python]
        # Keras lists what is called as a metric is, as often as that; then the losses, then the rest by name.
        all_names = {"loss", *losses.values(), *names.values()}
        first = ["loss", *(metric.name for _, metric in names), *losses.values()]
        self._listed = [name for name in first if name in all_names]
        self._listed += sorted(all_names.difference(first))
        directions = {name: metric._direction for (_, metric), name in names.items()}
        self.directions = {name: directions.get(name, "down") for name in self._listed}

    def check_trainable(self) -> None:
        """Refuses losses without a gradient.

        Raises:
            ValueError: if there is one, with what a gradient would look like.
        """
        for head in self.heads:
            if head.loss is not None:
                head.loss.check_trainable()

    def logs(self, trainer: Trainer) -> dict[str, Any]:
        """The losses and the metrics so far, by name, in Keras's order."""
        values = trainer.core.results()
        logs: dict[str, Any] = {
            name: values[i] if conclude is None else conclude(values[i]) for name, i, conclude in self._from_core
        }
        if self.observed:
            for place, name in self.losses_in_python.items():
                logs[name] = trainer.loss(place)
            for name, metric in self.metrics_in_python:
                result = metric.result()
                logs.update(result if isinstance(result, Mapping) else {name: result})
            logs = {name: number(logs[name]) for name in sorted(logs)}
        return logs

    def listed(self, logs: dict[str, Any]) -> Any:
        """The logs as [loss, *metrics]; the loss alone if there are no metrics."""
        own = [name for name in self._listed if name in logs]
        values = [logs[name] for name in (*own, *(name for name in logs if name not in self.directions))]
        return values if len(values) > 1 else values[0]

    def prepared(self, rows: Rows) -> Rows:
        """The rows with what the core reads of them.

        Raises:
            ValueError: for targets or weights that can't be compared with the outputs.
        """
        views = [
            head.views(head.arranged(y), weight)
            for head, y, weight in zip(self.heads, rows.y, rows.sample_weight, strict=True)
        ]
        if rows.sparse:
            return rows
        targets, weights = [y for y, _ in views], [weight for _, weight in views]
        return Rows(rows.x, rows.y, rows.sample_weight, _core.Data(rows.x, targets, weights))


class Trainer:
    """The core's trainer of a network, and beside it the losses and metrics that Python computes.

    Args:
        network: whose weights are trained.
        results: what is computed.
        optimizer: its spec, or None to evaluate only.
        rules: what is done with the weights.
        undecayed: the numbers of weights that the optimizer does not let decay.
    """

    def __init__(
        self,
        network: _core.Network,
        results: Results,
        optimizer: dict[str, Any] | None,
        rules: WeightRules,
        undecayed: Sequence[int] = (),
    ):
        heads = results.heads
        observing = [head.observing for head in heads]
        specs = [head.spec for head in heads]
        self.core = _core.Trainer(network, specs, optimizer, observing, undecayed, rules.spec())
        self.rules = rules
        self._penalty = 0.0  # what the regularizers written in Python cost
        self._results = results
        self._observed = [(heads.index(head), head) for head in results.observed]
        self._losses = [[0.0, 0.0] for _ in self._observed]  # of each a sum over samples, and how many there were

    def reset(self) -> None:
        """Forgets the losses and metrics so far."""
        self.core.reset_results()
        for _, head in self._observed:
            for metric, _ in head.in_python:
                metric.reset_state()
        self._losses = [[0.0, 0.0] for _ in self._observed]

    def get_results(self) -> list[Any]:
        """All that is known of the losses and metrics so far, in plain values."""
        kept = [metric.variables for _, head in self._observed for metric, _ in head.in_python]
        return [self.core.get_means(), self._losses, [[one.value for one in variables] for variables in kept]]

    def set_results(self, results: Sequence[Any]) -> None:
        """Goes on from what `get_results` gave."""
        means, losses, kept = results
        self.core.set_means(means)
        self._losses = [list(pair) for pair in losses]
        metrics = [metric for _, head in self._observed for metric, _ in head.in_python]
        for metric, values in zip(metrics, kept, strict=True):
            metric.set_variables(values)

    def evaluate(self, part: Part, report: Report | None, each_step: bool) -> None:
        """The losses and metrics of the steps of a part, in inference mode; arguments as those of `Run`."""
        self.weigh()
        observer = self.observer(part)
        self.core.evaluate(part.data.views, part.size, part.begin, part.end, report, observer, each_step)

    def loss(self, place: int) -> float:
        """The mean of a loss that Python computes."""
        total, samples = self._losses[place]
        return total / samples if samples else math.nan

    def weigh(self) -> None:
        """Asks the regularizers written in Python what the weights cost as they are: so much each batch costs then."""
        if self.rules.penalties:
            weights = self.core.get_weights()
            self._penalty = sum(float(cost(weights[number])) for number, cost in self.rules.penalties.items())

    def observer(self, part: Part) -> Callable[..., float] | None:
        """What the core calls for each batch of a part; None if there is nothing to do."""
        return partial(self._observe, part) if self._observed or self.rules.penalties else None

    def _observe(
        self, part: Part, first: int, count: int, predictions: list[Array], gradients: list[Array | None]
    ) -> float:
        rows: Any = slice(first, first + count) if part.order is None else part.order[first : first + count]
        total = self._penalty
        for place, (output, head) in enumerate(self._observed):
            shape = (count, *head.shape[1:])
            gradient, y, weight = gradients[place], part.data.y[output], part.data.sample_weight[output]
            if y is None:
                raise ValueError(f"`{head.target}` is missing: its metrics need targets.")
            loss = head.observe(
                y[rows],
                predictions[place].reshape(shape),
                None if weight is None else weight[rows],
                None if gradient is None else gradient.reshape(shape),
            )
            if loss is not None:
                self._losses[place][0] += loss * count
                self._losses[place][1] += count
                total += head.weight * loss
        return total


def _metric_names(heads: Sequence[Head]) -> dict[tuple[Head, Metric], str]:
    """The names of all metrics in logs: of several outputs behind the output's; repeated ones numbered, as in Keras.

    A weighted metric whose name is taken is called weighted_mse, then weighted_mse_1.
    """
    names: dict[tuple[Head, Metric], str] = {}
    counts: dict[str, int] = {}
    for weighted in (False, True):
        for head in heads:
            prefix = f"{head.name}_" if len(heads) > 1 else ""
            for metric in head.weighted if weighted else head.metrics:
                name = prefix + metric.name
                if weighted and name in counts:
                    name = f"{prefix}weighted_{metric.name}"
                seen = counts.get(name, 0)
                counts[name] = seen + 1
                names[head, metric] = f"{name}_{seen}" if seen else name
    return names


def number(value: Any) -> Any:
    """A float of what is one number; arrays as they are."""
    return float(value) if np.ndim(value) == 0 else value
