"""Names that programs written for Keras's backend modules still use; each is another module's."""

from __future__ import annotations

from steepest._graph.tensors import is_keras_tensor
from steepest.config import epsilon, floatx, set_floatx, standardize_dtype
from steepest.utils import clear_session

__all__ = ["clear_session", "epsilon", "floatx", "is_keras_tensor", "set_floatx", "standardize_dtype"]
