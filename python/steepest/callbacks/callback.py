"""The hooks of training, evaluation and prediction, and the list that calls them.

Training calls the core once an epoch. For a callback that overrides a batch hook the core calls back after each step;
`hooks_into` says whether one does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from steepest.saving.plain import is_plain

Logs = dict[str, Any]
WHEN = ("begin", "end")  # there are hooks for


class Callback:
    """Base class: override the hooks that matter, pass an instance to `fit`, `evaluate` or `predict`.

    `self.model` is the model, `self.params` a dict with `"verbose"`, `"epochs"` and `"steps"`. `logs` holds the loss
    and the metrics by name, sorted; in `on_epoch_end` those of the validation too, prefixed `val_`. Setting
    `self.model.stop_training = True` ends the training after the current epoch (in a batch hook: batch).

    >>> class Printer(Callback):
    ...     def on_epoch_end(self, epoch, logs=None):
    ...         print(epoch, sorted(logs))
    >>> Printer().on_epoch_end(0, {"loss": 0.5})
    0 ['loss']
    """

    comes_last = False  # whether it is called behind all others, in each hook

    def __init__(self) -> None:
        self.params: Logs | None = None
        self._model: Any = None

    @property
    def model(self) -> Any:
        """The model that is trained, evaluated or asked for predictions."""
        return self._model

    def set_params(self, params: Logs) -> None:
        """Called before anything else with the dict that becomes `self.params`."""
        self.params = params

    def set_model(self, model: Any) -> None:
        """Called before anything else with the model."""
        self._model = model

    def hooks_into(self, kind: str) -> bool:
        """Whether it wants to be called for each batch; `kind` is "train", "test" or "predict"."""
        return overrides(self, kind)

    def get_state(self) -> Logs:
        """What a training depends on that goes on in another process: numbers, texts, arrays, lists and dicts of them.

        By default all attributes that are that, but for the arguments of the constructor.
        """
        import inspect

        kept = {"params", *inspect.signature(type(self)).parameters}
        return {name: value for name, value in vars(self).items() if name not in kept and is_plain(value)}

    def set_state(self, state: Logs) -> None:
        """Takes what `get_state` gave in the process before, once `on_train_begin` was called."""
        for name, value in state.items():
            if name in vars(self) or not hasattr(type(self), name):
                setattr(self, name, value)

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """At the start of `fit`."""

    def on_train_end(self, logs: Logs | None = None) -> None:
        """At the end of `fit`; `logs` are those of the last epoch. Not called after an exception."""

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """At the start of epoch `epoch`, counted from 0."""

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """At the end of an epoch, after its validation. What is added to `logs` here goes into the history."""

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before a training step; calls `on_batch_begin`, its old name."""
        self.on_batch_begin(batch, logs)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """After a training step, `logs` being means since the epoch began; calls `on_batch_end`, its old name."""
        self.on_batch_end(batch, logs)

    def on_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """The old name of `on_train_batch_begin`."""

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """The old name of `on_train_batch_end`."""

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """At the start of `evaluate`, or of the validation in `fit`."""

    def on_test_end(self, logs: Logs | None = None) -> None:
        """At the end of `evaluate`, or of the validation in `fit`."""

    def on_test_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before a batch of `evaluate` or of the validation."""

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """After a batch of `evaluate` or of the validation."""

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """At the start of `predict`."""

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """At the end of `predict`."""

    def on_predict_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before a batch of `predict`."""

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """After a batch of `predict`; `logs["outputs"]` are its predictions."""


def overrides(callback: Callback, kind: str, base: type[Callback] = Callback, when: Sequence[str] = WHEN) -> bool:
    """Whether the callback has hooks of its own for batches of this kind: other ones than the class `base` has."""
    hooks = [f"on_{kind}_batch_{moment}" for moment in when]
    if kind == "train":
        hooks += [f"on_batch_{moment}" for moment in when]
    return any(getattr(getattr(callback, hook), "__func__", None) is not getattr(base, hook) for hook in hooks)


def flatten(callbacks: Any) -> Iterator[Callback]:
    """The callbacks of a callback, a list, a list of lists, or None.

    Raises:
        TypeError: for anything else.
    """
    if callbacks is None:
        return
    if isinstance(callbacks, (list, tuple)):
        for callback in callbacks:
            yield from flatten(callback)
    elif isinstance(callbacks, Callback):
        yield callbacks
    else:
        hint = ""
        if isinstance(callbacks, type) and issubclass(callbacks, Callback):
            hint = f" Did you mean an instance, `{callbacks.__name__}()`?"
        raise TypeError(f"`callbacks` must be instances of `Callback`.{hint} Received: {callbacks!r}")
