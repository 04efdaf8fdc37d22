"""The base of the layers that work on arrays, in front of a model, and the ways in which they show categories."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from steepest import config
from steepest._data.arrays import Array, is_stream
from steepest._graph.plan import Plan, Value
from steepest._graph.tensors import KerasTensor
from steepest._names.registry import suggest
from steepest.layers.layer import Layer, Shape


class ArrayLayer(Layer):
    """y = f(x) of arrays; a subclass defines `call`. It stands in front of a model, not inside."""

    composes = False

    def call(self, inputs: Any) -> Array:
        """The outputs for an array of inputs."""
        raise NotImplementedError

    def __call__(self, inputs: Any, training: bool | None = None) -> Any:
        if isinstance(inputs, KerasTensor):
            raise self._refusal()
        return self.call(inputs)

    @property
    def built(self) -> bool:
        """True: there are no weights."""
        return True

    def lower(self, plan: Plan, inputs: Value, input_shape: Shape) -> Value:
        raise self._refusal()

    def _refusal(self) -> ValueError:
        kind = type(self).__name__
        return ValueError(
            f"Layer {self.name!r} ({kind}) can't be part of a model: the core computes with numbers that have "
            f"gradients. Call it on the data, and give the model what it returns: `x = {kind}(...)(x)`."
        )


def batches(data: Any, steps: int | None = None) -> Iterator[Any]:
    """What `adapt` goes through: the batches that `data` bring, `steps` of them at most, or the data as one array."""
    listed = isinstance(data, (list, tuple)) and len(data) > 0 and all(isinstance(one, np.ndarray) for one in data)
    if not listed and not is_stream(data):
        yield data
        return
    found: Iterable[Any] = data
    for number, batch in enumerate(found):
        if steps is not None and number >= steps:
            return
        yield batch[0] if isinstance(batch, tuple) else batch  # the inputs of (inputs, targets)


def check_mode(mode: Any, modes: tuple[str, ...], owner: str) -> str:
    """`mode`, one of `modes` or an old spelling of one.

    Raises:
        ValueError: for any other.
    """
    mode = {"binary": "multi_hot", "tf-idf": "tf_idf"}.get(mode, mode)
    if mode not in modes:
        raise ValueError(
            f"Invalid value for argument `output_mode` of {owner}. Expected one of {modes}."
            f"{suggest(str(mode), modes)} Received: output_mode={mode!r}"
        )
    return str(mode)


def encoded(indices: Array, mode: str, depth: int, dtype: Any = None, weights: Array | None = None) -> Array:
    """Categories (..., N) as rows of `depth` numbers: `one_hot` (..., N, depth), `multi_hot` and `count` (..., depth).

    An index outside 0 to depth - 1 adds to nothing. In `one_hot` a last axis of 1 is dropped, as Keras drops it.
    """
    dtype = config.floatx() if dtype is None else dtype
    if indices.ndim == 0:
        indices = indices[None]
    if mode == "one_hot" and indices.ndim > 1 and indices.shape[-1] == 1:
        indices = indices[..., 0]
    rows = indices[..., None] if mode == "one_hot" else indices
    out = np.zeros((rows.size // max(rows.shape[-1], 1), depth), dtype)
    flat = rows.reshape(len(out), rows.shape[-1])
    row, place = np.nonzero((flat >= 0) & (flat < depth))
    column = flat[row, place].astype(np.int64)
    if mode == "count":
        added = np.ones(len(row)) if weights is None else weights.reshape(flat.shape)[row, place]
        np.add.at(out, (row, column), added.astype(dtype))
    else:
        out[row, column] = 1
    return out.reshape(*rows.shape[:-1], depth)


def encoded_shape(input_shape: Shape, mode: str, depth: int | None) -> Shape:
    """The shape of what `encoded` gives."""
    shape = tuple(input_shape)
    if mode == "int":
        return shape
    if mode == "one_hot" and not (len(shape) > 1 and shape[-1] == 1):
        return (*shape, depth)
    return (*shape[:-1], depth)
