"""Arrays from whatever users have, and what is none: nothing is copied that the core could read as it lies.

The core gathers rows of any native real dtype and any layout. Only what it can't read is converted: lists, Python
objects with an array in them, long doubles, foreign byte orders, unaligned fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]

READABLE = frozenset(np.dtype(code) for code in "?bhilqBHILQefd")


def as_array(value: Any, name: str) -> Array:
    """`value` as an array of at least one row, in a dtype that the core reads.

    Raises:
        ValueError: if it holds anything but real numbers, has no rows, or is no array at all.
    """
    if type(value) is not np.ndarray:
        value = _to_numpy(value, name)
    if value.dtype not in READABLE:
        if value.dtype.kind not in "biuf":
            raise ValueError(
                f"`{name}` must be an array of real numbers. Received: an array of dtype {value.dtype}, "
                f"shape {value.shape}"
            )
        foreign = value.dtype.newbyteorder("=")
        value = value.astype(foreign if foreign in READABLE else np.float64)
    elif not value.flags.aligned:
        value = value.copy()
    if not value.ndim or not value.size:
        raise ValueError(f"`{name}` must have at least one row, of at least one number. Received: shape {value.shape}")
    return value


def is_sparse(value: Any) -> bool:
    """Whether this is a sparse matrix or array of SciPy."""
    return hasattr(value, "tocsr") and hasattr(value, "toarray")


def is_stream(data: Any) -> bool:
    """Whether `data` bring whole batches, one after another: an iterable that is no array and can't be read as one."""
    if not isinstance(data, Iterable) or isinstance(data, (Sequence, Mapping)) or is_sparse(data):
        return False
    return not any(hasattr(data, protocol) for protocol in _PROTOCOLS)


# What offers one of these is read as one array, and everything else that is iterable as batches.
_PROTOCOLS = ("__array__", "to_numpy", "__dlpack__", "__arrow_c_stream__")


def _to_numpy(value: Any, name: str) -> Array:
    """An array of what is none: lists, subclasses, data frames, whatever offers one of the protocols."""
    if value is None:
        raise ValueError(f"`{name}` is missing. Received: {name}=None")
    if isinstance(value, np.ma.MaskedArray) and np.ma.is_masked(value):
        raise ValueError(f"`{name}` has masked elements, and there is nothing to compute with in their place.")
    try:
        if hasattr(value, "to_numpy"):  # pandas and polars, without importing them
            return _frame_to_numpy(value)
        if not hasattr(value, "__array__") and hasattr(value, "__dlpack__"):
            return np.from_dlpack(value)
        if not hasattr(value, "__array__") and hasattr(value, "__arrow_c_stream__"):
            return _arrow_to_numpy(value, name)
        return np.asarray(value)
    except (BufferError, RuntimeError, TypeError, ValueError) as error:  # the first two are of DLPack and of PyTorch
        raise ValueError(f"`{name}` can't be read as an array: {error}. Received: {type(value).__name__}") from None


def _arrow_to_numpy(table: Any, name: str) -> Array:
    """The columns of whatever Arrow can read, side by side."""
    try:
        import pyarrow  # type: ignore[import-not-found]
    except ImportError:
        raise ImportError(
            f"`{name}` is a table of Arrow, which is read by pyarrow: pip install pyarrow. "
            f"Received: {type(table).__name__}"
        ) from None
    return np.column_stack([column.to_numpy() for column in pyarrow.table(table).columns])


def _frame_to_numpy(frame: Any) -> Array:
    """A data frame's or a series' values; numeric columns of different dtypes become float64, missing values nan."""
    array = np.asarray(frame.to_numpy())
    if array.dtype.kind != "O":
        return array
    dtypes: Any = getattr(frame, "dtypes", None)
    columns = dtypes if hasattr(dtypes, "__iter__") else [dtypes]
    if all(getattr(dtype, "kind", "O") in "biuf" for dtype in columns):
        array = np.asarray(frame.to_numpy(dtype="float64", na_value=np.nan))
    return array
