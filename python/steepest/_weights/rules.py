"""What a training does with single weights, as the core is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from steepest import constraints, regularizers

_L1_L2 = (regularizers.L1, regularizers.L2, regularizers.L1L2)


class WeightRules(NamedTuple):
    """Of a model's layers and weights, which are numbered in the order of the network's.

    `frozen`: the numbers of the layers that keep their weights. `size`: how many scalars are trained.
    `regularizers`, `constraints`: the specs of those weights that have one.
    """

    frozen: list[int]
    size: int
    regularizers: dict[int, dict[str, Any]]
    constraints: dict[int, dict[str, Any]]

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


def regularizer_spec(regularizer: Any, owner: str, shape: tuple[int, ...]) -> dict[str, Any]:
    """The core's rule for a regularizer of the weight `owner`.

    Raises:
        ValueError: for one that the core doesn't know, and for an orthogonal one of anything but a matrix.
    """
    if type(regularizer) in _L1_L2:
        return {"name": "l1_l2", "l1": getattr(regularizer, "l1", 0.0), "l2": getattr(regularizer, "l2", 0.0)}
    if type(regularizer) is regularizers.OrthogonalRegularizer:
        if len(shape) != 2:
            raise ValueError(
                f"Inputs to OrthogonalRegularizer must have rank 2. Received: {owner} of shape {tuple(shape)}"
            )
        return {"name": "orthogonal", "factor": regularizer.factor, "columns": regularizer.mode == "columns"}
    raise ValueError(_unknown("regularizer", regularizer, owner, "L1, L2, L1L2 or OrthogonalRegularizer"))


def constraint_spec(constraint: Any, owner: str, shape: tuple[int, ...]) -> dict[str, Any]:
    """The core's rule for a constraint of the weight `owner`.

    Raises:
        ValueError: for one that the core doesn't know, and for an axis that the weight doesn't have.
    """
    if type(constraint) is constraints.NonNeg:
        return {"name": "non_negative"}
    bounds: dict[type, Callable[[Any], tuple[float, float, float]]] = {
        constraints.MaxNorm: lambda one: (0.0, one.max_value, 1.0),
        constraints.MinMaxNorm: lambda one: (one.min_value, one.max_value, one.rate),
        constraints.UnitNorm: lambda one: (1.0, 1.0, 1.0),
    }
    if type(constraint) not in bounds:
        raise ValueError(_unknown("constraint", constraint, owner, "MaxNorm, MinMaxNorm, NonNeg or UnitNorm"))
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


def _unknown(kind: str, received: Any, owner: str, known: str) -> str:
    return (
        f"Models are trained and evaluated with the {kind}s {known}. A {kind} written in Python can be called only. "
        f"Received: {owner} with {received!r}"
    )
