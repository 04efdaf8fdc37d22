"""The base of the layers: a name, a place in a network of the core, and the weights that lie there.

To add a layer that the core knows: a subclass with `specs` (what the core is told), `compute_output_shape` and
`call`, and `initial_weights` if it has any; one line in `layers/__init__.py`. Shapes include the batch, as in Keras.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from steepest import _core, config
from steepest._registry import auto_name, snake_case, suggest
from steepest._rows import as_float

Array: TypeAlias = NDArray[Any]
Shape: TypeAlias = "tuple[int | None, ...]"


class Layer:
    """y = f(x; weights).

    Args:
        trainable: True; layers can't be frozen.
        dtype: `"float32"` or `"float64"`. The first layer of a model that is given one decides for the model;
            `config.floatx()` if none is.
        name: by default the class's name, numbered: `dense`, `dense_1`, ...
        input_shape, input_dim: the old spelling of an `Input` in front of the first layer.

    Raises:
        ValueError: for a wrong value or an unknown keyword.
    """

    def __init__(self, *, trainable: bool = True, dtype: Any = None, name: str | None = None, **old: Any):
        if not isinstance(name, (str, type(None))):
            raise ValueError(f"`name` must be a string. Received: name={name!r} (of type {type(name).__name__})")
        self.name = auto_name(snake_case(type(self).__name__)) if name is None else name
        self.trainable = trainable
        self._given_dtype = None if dtype is None else config.standardize_dtype(dtype)
        self._given_input_shape = _old_input_shape(old)
        if old:
            self._refuse(old)
        self._network: _core.Network | None = None  # where the weights are, once built
        self._weight_slots = slice(0, 0)
        self._input_shape: Shape | None = None
        self._owner: Any = None  # a weak reference to the model that the layer is in

    def _refuse(self, unknown: Mapping[str, Any]) -> None:
        import inspect

        known = [name for name in inspect.signature(type(self)).parameters if name != "kwargs"]
        known += ["name", "dtype", "input_shape", "input_dim"]
        raise ValueError(
            f"Unrecognized keyword arguments passed to {type(self).__name__}: {dict(unknown)}."
            f"{suggest(next(iter(unknown)), known)}"
        )

    # What a subclass defines

    def specs(self, input_shape: Shape) -> list[dict[str, Any]]:
        """What the core is told of this layer, for inputs of this shape.

        Raises:
            ValueError: if the layer can't take such inputs.
        """
        raise ValueError(
            f"Layer {self.name!r} ({type(self).__name__}) is not known to the core: layers written in Python are not "
            "supported yet."
        )

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The shape of the outputs for inputs of this shape, batch included."""
        return tuple(input_shape)

    def initial_weights(self, input_shape: Shape, dtype: str) -> list[Array]:
        """New weights, in Keras's order."""
        return []

    def call(self, inputs: Array) -> Array:
        """The layer's outputs, in inference mode; a layer with weights makes them in its first call."""
        return inputs

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal layer."""
        return {"name": self.name, "trainable": True, "dtype": self.dtype}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Layer:
        """The layer that `get_config` described, with new weights."""
        return cls(**config)

    # What all layers have

    @property
    def trainable(self) -> bool:
        """True: all layers train."""
        return True

    @trainable.setter
    def trainable(self, value: bool) -> None:
        if value is not True:
            raise ValueError(f"Layers can't be frozen: expected trainable=True. Received: trainable={value!r}")

    @property
    def dtype(self) -> str:
        """The dtype of the weights: the model's, once the layer is built."""
        if self._network is not None:
            return self._network.dtype
        return self._given_dtype or config.floatx()

    @property
    def built(self) -> bool:
        """Whether the weights exist."""
        return self._input_shape is not None

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Makes the weights for inputs of this shape, batch included: `(None, K)`."""
        if not self.built:
            make_network([self], standardize_shape(input_shape), self.dtype)

    def get_weights(self) -> list[Array]:
        """Copies of the weights in Keras's order; none before the layer is built."""
        return [] if self._network is None else self._network.get_weights()[self._weight_slots]

    def set_weights(self, weights: Sequence[ArrayLike]) -> None:
        """Copies `weights`, shaped as `get_weights()`, into the layer.

        Raises:
            ValueError: for a wrong number of arrays or a wrong shape; the layer is then as it was.
        """
        shapes = [] if self._network is None else self._network.weight_shapes[self._weight_slots]
        arrays = check_weights(weights, shapes, self.name, self.dtype)
        if self._network is not None and arrays:
            everything = self._network.get_weights()
            everything[self._weight_slots] = arrays
            self._network.set_weights(everything)

    @property
    def weights(self) -> list[Array]:
        """Read-only copies of the weights; `set_weights` changes them."""
        return [read_only(array) for array in self.get_weights()]

    def count_params(self) -> int:
        """The number of scalars in the weights.

        Raises:
            ValueError: before the layer is built.
        """
        if not self.built:
            raise ValueError(
                f"You tried to call `count_params` on layer {self.name!r}, but the layer isn't built. Build it with "
                "`layer.build(input_shape)`, or by calling it on data."
            )
        return 0 if self._network is None else sum(map(math.prod, self._network.weight_shapes[self._weight_slots]))

    def __call__(self, inputs: ArrayLike) -> Array:
        """The outputs for an array of inputs, in inference mode."""
        if isinstance(inputs, Layer):
            raise ValueError(
                f"Layer {self.name!r} was called on {inputs!r}: the functional API is not available. "
                "Put the layers into a `Sequential` model instead."
            )
        return self.call(as_float(inputs, "inputs", self.dtype))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, built={self.built}>"


