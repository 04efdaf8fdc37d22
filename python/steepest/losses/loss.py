"""The base of the losses: from the loss of each row to one number, and back to the gradient."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from steepest import _core, _rows
from steepest._registry import auto_name, snake_case
from steepest._rows import Array
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
    attributes) and `arrange` (how targets and predictions become rows). A subclass that overrides `call` instead works
    when called, but not in `fit`.

    >>> class Mean(Loss):
    ...     def call(self, y_true, y_pred):
    ...         return (y_true - y_pred).mean(axis=-1)
    >>> float(Mean()([[3.0, 1.0]], [[1.0, 1.0]]))
    1.0
    """

    rule: str = ""
    hyper: tuple[str, ...] = ()
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

    def spec(self) -> dict[str, Any]:
        """What the core is told for `fit`: the rule, its hyper-parameters and the reduction.

        Raises:
            ValueError: for a loss without reduction and for one written in Python: neither can be trained with.
        """
        if self.reduction in ("none", None):
            raise ValueError(
                f"Without reduction the loss {self.name!r} is not one number that `fit` could minimize. "
                f"Expected one of the reductions {REDUCTIONS[:4]}. Received: reduction={self.reduction!r}"
            )
        reduction = "sum_over_batch_size" if self.reduction == "mean" else self.reduction
        return {**self.rule_spec(), "reduction": reduction}

    def rule_spec(self) -> dict[str, Any]:
        """`spec` without the reduction: the loss of a row."""
        if not self.rule:
            raise ValueError(
                f"The loss {self.name!r} is written in Python, and the core cannot call it: expected a loss of "
                f"steepest.losses for training and gradients. Received: {type(self).__name__}"
            )
        return {"name": self.rule, **{name: getattr(self, name) for name in self.hyper}}

    def call(self, y_true: ArrayLike, y_pred: ArrayLike) -> Array:
        """The loss of each row, in the dtype of `y_pred`: predictions (..., N) give losses (...)."""
        y_true, y_pred = _rows.as_floats(y_true, y_pred)
        return _rows.loss_values(self.rule_spec(), self.arrange(*_rows.same_rank(y_true, y_pred)))

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
        values, weights = self._weighted(np.asarray(self.call(y_true, y_pred)), sample_weight)
        weighted = values * weights
        if self._is_reduced(weighted):
            divisor = self._divisor(weighted, weights, sample_weight)
            weighted = weighted.sum(dtype=np.float64) / divisor if divisor else np.zeros(())
        return weighted.astype(self.dtype)[()]

    def gradient(self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None) -> Array:
        """d loss / d y_pred, in the shape of `y_pred` and in `dtype`.

        Without reduction, each row holds the gradient of its own loss. Arguments and errors as in a call.
        """
        y_true, y_pred = _rows.as_floats(y_true, y_pred, self.dtype)
        aligned_true, aligned_pred = _rows.same_rank(y_true, y_pred)
        rows_true, rows_pred, shape = self.arrange(aligned_true, aligned_pred)
        ones, weights = self._weighted(np.ones(shape, self.dtype), sample_weight)
        scale = ones * weights
        if self._is_reduced(scale):
            divisor = self._divisor(scale, weights, sample_weight)
            scale = scale / divisor if divisor else np.zeros_like(scale)
        row_scale = _rows.sum_to(scale, ones.shape).astype(self.dtype).reshape(-1)
        gradient = _core.loss_gradient(self.rule_spec(), rows_true, rows_pred, row_scale)
        return _rows.sum_to(gradient.reshape(*shape, rows_pred.shape[1]), aligned_pred.shape).reshape(y_pred.shape)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments, as `from_config` takes them."""
        return {"name": self.name, "reduction": self.reduction, **{name: getattr(self, name) for name in self.hyper}}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Loss:
        """The loss that `get_config` described."""
        return cls(**config)

    def _weighted(self, values: Array, sample_weight: ArrayLike | None) -> tuple[Array, Array]:
        """`values` and weights that broadcast to them."""
        if sample_weight is None:
            return values, np.ones((), self.dtype)
        weights = _rows.as_float(sample_weight, "sample_weight", self.dtype)
        aligned, aligned_weights = _rows.same_rank(values, weights)
        try:
            np.broadcast_shapes(aligned.shape, aligned_weights.shape)
        except ValueError:
            raise ValueError(
                f"`sample_weight` must hold one weight for each of the losses, of shape {values.shape}. "
                f"Received: sample_weight.shape={weights.shape}"
            ) from None
        return aligned, aligned_weights

    def _is_reduced(self, weighted: Array) -> bool:
        return self.reduction not in ("none", None) and weighted.shape not in ((), (0,))

    def _divisor(self, weighted: Array, weights: Array, sample_weight: ArrayLike | None) -> float:
        if self.reduction == "sum":
            return 1.0
        if self.reduction == "mean_with_sample_weight" and sample_weight is not None:
            return float(weights.sum(dtype=np.float64))
        return float(math.prod(weighted.shape))
