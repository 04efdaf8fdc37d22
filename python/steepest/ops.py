"""The core's operations on NumPy arrays, for teaching, tests and custom training loops."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from steepest import _core
from steepest._data.rows import Array, as_float
from steepest.activations import relu, sigmoid, softmax, tanh

__all__ = ["matmul", "relu", "sigmoid", "softmax", "tanh"]


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
