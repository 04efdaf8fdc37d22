"""The network of an estimator: what the core builds for its layers, and its weights as scikit-learn has them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from steepest import _core, activations
from steepest._graph.plan import Plan
from steepest.sklearn._rows import chunks, is_sparse

Array = NDArray[Any]

_NAMES = {"identity": "linear", "logistic": "sigmoid", "exp": "linear"}  # scikit-learn's, and the core's


class Architecture(NamedTuple):
    """Layers of `units`, the features first; hidden ones end in `activation`, the last in `output`.

    `output` is scikit-learn's name: "identity", "logistic", "softmax", or "exp", before which the network stops.
    """

    units: tuple[int, ...]
    activation: str
    output: str
    dtype: str


class Loss(NamedTuple):
    """The loss of an output: what is minimized is `weight` times the core's, what is shown is `shown` times it."""

    spec: dict[str, Any]
    weight: float
    shown: float


def loss_of(output: str, columns: int) -> Loss:
    """The loss that belongs to the activation of an output: scikit-learn's sum over the columns.

    A squared error is half of it, and is shown as the mean over the columns.
    """
    cross_entropy = {"from_logits": 0.0, "label_smoothing": 0.0}
    return {
        "identity": Loss({"name": "mean_squared_error"}, columns / 2, 0.5),
        "exp": Loss({"name": "half_poisson_deviance"}, columns, columns),
        "logistic": Loss({"name": "binary_crossentropy", **cross_entropy}, columns, columns),
        "softmax": Loss({"name": "categorical_crossentropy", **cross_entropy}, 1.0, 1.0),
    }[output]


class Network:
    """The core's network for an architecture, and the numbers of its kernels among its weights."""

    def __init__(self, architecture: Architecture):
        self.architecture = architecture
        units, last = architecture.units, len(architecture.units) - 2
        plan = Plan(architecture.dtype, units[:1])
        value = plan.inputs[0]
        for i, columns in enumerate(units[1:]):
            name = architecture.output if i == last else architecture.activation
            rule = activations.get(_NAMES.get(name, name)).spec
            value = plan.step({"name": "dense", "units": columns, "use_bias": True, "activation": rule}, value)
        self.core = plan.network([value], [(None, units[-1])])
        self.kernels = range(0, 2 * len(units) - 2, 2)

    def write(self, coefs: Sequence[Array], intercepts: Sequence[Array]) -> None:
        """Makes these the weights."""
        dtype = self.architecture.dtype
        pairs = zip(coefs, intercepts, strict=True)
        self.core.set_weights([np.asarray(array, dtype) for pair in pairs for array in pair])

    def read(self) -> tuple[list[Array], list[Array]]:
        """Copies of the weights: coefs and intercepts."""
        weights = self.core.get_weights()
        return weights[0::2], weights[1::2]

    def predict(self, X: Any) -> Array:
        """The outputs (n, columns) for n rows, dense or sparse."""
        if is_sparse(X):
            rows = X.tocsr()
            output = np.concatenate([self.core.predict([rows[part].toarray()])[0] for part in chunks(rows)])
        else:
            output = self.core.predict([X])[0]
        return np.exp(output, out=output) if self.architecture.output == "exp" else output

    def trainer(self, optimizer: dict[str, Any], alpha: float) -> _core.Trainer:
        """What trains it: the loss of its output plus alpha / 2 times the sum of the squared coefs."""
        loss = loss_of(self.architecture.output, self.architecture.units[-1])
        head = {
            "loss": {**loss.spec, "reduction": "mean_with_sample_weight"},
            "weight": loss.weight,
            "metrics": [],
            "weighted_metrics": [],
        }
        penalty = {"name": "l1_l2", "l1": 0.0, "l2": alpha / 2}
        rules = {"regularizers": {number: penalty for number in self.kernels}} if alpha else {}
        return _core.Trainer(self.core, [head], optimizer, weight_rules=rules)

    def shown_loss(self, trainer: _core.Trainer) -> float:
        """The mean loss over the steps since the results were reset, as scikit-learn counts it."""
        loss = loss_of(self.architecture.output, self.architecture.units[-1])
        minimized, of_rows = trainer.results()
        return minimized if loss.shown == loss.weight else minimized - (loss.weight - loss.shown) * of_rows
