"""Losses of regression, as classes and functions: a class reduces what the function of its name returns."""

from __future__ import annotations

from typing import Any

from numpy.typing import ArrayLike

from steepest._data import rows as _rows
from steepest._data.rows import Array
from steepest.losses.arguments import axis_of, number_of
from steepest.losses.loss import Loss


class MeanSquaredError(Loss):
    """loss_i = mean_j (y_true_ij - y_pred_ij)^2. The loss of regression.

    Args:
        reduction, name, dtype: see `Loss`.

    Call it with two arrays of one shape (..., N), or of shapes that broadcast.

    Source: Keras, `keras.losses.MeanSquaredError`.

    >>> loss = MeanSquaredError()
    >>> float(loss([[0.0, 1.0], [0.0, 0.0]], [[1.0, 1.0], [1.0, 0.0]]))
    0.5
    >>> loss.gradient([[0.0, 1.0], [0.0, 0.0]], [[1.0, 1.0], [1.0, 0.0]])
    array([[0.5, 0. ],
           [0.5, 0. ]], dtype=float32)
    """

    rule = "mean_squared_error"
    arrange = staticmethod(_rows.broadcast)

    def __init__(
        self, reduction: str | None = "sum_over_batch_size", name: str | None = "mean_squared_error", dtype: Any = None
    ) -> None:
        super().__init__(name, reduction, dtype)


class MeanAbsoluteError(Loss):
    """loss_i = mean_j |y_true_ij - y_pred_ij|. Less led by outliers than the squared error.

    Args:
        reduction, name, dtype: see `Loss`.

    Call it with two arrays of one shape (..., N), or of shapes that broadcast.

    Source: Keras, `keras.losses.MeanAbsoluteError`.

    >>> float(MeanAbsoluteError()([[0.0, 1.0], [0.0, 0.0]], [[1.0, 1.0], [1.0, 0.0]]))
    0.5
    """

    rule = "mean_absolute_error"
    arrange = staticmethod(_rows.broadcast)

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "mean_absolute_error",
        dtype: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype)


class MeanAbsolutePercentageError(Loss):
    """loss_i = 100 mean_j |y_true_ij - y_pred_ij| / max(|y_true_ij|, 1e-7).

    Args:
        reduction, name, dtype: see `Loss`.

    Call it with two arrays of one shape (..., N), or of shapes that broadcast.

    Source: Keras, `keras.losses.MeanAbsolutePercentageError`.

    >>> float(MeanAbsolutePercentageError()([[2.0, 4.0]], [[1.0, 4.0]]))
    25.0
    """

    rule = "mean_absolute_percentage_error"
    arrange = staticmethod(_rows.broadcast)

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "mean_absolute_percentage_error",
        dtype: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype)


class MeanSquaredLogarithmicError(Loss):
    """loss_i = mean_j (log(1 + y_true_ij) - log(1 + y_pred_ij))^2, with both at least 1e-7.

    Args:
        reduction, name, dtype: see `Loss`.

    Call it with two arrays of one shape (..., N), or of shapes that broadcast.

    Source: Keras, `keras.losses.MeanSquaredLogarithmicError`.

    >>> round(float(MeanSquaredLogarithmicError()([[1.0]], [[3.0]])), 4)  # log(2)^2
    0.4805
    """

    rule = "mean_squared_logarithmic_error"
    arrange = staticmethod(_rows.broadcast)

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "mean_squared_logarithmic_error",
        dtype: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype)


class Huber(Loss):
    """loss_i = mean_j d_ij^2 / 2 for |d_ij| <= delta, else delta (|d_ij| - delta / 2); d = y_pred - y_true.

    Args:
        delta: where the square ends, more than 0; 1 by default.
        reduction, name, dtype: see `Loss`.

    Raises:
        ValueError: for a delta of 0 or less.

    Call it with two arrays of one shape (..., N), or of shapes that broadcast.

    Source: Huber 1964, "Robust estimation of a location parameter"; Keras, `keras.losses.Huber`.

    >>> float(Huber()([[0.0, 0.0]], [[1.0, 3.0]]))
    1.5
    """

    rule = "huber"
    hyper = ("delta",)
    arrange = staticmethod(_rows.broadcast)

    def __init__(
        self,
        delta: float = 1.0,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "huber_loss",
        dtype: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.delta = number_of("delta", delta, open_end=True)


class LogCosh(Loss):
    """loss_i = mean_j log cosh(y_pred_ij - y_true_ij): a square near the truth, the distance less log 2 far from it.

    Args:
        reduction, name, dtype: see `Loss`.

    Call it with two arrays of one shape (..., N), or of shapes that broadcast.

    Source: Keras, `keras.losses.LogCosh`.

    >>> round(float(LogCosh()([[0.0]], [[10.0]])), 4)  # 10 - log 2
    9.3069
    """

    rule = "log_cosh"
    arrange = staticmethod(_rows.broadcast)

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "log_cosh",
        dtype: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype)


