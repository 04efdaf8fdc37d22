"""What is compared of names and defaults: which callables, and how a signature is written down.

steepest must have every one of these names. Of its parameters, each must be one of Keras's with Keras's default, and a
positional call must bind the same way; what Keras has beyond them is listed in `deviations.LACKING`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

_MODEL_METHODS = (
    "__init__ add pop compile build fit evaluate predict predict_on_batch train_on_batch test_on_batch get_weights "
    "set_weights summary count_params get_layer get_config to_json get_compile_config compile_from_config"
)
_OBJECTS = {
    "layers": "Dense Activation ReLU Softmax Flatten Dropout InputLayer",
    "losses": "Loss MeanSquaredError BinaryCrossentropy CategoricalCrossentropy SparseCategoricalCrossentropy get "
    "mean_squared_error binary_crossentropy categorical_crossentropy sparse_categorical_crossentropy",
    "metrics": "MeanSquaredError MeanAbsoluteError BinaryAccuracy CategoricalAccuracy SparseCategoricalAccuracy "
    "BinaryCrossentropy CategoricalCrossentropy SparseCategoricalCrossentropy get mean_squared_error "
    "mean_absolute_error binary_accuracy categorical_accuracy sparse_categorical_accuracy binary_crossentropy "
    "categorical_crossentropy sparse_categorical_crossentropy",
    "optimizers": "Optimizer SGD Adagrad RMSprop Adam get",
    "initializers": "GlorotUniform GlorotNormal HeUniform HeNormal LecunUniform LecunNormal RandomUniform RandomNormal "
    "TruncatedNormal Zeros Ones Constant Orthogonal VarianceScaling get",
    "regularizers": "Regularizer L1 L2 L1L2 OrthogonalRegularizer get serialize deserialize",
    "constraints": "Constraint MaxNorm MinMaxNorm NonNeg UnitNorm get serialize deserialize",
    "random": "SeedGenerator",
    "activations": "linear relu sigmoid tanh softmax get",
    "callbacks": "Callback History EarlyStopping LambdaCallback ProgbarLogger ReduceLROnPlateau LearningRateScheduler "
    "CSVLogger TerminateOnNaN RemoteMonitor TensorBoard",
    "models": "clone_model model_from_json",
    "utils": "set_random_seed to_categorical normalize pad_sequences PyDataset",
    "saving": "CustomObjectScope custom_object_scope get_custom_objects get_registered_name get_registered_object "
    "register_keras_serializable serialize_keras_object",
    "config": "floatx set_floatx epsilon",
}
_HOOKS = (
    "set_params set_model on_train_begin on_train_end on_epoch_begin on_epoch_end on_train_batch_begin "
    "on_train_batch_end on_test_begin on_test_end on_test_batch_begin on_test_batch_end on_predict_begin "
    "on_predict_end on_predict_batch_begin on_predict_batch_end on_batch_begin on_batch_end"
)

NAMES = [
    "Input",
    *(f"Sequential.{method}" for method in _MODEL_METHODS.split()),
    *(f"{module}.{name}" for module, names in _OBJECTS.items() for name in names.split()),
    *(f"callbacks.Callback.{hook}" for hook in _HOOKS.split()),
    *(f"optimizers.Optimizer.{method}" for method in ("build", "apply", "apply_gradients", "get_config")),
    *(f"losses.Loss.{method}" for method in ("__call__", "get_config")),
    *(f"layers.Layer.{method}" for method in ("get_weights", "set_weights", "count_params", "get_config")),
]


def find(keras: Any, name: str) -> Any:
    """The object that `name` means in the module, or None."""
    found = keras
    for part in name.split("."):
        found = getattr(found, part, None)
    return found


def _default(parameter: inspect.Parameter) -> str:
    value = parameter.default
    if value is inspect.Parameter.empty:
        return "required"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"{value:g}"  # 0 and 0.0 are one default
    return repr(value) if value is None or isinstance(value, (bool, str, tuple)) else type(value).__name__


def describe(function: Callable[..., Any]) -> list[list[str]]:
    """[[name, default, "positional" | "keyword"], ...] without self and without *args and **kwargs."""
    variadic = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return [
        [name, _default(parameter), "keyword" if parameter.kind is inspect.Parameter.KEYWORD_ONLY else "positional"]
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.kind not in variadic and name != "self"
    ]


def signatures(keras: Any) -> dict[str, list[list[str]] | None]:
    """`describe` of every name; None for a name that the module does not have."""
    found = {name: find(keras, name) for name in NAMES}
    return {name: None if function is None else describe(function) for name, function in found.items()}
