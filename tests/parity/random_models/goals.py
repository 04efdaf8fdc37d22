"""Losses that are drawn, with the targets, the last layer and the metrics that suit them."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from .made import Made, maybe


@dataclass(frozen=True)
class Goal:
    """A loss, what y holds, the last layer's width and activation, and whether rows can be weighted one by one."""

    loss: Made
    target: str
    outputs: int
    activation: str
    rows: bool = True


def goal(draw: Random, dtype: str) -> Goal:
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
    if dtype == "float32":  # on TensorFlow Keras rounds its log 2
        kinds = (*kinds, lambda: of("LogCosh", "real", width, free))
    return draw.choice(kinds)()


def metrics(draw: Random, goal: Goal, count: int, dtype: str, weighted: bool = False) -> list[Made | str]:
    """`count` of those that suit the goal."""
    # Intersections over unions: Keras truncates the weights of rows to whole numbers, and divides in float32.
    counted = dtype == "float32" and not weighted
    classes, probabilities = goal.outputs, goal.activation in ("sigmoid", "softmax")

    def of(name: str, **arguments: Any) -> Made:
        return Made("metrics", name, arguments)

    errors = [of("MeanSquaredError"), of("RootMeanSquaredError"), of("MeanAbsoluteError"), "mse", "mae"]
    found: list[Made | str] = [*errors, of("CosineSimilarity")]
    found += [of("LogCoshError")] if dtype == "float32" else []
    if goal.target == "positive":
        found += [of("MeanAbsolutePercentageError"), of("MeanSquaredLogarithmicError"), of("Poisson")]
    if goal.target in ("real", "positive"):
        found += [of("R2Score", class_aggregation="variance_weighted_average"), of("R2Score")]
        found += [of("PearsonCorrelation"), of("ConcordanceCorrelation")] if goal.outputs > 2 else []
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
            found += [of("MeanIoU", num_classes=classes, sparse_y_pred=False)] if counted else []
            found += [of("SparseCategoricalCrossentropy", from_logits=not probabilities)]
        else:
            found += [of("CategoricalAccuracy"), of("CategoricalHinge")]
            found += [of("CategoricalCrossentropy", from_logits=not probabilities)]
            found += [of("F1Score", average="macro"), "mse"]
            found += [of("OneHotMeanIoU", num_classes=classes)] if counted else []
            found += [of("OneHotIoU", num_classes=classes, target_class_ids=[0, 1])] if counted else []
    if goal.target == "binary":
        found += ["accuracy", of("BinaryAccuracy", threshold=draw.choice((0.25, 0.5))), of("Hinge")]
        found += [of("BinaryCrossentropy", from_logits=not probabilities)]
        found += [of("BinaryIoU", target_class_ids=[0, 1], threshold=0.375)] if goal.outputs == 1 and counted else []
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
