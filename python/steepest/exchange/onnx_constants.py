"""Operators of ONNX on constants, which are computed when a file is read."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from steepest._data.rows import Array
from steepest.exchange.onnx_nodes import Call


def _both(operator: Callable[[Array, Array], Array]) -> Callable[[Call], Array]:
    def fold(call: Call) -> Array:
        a, b = call.numbers(0), call.numbers(1)
        if math.prod(np.broadcast_shapes(a.shape, b.shape)) > max(a.size, b.size):
            raise ValueError(f"expected constants of one shape, or a number. Received: {a.shape} and {b.shape}")
        return operator(a, b)

    return fold


# {operator: the same of constants}
FOLDED: dict[str, Callable[[Call], Any]] = {
    "Constant": lambda call: call.reader.array(call.take("value", None)),
    "Identity": lambda call: call.numbers(0),
    "Transpose": lambda call: call.numbers(0).transpose(call.take("perm", None)),
    "Cast": lambda call: call.numbers(0).astype(call.reader.dtype_of(call.take("to", 1), "a constant")),
    "Neg": lambda call: -call.numbers(0),
    "Sqrt": lambda call: np.sqrt(call.numbers(0)),
    **{"Add": _both(np.add), "Sub": _both(np.subtract), "Mul": _both(np.multiply), "Div": _both(np.divide)},
}
