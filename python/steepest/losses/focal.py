"""Variants of the cross entropy: focused on what is hard, or robust against wrong labels."""

from __future__ import annotations

from typing import Any

from numpy.typing import ArrayLike

from steepest._data import rows as _rows
from steepest._data.rows import Array
from steepest.losses.arguments import axis_of, number_of, smoothing_of
from steepest.losses.loss import Loss


class BinaryFocalCrossentropy(Loss):
    """loss_i = mean_j (1 - q_ij)^gamma BCE_ij, q the probability of what is right: y p + (1 - y)(1 - p).

    BCE as in `BinaryCrossentropy`, y y_true, p y_pred or its sigmoid.

    Args:
        apply_class_balancing: whether class 1 weighs alpha and class 0 weighs 1 - alpha; False by default.
        alpha: that weight, 0 or more; 0.25 by default.
        gamma: how much the easy ones are played down, 0 or more; 2 by default.
        from_logits: True if `y_pred` holds logits and not probabilities; False by default.
        label_smoothing: s in [0, 1]: y becomes (1 - s) y + s / 2; 0 by default.
        axis: the axis that the mean is over; the last by default.
        reduction, name, dtype: see `Loss`.

    Raises:
        ValueError: for a number out of its range.

    Call it with two arrays of one shape (..., N).

    Source: Lin et al. 2017, "Focal loss for dense object detection"; Keras.

    >>> round(float(BinaryFocalCrossentropy()([[1.0]], [[0.5]])), 4)  # log(2) / 4
    0.1733
    """

    rule = "binary_focal_crossentropy"
    options = (
        "apply_class_balancing",
        "alpha",
        "gamma",
        "from_logits",
        "label_smoothing",
        "axis",
    )

    def __init__(
        self,
        apply_class_balancing: bool = False,
        alpha: float = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "binary_focal_crossentropy",
        dtype: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.apply_class_balancing = bool(apply_class_balancing)
        self.alpha = number_of("alpha", alpha)
        self.gamma = number_of("gamma", gamma)
        self.from_logits = bool(from_logits)
        self.label_smoothing = smoothing_of(label_smoothing)
        self.axis = axis_of(axis)
        if self.apply_class_balancing:
            self.rule = "balanced_binary_focal_crossentropy"

    def rule_spec(self) -> dict[str, Any]:
        names = ("from_logits", "label_smoothing", "gamma", *(("alpha",) if self.apply_class_balancing else ()))
        return {"name": self.rule, **{name: getattr(self, name) for name in names}}


class CategoricalFocalCrossentropy(Loss):
    """loss_i = -sum_j y_ij alpha (1 - p_ij)^gamma log p_ij, y and p as in `CategoricalCrossentropy`.

    Args:
        alpha: the weight of all classes, 0 or more; 0.25 by default.
        gamma: how much the easy ones are played down, 0 or more; 2 by default.
        from_logits: True if `y_pred` holds logits and not probabilities; False by default.
        label_smoothing: s in [0, 1]: y becomes (1 - s) y + s / N; 0 by default.
        axis: the axis of the classes; the last by default.
        reduction, name, dtype: see `Loss`.

    Raises:
        ValueError: for a number out of its range.

    Call it with two arrays of one shape (..., N), N classes.

    Source: Lin et al. 2017, "Focal loss for dense object detection"; Keras.

    >>> round(float(CategoricalFocalCrossentropy()([[0.0, 1.0]], [[0.5, 0.5]])), 4)  # log(2) / 16
    0.0433
    """

    rule = "categorical_focal_crossentropy"
    hyper = (
        "from_logits",
        "label_smoothing",
        "alpha",
        "gamma",
    )
    options = ("axis",)

    def __init__(
        self,
        alpha: float = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "categorical_focal_crossentropy",
        dtype: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.alpha = number_of("alpha", alpha)
        self.gamma = number_of("gamma", gamma)
        self.from_logits = bool(from_logits)
        self.label_smoothing = smoothing_of(label_smoothing)
        self.axis = axis_of(axis)


class CategoricalGeneralizedCrossEntropy(Loss):
    """loss_i = (1 - p_ic^q) / q with c = y_true_i: from the cross entropy (q near 0) to the absolute error (q near 1).

    Args:
        q: between 0 and 1; 0.5 by default.
        reduction, name, dtype: see `Loss`.

    Raises:
        ValueError: for a q outside (0, 1), and when called with an index that is no class.

    Call it with class indices (...) or (..., 1) and probabilities (..., N).

    Source: Zhang and Sabuncu 2018, "Generalized cross entropy loss for noisy labels"; Keras.

    >>> float(CategoricalGeneralizedCrossEntropy()([1], [[0.75, 0.25]]))
    1.0
    """

    rule = "categorical_generalized_cross_entropy"
    hyper = ("q",)
    arrange = staticmethod(_rows.labels)

    def __init__(
        self,
        q: float = 0.5,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "categorical_generalized_cross_entropy",
        dtype: Any = None,
    ) -> None:
        super().__init__(name, reduction, dtype)
        if not 0 < q < 1:
            raise ValueError(f"`q` must be in the interval (0, 1). Received: {q=}")
        self.q = float(q)


def binary_focal_crossentropy(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    apply_class_balancing: bool = False,
    alpha: float = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Array:
    """mean_j (1 - q_ij)^gamma BCE_ij of each row i; see `BinaryFocalCrossentropy`.

    >>> binary_focal_crossentropy([[1.0]], [[0.5]]).round(4)
    array([0.1733], dtype=float32)
    """
    return BinaryFocalCrossentropy(apply_class_balancing, alpha, gamma, from_logits, label_smoothing, axis).call(
        y_true, y_pred
    )


def categorical_focal_crossentropy(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    alpha: float = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Array:
    """-sum_j y_ij alpha (1 - p_ij)^gamma log p_ij of each row i; see `CategoricalFocalCrossentropy`.

    >>> categorical_focal_crossentropy([[0.0, 1.0]], [[0.5, 0.5]]).round(4)
    array([0.0433], dtype=float32)
    """
    return CategoricalFocalCrossentropy(alpha, gamma, from_logits, label_smoothing, axis).call(y_true, y_pred)


def categorical_generalized_cross_entropy(y_true: ArrayLike, y_pred: ArrayLike, q: float) -> Array:
    """(1 - p_ic^q) / q, c = y_true_i, of each row i; see `CategoricalGeneralizedCrossEntropy`.

    >>> categorical_generalized_cross_entropy([1], [[0.75, 0.25]], q=0.5)
    array([1.], dtype=float32)
    """
    return CategoricalGeneralizedCrossEntropy(q).call(y_true, y_pred)
