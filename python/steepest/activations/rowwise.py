"""Activations of whole rows: an element depends on all of them along an axis."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike

from steepest._data.rows import Array, as_float
from steepest._graph.tensors import KerasTensor
from steepest.activations.function import ActivationFunction, evaluate, evaluate_gradient
from steepest.activations.smooth import sigmoid


def _row_wise(name: str) -> Callable[[Callable[..., Array]], ActivationFunction]:
    def gradient(x: ArrayLike, dy: ArrayLike, axis: int = -1) -> Array:
        moved = _rows_along(axis, name, x)
        dy = as_float(dy, "dy", moved.dtype)
        if dy.shape != np.shape(x):
            raise ValueError(f"`dy` must have the shape of `x`. Received: x.shape={np.shape(x)}, dy.shape={dy.shape}")
        return np.moveaxis(evaluate_gradient({"name": name}, moved, np.moveaxis(dy, axis, -1)), -1, axis)

    def decorate(function: Callable[..., Array]) -> ActivationFunction:
        @wraps(function)
        def called(x: ArrayLike, axis: int = -1) -> Array:
            if not isinstance(x, KerasTensor):
                return function(x, axis)
            if axis not in (-1, x.ndim - 1):
                raise ValueError(f"`{name}` of a symbolic tensor runs over its last axis. Received: {x!r}, {axis=}")
            return evaluate({"name": name}, x)

        made = cast(ActivationFunction, called)
        made.spec, made.spec_of, made.gradient = {"name": name}, lambda: {"name": name}, gradient
        return made

    return decorate


def _rows_along(axis: int, name: str, x: ArrayLike) -> Array:
    array = as_float(x, "x")
    if not array.ndim or isinstance(axis, bool) or not -array.ndim <= axis < array.ndim:
        raise ValueError(f"`{name}` runs over an axis of an array. Received: x.shape={array.shape}, {axis=}")
    return np.moveaxis(array, axis, -1)


@_row_wise("softmax")
def softmax(x: ArrayLike, axis: int = -1) -> Array:
    """f(x)_i = exp(x_i) / sum_j exp(x_j) along an axis, df_i/dx_j = f_i ((i = j) - f_j).

    The largest x of each row is subtracted first, so that no exponential overflows.

    Args:
        x: array of at least one dimension.
        axis: the axis; the last by default.

    Raises:
        ValueError: for a scalar, or an axis that x does not have.

    >>> softmax([[0.0, 0.0], [1e4, 0.0]])
    array([[0.5, 0.5],
           [1. , 0. ]], dtype=float32)
    """
    rows = _rows_along(axis, "softmax", x)
    if rows.shape[-1] == 1:
        warnings.warn(
            f"softmax over an axis of size 1 (x.shape={np.shape(x)}) is 1 everywhere. Use sigmoid for a single output.",
            stacklevel=2,
        )
    return np.moveaxis(evaluate({"name": "softmax"}, rows), -1, axis)


@_row_wise("log_softmax")
def log_softmax(x: ArrayLike, axis: int = -1) -> Array:
    """f(x)_i = x_i - log sum_j exp(x_j) along an axis, df_i/dx_j = (i = j) - exp(f_j). Without overflow.

    Args:
        x: array of at least one dimension.
        axis: the axis; the last by default.

    Raises:
        ValueError: for a scalar, or an axis that x does not have.

    >>> log_softmax([[1e4, 0.0]])
    array([[     0., -10000.]], dtype=float32)
    """
    return np.moveaxis(evaluate({"name": "log_softmax"}, _rows_along(axis, "log_softmax", x)), -1, axis)


@_row_wise("sparsemax")
def sparsemax(x: ArrayLike, axis: int = -1) -> Array:
    """f(x)_i = max(x_i - tau, 0) along an axis, with the tau for which they add up to 1: small ones become 0.

    Args:
        x: array of at least one dimension.
        axis: the axis; the last by default.

    Raises:
        ValueError: for a scalar, or an axis that x does not have.

    Source: Martins and Astudillo 2016, "From softmax to sparsemax".

    >>> sparsemax([[0.5, 0.25, -1.0]])
    array([[0.625, 0.375, 0.   ]], dtype=float32)
    """
    return np.moveaxis(evaluate({"name": "sparsemax"}, _rows_along(axis, "sparsemax", x)), -1, axis)


def glu(x: ArrayLike, axis: int = -1) -> Array:
    """f(x) = a sigmoid(b), with x cut into halves a and b along an axis: the result is half as long there.

    A layer keeps the number of its units, so no layer applies it; `glu.gradient(x, dy)` is its derivative.

    Args:
        x: array with an even number of elements along `axis`.
        axis: the axis; the last by default.

    Raises:
        ValueError: for a scalar, an axis that x does not have, or an odd number of elements.

    Source: Dauphin et al. 2017, "Language modeling with gated convolutional networks".

    >>> glu([[2.0, 4.0, 0.0, 1e4]])
    array([[1., 4.]], dtype=float32)
    """
    a, b = _halves(x, axis)
    return np.moveaxis(a * sigmoid(b), -1, axis)


def _glu_gradient(x: ArrayLike, dy: ArrayLike, axis: int = -1) -> Array:
    a, b = _halves(x, axis)
    dy = as_float(dy, "dy", a.dtype)
    if dy.shape != np.moveaxis(a, -1, axis).shape:
        raise ValueError(
            f"`dy` must have the shape of `glu(x)`. Received: x.shape={np.shape(x)}, dy.shape={dy.shape}, {axis=}"
        )
    rows = np.moveaxis(dy, axis, -1)
    return np.moveaxis(np.concatenate([rows * sigmoid(b), sigmoid.gradient(b, rows * a)], axis=-1), -1, axis)


def _halves(x: ArrayLike, axis: int) -> Any:
    rows = _rows_along(axis, "glu", x)
    if rows.shape[-1] % 2:
        raise ValueError(
            f"`glu` cuts an axis into halves: expected an even size. Received: x.shape={np.shape(x)}, {axis=}"
        )
    return np.split(rows, 2, axis=-1)


cast(ActivationFunction, glu).spec = None
cast(ActivationFunction, glu).gradient = _glu_gradient
