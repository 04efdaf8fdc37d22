"""The base of the optimizers: what all of them are told, their learning rate, the number of steps."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from steepest._names.arguments import number, positive, whole
from steepest._names.registry import auto_name, snake_case, suggest
from steepest._weights.variable import Variable
from steepest.optimizers import schedules
from steepest.optimizers._applying import Applying
from steepest.optimizers._arguments import warn_old_spelling
from steepest.optimizers.schedules import LearningRateSchedule

BASE_ARGUMENTS = (
    *("weight_decay", "clipnorm", "global_clipnorm", "clipvalue", "use_ema", "ema_momentum"),
    *("ema_overwrite_frequency", "loss_scale_factor", "gradient_accumulation_steps"),
)


class Optimizer(Applying):
    """Moves variables against their gradients, one rule for all of them.

    A step takes the gradients g of all variables, in this order: g / loss_scale_factor; the mean of the last
    `gradient_accumulation_steps` gradients, if that is given, in every so many-th step only; clipping;
    w -= learning_rate * weight_decay * w; the rule; the moving average of w; the constraints of the variables.

    Args:
        learning_rate: the size of a step: a number of 0 or more, a schedule, or a function without arguments.
        weight_decay: a number of 0 or more; None by default.
        clipnorm: each variable's gradient is scaled to have at most this norm; None by default.
        clipvalue: each element of a gradient is kept within -clipvalue and clipvalue; None by default.
        global_clipnorm: all gradients are scaled to have together at most this norm; None by default.
        use_ema: whether a moving average of the weights is kept; False by default. After `fit` it replaces them.
        ema_momentum: share of the average that is kept, from 0 to 1; 0.99 by default.
        ema_overwrite_frequency: the weights become their average every so many steps; None by default: never.
        loss_scale_factor: what the loss was multiplied by; None by default.
        gradient_accumulation_steps: an integer of 2 or more; None by default.
        name: a name; by default the class's, numbered.
        **kwargs: the old spellings, which warn: `lr` for `learning_rate`; `decay`, with which the rate of step t,
            counted from 0, is learning_rate / (1 + decay * t).

    Raises:
        ValueError: for numbers outside these ranges, for two ways of clipping at once, and for an unknown argument.

    A rule of your own is a class with `update_step`; see `build` for what it keeps:

    >>> class Sign(Optimizer):
    ...     def update_step(self, gradient, variable, learning_rate):
    ...         self.assign_sub(variable, learning_rate * np.sign(gradient))
    >>> w = np.array([1.0, 1.0])
    >>> Sign(learning_rate=0.5).apply([[3.0, -0.1]], [w])
    >>> w
    array([0.5, 1.5])
    """

    hyper: tuple[str, ...] = ()  # the attributes that `get_config` reports beside those of every optimizer

    def __init__(
        self,
        learning_rate: Any,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__()
        if "lr" in kwargs:
            warn_old_spelling("`lr` is the old name of `learning_rate`: write learning_rate=...")
            learning_rate = kwargs.pop("lr")
        decay = kwargs.pop("decay", None)
        if decay is not None:
            warn_old_spelling(
                "`decay` is an old argument. Its new name in Keras is "
                "learning_rate=schedules.InverseTimeDecay(learning_rate, decay_steps=1, decay_rate=decay)"
            )
        for argument, value in kwargs.items():
            raise ValueError(
                f"Argument not recognized by {type(self).__name__}: {argument!r}."
                f"{suggest(argument, ('learning_rate', *self.hyper, *BASE_ARGUMENTS))} Received: {argument}={value!r}"
            )
        clippings = {"clipnorm": clipnorm, "clipvalue": clipvalue, "global_clipnorm": global_clipnorm}
        given = {key: positive(value, key) for key, value in clippings.items() if value is not None}
        if len(given) > 1:
            received = ", ".join(f"{key}={value!r}" for key, value in clippings.items())
            raise ValueError(
                f"Only one of `clipnorm`, `clipvalue` and `global_clipnorm` can be set. Received: {received}"
            )
        self.name = name or auto_name(snake_case(type(self).__name__))
        self.weight_decay = None if weight_decay is None else number(weight_decay, "weight_decay")
        self.clipnorm, self.clipvalue = given.get("clipnorm"), given.get("clipvalue")
        self.global_clipnorm = given.get("global_clipnorm")
        self.use_ema = bool(use_ema)
        self.ema_momentum = number(ema_momentum, "ema_momentum", high=1.0)
        self.ema_overwrite_frequency = _whole_or_none(ema_overwrite_frequency, "ema_overwrite_frequency", 1)
        self.loss_scale_factor = None if loss_scale_factor is None else positive(loss_scale_factor, "loss_scale_factor")
        self.gradient_accumulation_steps = _whole_or_none(gradient_accumulation_steps, "gradient_accumulation_steps", 2)
        self.decay = number(0.0 if decay is None else decay, "decay")
        self._iterations = Variable(np.array(0, np.int64), trainable=False, name="iteration")
        self._learning_rate: Any = Variable(np.array(0.0), trainable=False, name="learning_rate")
        self.learning_rate = learning_rate

    # the learning rate and the number of steps

    @property
    def learning_rate(self) -> Any:
        """The size of the next step, before `decay`."""
        if isinstance(self._learning_rate, Variable):
            return float(self._learning_rate)
        if isinstance(self._learning_rate, LearningRateSchedule):
            return float(self._learning_rate(int(self._iterations)))
        return number(self._learning_rate(), "learning_rate")

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        if isinstance(value, LearningRateSchedule) or callable(value):
            self._learning_rate = value
            return
        if isinstance(self._learning_rate, LearningRateSchedule):
            raise TypeError(
                "This optimizer's learning rate is a schedule and can't be set to a number: make the optimizer with a "
                f"number, or set another schedule. Received: learning_rate={value!r}"
            )
        rate = number(value, "learning_rate")
        if not isinstance(self._learning_rate, Variable):
            self._learning_rate = Variable(np.array(0.0), trainable=False, name="learning_rate")
        self._learning_rate.assign(rate)

    def learning_rates(self, steps: int) -> NDArray[np.float64]:
        """The rates of the next `steps` steps; one value if all are the same."""
        first = int(self._iterations)
        if isinstance(self._learning_rate, LearningRateSchedule):
            rates = self._learning_rate.rates(np.arange(first, first + steps))
            if not np.isfinite(rates).all() or (rates < 0).any():
                raise ValueError(
                    f"A schedule must give finite numbers of 0 or more. Received: {rates.min()} to {rates.max()} for "
                    f"the steps from {first} to {first + steps - 1}"
                )
            return rates
        if not self.decay:
            return np.array([self.learning_rate])
        return self.learning_rate / (1.0 + self.decay * np.arange(first, first + steps, dtype=np.float64))

    @property
    def iterations(self) -> int:
        """The number of updates: of steps, or of steps // gradient_accumulation_steps."""
        return int(self._iterations) // (self.gradient_accumulation_steps or 1)

    @iterations.setter
    def iterations(self, value: int) -> None:
        self._iterations.assign(whole(value, "iterations", 0) * (self.gradient_accumulation_steps or 1))

    # descriptions

    def training_spec(self) -> dict[str, Any] | None:
        """What the core is told to train a model with this optimizer; None if `fit` has to call `apply`.

        Raises:
            ValueError: if a model can't be trained with it.
        """
        if self._excluded[0]:
            raise ValueError(
                "The weights of a model are known to optimizers by their names only: "
                "`exclude_from_weight_decay(var_names=[...])` takes them out of weight decay. Received: var_list"
            )
        return None

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments, as `from_config` takes them."""
        rate = self._learning_rate
        if isinstance(rate, LearningRateSchedule):
            rate = schedules.serialize(rate)
        elif isinstance(rate, Variable):
            rate = float(rate)
        settings = {name: getattr(self, name) for name in (*BASE_ARGUMENTS, *self.hyper)}
        return {"name": self.name, "learning_rate": rate, **settings, **({"decay": self.decay} if self.decay else {})}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Any:
        """The optimizer that `get_config` described, with no step taken; `custom_objects` as for `deserialize`."""
        arguments = dict(config)
        decay = arguments.pop("decay", 0.0)
        if isinstance(arguments.get("learning_rate"), dict):
            arguments["learning_rate"] = schedules.deserialize(arguments["learning_rate"], custom_objects)
        optimizer = cls(**arguments)
        optimizer.decay = number(decay, "decay")
        return optimizer


def _whole_or_none(value: Any, name: str, least: int) -> int | None:
    return None if value is None else whole(value, name, least)
