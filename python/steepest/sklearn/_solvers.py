"""The stochastic solvers: the core's rule for a step, and how the learning rate changes from epoch to epoch."""

from __future__ import annotations

from typing import Any

import numpy as np

from steepest import _core
from steepest.optimizers import Optimizer
from steepest.sklearn._network import Array, Network


class Solver:
    """A rule of the core with its state, which stays when the network or the penalty becomes another.

    Args:
        spec: the rule and its hyper-parameters.
        learning_rate: of the first step.
    """

    def __init__(self, spec: dict[str, Any], learning_rate: float):
        self.spec = spec
        self.learning_rate = float(learning_rate)
        self._trainer: _core.Trainer | None = None
        self._made_for: tuple[Network, float] | None = None
        self._kept: tuple[int, list[Array]] | None = None  # steps and state, of a copy that has no trainer yet

    def trainer(self, network: Network, alpha: float) -> _core.Trainer:
        """The core's trainer for this network, with the state of the steps so far."""
        if self._trainer is None or self._made_for != (network, alpha):
            kept = self._state()
            self._trainer, self._made_for = network.trainer(self.spec, alpha), (network, alpha)
            if kept is not None:
                self._trainer.iterations = kept[0]
                self._trainer.set_state(kept[1])
        return self._trainer

    def rates(self, steps: int) -> Array:
        """The learning rates of the next steps, or one for all."""
        return np.array([self.learning_rate])

    def epoch_ends(self, rows_seen: int) -> None:
        """Changes the learning rate after an epoch."""

    def stops(self, reason: str, verbose: Any) -> bool:
        """Whether the training ends that has not improved."""
        if verbose:
            print(f"{reason} Stopping.")
        return True

    def finish(self, trainer: _core.Trainer) -> None:
        """What is done with the weights when a training ends."""

    def _state(self) -> tuple[int, list[Array]] | None:
        return self._kept if self._trainer is None else (self._trainer.iterations, self._trainer.get_state())

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_trainer": None, "_made_for": None, "_kept": self._state()}


class Adam(Solver):
    """m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2; w -= a sqrt(1 - b2^t) / (1 - b1^t) m / (sqrt(v) + epsilon)."""

    def __init__(self, learning_rate: float, beta_1: float, beta_2: float, epsilon: float):
        super().__init__({"name": "adam", "beta_1": beta_1, "beta_2": beta_2, "epsilon": epsilon}, learning_rate)


class SGD(Solver):
    """v = momentum v - a g; w += v, or with Nesterov's look ahead w += momentum v - a g.

    Args:
        learning_rate: of the first step.
        momentum: share of the last move that is kept.
        nesterov: whether to look ahead.
        schedule: "constant"; "invscaling": after an epoch learning_rate / (rows seen + 1)^power_t; "adaptive": a fifth
            where training would stop, down to 1e-6.
        power_t: the exponent of "invscaling".
    """

    def __init__(self, learning_rate: float, momentum: float, nesterov: bool, schedule: str, power_t: float):
        super().__init__({"name": "nesterov" if nesterov else "momentum", "momentum": momentum}, learning_rate)
        self._first_rate, self._schedule, self._power = float(learning_rate), schedule, power_t

    def epoch_ends(self, rows_seen: int) -> None:
        if self._schedule == "invscaling":
            self.learning_rate = self._first_rate / (rows_seen + 1) ** self._power

    def stops(self, reason: str, verbose: Any) -> bool:
        if self._schedule != "adaptive":
            return super().stops(reason, verbose)
        if self.learning_rate <= 1e-6:
            return super().stops(f"{reason} Learning rate too small.", verbose)
        self.learning_rate /= 5.0
        if verbose:
            print(f"{reason} Setting learning rate to {self.learning_rate:f}")
        return False


class Given(Solver):
    """An optimizer of steepest, with its learning rate or schedule; a copy of it takes the steps.

    Raises:
        ValueError: for one that takes its steps in NumPy.
    """

    def __init__(self, optimizer: Optimizer):
        self._optimizer = type(optimizer).from_config(optimizer.get_config())
        spec = self._optimizer.training_spec()
        if spec is None:
            raise ValueError(
                f"The solver {type(optimizer).__name__} takes its steps in NumPy: expected an optimizer whose rule the "
                "core has. KerasClassifier and KerasRegressor train with every optimizer."
            )
        super().__init__(spec, self._optimizer.learning_rate)

    def rates(self, steps: int) -> Array:
        rates = self._optimizer.learning_rates(steps)
        self._optimizer._iterations.assign(int(self._optimizer._iterations) + steps)
        self.learning_rate = float(rates[-1])
        return rates

    def finish(self, trainer: _core.Trainer) -> None:
        if self._optimizer.use_ema:
            trainer.move_averages("to_weights")
