"""The network of an estimator: what the core builds for its layers, and its weights as scikit-learn has them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from steepest import _core, activations
from steepest._graph.plan import Plan, Value
from steepest.sklearn._rows import chunks, is_sparse

Array = NDArray[Any]

_NAMES = {"identity": "linear", "logistic": "sigmoid", "exp": "linear"}  # scikit-learn's, and the core's


class Architecture(NamedTuple):
    """Layers of `units`, the features first; hidden ones end in `activation`, the last in `output`.

    `output` is scikit-learn's name: "identity", "logistic", "softmax", or "exp", before which the network stops. Hidden
    layers are dense, normalized over the batch where `normalized`, activated, and dropped out by the share `dropout`.
    """

    units: tuple[int, ...]
    activation: Any
    output: str
    dtype: str
    normalized: bool = False
    dropout: float = 0.0
    seed: int = 0


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


def _dense(units: int, rule: Any) -> dict[str, Any]:
    return {"name": "dense", "units": units, "use_bias": True, "activation": rule}


def _hidden(plan: Plan, value: Value, columns: int, architecture: Architecture, number: int) -> Value:
    """A hidden layer's steps."""
    name = architecture.activation
    function = activations.get(_NAMES.get(name, name) if isinstance(name, str) else name)
    rule, linear = activations.layer_rule(function, "hidden"), {"name": "linear"}
    apart = architecture.normalized or activations.needs_input(rule)
    value = plan.step(_dense(columns, linear if apart else rule), value)
    if architecture.normalized:
        own = {"momentum": 0.99, "epsilon": 1e-3, "scale": True, "center": True}  # Keras's
        value = plan.step({"name": "batch_normalization", **own}, value)
    if apart:
        value = plan.step({"name": "activation", "activation": rule}, value)
    if architecture.dropout:
        seed = architecture.seed + number
        value = plan.step({"name": "dropout", "rate": architecture.dropout, "seed": seed}, value)
    return value


class Network:
    """The core's network for an architecture.

    Its weights are, layer after layer, a coef, an intercept, and where layers are normalized the four arrays of that.
    """

    def __init__(self, architecture: Architecture):
        self.architecture = architecture
        units = architecture.units
        plan = Plan(architecture.dtype, units[:1])
        value = plan.inputs[0]
        for i, columns in enumerate(units[1:-1]):
            value = _hidden(plan, value, columns, architecture, i)
        rule = activations.get(_NAMES.get(architecture.output, architecture.output)).spec
        value = plan.step(_dense(units[-1], rule), value)
        self.core = plan.network([value], [(None, units[-1])])
        self._of_a_layer = 6 if architecture.normalized else 2
        self.kernels = range(0, len(self.core.weight_shapes), self._of_a_layer)

    def write(self, coefs: Sequence[Array], intercepts: Sequence[Array], normalizations: Sequence[Any] = ()) -> None:
        """Makes these the weights."""
        weights: list[Array] = []
        for i, coef in enumerate(coefs):
            weights += [coef, intercepts[i], *(normalizations[i] if i < len(normalizations) else ())]
        self.core.set_weights([np.asarray(array, self.architecture.dtype) for array in weights])

    def read(self) -> tuple[list[Array], list[Array], list[list[Array]]]:
        """Copies of the weights: coefs, intercepts, and of each normalized layer scale, shift, mean and variance."""
        weights, size = self.core.get_weights(), self._of_a_layer
        normalizations = [weights[i + 2 : i + size] for i in self.kernels[:-1]] if size > 2 else []
        return weights[0::size], weights[1::size], normalizations

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
