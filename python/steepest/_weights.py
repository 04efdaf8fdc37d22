"""The weights of a model as variables, which optimizers know by names and paths."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from steepest import _core
from steepest._variable import Variable


def weight_variables(model: Any) -> list[Variable]:
    """A variable for each weight that the model trains, in the core's order, with a copy of its value.

    The paths are Keras's: the layer's name and the weight's, behind the names of the Sequential models around them.
    """
    found = {id(core): (core, paths) for core, paths in (_paths(model, "") if model.trainable else ())}
    variables = []
    for core, paths in found.values():
        trained = core.trained_weights
        for path, value in zip(paths[:trained], core.get_weights()[:trained], strict=True):
            variable = Variable(value, name=path.rsplit("/", 1)[-1])
            variable.path = path
            variables.append(variable)
    return variables


def _paths(layer: Any, prefix: str) -> Iterator[tuple[_core.Layer, list[str]]]:
    """What the core has of a layer or a model, with the paths of the weights."""
    from steepest.models import Sequential

    if hasattr(layer, "layers"):
        inner = f"{prefix}{layer.name}/" if isinstance(layer, Sequential) else prefix
        for each in layer.layers:
            yield from _paths(each, inner)
    else:
        for core in layer.core_layers() if layer.trainable else ():
            yield core, [f"{prefix}{layer.name}/{name}" for name in layer.weight_names]
