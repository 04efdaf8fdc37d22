"""Where steepest differs from Keras on purpose, and why. `test_behaviour.py` holds steepest to the rest, and to this.

An entry that is no deviation any more fails the tests: this file says what is, not what was.
"""

from __future__ import annotations

from typing import Any

_OPTIMIZER = [
    "weight_decay",
    "clipnorm",
    "clipvalue",
    "global_clipnorm",
    "use_ema",
    "ema_momentum",
    "ema_overwrite_frequency",
    "loss_scale_factor",
    "gradient_accumulation_steps",
]

LACKING: dict[str, list[str]] = {
    # Parameters that Keras has and steepest has not. The optimizers take theirs by name, as **kwargs.
    "Input": ["tensor", "optional"],
    "Sequential.add": ["rebuild"],
    "Sequential.pop": ["rebuild"],
    "Sequential.summary": ["expand_nested", "show_trainable", "layer_range"],
    "layers.Dense": ["lora_rank", "lora_alpha", "quantization_config"],
    "layers.InputLayer": ["input_tensor", "optional"],
    **{f"optimizers.{name}": _OPTIMIZER for name in ("SGD", "Adagrad", "RMSprop", "Adam")},
}

CONFIGURATION: dict[str, dict[str, Any]] = {
    # What get_config gives instead. A layer's dtype is a name; steepest has no policies.
    **{
        f"layers.{name}": {"dtype": "float32"}
        for name in ("Dense", "Activation", "ReLU", "Softmax", "Flatten", "Dropout")
    },
}

CONFIGURATION_LACKING: dict[str, list[str]] = {
    # Entries that could have one value only: the last axis, no ignored class, no quantization.
    "metrics.CategoricalCrossentropy": ["axis"],
    "layers.Dense": ["quantization_config"],
}

BEHAVIOUR: dict[str, dict[str, Any]] = {
    # Keras 3 says "compile_metrics" for all of them together, which names nothing that `evaluate` returns.
    "metrics_names": {"names": ["loss", "acc"]},
}

_WHOLE_WEIGHTS = "weights of rows count as they are; Keras makes whole numbers of them unless dtype is a float"

FORMULAS: dict[str, str] = {
    # What computes something else than Keras 3.15 does.
    **{f"metrics.{name}": _WHOLE_WEIGHTS for name in ("IoU", "BinaryIoU", "MeanIoU", "OneHotIoU", "OneHotMeanIoU")},
    "layers.Layer": "`training=` of a symbolic call holds in `fit` and `predict`, as Keras's guides say; Keras 3.15 "
    "takes it there for nothing (keras-team/keras#20285)",
    "activations.sparsemax": "Keras takes tau from a sum of cumulated sums: its rows add up to less than 1",
}

_ACCIDENT = "Keras stumbles over it; here it is refused in words"
_SILENT = "Keras takes it and trains on something else, or not at all"
_BACKEND = "the type is the backend's, and another one on TensorFlow"

ERRORS: dict[str, tuple[str | None, str]] = {
    # What is raised instead, and why.
    "fit: y missing": ("ValueError", _ACCIDENT),
    "fit: no rows": ("ValueError", _ACCIDENT),
    "fit: batch_size 0": ("ValueError", "Keras takes the default of 32 instead"),
    "fit: batch_size -1": ("ValueError", _ACCIDENT),
    "fit: epochs 0": ("ValueError", _SILENT),
    "fit: epochs -1": ("ValueError", _SILENT),
    "fit: validation_split 1.5": ("ValueError", _SILENT),
    "fit: validation_split -0.5": ("ValueError", _SILENT),
    "fit: class_weight a list": ("ValueError", _ACCIDENT),
    "fit: verbose 7": ("ValueError", _SILENT),
    "fit: verbose 'loud'": ("ValueError", _SILENT),
    "fit: callbacks of another kind": ("TypeError", _ACCIDENT),
    "evaluate: batch_size 0": ("ValueError", "Keras takes the default of 32 instead"),
    "evaluate: no rows": ("ValueError", _ACCIDENT),
    "train_on_batch: different lengths": ("ValueError", _BACKEND),
    "predict: batch_size 0": ("ValueError", "Keras takes the default of 32 instead"),
    "predict: batch_size -1": ("ValueError", _ACCIDENT),
    "predict: no rows": ("ValueError", _ACCIDENT),
    "compile: metric only a loss has": (None, "'ce' is resolved like 'acc', as Keras 2 did"),
    "compile: no loss": ("ValueError", _SILENT),
    "labels: above the classes": ("ValueError", _SILENT),
    "labels: negative": ("ValueError", _SILENT),
    "labels: fractions": ("ValueError", _SILENT),
    "SGD: momentum an integer": (None, "0 and 1 are as good as 0.0 and 1.0"),
    "SGD: learning_rate negative": ("ValueError", "it would climb"),
    "SGD: learning_rate NaN": ("ValueError", "all weights would be NaN after a step"),
    "Adam: beta_1 1.5": ("ValueError", "the average would diverge"),
    "Adagrad: negative accumulator": ("ValueError", "the square root would be NaN"),
    "RMSprop: rho 1.5": ("ValueError", "the average would diverge"),
    "loss: label_smoothing 1.5": ("ValueError", "labels would leave [0, 1]"),
    "loss: shapes differ": ("ValueError", _BACKEND),
    "metric: BinaryAccuracy threshold None": ("ValueError", "a threshold is a number"),
    "LambdaCallback: unknown hook": ("TypeError", "a misspelt hook would never be called"),
}

# Keras gives a ValueError for one number out of range and a TypeError, which Python raises somewhere in it, for another
# value of the same argument; here one check answers both, with a ValueError. Names as of `probes/bad_arguments.py`.
ONE_CHECK = (
    *("optimizers.SGD: gradient_accumulation_steps='a'", "optimizers.RMSprop: gradient_accumulation_steps='a'"),
    *("optimizers.Adam: gradient_accumulation_steps='a'", "optimizers.Ftrl: learning_rate_power='a'"),
    *("optimizers.Ftrl: initial_accumulator_value='a'", "optimizers.Ftrl: l1_regularization_strength='a'"),
    "optimizers.Ftrl: l2_regularization_strength='a'",
    *("optimizers.Ftrl: l2_shrinkage_regularization_strength='a'", "optimizers.Lion: beta_1='a'"),
    *(
        "optimizers.schedules.ExponentialDecay: decay_steps='a'",
        "optimizers.schedules.PolynomialDecay: decay_steps='a'",
    ),
    *("optimizers.schedules.InverseTimeDecay: decay_steps='a'", "optimizers.schedules.CosineDecay: decay_steps='a'"),
    *("optimizers.schedules.CosineDecayRestarts: first_decay_steps='a'", "metrics.AUC: thresholds='a'"),
    *("metrics.MeanIoU: num_classes=2.5", "metrics.MeanIoU: num_classes='a'", "metrics.MeanIoU: num_classes=None"),
    *("metrics.OneHotMeanIoU: num_classes=2.5", "metrics.OneHotMeanIoU: num_classes='a'"),
    *("metrics.OneHotMeanIoU: num_classes=None", "layers.BatchNormalization: epsilon=None"),
)
