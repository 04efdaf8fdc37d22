"""What random models are drawn from: layers, losses with what suits them, metrics, optimizers with their options.

A choice is a function of the stream that it draws from. Numbers are sums of few powers of two: on TensorFlow Keras
rounds arguments to float32, and these it leaves alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Made:
    """An object to make: a class of a module of `keras` and its arguments, in which others may stand."""

    module: str
    name: str
    arguments: dict[str, Any] = field(default_factory=dict)

    def make(self, keras: Any) -> Any:
        arguments = {
            key: value.make(keras) if isinstance(value, Made) else value for key, value in self.arguments.items()
        }
        found = keras
        for part in self.module.split("."):
            found = getattr(found, part)
        return getattr(found, self.name)(**arguments)

    def __repr__(self) -> str:
        return f"{self.name}({', '.join(f'{key}={value!r}' for key, value in self.arguments.items())})"


def maybe(draw: Random, share: float, key: str, value: Callable[[], Any]) -> dict[str, Any]:
    """{key: value()} in `share` of the cases, else nothing."""
    return {key: value()} if draw.random() < share else {}


ACTIVATIONS = (
    *("linear", "relu", "tanh", "sigmoid", "softmax", "elu", "selu", "celu", "silu", "mish", "softplus", "softsign"),
    *("leaky_relu", "relu6", "exponential", "hard_sigmoid", "hard_silu", "hard_tanh", "tanh_shrink", "soft_shrink"),
    *("log_sigmoid", "log_softmax", "sparse_plus", "sparse_sigmoid", "squareplus", "hard_shrink"),
)
ROUNDED = ("gelu",)  # its constant: not for float64


def activation(draw: Random, dtype: str) -> str:
    return draw.choice(("tanh", "relu") * 4 + ACTIVATIONS + (ROUNDED if dtype == "float32" else ()))


def regularizer(draw: Random) -> Made:
    small = draw.choice((2**-4, 2**-6, 2**-8))
    return draw.choice(
        (
            Made("regularizers", "L1", {"l1": small}),
            Made("regularizers", "L2", {"l2": small}),
            Made("regularizers", "L1L2", {"l1": small / 4, "l2": small}),
        )
    )


def kernel_regularizer(draw: Random, units: int, dtype: str) -> Made:
    # Of one column there are no pairs, 0 / 0; on TensorFlow Keras multiplies float64 by float32.
    if units > 1 and dtype == "float32" and draw.random() < 0.25:
        return Made("regularizers", "OrthogonalRegularizer", {"factor": 2**-5, "mode": "columns"})
    return regularizer(draw)


def constraint(draw: Random, axes: tuple[int, ...]) -> Made:
    axis = draw.choice(axes)
    return draw.choice(
        (
            Made("constraints", "MaxNorm", {"max_value": draw.choice((0.5, 1.0, 1.5)), "axis": axis}),
            Made(
                "constraints",
                "MinMaxNorm",
                {"min_value": 0.5, "max_value": 1.25, "rate": draw.choice((0.25, 0.5, 1.0)), "axis": axis},
            ),
            Made("constraints", "NonNeg"),
            Made("constraints", "UnitNorm", {"axis": axis}),
        )
    )


def dense(draw: Random, units: int, function: str, dtype: str) -> Made:
    arguments: dict[str, Any] = {"units": units, "activation": function}
    arguments |= maybe(draw, 0.15, "use_bias", lambda: False)
    arguments |= maybe(draw, 0.2, "kernel_regularizer", lambda: kernel_regularizer(draw, units, dtype))
    arguments |= maybe(draw, 0.15, "bias_regularizer", lambda: regularizer(draw))
    arguments |= maybe(draw, 0.15, "kernel_constraint", lambda: constraint(draw, (0, 1)))
    arguments |= maybe(draw, 0.1, "bias_constraint", lambda: constraint(draw, (0,)))
    arguments |= maybe(draw, 0.05, "trainable", lambda: False)
    return Made("layers", "Dense", arguments)


def between(draw: Random, units: int) -> Made:
    """A layer that keeps the width."""
    epsilon = draw.choice((2**-6, 2**-4))
    groups = draw.choice([divisor for divisor in (1, 2, 3, 4, 6) if units % divisor == 0])
    switches = maybe(draw, 0.2, "center", lambda: False) | maybe(draw, 0.2, "scale", lambda: False)
    return draw.choice(
        (
            Made("layers", "BatchNormalization", {"momentum": 0.875, "epsilon": epsilon, **switches}),
            Made("layers", "BatchNormalization", {"momentum": 0.5, "epsilon": epsilon}),
            Made("layers", "LayerNormalization", {"epsilon": epsilon, **switches}),
            Made("layers", "RMSNormalization", {"epsilon": epsilon}),
            Made("layers", "GroupNormalization", {"groups": groups, "epsilon": epsilon, **switches}),
            Made("layers", "UnitNormalization"),
            Made("layers", "ReLU", {"max_value": 2.0, "negative_slope": 0.125, "threshold": 0.0625}),
            Made("layers", "LeakyReLU", {"negative_slope": 0.25}),
            Made("layers", "ELU", {"alpha": 0.5}),
            Made("layers", "PReLU"),
            Made("layers", "Softmax"),
            Made("layers", "Activation", {"activation": draw.choice(("tanh", "softsign", "silu"))}),
            Made("layers", "Rescaling", {"scale": 0.5, "offset": 0.25}),
            Made("layers", "Identity"),
            Made("layers", "Dropout", {"rate": 0.0}),
        )
    )


@dataclass(frozen=True)
class Goal:
    """A loss, what y holds, the last layer's width and activation, and whether rows can be weighted one by one."""

    loss: Made
    target: str
    outputs: int
    activation: str
    rows: bool = True


