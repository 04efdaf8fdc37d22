"""Models that users write: a `call` that composes layers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from steepest import config
from steepest._graph.tensors import flatten, pack
from steepest._graph.tracing import accepted, traced, tracked
from steepest._names.registry import auto_name, snake_case
from steepest.layers import Input
from steepest.layers.composed import input_names
from steepest.models.functional import Functional
from steepest.models.model import Model


class Subclassed(Functional):
    """outputs = call(inputs): what a subclass of `Model` with a `call` of its own becomes.

    `call` runs once, for the first data or by `build`, on symbolic tensors of their shapes: the core trains and
    predicts with the graph that it has put together. Layers are found as attributes, and the weights are in the order
    in which the attributes were set, as in Keras.
    """

    def __init__(self, *, name: str | None = None, trainable: bool = True, dtype: Any = None):
        Model.__init__(self)
        self._set_trainable(trainable)
        self.name = auto_name(snake_case(type(self).__name__)) if name is None else str(name)
        self._nodes = []
        self._layers = []
        self._given_dtype = None if dtype is None else config.standardize_dtype(dtype)

    @property
    def layers(self) -> list[Any]:
        """The layers that are attributes, in the order of their setting."""
        return tracked(self)

    def _inner_layers(self) -> list[Any]:
        return self.layers

    def _listed(self, layers: list[Any]) -> list[Any]:
        return self.layers

    @property
    def built(self) -> bool:
        """Whether `call` has run."""
        return self._network is not None

    @property
    def dtype(self) -> str:
        """The dtype of weights and outputs."""
        return super().dtype if self.built else config.floatx()

    def build(self, input_shape: Any = None) -> None:
        """Runs `call` on symbolic inputs of this shape, batch included; several in a list or a dict.

        Raises:
            ValueError: for a `call` that does what has no layer, see `keras.ops`; without a shape.
        """
        if self.built:
            return
        if input_shape is None:
            raise ValueError(
                f"Model {self.name!r} is built for a shape: `model.build((None, K))`, or by its first data."
            )
        several = isinstance(input_shape, dict) or isinstance(input_shape[0], (list, tuple))
        shapes = flatten(input_shape) if several else [input_shape]
        names = sorted(input_shape) if isinstance(input_shape, dict) else input_names(self.name, len(shapes))
        tensors = [Input(batch_shape=(None, *shape[1:]), name=name) for shape, name in zip(shapes, names, strict=True)]
        inputs = pack(input_shape if several else None, tensors)
        new = [layer for layer in self.layers if not layer.built]
        try:
            self._connect(inputs, traced(self, inputs))
        except BaseException:
            for layer in new:
                layer._forget()
            raise

    def _meet(self, x: Any) -> None:
        if self.built:
            return
        several = isinstance(x, dict) or (isinstance(x, (list, tuple)) and all(hasattr(one, "shape") for one in x))
        found = [np.shape(one) if not hasattr(one, "shape") else one.shape for one in (flatten(x) if several else [x])]
        shapes = [(None, *shape[1:]) if len(shape) > 1 else (None, 1) for shape in found]
        self.build(pack(x if several else None, shapes))

    def _call_symbolically(self, inputs: Any, training: bool | None) -> Any:
        self.build(pack(inputs, [tensor.shape for tensor in flatten(inputs)]))
        return super()._call_symbolically(inputs, training)

    def check_input(self, input_shape: Any) -> None:
        """Runs `call` for inputs of these shapes, if it has not run yet; refuses others then.

        Raises:
            ValueError: if the model can't take inputs of these shapes.
        """
        self.build(input_shape)
        super().check_input(input_shape)

    def _forget(self) -> None:
        self._use(None, None, None)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The shape of the outputs, batch included."""
        self.build(input_shape)
        return self.output_shape

    def _is_stack(self) -> bool:
        return True

    def count_params(self) -> int:
        """The number of scalars in the weights.

        Raises:
            ValueError: before the model is built.
        """
        self._check_counted("model")
        return super().count_params()

    def set_weights(self, weights: Any) -> None:
        """Copies `weights`, shaped as `get_weights()`, into the model.

        Raises:
            ValueError: before the model is built, for a wrong number of arrays or a wrong shape.
        """
        self.count_params()
        super().set_weights(weights)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments; a subclass whose arguments are no plain values describes them itself."""
        return {**accepted(type(self), {"name": self.name, "trainable": self.trainable}), **self._arguments}

    @classmethod
    def from_config(cls, config: Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None) -> Any:
        """The model that a constructor with these arguments makes."""
        return cls(**config)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, built={self.built}>"
