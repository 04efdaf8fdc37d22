"""A list of callbacks that is called like one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from steepest.callbacks.callback import Callback, Logs, flatten, overrides
from steepest.callbacks.history import History
from steepest.callbacks.progbar_logger import ProgbarLogger


class CallbackList(Callback):
    """Calls each hook of its callbacks, in order.

    Args:
        callbacks: a callback, a list of them, or None.
        add_history: whether to add a `History`, if there is none.
        add_progbar: whether to add a `ProgbarLogger`, if there is none.
        model: the model, told to each callback.
        params: told to each callback: `verbose`, `epochs`, `steps`.

    Raises:
        TypeError: if `callbacks` holds anything but callbacks.
    """

    def __init__(
        self,
        callbacks: Any = None,
        add_history: bool = False,
        add_progbar: bool = False,
        model: Any = None,
        **params: Any,
    ):
        super().__init__()
        self.callbacks = list(flatten(callbacks))
        self.history = self._find(History, add_history)
        self.progbar = self._find(ProgbarLogger, add_progbar)
        self._order()
        if model is not None:
            self.begin(model, **params)

    def _order(self) -> None:
        self.callbacks.sort(key=lambda callback: callback.comes_last)

    def _find(self, cls: type[Callback], add: bool) -> Any:
        found = next((callback for callback in reversed(self.callbacks) if isinstance(callback, cls)), None)
        if found is None and add:
            found = cls()
            self.callbacks.append(found)
        return found

    @classmethod
    def of(cls, callbacks: Any, add_history: bool = False, add_progbar: bool = False) -> CallbackList:
        """What `fit` calls for its argument `callbacks`; a CallbackList is taken as it is.

        Raises:
            TypeError: if `callbacks` holds anything but callbacks.
        """
        return callbacks if isinstance(callbacks, CallbackList) else cls(callbacks, add_history, add_progbar)

    def begin(self, model: Any, **params: Any) -> None:
        """Tells the callbacks what they are called for."""
        self.set_model(model)
        self.set_params(params)

    def append(self, callback: Callback) -> None:
        """Adds a callback at the end."""
        self.callbacks += flatten(callback)
        self._order()

    def hooks_into(self, kind: str) -> bool:
        return any(callback.hooks_into(kind) for callback in self.callbacks)

    def batch_hooks(self, kind: str, when: str) -> list[Callable[..., None]]:
        """`on_..._batch_begin` or `..._end` of the callbacks that do something then."""
        if type(self) is not CallbackList:
            return [getattr(self, f"on_{kind}_batch_{when}")]
        own = [callback for callback in self.callbacks if overrides(callback, kind, when=(when,))]
        return [getattr(callback, f"on_{kind}_batch_{when}") for callback in own]

    def set_params(self, params: Logs) -> None:
        self.params = params
        for callback in self.callbacks:
            callback.set_params(params)

    def set_model(self, model: Any) -> None:
        super().set_model(model)
        if self.history is not None:
            model.history = self.history
        for callback in self.callbacks:
            callback.set_model(model)

    def on_train_begin(self, logs: Logs | None = None) -> None:
        for callback in self.callbacks:
            callback.on_train_begin(logs or {})

    def on_train_end(self, logs: Logs | None = None) -> None:
        for callback in self.callbacks:
            callback.on_train_end(logs or {})

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        for callback in self.callbacks:
            callback.on_epoch_begin(epoch, logs or {})

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        for callback in self.callbacks:
            callback.on_epoch_end(epoch, logs or {})

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        for callback in self.callbacks:
            callback.on_train_batch_begin(batch, logs=logs or {})

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        for callback in self.callbacks:
            callback.on_train_batch_end(batch, logs=logs or {})

    def on_test_begin(self, logs: Logs | None = None) -> None:
        for callback in self.callbacks:
            callback.on_test_begin(logs or {})

    def on_test_end(self, logs: Logs | None = None) -> None:
        for callback in self.callbacks:
            callback.on_test_end(logs or {})

    def on_test_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        for callback in self.callbacks:
            callback.on_test_batch_begin(batch, logs=logs or {})

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        for callback in self.callbacks:
            callback.on_test_batch_end(batch, logs=logs or {})

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        for callback in self.callbacks:
            callback.on_predict_begin(logs or {})

    def on_predict_end(self, logs: Logs | None = None) -> None:
        for callback in self.callbacks:
            callback.on_predict_end(logs or {})

    def on_predict_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        for callback in self.callbacks:
            callback.on_predict_batch_begin(batch, logs=logs or {})

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        for callback in self.callbacks:
            callback.on_predict_batch_end(batch, logs=logs or {})
