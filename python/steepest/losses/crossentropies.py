"""Cross entropies, as classes and as functions: losses behind a sigmoid or a softmax."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from steepest._data import rows as _rows
from steepest._data.rows import Array
from steepest.losses.arguments import axis_of, smoothing_of
from steepest.losses.loss import Loss


class BinaryCrossentropy(Loss):
    """loss_i = -mean_j (y_ij log p_ij + (1 - y_ij) log(1 - p_ij)). The loss of two classes, behind a sigmoid.

    p is `y_pred` clipped to [1e-7, 1 - 1e-7], or sigmoid(y_pred) if `from_logits`, computed as
    max(z, 0) - y z + log(1 + exp(-|z|)), which no logit z overflows.

    Args:
        from_logits: True if `y_pred` holds logits and not probabilities; False by default.
        label_smoothing: s in [0, 1]: y becomes (1 - s) y + s / 2; 0 by default.
        axis: the axis that the mean is over; the last by default.
        reduction, name, dtype: see `Loss`.

    Raises:
        ValueError: for a smoothing outside [0, 1], and for an axis that is no integer.

    Call it with two arrays of one shape (..., N).

    Source: Keras, `keras.losses.BinaryCrossentropy`.

    >>> loss = BinaryCrossentropy(from_logits=True)
    >>> float(loss([[1.0], [0.0]], [[1e4], [-1e4]]))
    0.0
    >>> round(float(loss([[1.0], [0.0]], [[0.0], [0.0]])), 4)  # log 2
    0.6931
    """

    rule = "binary_crossentropy"
    hyper = ("from_logits", "label_smoothing")
    options = ("axis",)

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "binary_crossentropy",
        dtype: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.axis = axis_of(axis)
        self.from_logits = bool(from_logits)
        self.label_smoothing = smoothing_of(label_smoothing)


class CategoricalCrossentropy(Loss):
    """loss_i = -sum_j y_ij log p_ij. The loss of many classes with one-hot targets, behind a softmax.

    p is `y_pred` divided by its sum and clipped to [1e-7, 1 - 1e-7], or softmax(y_pred) if `from_logits`, computed from
    log softmax(z)_j = z_j - max(z) - log(sum_k exp(z_k - max(z))), which no logit z overflows.

    Args:
        from_logits: True if `y_pred` holds logits and not probabilities; False by default.
        label_smoothing: s in [0, 1]: y becomes (1 - s) y + s / N; 0 by default.
        axis: the axis of the classes; the last by default.
        reduction, name, dtype: see `Loss`.

    Raises:
        ValueError: for a smoothing outside [0, 1], and for an axis that is no integer.

    Call it with two arrays of one shape (..., N), N classes.

    Source: Keras, `keras.losses.CategoricalCrossentropy`.

    >>> loss = CategoricalCrossentropy()
    >>> round(float(loss([[0.0, 1.0]], [[0.75, 0.25]])), 4)  # -log 0.25
    1.3863
    """

    rule = "categorical_crossentropy"
    hyper = ("from_logits", "label_smoothing")
    options = ("axis",)

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "categorical_crossentropy",
        dtype: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.axis = axis_of(axis)
        self.from_logits = bool(from_logits)
        self.label_smoothing = smoothing_of(label_smoothing)

    def call(self, y_true: ArrayLike, y_pred: ArrayLike) -> Array:
        _warn_of_one_class(np.shape(y_pred))
        return super().call(y_true, y_pred)


class SparseCategoricalCrossentropy(Loss):
    """loss_i = -log p_ic with c = y_true_i: categorical cross entropy for targets that are class indices.

    p as in `CategoricalCrossentropy`.

    Args:
        from_logits: True if `y_pred` holds logits and not probabilities; False by default.
        ignore_class: a label whose rows don't count, not even in the mean; none by default.
        axis: the axis of the classes; the last by default.
        reduction, name, dtype: see `Loss`.

    Raises:
        ValueError: for an axis that is no integer, and when called with an index that is no class.

    Call it with indices (...) or (..., 1) and predictions (..., N), N classes.

    Source: Keras, `keras.losses.SparseCategoricalCrossentropy`.

    >>> loss = SparseCategoricalCrossentropy()
    >>> round(float(loss([1], [[0.75, 0.25]])), 4)  # -log 0.25
    1.3863
    """

    rule = "sparse_categorical_crossentropy"
    hyper = ("from_logits",)
    options = ("ignore_class",)
    arrange = staticmethod(_rows.labels)

    def __init__(
        self,
        from_logits: bool = False,
        ignore_class: int | None = None,
        reduction: str | None = "sum_over_batch_size",
        axis: int = -1,
        name: str | None = "sparse_categorical_crossentropy",
        dtype: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.axis = axis_of(axis)
        self.ignore_class = ignore_class
        self.from_logits = bool(from_logits)

    @property
    def in_core(self) -> bool:
        return super().in_core and self.ignore_class is None

    def mask(self, y_true: Array, values: Array) -> Array | None:
        if self.ignore_class is None:
            return None
        return np.asarray(y_true.reshape(values.shape) != self.ignore_class)

    def _aligned(self, y_true: Array, y_pred: Array) -> tuple[Array, Array]:
        y_pred = _rows.axes_last(y_pred, self.axis)
        if y_true.ndim == y_pred.ndim:
            y_true = _rows.axes_last(y_true, self.axis)
        if self.ignore_class is not None:  # their weight is 0: any class will do
            y_true = np.where(y_true == self.ignore_class, 0, y_true)
        return y_true, y_pred


def binary_crossentropy(
    y_true: ArrayLike, y_pred: ArrayLike, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1
) -> Array:
    """-mean_j (y_ij log p_ij + (1 - y_ij) log(1 - p_ij)) of each row i; see `BinaryCrossentropy`.

    >>> binary_crossentropy([[1.0], [0.0]], [[0.5], [0.5]]).round(4)
    array([0.6931, 0.6931], dtype=float32)
    """
    return BinaryCrossentropy(from_logits, label_smoothing, axis).call(y_true, y_pred)


def categorical_crossentropy(
    y_true: ArrayLike, y_pred: ArrayLike, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1
) -> Array:
    """-sum_j y_ij log p_ij of each row i; see `CategoricalCrossentropy`.

    >>> categorical_crossentropy([[0.0, 1.0]], [[0.75, 0.25]]).round(4)
    array([1.3863], dtype=float32)
    """
    return CategoricalCrossentropy(from_logits, label_smoothing, axis).call(y_true, y_pred)


def sparse_categorical_crossentropy(
    y_true: ArrayLike, y_pred: ArrayLike, from_logits: bool = False, ignore_class: int | None = None, axis: int = -1
) -> Array:
    """-log p_ic, c = y_true_i, of each row i; see `SparseCategoricalCrossentropy`.

    >>> sparse_categorical_crossentropy([1], [[0.75, 0.25]]).round(4)
    array([1.3863], dtype=float32)
    """
    return SparseCategoricalCrossentropy(from_logits, ignore_class, axis=axis).call(y_true, y_pred)


def _warn_of_one_class(shape: tuple[int, ...]) -> None:
    if shape[-1:] == (1,):
        warnings.warn(
            f"With a single class the categorical cross entropy is 0 everywhere: expected y_pred of shape (..., N) "
            f"with N > 1. Received: y_pred.shape={shape}. Use binary_crossentropy for two classes.",
            SyntaxWarning,
            stacklevel=4,
        )
