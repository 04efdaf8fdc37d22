"""Operations of Keras on arrays, and on symbolic tensors where a layer does the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from steepest import _core
from steepest._data.rows import Array, as_float
from steepest._graph.tensors import KerasTensor, is_symbolic
from steepest._names.registry import suggest
from steepest.activations import (
    elu,
    gelu,
    leaky_relu,
    log_softmax,
    relu,
    selu,
    sigmoid,
    silu,
    softmax,
    softplus,
    softsign,
    tanh,
)

__all__ = [
    "add",
    "concatenate",
    "divide",
    "elu",
    "gelu",
    "leaky_relu",
    "log_softmax",
    "matmul",
    "maximum",
    "minimum",
    "multiply",
    "negative",
    "relu",
    "reshape",
    "selu",
    "sigmoid",
    "silu",
    "softmax",
    "softplus",
    "softsign",
    "subtract",
    "tanh",
    "transpose",
]


def _merged(layer: str, function: Any, x1: Any, x2: Any) -> Any:
    """A layer that merges two symbolic tensors, or NumPy's function of two arrays."""
    from steepest import layers

    if not is_symbolic([x1, x2]):
        return function(x1, x2)
    if not (isinstance(x1, KerasTensor) and isinstance(x2, KerasTensor)):
        raise ValueError(
            f"`{function.__name__}` of a symbolic tensor takes another one of its shape. Received: {x1!r} and {x2!r}"
        )
    return getattr(layers, layer)()([x1, x2])


def _scalar(x: Any) -> bool:
    return not isinstance(x, KerasTensor) and np.ndim(x) < 2


def _rescaled(x: Any, scale: Any, offset: Any = 0.0) -> Any:
    from steepest import layers

    return layers.Rescaling(scale, offset)(x)


def add(x1: Any, x2: Any) -> Any:
    """x1 + x2: arrays; two symbolic tensors of one shape; or one with a number, or a number for each of its last axis.

    Raises:
        ValueError: for a symbolic tensor and what is neither.

    >>> add([1.0, 2.0], 3.0)
    array([4., 5.])
    """
    for tensor, other in ((x1, x2), (x2, x1)):
        if isinstance(tensor, KerasTensor) and _scalar(other):
            return _rescaled(tensor, 1.0, other)
    return _merged("Add", np.add, x1, x2)


def subtract(x1: Any, x2: Any) -> Any:
    """x1 - x2, as `add`.

    >>> subtract([1.0, 2.0], 3.0)
    array([-2., -1.])
    """
    if isinstance(x1, KerasTensor) and _scalar(x2):
        return _rescaled(x1, 1.0, np.negative(x2))
    if isinstance(x2, KerasTensor) and _scalar(x1):
        return _rescaled(x2, -1.0, x1)
    return _merged("Subtract", np.subtract, x1, x2)


def multiply(x1: Any, x2: Any) -> Any:
    """x1 * x2, as `add`.

    >>> multiply([1.0, 2.0], 3.0)
    array([3., 6.])
    """
    for tensor, other in ((x1, x2), (x2, x1)):
        if isinstance(tensor, KerasTensor) and _scalar(other):
            return _rescaled(tensor, other)
    return _merged("Multiply", np.multiply, x1, x2)


def divide(x1: Any, x2: Any) -> Any:
    """x1 / x2: arrays, or a symbolic tensor by a number, or by one for each of its last axis.

    Raises:
        ValueError: for a symbolic tensor by another.

    >>> divide([1.0, 2.0], 4.0)
    array([0.25, 0.5 ])
    """
    if not is_symbolic([x1, x2]):
        return np.divide(x1, x2)
    if not _scalar(x2):
        raise ValueError(f"A symbolic tensor can be divided by numbers only. Received: {x1!r} / {x2!r}")
    return _rescaled(x1, np.divide(1.0, x2))


def negative(x: Any) -> Any:
    """-x of an array or a symbolic tensor.

    >>> negative([1.0, -2.0])
    array([-1.,  2.])
    """
    return _rescaled(x, -1.0) if isinstance(x, KerasTensor) else np.negative(x)