def plan(layers: Sequence[Layer], input_shape: Shape) -> tuple[list[dict[str, Any]], list[Shape]]:
    """What the core is told of `layers`, and the shapes before, between and behind them.

    Raises:
        ValueError: if a layer can't take what the one before it puts out.
    """
    specs: list[dict[str, Any]] = []
    shapes = [input_shape]
    for layer in layers:
        specs += layer.specs(shapes[-1])
        shapes.append(layer.compute_output_shape(shapes[-1]))
    return specs, shapes


def make_network(layers: Sequence[Layer], input_shape: Shape, dtype: str) -> _core.Network:
    """The core's network of `layers`, which are then built: each one's weights lie in it.

    A layer that was built keeps its weights; the others get new ones. If anything fails, all layers are as they were.

    Raises:
        ValueError: if a layer can't take what the one before it puts out.
        MemoryError: if the weights don't fit into memory.
    """
    specs, shapes = plan(layers, input_shape)
    if None in input_shape[1:]:
        raise ValueError(f"All sizes but the batch's must be known to make weights. Received: shape={input_shape}")
    inputs = math.prod(size for size in input_shape[1:] if size is not None)
    weights: list[Array] = []
    slots = []
    for layer, shape in zip(layers, shapes, strict=False):
        own = layer.get_weights() if layer.built else layer.initial_weights(shape, dtype)
        slots.append(slice(len(weights), len(weights) + len(own)))
        weights += [array.astype(dtype, copy=False) for array in own]
    network = _core.Network(specs or [{"name": "activation", "activation": {"name": "linear"}}], inputs, dtype)
    network.set_weights(weights)
    for layer, slot, shape in zip(layers, slots, shapes, strict=False):
        layer._network, layer._weight_slots, layer._input_shape = network, slot, shape
    return network


def standardize_shape(shape: Any) -> Shape:
    """A shape as a tuple of sizes and None.

    Raises:
        ValueError: if it is none.
    """
    try:
        sizes = tuple(None if size is None else size.__index__() for size in shape)
    except (TypeError, AttributeError):
        raise ValueError(f"Expected a shape: a tuple of positive integers and None. Received: {shape!r}") from None
    if any(size is not None and size < 1 for size in sizes):
        raise ValueError(f"Expected a shape: a tuple of positive integers and None. Received: {shape!r}")
    return sizes


def check_weights(weights: Sequence[ArrayLike], shapes: Sequence[Shape], owner: str, dtype: str) -> list[Array]:
    """`weights` as arrays of these shapes.

    Raises:
        ValueError: if they are not.
    """
    if len(weights) != len(shapes):
        raise ValueError(
            f"`set_weights` of {owner!r} expects a list of {len(shapes)} arrays, of the shapes {list(shapes)}. "
            f"Received: {len(weights)} arrays, of the shapes {[np.shape(array) for array in weights]}"
        )
    arrays = [as_float(array, f"weights[{i}]", dtype) for i, array in enumerate(weights)]
    for i, (array, shape) in enumerate(zip(arrays, shapes, strict=True)):
        if array.shape != shape:
            raise ValueError(f"weights[{i}] of {owner!r} must have the shape {shape}. Received: {array.shape}")
    return arrays


def _old_input_shape(old: dict[str, Any]) -> Shape | None:
    """Takes `input_shape` or `input_dim` out of the keywords."""
    if "input_dim" in old:
        shape = (old.pop("input_dim"),)
    elif "input_shape" in old:
        shape = old.pop("input_shape")
    else:
        return None
    warnings.warn(
        "The arguments `input_shape` and `input_dim` are deprecated: put an `Input(shape)` in front of the first layer "
        "of the Sequential model instead.",
        DeprecationWarning,
        stacklevel=4,
    )
    return standardize_shape(shape)


def read_only(array: Array) -> Array:
    """The array, which can't be written to."""
    array.flags.writeable = False  # it is a copy: writing to it would change nothing
    return array
