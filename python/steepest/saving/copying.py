"""What `pickle` and `copy` make of layers and models: the description, with the weights.

What holds memory of the core is made anew. A model's copy is compiled as the model was, with a copy
of its optimizer: training goes on there as it would have gone on here.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any


class Described:
    """A layer or model that `get_config` describes and that has weights."""

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        described: Any = self
        shape, compiled = getattr(self, "_input_shape", None), getattr(self, "_compile_arguments", None)
        if compiled is not None:
            compiled = {**compiled, "optimizer": copy.deepcopy(compiled["optimizer"])}
        own = getattr(type(self), "written_as", type(self))  # of a user's class
        return _restored, (own, described.get_config(), shape, described.get_weights(), compiled)


def _restored(
    cls: Any, config: Mapping[str, Any], input_shape: Any, weights: list[Any], compiled: Mapping[str, Any] | None
) -> Any:
    restored = cls.from_config(config)
    if input_shape is not None:
        restored.build(input_shape)
    restored.set_weights(weights)
    if compiled is not None:
        restored.compile(**compiled)
    return restored
