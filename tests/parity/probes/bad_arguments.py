"""What each class says of each of its arguments out of range: the type of the exception, or None where it takes it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from .bad_input import kind_of

NAN = math.nan
_REDUCTION = {"reduction": ("average", 3)}
_SMOOTHING = {"label_smoothing": (-0.5, 1.5, "a")}
_POSITIVE = (0.0, -1.0, NAN, "a", None)
_SHARE = (-0.5, 1.5, NAN, "a", None)  # of what is kept
_RATE = {"learning_rate": (-0.5, NAN, "fast", None, [0.1])}
_EPSILON = {"epsilon": (-1.0, NAN, "a")}
_BETAS = {"beta_1": _SHARE, "beta_2": _SHARE}
_OPTIMIZER: dict[str, tuple[Any, ...]] = {
    "weight_decay": (-0.5, NAN, "a"),
    "clipnorm": (0.0, -1.0, NAN, "a"),
    "clipvalue": (0.0, -1.0, NAN, "a"),
    "global_clipnorm": (0.0, -1.0, NAN, "a"),
    "ema_momentum": (-0.5, 1.5, NAN, "a"),
    "ema_overwrite_frequency": (0, -1, 1.5, "a"),
    "loss_scale_factor": (0.0, -1.0, NAN, "a"),
    "gradient_accumulation_steps": (0, 1, -1, 1.5, "a"),
    "decoupled": (True,),  # no argument of any
}
_THRESHOLDS = {"thresholds": (1.5, -0.5, [0.5, 2.0], "a", []), "class_id": (-1, 1.5, "a"), "top_k": (0, -1, 1.5, "a")}
_AT = {"num_thresholds": (0, -1, 1.5, "a"), "class_id": (-1, "a")}
_COUNT = (0, -1, 2.5, "a", None)
_EPOCHS = {"patience": (-1, "a"), "min_delta": ("a",)}
_AXIS = {"axis": (7, "a", 1.5)}
_NORMALIZATION = {
    "epsilon": (-1.0, NAN, "a", None),
    "beta_initializer": ("one_and_a_half", 3),
    "gamma_initializer": ("one_and_a_half", 3),
}

# Of each class the arguments that it needs, and values out of range of each that it has.
TABLE: dict[str, tuple[dict[str, Any], dict[str, tuple[Any, ...]]]] = {
    **{
        f"losses.{name}": ({}, {**_REDUCTION, "dtype": ("float12",)})
        for name in (
            *("MeanSquaredError", "MeanAbsoluteError", "MeanAbsolutePercentageError", "MeanSquaredLogarithmicError"),
            *("LogCosh", "Poisson", "KLDivergence", "Hinge", "SquaredHinge", "CategoricalHinge"),
        )
    },
    "losses.Huber": ({}, {"delta": _POSITIVE, **_REDUCTION}),
    "losses.CosineSimilarity": ({}, {**_REDUCTION, "axis": ("a",)}),
    "losses.BinaryCrossentropy": ({}, {**_SMOOTHING, **_REDUCTION}),
    "losses.BinaryFocalCrossentropy": (
        {},
        {**_SMOOTHING, **_REDUCTION, "alpha": (-0.5, "a"), "gamma": (-1.0, NAN, "a")},
    ),
    "losses.CategoricalCrossentropy": ({}, {**_SMOOTHING, **_REDUCTION}),
    "losses.CategoricalFocalCrossentropy": (
        {},
        {**_SMOOTHING, **_REDUCTION, "alpha": (-0.5, "a"), "gamma": (-1.0, NAN, "a")},
    ),
    "losses.SparseCategoricalCrossentropy": ({}, {**_REDUCTION}),
    "losses.CategoricalGeneralizedCrossEntropy": ({}, {"q": (0.0, 1.0, -0.5, 1.5, NAN, "a"), **_REDUCTION}),
    "losses.Dice": ({}, {**_REDUCTION, "axis": ("a",)}),
    "losses.Tversky": ({}, {**_REDUCTION, "alpha": (-1.0, NAN, "a"), "beta": (-1.0, NAN, "a")}),
    "losses.Circle": ({}, {**_REDUCTION, "gamma": (-1.0, NAN, "a"), "margin": ("a",)}),
    "optimizers.SGD": ({}, {**_RATE, "momentum": _SHARE, **_OPTIMIZER}),
    "optimizers.RMSprop": ({}, {**_RATE, "rho": _SHARE, "momentum": _SHARE, **_EPSILON, **_OPTIMIZER}),
    "optimizers.Adagrad": ({}, {**_RATE, "initial_accumulator_value": (-1.0, NAN, "a"), **_EPSILON}),
    "optimizers.Adadelta": ({}, {**_RATE, "rho": _SHARE, **_EPSILON}),
    "optimizers.Adam": ({}, {**_RATE, **_BETAS, **_EPSILON, **_OPTIMIZER}),
    "optimizers.AdamW": ({}, {**_RATE, **_BETAS, **_EPSILON, "weight_decay": (-0.5, NAN, "a", None)}),
    "optimizers.Adamax": ({}, {**_RATE, **_BETAS, **_EPSILON}),
    "optimizers.Nadam": ({}, {**_RATE, **_BETAS, **_EPSILON}),
    "optimizers.Ftrl": (
        {},
        {
            **_RATE,
            "learning_rate_power": (1.0, NAN, "a"),
            "initial_accumulator_value": (-1.0, NAN, "a"),
            "l1_regularization_strength": (-1.0, NAN, "a"),
            "l2_regularization_strength": (-1.0, NAN, "a"),
            "l2_shrinkage_regularization_strength": (-1.0, NAN, "a"),
            "beta": (-1.0, NAN, "a"),
        },
    ),
    "optimizers.Lion": ({}, {**_RATE, "beta_1": (0.0, -0.5, 1.5, NAN, "a"), "beta_2": _SHARE}),
    "optimizers.Lamb": ({}, {**_RATE, **_BETAS, **_EPSILON}),
    "optimizers.Adafactor": (
        {},
        {
            **_RATE,
            "beta_2_decay": (1.0, NAN, "a"),
            "epsilon_1": (-1.0, NAN, "a"),
            "epsilon_2": (-1.0, NAN, "a"),
            "clip_threshold": (0.0, -1.0, NAN, "a"),
        },
    ),
    "optimizers.Muon": (
        {},
        {
            **_RATE,
            "adam_beta_1": _SHARE,
            "adam_beta_2": _SHARE,
            "momentum": _SHARE,
            "ns_steps": (-1, 1.5, "a"),
            "adam_lr_ratio": (-1.0, NAN, "a"),
        },
    ),
    "optimizers.ScheduleFreeAdamW": ({}, {**_RATE, **_BETAS, **_EPSILON, "warmup_steps": (-1, "a")}),
    "optimizers.schedules.ExponentialDecay": (
        {"initial_learning_rate": 0.1, "decay_steps": 4, "decay_rate": 0.5},
        {"decay_steps": (0, -1, "a"), "initial_learning_rate": ("a", NAN), "decay_rate": ("a", NAN, -1.0)},
    ),
    "optimizers.schedules.PiecewiseConstantDecay": (
        {"boundaries": [2], "values": [0.5, 0.25]},
        {"boundaries": ([], [1, 2], 3), "values": ([], [0.5], 3)},
    ),
    "optimizers.schedules.PolynomialDecay": (
        {"initial_learning_rate": 0.1, "decay_steps": 4},
        {"decay_steps": (0, -1, "a"), "end_learning_rate": ("a", NAN), "power": ("a", NAN, -1.0)},
    ),
    "optimizers.schedules.InverseTimeDecay": (
        {"initial_learning_rate": 0.1, "decay_steps": 4, "decay_rate": 0.5},
        {"decay_steps": (0, -1, "a"), "decay_rate": ("a", NAN, -1.0)},
    ),
    "optimizers.schedules.CosineDecay": (
        {"initial_learning_rate": 0.1, "decay_steps": 4},
        {"decay_steps": (0, -1, "a"), "alpha": ("a", NAN), "warmup_steps": (-1, "a"), "warmup_target": ("a", NAN)},
    ),
    "optimizers.schedules.CosineDecayRestarts": (
        {"initial_learning_rate": 0.1, "first_decay_steps": 4},
        {"first_decay_steps": (0, -1, "a"), "t_mul": (0.0, -1.0, "a"), "m_mul": (-1.0, "a"), "alpha": ("a", NAN)},
    ),
    "regularizers.L1": ({}, {"l1": (-1.0, NAN, math.inf, "a")}),
    "regularizers.L2": ({}, {"l2": (-1.0, NAN, math.inf, "a")}),
    "regularizers.L1L2": ({}, {"l1": (-1.0, NAN, "a"), "l2": (-1.0, NAN, "a")}),
    "regularizers.OrthogonalRegularizer": ({}, {"factor": (-1.0, NAN, "a"), "mode": ("diagonal", 3)}),
    "constraints.MaxNorm": ({}, {"max_value": (-1.0, NAN, "a", None), "axis": ("a", 1.5)}),
    "constraints.MinMaxNorm": (
        {},
        {"min_value": (-1.0, NAN, "a", 2.0), "max_value": (-1.0, NAN, "a"), "rate": (-0.5, 1.5, NAN, "a")},
    ),
    "constraints.UnitNorm": ({}, {"axis": ("a", 1.5)}),
    "initializers.RandomNormal": ({}, {"stddev": (-1.0, NAN, "a"), "mean": (NAN, "a"), "seed": ("a", 1.5)}),
    "initializers.TruncatedNormal": ({}, {"stddev": (-1.0, NAN, "a"), "mean": (NAN, "a"), "seed": ("a", 1.5)}),
    "initializers.RandomUniform": ({}, {"minval": (2.0, NAN, "a"), "maxval": (-2.0, NAN, "a"), "seed": ("a", 1.5)}),
    "initializers.VarianceScaling": (
        {},
        {"scale": (0.0, -1.0, NAN, "a"), "mode": ("fan", 3), "distribution": ("gamma", 3), "seed": ("a", 1.5)},
    ),
    "initializers.Orthogonal": ({}, {"gain": (NAN, "a"), "seed": ("a", 1.5)}),
    "initializers.GlorotUniform": ({}, {"seed": ("a", 1.5)}),
    "initializers.HeNormal": ({}, {"seed": ("a", 1.5)}),
    "metrics.BinaryAccuracy": ({}, {"threshold": (NAN, "a"), "dtype": ("float12",)}),
    "metrics.TopKCategoricalAccuracy": ({}, {"k": _COUNT}),
    "metrics.SparseTopKCategoricalAccuracy": ({}, {"k": _COUNT}),
    **{
        f"metrics.{name}": ({}, {"thresholds": _THRESHOLDS["thresholds"]})
        for name in ("TruePositives", "TrueNegatives", "FalsePositives", "FalseNegatives")
    },
    "metrics.Precision": ({}, _THRESHOLDS),
    "metrics.Recall": ({}, _THRESHOLDS),
    "metrics.PrecisionAtRecall": ({"recall": 0.5}, {"recall": (-0.5, 1.5, NAN, "a", None), **_AT}),
    "metrics.RecallAtPrecision": ({"precision": 0.5}, {"precision": (-0.5, 1.5, NAN, "a", None), **_AT}),
    "metrics.SensitivityAtSpecificity": ({"specificity": 0.5}, {"specificity": (-0.5, 1.5, NAN, "a", None), **_AT}),
    "metrics.SpecificityAtSensitivity": ({"sensitivity": 0.5}, {"sensitivity": (-0.5, 1.5, NAN, "a", None), **_AT}),
    "metrics.AUC": (
        {},
        {
            "num_thresholds": (0, 1, -1, 1.5, "a"),
            "curve": ("roc_curve", 3),
            "summation_method": ("middle", 3),
            "thresholds": ([1.5], [-0.5], "a", 3),
            "num_labels": (0, -1, 1.5, "a"),
            "label_weights": ("a",),
        },
    ),
    "metrics.F1Score": ({}, {"average": ("mean", 3), "threshold": (0.0, -0.5, 1.5, 1, "a")}),
    "metrics.FBetaScore": ({}, {"average": ("mean", 3), "beta": _POSITIVE, "threshold": (0.0, -0.5, 1.5, "a")}),
    "metrics.R2Score": ({}, {"class_aggregation": ("mean", 3), "num_regressors": (-1, 1.5, "a")}),
    "metrics.IoU": (
        {"num_classes": 3, "target_class_ids": [0]},
        {"num_classes": _COUNT, "target_class_ids": ([3], [-1], "a")},
    ),
    "metrics.MeanIoU": ({"num_classes": 3}, {"num_classes": _COUNT}),
    "metrics.OneHotMeanIoU": ({"num_classes": 3}, {"num_classes": _COUNT}),
    "metrics.OneHotIoU": (
        {"num_classes": 3, "target_class_ids": [0]},
        {"num_classes": _COUNT, "target_class_ids": ([3], [-1], "a")},
    ),
    "metrics.BinaryIoU": ({}, {"target_class_ids": ([2], [-1], "a"), "threshold": (NAN, "a")}),
    "layers.Dense": (
        {"units": 3},
        {
            "units": _COUNT,
            "activation": ("rellu", 3),
            "kernel_initializer": ("glorot", 3),
            "bias_initializer": ("glorot", 3),
            "kernel_regularizer": ("l3", 3),
            "bias_regularizer": ("l3", 3),
            "kernel_constraint": ("norm", 3),
            "bias_constraint": ("norm", 3),
            "dtype": ("float12",),
        },
    ),
    "layers.Embedding": (
        {"input_dim": 3, "output_dim": 2},
        {"input_dim": _COUNT, "output_dim": _COUNT, "embeddings_initializer": ("glorot", 3)},
    ),
    "layers.Activation": ({"activation": "relu"}, {"activation": ("rellu", 3)}),
    "layers.ReLU": (
        {},
        {"max_value": (-1.0, NAN, "a"), "negative_slope": (-1.0, NAN, "a", None), "threshold": (-1.0, NAN, "a", None)},
    ),
    "layers.LeakyReLU": ({}, {"negative_slope": (-1.0, NAN, "a", None)}),
    "layers.ELU": ({}, {"alpha": (NAN, "a", None)}),
    "layers.PReLU": ({}, {"alpha_initializer": ("glorot", 3), "shared_axes": (1.5,)}),
    "layers.Softmax": ({}, {"axis": ("a", 1.5)}),
    "layers.Dropout": ({"rate": 0.5}, {"rate": (-0.5, 1.5, NAN, "a", None), "seed": ("a", 1.5)}),
    "layers.AlphaDropout": ({"rate": 0.5}, {"rate": (-0.5, 1.5, NAN, "a", None), "seed": ("a", 1.5)}),
    "layers.GaussianDropout": ({"rate": 0.5}, {"rate": (-0.5, 1.5, NAN, "a", None), "seed": ("a", 1.5)}),
    "layers.GaussianNoise": ({"stddev": 0.5}, {"stddev": (-0.5, 1.5, NAN, "a", None), "seed": ("a", 1.5)}),
    "layers.BatchNormalization": ({}, {**_NORMALIZATION, "momentum": (-0.5, 1.5, NAN, "a"), "axis": ("a",)}),
    "layers.LayerNormalization": ({}, {**_NORMALIZATION, "axis": ("a", 1.5)}),
    "layers.RMSNormalization": ({}, {"epsilon": (-1.0, NAN, "a", None), "axis": ("a", 1.5)}),
    "layers.GroupNormalization": ({}, {**_NORMALIZATION, "groups": (0, -2, 1.5, "a")}),
    "layers.UnitNormalization": ({}, {"axis": ("a", 1.5)}),
    "layers.Flatten": ({}, {"data_format": ("channels", 3)}),
    "layers.Reshape": ({"target_shape": (2, 3)}, {"target_shape": ((-1, -1), "a", (0,), (-2,), (1.5,), None)}),
    "layers.Permute": ({"dims": (1,)}, {"dims": ((0, 1), (1, 3), "a", 1, (1, 1))}),
    "layers.RepeatVector": ({"n": 2}, {"n": (0, -1, 1.5, "a", None)}),
    "layers.Rescaling": ({"scale": 2.0}, {"scale": ("a", NAN, None), "offset": ("a", NAN, None)}),
    "layers.Concatenate": ({}, {"axis": ("a", 1.5)}),
    "layers.Dot": ({"axes": 1}, {"axes": ("a", 1.5, None, (1, 2, 3))}),
    "callbacks.EarlyStopping": (
        {},
        {**_EPOCHS, "start_from_epoch": (-1, "a")},
    ),
    "callbacks.ReduceLROnPlateau": (
        {},
        {**_EPOCHS, "factor": (1.0, 1.5, -0.5, NAN, "a"), "cooldown": (-1, "a"), "min_lr": ("a",)},
    ),
    "callbacks.LearningRateScheduler": ({"schedule": float}, {"schedule": (3, None)}),
    "callbacks.CSVLogger": ({"filename": "log.csv"}, {"filename": (3, None)}),
}


def calls() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Of each case its name, the path of the class and the arguments."""
    for path, (needed, tried) in TABLE.items():
        if path != "callbacks.ReduceLROnPlateau":  # it takes the arguments of its older versions
            yield f"{path}: unknown keyword", path, {**needed, "no_such": 1}
        for argument, values in tried.items():
            for value in values:
                yield f"{path}: {argument}={value!r}", path, {**needed, argument: value}


def bad_arguments(keras: Any) -> dict[str, str | None]:
    found = {}
    for name, path, arguments in calls():
        made = keras
        for part in path.split("."):
            made = getattr(made, part)
        try:
            made(**arguments)
            found[name] = None
        except Exception as error:
            found[name] = kind_of(error)
    return found
