"""Utilities under Keras's names: seeds, one-hot labels, normalization, the progress bar, data sets in batches."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from steepest import _random
from steepest._graph.tensors import is_keras_tensor
from steepest._names.registry import clear_names
from steepest.callbacks.progbar import Progbar
from steepest.config import standardize_dtype
from steepest.saving import (
    CustomObjectScope,
    custom_object_scope,
    deserialize_keras_object,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
    serialize_keras_object,
)
from steepest.utils.py_dataset import PyDataset
from steepest.utils.sequences import pad_sequences

Sequence = PyDataset  # its old name

__all__ = [
    "CustomObjectScope",
    "Progbar",
    "PyDataset",
    "Sequence",
    "clear_session",
    "custom_object_scope",
    "deserialize_keras_object",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "is_keras_tensor",
    "normalize",
    "pack_x_y_sample_weight",
    "pad_sequences",
    "register_keras_serializable",
    "serialize_keras_object",
    "set_random_seed",
    "standardize_dtype",
    "to_categorical",
    "unpack_x_y_sample_weight",
]


def set_random_seed(seed: int) -> None:
    """Seeds Python's `random`, NumPy's global generator and steepest: the same program then gives the same bits.

    Args:
        seed: an integer from 0 to 2**32 - 1.

    Raises:
        ValueError: for anything else.

    >>> set_random_seed(7)
    >>> first = np.random.rand(3)
    >>> set_random_seed(7)
    >>> bool((np.random.rand(3) == first).all())
    True
    """
    import random

    if not isinstance(seed, int) or not 0 <= seed < 2**32:
        raise ValueError(
            "Expected `seed` argument to be an integer from 0 to 2**32 - 1. "
            f"Received: seed={seed!r} (of type {type(seed).__name__})"
        )
    random.seed(seed)
    np.random.seed(seed)
    _random.set_seed(seed)


def clear_session() -> None:
    """Lets automatic names start again: the next unnamed Dense layer is called `dense`."""
    clear_names()


def to_categorical(x: ArrayLike, num_classes: int | None = None) -> NDArray[np.float64]:
    """The one-hot rows of class indices: out[..., c] = 1 if x[...] = c, else 0.

    Args:
        x: integers from 0 to num_classes - 1, of any shape; a last dimension of 1 is dropped.
        num_classes: the length of a row; by default the largest index + 1.

    Returns:
        float64 array of shape `x.shape + (num_classes,)`.

    Raises:
        IndexError: if an index is not from 0 to num_classes - 1.
        ValueError: if `x` holds no integers, or is empty without `num_classes`.

    >>> to_categorical([0, 2, 1])
    array([[1., 0., 0.],
           [0., 0., 1.],
           [0., 1., 0.]])
    """
    indices = np.asarray(x).astype(np.int64)
    if indices.ndim > 1 and indices.shape[-1] == 1:
        indices = indices[..., 0]
    if not num_classes:
        if not indices.size:
            raise ValueError(f"`num_classes` can't be found from no labels. Received: an array of shape {np.shape(x)}")
        num_classes = int(indices.max()) + 1
    outside = (indices < 0) | (indices >= num_classes)
    if outside.any():
        raise IndexError(
            f"Class indices must be from 0 to num_classes - 1 = {num_classes - 1}. Received: {indices[outside].flat[0]}"
        )
    categorical = np.zeros((indices.size, num_classes))
    categorical[np.arange(indices.size), indices.ravel()] = 1
    return categorical.reshape(*indices.shape, num_classes)


def normalize(x: ArrayLike, axis: int = -1, order: Any = 2) -> NDArray[Any]:
    """x / ||x||, the norm taken along `axis`; what has norm 0 stays as it is.

    Args:
        x: array.
        axis: the axis of the vectors.
        order: which norm, as in `numpy.linalg.norm`: 2 by default.

    Returns:
        A normalized copy.

    >>> normalize([[3.0, 4.0], [0.0, 0.0]])
    array([[0.6, 0.8],
           [0. , 0. ]])
    """
    x = np.asarray(x)
    norm = np.linalg.norm(x, order, axis, keepdims=True)
    return x / np.where(norm == 0, 1, norm)


def pack_x_y_sample_weight(x: Any, y: Any = None, sample_weight: Any = None) -> Any:
    """What a generator yields to `fit`: x alone, (x, y) or (x, y, sample_weight).

    A list or tuple of inputs without targets is put into a tuple, since it would be taken for x, y.

    >>> pack_x_y_sample_weight(1, 2), pack_x_y_sample_weight([1, 2])
    ((1, 2), ([1, 2],))
    """
    if y is None:
        return (x,) if isinstance(x, (list, tuple)) else x
    return (x, y) if sample_weight is None else (x, y, sample_weight)


def unpack_x_y_sample_weight(data: Any) -> tuple[Any, Any, Any]:
    """x, y and sample_weight of what a generator yielded, None for what it did not.

    Raises:
        ValueError: for more than three parts.

    >>> unpack_x_y_sample_weight((1, 2))
    (1, 2, None)
    """
    parts = tuple(data) if isinstance(data, (list, tuple)) else (data,)
    if len(parts) > 3:
        raise ValueError(
            "Data is expected to be in format `x`, `(x,)`, `(x, y)`, or `(x, y, sample_weight)`. "
            f"Received: {len(parts)} parts"
        )
    x, y, sample_weight = (*parts, None, None, None)[:3]
    return x, y, sample_weight
