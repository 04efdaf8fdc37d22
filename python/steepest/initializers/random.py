"""Initializers that draw from one distribution, whatever the shape; and orthogonal matrices."""

from __future__ import annotations

import math
import operator
from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np

from steepest import _random
from steepest._names.arguments import number
from steepest._names.registry import serialize_object
from steepest.config import standardize_dtype
from steepest.initializers.constant import Array, Initializer, Shape
from steepest.random import SeedGenerator

Seed: TypeAlias = int | SeedGenerator | Mapping[str, Any] | None  # the mapping is a serialized generator


class RandomInitializer(Initializer):
    """Base of the random initializers: keeps the seed."""

    def __init__(self, seed: Seed = None):
        if isinstance(seed, Mapping):
            seed = SeedGenerator.from_config(seed["config"])
        if seed is not None and not isinstance(seed, SeedGenerator):
            try:
                seed = operator.index(seed)
            except TypeError:
                raise ValueError(
                    f"`seed` must be an integer, a SeedGenerator or None. Received: seed={seed!r}"
                ) from None
        self._given_seed = seed
        self.seed = _random.next_seed() if seed is None else seed

    def _generator(self) -> np.random.Generator:
        return np.random.default_rng(self.seed.next() if isinstance(self.seed, SeedGenerator) else self.seed % 2**64)

    def get_config(self) -> dict[str, Any]:
        seed = self._given_seed
        return {"seed": serialize_object(seed, "keras.random") if isinstance(seed, SeedGenerator) else seed}


class RandomUniform(RandomInitializer):
    """w ~ U[minval, maxval).

    >>> w = RandomUniform(-1.0, 1.0, seed=1)((100, 100))
    >>> w.shape, bool(abs(w).max() <= 1)
    ((100, 100), True)
    """

    def __init__(self, minval: float = -0.05, maxval: float = 0.05, seed: Seed = None):
        super().__init__(seed)
        if number(maxval, "maxval", low=-math.inf) < number(minval, "minval", low=-math.inf):
            raise ValueError(f"`maxval` must be `minval` or more. Received: {minval=}, {maxval=}")
        self.minval = minval
        self.maxval = maxval

    def __call__(self, shape: Shape, dtype: Any = None) -> Array:
        return uniform(self._generator(), shape, self.minval, self.maxval, dtype)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "minval": self.minval, "maxval": self.maxval}


class RandomNormal(RandomInitializer):
    """w ~ N(mean, stddev^2).

    >>> RandomNormal(stddev=0.01, seed=1)((2, 3)).shape
    (2, 3)
    """

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: Seed = None):
        super().__init__(seed)
        number(mean, "mean", low=-math.inf)
        number(stddev, "stddev")
        self.mean = mean
        self.stddev = stddev

    def __call__(self, shape: Shape, dtype: Any = None) -> Array:
        return normal(self._generator(), shape, self.mean, self.stddev, dtype)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "mean": self.mean, "stddev": self.stddev}


class TruncatedNormal(RandomNormal):
    """w ~ N(mean, stddev^2), drawn again while it is more than two standard deviations from the mean.

    >>> w = TruncatedNormal(stddev=1.0, seed=1)((100, 100))
    >>> bool(abs(w).max() <= 2)
    True
    """

    def __call__(self, shape: Shape, dtype: Any = None) -> Array:
        return truncated_normal(self._generator(), shape, self.mean, self.stddev, dtype)


class Orthogonal(RandomInitializer):
    """w = gain * Q, Q uniform among the matrices with orthonormal columns (rows, if there are fewer rows than columns).

    The Q of the QR decomposition of a normal matrix, its columns multiplied by the signs of R's diagonal (Saxe et al.
    2014). A shape of more than two dimensions is filled as the matrix (all others, last).

    >>> w = Orthogonal(seed=1)((4, 3), "float64")
    >>> bool(np.allclose(w.T @ w, np.eye(3)))
    True
    """

    def __init__(self, gain: float = 1.0, seed: Seed = None):
        super().__init__(seed)
        number(gain, "gain", low=-math.inf)
        self.gain = gain

    def __call__(self, shape: Shape, dtype: Any = None) -> Array:
        if len(shape) < 2:
            raise ValueError(f"Orthogonal initializes at least two dimensions. Received: shape={tuple(shape)}")
        rows, columns = math.prod(shape[:-1]), shape[-1]
        tall = normal(self._generator(), (max(rows, columns), min(rows, columns)), 0.0, 1.0, "float64")
        q, r = np.linalg.qr(tall)
        q *= np.where(np.diag(r) < 0, -1.0, 1.0)
        return (self.gain * (q if rows >= columns else q.T)).reshape(shape).astype(standardize_dtype(dtype))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "gain": self.gain}


def uniform(generator: np.random.Generator, shape: Shape, low: float, high: float, dtype: Any) -> Array:
    """Draws from U[low, high)."""
    values = generator.random(tuple(shape), np.dtype(standardize_dtype(dtype)))
    values *= high - low
    values += low
    return values


def normal(generator: np.random.Generator, shape: Shape, mean: float, stddev: float, dtype: Any) -> Array:
    """Draws from N(mean, stddev^2)."""
    values = generator.standard_normal(tuple(shape), np.dtype(standardize_dtype(dtype)))
    values *= stddev
    values += mean
    return values


def truncated_normal(generator: np.random.Generator, shape: Shape, mean: float, stddev: float, dtype: Any) -> Array:
    """Draws from N(mean, stddev^2) cut at two standard deviations."""
    values = generator.standard_normal(tuple(shape), np.dtype(standardize_dtype(dtype)))
    while (far := np.abs(values) > 2).any():
        values[far] = generator.standard_normal(int(far.sum()), values.dtype)
    values *= stddev
    values += mean
    return values
