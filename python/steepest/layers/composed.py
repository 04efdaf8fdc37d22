"""Layers that users write: a `call` that composes others."""

from __future__ import annotations

from typing import Any

import numpy as np

from steepest._graph.plan import Plan
from steepest._graph.tensors import Node, flatten, is_symbolic, pack, sorted_nodes
from steepest._graph.tracing import accepted, lower_calls, traced, tracked
from steepest.layers.input import Input
from steepest.layers.layer import Array, Layer, Shape, check_weights


class Composed(Layer):
    """outputs = call(inputs): what a subclass of `Layer` with a `call` of its own becomes.

    `call` runs once for inputs of a shape, on symbolic tensors; the core trains what it has put together. Layers are
    found as attributes, and their weights in the order in which the attributes were set.
    """

    _arguments: dict[str, Any]  # of the constructor
    _traces: dict[Any, tuple[Any, Any, list[Node]]]  # inputs, outputs and calls by the shapes of the inputs
    _models: dict[int, Any]  # of traces that were called on arrays

    @property
    def layers(self) -> list[Any]:
        """The layers that are attributes."""
        return tracked(self)

    def _inner_layers(self) -> list[Any]:
        return self.layers

    @property
    def built(self) -> bool:
        """Whether `call` has run."""
        return bool(self._traces)

    def weighted_layers(self) -> list[Any]:
        """The layers with weights, each once, in the order of the attributes."""
        found = [inner for layer in self.layers for inner in layer.weighted_layers()]
        return list({id(layer): layer for layer in found}.values())

    def build(self, input_shape: Any) -> None:
        """Takes note of the inputs' shape: a `build` of the subclass may make layers for it; `call` makes weights."""
        self._input_shape = input_shape

    def _trace(self, input_shape: Any) -> tuple[Any, Any, list[Node]]:
        structure: Any = list(input_shape) if input_shape and isinstance(input_shape[0], (list, tuple)) else None
        shapes = [tuple(one) for one in structure or [input_shape]]
        key = tuple(shape[1:] for shape in shapes)
        if key not in self._traces:
            if self._input_shape is None:
                self.build(input_shape)
                self._input_shape = input_shape
            names = input_names(self.name, len(shapes))
            tensors = [
                Input(batch_shape=(None, *shape[1:]), name=name) for shape, name in zip(shapes, names, strict=True)
            ]
            inputs: Any = tensors if structure else tensors[0]
            outputs = traced(self, inputs)
            self._traces[key] = inputs, outputs, sorted_nodes(flatten(inputs), flatten(outputs))[0]
        return self._traces[key]

    def _build(self, input_shape: Shape, dtype: str) -> None:
        self._trace(input_shape)

    def _forget(self) -> None:
        super()._forget()
        self._traces.clear()
        self._models.clear()

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The shape of the outputs for inputs of this shape, batch included."""
        outputs = self._trace(input_shape)[1]
        return pack(outputs, [tensor.shape for tensor in flatten(outputs)])

    def lower(self, plan: Plan, inputs: Any, input_shape: Any) -> Any:
        ins, outs, calls = self._trace(input_shape)
        return pack(outs, lower_calls(plan, calls, ins, outs, flatten(inputs)))

    def __call__(self, inputs: Any, training: bool | None = None) -> Any:
        if is_symbolic(inputs):
            return super().__call__(inputs, training)
        from steepest.models import Model

        several = isinstance(inputs, (list, tuple)) and all(np.ndim(one) > 1 for one in inputs)
        shapes = [(None, *np.shape(one)[1:]) for one in (inputs if several else [inputs])]
        ins, outs, _ = trace = self._trace(shapes if several else shapes[0])
        if id(trace) not in self._models:
            self._models[id(trace)] = Model(ins, outs)
        return self._models[id(trace)](inputs, training=training)

    def _call_symbolically(self, inputs: Any, training: bool | None) -> Any:
        shapes = [tensor.shape for tensor in flatten(inputs)]
        outputs = self._trace(shapes if isinstance(inputs, (list, tuple)) else shapes[0])[1]
        node = Node(self, inputs, [tensor.shape for tensor in flatten(outputs)], self.dtype, training)
        return pack(outputs, node.outputs)

    def get_weights(self) -> list[Array]:
        """Copies of the weights of all layers inside."""
        return [array for layer in self.weighted_layers() for array in layer.get_weights()]

    def set_weights(self, weights: Any) -> None:
        """Copies `weights`, shaped as `get_weights()`, into the layers.

        Raises:
            ValueError: for a wrong number of arrays or a wrong shape; the layer is then as it was.
        """
        layers = self.weighted_layers()
        shapes = [shape for layer in layers for shape in layer._core.weight_shapes]
        arrays = check_weights(weights, shapes, self.name, self.dtype)
        for layer in layers:
            count = len(layer._core.weight_shapes)
            layer.set_weights(arrays[:count])
            del arrays[:count]

    def count_params(self) -> int:
        """The number of scalars in the weights."""
        return sum(layer.count_params() for layer in self.weighted_layers())

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments; a subclass whose arguments are no plain values describes them itself."""
        return {**accepted(type(self), super().get_config()), **self._arguments}


def input_names(owner: str, count: int) -> list[str]:
    """Names for the inputs of a `call`, which take none from the numbered ones of others."""
    return [f"{owner}_input"] if count == 1 else [f"{owner}_input_{number}" for number in range(count)]
