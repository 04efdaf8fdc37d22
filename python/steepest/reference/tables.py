"""The formulas by the core's names of their rules."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

from steepest.reference import (
    activations,
    element_losses,
    losses,
    metrics,
    piecewise_activations,
    row_losses,
    smooth_activations,
)
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
LOSSES = _with_gradients(losses, element_losses, row_losses)
METRICS: dict[str, Callable[..., Array]] = {
    **{name: loss for name, (loss, _) in LOSSES.items()},
    "accuracy": metrics.accuracy,
    "binary_accuracy": metrics.binary_accuracy,
    "categorical_accuracy": metrics.categorical_accuracy,
    "sparse_categorical_accuracy": metrics.sparse_categorical_accuracy,
    "top_k_categorical_accuracy": metrics.top_k_categorical_accuracy,
    "sparse_top_k_categorical_accuracy": metrics.sparse_top_k_categorical_accuracy,
    "cosine_proximity": metrics.cosine_proximity,
}
