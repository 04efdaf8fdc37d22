"""Initializers whose spread follows from the layer's numbers of inputs and outputs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from steepest._names.registry import lookup
from steepest.initializers.constant import Array, Shape
from steepest.initializers.random import RandomInitializer, Seed, normal, truncated_normal, uniform


class VarianceScaling(RandomInitializer):
    """Var(w) = scale / n, n being the number of inputs, of outputs or their mean: signals keep their size.

    `"uniform"` draws from U[-limit, limit) with limit = sqrt(3 * scale / n), `"untruncated_normal"` from
    N(0, scale / n), and `"truncated_normal"` from a normal distribution cut at two standard deviations whose standard
    deviation after the cut is sqrt(scale / n).

    Args:
        scale: positive factor.
        mode: `"fan_in"`, `"fan_out"` or `"fan_avg"`.
        distribution: see above; `"normal"` means `"truncated_normal"`.
        seed: integer, or a `random.SeedGenerator`; by default the next of the global stream.
        input_axes: the axes of the shape that count as inputs; by default the last but one, as in a Dense kernel.
        output_axes: the axes that count as outputs; by default the last.

    Raises:
        ValueError: for a scale that is not positive, or an unknown mode or distribution.

    >>> w = VarianceScaling(scale=2.0, seed=1)((200, 300))
    >>> round(float(w.std()), 3)  # sqrt(2 / 200)
    0.1
    """

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: Seed = None,
        input_axes: Sequence[int] | None = None,
        output_axes: Sequence[int] | None = None,
    ):
        if not scale > 0:
            raise ValueError(f"`scale` must be positive. Received: scale={scale}")
        lookup(mode, dict.fromkeys(("fan_in", "fan_out", "fan_avg")), "mode")
        distribution = distribution.lower()
        if distribution == "normal":
            distribution = "truncated_normal"
        lookup(distribution, dict.fromkeys(("uniform", "truncated_normal", "untruncated_normal")), "distribution")
        super().__init__(seed)
        self.scale = scale
        self.mode = mode
        self.distribution = distribution
        self.input_axes = input_axes
        self.output_axes = output_axes

    def __call__(self, shape: Shape, dtype: Any = None) -> Array:
        fan_in, fan_out = _fans(shape, self.input_axes, self.output_axes)
        n = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[self.mode]
        variance = self.scale / max(1.0, n)
        if self.distribution == "uniform":
            limit = math.sqrt(3 * variance)
            return uniform(self._generator(), shape, -limit, limit, dtype)
        if self.distribution == "untruncated_normal":
            return normal(self._generator(), shape, 0.0, math.sqrt(variance), dtype)
        # 0.8796...: the standard deviation of N(0, 1) cut at -2 and 2
        return truncated_normal(self._generator(), shape, 0.0, math.sqrt(variance) / 0.87962566103423978, dtype)

    def get_config(self) -> dict[str, Any]:
        names = ("scale", "mode", "distribution", "input_axes", "output_axes")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


class _Fixed(VarianceScaling):
    """A VarianceScaling with a name of its own, which leaves only the seed (and the axes) to choose."""

    fixed: dict[str, Any]

    def __init__(
        self,
        seed: Seed = None,
        input_axes: Sequence[int] | None = None,
        output_axes: Sequence[int] | None = None,
    ):
        super().__init__(**self.fixed, seed=seed, input_axes=input_axes, output_axes=output_axes)

    def get_config(self) -> dict[str, Any]:
        whole = super().get_config()
        return {name: whole[name] for name in ("seed", "input_axes", "output_axes")}


class GlorotUniform(_Fixed):
    """w ~ U[-limit, limit), limit = sqrt(6 / (fan_in + fan_out)): Keras's default (Glorot and Bengio 2010).

    >>> w = GlorotUniform(seed=1)((100, 50))
    >>> bool(abs(w).max() <= (6 / 150) ** 0.5)
    True
    """

    fixed = {"scale": 1.0, "mode": "fan_avg", "distribution": "uniform"}


class GlorotNormal(_Fixed):
    """w ~ truncated normal of standard deviation sqrt(2 / (fan_in + fan_out)) (Glorot and Bengio 2010)."""

    fixed = {"scale": 1.0, "mode": "fan_avg", "distribution": "truncated_normal"}


class HeUniform(_Fixed):
    """w ~ U[-limit, limit), limit = sqrt(6 / fan_in): for layers with ReLU (He et al. 2015)."""

    fixed = {"scale": 2.0, "mode": "fan_in", "distribution": "uniform"}


class HeNormal(_Fixed):
    """w ~ truncated normal of standard deviation sqrt(2 / fan_in): for layers with ReLU (He et al. 2015)."""

    fixed = {"scale": 2.0, "mode": "fan_in", "distribution": "truncated_normal"}


class LecunUniform(_Fixed):
    """w ~ U[-limit, limit), limit = sqrt(3 / fan_in) (LeCun et al. 1998)."""

    fixed = {"scale": 1.0, "mode": "fan_in", "distribution": "uniform"}


class LecunNormal(_Fixed):
    """w ~ truncated normal of standard deviation sqrt(1 / fan_in) (LeCun et al. 1998)."""

    fixed = {"scale": 1.0, "mode": "fan_in", "distribution": "truncated_normal"}


def _fans(shape: Shape, input_axes: Sequence[int] | None, output_axes: Sequence[int] | None) -> tuple[int, int]:
    """The numbers of inputs and outputs of a weight; more than two dimensions count as a convolution's kernel."""
    if input_axes is not None and output_axes is not None:
        return math.prod(shape[axis] for axis in input_axes), math.prod(shape[axis] for axis in output_axes)
    if len(shape) < 2:
        return (shape[0], shape[0]) if shape else (1, 1)
    field = math.prod(shape[:-2])
    return shape[-2] * field, shape[-1] * field
