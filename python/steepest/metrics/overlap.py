"""Intersection over union of classes, from a confusion matrix."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from steepest._data import rows as _rows
from steepest._names.arguments import number, whole
from steepest.metrics.metric import Metric

EPSILON = 1e-7


class IoU(Metric):
    """result = mean over classes of tp / (tp + fp + fn); classes that never occur don't count.

    Args:
        num_classes: how many classes there are.
        target_class_ids: those that the mean is over.
        name, dtype: see `Metric`.
        ignore_class: a label whose elements don't count.
        sparse_y_true, sparse_y_pred: whether they hold class indices (the default), or a value for each class.
        axis: where the values of the classes lie; the last by default.

    Raises:
        ValueError: for a target class that is none, or a number of classes below 1.

    >>> round(float(IoU(num_classes=2, target_class_ids=[0])([0, 0, 1, 1], [0, 1, 0, 1])), 4)
    0.3333
    """

    _direction = "up"
    _arguments: tuple[str, ...] = (
        *("num_classes", "target_class_ids", "ignore_class", "sparse_y_true", "sparse_y_pred", "axis"),
    )

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Sequence[int],
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        super().__init__(dtype, name)
        whole(num_classes, "num_classes", 1)
        for target in target_class_ids:
            if not 0 <= target < num_classes:
                raise ValueError(f"Target class id {target} is out of range, which is [0, {num_classes}).")
        self.num_classes, self.target_class_ids = num_classes, list(target_class_ids)
        self.ignore_class, self.axis = ignore_class, axis
        self.sparse_y_true, self.sparse_y_pred = sparse_y_true, sparse_y_pred
        self.total_cm = self.add_variable((num_classes, num_classes), name="total_confusion_matrix")

    def update_state(self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None) -> None:
        """Adds elements to the confusion matrix; those of no class don't count."""
        truth, said = _rows.as_floats(y_true, y_pred, np.float64)
        truth = (truth if self.sparse_y_true else truth.argmax(axis=self.axis)).ravel().astype(np.int64)
        said = (said if self.sparse_y_pred else said.argmax(axis=self.axis)).ravel().astype(np.int64)
        weights = np.ones(()) if sample_weight is None else _rows.as_float(sample_weight, "sample_weight", np.float64)
        weights = np.broadcast_to(weights.ravel() if weights.ndim else weights, truth.shape)
        n = self.num_classes
        known = (truth >= 0) & (truth < n) & (said >= 0) & (said < n)
        if self.ignore_class is not None:
            known &= truth != self.ignore_class
        cells = np.bincount(truth[known] * n + said[known], weights[known], n * n)
        self.total_cm.assign_add(cells.reshape(n, n))

    def result(self) -> Any:
        matrix = self.total_cm.value
        right = np.diag(matrix)[self.target_class_ids]
        union = (matrix.sum(axis=0) + matrix.sum(axis=1))[self.target_class_ids] - right
        occurs = union > 1e-9
        return self._as_result((right / (union + EPSILON))[occurs].sum() / (occurs.sum() + EPSILON))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), **{name: getattr(self, name) for name in self._arguments}}


class BinaryIoU(IoU):
    """`IoU` of the classes 0 and 1, where y_pred of at least `threshold` says 1.

    Args:
        target_class_ids: the classes that the mean is over; both by default.
        threshold: 0.5 by default.
        name, dtype: see `Metric`.

    >>> round(float(BinaryIoU(threshold=0.3)([0, 1, 0, 1], [0.1, 0.2, 0.4, 0.7])), 4)
    0.3333
    """

    _arguments = ("target_class_ids", "threshold")

    def __init__(
        self,
        target_class_ids: Sequence[int] = (0, 1),
        threshold: float = 0.5,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(2, target_class_ids, name, dtype)
        self.threshold = number(threshold, "threshold", low=-math.inf)

    def update_state(self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None) -> None:
        super().update_state(y_true, np.asarray(y_pred) >= self.threshold, sample_weight)


class MeanIoU(IoU):
    """`IoU` of all classes.

    Args:
        num_classes, name, dtype, ignore_class, sparse_y_true, sparse_y_pred, axis: see `IoU`.

    >>> round(float(MeanIoU(num_classes=2)([0, 0, 1, 1], [0, 1, 0, 1])), 4)
    0.3333
    """

    _arguments: tuple[str, ...] = ("num_classes", "ignore_class", "sparse_y_true", "sparse_y_pred", "axis")

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        classes = range(whole(num_classes, "num_classes", 1))
        super().__init__(num_classes, classes, name, dtype, ignore_class, sparse_y_true, sparse_y_pred, axis)


class OneHotIoU(IoU):
    """`IoU` with one-hot targets, and by default a value for each class in `y_pred`.

    Args:
        num_classes, target_class_ids, name, dtype, ignore_class, sparse_y_pred, axis: see `IoU`.

    >>> metric = OneHotIoU(num_classes=2, target_class_ids=[1])
    >>> round(float(metric([[1, 0], [0, 1]], [[0.2, 0.8], [0.1, 0.9]])), 4)
    0.5
    """

    _arguments = ("num_classes", "target_class_ids", "ignore_class", "sparse_y_pred", "axis")

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Sequence[int],
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(num_classes, target_class_ids, name, dtype, ignore_class, False, sparse_y_pred, axis)


class OneHotMeanIoU(MeanIoU):
    """`MeanIoU` with one-hot targets, and by default a value for each class in `y_pred`.

    Args:
        num_classes, name, dtype, ignore_class, sparse_y_pred, axis: see `IoU`.

    >>> round(float(OneHotMeanIoU(num_classes=2)([[1, 0], [0, 1]], [[0.2, 0.8], [0.1, 0.9]])), 4)
    0.25
    """

    _arguments = ("num_classes", "ignore_class", "sparse_y_pred", "axis")

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(num_classes, name, dtype, ignore_class, False, sparse_y_pred, axis)
