"""Momentum whose matrices are made orthogonal."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from steepest import _core
from steepest._data.rows import Array
from steepest._names.arguments import number, whole
from steepest.optimizers._arguments import below_one, epsilon_or_default
from steepest.optimizers._keeping import array_of
from steepest.optimizers.optimizer import Optimizer


class Muon(Optimizer):
    """m = momentum * m + g; w -= learning_rate * sqrt(max(rows, columns)) * rms_rate * orthogonal(g + momentum * m).

    That is the rule of matrices; orthogonal(x) is about U V^T, where x = U S V^T. Everything else (vectors, embeddings,
    what `exclude_layers` names) moves by Adam's rule, at learning_rate * adam_lr_ratio.

    Args:
        learning_rate: size of a step; 0.001 by default.
        adam_beta_1, adam_beta_2: `beta_1` and `beta_2` of Adam's rule; 0.9 and 0.999 by default.
        adam_weight_decay: the weight decay of what moves by Adam's rule; 0.004 by default; may be None.
        epsilon: what keeps Adam's divisor from 0; 1e-7 by default.
        weight_decay: the weight decay of matrices; 0.004 by default; may be None.
        exclude_layers: regular expressions: a variable in whose path one of them is found moves by Adam's rule.
        exclude_embeddings: whether one with "embedding" in its path does; True by default.
        muon_a, muon_b, muon_c: coefficients of `zeropower_via_newtonschulz5`.
        adam_lr_ratio: what learning_rate is multiplied by for Adam's rule; 1 by default.
        momentum: share of m that is kept, from 0 to 1; 0.95 by default.
        ns_steps: iterations towards the orthogonal matrix; 5 by default.
        nesterov: whether to look one step ahead; False: orthogonal(m) instead; True by default.
        rms_rate: what makes a step as long as Adam's; 0.2 by default; None: w -= learning_rate * orthogonal(...).
        name, **kwargs: see `Optimizer`.

    Raises:
        ValueError: for values outside these ranges.

    Source: Jordan 2024, "Muon: an optimizer for the hidden layers of neural networks"; Liu et al. 2025, "Muon is
    scalable for LLM training"; Keras.

    >>> w = np.zeros((2, 2))
    >>> optimizer = Muon(learning_rate=1.0, ns_steps=20, muon_a=1.5, muon_b=-0.5, muon_c=0.0, rms_rate=None)
    >>> optimizer.apply([[[4.0, 0.0], [0.0, 9.0]]], [w])
    >>> w.round(6)
    array([[-1.,  0.],
           [ 0., -1.]])
    """

    hyper = (
        "adam_beta_1", "adam_beta_2", "epsilon", "exclude_layers", "muon_a", "muon_b", "muon_c", "adam_lr_ratio",
        "momentum", "ns_steps", "nesterov", "exclude_embeddings", "adam_weight_decay", "rms_rate",
    )  # fmt: skip

    def __init__(
        self,
        learning_rate: Any = 0.001,
        adam_beta_1: float = 0.9,
        adam_beta_2: float = 0.999,
        adam_weight_decay: float | None = 0.004,
        epsilon: float = 1e-7,
        weight_decay: float | None = 0.004,
        *,
        name: str | None = None,
        exclude_layers: Sequence[str] | None = None,
        exclude_embeddings: bool = True,
        muon_a: float = 3.4445,
        muon_b: float = -4.7750,
        muon_c: float = 2.0315,
        adam_lr_ratio: float = 1,
        momentum: float = 0.95,
        ns_steps: int = 5,
        nesterov: bool = True,
        rms_rate: float | None = 0.2,
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate, weight_decay, name=name, **kwargs)
        self.adam_beta_1 = below_one(adam_beta_1, "adam_beta_1")
        self.adam_beta_2 = below_one(adam_beta_2, "adam_beta_2")
        self.epsilon = epsilon_or_default(epsilon)
        self.exclude_layers = list(exclude_layers or [])
        self.muon_a = number(muon_a, "muon_a", low=-math.inf)
        self.muon_b = number(muon_b, "muon_b", low=-math.inf)
        self.muon_c = number(muon_c, "muon_c", low=-math.inf)
        self.adam_lr_ratio = number(adam_lr_ratio, "adam_lr_ratio")
        self.momentum = number(momentum, "momentum", high=1.0)
        self.ns_steps = whole(ns_steps, "ns_steps", 0)
        self.nesterov = bool(nesterov)
        self.exclude_embeddings = bool(exclude_embeddings)
        self.adam_weight_decay = None if adam_weight_decay is None else number(adam_weight_decay, "adam_weight_decay")
        self.rms_rate = None if rms_rate is None else number(rms_rate, "rms_rate")

    def _moves_by_adam(self, variable: Any) -> bool:
        path = getattr(variable, "path", "")
        if len(variable.shape) != 2 or (self.exclude_embeddings and "embedding" in path.lower()):
            return True
        return any(re.search(pattern, path) for pattern in self.exclude_layers)

    def weight_decay_of(self, variable: Any) -> float | None:
        decay = self.adam_weight_decay if self._moves_by_adam(variable) else self.weight_decay
        return None if self.is_excluded(variable) else decay

    def build(self, variables: Iterable[Any]) -> None:
        if self.built:
            return
        super().build(variables)
        self._kept: list[list[Any]] = []  # the momentum of each variable, and for Adam's rule the velocity
        for variable in self._trainable_variables:
            names = ["momentum", "velocity"] if self._moves_by_adam(variable) else ["momentum"]
            self._kept.append([each[0] for each in self.add_optimizer_variables([variable], names)])

    def update_step(self, gradient: Array, variable: Any, learning_rate: float) -> None:
        kept = [each.value for each in self._kept[self._get_variable_index(variable)]]
        if len(kept) == 1:
            m = kept[0]
            m += gradient + m * (self.momentum - 1)
            look = gradient + self.momentum * m if self.nesterov else m
            update = self.zeropower_via_newtonschulz5(look, self.ns_steps)
            self.assign_sub(variable, self.lr_adjust(learning_rate * update))
            return
        weights = np.require(array_of(variable), None, ["C", "A"])
        rule = {"name": "adam", "beta_1": self.adam_beta_1, "beta_2": self.adam_beta_2, "epsilon": self.epsilon}
        _core.optimizer_step(
            rule,
            learning_rate * self.adam_lr_ratio,
            self.iterations + 1,
            weights.reshape(-1),
            np.require(gradient, weights.dtype, ["C", "A"]).reshape(-1),
            [each.reshape(-1) for each in kept],
        )
        self.assign(variable, weights)

    def lr_adjust(self, x: Array) -> Array:
        """x * sqrt(max(rows, columns)) * rms_rate; x itself if rms_rate is None."""
        return x if self.rms_rate is None else x * x.dtype.type(math.sqrt(max(x.shape[:2])) * self.rms_rate)

    def zeropower_via_newtonschulz5(self, x: Array, steps: int) -> Array:
        """About U V^T of x = U S V^T: `steps` times x = a x + (b x x^T + c (x x^T)^2) x, from x / |x|.

        Raises:
            ValueError: for an array of less than 2 dimensions.
        """
        if x.ndim < 2:
            raise ValueError(f"Expected an array of at least 2 dimensions. Received: shape {x.shape}")
        tall = x.shape[-2] > x.shape[-1]
        y = np.swapaxes(x, -1, -2) if tall else x
        y = y / (np.sqrt(np.square(y).sum(axis=(-2, -1), keepdims=True)) + y.dtype.type(1e-7))
        for _ in range(steps):
            square = y @ np.swapaxes(y, -1, -2)
            y = self.muon_a * y + (self.muon_b * square + self.muon_c * (square @ square)) @ y
        return np.swapaxes(y, -1, -2) if tall else y
