"""Layers one on the other, of which each takes what the one before it puts out: what a Sequential is to the core."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from steepest import _core
from steepest._graph.plan import Plan, Value
from steepest.layers.layer import Layer, Shape


def lower_chain(layers: Sequence[Any], plan: Plan, value: Value, shapes: Sequence[Shape]) -> Value:
    """Adds the steps of layers of which each takes what the one before it puts out."""
    for layer, shape in zip(layers, shapes, strict=False):
        value = plan.lower(layer, value, shape)
    return value


def chain_shapes(layers: Sequence[Layer], input_shape: Shape) -> list[Shape]:
    """The shapes before, between and behind layers of which each takes what the one before it puts out.

    Raises:
        ValueError: if one can't.
    """
    shapes = [input_shape]
    for layer in layers:
        layer.check_input(shapes[-1])
        shapes.append(layer.compute_output_shape(shapes[-1]))
    return shapes


def make_network(layers: Sequence[Layer], input_shape: Shape, dtype: str) -> _core.Network:
    """The core's network of `layers`, one on the other, which are then built.

    A layer that was built keeps its weights; the others get new ones. If anything fails, all layers are as they were.

    Raises:
        ValueError: if a layer can't take what the one before it puts out.
        MemoryError: if the weights don't fit into memory.
    """
    if None in input_shape[1:]:
        raise ValueError(f"All sizes but the batch's must be known to make weights. Received: shape={input_shape}")
    shapes = chain_shapes(layers, input_shape)
    new = [each for layer in layers for each in _with_inner(layer) if not each.built]
    try:
        for layer, shape in zip(layers, shapes, strict=False):
            if not layer.built:
                layer._build(shape, dtype)
        cores = [core for layer in layers for core in layer.core_layers()]
        plan = Plan(dtype, [math.prod(size for size in input_shape[1:] if size is not None)], cores)
        return plan.network([lower_chain(layers, plan, plan.inputs[0], shapes)], shapes[-1:])
    except BaseException:
        for layer in new:
            layer._forget()
        raise


def _with_inner(layer: Any) -> list[Any]:
    """The layer, and if it is a model, those that it is made of."""
    return [layer, *(each for inner in getattr(layer, "layers", ()) for each in _with_inner(inner))]
