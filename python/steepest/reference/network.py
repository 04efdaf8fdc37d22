"""A dense network that trains with the formulas of this package: what `fit` does, in a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from steepest.reference.activations import Array
from steepest.reference.losses import reduce, row_scale
from steepest.reference.optimizers import OPTIMIZERS
from steepest.reference.tables import ACTIVATIONS, LOSSES, METRICS

# A last activation that its loss undoes is left out and the loss told so: nothing overflows, nothing is clipped.
FUSED = {
    ("sigmoid", "binary_crossentropy"),
    ("softmax", "categorical_crossentropy"),
    ("softmax", "sparse_categorical_crossentropy"),
    ("softmax", "categorical_focal_crossentropy"),
    ("sigmoid", "binary_focal_crossentropy"),
    ("sigmoid", "balanced_binary_focal_crossentropy"),
}


class Network:
    """y = f_L(... f_1(x kernel_1 + bias_1) ... kernel_L + bias_L).

    Args:
        weights: kernel (K, N), bias (N,) of each layer, as from `get_weights()` of a model; copied, as float64.
        activations: the name of each layer's activation.

    >>> network = Network([np.array([[2.0]]), np.array([1.0])], ["linear"])
    >>> network(np.array([[3.0]]))
    array([[7.]])
    """

    def __init__(self, weights: Sequence[Array], activations: Sequence[str]) -> None:
        self.weights = [np.array(weight, np.float64) for weight in weights]
        self.activations = list(activations)
        self.iterations = 0
        self.state: list[list[Array]] = []

    def __call__(self, x: Array) -> Array:
        """The outputs (n, N) for n rows."""
        return self.forward(x)[1][-1]

    def forward(self, x: Array) -> tuple[list[Array], list[Array]]:
        """z and y of each layer; the first y is x itself."""
        zs, ys = [], [np.asarray(x, np.float64)]
        for layer, name in enumerate(self.activations):
            kernel, bias = self.weights[2 * layer : 2 * layer + 2]
            zs.append(ys[-1] @ kernel + bias)
            ys.append(ACTIVATIONS[name][0](zs[-1]))
        return zs, ys

    def gradients(self, x: Array, y: Array, loss: Mapping[str, Any], sample_weight: Array | None = None) -> list[Array]:
        """d loss / d weight for each weight: back-propagation.

        Args:
            x, y: rows and their targets (n, N) or (n, 1).
            loss: the spec of a loss, `{"name": "mean_squared_error", "reduction": "sum_over_batch_size"}`.
            sample_weight: (n,), or None.
        """
        name, reduction, hyper = _split(loss)
        zs, ys = self.forward(x)
        scale = row_scale(len(x), sample_weight, reduction)[:, None]
        if self._is_fused(name, hyper):
            dz = scale * LOSSES[name][1](y, zs[-1], **{**hyper, "from_logits": True})
        else:
            dz = ACTIVATIONS[self.activations[-1]][1](zs[-1], scale * LOSSES[name][1](y, ys[-1], **hyper))
        found: list[Array] = []
        for layer in reversed(range(len(self.activations))):
            found[:0] = [ys[layer].T @ dz, dz.sum(axis=0)]
            if layer:
                dz = ACTIVATIONS[self.activations[layer - 1]][1](zs[layer - 1], dz @ self.weights[2 * layer].T)
        return found

    def loss(self, x: Array, y: Array, loss: Mapping[str, Any], sample_weight: Array | None = None) -> float:
        """The loss over these rows; arguments as for `gradients`."""
        name, reduction, hyper = _split(loss)
        zs, ys = self.forward(x)
        if self._is_fused(name, hyper):
            return reduce(LOSSES[name][0](y, zs[-1], **{**hyper, "from_logits": True}), sample_weight, reduction)
        return reduce(LOSSES[name][0](y, ys[-1], **hyper), sample_weight, reduction)

    def step(self, gradients: Sequence[Array], optimizer: Mapping[str, Any], learning_rate: float) -> None:
        """One step of the rule that `optimizer` names, `{"name": "adam", "beta_1": 0.9, ...}`."""
        hyper = dict(optimizer)
        rule, names = OPTIMIZERS[hyper.pop("name")]
        first = hyper.pop("initial_accumulator_value", 0.0)
        self.state = self.state or [[np.full(weight.shape, first) for _ in names] for weight in self.weights]
        self.iterations += 1
        for i, (weight, gradient) in enumerate(zip(self.weights, gradients, strict=True)):
            self.weights[i], *self.state[i] = rule(
                weight, gradient, learning_rate, self.iterations, *self.state[i], **hyper
            )

    def _is_fused(self, loss: str, hyper: Mapping[str, Any]) -> bool:
        return (self.activations[-1], loss) in FUSED and not hyper.get("from_logits")


def fit(
    network: Network,
    x: Array,
    y: Array,
    loss: Mapping[str, Any],
    optimizer: Mapping[str, Any],
    learning_rate: float,
    epochs: int = 1,
    batch_size: int = 32,
    metrics: Mapping[str, Mapping[str, Any]] | None = None,
    sample_weight: Array | None = None,
) -> dict[str, list[float]]:
    """Trains in the order of the rows, as Keras's `fit(shuffle=False)` does, and returns its history.

    An epoch's loss is the mean of its batches' losses, each as it was before that batch's step, weighted by their rows;
    its metrics are means over the rows in the same way, without weights.

    Args:
        network: changed in place.
        x, y: rows (n, K) and targets (n, N), or (n, 1) for class indices.
        loss, optimizer: specs, as `losses.loss_of("mse").spec()` and `optimizers.get("adam").spec()` return them.
        learning_rate: size of a step.
        epochs: passes over the rows; 1 by default.
        batch_size: rows a step; the last batch may be smaller; 32 by default.
        metrics: a spec for each name in the history; none by default.
        sample_weight: (n,), or None.

    Returns:
        {"loss": [...], metric: [...]}, one value an epoch.

    >>> network = Network([np.array([[0.0]]), np.array([0.0])], ["linear"])
    >>> x = np.array([[1.0], [-1.0]])
    >>> fit(network, x, 2 * x, {"name": "mean_squared_error"}, {"name": "sgd"}, learning_rate=0.25, epochs=3)
    {'loss': [4.0, 1.0, 0.25]}
    """
    metrics = metrics or {}
    history: dict[str, list[float]] = {"loss": [], **{name: [] for name in metrics}}
    for _ in range(epochs):
        sums = dict.fromkeys(history, 0.0)
        for begin in range(0, len(x), batch_size):
            rows = slice(begin, begin + batch_size)
            weights = None if sample_weight is None else sample_weight[rows]
            sums["loss"] += network.loss(x[rows], y[rows], loss, weights) * len(x[rows])
            for name, metric in metrics.items():
                rule, _, hyper = _split(metric)
                sums[name] += METRICS[rule](y[rows], network(x[rows]), **hyper).sum()
            network.step(network.gradients(x[rows], y[rows], loss, weights), optimizer, learning_rate)
        for name, total in sums.items():
            history[name].append(float(total / len(x)))
    return history


def _split(spec: Mapping[str, Any]) -> tuple[str, str, dict[str, Any]]:
    hyper = dict(spec)
    return hyper.pop("name"), hyper.pop("reduction", "sum_over_batch_size"), hyper
