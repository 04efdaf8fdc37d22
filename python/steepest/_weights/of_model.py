"""The weights of a model as variables, which optimizers know by names and paths."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from steepest._weights.variable import Variable


def weight_variables(model: Any) -> list[Variable]:
    """A variable for each weight that the model trains, in the core's order, with a copy of its value.

    The paths are Keras's: the layer's name and the weight's, behind the names of the Sequential models around them.
    """
    found = {id(layer): (layer, path) for layer, path in (_paths(model, "") if model.trainable else ())}
    variables = []
    for layer, path in found.values():
        names = layer.weight_names[: layer._core.trained_weights]
        for name, value in zip(names, layer.get_weights(), strict=False):
            variable = Variable(value, name=name)
            variable.path = f"{path}/{name}"
            variable.constraint = getattr(layer, f"{name}_constraint", None)
            variables.append(variable)
    return variables


def _paths(layer: Any, prefix: str) -> Iterator[tuple[Any, str]]:
    """The layers with weights that train, of a layer or a model, with their paths."""
    from steepest.models import Sequential

    if hasattr(layer, "layers"):
        inner = f"{prefix}{layer.name}/" if isinstance(layer, Sequential) else prefix
        for each in layer.layers:
            yield from _paths(each, inner)
    else:
        for each in layer.weighted_layers() if layer.trainable else ():
            yield each, f"{prefix}{layer.name}"
