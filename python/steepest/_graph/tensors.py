"""Symbolic tensors, and the graph that calls of layers on them make."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from steepest._names.registry import auto_name

Shape = tuple["int | None", ...]


class KerasTensor:
    """What a layer will put out: a shape without numbers. `Input` makes the first one, calls of layers the others.

    Args:
        shape: batch included.
        dtype: of the numbers.
        name: by default numbered.
    """

    def __init__(self, shape: Sequence[int | None], dtype: str = "float32", name: str | None = None):
        self.shape: Shape = tuple(shape)
        self.dtype = dtype
        self.name = auto_name("keras_tensor") if name is None else name
        self.node: Node  # the call that it comes from
        self.index = 0  # among the outputs of that call

    @property
    def ndim(self) -> int:
        """The number of axes, batch included."""
        return len(self.shape)

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        raise ValueError(
            "A KerasTensor has no numbers: it is symbolic, and NumPy can't compute with it. Use layers, +, -, * or "
            f"what `keras.ops` has. Received: {self!r}"
        )

    def __bool__(self) -> bool:
        raise TypeError(f"A KerasTensor is neither true nor false: it is symbolic. Received: {self!r}")

    def __add__(self, other: Any) -> Any:
        return _operated("add", self, other)

    def __radd__(self, other: Any) -> Any:
        return _operated("add", other, self)

    def __sub__(self, other: Any) -> Any:
        return _operated("subtract", self, other)

    def __rsub__(self, other: Any) -> Any:
        return _operated("subtract", other, self)

    def __mul__(self, other: Any) -> Any:
        return _operated("multiply", self, other)

    def __rmul__(self, other: Any) -> Any:
        return _operated("multiply", other, self)

    def __truediv__(self, other: Any) -> Any:
        return _operated("divide", self, other)

    def __neg__(self) -> Any:
        return _operated("multiply", self, -1.0)

    def __repr__(self) -> str:
        return f"<KerasTensor shape={self.shape}, dtype={self.dtype}, sparse=False, ragged=False, name={self.name}>"


def _operated(name: str, *operands: Any) -> Any:
    from steepest import ops

    return getattr(ops, name)(*operands)


def is_keras_tensor(x: Any) -> bool:
    """Whether `x` is a KerasTensor: a shape without numbers.

    >>> is_keras_tensor(KerasTensor((None, 3))), is_keras_tensor([1.0])
    (True, False)
    """
    return isinstance(x, KerasTensor)


class Node:
    """One call of a layer on symbolic tensors."""

    def __init__(self, layer: Any, inputs: Any, shapes: Sequence[Shape], dtype: str, training: bool | None = None):
        self.layer = layer
        self.inputs = inputs  # as the layer was given them: one, or a list
        self.training = training  # whether the layer computes as in training; None: as the model does
        self.outputs = [KerasTensor(shape, dtype) for shape in shapes]
        for index, tensor in enumerate(self.outputs):
            tensor.node, tensor.index = self, index
        self.index = len(layer._nodes)  # among the calls of its layer
        layer._nodes.append(self)

    @property
    def flat_inputs(self) -> list[KerasTensor]:
        """The inputs as a list."""
        return flatten(self.inputs)


def flatten(structure: Any) -> list[Any]:
    """What a tensor, a list or a dict of them holds, in the order of the list or of the dict's keys."""
    if isinstance(structure, dict):
        return [structure[key] for key in sorted(structure)]
    return list(structure) if type(structure) in (list, tuple) else [structure]  # not a named tuple


def pack(structure: Any, values: Sequence[Any]) -> Any:
    """`values` in the form that `structure` has: the inverse of `flatten`."""
    if isinstance(structure, dict):
        placed = dict(zip(sorted(structure), values, strict=True))
        return {key: placed[key] for key in structure}
    if isinstance(structure, (list, tuple)):
        return type(structure)(values)
    return values[0]


def is_symbolic(structure: Any) -> bool:
    """Whether this is a KerasTensor, or holds one."""
    if isinstance(structure, (KerasTensor, list, tuple, dict)):
        return any(isinstance(item, KerasTensor) for item in flatten(structure))
    return False


class Mode(int):
    """What a `call` of a user's is given as `training`: a layer that it is passed on to computes as the model does."""


def check_mode(layer: Any, training: bool | None) -> bool | None:
    """How a symbolic call fixes the computation of a layer, or of a model: as in training or not, or None.

    Raises:
        ValueError: if it would take the statistics of a batch also in inference, where there may be none.
    """
    if isinstance(training, Mode):
        return None
    for one in getattr(layer, "layers", []):
        check_mode(one, training)
    if training and getattr(layer, "looks_at_batch", False):
        raise ValueError(
            f"Layer {layer.name!r} takes statistics of the batch in training, and can't do so in inference, where rows "
            f"are computed by themselves: expected training=None or False. Received: training={training!r}"
        )
    return None if training is None else bool(training)


def sorted_nodes(inputs: Sequence[KerasTensor], outputs: Iterable[KerasTensor]) -> tuple[list[Node], list[Any]]:
    """The calls between inputs and outputs, each behind those that it needs, and the layers in Keras's order.

    Layers are sorted by their largest distance from an output, the farthest first, and among themselves as a
    depth-first search from the outputs meets them.

    Raises:
        ValueError: if an output depends on a tensor that no input leads to.
    """
    known = {id(tensor) for tensor in inputs}
    order: list[Node] = []
    met: dict[int, int] = {}
    done: set[int] = set()

    def visit(node: Node) -> None:
        if id(node) in done:
            return
        done.add(id(node))
        met.setdefault(id(node.layer), len(met))
        for tensor in node.flat_inputs:
            if id(tensor) not in known:
                if not tensor.node.flat_inputs:
                    raise ValueError(
                        f"Graph disconnected: the outputs depend on {tensor!r} of layer {tensor.node.layer.name!r}, "
                        "which is not among the `inputs`."
                    )
                visit(tensor.node)
        for tensor in node.flat_inputs:
            if id(tensor) in known and id(tensor.node) not in done:
                done.add(id(tensor.node))
                met.setdefault(id(tensor.node.layer), len(met))
        order.append(node)

    for tensor in outputs:
        if id(tensor) not in known:
            if not tensor.node.flat_inputs:
                raise ValueError(
                    f"Graph disconnected: the output {tensor!r} is an input that is not among the `inputs`."
                )
            visit(tensor.node)
    depths: dict[int, int] = {}
    layers = {id(tensor.node.layer): tensor.node.layer for tensor in inputs}
    layer_depths = dict.fromkeys(layers, 0)
    for node in reversed(order):
        layers[id(node.layer)] = node.layer
        depth = max(depths.get(id(node), 0), layer_depths.get(id(node.layer), 0))
        layer_depths[id(node.layer)] = depth
        for tensor in node.flat_inputs:
            if id(tensor) in known:
                key = id(tensor.node.layer)
                layer_depths[key] = max(layer_depths[key], depth + 1)
            else:
                depths[id(tensor.node)] = max(depths.get(id(tensor.node), 0), depth + 1)
    ranked = sorted(layers, key=lambda key: (-layer_depths[key], met.get(key, -1)))
    return order, [layers[key] for key in ranked]
