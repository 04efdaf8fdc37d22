"""Words as their places in a vocabulary."""

from __future__ import annotations

from typing import Any

import numpy as np

from steepest.layers.layer import Array
from steepest.layers.preprocessing.lookup import Lookup


class StringLookup(Lookup):
    """index <- word: the place of each word in a vocabulary; unknown words have places of their own.

    Args:
        max_tokens: the largest size of the vocabulary, special tokens included; any by default.
        num_oov_indices: how many indices words that the vocabulary does not have share, by their hashes; 1 by default.
            0: they are refused.
        mask_token: a word that means nothing and has index 0; with other modes than `"int"` it adds to nothing.
        oov_token: what `get_vocabulary` and an inverse lookup say for unknown words.
        vocabulary: the words, or the path of a file with one in each line. `adapt(data)` learns it otherwise.
        idf_weights: one for each word, for `output_mode="tf_idf"` with a `vocabulary`.
        invert: whether to go back: word <- index.
        output_mode: `"int"`: the index; `"one_hot"`, `"multi_hot"`, `"count"`: as in `CategoryEncoding`; `"tf_idf"`:
            the count times log(1 + documents / (1 + documents with the word)).
        pad_to_max_tokens: whether rows are `max_tokens` long, however few words there are.
        sparse: False; outputs are dense.
        encoding: of words that are bytes.
        salt: one integer or two: the key of the hashes.
        name, kwargs: as of any layer.

    Raises:
        ValueError: for arguments out of range or that exclude each other, for vocabularies as in `set_vocabulary`, and
            when called with unknown words with `num_oov_indices=0`.
        RuntimeError: when called without a vocabulary.

    Source: Keras, `keras.layers.StringLookup`.

    >>> layer = StringLookup()
    >>> layer.adapt([["red"], ["green"], ["red"]])
    >>> layer.get_vocabulary(), layer([["green"], ["blue"]]).tolist()
    (['[UNK]', 'red', 'green'], [[2], [0]])
    """

    def __init__(
        self,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        mask_token: str | None = None,
        oov_token: str | None = "[UNK]",
        vocabulary: Any = None,
        idf_weights: Any = None,
        invert: bool = False,
        output_mode: str = "int",
        pad_to_max_tokens: bool = False,
        sparse: bool = False,
        encoding: str = "utf-8",
        name: str | None = None,
        salt: Any = None,
        **kwargs: Any,
    ):
        self.encoding = encoding
        super().__init__(
            *(max_tokens, num_oov_indices, mask_token, oov_token, vocabulary, idf_weights, invert, output_mode, sparse),
            *(pad_to_max_tokens, salt, name),
            **kwargs,
        )

    def standardize(self, tokens: Any) -> Array:
        array = np.asarray(tokens.to_numpy() if hasattr(tokens, "to_numpy") else tokens)
        if array.dtype.kind == "S":
            array = np.char.decode(array, self.encoding)
        elif array.dtype.kind == "O" and all(isinstance(token, (str, bytes)) for token in array.flat):
            words = [t.decode(self.encoding) if isinstance(t, bytes) else t for t in array.flat]
            array = np.array(words, str).reshape(array.shape)
        if array.dtype.kind != "U":
            raise ValueError(f"Layer {self.name!r} takes strings. Received: an array of dtype {array.dtype}")
        return array

    def get_config(self) -> dict[str, Any]:
        return {"encoding": self.encoding, **super().get_config()}
