"""Tokens as their places in a vocabulary: what lookups of words and of integers share."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from steepest import config
from steepest.layers.layer import Array, Shape
from steepest.layers.preprocessing.array_layer import ArrayLayer, batches, check_mode, encoded, encoded_shape
from steepest.layers.preprocessing.hashing import bucket, check_salt

_MODES = ("int", "one_hot", "multi_hot", "count", "tf_idf")
_NOWHERE = np.iinfo(np.int64).max  # the index of what is masked, in every mode but "int"


class Lookup(ArrayLayer):
    """The base of `StringLookup` and `IntegerLookup`: index <- token, by a vocabulary that is given or learned.

    Indices: 0 is the mask's, if there is one and the mode is `"int"`; then come those for tokens that the vocabulary
    does not have; then the vocabulary.
    """

    def __init__(
        self,
        max_tokens: int | None,
        num_oov_indices: int,
        mask_token: Any,
        oov_token: Any,
        vocabulary: Any,
        idf_weights: Any,
        invert: bool,
        output_mode: str,
        sparse: bool,
        pad_to_max_tokens: bool,
        salt: Any,
        name: str | None,
        oov_method: str = "floormod",
        **kwargs: Any,
    ):
        kwargs.pop("vocabulary_size", None)  # of Keras's descriptions: it follows from the rest
        kwargs.pop("dtype", None)  # what comes out are indices, or rows of `config.floatx()`
        super().__init__(name=name, **kwargs)
        kind = type(self).__name__
        if max_tokens is not None and max_tokens <= 1:
            raise ValueError(f"If `max_tokens` is set, it must be more than 1. Received: {max_tokens=}")
        if pad_to_max_tokens and max_tokens is None:
            raise ValueError(f"`pad_to_max_tokens` needs `max_tokens`. Received: {max_tokens=}")
        if num_oov_indices < 0:
            raise ValueError(f"`num_oov_indices` must be at least 0. Received: {num_oov_indices=}")
        if sparse:
            raise ValueError("Outputs are dense: `sparse` must be False. Received: sparse=True")
        if oov_method not in ("floormod", "farmhash"):
            raise ValueError(f"`oov_method` must be 'floormod' or 'farmhash'. Received: {oov_method=}")
        self.output_mode = check_mode(output_mode, _MODES, kind)
        if invert and self.output_mode != "int":
            raise ValueError(f"`output_mode` must be 'int' when `invert` is True. Received: {output_mode=}")
        self.max_tokens, self.num_oov_indices = max_tokens, num_oov_indices
        self.mask_token, self.oov_token, self.invert = mask_token, oov_token, invert
        self.sparse, self.pad_to_max_tokens = sparse, pad_to_max_tokens
        self.oov_method, self.salt = oov_method, check_salt(salt, kind)
        self.input_vocabulary = None if isinstance(vocabulary, str) else vocabulary
        self.input_idf_weights = idf_weights
        self._given = vocabulary is not None
        self._tokens: list[Any] | None = None
        self._places: dict[Any, int] = {}
        self.idf_weights: Array | None = None
        if idf_weights is not None and vocabulary is None:
            raise ValueError(f"`idf_weights` belong to a `vocabulary`. Received: {vocabulary=}, {idf_weights=}")
        if vocabulary is not None:
            self.set_vocabulary(vocabulary, idf_weights)

    def standardize(self, tokens: Any) -> Array:
        """An array of tokens, as keys of the vocabulary."""
        raise NotImplementedError

    def _hash(self, tokens: Array) -> Array:
        """A number from 0 to num_oov_indices - 1 for each token that the vocabulary does not have."""
        return bucket(tokens, self.num_oov_indices, self.salt)

    # vocabulary

    def set_vocabulary(self, vocabulary: Any, idf_weights: Any = None) -> None:
        """Sets the vocabulary.

        Args:
            vocabulary: tokens, each once, with the mask's and the unknown one's in front or without; or the path of a
                text file with one in each line.
            idf_weights: one for each token, with `output_mode="tf_idf"`.

        Raises:
            ValueError: for a token that is there twice or in a wrong place, for more than `max_tokens`, and where
                `idf_weights` are missing, superfluous or of another length.
        """
        if (self.output_mode == "tf_idf") != (idf_weights is not None):
            raise ValueError(
                "`idf_weights` must be set if `output_mode` is 'tf_idf', and only then. "
                f"Received: output_mode={self.output_mode!r}, {idf_weights=}"
            )
        if isinstance(vocabulary, str):
            with open(vocabulary, encoding="utf-8") as file:
                vocabulary = file.read().splitlines()
        tokens = self.standardize(vocabulary).ravel().tolist()
        if not tokens:
            raise ValueError(f"A vocabulary has at least one token. Received: {vocabulary!r}")
        special = [self.mask_token] * self._oov_start() + [self.oov_token] * self.num_oov_indices
        first = len(special) if special and tokens[: len(special)] == special else 0
        words = tokens[first:]
        twice = [token for token, count in Counter(words).items() if count > 1]
        if twice:
            raise ValueError(f"The vocabulary has repeated tokens. Received: {', '.join(map(repr, twice[:10]))}")
        reserved = [self.mask_token, *([self.oov_token] if self.invert else [])]
        misplaced = [token for token in words if token is not None and token in reserved]
        if misplaced:
            raise ValueError(
                f"The vocabulary has a reserved token at another place than the front, where {special} may stand. "
                f"Received: {misplaced[0]!r}"
            )
        if self.max_tokens is not None and len(special) + len(words) > self.max_tokens:
            raise ValueError(
                f"The vocabulary is larger than `max_tokens`, {self.max_tokens}. "
                f"Received: {len(special) + len(words)} tokens, special ones included"
            )
        if idf_weights is not None:
            weights = np.asarray(idf_weights, config.floatx())
            if weights.shape != (len(tokens),):
                raise ValueError(
                    f"`idf_weights` must hold one number for each of the {len(tokens)} tokens. "
                    f"Received: shape {weights.shape}"
                )
            front = 0 if first else len(special)
            self._set_idf(np.concatenate([np.full(front, weights.mean()), weights]))
        self._set(words)

    def _set(self, words: list[Any]) -> None:
        self._tokens = words
        self._places = {word: place for place, word in enumerate(words, self._token_start())}

    def _set_idf(self, weights: Array) -> None:
        size = self.max_tokens if self.pad_to_max_tokens else None
        self.idf_weights = np.pad(weights, (0, max((size or 0) - len(weights), 0))).astype(config.floatx())

    def adapt(self, data: Any, steps: int | None = None) -> None:
        """Learns the vocabulary: the tokens of the data, the most frequent first, of equally frequent ones the last.

        Args:
            data: an array or nested lists of tokens, a row for each document, or what brings batches of them.
            steps: how many batches to take; all by default.

        Raises:
            ValueError: for a layer that was given its vocabulary, and for data without tokens.
        """
        if self._given:
            raise ValueError(f"Layer {self.name!r} was given its vocabulary: it can't be adapted.")
        counts: Counter[Any] = Counter()
        with_token: Counter[Any] = Counter()
        documents = 0
        for batch in batches(data, steps):
            tokens = self.standardize(batch)
            rows = tokens.reshape(len(tokens), -1) if tokens.ndim else tokens.reshape(1, 1)
            counts.update(rows.ravel().tolist())
            if self.output_mode == "tf_idf":
                documents += len(rows)
                with_token.update(token for row in rows.tolist() for token in set(row))
        for token in (self.mask_token, self.oov_token):
            counts.pop(token, None)
        if not counts:
            raise ValueError(f"`adapt` of layer {self.name!r} found no tokens. Received: {data!r}")
        words = sorted(counts, key=lambda token: (counts[token], _key(token)), reverse=True)
        if self.max_tokens is not None:
            words = words[: self.max_tokens - self._token_start()]
        if self.output_mode == "tf_idf":
            frequencies = np.log(1 + documents / (1 + np.array([with_token[word] for word in words], float)))
            self._set_idf(np.concatenate([np.full(self._token_start(), frequencies.mean()), frequencies]))
        self._set(words)

    def get_vocabulary(self, include_special_tokens: bool = True) -> list[Any]:
        """The tokens in the order of their indices.

        Args:
            include_special_tokens: whether those of the mask and of unknown tokens are in front.
        """
        words = list(self._tokens or [])
        if not include_special_tokens:
            return words
        return [self.mask_token] * self._oov_start() + [self.oov_token] * self.num_oov_indices + words

    def vocabulary_size(self) -> int:
        """The number of tokens, special ones included."""
        return self._token_start() + len(self._tokens or [])

    def _oov_start(self) -> int:
        return int(self.mask_token is not None and self.output_mode == "int")

    def _token_start(self) -> int:
        return self._oov_start() + self.num_oov_indices

    # looking up

    def call(self, inputs: Any) -> Array:
        if self._tokens is None:
            raise RuntimeError(
                f"Layer {self.name!r} has no vocabulary yet: give a `vocabulary`, or call `adapt` with data."
            )
        if self.invert:
            return self._inverse(np.asarray(inputs))
        tokens = self.standardize(inputs)
        found, inverse = np.unique(tokens, return_inverse=True)
        places = np.array([self._places.get(token, -1) for token in found.tolist()], np.int64)
        unknown = places < 0
        if self.mask_token is not None:
            masked = found == self.mask_token
            unknown &= ~masked
            places[masked] = 0 if self.output_mode == "int" else _NOWHERE
        if unknown.any():
            if not self.num_oov_indices:
                raise ValueError(
                    "With `num_oov_indices=0` all inputs must be in the vocabulary; `num_oov_indices=1` gives others "
                    f"an index. Received: {', '.join(map(repr, found[unknown].tolist()[:10]))}"
                )
            places[unknown] = self._oov_start() + (self._hash(found[unknown]) if self.num_oov_indices > 1 else 0)
        indices = places[inverse].reshape(tokens.shape)
        if self.output_mode == "int":
            return indices
        depth = self._depth()
        assert depth is not None  # there is a vocabulary
        if self.output_mode != "tf_idf":
            return encoded(indices, self.output_mode, depth, np.int64)
        return encoded(indices, "count", depth) * self.idf_weights

    def _inverse(self, indices: Array) -> Array:
        words = np.array([self.oov_token, *(self._tokens or [])])
        places = indices.astype(np.int64) - self._token_start() + 1
        outside = (places < 1) | (places >= len(words))
        tokens = words[np.where(outside, 0, places)]
        return tokens if self.mask_token is None else np.where(indices == 0, self.mask_token, tokens)

    def _depth(self) -> int | None:
        if self.pad_to_max_tokens:
            return self.max_tokens
        return None if self._tokens is None else self.vocabulary_size()

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return encoded_shape(input_shape, self.output_mode, self._depth())

    def get_config(self) -> dict[str, Any]:
        names = (
            *("invert", "max_tokens", "num_oov_indices", "oov_token", "mask_token", "output_mode", "sparse"),
            *("pad_to_max_tokens", "oov_method", "salt"),
        )
        learned = None if self._tokens is None else self.get_vocabulary(include_special_tokens=False)
        weights = self.idf_weights
        if weights is not None and learned is not None:
            weights = weights[self._token_start() : self.vocabulary_size()]
        return {
            **super().get_config(),
            **{name: getattr(self, name) for name in names},
            "idf_weights": None if weights is None else weights.tolist(),
            "vocabulary": learned,
            "vocabulary_size": None if self._tokens is None else self.vocabulary_size(),
        }


def _key(token: Any) -> Any:
    """What tokens of one count are sorted by: strings as UTF-8."""
    return token.encode() if isinstance(token, str) else token