def goal(draw: Random) -> Goal:
    reduction = maybe(
        draw, 0.3, "reduction", lambda: draw.choice(("sum", "sum_over_batch_size", "mean_with_sample_weight", "mean"))
    )
    smoothing = maybe(draw, 0.3, "label_smoothing", lambda: draw.choice((0.125, 0.25)))
    width, classes = draw.choice((1, 1, 2, 3, 5)), draw.choice((2, 3, 5, 7))
    logits = draw.random() < 0.4
    from_logits = {"from_logits": True} if logits else {}
    gamma = maybe(draw, 0.5, "gamma", lambda: draw.choice((1.0, 1.5, 3.0)))

    def of(name: str, target: str, outputs: int, function: str, rows: bool = True, **arguments: Any) -> Goal:
        return Goal(Made("losses", name, {**arguments, **(reduction if rows else {})}), target, outputs, function, rows)

    on_bits, on_classes = ("linear", "linear") if logits else ("sigmoid", "softmax")
    free = draw.choice(("linear", "linear", "tanh"))
    above = draw.choice(("softplus", "exponential"))
    kinds = (
        lambda: of("MeanSquaredError", "real", width, free),
        lambda: of("MeanAbsoluteError", "real", width, free),
        lambda: of("MeanAbsolutePercentageError", "positive", width, above),
        lambda: of("MeanSquaredLogarithmicError", "positive", width, above),
        lambda: of("Huber", "real", width, free, delta=draw.choice((0.5, 1.0, 2.0))),
        lambda: of("LogCosh", "real", width, free),
        lambda: of("CosineSimilarity", "real", width + 1, free),
        lambda: of("Poisson", "positive", width, above),
        lambda: of("KLDivergence", "shares", classes, "softmax"),
        lambda: of("Hinge", "signs", width, free),
        lambda: of("SquaredHinge", "signs", width, free),
        lambda: of("CategoricalHinge", "onehot", classes, "softmax"),
        lambda: of("BinaryCrossentropy", "binary", width, on_bits, **from_logits, **smoothing),
        lambda: of("BinaryCrossentropy", "binary", width, on_bits, **from_logits, **smoothing),
        lambda: of("BinaryFocalCrossentropy", "binary", width, on_bits, **from_logits, **smoothing, **gamma)
        if draw.random() < 0.5
        else of("BinaryFocalCrossentropy", "binary", width, "sigmoid", apply_class_balancing=True, alpha=0.75, **gamma),
        lambda: of("CategoricalCrossentropy", "onehot", classes, on_classes, **from_logits, **smoothing),
        lambda: of("CategoricalCrossentropy", "onehot", classes, on_classes, **from_logits, **smoothing),
        lambda: of("CategoricalFocalCrossentropy", "onehot", classes, on_classes, **from_logits, **smoothing, **gamma),
        lambda: of("SparseCategoricalCrossentropy", "labels", classes, on_classes, **from_logits),
        lambda: of("SparseCategoricalCrossentropy", "labels", classes, on_classes, **from_logits, ignore_class=1),
        lambda: of(
            "CategoricalGeneralizedCrossEntropy", "labels", classes, "softmax", q=draw.choice((0.25, 0.5, 0.75))
        ),
        lambda: of("Dice", "binary", width, "sigmoid", rows=False),
        lambda: of("Tversky", "binary", width, "sigmoid", rows=False, alpha=0.75, beta=0.25),
    )
    return draw.choice(kinds)()


