"""What follows from the counts at many thresholds: the area under a curve, one share where another suffices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from steepest import activations
from steepest._data.rows import Array
from steepest._names.arguments import whole
from steepest.metrics.confusion import share, tally
from steepest.metrics.metric import Metric

_NAMES = {"tp": "true_positives", "fp": "false_positives", "tn": "true_negatives", "fn": "false_negatives"}
EPSILON = 1e-7


class _Counts(Metric):
    """The four counts at thresholds that are spread evenly over [0, 1]."""

    _counts: dict[str, Any] | None = None

    def _make_variables(self, shape: tuple[int, ...]) -> None:
        self._counts = {kind: self.add_variable(shape, name=name) for kind, name in _NAMES.items()}
        for kind, name in _NAMES.items():
            setattr(self, name, self._counts[kind])

    def _count(self, kind: str) -> Array:
        assert self._counts is not None
        value: Array = self._counts[kind].value
        return value


def _even(count: int) -> list[float]:
    return [(i + 1) / (count - 1) for i in range(count - 2)]


class _ShareAt(_Counts):
    """The largest of one share over the thresholds at which another is at least `value`."""

    best, bound = ("tp", "fn"), ("tn", "fp")
    _direction = "up"

    def __init__(
        self, bound_name: str, value: Any, num_thresholds: Any, class_id: Any, name: str | None, dtype: Any
    ) -> None:
        super().__init__(dtype, name)
        if not 0 <= value <= 1:
            raise ValueError(f"Argument `{bound_name}` must be in the range [0, 1]. Received: {bound_name}={value}")
        if num_thresholds <= 0:
            raise ValueError(f"Argument `num_thresholds` must be an integer > 0. Received: {num_thresholds=}")
        if class_id is not None:
            whole(class_id, "class_id", 0)
        self._bound_name, self._value = bound_name, value
        setattr(self, bound_name, value)
        self.num_thresholds, self.class_id = num_thresholds, class_id
        self.thresholds = [0.5] if num_thresholds == 1 else [0.0, *_even(num_thresholds), 1.0]
        self._make_variables((len(self.thresholds),))

    def update_state(self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None) -> None:
        assert self._counts is not None
        tally(self.dtype, self._counts, y_true, y_pred, self.thresholds, sample_weight, class_id=self.class_id)

    def result(self) -> Any:
        found = share(*map(self._count, self.best))
        suffices = share(*map(self._count, self.bound)) >= self._value
        return self._as_result(np.max(found, where=suffices, initial=0))

    def get_config(self) -> dict[str, Any]:
        own = {"num_thresholds": self.num_thresholds, "class_id": self.class_id, self._bound_name: self._value}
        return {**super().get_config(), **own}


class SensitivityAtSpecificity(_ShareAt):
    """The largest tp / (tp + fn) over the thresholds at which tn / (tn + fp) is at least `specificity`.

    Args:
        specificity: from 0 to 1.
        num_thresholds: how many thresholds, spread evenly over [0, 1]; 200 by default.
        class_id: only this column is looked at.
        name, dtype: see `Metric`.

    Raises:
        ValueError: for a specificity outside [0, 1], or no thresholds.

    >>> float(SensitivityAtSpecificity(0.5)([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8]))
    0.5
    """

    def __init__(
        self,
        specificity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__("specificity", specificity, num_thresholds, class_id, name, dtype)


class SpecificityAtSensitivity(_ShareAt):
    """The largest tn / (tn + fp) over the thresholds at which tp / (tp + fn) is at least `sensitivity`.

    Args:
        sensitivity: from 0 to 1.
        num_thresholds, class_id, name, dtype: see `SensitivityAtSpecificity`.

    >>> round(float(SpecificityAtSensitivity(0.5)([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8])), 4)
    0.6667
    """

    best, bound = ("tn", "fp"), ("tp", "fn")

    def __init__(
        self,
        sensitivity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__("sensitivity", sensitivity, num_thresholds, class_id, name, dtype)


class PrecisionAtRecall(_ShareAt):
    """The largest tp / (tp + fp) over the thresholds at which tp / (tp + fn) is at least `recall`.

    Args:
        recall: from 0 to 1.
        num_thresholds, class_id, name, dtype: see `SensitivityAtSpecificity`.

    >>> float(PrecisionAtRecall(0.5)([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8]))
    0.5
    """

    best, bound = ("tp", "fp"), ("tp", "fn")

    def __init__(
        self,
        recall: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__("recall", recall, num_thresholds, class_id, name, dtype)


class RecallAtPrecision(_ShareAt):
    """The largest tp / (tp + fn) over the thresholds at which tp / (tp + fp) is at least `precision`.

    Args:
        precision: from 0 to 1.
        num_thresholds, class_id, name, dtype: see `SensitivityAtSpecificity`.

    >>> float(RecallAtPrecision(0.8)([0, 0, 1, 1], [0, 0.5, 0.3, 0.9]))
    0.5
    """

    best, bound = ("tp", "fn"), ("tp", "fp")

    def __init__(
        self,
        precision: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__("precision", precision, num_thresholds, class_id, name, dtype)


class AUC(_Counts):
    """The area under the curve through the thresholds' points: the share of pairs that are in the right order, for ROC.

    Args:
        num_thresholds: how many thresholds, spread evenly over [0, 1]; 200 by default.
        curve: "ROC" (the default): tp / (tp + fn) over fp / (fp + tn); "PR": precision over recall; "PRGAIN": gains.
        summation_method: "interpolation" (the default: trapezoids, for PR Davis and Goadrich's), "minoring" or
            "majoring".
        name, dtype: see `Metric`.
        thresholds: thresholds of one's own between 0 and 1, instead.
        multi_label: whether each column has an area of its own; their mean is returned.
        num_labels: how many columns; those of the first predictions by default.
        label_weights: a weight for each column.
        from_logits: whether a sigmoid is to be taken of `y_pred`.

    Raises:
        ValueError: for an unknown curve or method, or fewer than two thresholds.

    >>> float(AUC(num_thresholds=3)([0, 0, 1, 1], [0, 0.5, 0.3, 0.9]))
    0.75
    """

    _direction = "up"

    def __init__(
        self,
        num_thresholds: int = 200,
        curve: str = "ROC",
        summation_method: str = "interpolation",
        name: str | None = None,
        dtype: Any = None,
        thresholds: Any = None,
        multi_label: bool = False,
        num_labels: int | None = None,
        label_weights: Any = None,
        from_logits: bool = False,
    ) -> None:
        super().__init__(dtype, name)
        if str(curve).upper() not in ("ROC", "PR", "PRGAIN"):
            raise ValueError(f'Invalid AUC curve value: "{curve}". Expected values are ["PR", "ROC", "PRGAIN"]')
        if str(summation_method).lower() not in ("interpolation", "majoring", "minoring"):
            raise ValueError(
                f'Invalid AUC summation method value: "{summation_method}". '
                'Expected values are ["interpolation", "majoring", "minoring"]'
            )
        if thresholds is None and num_thresholds <= 1:
            raise ValueError(f"Argument `num_thresholds` must be an integer > 1. Received: {num_thresholds=}")
        if num_labels and not multi_label:
            raise ValueError("`num_labels` is needed only when `multi_label` is True.")
        if num_labels is not None:
            whole(num_labels, "num_labels", 1)
        self._given = thresholds is not None
        if isinstance(thresholds, str) or not all(0 <= threshold <= 1 for threshold in thresholds or ()):
            raise ValueError(f"`thresholds` must be numbers from 0 to 1. Received: {thresholds=}")
        inner = sorted(thresholds) if self._given else _even(num_thresholds)
        self.thresholds = [-EPSILON, *inner, 1.0 + EPSILON]
        self.num_thresholds = len(self.thresholds)
        self.curve, self.summation_method = str(curve).upper(), str(summation_method).lower()
        self.multi_label, self.num_labels, self.from_logits = bool(multi_label), num_labels, bool(from_logits)
        self.label_weights = None if label_weights is None else np.asarray(label_weights, np.float64)
        if not multi_label:
            self._make_variables((self.num_thresholds,))
        elif num_labels:
            self._make_variables((self.num_thresholds, num_labels))

    def update_state(self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None) -> None:
        """Adds rows to the counts.

        Raises:
            ValueError: for shapes that don't fit, and with `multi_label` for predictions that are no rows.
        """
        y_pred = np.asarray(activations.sigmoid(y_pred) if self.from_logits else y_pred)
        if self.multi_label and y_pred.ndim != 2:
            raise ValueError(f"With `multi_label`, `y_pred` must have rank 2. Received: y_pred.shape={y_pred.shape}")
        if self._counts is None:
            self._make_variables((self.num_thresholds, y_pred.shape[1]))
        assert self._counts is not None
        columns = self.multi_label  # each has its own counts, and its weight counts in the mean of the areas
        tally(
            self.dtype,
            self._counts,
            y_true,
            y_pred,
            self.thresholds,
            sample_weight,
            by_label=columns,
            label_weights=None if columns else self.label_weights,
        )

    def result(self) -> Any:
        if self._counts is None:
            return self._as_result(0.0)
        terms = self._davis() if (self.curve, self.summation_method) == ("PR", "interpolation") else self._riemann()
        areas = terms.sum(axis=0)
        if self.multi_label and self.label_weights is not None:
            total = self.label_weights.sum()
            return self._as_result((areas * self.label_weights).sum() / total if total else 0.0)
        return self._as_result(areas.mean())

    def _riemann(self) -> Array:
        """Widths times heights between neighbouring thresholds."""
        tp, fp, tn, fn = (self._count(kind) for kind in ("tp", "fp", "tn", "fn"))
        if self.curve == "ROC":
            x, y = share(fp, tn), share(tp, fn)
        elif self.curve == "PR":
            x, y = share(tp, fn), share(tp, fp)
        else:  # gains over what always saying 1 has, Flach and Kull 2015
            scale = _ratio(tp + fn, tn + fp)
            x = np.maximum(np.where(tp == 0, 0.0, 1 - scale * _ratio(fn, tp)), 0.0)
            y = np.where(tp == 0, 1.0, 1 - scale * _ratio(fp, tp))
        heights: dict[str, Callable[..., Array]] = {
            "interpolation": lambda a, b: (a + b) / 2,
            "minoring": np.minimum,
            "majoring": np.maximum,
        }
        return np.asarray((x[:-1] - x[1:]) * heights[self.summation_method](y[:-1], y[1:]))

    def _davis(self) -> Array:
        """Integrals of the precision between neighbouring thresholds, with tp linear in fp, Davis and Goadrich 2006."""
        tp, fp, fn = (self._count(kind) for kind in ("tp", "fp", "fn"))
        said, step = tp + fp, tp[:-1] - tp[1:]
        slope = _ratio(step, np.maximum(said[:-1] - said[1:], 0))
        intercept = tp[1:] - slope * said[1:]
        both = (said[:-1] > 0) & (said[1:] > 0)
        ratio = np.where(both, _ratio(said[:-1], said[1:]), 1.0)
        return _ratio(slope * (step + intercept * np.log(ratio)), np.maximum(tp[1:] + fn[1:], 0))

    def get_config(self) -> dict[str, Any]:
        own = {
            "num_thresholds": self.num_thresholds,
            "curve": self.curve,
            "summation_method": self.summation_method,
            "multi_label": self.multi_label,
            "num_labels": self.num_labels,
            "label_weights": None if self.label_weights is None else self.label_weights.tolist(),
            "from_logits": self.from_logits,
        }
        given = {"thresholds": self.thresholds[1:-1]} if self._given else {}
        return {**super().get_config(), **own, **given}


def _ratio(a: Array, b: Array) -> Array:
    """a / b, 0 where b is 0."""
    return np.divide(a, b, out=np.zeros_like(b), where=b != 0)
