"""The cases of the parity tests, as data: a case names classes of the module `keras` and their keyword arguments.

`GRID` crosses every loss with every optimizer. Each pair is trained at two depths and with two batch sizes, turned so
that each loss and each optimizer meets all sixteen pairs of depth and batch size. `variant` makes the cases of
`feature_models.py` and `feature_calls.py` from the losses of the grid.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

ROWS = 42  # six batches of 7; a batch of 32 and one of 10
INPUTS = 5
EPOCHS = 3
BATCH_SIZES = (1, 7, 32, ROWS)
DEPTHS = (0, 1, 2, 3)
TOLERANCE = {"float32": 2e-5, "float64": 1e-10}

Named = tuple[str, dict[str, Any]]  # a class of the module and its keyword arguments


@dataclass(frozen=True)
class Case:
    """One model, and what is done with it.

    `target` is what y holds: "real" numbers, "binary" 0/1, one of three classes "onehot" or as "labels"; `outputs` its
    width. `steps` are the model's methods that are called, ("fit", {"batch_size": 7}), and what `run.py` adds to them.
    """

    name: str
    layers: tuple[Named, ...]
    loss: Named | str
    optimizer: Named | str
    metrics: tuple[Any, ...]
    target: str
    outputs: int
    steps: tuple[Named, ...]
    input_shape: tuple[int, ...] = (INPUTS,)
    rows: int = ROWS
    x_dtype: str = ""  # "": the dtype under test
    x_scale: float = 1.0
    flat_target: bool = False  # y is (n,) although the model's output is (n, 1)
    dtypes: tuple[str, ...] = tuple(TOLERANCE)


@dataclass(frozen=True)
class LossCase:
    loss: Named
    activation: str
    target: str
    outputs: int
    metrics: tuple[str, ...]


LOSSES = {
    "mse": LossCase(("MeanSquaredError", {}), "linear", "real", 2, ("mse", "mae")),
    "bce": LossCase(("BinaryCrossentropy", {}), "sigmoid", "binary", 1, ("acc", "mse")),
    "bce_logits": LossCase(("BinaryCrossentropy", {"from_logits": True}), "linear", "binary", 1, ("acc", "mae")),
    "bce_smooth": LossCase(
        ("BinaryCrossentropy", {"label_smoothing": 0.2}), "sigmoid", "binary", 2, ("mae", "binary_crossentropy")
    ),
    "cce": LossCase(("CategoricalCrossentropy", {}), "softmax", "onehot", 3, ("acc", "mse")),
    "cce_logits": LossCase(
        ("CategoricalCrossentropy", {"from_logits": True}), "linear", "onehot", 3, ("accuracy", "mae")
    ),
    "cce_smooth": LossCase(
        ("CategoricalCrossentropy", {"label_smoothing": 0.1}),
        "softmax",
        "onehot",
        3,
        ("acc", "categorical_crossentropy"),
    ),
    "scce": LossCase(
        ("SparseCategoricalCrossentropy", {}), "softmax", "labels", 3, ("acc", "sparse_categorical_crossentropy")
    ),
    "scce_logits": LossCase(
        ("SparseCategoricalCrossentropy", {"from_logits": True}), "linear", "labels", 3, ("accuracy",)
    ),
}

OPTIMIZERS: dict[str, Named] = {
    "sgd": ("SGD", {"learning_rate": 0.05}),
    "momentum": ("SGD", {"learning_rate": 0.02, "momentum": 0.9}),
    "nesterov": ("SGD", {"learning_rate": 0.02, "momentum": 0.9, "nesterov": True}),
    "adagrad": ("Adagrad", {"learning_rate": 0.05}),
    "rmsprop": ("RMSprop", {"learning_rate": 0.003}),
    "rmsprop_momentum": ("RMSprop", {"learning_rate": 0.002, "momentum": 0.6}),
    "rmsprop_centered": ("RMSprop", {"learning_rate": 0.002, "centered": True}),
    "rmsprop_centered_momentum": ("RMSprop", {"learning_rate": 0.001, "momentum": 0.6, "centered": True}),
    "adam": ("Adam", {"learning_rate": 0.01}),
    "adam_amsgrad": ("Adam", {"learning_rate": 0.01, "amsgrad": True}),
}

WIDTHS = (6, 4, 5)
ACTIVATIONS = ("tanh", "relu", "sigmoid")


CALL: Named = ("call", {})


def fit(**arguments: Any) -> Named:
    return ("fit", {"batch_size": 7, "epochs": EPOCHS} | arguments)


def dense(units: int, activation: str = "linear", **arguments: Any) -> Named:
    return ("Dense", {"units": units, "activation": activation, **arguments})


def grid_case(loss: str, optimizer: str, depth: int, batch_size: int) -> Case:
    """`depth` hidden layers; loss and optimizer turn the activations, so that each comes first somewhere."""
    entry = LOSSES[loss]
    turn = (list(LOSSES).index(loss) + list(OPTIMIZERS).index(optimizer)) % len(ACTIVATIONS)
    hidden = [dense(WIDTHS[i], ACTIVATIONS[(turn + i) % len(ACTIVATIONS)]) for i in range(depth)]
    return Case(
        name=f"{loss}-{optimizer}-depth{depth}-batch{batch_size}",
        layers=(*hidden, dense(entry.outputs, entry.activation)),
        loss=entry.loss,
        optimizer=OPTIMIZERS[optimizer],
        metrics=entry.metrics,
        target=entry.target,
        outputs=entry.outputs,
        steps=(fit(batch_size=batch_size), CALL),
    )


GRID = [
    grid_case(loss, optimizer, depth, BATCH_SIZES[(depth + i + j) % len(BATCH_SIZES)])
    for i, loss in enumerate(LOSSES)
    for j, optimizer in enumerate(OPTIMIZERS)
    for depth in DEPTHS
    if (i // 4 + j // 4 + depth) % 2 == 0
]


def variant(name: str, base: str, *steps: Named, **changes: Any) -> Case:
    """The grid's loss `base` on two hidden layers with `steps` (a fit if there are none), and what the case changes."""
    entry = LOSSES[base]
    fields: dict[str, Any] = {
        "loss": entry.loss,
        "metrics": entry.metrics,
        "target": entry.target,
        "outputs": entry.outputs,
        "optimizer": OPTIMIZERS["adam"],
        "layers": (dense(6, "tanh"), dense(4, "relu"), dense(entry.outputs, entry.activation)),
        "steps": steps or (fit(), CALL),
    }
    return Case(name=name, **(fields | changes))
