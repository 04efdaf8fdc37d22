"""Models again: with new layers, and from descriptions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from steepest._graph.tensors import KerasTensor, flatten, pack
from steepest.layers import Input
from steepest.models.description import is_functional
from steepest.saving import deserialize_keras_object


def clone_model(
    model: Any,
    input_tensors: Any = None,
    clone_function: Callable[[Any], Any] | None = None,
    call_function: Callable[..., Any] | None = None,
    recursive: bool = False,
    **kwargs: Any,
) -> Any:
    """A model of the same structure with new layers, which have new weights, compiled as the model was.

    Args:
        model: a `Sequential` or a functional model.
        input_tensors: the inputs of the clone, in the structure of `model.input`; new ones by default.
        clone_function: `f(layer)`, the new layer for a layer; by default one that `layer.get_config()` describes.
        call_function: `f(layer, inputs)`, the outputs of a new layer, for functional models; by default its call.
        recursive: whether models within the model are cloned by these functions as well, layer by layer.
        kwargs: `cache`, a dict {id(layer): new layer} of layers that are cloned already.

    Raises:
        ValueError: for what is no such model, for inputs that are not symbolic or of another structure, for a
            `call_function` and a Sequential model, for an unknown keyword.

    Source: Keras, `keras.models.clone_model`.

    >>> from steepest import Sequential, layers
    >>> model = Sequential([layers.Input((4,)), layers.Dense(2, name="top")])
    >>> clone = clone_model(model)
    >>> clone.layers[0].name, clone.layers[0] is model.layers[0]
    ('top', False)
    """
    cache: dict[int, Any] = kwargs.pop("cache", None) or {}
    if kwargs:
        raise ValueError(f"Unexpected keyword arguments: {', '.join(kwargs)}. Expected: cache")
    if not hasattr(model, "_call_symbolically") or not hasattr(model, "compile") or hasattr(model, "call"):
        raise ValueError(f"Expected a Sequential or a functional model. Received: {model!r}")
    functional = is_functional(model)
    if call_function is not None and not functional:
        raise ValueError(
            "`call_function` goes with functional models: a Sequential model lists its layers and calls none. "
            f"Received: model {model.name!r} of type {type(model).__name__}"
        )

    def cloned(layer: Any) -> Any:
        if id(layer) not in cache:
            if recursive and hasattr(layer, "compile"):
                called = call_function if is_functional(layer) else None
                new = clone_model(layer, None, clone_function, called, True, cache=cache)
            elif clone_function is not None:
                new = clone_function(layer)
            else:
                new = type(layer).from_config(layer.get_config())
            cache[id(layer)] = new
        return cache[id(layer)]

    if functional:
        inputs = _inputs(model, input_tensors)
        clone = type(model)(inputs, _called(model, flatten(inputs), cloned, call_function), name=model.name)
    else:
        first = [_input(model, input_tensors)] if model._input or input_tensors is not None else []
        new_layers = [*first, *map(cloned, model.layers)]
        clone = type(model)(new_layers, name=model.name, trainable=model.trainable)
    if model.compiled:
        clone.compile_from_config(model.get_compile_config())
    return clone


def _called(model: Any, inputs: list[Any], cloned: Callable[[Any], Any], call: Callable[..., Any] | None) -> Any:
    """The outputs for these inputs of a functional model of other layers."""
    held = {id(tensor): given for tensor, given in zip(model.inputs, inputs, strict=True)}
    for node in model._calls:
        given = pack(node.inputs, [held[id(tensor)] for tensor in node.flat_inputs])
        layer = cloned(node.layer)
        outputs = layer(given, training=node.training) if call is None else call(layer, given)
        for tensor, output in zip(node.outputs, flatten(outputs), strict=True):
            held[id(tensor)] = output
    return pack(model._outputs, [held[id(tensor)] for tensor in model.outputs])


def _inputs(model: Any, tensors: Any) -> Any:
    """The given inputs of a functional model, or new ones."""
    if tensors is None:
        new = [Input(batch_shape=tensor.shape, dtype=tensor.dtype, name=tensor.name) for tensor in model.inputs]
        return pack(model._inputs, new)
    for tensor in flatten(tensors):
        _check_symbolic(tensor)
    if type(tensors) is not type(model._inputs) or len(flatten(tensors)) != len(model.inputs):
        raise ValueError(
            f"`input_tensors` must have the structure of the model's input, {model._inputs!r}. Received: {tensors!r}"
        )
    return tensors


def _input(model: Any, tensors: Any) -> Any:
    """The given input of a Sequential model, or a new one."""
    if tensors is None:
        old = model._input
        return Input(batch_shape=old.batch_shape, dtype=old.dtype, name=old.name)
    given = flatten(tensors)
    if len(given) != 1:
        raise ValueError(f"`input_tensors` must hold one tensor for a Sequential model. Received: {tensors!r}")
    _check_symbolic(given[0])
    return given[0]


def _check_symbolic(tensor: Any) -> None:
    if not isinstance(tensor, KerasTensor):
        raise ValueError(f"`input_tensors` must be KerasTensors: what `Input` returns. Received: {tensor!r}")


def model_from_json(json_string: str, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """The model that `model.to_json()` described, here or in Keras, with new weights.

    Args:
        json_string: the description.
        custom_objects: {name: class or function} for names that are not registered.

    Raises:
        TypeError, ValueError: for what is no description, and for what it names and nobody knows.

    >>> from steepest import Sequential, layers
    >>> text = Sequential([layers.Input((4,)), layers.Dense(2, name="top")]).to_json()
    >>> model_from_json(text).layers[0].name
    'top'
    """
    import json

    return deserialize_keras_object(json.loads(json_string), custom_objects)