class CosineSimilarity(Loss):
    """loss_i = -sum_j t_ij p_ij, t and p being y_true and y_pred divided by their lengths: -1 where they point one way.

    Args:
        axis: the axis of the vectors; the last by default.
        reduction, name, dtype: see `Loss`.

    Raises:
        ValueError: for an axis that is no integer.

    Call it with two arrays of one shape (..., N), or of shapes that broadcast.

    Source: Keras, `keras.losses.CosineSimilarity`.

    >>> float(CosineSimilarity()([[0.0, 2.0]], [[0.0, 3.0]]))
    -1.0
    """

    rule = "cosine_similarity"
    options = ("axis",)
    arrange = staticmethod(_rows.broadcast)

    def __init__(
        self,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "cosine_similarity",
        dtype: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.axis = axis_of(axis)


def mean_squared_error(y_true: ArrayLike, y_pred: ArrayLike) -> Array:
    """mean_j (y_true_ij - y_pred_ij)^2 of each row i; see `MeanSquaredError`.

    >>> mean_squared_error([[0.0, 1.0], [0.0, 0.0]], [[1.0, 1.0], [1.0, 0.0]])
    array([0.5, 0.5], dtype=float32)
    """
    return MeanSquaredError().call(y_true, y_pred)


def mean_absolute_error(y_true: ArrayLike, y_pred: ArrayLike) -> Array:
    """mean_j |y_true_ij - y_pred_ij| of each row i; see `MeanAbsoluteError`.

    >>> mean_absolute_error([[0.0, 1.0], [0.0, 0.0]], [[1.0, 1.0], [1.0, 0.0]])
    array([0.5, 0.5], dtype=float32)
    """
    return MeanAbsoluteError().call(y_true, y_pred)


def mean_absolute_percentage_error(y_true: ArrayLike, y_pred: ArrayLike) -> Array:
    """100 mean_j |y_true_ij - y_pred_ij| / max(|y_true_ij|, 1e-7) of each row i; see `MeanAbsolutePercentageError`.

    >>> mean_absolute_percentage_error([[2.0, 4.0]], [[1.0, 4.0]])
    array([25.], dtype=float32)
    """
    return MeanAbsolutePercentageError().call(y_true, y_pred)


def mean_squared_logarithmic_error(y_true: ArrayLike, y_pred: ArrayLike) -> Array:
    """mean_j (log(1 + y_true_ij) - log(1 + y_pred_ij))^2 of each row i; see `MeanSquaredLogarithmicError`.

    >>> mean_squared_logarithmic_error([[1.0]], [[3.0]]).round(4)
    array([0.4805], dtype=float32)
    """
    return MeanSquaredLogarithmicError().call(y_true, y_pred)


def huber(y_true: ArrayLike, y_pred: ArrayLike, delta: float = 1.0) -> Array:
    """mean_j d_ij^2 / 2 for |d_ij| <= delta, else delta (|d_ij| - delta / 2), of each row i; see `Huber`.

    >>> huber([[0.0], [0.0]], [[1.0], [3.0]])
    array([0.5, 2.5], dtype=float32)
    """
    return Huber(delta).call(y_true, y_pred)


def log_cosh(y_true: ArrayLike, y_pred: ArrayLike) -> Array:
    """mean_j log cosh(y_pred_ij - y_true_ij) of each row i; see `LogCosh`.

    >>> log_cosh([[0.0]], [[10.0]]).round(4)
    array([9.3069], dtype=float32)
    """
    return LogCosh().call(y_true, y_pred)


def cosine_similarity(y_true: ArrayLike, y_pred: ArrayLike, axis: int = -1) -> Array:
    """-sum_j t_ij p_ij, of unit vectors, of each row i; see `CosineSimilarity`.

    >>> cosine_similarity([[0.0, 2.0]], [[0.0, 3.0]])
    array([-1.], dtype=float32)
    """
    return CosineSimilarity(axis).call(y_true, y_pred)
