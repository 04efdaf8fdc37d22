"""The formulas by the core's names of their rules."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

from steepest.reference import activations, losses, metrics, piecewise_activations, smooth_activations
from steepest.reference.activations import Array


def _with_gradients(*modules: ModuleType) -> dict[str, tuple[Callable[..., Array], Callable[..., Array]]]:
    """Each function `f` that stands beside an `f_gradient`, with it."""
    return {
        name: (function, vars(module)[f"{name}_gradient"])
        for module in modules
        for name, function in vars(module).items()
        if f"{name}_gradient" in vars(module)
    }


ACTIVATIONS = _with_gradients(activations, piecewise_activations, smooth_activations)
LOSSES = _with_gradients(losses)
METRICS: dict[str, Callable[..., Array]] = {
    **{name: loss for name, (loss, _) in LOSSES.items()},
    "mean_absolute_error": metrics.mean_absolute_error,
    "binary_accuracy": metrics.binary_accuracy,
    "categorical_accuracy": metrics.categorical_accuracy,
    "sparse_categorical_accuracy": metrics.sparse_categorical_accuracy,
}