def metrics(draw: Random, goal: Goal, count: int, dtype: str) -> list[Made | str]:
    """`count` of those that suit the goal."""
    classes, probabilities = goal.outputs, goal.activation in ("sigmoid", "softmax")

    def of(name: str, **arguments: Any) -> Made:
        return Made("metrics", name, arguments)

    errors = [of("MeanSquaredError"), of("RootMeanSquaredError"), of("MeanAbsoluteError"), "mse", "mae"]
    found: list[Made | str] = [*errors, of("LogCoshError"), of("CosineSimilarity")]
    if goal.target == "positive":
        found += [of("MeanAbsolutePercentageError"), of("MeanSquaredLogarithmicError"), of("Poisson")]
    if goal.target in ("real", "positive"):
        found += [of("R2Score", class_aggregation="variance_weighted_average"), of("R2Score")]
    if goal.target == "signs":
        found += [of("Hinge"), of("SquaredHinge")]
    if goal.target == "shares":
        found += [of("KLDivergence"), of("CategoricalCrossentropy")]
    if goal.target in ("onehot", "labels"):
        top, sparse = draw.choice((1, 2)), goal.target == "labels"
        found = ["accuracy", "acc"]
        if dtype == "float32":  # all that TensorFlow's rule takes
            found += [of("SparseTopKCategoricalAccuracy" if sparse else "TopKCategoricalAccuracy", k=top)]
        if sparse:
            found += [of("SparseCategoricalAccuracy")]
            found += [of("MeanIoU", num_classes=classes, sparse_y_pred=False)]
            found += [of("SparseCategoricalCrossentropy", from_logits=not probabilities)]
        else:
            found += [of("CategoricalAccuracy"), of("CategoricalHinge")]
            found += [of("CategoricalCrossentropy", from_logits=not probabilities)]
            found += [of("OneHotMeanIoU", num_classes=classes), of("F1Score", average="macro"), "mse"]
            found += [of("OneHotIoU", num_classes=classes, target_class_ids=[0, 1])]
    if goal.target == "binary":
        found += ["accuracy", of("BinaryAccuracy", threshold=draw.choice((0.25, 0.5))), of("Hinge")]
        found += [of("BinaryCrossentropy", from_logits=not probabilities)]
        found += [of("BinaryIoU", target_class_ids=[0, 1], threshold=0.375)] if goal.outputs == 1 else []
    if probabilities and goal.target in ("binary", "onehot"):
        curve, method = draw.choice(("ROC", "PR")), draw.choice(("interpolation", "minoring", "majoring"))
        found += [of("AUC", num_thresholds=9, curve=curve, summation_method=method), of("AUC")]
        found += [of("AUC", num_thresholds=17, multi_label=True, num_labels=goal.outputs)]
        found += [of("Precision"), of("Recall"), of("Precision", thresholds=0.375), of("Recall", thresholds=0.25)]
        found += [of("Precision", class_id=0), of("Recall", top_k=1), of("TruePositives"), of("FalseNegatives")]
        found += [of("FalsePositives", thresholds=0.375), of("TrueNegatives")]
        found += [of("SensitivityAtSpecificity", specificity=0.5), of("PrecisionAtRecall", recall=0.5)]
        found += [of("F1Score", threshold=0.5, average=draw.choice(("micro", "macro", "weighted")))]
        found += [of("FBetaScore", threshold=0.375, average="macro", beta=2.0)]
    unique = {repr(one): one for one in found}
    return draw.sample([*unique.values()], min(count, len(unique)))


