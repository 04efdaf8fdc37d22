"""Operators of ONNX as layers: products, merges, shapes and normalizations."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from steepest import layers
from steepest._data.rows import Array
from steepest.exchange.onnx_nodes import Call, Tensor
from steepest.exchange.onnx_nonlinear import NONLINEAR, activation_of

_FLOATS = (1, 10, 11)  # element types: float32, float16, float64
_INTEGERS = (6, 7)  # int32, int64


# products


def _gemm(call: Call) -> Tensor:
    kernel = call.numbers(1) * call.take("alpha", 1.0)
    if call.take("transA", 0):
        raise ValueError("expected transA=0: rows are samples")
    if call.take("transB", 0):
        kernel = kernel.T
    scale = call.take("beta", 1.0)
    return _dense(call, kernel, call.numbers(2) * scale if call.has(2) else None)


def _matmul(call: Call) -> Tensor:
    if call.constant(1) is not None:
        return _dense(call, call.numbers(1), None)
    a, b = call.tensor(0), call.tensor(1)
    if (a.lead, b.lead, len(a.rest), len(b.rest)) != (1, 1, 2, 2):
        raise ValueError(f"expected matrices of each sample. Received: {a.keras.shape} and {b.keras.shape}")
    result = call.layer(layers.Dot, (2, 1))([a.keras, b.keras])
    return Tensor(result, 1, result.shape[1:])


def _dense(call: Call, kernel: Array, bias: Array | None) -> Tensor:
    """x @ kernel + bias, with the bias that is added next and the activation that follows."""
    x = call.tensor(0)
    if kernel.ndim != 2 or 0 in kernel.shape or not x.rest or x.rest[-1] != kernel.shape[0]:
        raise ValueError(f"expected a matrix ({(x.rest or (1,))[-1]}, N). Received: the shape {kernel.shape}")
    units, following = kernel.shape[1], call.reader.sole_consumer(call.output)
    if bias is None and following is not None and call.reader.operator(following) == "Add":
        other = [name for name in following.input if name != call.output]
        added = call.reader.constants.get(other[0]) if len(other) == 1 else None
        if added is not None and added.size in (1, units) and added.size == (added.shape or (1,))[-1]:
            bias = added
            call.join(following)
    if bias is not None:
        if bias.size not in (1, units):
            raise ValueError(f"expected a bias of {units} numbers. Received: the shape {bias.shape}")
        bias = np.broadcast_to(bias.ravel(), (units,))
    following = call.reader.sole_consumer(call.output)
    activation = None
    if following is not None:
        activation = activation_of(Call(call.reader, following), len(x.rest))
        if activation is not None:
            call.join(following)
    layer = call.layer(layers.Dense, units, activation, use_bias=bias is not None)
    return call.applied(layer, x, [kernel] if bias is None else [kernel, bias])


def _embedding(call: Call) -> Tensor:
    table, x = call.numbers(0), call.tensor(1, whole=True)
    if table.ndim != 2 or 0 in table.shape or call.take("axis", 0):
        raise ValueError(f"expected rows of a matrix. Received: the shape {table.shape}")
    layer = call.layer(layers.Embedding, *table.shape)
    rows = call.applied(layer, x, [table])
    return rows if x.lead > 1 or x.rest else call.shaped(rows, 1, table.shape[1:])


# several tensors, and a tensor with a constant

_MERGES = {
    **{"Add": layers.Add, "Sub": layers.Subtract, "Mul": layers.Multiply, "Max": layers.Maximum},
    **{"Min": layers.Minimum, "Sum": layers.Add, "Mean": layers.Average},
}


def _merge(call: Call) -> Tensor:
    constants = [call.constant(place) for place in range(len(call))]
    if len(call) == 2 and any(constant is not None for constant in constants):
        return _with_constant(call)
    tensors = [call.tensor(place) for place in range(len(call))]
    if len({(one.lead, one.rest) for one in tensors}) != 1 or call.name not in _MERGES:
        raise ValueError(f"expected tensors of one shape. Received: {[one.keras.shape for one in tensors]}")
    if len(tensors) == 1:
        return tensors[0]
    result = call.layer(_MERGES[call.name])([one.keras for one in tensors])
    return Tensor(result, tensors[0].lead, tensors[0].rest)


def _with_constant(call: Call) -> Tensor:
    """x + c, x - c, c - x, x * c or x / c, with a number c or one for each column."""
    place = 0 if call.constant(0) is None else 1
    x, c = call.tensor(place), call.numbers(1 - place).astype(float)
    if c.size != 1 and (not x.rest or c.size != x.rest[-1] or c.shape[-1] != c.size):
        raise ValueError(f"expected a number, or one for each of the last axis. Received: the shape {c.shape}")
    c = c.ravel() if c.size > 1 else c.reshape(())
    scale: Any
    offset: Any
    if call.name == "Add":
        scale, offset = 1.0, c
    elif call.name == "Sub":
        scale, offset = (1.0, -c) if place == 0 else (-1.0, c)
    elif call.name == "Mul" or (call.name == "Div" and place == 0 and c.all()):
        scale, offset = (c if call.name == "Mul" else 1 / c), 0.0
    else:
        raise ValueError("expected tensors, or a divisor that is not 0")
    return call.rescaled(x, scale, offset)


def _scaler(call: Call) -> Tensor:
    """(x - offset) * scale."""
    scale, offset = (np.asarray(call.take(name, [0.0]), float) for name in ("scale", "offset"))
    x = call.tensor(0)
    if any(one.size not in (1, *x.rest[-1:]) for one in (scale, offset)):
        raise ValueError(f"expected a number for each column. Received: the shapes {scale.shape} and {offset.shape}")
    offset = -offset * scale
    return call.rescaled(x, scale if scale.size > 1 else scale[0], offset if offset.size > 1 else offset[0])


def _neg(call: Call) -> Tensor:
    return call.rescaled(call.tensor(0), -1.0, 0.0)


def _concat(call: Call) -> Tensor:
    tensors = [call.tensor(place) for place in range(len(call))]
    first, axis = tensors[0], call.take("axis", 0)
    axis = axis + len(first.rest) + 1 if axis < 0 else axis
    if not 1 <= axis <= len(first.rest) or any(one.lead != first.lead for one in tensors):
        raise ValueError(f"expected another axis than the batch's. Received: axis={axis}")
    if len(tensors) == 1:
        return first
    result = call.layer(layers.Concatenate, axis=axis + first.first - 1)([one.keras for one in tensors])
    return Tensor(result, first.lead, result.shape[first.first :])


# shapes


def _reshape(call: Call) -> Tensor:
    x, target = call.tensor(0, whole=True), call.integers(1)
    if call.take("allowzero", 0) or not target or any(size < -1 for size in target) or target.count(-1) > 1:
        raise ValueError(f"expected sizes, at most one of them -1. Received: {target}")
    total = math.prod(x.sizes)
    rest = [x.rest[place] if size == 0 else size for place, size in enumerate(target[1:])]
    if target[0] in (0, call.reader.batch or 0) and (target[0] == 0 or x.lead == 1):
        lead = x.lead
        known = math.prod(size for size in rest if size != -1) * lead
        rest = [total // known if size == -1 else size for size in rest]
    elif target[0] == -1:
        lead = total // math.prod(rest)
    else:
        raise ValueError(f"expected the batch as the first size, or -1. Received: {target}")
    if lead * math.prod(rest) != total:
        raise ValueError(f"can't make {target} of {x.keras.shape}")
    return call.shaped(x, lead, rest)


def _flatten(call: Call) -> Tensor:
    x = call.tensor(0, whole=True)
    if call.take("axis", 1) != 1:
        raise ValueError("expected axis=1: the first axis is the batch's")
    if x.lead == 1 and len(x.rest) > 1:
        return call.applied(call.layer(layers.Flatten), x)._replace(whole=x.whole)
    return call.shaped(x, x.lead, [math.prod(x.rest)])


def _squeezed(call: Call) -> Tensor:
    x = call.tensor(0, whole=True)
    axes = call.integers(1) if call.reader.opset >= 13 else list(call.take("axes", []))
    rank = len(x.rest) + 1 + (len(axes) if call.name == "Unsqueeze" else 0)
    axes = sorted({axis + rank if axis < 0 else axis for axis in axes})
    if not axes or not all(0 < axis < rank for axis in axes):
        raise ValueError(f"expected other axes than the batch's. Received: {axes}")
    rest = list(x.rest)
    for axis in axes if call.name == "Unsqueeze" else reversed(axes):
        if call.name == "Unsqueeze":
            rest.insert(axis - 1, 1)
        elif rest.pop(axis - 1) != 1:
            raise ValueError(f"axis {axis} of {x.keras.shape} is longer than 1")
    return call.shaped(x, x.lead, rest)


def _transpose(call: Call) -> Tensor:
    x, order = call.tensor(0), list(call.take("perm", []))
    if sorted(order) != list(range(len(x.rest) + 1)) or order[0] != 0:
        raise ValueError(f"expected an order of all axes, with the batch's first. Received: {order}")
    before = list(range(1, x.first))
    dims = [*before, *(axis + x.first - 1 for axis in order[1:])]
    return call.applied(call.layer(layers.Permute, dims), x)


def _tile(call: Call) -> Tensor:
    x, times = call.tensor(0), call.integers(1)
    if x.lead != 1 or len(x.rest) != 1 or len(times) != 2 or times[0] != 1 or times[1] < 1:
        raise ValueError(f"expected rows, repeated beside each other. Received: {x.keras.shape}, {times}")
    if times[1] * x.rest[0] > 2**22:
        raise ValueError(f"expected fewer repetitions. Received: {times[1]}")
    repeated = call.layer(layers.RepeatVector, times[1])(x.keras)
    return call.shaped(Tensor(repeated, 1, repeated.shape[1:]), 1, [times[1] * x.rest[0]])


def _cast(call: Call) -> Tensor:
    kind, x = call.take("to", 1), call.tensor(0, whole=True)
    call.take("saturate", 1)
    if kind not in (*_FLOATS, *_INTEGERS):
        raise ValueError(f"expected real numbers or integers. Received: to={kind}")
    if kind in _FLOATS and x.whole == "cut":
        raise ValueError("expected no real numbers of integers of real numbers: nothing here rounds")
    return x._replace(whole=x.whole or "cut" if kind in _INTEGERS else "")


def _identity(call: Call) -> Tensor:
    return call.tensor(0, whole=True)


def _dropout(call: Call) -> Tensor:
    x = call.tensor(0)
    rate = call.take("ratio", 0.5) if call.reader.opset < 12 else call.number(1) if call.has(1) else 0.5
    call.take("seed", 0)
    if call.has(2) and call.numbers(2).any():
        raise ValueError("expected inference: the input training_mode is true")
    return call.applied(call.layer(layers.Dropout, rate), x)


# normalizations


def _batch_normalization(call: Call) -> Tensor:
    x = call.tensor(0)
    if len(x.rest) != 1 or call.take("training_mode", 0) or call.take("spatial", 1) != 1:
        raise ValueError(f"expected rows of numbers, and inference. Received: {x.keras.shape}")
    numbers = {"momentum": call.take("momentum", 0.9), "epsilon": call.take("epsilon", 1e-5)}
    weights = [call.numbers(place) for place in range(1, 5)]
    return call.applied(call.layer(layers.BatchNormalization, **numbers), x, weights)


def _layer_normalization(call: Call) -> Tensor:
    x = call.tensor(0)
    if call.take("axis", -1) not in (-1, len(x.rest)) or call.take("stash_type", 1) != 1:
        raise ValueError("expected the last axis")
    weights = [call.numbers(1), *([call.numbers(2)] if call.has(2) else [])]
    layer = call.layer(layers.LayerNormalization, epsilon=call.take("epsilon", 1e-5), center=call.has(2))
    return call.applied(layer, x, weights)


# {operator: what makes layers of it}
OPERATORS: dict[str, Callable[[Call], Tensor]] = {
    **{"Gemm": _gemm, "MatMul": _matmul, "Gather": _embedding},
    **NONLINEAR,
    **dict.fromkeys((*_MERGES, "Div"), _merge),
    **{"Neg": _neg, "ai.onnx.ml.Scaler": _scaler, "Concat": _concat},
    **{"Reshape": _reshape, "Flatten": _flatten, "Squeeze": _squeezed, "Unsqueeze": _squeezed},
    **{"Transpose": _transpose, "Tile": _tile, "Cast": _cast, "Identity": _identity, "Dropout": _dropout},
    **{"BatchNormalization": _batch_normalization, "LayerNormalization": _layer_normalization},
}
