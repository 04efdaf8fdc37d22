"""The graph of a functional model as plain values, in Keras's form, and back.

A tensor is written down as [name of the layer, number of its call, number of the output], where only those calls count
that are part of the model.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from steepest._graph.tensors import KerasTensor, Node, flatten, pack
from steepest.saving import deserialize_keras_object, serialize_keras_object

History = Sequence[Any]


def describe_graph(model: Any) -> dict[str, Any]:
    """The layers of a functional model with their calls, and its inputs and outputs.

    Raises:
        ValueError: for a model whose inputs are no `Input`, and for an object without a description.
    """
    for tensor in model.inputs:
        if tensor.node.flat_inputs:
            raise ValueError(
                f"A model that begins at the output of a layer has no description. Received: the input {tensor!r} of "
                f"model {model.name!r}, from layer {tensor.node.layer.name!r}"
            )
    own = {id(node) for node in (*model._calls, *(tensor.node for tensor in model.inputs))}

    def history(tensor: KerasTensor, first: int = 0) -> list[Any]:
        node = tensor.node
        return [node.layer.name, first + sum(id(call) in own for call in node.layer._nodes[: node.index]), tensor.index]

    def port(tensor: KerasTensor) -> list[Any]:  # Keras counts the calls of functional models from 1 here
        return history(tensor, int(is_functional(tensor.node.layer)))

    def argument(tensor: KerasTensor) -> dict[str, Any]:
        found = {"shape": list(tensor.shape), "dtype": tensor.dtype, "keras_history": history(tensor)}
        return {"class_name": "__keras_tensor__", "config": found}

    def call(node: Node) -> dict[str, Any]:
        if node.training is False and getattr(node.layer, "noisy", False):
            raise ValueError(
                f"The call of layer {node.layer.name!r} with training=False has no description: Keras's says so of "
                "every call. Leave the layer out, or call a model that holds it with training=False."
            )
        mode = {} if node.training is None else {"training": node.training}
        return {"args": [pack(node.inputs, [argument(tensor) for tensor in node.flat_inputs])], "kwargs": mode}

    layers = [
        {
            **serialize_keras_object(layer),
            "name": layer.name,
            "inbound_nodes": [call(node) for node in layer._nodes if id(node) in own and node.flat_inputs],
        }
        for layer in model._layers
    ]
    return {
        "layers": layers,
        "input_layers": pack(model._inputs, [port(tensor) for tensor in model.inputs]),
        "output_layers": pack(model._outputs, [port(tensor) for tensor in model.outputs]),
    }


def restore_graph(config: Mapping[str, Any]) -> tuple[Any, Any]:
    """The inputs and outputs of a graph of new layers.

    Raises:
        ValueError: if calls need tensors that are not there, or arguments that no layer here takes.
        TypeError: for a layer that isn't known.
    """
    layers: dict[str, Any] = {}
    calls: dict[str, list[list[KerasTensor]]] = {}  # of each layer: what its calls put out
    waiting: dict[str, list[Mapping[str, Any]]] = {}
    for description in config["layers"]:
        name = description["name"]
        layer = layers[name] = deserialize_keras_object(description)
        waiting[name] = list(description["inbound_nodes"])
        calls[name] = [] if waiting[name] else [[layer.output]]

    def tensor_at(history: History, first: int = 0) -> KerasTensor:
        name, number, index = history
        if name not in layers:
            raise ValueError(f"A call takes the output of a layer that is not described. Received: {name!r}")
        return calls[name][number - first][index]

    def port(history: History) -> KerasTensor:
        return tensor_at(history, int(is_functional(layers[history[0]])))

    while any(waiting.values()):
        left = sum(map(len, waiting.values()))
        for name, nodes in waiting.items():
            try:
                while nodes:
                    given, mode = _arguments(nodes[0], layers[name], tensor_at)
                    calls[name].append(flatten(layers[name](given, training=mode)))
                    del nodes[0]
            except IndexError:  # a call that it needs is still waiting
                continue
        if sum(map(len, waiting.values())) == left:
            names = [name for name, nodes in waiting.items() if nodes]
            raise ValueError(f"The calls of these layers take tensors that nothing gives: {', '.join(names)}.")
    return _mapped(config["input_layers"], port), _mapped(config["output_layers"], port)


def is_functional(layer: Any) -> bool:
    """Whether this is a model of the functional API."""
    return hasattr(layer, "_calls")


def _arguments(
    node: Mapping[str, Any], layer: Any, tensor_at: Callable[[History], KerasTensor]
) -> tuple[Any, bool | None]:
    """What a call is given: tensors, and `training`."""
    given = {key: value for key, value in node["kwargs"].items() if value is not None}
    training = given.pop("training", None)
    if training is False and getattr(layer, "noisy", False):  # Keras writes it for a call without, too
        training = None
    if given or len(node["args"]) != 1:
        raise ValueError(
            f"Calls take one argument, a tensor or several in a structure, and `training`. Received: "
            f"{len(node['args'])} and {given} for layer {layer.name!r}"
        )

    def revived(value: Any) -> Any:
        if isinstance(value, Mapping) and value.get("class_name") == "__keras_tensor__":
            return tensor_at(value["config"]["keras_history"])
        if isinstance(value, Mapping):
            return {key: revived(item) for key, item in value.items()}
        return [revived(item) for item in value]

    return revived(node["args"][0]), training


def _mapped(structure: Any, port: Callable[[History], KerasTensor]) -> Any:
    if isinstance(structure, Mapping):
        return {key: _mapped(item, port) for key, item in structure.items()}
    if len(structure) == 3 and isinstance(structure[0], str):
        return port(structure)
    return [_mapped(item, port) for item in structure]