def schedule(draw: Random, rate: float) -> Made:
    def of(name: str, **arguments: Any) -> Made:
        return Made("optimizers.schedules", name, arguments)

    return draw.choice(
        (
            of("ExponentialDecay", initial_learning_rate=rate, decay_steps=8, decay_rate=0.5),
            of("ExponentialDecay", initial_learning_rate=rate, decay_steps=4, decay_rate=0.75, staircase=True),
            of("PiecewiseConstantDecay", boundaries=[3, 9], values=[rate, rate / 2, rate / 8]),
            of("PolynomialDecay", initial_learning_rate=rate, decay_steps=10, end_learning_rate=rate / 16, power=2.0),
            of("PolynomialDecay", initial_learning_rate=rate, decay_steps=5, end_learning_rate=rate / 16, cycle=True),
            of("InverseTimeDecay", initial_learning_rate=rate, decay_steps=4, decay_rate=0.5),
            of("CosineDecay", initial_learning_rate=rate / 4, decay_steps=12, warmup_target=rate, warmup_steps=4),
            of("CosineDecayRestarts", initial_learning_rate=rate, first_decay_steps=6, m_mul=0.75, alpha=0.125),
        )
    )


FLOAT32_ONLY = ("Nadam", "ScheduleFreeAdamW")  # on TensorFlow, see `cases/optimizers.py`


def optimizer(draw: Random, dtype: str, tokens: bool) -> Made:
    epsilon = maybe(draw, 0.5, "epsilon", lambda: draw.choice((2**-10, 2**-6)))
    betas = {"beta_1": draw.choice((0.5, 0.875)), "beta_2": draw.choice((0.75, 0.9375))}
    amsgrad = maybe(draw, 0.3, "amsgrad", lambda: True)
    momentum = maybe(draw, 0.6, "momentum", lambda: draw.choice((0.5, 0.875)))
    kinds: tuple[tuple[str, float, dict[str, Any]], ...] = (
        ("SGD", 2**-4, momentum | maybe(draw, 0.4, "nesterov", lambda: True)),
        ("SGD", 2**-4, momentum),
        ("RMSprop", 2**-8, {"rho": 0.875, **epsilon, **momentum, **maybe(draw, 0.5, "centered", lambda: True)}),
        ("Adagrad", 2**-4, {"initial_accumulator_value": draw.choice((0.125, 0.5)), **epsilon}),
        ("Adadelta", 1.0, {"rho": 0.875, **epsilon}),
        ("Adam", 2**-6, {**betas, **epsilon, **amsgrad}),
        ("Adam", 2**-6, {} if dtype == "float32" else betas),
        ("AdamW", 2**-6, {**betas, **epsilon, **amsgrad, "weight_decay": 2**-5}),
        ("Adamax", 2**-6, {**betas, **epsilon}),
        ("Nadam", 2**-6, {**betas, **epsilon}),
        ("Ftrl", 2**-4, {"l1_regularization_strength": 2**-6, "l2_regularization_strength": 2**-5, "beta": 0.125}),
        ("Lion", 2**-9, betas),
        ("Lamb", 2**-7, {**betas, **epsilon}),
        ("Adafactor", 2**-6, {"clip_threshold": 0.75}),
        ("Muon", 2**-7, {}),
        ("ScheduleFreeAdamW", 2**-6, {**betas, "warmup_steps": draw.choice((0, 3))}),
    )
    name, rate, arguments = draw.choice([kind for kind in kinds if dtype == "float32" or kind[0] not in FLOAT32_ONLY])
    if name != "ScheduleFreeAdamW":
        rate *= draw.choice((0.5, 1.0, 2.0))
    clipping = draw.choice(({}, {}, {"clipnorm": 0.5}, {"clipvalue": 0.125}, {"global_clipnorm": 0.75}))
    shared = clipping | maybe(draw, 0.15, "gradient_accumulation_steps", lambda: draw.choice((2, 3)))
    if not tokens:  # on TensorFlow Keras can't divide the gradient of an Embedding
        shared |= maybe(draw, 0.1, "loss_scale_factor", lambda: 8.0)
    if name not in ("AdamW", "Muon"):
        shared |= maybe(draw, 0.15, "weight_decay", lambda: 2**-5)
    if draw.random() < 0.15:
        shared |= {"use_ema": True, "ema_momentum": 0.75}
        shared |= maybe(draw, 0.5, "ema_overwrite_frequency", lambda: draw.choice((2, 5)))
    scheduled = draw.random() < 0.25 and name != "ScheduleFreeAdamW"
    # A schedule of a Python float is float32 to Keras on TensorFlow, whatever floatx is.
    learning_rate = schedule(draw, np.float64(rate) if dtype == "float64" else rate) if scheduled else rate
    return Made("optimizers", name, {"learning_rate": learning_rate, **arguments, **shared})
