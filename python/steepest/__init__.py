"""steepest trains dense neural networks on a CPU, fast, under Keras's API.

>>> from steepest import keras
>>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
>>> model.compile(optimizer="adam", loss="mse")
>>> model.predict([[0.0, 0.0]], verbose=0)
array([[0.]], dtype=float32)
"""

from __future__ import annotations

from typing import Any

from steepest import (
    _core,
    activations,
    callbacks,
    config,
    initializers,
    keras,
    layers,
    losses,
    metrics,
    models,
    ops,
    optimizers,
    saving,
    utils,
)
from steepest._variable import Variable
from steepest.config import show_config
from steepest.layers import Input
from steepest.models import Model, Sequential

__all__ = [
    "Input",
    "Model",
    "Sequential",
    "Variable",
    "activations",
    "callbacks",
    "config",
    "initializers",
    "keras",
    "layers",
    "losses",
    "metrics",
    "models",
    "ops",
    "optimizers",
    "saving",
    "utils",
    "show_config",
]

_LAZY = ("datasets", "plot", "reference")  # not needed to train: loaded when first used


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        import importlib

        return importlib.import_module(f"steepest.{name}")
    if name == "__version__":
        return _core.show_config()["version"]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_LAZY, "__version__"])