def maximum(x1: Any, x2: Any) -> Any:
    """The larger of each pair of numbers, of two arrays or two symbolic tensors of one shape.

    >>> maximum([1.0, 4.0], [2.0, 3.0])
    array([2., 4.])
    """
    return _merged("Maximum", np.maximum, x1, x2)


def minimum(x1: Any, x2: Any) -> Any:
    """The smaller of each pair of numbers, of two arrays or two symbolic tensors of one shape.

    >>> minimum([1.0, 4.0], [2.0, 3.0])
    array([1., 3.])
    """
    return _merged("Minimum", np.minimum, x1, x2)


def concatenate(xs: Sequence[Any], axis: int = -1) -> Any:
    """Arrays, or symbolic tensors, beside each other along an axis.

    >>> concatenate([[[1.0, 2.0]], [[3.0]]])
    array([[1., 2., 3.]])
    """
    from steepest import layers

    return layers.Concatenate(axis)(list(xs)) if is_symbolic(xs) else np.concatenate(xs, axis)


def reshape(x: Any, newshape: Sequence[int]) -> Any:
    """The same numbers in another shape, batch included; one size may be -1.

    Raises:
        ValueError: for a symbolic tensor whose first axis would not stay the batch's.

    >>> reshape([[1.0, 2.0]], (2, 1))
    array([[1.],
           [2.]])
    """
    from steepest import layers

    if not isinstance(x, KerasTensor):
        return np.reshape(x, newshape)
    if not len(newshape) or newshape[0] not in (-1, None, x.shape[0]):
        raise ValueError(f"The first axis of a symbolic tensor is the batch's, and stays -1. Received: {newshape=}")
    return layers.Reshape(tuple(newshape[1:]))(x)


def transpose(x: Any, axes: Sequence[int] | None = None) -> Any:
    """The axes in another order, by default the reverse.

    Raises:
        ValueError: for a symbolic tensor whose first axis would not stay the batch's.

    >>> transpose([[1.0, 2.0]])
    array([[1.],
           [2.]])
    """
    from steepest import layers

    if not isinstance(x, KerasTensor):
        return np.transpose(x, axes)
    if axes is None or axes[0] != 0:
        raise ValueError(f"The first axis of a symbolic tensor is the batch's, and stays first. Received: {axes=}")
    return layers.Permute(tuple(axes[1:]))(x)


def matmul(a: ArrayLike, b: ArrayLike, transpose_a: bool = False, transpose_b: bool = False) -> Array:
    """op(a) @ op(b), op(x) being x or its transpose: the three products of a dense layer.

    With x (M, K), kernel (K, N) and dz (M, N): forward `matmul(x, kernel)`, the kernel's gradient
    `matmul(x, dz, transpose_a=True)`, the input's gradient `matmul(dz, kernel, transpose_b=True)`.

    Args:
        a: matrix, (M, K), or (K, M) if `transpose_a`.
        b: matrix, (K, N), or (N, K) if `transpose_b`. If one of both is float64, the product is.

    Returns:
        (M, N) array.

    Raises:
        ValueError: if `a` or `b` is not a matrix or the inner dimensions differ.

    >>> matmul(np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]]), transpose_b=True)
    array([[11.]])
    """
    a, b = as_float(a, "a"), as_float(b, "b")
    if a.ndim != 2 or b.ndim != 2 or a.shape[0 if transpose_a else 1] != b.shape[1 if transpose_b else 0]:
        raise ValueError(
            "`matmul` takes two matrices, op(a) (M, K) and op(b) (K, N). "
            f"Received: {a.shape=}, {b.shape=}, {transpose_a=}, {transpose_b=}"
        )
    dtype = np.result_type(a, b)
    return _core.matmul(a.astype(dtype, copy=False), b.astype(dtype, copy=False), transpose_a, transpose_b)


def __getattr__(name: str) -> Any:
    if name.startswith("_"):
        raise AttributeError(name)
    raise AttributeError(
        f"`keras.ops.{name}` is not available.{suggest(name, __all__)} On arrays, NumPy has nearly all of Keras's "
        f"operations; on symbolic tensors there are layers, and of `keras.ops`: {', '.join(__all__)}."
    )
