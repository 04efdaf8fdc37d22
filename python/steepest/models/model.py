"""Fit: the training of a model, in Keras's words."""

from __future__ import annotations

import _thread
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from steepest._data import data_set
from steepest._data.arguments import count, verbosity
from steepest._data.arrays import is_stream
from steepest._data.batches import Batching
from steepest._data.data_set import Rows
from steepest._data.sources import Part, Source, Stream, batched
from steepest._graph.tracing import arguments_of, completed
from steepest._names.registry import refuse_unknown
from steepest._training.loop import Run, run_steps
from steepest._training.progress import Progress
from steepest._training.results import Results, Trainer
from steepest._training.stepping import Stepper
from steepest.callbacks import CallbackList, History
from steepest.models.evaluating import Evaluator
from steepest.models.exporting import Exportable
from steepest.saving import serialize_keras_object
from steepest.saving.copying import Described
from steepest.saving.saveable import Saveable

_FIT = (
    *("x", "y", "batch_size", "epochs", "verbose", "callbacks", "validation_split", "validation_data", "shuffle"),
    *("class_weight", "sample_weight", "initial_epoch", "steps_per_epoch", "validation_steps"),
    *("validation_batch_size", "validation_freq"),
)


class Model(Evaluator, Described, Saveable, Exportable):
    """What can be compiled, trained and asked: the base of `Sequential` and of `Model(inputs, outputs)`."""

    history: History | None = None
    stop_training = False
    _progress: Progress | None = None  # of the training that runs
    dtype: Any  # of weights and outputs
    _layers: list[Any]
    _arguments: Mapping[str, Any]  # of the constructor, where the class is a user's with a `call`

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        if cls is Model and (len(args) > 1 or "outputs" in kwargs):
            from steepest.models.functional import Functional

            return super().__new__(Functional)
        model = super().__new__(cls)
        if hasattr(cls, "call"):
            model._arguments = arguments_of(cls, args, kwargs)
        return model

    def __init__(self, *args: Any, **kwargs: Any):
        if not hasattr(type(self), "_shapes"):  # a class of a user's: what it becomes is said by what it gives
            base: type[Model]
            if len(args) > 1 or "outputs" in kwargs:
                from steepest.models.functional import Functional as base
            elif hasattr(type(self), "call"):
                from steepest.models.subclassed import Subclassed as base
            else:
                raise TypeError(
                    "A model needs layers: use `Sequential([...])` or `Model(inputs, outputs)`, or write a subclass "
                    "with a `call` that composes layers."
                )
            self.__class__ = completed(type(self), base)
            base.__init__(self, *args, **kwargs)
            return
        self._training_lock = _thread.allocate_lock()

    def weighted_layers(self) -> list[Any]:
        """The layers with weights, each once, in the order of the weights."""
        found = [inner for layer in self._layers for inner in layer.weighted_layers()]
        return list({id(layer): layer for layer in found}.values())

    def _inner_layers(self) -> list[Any]:
        return self._layers

    @classmethod
    def from_config(cls, config: Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None) -> Any:
        """The model of the functional API that `get_config` described, with new weights."""
        from steepest.models.functional import Functional

        return cls(**config) if hasattr(cls, "call") else Functional.from_config(config, custom_objects)

    def to_json(self, **kwargs: Any) -> str:
        """The model without its weights as JSON, as Keras writes it: `models.model_from_json` makes an equal one of it.

        Args:
            kwargs: of `json.dumps`.

        Raises:
            ValueError: for a part without a description.
        """
        import json

        return json.dumps(serialize_keras_object(self), **kwargs)

    def fit(
        self,
        x: Any = None,
        y: ArrayLike | None = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: int | str = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool | str = True,
        class_weight: Mapping[int, float] | None = None,
        sample_weight: ArrayLike | None = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: int | Sequence[int] = 1,
        **unknown: Any,
    ) -> History:
        """Trains: for each batch of rows, a step of the optimizer down the gradient of the loss.

        A model without an input shape is built for the shape of `x`. Training again goes on where it stopped, with the
        optimizer's state. Nothing is changed if the arguments are wrong. Ctrl-C stops after a whole step.

        Args:
            x: inputs, n rows of any real dtype and layout; they are read where they lie. The rows of a sparse matrix
                of SciPy become dense when the step of their batch comes. For several inputs a list of them, or a dict
                by the inputs' names. Or what brings whole batches `(inputs, targets)` or `(inputs,
                targets, sample_weights)`: a generator, a `utils.PyDataset`, a data loader of PyTorch, a data set of
                TensorFlow, any other iterable.
            y: targets, (n,) or (n, outputs); class indices for the sparse losses. For several outputs a list, or a dict
                by the outputs' names. None if `x` brings batches.
            batch_size: rows of a step: `len(x)` for batch gradient descent, 1 for stochastic gradient descent; 32 by
                default. Batches that `x` brings are as large as they are.
            epochs: the number of the last epoch; an epoch is one pass over the rows.
            verbose: 0 silent, 1 progress bar, 2 one line an epoch, `"auto"` 1 on a terminal or in a notebook, else 2.
            callbacks: a `Callback` or a list of them.
            validation_split: share of the rows, from 0 to 1, taken from the end to validate with, before shuffling.
            validation_data: `(x, y)` or `(x, y, sample_weight)` to validate with after each epoch, instead; or what
                brings batches.
            shuffle: whether each epoch goes through the rows in a random order of its own; `"batch"` shuffles within
                batches only. The batches of a `PyDataset` come in such an order, those of other iterables as they do.
            class_weight: {class: weight}, weights of the rows in the loss by their class; 1 where missing.
            sample_weight: (n,) weights of the rows in the loss; for outputs of several positions also one for each. For
                several outputs a list or a dict, or one array for all.
            initial_epoch: the number of the first epoch, to go on with a training.
            steps_per_epoch: steps of an epoch, if it shall not be a whole pass; the next one goes on where it stopped.
                It gives epochs to batches without end. Once no batches are left, the training ends with a warning.
            validation_steps, validation_batch_size: the same for the validation; all, and `batch_size`, by default.
            validation_freq: validate every so many epochs, or after the epochs in a list (counted from 1).

        Returns:
            History: `history.history` holds the loss and the metrics of each epoch by name.

        Raises:
            ValueError: before `compile`; for data that doesn't fit together or to the model; for a wrong argument.
            TypeError: for an unknown keyword, or a fraction where an integer is needed.
            RuntimeError: if another thread trains the model.
        """
        refuse_unknown(unknown, _FIT, f"{type(self).__name__}.fit()")
        compiled = self._require_compiled()
        epochs, initial_epoch = count("epochs", epochs), count("initial_epoch", initial_epoch, least=0)
        verbosity(verbose)
        if shuffle not in (True, False, "batch"):
            raise ValueError(f"`shuffle` must be True, False or 'batch'. Received: shuffle={shuffle!r}")
        if not isinstance(validation_split, (int, float, np.floating)) or not 0 <= validation_split < 1:
            raise ValueError(f"`validation_split` must be from 0 to below 1. Received: {validation_split=}")
        validation: Source | None = None
        held_out: Any = None
        if validation_data is not None:
            held_out = data_set.validation_parts(validation_data)
        source: Source
        if is_stream(x):
            data_set.alone(x, y=y, sample_weight=sample_weight)
            if validation_split and held_out is None:
                raise ValueError(
                    "`validation_split` needs the rows in arrays. Give `validation_data` to data that bring whole "
                    f"batches. Received: {validation_split=}, x of type {type(x).__name__}"
                )
            to_rows = partial(self._batch_rows, class_weight=class_weight)
            source = Stream(x, to_rows, steps_per_epoch, shuffle, "steps_per_epoch")
        else:
            rows = self._rows(x, y, sample_weight, keep_sparse=True)
            if validation_split and held_out is None:
                rows, held_out = data_set.split(rows, validation_split)
            if class_weight is not None:
                rows = data_set.with_class_weight(rows, class_weight)
            source = batched(rows, Batching.of(len(rows), batch_size, steps_per_epoch, "steps_per_epoch"), shuffle)
        validate = _validated_epochs(validation_freq)
        prepared, results = self._prepare(source.first)
        results.check_trainable()
        if held_out is not None:
            size = batch_size if validation_batch_size is None else validation_batch_size
            if isinstance(held_out, Rows):
                held_batches = Batching.of(len(held_out), size, validation_steps, "validation_steps")
                validation = batched(held_out, held_batches)
            else:
                x, y, weight = held_out
                validation = self._source(x, y, weight, size, validation_steps, "validation_steps")
            prepared_validation, _ = self._prepare(validation.first, like=source.first)
        called = CallbackList.of(callbacks, add_history=True, add_progbar=verbose != 0)

        with self._training(prepared, results) as trainer:
            called.begin(self, verbose=verbose, epochs=epochs, steps=source.steps)
            logs: dict[str, Any] = {}
            self.stop_training = False
            progress = self._progress = Progress(initial_epoch, source, trainer, called)
            called.on_train_begin()  # where the state of a training may come back that was broken off
            trainer = progress.trainer = compiled.trainer(self._built(prepared), results, self)
            if validation is not None:
                evaluator = compiled.evaluator(self._built(prepared), results, self.weight_rules())
                passes = validation.passes(self._view(validation, prepared_validation))
            left = progress.rest(epochs)
            coming = source.epochs(self._view(source, prepared))
            for epoch in left:
                steps = next(coming, None)
                if steps is None:
                    break
                done = progress.begin(epoch)
                run: Run = partial(compiled.train, trainer)
                so_far: Callable[[], dict[str, Any]] = partial(results.logs, trainer)
                if type(self).train_step is not Model.train_step:
                    stepper = Stepper(self.train_step, *self._ports())
                    run, so_far = stepper.run, stepper.logs
                if not self.stop_training:  # else the last step of a training that was broken off is taken
                    run_steps("train", steps, run, so_far, called, compiled.steps_per_execution, done)
                logs = so_far()
                check = next(passes, None) if validation is not None and validate(epoch + 1) else None
                if check is not None:
                    held = self._evaluate_steps(evaluator, check, results, called)
                    logs = dict(sorted({**logs, **{f"val_{name}": value for name, value in held.items()}}.items()))
                called.on_epoch_end(epoch, logs)
                if self.stop_training:
                    break
            if epochs > 0:
                compiled.finalize(trainer)
            called.on_train_end(logs)
        return self.history  # type: ignore[return-value]

    def train_step(self, data: Any) -> dict[str, Any]:
        """A step of the optimizer with a batch; returns the losses and metrics of the epoch so far, by name.

        A subclass that overrides it has it called by `fit` for each batch, in place of the core's loop; what it returns
        goes to the callbacks, and with the last batch into the history. It computes with arrays, and trains by calling
        this method: weights for the rows, other targets, batches of its own making. There are no tapes: what has a
        gradient of its own is a loss, see `steepest.losses.Loss`.

        Args:
            data: `(x, y)` or `(x, y, sample_weight)`, with a list or dict for several inputs or outputs.

        Raises:
            ValueError: as `fit`.

        >>> import numpy as np
        >>> from steepest import layers, Sequential
        >>> class Cautious(Sequential):  # counts rows less whose targets are far from what the model says
        ...     def train_step(self, data):
        ...         x, y = data
        ...         weight = np.exp(-np.abs(y - self(x)[:, 0]))
        ...         return {**super().train_step((x, y, weight)), "weight": weight.mean()}
        >>> model = Cautious([layers.Input((2,)), layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> sorted(model.fit(np.ones((8, 2)), np.ones(8), verbose=0).history)
        ['loss', 'weight']
        """
        compiled = self._require_compiled()
        rows, results = self._prepare(self._batch_rows(data))
        results.check_trainable()
        trainer = compiled.trainer(self._built(rows), results, self)
        compiled.train(trainer, Part(rows, None, len(rows), 0, 1))
        return results.logs(trainer)

    def train_on_batch(
        self,
        x: ArrayLike,
        y: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
        class_weight: Mapping[int, float] | None = None,
        return_dict: bool = False,
    ) -> Any:
        """One step of the optimizer with all these rows; returns the loss and metrics before it, as `evaluate` does."""
        rows, results = self._prepare(self._batch_rows((x, y, sample_weight), class_weight))
        results.check_trainable()
        with self._training(rows, results) as trainer:
            trainer.reset()
            self._require_compiled().train(trainer, Part(rows, None, len(rows), 0, 1))
            logs = results.logs(trainer)
        return logs if return_dict else results.listed(logs)

    @contextmanager
    def _training(self, rows: Rows, results: Results) -> Iterator[Trainer]:
        """The trainer of the model, which is built if it was not, for one thread at a time."""
        compiled = self._require_compiled()
        if not self._training_lock.acquire(blocking=False):
            raise RuntimeError(f"Model {self.name!r} is being trained already; it can't be trained twice at a time.")
        try:
            compiled.check_optimizer(self._network)
            yield compiled.trainer(self._built(rows), results, self)
        finally:
            self._progress = None
            self._training_lock.release()


def _validated_epochs(frequency: int | Sequence[int]) -> Callable[[int], bool]:
    """Whether to validate after an epoch, counted from 1."""
    if isinstance(frequency, (list, tuple)):
        return lambda epoch: epoch in frequency
    if not isinstance(frequency, int) or frequency < 1:
        raise ValueError(
            "`validation_freq` must be a positive integer, or a list of epochs counted from 1. "
            f"Received: validation_freq={frequency!r}"
        )
    return lambda epoch: epoch % frequency == 0
