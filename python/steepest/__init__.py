"""steepest trains dense neural networks on a CPU, fast, under Keras's API.

>>> from steepest import keras
>>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
>>> model.compile(optimizer="adam", loss="mse")
>>> model.predict([[0.0, 0.0]], verbose=0)
array([[0.]], dtype=float32)
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from steepest import _core
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
        keras,
        layers,
        losses,
        metrics,
        models,
        ops,
        optimizers,
        plot,
        preprocessing,
        random,
        reference,
        regularizers,
        saving,
        utils,
    )
    from steepest._training.stepping import GradientTape
    from steepest._weights.variable import Variable
    from steepest.config import show_config
    from steepest.layers import Input
    from steepest.models import Model, Sequential

__all__ = [
    "GradientTape",
    "Input",
    "Model",
    "Sequential",
    "Variable",
    "activations",
    "backend",
    "callbacks",
    "config",
    "constraints",
    "datasets",
    "initializers",
    "keras",
    "layers",
    "losses",
    "metrics",
    "models",
    "ops",
    "optimizers",
    "plot",
    "preprocessing",
    "random",
    "reference",
    "regularizers",
    "saving",
    "utils",
    "show_config",
]

__version__: str = _core.show_config()["version"]

_NAMES = {
    "GradientTape": "_training.stepping",
    "Input": "layers",
    "Model": "models",
    "Sequential": "models",
    "Variable": "_weights.variable",
    "show_config": "config",
}
# `sklearn` is not among `__all__`: it needs scikit-learn.
_MODULES = ["sklearn", *(name for name in __all__ if name not in _NAMES)]
__getattr__, __dir__ = names_on_demand(globals(), _MODULES, _NAMES)

if "threadpoolctl" in sys.modules:
    from steepest import _threadpoolctl as _threadpoolctl
