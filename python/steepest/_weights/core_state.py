"""Where an optimizer's state is while the core trains with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from steepest import _core
from steepest._weights.variable import Variable


class CoreState:
    """The state of an optimizer that the core keeps for a network, and the optimizer's variables show when asked.

    From then on until the next step the variables are what counts: they may be assigned to.

    Args:
        trainer: what keeps the state.
        weights: makes the variables that the optimizer is built for, if it isn't.
    """

    def __init__(self, trainer: _core.Trainer, weights: Callable[[], list[Variable]]):
        self._trainer, self._weights, self._shown = trainer, weights, False

    def show(self, optimizer: Any) -> None:
        """Makes the optimizer's variables the core's state."""
        if not self._shown:
            optimizer.build(self._weights())
            for variable, array in zip(optimizer.kept_by_core(), self._trainer.get_state(), strict=True):
                variable.assign(array)
            self._shown = True

    def take(self, optimizer: Any) -> None:
        """Makes the core's state the optimizer's variables, if they may have been changed."""
        if self._shown:
            self._trainer.set_state([variable.value for variable in optimizer.kept_by_core()])
            self._shown = False
