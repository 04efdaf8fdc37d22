"""What a training does with single weights, as the core is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from steepest import constraints, regularizers

Array = NDArray[Any]

_L1_L2 = (regularizers.L1, regularizers.L2, regularizers.L1L2)


class WeightRules(NamedTuple):
    """Of a model's layers and weights, which are numbered in the order of the network's.

    `frozen`: the numbers of the layers that keep their weights. `size`: how many scalars are trained.
    `regularizers`, `constraints`: the specs of those weights that have one that the core has. `penalties`: the
    regularizers that it does not have, written in Python, by the numbers of their weights among those that are trained.
    `constrained`: whether there are such constraints.
    """

    frozen: list[int]
    size: int
    regularizers: dict[int, dict[str, Any]]
    constraints: dict[int, dict[str, Any]]
    penalties: dict[int, Any]
    constrained: bool = False

    @property
    def in_python(self) -> bool:
        """Whether a step of training takes what the core does not have."""
        return bool(self.penalties) or self.constrained

    def spec(self) -> dict[str, Any]:
        """For the core; what has no entry is not there."""
        given = {"frozen": self.frozen, "regularizers": self.regularizers, "constraints": self.constraints}
        return {name: value for name, value in given.items() if value}


def l1_l2_of(regularizer: Any, layer: str) -> tuple[float, float]:
    """l1 and l2 of a regularizer of what `layer` puts out.

    Raises:
        ValueError: for one that the core doesn't know.
    """
    if type(regularizer) not in _L1_L2:
        raise ValueError(
            "Models take L1, L2 and L1L2 as activity regularizers. Others can be called, with a layer by itself. "
            f"Received: activity_regularizer={regularizer!r} of layer {layer!r}"
        )
    return getattr(regularizer, "l1", 0.0), getattr(regularizer, "l2", 0.0)


def regularizer_spec(regularizer: Any, owner: str, shape: tuple[int, ...]) -> dict[str, Any] | None:
    """The core's rule for a regularizer of the weight `owner`; None for one that is written in Python.

    Raises:
        ValueError: for an orthogonal one of anything but a matrix.
    """
    if type(regularizer) in _L1_L2:
        return {"name": "l1_l2", "l1": getattr(regularizer, "l1", 0.0), "l2": getattr(regularizer, "l2", 0.0)}
    if type(regularizer) is regularizers.OrthogonalRegularizer:
        if len(shape) != 2:
            raise ValueError(
                f"Inputs to OrthogonalRegularizer must have rank 2. Received: {owner} of shape {tuple(shape)}"
            )
        return {"name": "orthogonal", "factor": regularizer.factor, "columns": regularizer.mode == "columns"}
    return None


def constraint_spec(constraint: Any, owner: str, shape: tuple[int, ...]) -> dict[str, Any] | None:
    """The core's rule for a constraint of the weight `owner`; None for one that is written in Python.

    Raises:
        ValueError: for an axis that the weight doesn't have.
    """
    if type(constraint) is constraints.NonNeg:
        return {"name": "non_negative"}
    bounds: dict[type, Callable[[Any], tuple[float, float, float]]] = {
        constraints.MaxNorm: lambda one: (0.0, one.max_value, 1.0),
        constraints.MinMaxNorm: lambda one: (one.min_value, one.max_value, one.rate),
        constraints.UnitNorm: lambda one: (1.0, 1.0, 1.0),
    }
    if type(constraint) not in bounds:
        return None
    least, most, rate = bounds[type(constraint)](constraint)
    axis, rank = constraint.axis, len(shape)
    axes = list(range(rank)) if axis is None else [axis] if isinstance(axis, int) else list(axis)
    if any(not -rank <= one < rank for one in axes):
        raise ValueError(
            f"The constraint of {owner} takes norms along an axis that a weight of shape {tuple(shape)} does not have. "
            f"Received: axis={axis}"
        )
    bits = sum(1 << one for one in {one % rank for one in axes})
    return {"name": "norm", "least": float(least), "most": float(most), "rate": float(rate), "axes": bits}


def check_gradient(regularizer: Any) -> None:
    """Refuses a regularizer written in Python that has no gradient.

    Raises:
        ValueError: if it has none, with what a gradient would look like.
    """
    own = getattr(regularizer, "gradient", None)
    if not callable(own) or getattr(type(regularizer), "gradient", None) is regularizers.Regularizer.gradient:
        raise ValueError(
            f"The regularizer {regularizer!r} can be called and evaluated, but not trained with: it has no gradient. "
            "Expected a method `gradient(self, x)`, or of a function an attribute `gradient`, a function of the "
            "weights x that returns the derivative of the cost by each of them: 0.02 * x for 0.01 * sum x^2"
        )


def penalty_gradient(regularizer: Any, weight: Array) -> Array:
    """The gradient of a regularizer written in Python by the weight.

    Raises:
        ValueError: for one of another shape.
    """
    gradient = np.asarray(regularizer.gradient(weight), weight.dtype)
    if gradient.shape != weight.shape:
        raise ValueError(
            f"The gradient of the regularizer {regularizer!r} must have the shape of the weight, {weight.shape}. "
            f"Received: {gradient.shape}"
        )
    return gradient
