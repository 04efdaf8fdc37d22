"""Every activation, loss and metric with its arguments, by itself: the cases, as data, and how one is carried out.

`make_rules.py` runs them on real Keras with TensorFlow's float64 and its gradients, and writes `golden/rules.npz`;
`test_rules.py` runs them on steepest. An outcome is {name: array}.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np

# Away from the kinks, where a derivative is a choice.
X = np.array(
    [
        [-3.5, -1.25, -0.25, 0.75, 2.0],
        [7.5, -7.5, 0.125, -0.75, 0.875],
        [0.1, 0.2, 0.4, 0.3, 0.35],
        [1.25, 1.25, 1.25, 1.25, 1.25],
    ]
)
DY = np.array([[1.0, 2.0, -1.0, 0.5, 3.0], [0.25, 1.0, -2.0, 1.0, 1.0], [1, -1, 2, 0.5, 0], [0.5, 1.0, 1.5, -2.0, 1.0]])

# All but those whose formula is another, see `deviations.FORMULAS`.
ACTIVATIONS: list[tuple[str, dict[str, Any]]] = [
    ("linear", {}),
    ("relu", {}),
    ("relu", {"negative_slope": 0.25, "max_value": 3.0, "threshold": 0.375}),
    ("relu", {"negative_slope": 0.25}),
    ("relu", {"max_value": 0.625}),
    ("leaky_relu", {}),
    ("leaky_relu", {"negative_slope": 0.5}),
    ("relu6", {}),
    ("sigmoid", {}),
    ("tanh", {}),
    ("tanh_shrink", {}),
    ("exponential", {}),
    ("softplus", {}),
    ("softsign", {}),
    ("log_sigmoid", {}),
    ("elu", {}),
    ("elu", {"alpha": 0.5}),
    ("selu", {}),
    ("celu", {}),
    ("celu", {"alpha": 2.0}),
    ("silu", {}),
    ("swish", {}),
    ("mish", {}),
    ("gelu", {}),
    ("gelu", {"approximate": True}),
    ("hard_sigmoid", {}),
    ("hard_silu", {}),
    ("hard_swish", {}),
    ("hard_tanh", {}),
    ("hard_shrink", {}),
    ("hard_shrink", {"threshold": 1.5}),
    ("soft_shrink", {}),
    ("soft_shrink", {"threshold": 0.25}),
    ("threshold", {"threshold": -0.5, "default_value": 3.0}),
    ("sparse_plus", {}),
    ("sparse_sigmoid", {}),
    ("squareplus", {}),
    ("squareplus", {"b": 1}),
    ("softmax", {}),
    ("softmax", {"axis": 0}),
    ("log_softmax", {}),
    ("log_softmax", {"axis": 0}),
    ("glu", {"axis": 0}),
]


class Side(Protocol):
    """Real Keras or steepest: the module, and the gradients that each has its own way to."""

    keras: Any

    def activation_gradient(self, name: str, arguments: dict[str, Any], x: np.ndarray, dy: np.ndarray) -> Any: ...


def label(name: str, arguments: dict[str, Any]) -> str:
    return f"{name}({', '.join(f'{key}={value}' for key, value in arguments.items())})"


def activations(side: Side, dtype: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, arguments in ACTIVATIONS:
        x = X.astype(dtype)
        values = getattr(side.keras.activations, name)(x, **arguments)
        gradient = side.activation_gradient(name, arguments, x, DY[: len(values)].astype(dtype))
        yield label(name, arguments), {"values": values, "gradient": gradient}


KINDS = {"activations": activations}


def run(side: Side, kind: str, dtype: str) -> dict[str, dict[str, np.ndarray]]:
    """The outcome of each case of a kind."""
    return {
        f"{kind}: {name}": {key: np.asarray(value, dtype) for key, value in outcome.items()}
        for name, outcome in KINDS[kind](side, dtype)
    }
