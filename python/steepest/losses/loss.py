"""The base of the losses: from the loss of each row to one number, and back to the gradient."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from steepest import _core
from steepest._data import rows as _rows
from steepest._data.rows import Array, Axis
from steepest._names.registry import auto_name, snake_case
from steepest.config import standardize_dtype

REDUCTIONS = ("sum_over_batch_size", "mean", "sum", "mean_with_sample_weight", "none", None)


class Loss:
    """loss = reduce_i(sample_weight_i * loss_i(y_true, y_pred)), with one loss_i for each row of `y_pred`.

    Args:
        name: a name; by default the class's, numbered.
        reduction: `"sum_over_batch_size"` (the default, also called `"mean"`): the sum divided by the number of rows,
            whatever the weights; `"sum"`; `"mean_with_sample_weight"`: the sum divided by the sum of the weights;
            `"none"` or None: no reduction, the rows' losses are returned. The last is for calls only, not for `fit`.
        dtype: `"float32"` or `"float64"` for the computation; `config.floatx()` by default.

    Raises:
        ValueError: for an unknown reduction or dtype.

    A loss of the core is a subclass that sets `rule` (its name there), `hyper` (its hyper-parameters, which are
    attributes), `options` (its other arguments) and `arrange` (how targets and predictions become rows). A loss of
    one's own overrides `call`, the loss of each row, and `gradient`, the derivative of each row's loss by `y_pred`:
    weights and the reduction are added to both. Without `gradient` it can be called, but not trained with.

    >>> class Cubic(Loss):
    ...     def call(self, y_true, y_pred):
    ...         return (np.abs(y_pred - y_true) ** 3).sum(axis=-1)
    ...     def gradient(self, y_true, y_pred):
    ...         return 3 * (y_pred - y_true) * np.abs(y_pred - y_true)
    >>> loss = Cubic()
    >>> float(loss([[3.0, 1.0]], [[1.0, 1.0]])), loss.weighted_gradient([[3.0, 1.0]], [[1.0, 1.0]], [0.5])
    (8.0, array([[-6.,  0.]], dtype=float32))
    """

    rule: str = ""
    hyper: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    axis: Axis = -1
    arrange = staticmethod(_rows.matched)

    def __init__(
        self, name: str | None = None, reduction: str | None = "sum_over_batch_size", dtype: Any = None
    ) -> None:
        if reduction not in REDUCTIONS:
            raise ValueError(
                f"Invalid value for argument `reduction`. Expected one of {REDUCTIONS}. Received: {reduction=}"
            )
        self.name = name or auto_name(snake_case(type(self).__name__))
        self.reduction = reduction
        self.dtype = standardize_dtype(dtype)

    @property
    def in_core(self) -> bool:
        """Whether the core computes the loss in `fit`: one of rows, of the package and not of a user's subclass."""
        return bool(self.rule) and self.axis == -1 and type(self).__module__.startswith("steepest.")

    @property
    def sparse(self) -> bool:
        """Whether its targets are class indices."""
        return self.arrange in (_rows.sparse, _rows.labels)

    @property
    def has_gradient(self) -> bool:
        """Whether `fit` can train with it."""
        cls = type(self)
        if cls.gradient is not Loss.gradient:
            return True
        own = cls.call.__module__.startswith("steepest.")  # a `call` of a user's needs a `gradient` of the user's
        return own and (bool(self.rule) or cls._pulled_back is not Loss._pulled_back)

    def check_trainable(self) -> None:
        """Refuses a loss without a gradient.

        Raises:
            ValueError: with what a gradient would look like.
        """
        if not self.has_gradient:
            raise ValueError(missing_gradient(self.name))

    def check_reduction(self) -> None:
        """Refuses a loss that is not one number.

        Raises:
            ValueError: for a loss without reduction.
        """
        if self.reduction in ("none", None):
            raise ValueError(
                f"Without reduction the loss {self.name!r} is not one number that `fit` could minimize. "
                f"Expected one of the reductions {REDUCTIONS[:4]}. Received: reduction={self.reduction!r}"
            )

    def spec(self) -> dict[str, Any]:
        """What the core is told for `fit`: the rule, its hyper-parameters and the reduction.

        Raises:
            ValueError: for a loss without reduction, and for one that the core can't compute.
        """
        self.check_reduction()
        reduction = "sum_over_batch_size" if self.reduction == "mean" else self.reduction
        return {**self.rule_spec(), "reduction": reduction}

    def rule_spec(self) -> dict[str, Any]:
        """`spec` without the reduction: the loss of a row."""
        if not self.rule:
            raise ValueError(
                f"The loss {self.name!r} is written in Python, and the core cannot call it: expected a loss of "
                f"steepest.losses. Received: {type(self).__name__}"
            )
        return {"name": self.rule, **{name: getattr(self, name) for name in self.hyper}}

    def call(self, y_true: ArrayLike, y_pred: ArrayLike) -> Array:
        """The loss of each row, in the dtype of `y_pred`: predictions (..., N) give losses (...)."""
        return _rows.loss_values(self.rule_spec(), self.arrange(*self._aligned(*_rows.as_floats(y_true, y_pred))))

    def mask(self, y_true: Array, values: Array) -> Array | None:
        """Which of the losses `values` count; None for all."""
        return None

    def __call__(self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None) -> Any:
        """The loss: a scalar of `dtype`, or the rows' losses if there is no reduction.

        Args:
            y_true: targets; see the class for their shape.
            y_pred: predictions, (..., N).
            sample_weight: a weight for each row (...), or what broadcasts to that; None for 1.

        Raises:
            ValueError: for shapes that don't fit, for anything but real numbers, and for class indices out of range.
        """
        y_true, y_pred = _rows.as_floats(y_true, y_pred, self.dtype)
        values = np.asarray(self.call(y_true, y_pred))
        values, weights, divisor = self._weighted(values, self.mask(y_true, values), sample_weight)
        weighted = values * weights
        if divisor is not None:
            weighted = weighted.sum(dtype=np.float64) / divisor if divisor else np.zeros(())
        return weighted.astype(self.dtype)[()]

    def gradient(self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None) -> Array:
        """d loss / d y_pred, in the shape of `y_pred` and in `dtype`.

        Without reduction, each row holds the gradient of its own loss. Arguments and errors as in a call.
        """
        y_true, y_pred = _rows.as_floats(y_true, y_pred, self.dtype)
        values = np.asarray(self.call(y_true, y_pred))
        return self._pulled_back(y_true, y_pred, self._scale(values, self.mask(y_true, values), sample_weight))

    def weighted_gradient(self, y_true: Array, y_pred: Array, sample_weight: Array | None = None) -> Array:
        """`gradient`, also where a subclass overrides it by that of each row's loss.

        Raises:
            ValueError: for a loss that has no gradient, with what it would look like.
        """
        self.check_trainable()
        if type(self).gradient is Loss.gradient:
            return self.gradient(y_true, y_pred, sample_weight)
        y_true, y_pred = _rows.as_floats(y_true, y_pred, self.dtype)
        values = np.asarray(self.call(y_true, y_pred))
        gradient = np.asarray(self.gradient(y_true, y_pred), self.dtype)
        if gradient.shape != y_pred.shape:
            raise ValueError(
                f"The gradient of the loss {self.name!r} must have the shape of `y_pred`, {y_pred.shape}. "
                f"Received: {gradient.shape}"
            )
        scale = self._scale(values, self.mask(y_true, values), sample_weight)
        return gradient * scale.reshape(*scale.shape, *[1] * (gradient.ndim - scale.ndim))

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments, as `from_config` takes them."""
        own = {name: getattr(self, name) for name in (*self.hyper, *self.options)}
        return {"name": self.name, "reduction": self.reduction, **own}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Loss:
        """The loss that `get_config` described."""
        return cls(**config)

    def _aligned(self, y_true: Array, y_pred: Array) -> tuple[Array, Array]:
        """Both with the axes of the loss at the end, as one."""
        y_true, y_pred = _rows.same_rank(y_true, y_pred)
        return _rows.axes_last(y_true, self.axis), _rows.axes_last(y_pred, self.axis)

    def _pulled_back(self, y_true: Array, y_pred: Array, scale: Array) -> Array:
        """sum_i scale_i d loss_i / d y_pred."""
        squeezed = _rows.same_rank(y_true, y_pred)[1]
        aligned_true, aligned_pred = self._aligned(y_true, y_pred)
        rows_true, rows_pred, shape = self.arrange(aligned_true, aligned_pred)
        row_scale = np.ascontiguousarray(scale, self.dtype).reshape(-1)
        gradient = _core.loss_gradient(self.rule_spec(), rows_true, rows_pred, row_scale)
        summed = _rows.sum_to(gradient.reshape(*shape, rows_pred.shape[1]), aligned_pred.shape)
        return _rows.axes_back(summed, self.axis, squeezed.shape).reshape(y_pred.shape)

    def _scale(self, values: Array, mask: Array | None, sample_weight: ArrayLike | None) -> Array:
        """d loss / d loss_i, in the shape of `values`."""
        aligned, weights, divisor = self._weighted(values, mask, sample_weight)
        scale = np.ones_like(aligned) * weights
        if divisor is not None:
            scale = scale / divisor if divisor else np.zeros_like(scale)
        return _rows.sum_to(scale, aligned.shape).reshape(values.shape)

    def _weighted(
        self, values: Array, mask: Array | None, sample_weight: ArrayLike | None
    ) -> tuple[Array, Array, float | None]:
        """`values`, weights that broadcast to them, and what their sum is divided by (None: they are not summed)."""
        weights = None if sample_weight is None else _rows.as_float(sample_weight, "sample_weight", self.dtype)
        if mask is not None:
            counted = mask.astype(self.dtype)
            if self.reduction in ("sum_over_batch_size", "mean"):  # the mean is over those that count
                counted *= mask.size / max(int(mask.sum()), 1)
            if weights is not None:
                counted, weights = _rows.same_rank(counted, weights)
            weights = counted if weights is None else counted * weights
        if weights is None:
            aligned, weights, weighted = values, np.ones((), self.dtype), False
        else:
            given = weights.shape
            (aligned, weights), weighted = _rows.same_rank(values, weights), True
            try:
                np.broadcast_shapes(aligned.shape, weights.shape)
            except ValueError:
                raise ValueError(
                    f"`sample_weight` must hold one weight for each of the losses, of shape {values.shape}. "
                    f"Received: sample_weight.shape={given}"
                ) from None
        shape = np.broadcast_shapes(aligned.shape, weights.shape)
        if self.reduction in ("none", None) or shape in ((), (0,)):
            return aligned, weights, None
        if self.reduction == "sum":
            return aligned, weights, 1.0
        if self.reduction == "mean_with_sample_weight" and weighted:
            return aligned, weights, float(weights.sum(dtype=np.float64))
        return aligned, weights, float(math.prod(shape))


class FunctionLoss(Loss):
    """loss = reduce_i(sample_weight_i * fn(y_true, y_pred)_i): a function of NumPy arrays as a loss.

    Args:
        fn: `fn(y_true, y_pred)` returns the loss of each row; an attribute `fn.gradient(y_true, y_pred)` the derivative
            of each row's loss by `y_pred`, which `fit` needs.
        reduction, name, dtype: see `Loss`; the name is that of the function by default.

    >>> def absolute(y_true, y_pred):
    ...     return np.abs(y_pred - y_true).sum(axis=-1)
    >>> absolute.gradient = lambda y_true, y_pred: np.sign(y_pred - y_true)
    >>> FunctionLoss(absolute).weighted_gradient([[0.0], [0.0]], [[2.0], [-3.0]])
    array([[ 0.5],
           [-0.5]], dtype=float32)
    """

    def __init__(
        self,
        fn: Callable[..., Any],
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(name or getattr(fn, "__name__", type(fn).__name__), reduction, dtype)
        self.fn: Any = fn

    @property
    def has_gradient(self) -> bool:
        return hasattr(self.fn, "gradient")

    def call(self, y_true: ArrayLike, y_pred: ArrayLike) -> Array:
        return np.asarray(self.fn(*_rows.same_rank(np.asarray(y_true), np.asarray(y_pred))))

    def gradient(self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None) -> Array:
        self.check_trainable()
        return np.asarray(self.fn.gradient(*_rows.same_rank(np.asarray(y_true), np.asarray(y_pred))))


def missing_gradient(name: str) -> str:
    """What is said of a loss that can be evaluated and not trained with.

    >>> print(missing_gradient("mine"))  # doctest: +ELLIPSIS
    The loss 'mine' has no gradient...
    """
    return (
        f"The loss {name!r} has no gradient, so that `fit` does not know which way to go. Expected, beside the loss of "
        "each row, its derivative by `y_pred`, in the shape of `y_pred`: as a method of the `Loss`, "
        "`def gradient(self, y_true, y_pred): return 2 * (y_pred - y_true)`, or as an attribute of the function, "
        "`my_loss.gradient = lambda y_true, y_pred: 2 * (y_pred - y_true)`."
    )
