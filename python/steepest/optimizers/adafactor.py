"""Adam's rates from the means of rows and columns."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from steepest._data.rows import Array
from steepest._names.arguments import number, positive
from steepest.optimizers._keeping import array_of
from steepest.optimizers.optimizer import Optimizer


class Adafactor(Optimizer):
    """w -= max(epsilon_2, rms(w)) * rate_t * u / max(1, rms(u) / clip_threshold), with u = g / sqrt(v).

    v of a matrix is r * c / mean(r), where r and c are moving means of the rows and columns of g^2 + epsilon_1; of a
    vector v is that mean of each element. Their share that is kept is 1 - t^beta_2_decay, and rate_t is
    min(learning_rate, 1 / sqrt(t)).

    Args:
        learning_rate: the largest step, relative to the root mean square of the weights; 0.001 by default.
        beta_2_decay: how fast the means slow down, 0 or less; -0.8 by default.
        epsilon_1: what is added to g^2; 1e-30 by default.
        epsilon_2: the least root mean square of weights; 0.001 by default.
        clip_threshold: the largest root mean square of u; 1 by default.
        relative_step: True (the default) or False, which are one as in Keras: no rate exceeds 1 / sqrt(t).
        name, **kwargs: see `Optimizer`.

    Raises:
        ValueError: for values outside these ranges.

    Source: Shazeer, Stern 2018, "Adafactor: adaptive learning rates with sublinear memory cost"; Keras.

    >>> w = np.array([1.0, -1.0])
    >>> Adafactor(learning_rate=0.5).apply([[2.0, 30.0]], [w])
    >>> w
    array([ 0.5, -1.5])
    """

    hyper = ("beta_2_decay", "epsilon_1", "epsilon_2", "clip_threshold", "relative_step")

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_2_decay: float = -0.8,
        epsilon_1: float = 1e-30,
        epsilon_2: float = 1e-3,
        clip_threshold: float = 1.0,
        relative_step: bool = True,
        *,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate, name=name, **kwargs)
        self.beta_2_decay = number(beta_2_decay, "beta_2_decay", low=-math.inf, high=0.0)
        self.epsilon_1 = number(epsilon_1, "epsilon_1")
        self.epsilon_2 = number(epsilon_2, "epsilon_2")
        self.clip_threshold = positive(clip_threshold, "clip_threshold")
        self.relative_step = bool(relative_step)

    def build(self, variables: Iterable[Any]) -> None:
        if self.built:
            return
        super().build(variables)
        self._means: list[Any] = []  # (rows, columns, elements) of each variable; rows and columns of matrices only
        for index, variable in enumerate(self._trainable_variables):
            if getattr(variable, "overwrite_with_gradient", False):
                self._means.append(None)
                continue
            shape, name = variable.shape, getattr(variable, "name", f"variable_{index}")
            shapes = [shape[:-1], (*shape[:-2], shape[-1])] if len(shape) >= 2 else [(), ()]
            rows, columns = (self.add_variable(each, dtype=variable.dtype, name=name) for each in shapes)
            self._means.append((rows, columns, self.add_variable_from_reference(variable, "velocity")))

    def update_step(self, gradient: Array, variable: Any, learning_rate: float) -> None:
        array, t = array_of(variable), self.iterations + 1
        rows, columns, elements = (kept.value for kept in self._means[self._get_variable_index(variable)])
        rate = min(learning_rate, 1 / math.sqrt(t))
        rest = t**self.beta_2_decay  # 1 - the share that is kept
        square = np.square(gradient) + gradient.dtype.type(self.epsilon_1)
        if array.ndim >= 2:
            rows += (square.mean(axis=-1) - rows) * rest
            columns += (square.mean(axis=-2) - columns) * rest
            elements[...] = (rows / rows.mean(axis=-1, keepdims=True))[..., None] * columns[..., None, :]
        else:
            elements += (square - elements) * rest
        u = gradient / np.sqrt(elements)
        u /= max(1.0, _rms(u) / self.clip_threshold)
        self.assign_sub(variable, max(self.epsilon_2, _rms(array)) * rate * u)


def _rms(array: Array) -> float:
    return math.sqrt(np.square(array, dtype=np.float64).mean())
