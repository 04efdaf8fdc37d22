"""The fully connected layer over several axes, by an equation."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

from steepest import activations, initializers, regularizers
from steepest.layers.affine import Affine
from steepest.layers.layer import Array, Shape


class EinsumDense(Affine):
    """y = activation(einsum(equation, x, kernel) + bias): products over the last axes of x, which become others.

    Equations are "ab,bc->ac" and its like: the kernel has the last axes of the inputs, then the last ones of the
    outputs. "abcd,cdef->abef" and "...x,xy->...y" are such, and the kernel is a matrix with several axes on
    either side. Others of Keras's equations, with kernels that keep an axis or move one, are refused.

    Args:
        equation: inputs, kernel and outputs, a letter for each axis; "..." for further axes in front.
        output_shape: the sizes of the outputs' axes but the batch's, or those that "..." does not stand for; None for
            those of the inputs. An integer for one.
        activation: name or function of `steepest.activations`; None for none.
        bias_axes: the letters of the kernel's output axes, for a bias; None for none.
        kernel_initializer: name or instance of `steepest.initializers`; Glorot's uniform one by default.
        bias_initializer: likewise; zeros by default.
        kernel_regularizer, bias_regularizer: name or instance of `steepest.regularizers`; None for no penalty.
        kernel_constraint, bias_constraint: name or instance of `steepest.constraints`; None for no constraint.
        kwargs: `name`, `dtype` and `activity_regularizer`.

    Raises:
        ValueError: for an equation that is none, or another one, and for a bias of other axes; when built or called,
            for inputs that don't fit to the equation and to the output shape.

    Source: Keras, `keras.layers.EinsumDense`.

    >>> layer = EinsumDense("abc,cde->abde", output_shape=(None, 2, 4), bias_axes="de", kernel_initializer="ones")
    >>> layer([[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]]).shape, layer.kernel.shape, layer.bias.shape
    ((1, 3, 2, 4), (2, 2, 4), (2, 4))
    """

    def __init__(
        self,
        equation: str,
        output_shape: int | Sequence[int | None],
        activation: Any = None,
        bias_axes: str | None = None,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ):
        for name in ("lora_rank", "lora_alpha", "gptq_unpacked_column_size", "quantization_config"):
            if (value := kwargs.pop(name, None)) is not None:
                raise ValueError(f"`{name}` of an EinsumDense is not supported. Received: {name}={value!r}")
        super().__init__(
            activation,
            kernel_initializer,
            bias_initializer,
            kernel_regularizer,
            bias_regularizer,
            kernel_constraint,
            bias_constraint,
            **kwargs,
        )
        self.equation = equation
        self._elided = "..." in equation
        self._kept, self._contracted, self._units = _axes_of(equation, bias_axes)
        sizes = output_shape if isinstance(output_shape, (list, tuple)) else (output_shape,)
        self.partial_output_shape: tuple[int | None, ...] = tuple(sizes)
        self.bias_axes = bias_axes

    def _has_bias(self) -> bool:
        return bool(self.bias_axes)

    def check_input(self, input_shape: Shape) -> None:
        rank, least = len(input_shape), 1 + self._kept + self._contracted
        if rank < least or (rank > least and not self._elided):
            raise ValueError(
                f"Layer {self.name!r} takes inputs as {self.equation.partition(',')[0]!r} of its equation says. "
                f"Received: input shape {input_shape}"
            )
        named, units = self.partial_output_shape[: -self._units], self.partial_output_shape[-self._units :]
        kept = self._inner(input_shape, self._kept)[: self._kept]
        if (
            len(named) != self._kept
            or any(not isinstance(size, int) or size < 1 for size in units)
            or any(None not in (one, size) and one != size for one, size in zip(named, kept, strict=True))
        ):
            raise ValueError(
                f"`output_shape` of layer {self.name!r} must have the sizes of the outputs' axes in {self.equation!r}, "
                f"None for those of the inputs. Received: output_shape={self.partial_output_shape}, input shape "
                f"{input_shape}"
            )
        if self._input_shape is not None and self._inner(self._input_shape) != self._inner(input_shape):
            raise ValueError(
                f"Layer {self.name!r} was built for inputs of shape {self._input_shape} and can't take {input_shape}."
            )

    def _inner(self, input_shape: Shape, before: int = 0) -> Shape:
        """The sizes of the axes that products are taken along, and of so many before them."""
        return input_shape[len(input_shape) - self._contracted - before :]

    def _outer(self) -> tuple[int, ...]:
        """The sizes of the axes that take their place."""
        return tuple(size for size in self.partial_output_shape[-self._units :] if size is not None)

    def core_columns(self, input_shape: Shape) -> int | None:
        inner = self._inner(input_shape)
        return None if None in inner else math.prod(size for size in inner if size)

    def core_spec(self, input_shape: Shape) -> dict[str, Any]:
        return self._dense_spec(math.prod(self._outer()))

    def _activates_apart(self, rule: dict[str, Any]) -> bool:  # softmax and its like: rows of the last axis alone
        return super()._activates_apart(rule) or (rule["name"] in activations.ROW_WISE and self._units > 1)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return (*input_shape[: len(input_shape) - self._contracted], *self._outer())

    def initial_weights(self, input_shape: Shape, dtype: str) -> list[Array]:
        inner: Any = self._inner(input_shape)  # unknown sizes are refused before
        outer, initializer = self._outer(), self.kernel_initializer
        if isinstance(initializer, initializers.VarianceScaling) and None in (
            initializer.input_axes,
            initializer.output_axes,
        ):
            axes = range(len(inner) + len(outer))
            config = {**initializer.get_config(), "seed": initializer.seed}
            config.update(input_axes=[*axes[: len(inner)]], output_axes=[*axes[len(inner) :]])
            initializer = type(initializer).from_config(config)
        weights = [self._initial(initializer, (*inner, *outer), dtype)]
        if self.bias_axes:
            weights.append(self._initial(self.bias_initializer, outer, dtype))
        return weights

    @property
    def bias(self) -> Array | None:
        """A read-only copy of the bias; None without `bias_axes`, and before the layer is built."""
        return self.weights[1] if self.built and self.bias_axes else None

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "output_shape": self.partial_output_shape,
            "equation": self.equation,
            "activation": activations.serialize(self.activation),
            "bias_axes": self.bias_axes,
            **self._rules_config(),
            "activity_regularizer": regularizers.serialize(self.activity_regularizer),
            "quantization_config": None,
        }


def _axes_of(equation: str, bias_axes: str | None) -> tuple[int, int, int]:
    """How many axes with a letter the inputs keep, beside the batch's, over how many products run, and to how many.

    Raises:
        ValueError: for an equation that is no product over the inputs' last axes, and for a bias of other axes.
    """
    found = re.fullmatch(r"(\.\.\.)?([a-zA-Z]+),([a-zA-Z]+)->(\.\.\.)?([a-zA-Z]+)", equation)
    if found is None or (found[1] is None) != (found[4] is None):
        raise ValueError(
            f"Invalid einsum equation {equation!r}. Equations must be in the form [X],[Y]->[Z] or ...[X],[Y]->...[Z]; "
            "[X]...,[Y]->[Z]... is not supported."
        )
    inputs, kernel, outputs = found[2], found[3], found[5]
    inner = [axis for axis in inputs if axis not in outputs]
    kept, outer = len(inputs) - len(inner), [axis for axis in outputs if axis not in inputs]
    product = inputs[kept:] + outputs[kept:] == kernel == "".join(inner + outer) and inputs[:kept] == outputs[:kept]
    if not (product and inner and outer and (kept or found[1])):
        raise ValueError(
            f"Equation {equation!r} is no product over the last axes of the inputs: expected one such as 'ab,bc->ac', "
            "whose kernel has the last axes of the inputs and then the last ones of the outputs."
        )
    if bias_axes is not None and sorted(bias_axes) != sorted(outer):
        raise ValueError(
            f"`bias_axes` must be all axes that the kernel gives to the outputs, {''.join(outer)!r}, or None. "
            f"Received: bias_axes={bias_axes!r}"
        )
    return kept - (found[1] is None), len(inner), len(outer)
