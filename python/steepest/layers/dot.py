"""Products of the rows of two tensors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from steepest._graph.plan import Plan, Value
from steepest.layers.layer import Layer, Shape


class Dot(Layer):
    """The sum of products along an axis of each of two inputs, sample by sample.

    Of (M, K) and (M, K) it is (M, 1); of (M, P, K) and (M, K, Q), along their axes 2 and 1, it is (M, P, Q).

    Args:
        axes: an axis of both, or a pair of them; not the batch's, 0.
        normalize: whether rows along the axes are first brought to length 1: the product is then their cosine.
        kwargs: `name` and `dtype`.

    Raises:
        TypeError: for axes that are no integer and no list.
        ValueError: for a list of anything but two integers; when built or called, for anything but two inputs whose
            axes are of one size.

    >>> Dot(axes=1)([[[1.0, 2.0]], [[3.0, 4.0]]])
    array([[11.]], dtype=float32)
    """

    merges = True

    def __init__(self, axes: int | Sequence[int], normalize: bool = False, **kwargs: Any):
        super().__init__(**kwargs)
        if not isinstance(axes, (int, list, tuple)):
            raise TypeError(f"Invalid type for argument `axes`: it should be a list or an int. Received: axes={axes!r}")
        if not isinstance(axes, int) and (len(axes) != 2 or not all(isinstance(axis, int) for axis in axes)):
            raise ValueError(
                f"Invalid format for argument `axes`: it should contain two integers. Received: axes={axes}"
            )
        self.axes = axes
        self.normalize = normalize

    def check_input(self, input_shape: Any) -> None:
        if not isinstance(input_shape, (list, tuple)) or len(input_shape) != 2:
            raise ValueError(f"A `Dot` layer should be called on a list of 2 inputs. Received: {input_shape!r}")
        axes = [self.axes, self.axes] if isinstance(self.axes, int) else self.axes
        if any(not -len(s) < axis < len(s) or axis == 0 for axis, s in zip(axes, input_shape, strict=True)):
            raise ValueError(
                f"`axes` must be axes of the inputs, and not the batch's. Received: axes={self.axes}, shapes "
                f"{list(input_shape)}"
            )
        sizes = [shape[axis] for axis, shape in zip(axes, input_shape, strict=True)]
        if sizes[0] != sizes[1]:
            raise ValueError(
                f"Incompatible input shapes: axis values {sizes[0]} (at axis {axes[0]}) != {sizes[1]} (at axis "
                f"{axes[1]}). Full input shapes: {input_shape[0]}, {input_shape[1]}"
            )

    def _axes(self, input_shape: Any) -> list[int]:
        """From 0 on, without the batch's."""
        axes = [self.axes, self.axes] if isinstance(self.axes, int) else self.axes
        return [axis % len(shape) - 1 for axis, shape in zip(axes, input_shape, strict=True)]

    def compute_output_shape(self, input_shape: Any) -> Shape:
        self.check_input(input_shape)
        rest = [
            size
            for axis, shape in zip(self._axes(input_shape), input_shape, strict=True)
            for place, size in enumerate(shape[1:])
            if place != axis
        ]
        return (input_shape[0][0], *(rest or [1]))

    def lower(self, plan: Plan, inputs: Any, input_shape: Any) -> Value:
        rows = []
        for value, axis, shape in zip(inputs, self._axes(input_shape), input_shape, strict=True):
            sizes = [size or 1 for size in shape[1:]]
            if axis != len(sizes) - 1:
                value = plan.permuted(value, sizes, [*(i for i in range(len(sizes)) if i != axis), axis])
            value = plan.rows(value, sizes[axis])
            if self.normalize:
                value = plan.step({"name": "unit_normalization", "scale": False, "center": False}, value)
            rows.append(value)
        return plan.step({"name": "dot"}, *rows)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "axes": self.axes, "normalize": self.normalize}


def dot(inputs: Any, axes: int | Sequence[int] = -1, **kwargs: Any) -> Any:
    """`Dot(axes, **kwargs)(inputs)`."""
    return Dot(axes, **kwargs)(inputs)
