"""Training by rules of an optimizer or of weights that the core does not have: its gradients, and steps in NumPy."""

from __future__ import annotations

import time

import numpy as np

from steepest import _core
from steepest._data.sources import Part
from steepest._training.loop import Report
from steepest._training.results import Trainer
from steepest._weights.rules import penalty_gradient
from steepest.optimizers import Optimizer
from steepest.optimizers._keeping import array_of

_NO_RATE = np.zeros(1)  # the core moves nothing


class Applied:
    """Steps of `optimizer.apply` on the weights of a trainer. Each copies the weights, forth and back, and gradients.

    Args:
        optimizer: what takes the steps, built for a variable for each weight.
    """

    def __init__(self, optimizer: Optimizer):
        self._optimizer, self._variables = optimizer, optimizer._trainable_variables

    def train(self, trainer: Trainer, part: Part, report: Report | None, each_step: bool) -> None:
        """The steps of a part of an epoch; `report` and `each_step` as for `Compiled.train`."""
        core, observer, shown = trainer.core, trainer.observer(part), time.perf_counter()
        for step in range(part.begin, part.end):
            trainer.weigh()
            core.train(part.data.views, part.order, part.size, _NO_RATE, step, step + 1, None, observer)
            scale = self._optimizer.scale_loss(1.0)
            gradients = core.get_gradients()
            self._read_weights(core)
            for number, regularizer in trainer.rules.penalties.items():
                gradients[number] += penalty_gradient(regularizer, array_of(self._variables[number]))
            with np.errstate(over="ignore"):  # a loss scale that is too large is found by it
                gradients = [gradient * gradient.dtype.type(scale) for gradient in gradients]
            self._optimizer.apply(gradients, self._variables)
            self._write_weights(core)
            if report is not None and (each_step or time.perf_counter() - shown > 0.05):
                shown = time.perf_counter()
                going_on = report(step + 1)
                if each_step and not going_on:
                    return

    def finalize(self, trainer: _core.Trainer) -> None:
        """Makes the weights their moving averages, where the optimizer keeps any."""
        self._read_weights(trainer)
        self._optimizer.finalize_variable_values(self._variables)
        self._write_weights(trainer)

    def move_averages(self, trainer: _core.Trainer, how: str) -> None:
        """Weights become their moving averages ("to_weights"), averages the weights ("to_averages"), or they "swap".

        Raises:
            ValueError: if no optimizer keeps averages.
        """
        outer = self._optimizer
        owners = getattr(outer, "optimizers", None) or [getattr(outer, "inner_optimizer", outer)]
        if not any(owner.use_ema for owner in owners):
            raise ValueError("Moving averages of the weights need an optimizer with `use_ema=True`.")
        self._read_weights(trainer)
        for owner in owners:
            for variable, average in zip(owner._trainable_variables, owner._averages, strict=False):
                weight = array_of(variable).copy()
                if how != "to_averages":
                    array_of(variable)[...] = average.value
                if how != "to_weights":
                    average.assign(weight)
        self._write_weights(trainer)

    def _read_weights(self, trainer: _core.Trainer) -> None:
        for variable, weight in zip(self._variables, trainer.get_weights(), strict=True):
            array_of(variable)[...] = weight

    def _write_weights(self, trainer: _core.Trainer) -> None:
        trainer.set_weights([array_of(variable) for variable in self._variables])
