"""What is asked of each output of a model: its loss, how much that counts, its metrics, and who computes them.

The core computes losses and metrics that are a value for each row, within its loop. What else there is, Python computes
from the predictions of each batch, which the core hands out before it goes back through the network: no second pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from steepest._data.arrays import Array
from steepest._graph.tensors import Shape
from steepest.losses import Loss
from steepest.metrics import Metric


class Head:
    """The loss and the metrics of one output.

    Args:
        target: what its targets are called in messages: `y`, or y['a'] of several.
        name: of the output.
        shape: of the output, batch included.
        loss: None where it has none.
        weight: of the loss in the sum over all outputs.
        metrics, weighted: without and with sample weights.
    """

    def __init__(
        self,
        target: str,
        name: str,
        shape: Shape,
        loss: Loss | None,
        weight: float,
        metrics: Sequence[Metric],
        weighted: Sequence[Metric],
    ):
        self.target, self.name, self.shape = target, name, shape
        self.loss, self.weight = loss, weight
        self.metrics, self.weighted = list(metrics), list(weighted)
        self.in_core = loss is not None and loss.in_core
        self._core = {
            key: [metric for metric in given if self.in_core and metric.in_core]
            for key, given in (("metrics", self.metrics), ("weighted_metrics", self.weighted))
        }
        self.in_python = [
            (metric, given is self.weighted)
            for given in (self.metrics, self.weighted)
            for metric in given
            if not (self.in_core and metric.in_core)
        ]
        if loss is not None:
            loss.check_reduction()
        self.spec = self._make_spec()

    @property
    def core_metrics(self) -> list[Metric]:
        """Those that the core computes, in its order."""
        return self._core["metrics"] + self._core["weighted_metrics"]

    def _make_spec(self) -> dict[str, Any] | None:
        """What the core is told; None if it has nothing to compute."""
        if self.loss is None or not self.in_core:
            return None
        specs = {key: [metric.spec() for metric in metrics] for key, metrics in self._core.items()}
        return {"loss": self.loss.spec(), "weight": self.weight, **specs}

    @property
    def observing(self) -> str:
        """What Python does with the predictions, in the core's words."""
        if self.loss is not None and not self.in_core:
            return "loss"
        return "predictions" if self.in_python else ""

    def observe(self, y_true: Array, y_pred: Array, weight: Array | None, gradient: Array | None) -> float | None:
        """Updates the metrics that Python computes, writes `gradient`, and returns the loss, if that is Python's."""
        for metric, weighted in self.in_python:
            metric.update_state(y_true, y_pred, sample_weight=weight if weighted else None)
        if self.loss is None or self.in_core:
            return None
        if gradient is not None:
            gradient[...] = self.weight * self.loss.weighted_gradient(y_true, y_pred, weight)
        return float(self.loss(y_true, y_pred, weight))

    # targets

    def arranged(self, y: Array | None) -> Array | None:
        """The targets with as many axes as the output.

        Raises:
            ValueError: if they can't be compared with the output.
        """
        if y is None:
            if self.loss is not None:
                raise ValueError(
                    f"`{self.target}` is missing: training and evaluation need targets. Received: {self.target}=None"
                )
            return None
        if y.ndim == len(self.shape) - 1:
            y = y[..., None]
        if self.spec is not None:
            self._check(y)
        return y

    def views(self, y: Array | None, weight: Array | None) -> tuple[list[Array], list[Array]]:
        """Targets that are arranged, and weights, as the core reads them: an array for each position of the output."""
        if not self.in_core or y is None:
            return [], []
        targets = y.reshape(len(y), -1, y.shape[-1])
        weights: list[Array] = []
        if weight is not None:
            if weight.size != len(y) and weight.shape not in (y.shape[:-1], (*y.shape[:-1], 1)):
                inner = "" if y.ndim == 2 else f", or a weight for each position, of shape {y.shape[:-1]}"
                raise ValueError(
                    f"`sample_weight` must be one weight a row, of shape {(len(y),)}{inner}. "
                    f"Received: sample_weight.shape={weight.shape}"
                )
            weight = weight.reshape(len(y), -1)
            weights = [weight[:, p] for p in range(weight.shape[1])]
        return [targets[:, p] for p in range(targets.shape[1])], weights

    def _check(self, y: Array) -> None:
        outputs, width = self.shape[-1], y.shape[-1]
        assert outputs is not None and self.loss is not None
        named: list[tuple[str, Any]] = [("loss", self.loss), *((metric.name, metric) for metric in self.core_metrics)]
        for name, computed in named:
            rule, sparse = computed.spec()["name"], computed.sparse
            if y.shape[1:] != (*self.shape[1:-1], 1 if sparse else outputs):
                inner = "".join(f", {size}" for size in self.shape[1:-1])
                raise ValueError(
                    f"`{self.target}` does not fit to {name!r} ({rule}). Expected the shape "
                    + (
                        f"(n{inner or ','}) or (n{inner}, 1), of class indices"
                        if sparse
                        else f"(n{inner}, {outputs}), as the outputs"
                    )
                    + f".{_other_crossentropy(rule, width)} Received: {self.target}.shape={y.shape}"
                )
        if width == 1 and any(computed.sparse for _, computed in named):
            check_labels(y, outputs)


def check_labels(y: Array, classes: int) -> None:
    """Refuses what is no index of a class.

    Raises:
        ValueError: for what is negative or too large, and for fractions.
    """
    low, high = y.min(), y.max()
    if not (low >= 0 and high < classes):  # so that nan is outside
        raise ValueError(
            f"Class indices must be from 0 to {classes - 1}, for {classes} outputs. "
            f"Received: labels from {low} to {high}"
        )
    if y.dtype.kind == "f" and (y != np.floor(y)).any():
        raise ValueError(f"Class indices must be whole numbers. Received: a label of {y[y != np.floor(y)][0]}")


def _other_crossentropy(rule: str, width: int) -> str:
    """The end of a sentence about targets of the wrong width: what would take them."""
    if rule.startswith("sparse_categorical") and width > 1:
        return f" One-hot targets go with {rule.removeprefix('sparse_')!r}."
    if rule == "categorical_crossentropy" and width == 1:
        return " Class indices go with 'sparse_categorical_crossentropy', or `utils.to_categorical(y)`."
    return ""
