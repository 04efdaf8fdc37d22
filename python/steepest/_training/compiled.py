"""What `compile` was told, and what follows from it once outputs and targets are known."""

from __future__ import annotations

import warnings
import weakref
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from steepest import _core, losses, metrics, optimizers
from steepest._data.data_set import Rows
from steepest._data.ports import Ports, leaves, loss_weights_of, losses_of, metrics_of
from steepest._data.sources import Part
from steepest._graph.tensors import Shape
from steepest._training.applied import Applied
from steepest._training.heads import Head
from steepest._training.loop import Report
from steepest._training.results import Results, Trainer
from steepest._weights.core_state import CoreState
from steepest._weights.of_model import weight_variables
from steepest._weights.rules import WeightRules, check_gradient
from steepest._weights.variable import Variable
from steepest.optimizers import Optimizer
from steepest.optimizers.schedules import LearningRateSchedule


class Compiled:
    """The optimizer, loss and metrics of a model, and the core's trainer that carries the optimizer's state.

    Raises:
        ValueError: for an unknown optimizer, loss or metric.
    """

    def __init__(
        self,
        optimizer: Any,
        loss: Any,
        loss_weights: Any,
        watched: Any,
        weighted: Any,
        steps_per_execution: int = 1,
    ):
        self.optimizer: Optimizer = optimizers.get(optimizer)
        self.loss = loss
        self.steps_per_execution = steps_per_execution
        self._loss_weights, self._watched, self._weighted = loss_weights, watched, weighted
        self.results: Results | None = None
        self._trainer: tuple[_core.Network, Trainer] | None = None
        self._applied: Applied | None = None  # where the core does not have a rule of the step
        for one in leaves(loss):  # unknown names are refused at once
            losses.resolve(one, 1, 1)
        for one in (*leaves(watched), *leaves(weighted)):
            metrics.resolve(one, losses.loss_of("mse"), 1, 1)

    def wanted(self, outputs: Ports) -> list[int]:
        """The outputs that have a loss."""
        return [index for index, loss in enumerate(losses_of(self.loss, outputs)) if loss is not None]

    def resolve(self, outputs: Ports, shapes: Sequence[Shape], rows: Rows) -> Results:
        """What is computed for outputs of these shapes and these targets; the first answer stays, as in Keras.

        Raises:
            ValueError: if there is no loss, or what `compile` was told does not fit to the outputs.
        """
        if self.results is not None:
            return self.results
        given = losses_of(self.loss, outputs)
        weights = loss_weights_of(self._loss_weights, given, outputs)
        watched = metrics_of(self._watched, outputs, "metrics")
        weighted = metrics_of(self._weighted, outputs, "weighted_metrics")
        heads = []
        for i, (shape, y) in enumerate(zip(shapes, rows.y, strict=True)):
            units = shape[-1] or 1
            width = units if y is None else y.shape[-1] if y.ndim == len(shape) else 1
            loss = None if given[i] is None else losses.resolve(given[i], units, width)
            own = [[metrics.resolve(one, loss, units, width) for one in group[i]] for group in (watched, weighted)]
            heads.append(Head(outputs.called("y", i), outputs.names[i], shape, loss, weights[i], *own))
        keyed = outputs.keyed and isinstance(self.loss, Mapping)
        return Results(heads, list(self.loss) if keyed else outputs.names)

    def check_optimizer(self, network: _core.Network | None) -> None:
        """Refuses an optimizer that can't train a model, and one whose state belongs to other weights.

        Raises:
            ValueError: if it is one of these.
        """
        self.optimizer.training_spec()
        before = _trainers.get(self.optimizer)
        if before is not None and before[0] is not network and self.optimizer.iterations:
            raise ValueError(
                f"Optimizer {self.optimizer.name!r} has trained other weights, in {self.optimizer.iterations} steps, "
                "and keeps their state. Compile the model again, with a new optimizer or an optimizer's name."
            )

    def trainer(self, network: _core.Network, results: Results, model: Any) -> Trainer:
        """The trainer of this network, which is the model's, with the optimizer's state as it was last.

        Raises:
            ValueError: if `trainable` of a layer has changed since the optimizer trained the network, and for a
                regularizer without a gradient.
        """
        rules = model.weight_rules()
        for regularizer in rules.penalties.values():
            check_gradient(regularizer)
        for last in (self._trainer, _trainers.get(self.optimizer)):
            if last is not None and last[0] is network and last[1].rules.frozen != rules.frozen:
                raise ValueError(
                    "`trainable` of a layer has changed since the model was trained, and the optimizer keeps the state "
                    "of the weights that were trained then. Compile the model again, with a new optimizer or an "
                    f"optimizer's name. Received: {len(rules.frozen)} frozen layers of weights, before: "
                    f"{len(last[1].rules.frozen)}"
                )
        if self._trainer is None or self._trainer[0] is not network:
            if not rules.size:
                warnings.warn("The model does not have any trainable weights.", stacklevel=5)
            self._trainer = (network, self._new_trainer(network, results, model, rules))
            self.results = results
        return self._trainer[1]

    def _new_trainer(self, network: _core.Network, results: Results, model: Any, rules: WeightRules) -> Trainer:
        optimizer, spec = self.optimizer, self.optimizer.training_spec()
        before, weights = _trainers.get(optimizer), partial(weight_variables, model)
        if optimizer.built:
            _check_shapes(optimizer, [variable.shape for variable in weights()])
        if spec is None or rules.in_python:
            trainer = Trainer(network, results, {"name": "none"}, rules._replace(constraints={}))
            trainer.core.iterations = int(optimizer._iterations)
            optimizer.build(weights())
            self._applied = Applied(optimizer)
        else:
            excludes = optimizer.weight_decay and any(optimizer._excluded)
            named = weights() if excludes else []
            undecayed = [number for number, variable in enumerate(named) if optimizer.is_excluded(variable)]
            trainer = Trainer(network, results, spec, rules, undecayed)
            if before is not None and before[0] is network:
                optimizer._core_state.take(optimizer)
                trainer.core.set_state(before[1].core.get_state())
            elif optimizer.built:
                trainer.core.set_state([variable.value for variable in optimizer.kept_by_core()])  # type: ignore[attr-defined]
            optimizer._core_state = CoreState(trainer.core, weights)
        _trainers[optimizer] = (network, trainer)
        return trainer

    def reset(self) -> None:
        """Forgets the losses and metrics of the training so far."""
        if self._trainer is not None:
            self._trainer[1].reset()

    @property
    def optimizer_size(self) -> int | None:
        """How many numbers the optimizer keeps for the weights; None before the training."""
        if self._trainer is None:
            return None
        optimizer, spec = self.optimizer, self.optimizer.training_spec()
        if spec is None or self._applied is not None:
            return None
        kept = len(_core.rules()["optimizers"][spec["name"]]["state"])
        kept += optimizer.use_ema + (optimizer.gradient_accumulation_steps is not None)
        return kept * self._trainer[1].rules.size

    def evaluator(self, network: _core.Network, results: Results, rules: WeightRules) -> Trainer:
        """A trainer of this network that only evaluates; each caller has its own, so that threads don't mix results."""
        self.results = results
        return Trainer(network, results, None, rules)

    def train(self, trainer: Trainer, part: Part, report: Report | None = None, each_step: bool = False) -> None:
        """The steps of a part of an epoch. `optimizer.iterations` is right afterwards, also after Ctrl-C.

        With `each_step`, `report` is called after each of them, may change the optimizer, and says whether to go on.
        """
        if self._applied is not None:
            return self._applied.train(trainer, part, report, each_step)
        if each_step and report is not None:
            return self._train_with_hooks(trainer, part, report)
        optimizer, core = self.optimizer, trainer.core
        optimizer._core_state.take(optimizer)
        core.iterations = int(optimizer._iterations)  # it may have been set, or be that of another compile
        data, order, size, begin, end = part
        try:
            rates = optimizer.learning_rates(end - begin)
            core.train(data.views, order, size, rates, begin, end, report, trainer.observer(part))
        finally:
            optimizer._iterations.assign(core.iterations)

    def _train_with_hooks(self, trainer: Trainer, part: Part, report: Report) -> None:
        """The loop of the core is left only where a hook ends it, or has changed the optimizer."""
        going_on = True
        while part.begin < part.end and going_on:
            done, going_on = self._train_until_changed(trainer, part, report)
            part = part._replace(begin=done)

    def _train_until_changed(self, trainer: Trainer, part: Part, report: Report) -> tuple[int, bool]:
        """The first step that was not taken, and whether to go on with it."""
        optimizer, core = self.optimizer, trainer.core
        counter, rate = optimizer._iterations.value, optimizer._learning_rate
        held = rate.value if isinstance(rate, Variable) else None
        known = None if held is None else held.item()
        one_by_one = held is None and not isinstance(rate, LearningRateSchedule)  # a function may give anything next
        begin, before, going_on = part.begin, int(counter), True

        def between(done: int) -> bool:
            nonlocal begin, going_on
            begin, count = done, before + done - part.begin
            counter[()] = count
            going_on = report(done)
            optimizer._core_state.take(optimizer)
            if counter.item() != count or optimizer._learning_rate is not rate or one_by_one:
                return False
            return going_on and (held is None or held.item() == known)

        optimizer._core_state.take(optimizer)
        core.iterations = before
        rates = optimizer.learning_rates(part.end - part.begin)
        data, order, size, first, last = part
        try:
            core.train(data.views, order, size, rates, first, last, between, trainer.observer(part), True)
        except BaseException:
            counter[()] = core.iterations
            raise
        return begin, going_on

    def move_averages(self, how: str) -> None:
        """Weights become their moving averages ("to_weights"), averages the weights ("to_averages"), or they "swap".

        Raises:
            ValueError: if there are no averages.
        """
        if self._applied is not None and self._trainer is not None:
            self._applied.move_averages(self._trainer[1].core, how)
        elif self._trainer is not None and self.optimizer.use_ema:
            self._trainer[1].core.move_averages(how)
        else:
            raise ValueError(
                "Moving averages of the weights are kept from the first step of an optimizer with `use_ema=True` on. "
                f"Received: use_ema={self.optimizer.use_ema}, in {self.optimizer.iterations} steps"
            )

    def finalize(self, trainer: Trainer) -> None:
        """Makes the weights their moving averages, if those are kept: what ends a training."""
        if self._applied is not None:
            self._applied.finalize(trainer.core)
        elif self.optimizer.use_ema:
            trainer.core.move_averages("to_weights")


# An optimizer's state lies in its last trainer, and so belongs to one network.
_trainers: weakref.WeakKeyDictionary[Optimizer, tuple[_core.Network, Trainer]] = weakref.WeakKeyDictionary()


def _check_shapes(optimizer: Optimizer, shapes: list[tuple[int, ...]]) -> None:
    built = [tuple(variable.shape) for variable in optimizer._trainable_variables]
    if built != shapes:
        raise ValueError(
            f"Optimizer {optimizer.name!r} was built for other variables, of the shapes {built}. Compile the model "
            f"again, with a new optimizer. Received: a model with weights of the shapes {shapes}"
        )
