"""Models of the functional API: what lies between symbolic inputs and outputs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from steepest import _core
from steepest._data.ports import Ports
from steepest._graph.plan import Plan, Value
from steepest._graph.tensors import KerasTensor, Node, flatten, pack, sorted_nodes
from steepest._graph.tracing import lower_calls
from steepest._names.custom_objects import scope_with
from steepest._names.registry import auto_name
from steepest.layers.layer import Shape, check_weights, read_only
from steepest.models.description import describe_graph, restore_graph
from steepest.models.model import Model
from steepest.models.predicting import Array
from steepest.models.summary import summary


class Functional(Model):
    """outputs = f(inputs): the layers that were called between them, shared ones and other models among them.

    Args:
        inputs: an `Input`, or a list or dict of them.
        outputs: what calls of layers on them gave, likewise.
        name: by default `functional`, numbered.
        trainable: whether training changes the weights; True by default.

    Raises:
        ValueError: for anything but symbolic tensors, for outputs that the inputs don't lead to, for two layers of one
            name, for layers of several dtypes.

    >>> from steepest import layers
    >>> x = layers.Input((4,))
    >>> h = layers.Dense(3, activation="relu")(x)
    >>> model = Functional(x, layers.Dense(1)(h))
    >>> model.output_shape, model.count_params()
    ((None, 1), 19)
    """

    def __init__(self, inputs: Any, outputs: Any, name: str | None = None, *, trainable: bool = True):
        super().__init__()
        self._set_trainable(trainable)
        self.name = auto_name("functional") if name is None else str(name)
        self._nodes: list[Node] = []
        self._connect(inputs, outputs)

    def _connect(self, inputs: Any, outputs: Any) -> None:
        """Takes what lies between these tensors for the model."""
        for kind, structure in (("inputs", inputs), ("outputs", outputs)):
            for item in flatten(structure):
                if not isinstance(item, KerasTensor):
                    raise ValueError(
                        f"All `{kind}` values must be KerasTensors: what `Input` and calls of layers on it return. "
                        f"Received: {item!r} (of type {type(item).__name__})"
                    )
        self._inputs, self._outputs = inputs, outputs
        self.inputs: list[KerasTensor] = flatten(inputs)
        self.outputs: list[KerasTensor] = flatten(outputs)
        self._calls, layers = sorted_nodes(self.inputs, self.outputs)
        self._layers = self._listed(layers)
        names = [layer.name for layer in self._layers]
        for one in names:
            if names.count(one) > 1:
                raise ValueError(
                    f"The name {one!r} is used {names.count(one)} times in the model. Names must be unique."
                )
        self._named = _named(inputs), _named(outputs)
        row_shape = self.inputs[0].shape[1:] if len(self.inputs) == 1 else None
        self._use(self._make_network(), row_shape, self.outputs[0].shape if len(self.outputs) == 1 else None)

    def _rebuild(self) -> None:
        """Makes the core's network anew, for the same weights."""
        self._use(self._make_network(), self._row_shape, self._output_shape)

    def _listed(self, layers: list[Any]) -> list[Any]:
        """The layers of the graph as the model lists them, and their weights."""
        return layers

    def _make_network(self) -> _core.Network:
        cores = self.core_layers()
        dtypes = sorted({core.dtype for core in cores})
        if len(dtypes) > 1:
            raise ValueError(f"All layers of a model compute in one dtype. Received: {' and '.join(dtypes)}")
        for tensor in self.inputs:
            if None in tensor.shape[1:]:
                raise ValueError(f"All sizes but the batch's must be known. Received: {tensor!r}")
        sizes = [math.prod(size or 1 for size in tensor.shape[1:]) for tensor in self.inputs]
        plan = Plan(dtypes[0] if dtypes else self.outputs[0].dtype, sizes, cores)
        return plan.network(self._lower_flat(plan, plan.inputs), [tensor.shape for tensor in self.outputs])

    def _lower_flat(self, plan: Plan, values: list[Value]) -> list[Value]:
        return lower_calls(plan, self._calls, self.inputs, self.outputs, values)

    # as a layer of another model

    def lower(self, plan: Plan, inputs: Any, input_shape: Any) -> Any:
        """Adds the steps of all layers to the plan of a model that this one is a part of."""
        return pack(self._outputs, self._lower_flat(plan, flatten(inputs)))

    def check_input(self, input_shape: Any) -> None:
        """Refuses inputs that the model can't take.

        Raises:
            ValueError: if the model can't take inputs of these shapes.
        """
        given = [input_shape] if len(self.inputs) == 1 else input_shape
        if [tuple(shape[1:]) for shape in given] != [tensor.shape[1:] for tensor in self.inputs]:
            raise ValueError(
                f"Model {self.name!r} takes inputs of the shapes {[tensor.shape for tensor in self.inputs]}. "
                f"Received: {given}"
            )

    @property
    def _input_shape(self) -> Any:
        return self.input_shape

    def _call_symbolically(self, inputs: Any, training: bool | None) -> Any:
        shapes = [tensor.shape for tensor in flatten(inputs)]
        self.check_input(shapes[0] if len(self.inputs) == len(shapes) == 1 else shapes)
        node = Node(self, inputs, [tensor.shape for tensor in self.outputs], self.dtype, training)
        return pack(self._outputs, node.outputs)

    def _shapes(self, x: Sequence[Array]) -> tuple[list[Shape], list[Shape]]:
        return [tensor.shape for tensor in self.inputs], [tensor.shape for tensor in self.outputs]

    def _ports(self) -> tuple[Ports, Ports]:
        return self._named

    def _packed(self, outputs: list[Array]) -> Any:
        return pack(self._outputs, outputs)

    def build(self, input_shape: Any = None) -> None:
        """Nothing: a model of the functional API is built when it is made."""

    # what it is made of

    @property
    def layers(self) -> list[Any]:
        """The layers in the order of their use, `InputLayer`s among them."""
        return list(self._layers)

    def get_layer(self, name: str | None = None, index: int | None = None) -> Any:
        """The layer of a name, or at an index.

        Raises:
            ValueError: if there is no such layer, or both or neither are given.
        """
        return find_layer(self._layers, name, index)

    @property
    def dtype(self) -> str:
        """The dtype of weights and outputs."""
        assert self._network is not None
        return self._network.dtype

    @property
    def built(self) -> bool:
        """True."""
        return True

    @property
    def input_shape(self) -> Any:
        """The shape of the input, batch included; of several, in the structure of `inputs`."""
        return pack(self._inputs, [tensor.shape for tensor in self.inputs])

    @property
    def output_shape(self) -> Any:
        """The shape of the output, batch included; of several, in the structure of `outputs`."""
        return pack(self._outputs, [tensor.shape for tensor in self.outputs])

    @property
    def input(self) -> Any:
        """The symbolic inputs as the model was given them."""
        return self._inputs

    @property
    def output(self) -> Any:
        """The symbolic outputs as the model was given them."""
        return self._outputs

    @property
    def output_names(self) -> list[str]:
        """The names of the layers whose outputs are the model's."""
        return [tensor.node.layer.name for tensor in self.outputs]

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The shape of the outputs, batch included."""
        return self.output_shape

    # weights

    def get_weights(self) -> list[Array]:
        """Copies of all weights in Keras's order: layer after layer, as `layers` lists them."""
        return [array for core in self.core_layers() for array in core.get_weights()]

    def set_weights(self, weights: Any) -> None:
        """Copies `weights`, shaped as `get_weights()`, into the model.

        Raises:
            ValueError: for a wrong number of arrays or a wrong shape; the model is then as it was.
        """
        assert self._network is not None
        self._network.set_weights(check_weights(weights, self._network.weight_shapes, self.name, self.dtype))

    @property
    def weights(self) -> list[Array]:
        """Read-only copies of all weights; `set_weights` changes them."""
        return [read_only(array) for array in self.get_weights()]

    def count_params(self) -> int:
        """The number of scalars in the weights."""
        assert self._network is not None
        return int(sum(map(np.prod, self._network.weight_shapes)))

    def summary(self, line_length: int | None = None, positions: Any = None, print_fn: Any = None) -> None:
        """Prints the layers, their output shapes, the numbers of their parameters, and what each is connected to.

        Args:
            line_length: characters of a line; by default 108, 88 for a stack of layers, or what the terminal has.
            positions: where the columns end, as shares of a line.
            print_fn: called once with the whole text; `print` by default.
        """
        connections = None if self._is_stack() else [self._connections(layer) for layer in self._layers]
        (print_fn or print)(summary(self, self.count_params(), line_length, positions, connections))

    def _is_stack(self) -> bool:
        """Whether it goes without saying what a layer is connected to."""
        return all(len(node.layer._nodes) < 2 and len(node.flat_inputs) == 1 for node in self._calls)

    def _connections(self, layer: Any) -> str:
        tensors = [tensor for node in self._calls if node.layer is layer for tensor in node.flat_inputs]
        return ", ".join(f"{t.node.layer.name}[{t.node.index}][{t.index}]" for t in tensors) or "-"

    def get_config(self) -> dict[str, Any]:
        """The name, the layers with their calls, inputs and outputs: what `from_config` makes an equal model of.

        Raises:
            ValueError: for a model whose inputs are no `Input`.
        """
        return {"name": self.name, "trainable": self.trainable, **describe_graph(self)}

    @classmethod
    def from_config(cls, config: Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None) -> Functional:
        """The model that `get_config` described, here or in Keras, with new weights.

        Args:
            config: the description.
            custom_objects: {name: class or function} for names that are not registered.

        Raises:
            TypeError: for a layer that isn't known.
            ValueError: for calls that don't make a graph.
        """
        with scope_with(custom_objects):
            inputs, outputs = restore_graph(config)
        return cls(inputs, outputs, name=config.get("name"), trainable=config.get("trainable", True))

    def __repr__(self) -> str:
        return f"<Functional name={self.name}, built=True>"


def _named(structure: Any) -> Ports:
    """The names of inputs or outputs: their keys, else those of their layers, repeated ones numbered."""
    if isinstance(structure, dict):
        return Ports(sorted(structure), keyed=True)
    names: list[str] = []
    for tensor in flatten(structure):
        name = tensor.node.layer.name
        repeated = sum(other.partition("#")[0] == name for other in names)
        names.append(f"{name}#{repeated}" if repeated else name)
    return Ports([name.replace("#", "_") for name in names])


def find_layer(layers: list[Any], name: str | None, index: int | None) -> Any:
    """The layer of a name, or at an index, of a model's."""
    if (name is None) == (index is None):
        raise ValueError(f"Provide either a layer name or an index at `get_layer`. Received: {name=}, {index=}")
    names = [layer.name for layer in layers]
    if index is not None:
        if not -len(names) <= index < len(names):
            raise ValueError(f"Was asked to retrieve layer at index {index} but the model has {len(names)} layers.")
        return layers[index]
    if name not in names:
        raise ValueError(f"No such layer: {name}. Existing layers are: {names}.")
    return layers[names.index(name)]
