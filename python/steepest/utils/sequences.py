"""Sequences of different lengths as one array."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


def pad_sequences(
    sequences: Sequence[Any],
    maxlen: int | None = None,
    dtype: Any = "int32",
    padding: str = "pre",
    truncating: str = "pre",
    value: Any = 0.0,
) -> NDArray[Any]:
    """The sequences as rows of one length: longer ones are cut, shorter ones filled up.

    Args:
        sequences: n sequences of numbers, or of arrays of one shape.
        maxlen: the length; by default that of the longest sequence.
        dtype: of the result; `object` for texts of any length.
        padding: `"pre"` fills up in front, `"post"` behind.
        truncating: `"pre"` cuts in front, `"post"` behind.
        value: what is filled in.

    Returns:
        Array of shape (n, maxlen, ...).

    Raises:
        ValueError: for anything but sequences, a word other than these two, or a text in an array of numbers.

    Source: Keras.

    >>> pad_sequences([[1], [2, 3], [4, 5, 6]], maxlen=2)
    array([[0, 1],
           [2, 3],
           [5, 6]], dtype=int32)
    """
    if not hasattr(sequences, "__len__"):
        raise ValueError(f"`sequences` must be a list of sequences. Received: {type(sequences).__name__}")
    for name, word in (("padding", padding), ("truncating", truncating)):
        if word not in ("pre", "post"):
            raise ValueError(f"`{name}` must be 'pre' or 'post'. Received: {name}={word!r}")
    for sequence in sequences:
        if not hasattr(sequence, "__len__"):
            raise ValueError(f"`sequences` must be a list of sequences. Found non-iterable: {sequence!r}")
    if isinstance(value, str) and dtype is not object and np.dtype(dtype).kind not in "SU":
        raise ValueError(f"`dtype` {dtype} can't hold texts: use dtype=object. Received: value={value!r}")
    longest = max(map(len, sequences), default=0) if maxlen is None else maxlen
    shape = next((np.shape(sequence)[1:] for sequence in sequences if len(sequence)), ())
    padded = np.full((len(sequences), longest, *shape), value, dtype)
    for row, sequence in zip(padded, sequences, strict=True):
        kept = sequence[max(len(sequence) - longest, 0) :] if truncating == "pre" else sequence[:longest]
        if not len(kept):
            continue
        kept = np.asarray(kept, dtype)
        if kept.shape[1:] != shape:
            raise ValueError(
                f"All elements must have the shape {shape}. Received: an element of shape {kept.shape[1:]}"
            )
        if padding == "post":
            row[: len(kept)] = kept
        else:
            row[longest - len(kept) :] = kept
    return padded
