"""Models: stacks and graphs of layers that can be trained."""

from __future__ import annotations

from steepest._lazy import names_on_demand
from steepest.models.cloning import clone_model, model_from_json
from steepest.models.model import Model
from steepest.models.sequential import Sequential
from steepest.saving import load_model, save_model

__all__ = [
    "Model",
    "Sequential",
    "clone_model",
    "from_keras",
    "from_onnx",
    "load_model",
    "model_from_json",
    "save_model",
]

__getattr__, __dir__ = names_on_demand(
    globals(), (), {"from_keras": "exchange.live_keras", "from_onnx": "exchange.onnx_reader"}
)
