"""Losses of overlap and of distances between samples: what belongs together over a whole batch."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from steepest._data import rows as _rows
from steepest._data.rows import Array, Axis
from steepest.losses.arguments import axes_of, number_of
from steepest.losses.loss import Loss


class Dice(Loss):
    """loss = 1 - 2 sum y_true y_pred / (sum y_true + sum y_pred + 1e-7), sums over `axis`.

    Args:
        axis: an axis or several; None (the default) for all, the batch included.
        reduction, name, dtype: see `Loss`.

    Raises:
        ValueError: for axes that are no integers.

    Call it with two arrays of one shape.

    Source: Milletari et al. 2016, "V-Net"; Keras, `keras.losses.Dice`.

    >>> round(float(Dice()([[1.0, 0.0]], [[0.5, 0.5]])), 4)
    0.5
    """

    rule = "dice"
    options = ("axis",)

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "dice",
        axis: Axis = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.axis = axes_of(axis)


class Tversky(Loss):
    """loss = 1 - I / (I + alpha sum y_true (1 - y_pred) + beta sum y_pred (1 - y_true) + 1e-7), I = sum y_true y_pred.

    Args:
        alpha: the weight of what is missed, 0 or more; 0.5 by default.
        beta: the weight of what is wrongly found, 0 or more; 0.5 by default.
        axis: an axis or several; None (the default) for all, the batch included.
        reduction, name, dtype: see `Loss`.

    Raises:
        ValueError: for negative weights, or axes that are no integers.

    Call it with two arrays of one shape.

    Source: Salehi et al. 2017, "Tversky loss function for image segmentation"; Keras.

    >>> round(float(Tversky(alpha=1.0)([[1.0, 0.0]], [[0.5, 0.5]])), 4)
    0.6
    """

    rule = "tversky"
    hyper = (
        "alpha",
        "beta",
    )
    options = ("axis",)

    def __init__(
        self,
        alpha: float = 0.5,
        beta: float = 0.5,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "tversky",
        axis: Axis = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.alpha = number_of("alpha", alpha)
        self.beta = number_of("beta", beta)
        self.axis = axes_of(axis)


class Circle(Loss):
    """loss_i = softplus(L_j(gamma [m + d_ij]_+ (d_ij - m)) + L_k(gamma [1 + m - d_ik]_+ (1 - m - d_ik))).

    d is 1 minus the product of two rows of `y_pred`, at least 0, L the logarithm of the sum of the exponentials, j runs
    over the rows with the label of i and k over the others. Rows without a loss don't count in the mean.

    Args:
        gamma: how sharp, more than 0; 80 by default.
        margin: m, the distance that is allowed within a label; 0.4 by default.
        remove_diagonal: whether a row is not compared with itself; True by default.
        reduction, name, dtype: see `Loss`.

    Raises:
        ValueError: for a gamma of 0 or less.

    Call it with labels (n,) or (n, 1) and unit vectors (n, N).

    Source: Sun et al. 2020, "Circle loss: a unified perspective of pair similarity optimization"; Keras.

    >>> round(float(Circle(gamma=1.0)([0, 0, 1], [[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])), 4)
    1.4704
    """

    options = ("gamma", "margin", "remove_diagonal")

    def __init__(
        self,
        gamma: float = 80.0,
        margin: float = 0.4,
        remove_diagonal: bool = True,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "circle",
        dtype: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.gamma = number_of("gamma", gamma, open_end=True)
        self.margin = float(margin)
        self.remove_diagonal = bool(remove_diagonal)

    def call(self, y_true: ArrayLike, y_pred: ArrayLike) -> Array:
        return self._pairs(*_rows.as_floats(y_true, y_pred))[0]

    def mask(self, y_true: Array, values: Array) -> Array | None:
        return values > 0

    def _pulled_back(self, y_true: Array, y_pred: Array, scale: Array) -> Array:
        _, slope = self._pairs(y_true, y_pred)
        slope = -slope * scale[:, None]  # by the products of rows i and j, each of which moves both
        return (slope @ y_pred + slope.T @ y_pred).astype(y_pred.dtype)

    def _pairs(self, y_true: Array, y_pred: Array) -> tuple[Array, Array]:
        """The loss of each row, and its derivative by the distances."""
        if y_pred.ndim != 2 or y_true.size != len(y_pred):
            raise ValueError(
                "`circle` takes one label for each row of `y_pred`, of shape (n, N). "
                f"Received: y_true.shape={y_true.shape}, y_pred.shape={y_pred.shape}"
            )
        products = 1 - y_pred @ y_pred.T
        d, labels = np.maximum(products, 0), y_true.reshape(-1).astype(np.int64)
        same = labels[:, None] == labels
        others = ~same
        if self.remove_diagonal:
            same = same & ~np.eye(len(labels), dtype=bool)
        pull, push = np.maximum(self.margin + d, 0), np.maximum(1 + self.margin - d, 0)
        near, near_share = _log_sum_exp(np.where(same, self.gamma * pull * (d - self.margin), -np.inf))
        far, far_share = _log_sum_exp(np.where(others, self.gamma * push * (1 - self.margin - d), -np.inf))
        exponent = near + far
        values = np.logaddexp(0, exponent)
        slope = near_share * self.gamma * ((pull > 0) * (d - self.margin) + pull)
        slope -= far_share * self.gamma * ((push > 0) * (1 - self.margin - d) + push)
        slope *= np.exp(exponent - values)[:, None]
        return values.astype(y_pred.dtype), np.where(products > 0, slope, 0)


def _log_sum_exp(x: Array) -> tuple[Array, Array]:
    """log sum exp of each row, -inf for one of -inf, and its derivative."""
    largest = x.max(axis=1, keepdims=True)
    e = np.exp(x - np.where(np.isfinite(largest), largest, 0))
    total = e.sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore"):
        return (np.log(total) + largest)[:, 0], e / np.where(total > 0, total, 1)


def dice(y_true: ArrayLike, y_pred: ArrayLike, axis: Axis = None) -> Array:
    """1 - 2 sum y_true y_pred / (sum y_true + sum y_pred + 1e-7); see `Dice`.

    >>> dice([[1.0, 0.0]], [[0.5, 0.5]], axis=1).round(4)
    array([0.5], dtype=float32)
    """
    return Dice(axis=axis).call(y_true, y_pred)


def tversky(y_true: ArrayLike, y_pred: ArrayLike, alpha: float = 0.5, beta: float = 0.5, axis: Axis = None) -> Array:
    """1 - I / (I + alpha sum y_true (1 - y_pred) + beta sum y_pred (1 - y_true) + 1e-7); see `Tversky`.

    >>> tversky([[1.0, 0.0]], [[0.5, 0.5]], alpha=1.0, axis=1).round(4)
    array([0.6], dtype=float32)
    """
    return Tversky(alpha, beta, axis=axis).call(y_true, y_pred)


def circle(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    ref_labels: None = None,
    ref_embeddings: None = None,
    remove_diagonal: bool = True,
    gamma: float = 80,
    margin: float = 0.4,
) -> Array:
    """The circle loss of each row; see `Circle`.

    Args:
        y_true, y_pred, remove_diagonal, gamma, margin: see `Circle`.
        ref_labels, ref_embeddings: None; the rows are compared with one another.

    Raises:
        ValueError: for other references.

    >>> circle([0, 0, 1], [[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]], gamma=1).round(4)
    array([1.8509, 1.0899, 0.    ], dtype=float32)
    """
    if ref_labels is not None or ref_embeddings is not None:
        raise ValueError("`ref_labels` and `ref_embeddings` are not supported: expected None for both.")
    return Circle(gamma, margin, remove_diagonal).call(y_true, y_pred)
