"""Integers as their places in a vocabulary."""

from __future__ import annotations

from typing import Any

import numpy as np

from steepest.layers.layer import Array
from steepest.layers.preprocessing.lookup import Lookup


class IntegerLookup(Lookup):
    """index <- integer: the place of each integer in a vocabulary; unknown ones have places of their own.

    Args:
        oov_method: how unknown integers share several indices: `"floormod"`, x mod num_oov_indices, or `"farmhash"`, as
            the hash of their digits.
        vocabulary_dtype: `"int64"`.
        salt: one integer or two: the key of the hashes, with `oov_method="farmhash"`.
        others: see `StringLookup`; `oov_token` is -1 by default.

    Raises:
        ValueError, RuntimeError: as `StringLookup`.

    Source: Keras, `keras.layers.IntegerLookup`.

    >>> IntegerLookup(vocabulary=[12, 36], output_mode="one_hot")([[36], [7]]).tolist()
    [[0, 0, 1], [1, 0, 0]]
    """

    def __init__(
        self,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        mask_token: int | None = None,
        oov_token: int | None = -1,
        vocabulary: Any = None,
        vocabulary_dtype: str = "int64",
        idf_weights: Any = None,
        invert: bool = False,
        output_mode: str = "int",
        sparse: bool = False,
        pad_to_max_tokens: bool = False,
        oov_method: str = "floormod",
        salt: Any = None,
        name: str | None = None,
        **kwargs: Any,
    ):
        if vocabulary_dtype != "int64":
            raise ValueError(f"`vocabulary_dtype` must be 'int64'. Received: {vocabulary_dtype=}")
        if salt is not None and oov_method != "farmhash":
            raise ValueError(f"`salt` goes with `oov_method='farmhash'`. Received: {oov_method=}")
        super().__init__(
            *(max_tokens, num_oov_indices, mask_token, oov_token, vocabulary, idf_weights, invert, output_mode, sparse),
            *(pad_to_max_tokens, salt, name, oov_method),
            **kwargs,
        )

    def standardize(self, tokens: Any) -> Array:
        array = np.asarray(tokens.to_numpy() if hasattr(tokens, "to_numpy") else tokens)
        if array.dtype.kind == "U":  # of a file
            try:
                return array.astype(np.int64)
            except ValueError:
                pass
        if array.dtype.kind not in "iub" and not (array.dtype.kind == "f" and (array == np.floor(array)).all()):
            raise ValueError(f"Layer {self.name!r} takes integers. Received: an array of dtype {array.dtype}")
        return array.astype(np.int64)

    def _hash(self, tokens: Array) -> Array:
        return tokens % self.num_oov_indices if self.oov_method == "floormod" else super()._hash(tokens)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "vocabulary_dtype": "int64"}
