"""Compile and evaluate: the loss and the metrics of a model on data that has targets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from numpy.typing import ArrayLike

from steepest import _core
from steepest._data import data_set
from steepest._data.arguments import count, verbosity
from steepest._data.arrays import is_stream
from steepest._data.batches import Batching
from steepest._data.data_set import Rows
from steepest._data.sources import Epoch, Part, Source, Stream, View, batched
from steepest._names.registry import refuse_unknown, suggest
from steepest._training.compiled import Compiled
from steepest._training.loop import Run, run_steps
from steepest._training.results import Results, Trainer
from steepest._training.stepping import Stepper
from steepest._weights.of_model import weight_variables
from steepest._weights.trainable import Trainable
from steepest.callbacks import CallbackList
from steepest.models.predicting import Predictor
from steepest.saving import deserialize_keras_object, serialize_keras_object

_COMPILE = ("optimizer", "loss", "loss_weights", "metrics", "weighted_metrics")
_EVALUATE = ("x", "y", "batch_size", "verbose", "sample_weight", "steps", "callbacks", "return_dict")


class Evaluator(Predictor, Trainable):
    """A model as far as its loss and metrics go."""

    stop_evaluating = False
    _compiled: Compiled | None = None
    _compile_arguments: dict[str, Any]
    _evaluator: Trainer | None = None  # while an evaluation runs

    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        loss_weights: Any = None,
        metrics: Any = None,
        weighted_metrics: Any = None,
        run_eagerly: bool = False,
        steps_per_execution: int = 1,
        jit_compile: bool | str = "auto",
        auto_scale_loss: bool = True,
        **unknown: Any,
    ) -> None:
        """Sets what `fit` minimizes, by which optimizer, and what it watches.

        Args:
            optimizer: name or instance of `steepest.optimizers`. To compile again with the same instance keeps its
                state.
            loss: name, function or instance of `steepest.losses`, or a loss written in Python (see `Loss`). For several
                outputs one for all, a list, or a dict by the outputs' names; None where an output has no loss.
            loss_weights: what the losses are multiplied by in their sum, likewise; 1 by default.
            metrics: list of names, functions or instances of `steepest.metrics`. `"accuracy"` or `"acc"` means the
                binary, the sparse or the categorical one, by outputs and targets. For several outputs a list or a dict
                of such lists. Sample weights don't count in them.
            weighted_metrics: the same, with sample weights.
            steps_per_execution: steps between two calls of the hooks for batches.
            run_eagerly, jit_compile, auto_scale_loss: without effect; the results are the same.

        Raises:
            ValueError: for an unknown optimizer, loss or metric, with a suggestion; metrics that are no list or dict.
            TypeError: for an unknown keyword.
        """
        refuse_unknown(unknown, _COMPILE, f"{type(self).__name__}.compile()")
        for name, given in (("metrics", metrics), ("weighted_metrics", weighted_metrics)):
            if given and not isinstance(given, (list, tuple, Mapping)):
                raise ValueError(f"Expected `{name}` to be a list, a tuple or a dict. Received: {name}={given!r}")
        steps = count("steps_per_execution", steps_per_execution)
        self._compiled = Compiled(optimizer, loss, loss_weights, metrics, weighted_metrics, steps)
        self._compile_arguments = {
            "optimizer": self._compiled.optimizer,
            "loss": loss,
            "loss_weights": loss_weights,
            "metrics": metrics,
            "weighted_metrics": weighted_metrics,
            "run_eagerly": run_eagerly,
            "steps_per_execution": steps_per_execution,
            "jit_compile": jit_compile,
        }

    def get_compile_config(self) -> dict[str, Any]:
        """The arguments of `compile`, described as by `saving.serialize_keras_object`; empty before."""
        described: dict[str, Any] = serialize_keras_object(self._compile_arguments) if self.compiled else {}
        return described

    def compile_from_config(self, config: Mapping[str, Any]) -> None:
        """Compiles the model as `get_compile_config` of another one says, with a new optimizer."""
        self.compile(**deserialize_keras_object(config))

    def build_optimizer(self) -> None:
        """Makes what the optimizer keeps for the weights, if that was not made yet."""
        self.optimizer.build(weight_variables(self))

    def _require_compiled(self) -> Compiled:
        if self._compiled is None:
            raise ValueError("You must call `compile()` before using the model.")
        return self._compiled

    @property
    def compiled(self) -> bool:
        """Whether `compile` was called."""
        return self._compiled is not None

    @property
    def optimizer(self) -> Any:
        """The optimizer that `compile` was given; None before."""
        return self._compiled and self._compiled.optimizer

    @property
    def loss(self) -> Any:
        """The loss as `compile` was given it; None before."""
        return self._compiled and self._compiled.loss

    @property
    def metric_directions(self) -> dict[str, str | None]:
        """Which way is better, "up" or "down", for each name in the logs; empty before the first data."""
        results = self._compiled and self._compiled.results
        return results.directions if results else {}

    @property
    def metrics_names(self) -> list[str]:
        """The names of what `evaluate` returns, in its order; empty before the first data."""
        return list(self.metric_directions)

    def _prepare(self, rows: Rows, like: Rows | None = None) -> tuple[Rows, Results]:
        """The rows as the model reads them, and the results that they lead to. Changes nothing.

        A model that has no input shape yet would take that of `like`, by default of the rows themselves.
        """
        shapes, outputs = self._shapes((like or rows).x)
        results = self._require_compiled().resolve(self._ports()[1], outputs, rows)
        x = [data_set.to_input(array, shape, self.name) for array, shape in zip(rows.x, shapes, strict=True)]
        return results.prepared(Rows(x, rows.y, rows.sample_weight)), results

    def _rows(self, x: Any, y: Any, sample_weight: Any = None, keep_sparse: bool = False) -> Rows:
        self._meet(x)
        inputs, outputs = self._ports()
        wanted = self._require_compiled().wanted(outputs)
        return data_set.as_rows(x, y, sample_weight, inputs, outputs, wanted, keep_sparse)

    def _batch_rows(self, batch: Any, class_weight: Mapping[int, float] | None = None) -> Rows:
        """The rows of a batch of a stream."""
        rows = self._rows(*data_set.unpacked(batch))
        return rows if class_weight is None else data_set.with_class_weight(rows, class_weight)

    def _built(self, rows: Rows) -> _core.Network:
        self.build((None, *rows.x[0].shape[1:]))
        assert self._network is not None
        return self._network

    def reset_metrics(self) -> None:
        """Forgets what the losses and metrics of the training have seen: in a callback, their means begin anew."""
        if self._compiled is not None:
            self._compiled.reset()

    def evaluate(
        self,
        x: Any = None,
        y: ArrayLike | None = None,
        batch_size: int | None = None,
        verbose: int | str = "auto",
        sample_weight: ArrayLike | None = None,
        steps: int | None = None,
        callbacks: Any = None,
        return_dict: bool = False,
        **unknown: Any,
    ) -> Any:
        """The loss and the metrics over all rows, in inference mode.

        Args:
            x, y, sample_weight: as in `fit`; `x` may bring whole batches.
            batch_size: rows of a batch, 32 by default; the loss is the mean of the batches' by their sizes.
            verbose, callbacks: as in `predict`.
            steps: how many batches to look at; all by default.
            return_dict: whether to return a dict by name.

        Returns:
            The loss if there are no metrics; else the list [loss, *metrics]; or the dict.

        Raises:
            ValueError: before `compile`; for data that doesn't fit; for an unknown keyword.
        """
        for name in unknown:
            raise ValueError(f"Argument not recognized by evaluate(): {name!r}.{suggest(name, _EVALUATE)}")
        compiled = self._require_compiled()
        verbosity(verbose)
        source = self._source(x, y, sample_weight, batch_size, steps)
        rows, results = self._prepare(source.first)
        called = CallbackList.of(callbacks, add_progbar=verbose != 0)
        evaluator = compiled.evaluator(self._built(rows), results, self.weight_rules())
        called.begin(self, verbose=verbose, epochs=1, steps=source.steps)
        logs = self._evaluate_steps(evaluator, next(source.passes(self._view(source, rows))), results, called)
        return logs if return_dict else results.listed(logs)

    def _source(
        self, x: Any, y: Any, sample_weight: Any, batch_size: Any, steps: Any, steps_name: str = "steps"
    ) -> Source:
        """The data as `evaluate` walks through them: in order, from the beginning.

        Raises:
            ValueError: as `fit` does.
        """
        if is_stream(x):
            data_set.alone(x, y=y, sample_weight=sample_weight)
            return Stream(x, self._batch_rows, steps, steps_name=steps_name)
        rows = self._rows(x, y, sample_weight, keep_sparse=True)
        return batched(rows, Batching.of(len(rows), batch_size, steps, steps_name))

    def _view(self, source: Source, prepared: Rows) -> View:
        """From rows to what the core reads, once the model is built; the first of the source are `prepared`."""
        return lambda rows: prepared if rows is source.first else self._prepare(rows)[0]

    def _evaluate_steps(
        self, evaluator: Trainer, epoch: Epoch, results: Results, callbacks: CallbackList
    ) -> dict[str, Any]:
        run: Run = evaluator.evaluate
        so_far: Callable[[], dict[str, Any]] = partial(results.logs, evaluator)
        if type(self).test_step is not Evaluator.test_step:
            stepper = Stepper(self.test_step, *self._ports())
            run, so_far = stepper.run, stepper.logs
        self.stop_evaluating = False
        callbacks.on_test_begin()
        evaluator.reset()
        self._evaluator = evaluator
        try:
            run_steps("test", epoch, run, so_far, callbacks, self._require_compiled().steps_per_execution)
        finally:
            self._evaluator = None
        logs = so_far()
        callbacks.on_test_end(logs)
        return logs

    def test_step(self, data: Any) -> dict[str, Any]:
        """The losses and metrics of the evaluation so far, a batch more; see `Model.train_step`, its counterpart.

        Args:
            data: `(x, y)` or `(x, y, sample_weight)`, with a list or dict for several inputs or outputs.

        Raises:
            ValueError: as `evaluate`.
        """
        rows, results = self._prepare(self._batch_rows(data))
        evaluator = self._evaluator
        if evaluator is None:
            evaluator = self._require_compiled().evaluator(self._built(rows), results, self.weight_rules())
        evaluator.evaluate(Part(rows, None, len(rows), 0, 1), None, False)
        return results.logs(evaluator)

    def test_on_batch(
        self,
        x: ArrayLike,
        y: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
        return_dict: bool = False,
    ) -> Any:
        """The loss and the metrics of these rows as one batch."""
        rows, results = self._prepare(self._rows(x, y, sample_weight))
        evaluator = self._require_compiled().evaluator(self._built(rows), results, self.weight_rules())
        evaluator.reset()
        evaluator.evaluate(Part(rows, None, len(rows), 0, 1), None, False)
        logs = results.logs(evaluator)
        return logs if return_dict else results.listed(logs)
