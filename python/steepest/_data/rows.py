"""Arrays as the rules of the core want them: floats, in rows.

A loss or a metric sees n rows: predictions (n, N) and targets (n, N), or (n, 1) where a target is a class's index.
Users bring lists, integers, any number of leading dimensions, and targets of one dimension less; `broadcast`,
`matched`, `sparse` and `labels` turn those into rows, as Keras understands them, and return the leading dimensions too.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from steepest import _core, config

Array: TypeAlias = NDArray[Any]
Axis: TypeAlias = "int | tuple[int, ...] | None"
Rows: TypeAlias = "tuple[Array, Array, tuple[int, ...]]"


def as_float(value: ArrayLike, name: str, dtype: Any = None) -> Array:
    """`value` as a contiguous, aligned float array of `dtype`.

    Without a dtype float32 and float64 arrays keep theirs; everything else, lists included, becomes `floatx()`.

    Raises:
        ValueError: if `value` holds anything but real numbers; `name` is what it is called in the message.
    """
    array = np.asarray(value)
    if array.dtype.kind not in "fiub":
        raise ValueError(f"`{name}` must hold real numbers. Received: dtype {array.dtype}, shape {array.shape}")
    if dtype is None:
        keeps = hasattr(value, "dtype") and array.dtype in (np.float32, np.float64)
        dtype = array.dtype if keeps else config.floatx()
    return np.require(array, dtype, ["C", "A"])


def as_floats(y_true: ArrayLike, y_pred: ArrayLike, dtype: Any = None) -> tuple[Array, Array]:
    """Targets and predictions as float arrays of one dtype, by default that of the predictions."""
    y_pred = as_float(y_pred, "y_pred", dtype)
    return as_float(y_true, "y_true", y_pred.dtype), y_pred


def same_rank(a: Array, b: Array) -> tuple[Array, Array]:
    """`a` and `b`, one of them squeezed or expanded at the end if their ranks differ by a last dimension of 1."""
    if a.ndim == b.ndim + 1 and a.shape[-1] == 1:
        return (a, b[:, None]) if b.ndim == 1 else (a[..., 0], b)
    if b.ndim == a.ndim + 1 and b.shape[-1] == 1:
        return (a[:, None], b) if a.ndim == 1 else (a, b[..., 0])
    return a, b


def sum_to(array: Array, shape: tuple[int, ...]) -> Array:
    """The sums of `array` over what broadcasting from `shape` repeated: the gradient of broadcasting."""
    leading = array.ndim - len(shape)
    repeated = tuple(axis for axis, size in enumerate(shape, leading) if size == 1)
    return np.asarray(array.sum(axis=(*range(leading), *repeated)).reshape(shape))


def axes_last(array: Array, axis: Axis) -> Array:
    """`array` with the axes `axis` (None: all of them) at the end, as one.

    Raises:
        ValueError: if it does not have them.
    """
    if axis == -1:
        return array
    axes = tuple(range(array.ndim)) if axis is None else np.atleast_1d(axis)
    try:
        moved = np.moveaxis(array, axes, range(-len(axes), 0))
    except np.exceptions.AxisError:
        raise ValueError(f"There is no axis {axis} in an array of shape {array.shape}.") from None
    return moved.reshape(*moved.shape[: array.ndim - len(axes)], -1)


def axes_back(array: Array, axis: Axis, shape: tuple[int, ...]) -> Array:
    """What `axes_last(_, axis)` made of an array of `shape`, as it was."""
    if axis == -1:
        return array
    axes = tuple(range(len(shape))) if axis is None else np.atleast_1d(axis)
    moved = np.moveaxis(np.empty(shape, np.bool_), axes, range(-len(axes), 0)).shape
    return np.moveaxis(array.reshape(moved), range(-len(axes), 0), axes)


def broadcast(y_true: Array, y_pred: Array) -> Rows:
    """Rows of shapes that broadcast against each other, as the regression losses allow."""
    y_true, y_pred = same_rank(y_true, y_pred)
    try:
        y_true, y_pred = np.broadcast_arrays(y_true, y_pred)
    except ValueError:
        pass  # `matched` says what is wrong
    return matched(y_true, y_pred)


def matched(y_true: Array, y_pred: Array) -> Rows:
    """Rows of two arrays of one shape."""
    if y_true.shape != y_pred.shape or not y_pred.ndim:
        raise ValueError(
            "`y_true` and `y_pred` must have the same shape, of at least one dimension. "
            f"Received: y_true.shape={y_true.shape}, y_pred.shape={y_pred.shape}"
        )
    return _flat(y_true, y_true.shape), _flat(y_pred, y_pred.shape), y_pred.shape[:-1]


def sparse(y_true: Array, y_pred: Array) -> Rows:
    """Rows of class indices (...) or (..., 1) and one prediction a class (..., N)."""
    if y_true.ndim == y_pred.ndim and y_true.ndim and y_true.shape[-1] == 1:
        y_true = y_true[..., 0]
    if not y_pred.ndim or y_true.shape != y_pred.shape[:-1]:
        raise ValueError(
            "`y_true` must have the shape of `y_pred` without its last dimension: one class index for each row of "
            f"predictions. Received: y_true.shape={y_true.shape}, y_pred.shape={y_pred.shape}"
        )
    return _flat(y_true, (*y_true.shape, 1)), _flat(y_pred, y_pred.shape), y_pred.shape[:-1]


def labels(y_true: Array, y_pred: Array) -> Rows:
    """`sparse`, with every index a class of `y_pred`; fractions are cut off, as Keras does."""
    y_true, y_pred, shape = sparse(y_true, y_pred)
    y_true = np.trunc(y_true)
    classes = y_pred.shape[1]
    outside = ~((y_true >= 0) & (y_true < classes))  # so that nan is outside
    if outside.any():
        raise ValueError(
            f"`y_true` must hold class indices from 0 to {classes - 1}, for y_pred.shape={(*shape, classes)}. "
            f"Received: a label of {y_true[outside][0]:g}"
        )
    return y_true, y_pred, shape


def loss_values(spec: Mapping[str, Any], rows: Rows) -> Array:
    """The loss of each row, in the rows' leading shape."""
    y_true, y_pred, shape = rows
    return _core.loss_values(spec, y_true, y_pred).reshape(shape)


def metric_values(spec: Mapping[str, Any], rows: Rows) -> Array:
    """The metric of each row, in the rows' leading shape."""
    y_true, y_pred, shape = rows
    return _core.metric_values(spec, y_true, y_pred).reshape(shape)


def _flat(array: Array, shape: tuple[int, ...]) -> Array:
    return np.ascontiguousarray(array).reshape(math.prod(shape[:-1]), shape[-1])
