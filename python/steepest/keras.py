"""The names as code written for Keras imports them.

`from steepest import keras`, `import steepest as tf; tf.keras...`, `from steepest.keras.layers import Dense`: each
module `steepest.keras.x` is the module `steepest.x`, loaded when it is first asked for.
"""

from __future__ import annotations

import importlib
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING, Any

from steepest import __version__ as __version__
from steepest._lazy import names_on_demand

if TYPE_CHECKING:
    from steepest import (
        activations,
        backend,
        callbacks,
        config,
        constraints,
        datasets,
        initializers,
        layers,
        losses,
        metrics,
        models,
        ops,
        optimizers,
        preprocessing,
        random,
        regularizers,
        saving,
        utils,
    )
    from steepest._graph.tensors import KerasTensor
    from steepest._weights.variable import Variable
    from steepest.callbacks import Callback
    from steepest.initializers import Initializer
    from steepest.layers import Input, InputLayer, Layer
    from steepest.losses import Loss
    from steepest.metrics import Metric
    from steepest.models import Model, Sequential
    from steepest.optimizers import Optimizer
    from steepest.regularizers import Regularizer

__all__ = [
    "Callback",
    "Initializer",
    "Input",
    "InputLayer",
    "KerasTensor",
    "Layer",
    "Loss",
    "Metric",
    "Model",
    "Optimizer",
    "Regularizer",
    "Sequential",
    "Variable",
    "activations",
    "backend",
    "callbacks",
    "config",
    "constraints",
    "datasets",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "models",
    "ops",
    "optimizers",
    "preprocessing",
    "random",
    "regularizers",
    "saving",
    "utils",
    "version",
]

__path__: list[str] = []  # what makes `import steepest.keras.layers` ask the finder below


def version() -> str:
    """steepest's own version. Keras's, whose behaviour this is, stands in docs/keras.md."""
    return __version__


_NAMES = {
    "Callback": "callbacks",
    "Initializer": "initializers",
    "Input": "layers",
    "InputLayer": "layers",
    "KerasTensor": "_graph.tensors",
    "Layer": "layers",
    "Loss": "losses",
    "Metric": "metrics",
    "Model": "models",
    "Optimizer": "optimizers",
    "Regularizer": "regularizers",
    "Sequential": "models",
    "Variable": "_weights.variable",
}
__getattr__, __dir__ = names_on_demand(
    globals(), [name for name in __all__ if name not in (*_NAMES, "version")], _NAMES
)


class _Alias:
    """Finds `steepest.keras.x` as `steepest.x`: a finder and loader whose modules are loaded already."""

    def __init__(self, module: ModuleType | None = None):
        self._module = module
        self._spec = None if module is None else module.__spec__

    @classmethod
    def find_spec(cls, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if not name.startswith(__name__ + "."):
            return None
        real = "steepest" + name.removeprefix(__name__)
        try:
            module = importlib.import_module(real)
        except ModuleNotFoundError as error:
            if error.name == real:  # there is no such module, rather than a module that it needs
                return None
            raise
        return ModuleSpec(name, cls(module))  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self._spec  # the import system has just put the alias's there


sys.meta_path.insert(0, _Alias)  # first: the others would load steepest.datasets.mnist a second time
