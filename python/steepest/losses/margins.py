"""Losses of labels -1 and 1, where 0 stands for -1, of distributions and of counts."""

from __future__ import annotations

from typing import Any

from numpy.typing import ArrayLike

from steepest._data import rows as _rows
from steepest._data.rows import Array
from steepest.losses.loss import Loss


class Hinge(Loss):
    """loss_i = mean_j max(1 - y_true_ij y_pred_ij, 0), for labels -1 and 1; 0 stands for -1.

    Args:
        reduction, name, dtype: see `Loss`.

    Call it with two arrays of one shape (..., N), or of shapes that broadcast.

    Source: Keras, `keras.losses.Hinge`.

    >>> float(Hinge()([[0.0, 1.0]], [[-0.5, 3.0]]))
    0.25
    """

    rule = "hinge"
    arrange = staticmethod(_rows.broadcast)

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "hinge",
        dtype: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype)


class SquaredHinge(Loss):
    """loss_i = mean_j max(1 - y_true_ij y_pred_ij, 0)^2, for labels -1 and 1; 0 stands for -1.

    Args:
        reduction, name, dtype: see `Loss`.

    Call it with two arrays of one shape (..., N), or of shapes that broadcast.

    Source: Keras, `keras.losses.SquaredHinge`.

    >>> float(SquaredHinge()([[0.0, 1.0]], [[-0.5, 3.0]]))
    0.125
    """

    rule = "squared_hinge"
    arrange = staticmethod(_rows.broadcast)

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "squared_hinge",
        dtype: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype)


class CategoricalHinge(Loss):
    """loss_i = max(max_j (1 - y_true_ij) y_pred_ij - sum_j y_true_ij y_pred_ij + 1, 0), for one-hot targets.

    Args:
        reduction, name, dtype: see `Loss`.

    Call it with two arrays of one shape (..., N), N classes.

    Source: Keras, `keras.losses.CategoricalHinge`.

    >>> float(CategoricalHinge()([[0.0, 1.0]], [[0.5, 0.75]]))
    0.75
    """

    rule = "categorical_hinge"

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "categorical_hinge",
        dtype: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype)


class KLDivergence(Loss):
    """loss_i = sum_j y_true_ij log(y_true_ij / y_pred_ij), with both kept in [1e-7, 1].

    Args:
        reduction, name, dtype: see `Loss`.

    Call it with two arrays of one shape (..., N), distributions over N.

    Source: Kullback and Leibler 1951; Keras, `keras.losses.KLDivergence`.

    >>> round(float(KLDivergence()([[0.5, 0.5]], [[0.25, 0.75]])), 4)
    0.1438
    """

    rule = "kl_divergence"

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "kl_divergence",
        dtype: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype)


class Poisson(Loss):
    """loss_i = mean_j (y_pred_ij - y_true_ij log(y_pred_ij + 1e-7)): counts y_true for the rates y_pred.

    Args:
        reduction, name, dtype: see `Loss`.

    Call it with two arrays of one shape (..., N), or of shapes that broadcast.

    Source: Keras, `keras.losses.Poisson`.

    >>> round(float(Poisson()([[2.0]], [[2.0]])), 4)  # 2 - 2 log 2
    0.6137
    """

    rule = "poisson"
    arrange = staticmethod(_rows.broadcast)

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "poisson",
        dtype: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype)


class HalfPoissonDeviance(Loss):
    """loss_i = mean_j (y_true_ij (log y_true_ij - z_ij) - y_true_ij + exp(z_ij)), z = y_pred: counts for rates exp(z).

    Half the deviance of a Poisson distribution; y log y is 0 for y = 0. No rate overflows before exp(z) does, none
    is 0: the loss of a network that ends in the logarithms of rates.

    Args:
        reduction, name, dtype: see `Loss`.

    Call it with two arrays of one shape (..., N), or of shapes that broadcast.

    Source: scikit-learn, `MLPRegressor(loss="poisson")`; Keras has no such loss.

    >>> round(float(HalfPoissonDeviance()([[2.0]], [[0.0]])), 4)  # 2 log 2 - 2 + 1
    0.3863
    """

    rule = "half_poisson_deviance"
    arrange = staticmethod(_rows.broadcast)

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "half_poisson_deviance",
        dtype: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype)


def hinge(y_true: ArrayLike, y_pred: ArrayLike) -> Array:
    """mean_j max(1 - y_true_ij y_pred_ij, 0) of each row i; see `Hinge`.

    >>> hinge([[0.0, 1.0]], [[-0.5, 3.0]])
    array([0.25], dtype=float32)
    """
    return Hinge().call(y_true, y_pred)


def squared_hinge(y_true: ArrayLike, y_pred: ArrayLike) -> Array:
    """mean_j max(1 - y_true_ij y_pred_ij, 0)^2 of each row i; see `SquaredHinge`.

    >>> squared_hinge([[0.0, 1.0]], [[-0.5, 3.0]])
    array([0.125], dtype=float32)
    """
    return SquaredHinge().call(y_true, y_pred)


def categorical_hinge(y_true: ArrayLike, y_pred: ArrayLike) -> Array:
    """max(max_j (1 - y_true_ij) y_pred_ij - sum_j y_true_ij y_pred_ij + 1, 0) of each row i; see `CategoricalHinge`.

    >>> categorical_hinge([[0.0, 1.0]], [[0.5, 0.75]])
    array([0.75], dtype=float32)
    """
    return CategoricalHinge().call(y_true, y_pred)


def kl_divergence(y_true: ArrayLike, y_pred: ArrayLike) -> Array:
    """sum_j y_true_ij log(y_true_ij / y_pred_ij) of each row i; see `KLDivergence`.

    >>> kl_divergence([[0.5, 0.5]], [[0.25, 0.75]]).round(4)
    array([0.1438], dtype=float32)
    """
    return KLDivergence().call(y_true, y_pred)


def poisson(y_true: ArrayLike, y_pred: ArrayLike) -> Array:
    """mean_j (y_pred_ij - y_true_ij log(y_pred_ij + 1e-7)) of each row i; see `Poisson`.

    >>> poisson([[2.0]], [[2.0]]).round(4)
    array([0.6137], dtype=float32)
    """
    return Poisson().call(y_true, y_pred)


def half_poisson_deviance(y_true: ArrayLike, y_pred: ArrayLike) -> Array:
    """mean_j (y_true_ij (log y_true_ij - z_ij) - y_true_ij + exp(z_ij)), z = y_pred, of each row i.

    See `HalfPoissonDeviance`.

    >>> half_poisson_deviance([[2.0]], [[0.0]]).round(4)
    array([0.3863], dtype=float32)
    """
    return HalfPoissonDeviance().call(y_true, y_pred)
