"""Anything as one of so many bins, by its hash."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from steepest import config
from steepest.layers.layer import Array, Shape
from steepest.layers.preprocessing.array_layer import ArrayLayer, check_mode, encoded, encoded_shape
from steepest.layers.preprocessing.fingerprints import farm_hash, sip_hash

_MODES = ("int", "one_hot", "multi_hot", "count")


class Hashing(ArrayLayer):
    """y = hash(x) mod num_bins, of strings, or of the digits of integers.

    Args:
        num_bins: the number of bins, a positive integer.
        mask_value: a value that has bin 0 for itself; the others share the rest.
        salt: one integer or two, the key of SipHash 64; FarmHash 64 by default.
        output_mode: `"int"`: the bin; `"one_hot"`, `"multi_hot"`, `"count"`: as in `CategoryEncoding`.
        sparse: False; outputs are dense.
        kwargs: `name` and `dtype`, which is `"int32"` or `"int64"` in the mode `"int"`.

    Raises:
        ValueError: for arguments out of range.

    Source: Keras, `keras.layers.Hashing`, with the hashes of TensorFlow.

    >>> Hashing(5)([["a"], ["b"]]).shape
    (2, 1)
    """

    def __init__(
        self,
        num_bins: int,
        mask_value: Any = None,
        salt: Any = None,
        output_mode: str = "int",
        sparse: bool = False,
        dtype: Any = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        if not isinstance(num_bins, int) or num_bins < 1:
            raise ValueError(f"`num_bins` must be a positive integer. Received: {num_bins=}")
        self.output_mode = check_mode(output_mode, _MODES, "Hashing")
        if sparse:
            raise ValueError("Outputs are dense: `sparse` must be False. Received: sparse=True")
        if dtype is None:
            dtype = "int64" if self.output_mode == "int" else config.floatx()
        if self.output_mode == "int" and dtype not in ("int32", "int64"):
            raise ValueError(f"With `output_mode='int'` the dtype is 'int32' or 'int64'. Received: {dtype=}")
        self.num_bins, self.mask_value, self.sparse = num_bins, mask_value, sparse
        self.salt = check_salt(salt, "Hashing")
        self._output_dtype = str(dtype)

    @property
    def dtype(self) -> str:
        """The dtype of what comes out."""
        return self._output_dtype

    def call(self, inputs: Any) -> Array:
        values = np.asarray(inputs)
        masked = None if self.mask_value is None or self.num_bins == 1 else values == self.mask_value
        if values.dtype.kind == "f":
            values = values.astype(np.int64)
        bins = bucket(values, self.num_bins - (masked is not None), self.salt)
        if masked is not None:
            bins = np.where(masked, 0, bins + 1)
        if self.output_mode == "int":
            return bins.astype(self.dtype)
        return encoded(bins, self.output_mode, self.num_bins, self.dtype)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return encoded_shape(input_shape, self.output_mode, self.num_bins)

    def get_config(self) -> dict[str, Any]:
        names = ("num_bins", "salt", "mask_value", "output_mode", "sparse")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


def check_salt(salt: Any, owner: str) -> list[int] | None:
    """The key of a hash as two integers.

    Raises:
        ValueError: for anything but one integer or two.
    """
    if salt is None:
        return None
    if isinstance(salt, int):
        return [salt, salt]
    if not isinstance(salt, (list, tuple)) or len(salt) != 2:
        raise ValueError(f"The `salt` of {owner} is one integer or two. Received: {salt=}")
    return list(salt)


def bucket(values: Array, count: int, salt: Sequence[int] | None = None) -> Array:
    """A number from 0 to count - 1 for each value, by the hash of it as a string."""
    found, inverse = np.unique(values, return_inverse=True)
    texts = [value if isinstance(value, bytes) else str(value).encode() for value in found.tolist()]
    hashes = [farm_hash(text) if salt is None else sip_hash(text, *salt) for text in texts]
    return np.array([number % count for number in hashes], np.int64)[inverse].reshape(values.shape)
