"""Rescaling."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from steepest._graph.plan import Plan, Value
from steepest._names.arguments import number
from steepest.layers.layer import Layer, Shape


class Rescaling(Layer):
    """y = scale * x + offset.

    Args:
        scale: what x is multiplied by: a number, or one for each of the last axis.
        offset: what is added, likewise; 0 by default.
        kwargs: `name` and `dtype`.

    Raises:
        ValueError: for what is no finite number; when built or called, for arrays that don't fit to the last axis.

    >>> Rescaling(1 / 255, offset=-0.5)([[0.0, 255.0]])
    array([[-0.5,  0.5]], dtype=float32)
    """

    def __init__(self, scale: Any, offset: Any = 0.0, **kwargs: Any):
        super().__init__(**kwargs)
        for name, value in (("scale", scale), ("offset", offset)):
            for one in np.ravel(np.asarray(value, object)):
                number(one, name, low=-math.inf)
        self.scale = scale
        self.offset = offset

    def check_input(self, input_shape: Shape) -> None:
        for name in ("scale", "offset"):
            shape = np.shape(getattr(self, name))
            if len(shape) > 1 or shape not in ((), (1,), (input_shape[-1],)):
                raise ValueError(
                    f"`{name}` must be a number, or one for each of the last axis. Received: {name} of shape {shape}, "
                    f"input shape {input_shape}"
                )

    def lower(self, plan: Plan, inputs: Value, input_shape: Shape) -> Value:
        each = np.ndim(self.scale) or np.ndim(self.offset)
        rows = plan.rows(inputs, input_shape[-1] or 1) if each else inputs
        return plan.rescaled(rows, 0.0, self.scale, self.offset)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "scale": _plain(self.scale), "offset": _plain(self.offset)}


def _plain(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray) else value
