"""What an operator of ONNX is given when it becomes a layer: its node, with inputs and attributes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from steepest import layers
from steepest._data.rows import Array
from steepest._graph.tensors import KerasTensor


class Tensor(NamedTuple):
    """A tensor of the graph: of each sample `lead` parts of the shape `rest`, one below the other in axis 0."""

    keras: KerasTensor  # (None, *rest) with one part, (None, lead, *rest) with several
    lead: int
    rest: tuple[int, ...]
    whole: str = ""  # integers that the graph is "given", or that are "cut" of real numbers

    @property
    def sizes(self) -> tuple[int, ...]:
        """What `keras` has behind the batch: all sizes are known."""
        return tuple(size or 1 for size in self.keras.shape[1:])

    @property
    def first(self) -> int:
        """The axis of `keras` that the first of `rest` is."""
        return len(self.keras.shape) - len(self.rest)


class Call:
    """A node with its inputs: what an operator's function is given, and what makes layers for it."""

    def __init__(self, reader: Any, node: Any):
        self.reader, self.node, self.name = reader, node, reader.operator(node)
        get = reader.onnx.helper.get_attribute_value
        self.attributes = {attribute.name: get(attribute) for attribute in node.attribute}
        self.output = str(node.output[0]) if node.output else ""

    def take(self, name: str, default: Any) -> Any:
        """An attribute, of the type that its default has."""
        value = self.attributes.pop(name, default)
        if isinstance(value, bytes):
            value = value.decode(errors="replace")
        if default is not None and not isinstance(value, float if isinstance(default, float) else type(default)):
            raise ValueError(f"expected {name} as {type(default).__name__}. Received: {value!r}")
        return value

    def refuse_rest(self) -> None:
        """Refuses attributes that nobody has asked for."""
        if self.attributes:
            raise ValueError(f"these attributes have no meaning here: {', '.join(self.attributes)}")

    def __len__(self) -> int:
        return len(self.node.input)

    def has(self, place: int) -> bool:
        """Whether there is an input at this place."""
        return place < len(self) and bool(self.node.input[place])

    def constant(self, place: int) -> Array | None:
        """The constant at this place, or None if it is none."""
        found: Array | None = self.reader.constants.get(self.node.input[place]) if self.has(place) else None
        return found

    def numbers(self, place: int) -> Array:
        """The constant at this place.

        Raises:
            ValueError: if there is none.
        """
        found = self.constant(place)
        if found is None:
            given = self.node.input[place] if self.has(place) else ""
            raise ValueError(f"expected a constant as input {place}. Received: {given!r}")
        return found

    def number(self, place: int) -> float:
        """The only number of a constant."""
        found = self.numbers(place)
        if found.size != 1:
            raise ValueError(f"expected one number as input {place}. Received: the shape {found.shape}")
        return float(found.ravel()[0])

    def integers(self, place: int) -> list[int]:
        """The numbers of a constant of integers."""
        found = self.numbers(place)
        if found.dtype.kind not in "iu" or found.ndim != 1 or found.size > 64:
            raise ValueError(f"expected a list of integers as input {place}. Received: {found.dtype} {found.shape}")
        return [int(one) for one in found]

    def tensor(self, place: int, whole: bool = False) -> Tensor:
        """What was computed of the inputs.

        Raises:
            ValueError: for a constant, for a tensor that isn't there yet, and for integers if they make no sense.
        """
        name = self.node.input[place] if self.has(place) else ""
        found: Tensor | None = self.reader.tensors.get(name)
        if found is None:
            raise ValueError(f"expected what depends on the graph's inputs as input {place}. Received: {name!r}")
        if found.whole == "cut" and not whole:
            raise ValueError(f"expected real numbers as input {place}. Received: integers, {name!r}")
        return found

    def layer(self, cls: Any, *arguments: Any, **keywords: Any) -> Any:
        """A new layer."""
        name = self.reader.name_for(self.node, cls)
        return cls(*arguments, **keywords, name=name, dtype=self.reader.dtype)

    def applied(self, layer: Any, x: Tensor, weights: Sequence[Array] = ()) -> Tensor:
        """What a layer that leaves the leading axes as they are makes of a tensor."""
        result = layer(x.keras)
        if weights:
            layer.set_weights([np.asarray(array, self.reader.dtype) for array in weights])
        return Tensor(result, x.lead, result.shape[x.first :])

    def shaped(self, x: Tensor, lead: int, rest: Sequence[int]) -> Tensor:
        """The same numbers in another shape."""
        target = (*([lead] if lead > 1 or not rest else []), *rest)
        if target == x.keras.shape[1:]:
            return Tensor(x.keras, lead, tuple(rest), x.whole)
        return Tensor(self.layer(layers.Reshape, target)(x.keras), lead, tuple(rest), x.whole)

    def join(self, following: Any) -> None:
        """Lets the layer of this node compute the node behind it as well."""
        self.reader.done.add(id(following))
        self.output = str(following.output[0])

    def rescaled(self, x: Tensor, scale: Any, offset: Any) -> Tensor:
        """x * scale + offset, with numbers or one for each column."""
        numbers = (np.asarray(one, float).tolist() for one in (scale, offset))
        return self.applied(self.layer(layers.Rescaling, *numbers), x)
