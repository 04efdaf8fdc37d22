"""Counts of right and wrong answers at one or more thresholds, and the shares that follow from them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from steepest._data import rows as _rows
from steepest._data.rows import Array
from steepest._names.arguments import whole
from steepest.metrics.metric import Metric
from steepest.metrics.variable import MetricVariable

LOWEST = -1e10  # what is not among the k largest counts as this


def thresholds_of(thresholds: Any, default: float = 0.5) -> list[float]:
    """The thresholds as a list.

    Raises:
        ValueError: for one outside [0, 1], or none.
    """
    if thresholds is None:
        return [default]
    values = list(thresholds) if isinstance(thresholds, (list, tuple, np.ndarray)) else [thresholds]
    invalid = [value for value in values if value is None or not 0 <= value <= 1]
    if invalid or not values:
        raise ValueError(f"Threshold values must be in [0, 1]. Received: {invalid or thresholds}")
    return values


def tally(
    dtype: str,
    counts: Mapping[str, MetricVariable],
    y_true: ArrayLike,
    y_pred: ArrayLike,
    thresholds: ArrayLike,
    sample_weight: ArrayLike | None = None,
    top_k: int | None = None,
    class_id: int | None = None,
    by_label: bool = False,
    label_weights: Array | None = None,
) -> None:
    """Adds weights of elements to "tp", "fp", "tn" and "fn", as far as they are asked for, at each threshold.

    An element is positive where `y_true` is not 0, and said to be where `y_pred` is above the threshold, in `dtype`.

    Raises:
        ValueError: for shapes that don't fit together.
    """
    truth, said = _rows.same_rank(*_rows.as_floats(y_true, y_pred, dtype))
    levels = np.asarray(thresholds, dtype)
    if truth.shape != said.shape:
        raise ValueError(
            f"`y_true` and `y_pred` must have the same shape. Received: y_true.shape={truth.shape}, "
            f"y_pred.shape={said.shape}"
        )
    weights = np.ones(())
    if sample_weight is not None:
        weights = _rows.as_float(sample_weight, "sample_weight", np.float64)
        weights = weights[..., None] if 0 < weights.ndim < said.ndim else weights
    if top_k is not None:
        kept = np.argsort(-said, axis=-1, kind="stable")[..., :top_k]
        chosen = np.zeros(said.shape, bool)
        np.put_along_axis(chosen, kept, True, axis=-1)
        said = np.where(chosen, said, LOWEST)
    if class_id is not None:
        if said.ndim == 1:
            raise ValueError(f"With `class_id`, y_pred must have the shape (n, classes). Received: {said.shape}")
        truth, said = truth[..., class_id, None], said[..., class_id, None]
    try:
        weights = np.broadcast_to(weights, said.shape)
    except ValueError:
        raise ValueError(
            f"`sample_weight` must broadcast to the shape of `y_pred`, {said.shape}. "
            f"Received: sample_weight.shape={weights.shape}"
        ) from None
    if label_weights is not None:
        weights = weights * label_weights
    if by_label:
        columns = [(truth[:, j], said[:, j], weights[:, j]) for j in range(said.shape[1])]
        parts = [_counts(*column, levels) for column in columns]
        found = {name: np.stack([part[name] for part in parts], axis=1) for name in parts[0]}
    else:
        found = _counts(truth.ravel(), said.ravel(), weights.ravel(), levels)
    for name, variable in counts.items():
        variable.assign_add(found[name])


def _counts(truth: Array, said: Array, weights: Array, thresholds: Array) -> dict[str, Array]:
    """The four counts at each threshold: a histogram over the intervals between them, added up from above."""
    order = np.argsort(thresholds, kind="stable")
    bins = np.searchsorted(thresholds[order], said, side="left")  # thresholds below `said`
    positive = truth != 0
    found = {}
    for name, missed, chosen in (("tp", "fn", positive), ("fp", "tn", ~positive)):
        histogram = np.bincount(bins[chosen], weights[chosen], len(thresholds) + 1)
        above = np.empty(len(thresholds))
        above[order] = np.cumsum(histogram[::-1])[::-1][1:]
        found[name], found[missed] = above, histogram.sum() - above
    return found


def share(part: Array, rest: Array) -> Array:
    """part / (part + rest), 0 where both are 0."""
    total = part + rest
    return np.divide(part, total, out=np.zeros_like(part), where=total != 0)


class _Count(Metric):
    kind = ""

    def __init__(self, thresholds: Any = None, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(dtype, name)
        self.init_thresholds = thresholds
        self.thresholds = thresholds_of(thresholds)
        self.accumulator = self.add_variable(len(self.thresholds), name="accumulator")

    def update_state(self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None) -> None:
        tally(self.dtype, {self.kind: self.accumulator}, y_true, y_pred, self.thresholds, sample_weight)

    def result(self) -> Any:
        value = self.accumulator.value
        return self._as_result(value[0] if len(value) == 1 else value)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "thresholds": self.init_thresholds}


class TruePositives(_Count):
    """The number (the sum of weights) of elements with y_true 1 and y_pred above the threshold.

    Args:
        thresholds: a number from 0 to 1, or a list of them; 0.5 by default.
        name, dtype: see `Metric`.

    >>> float(TruePositives()([0, 1, 1, 1], [0.2, 0.9, 0.4, 0.8]))
    2.0
    """

    kind = "tp"


class FalsePositives(_Count):
    """The number (the sum of weights) of elements with y_true 0 and y_pred above the threshold.

    Args:
        thresholds: a number from 0 to 1, or a list of them; 0.5 by default.
        name, dtype: see `Metric`.

    >>> FalsePositives(thresholds=[0.1, 0.5])([0, 1, 0, 1], [0.2, 0.9, 0.6, 0.8])
    array([2., 1.], dtype=float32)
    """

    kind = "fp"


class TrueNegatives(_Count):
    """The number (the sum of weights) of elements with y_true 0 and y_pred up to the threshold.

    Args:
        thresholds: a number from 0 to 1, or a list of them; 0.5 by default.
        name, dtype: see `Metric`.

    >>> float(TrueNegatives()([0, 1, 0, 1], [0.2, 0.9, 0.6, 0.8]))
    1.0
    """

    kind = "tn"


class FalseNegatives(_Count):
    """The number (the sum of weights) of elements with y_true 1 and y_pred up to the threshold.

    Args:
        thresholds: a number from 0 to 1, or a list of them; 0.5 by default.
        name, dtype: see `Metric`.

    >>> float(FalseNegatives()([0, 1, 1, 1], [0.2, 0.9, 0.4, 0.8], sample_weight=[1, 1, 3, 1]))
    3.0
    """

    kind = "fn"


class _Share(Metric):
    other, other_name = "", ""
    _direction = "up"

    def __init__(
        self,
        thresholds: Any = None,
        top_k: int | None = None,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(dtype, name)
        if top_k is not None:
            whole(top_k, "top_k", 1)
        if class_id is not None:
            whole(class_id, "class_id", 0)
        self.init_thresholds, self.top_k, self.class_id = thresholds, top_k, class_id
        self.thresholds = thresholds_of(thresholds, 0.5 if top_k is None else LOWEST)
        self.true_positives = self.add_variable(len(self.thresholds), name="true_positives")
        self._wrong = self.add_variable(len(self.thresholds), name=self.other_name)
        setattr(self, self.other_name, self._wrong)

    def update_state(self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None) -> None:
        counts = {"tp": self.true_positives, self.other: self._wrong}
        tally(self.dtype, counts, y_true, y_pred, self.thresholds, sample_weight, self.top_k, self.class_id)

    def result(self) -> Any:
        value = share(self.true_positives.value, self._wrong.value)
        return self._as_result(value[0] if len(value) == 1 else value)

    def get_config(self) -> dict[str, Any]:
        own = {"thresholds": self.init_thresholds, "top_k": self.top_k, "class_id": self.class_id}
        return {**super().get_config(), **own}


class Precision(_Share):
    """result = true positives / (true positives + false positives): how much of what is said to be 1 is; 0 of nothing.

    Args:
        thresholds: a number from 0 to 1, or a list of them; 0.5 by default, none with `top_k`.
        top_k: only the k largest predictions of a row are said to be 1.
        class_id: only this column is looked at.
        name, dtype: see `Metric`.

    >>> float(Precision()([0, 1, 1, 1], [1, 0, 1, 1], sample_weight=[0, 0, 1, 0]))
    1.0
    """

    other, other_name = "fp", "false_positives"


class Recall(_Share):
    """result = true positives / (true positives + false negatives): how much of what is 1 is found; 0 of nothing.

    Args:
        thresholds: a number from 0 to 1, or a list of them; 0.5 by default, none with `top_k`.
        top_k: only the k largest predictions of a row are said to be 1.
        class_id: only this column is looked at.
        name, dtype: see `Metric`.

    >>> float(Recall()([0, 1, 1, 1], [1, 0, 1, 1], sample_weight=[0, 0, 1, 0]))
    1.0
    """

    other, other_name = "fn", "false_negatives"
