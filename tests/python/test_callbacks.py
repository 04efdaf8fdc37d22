"""Callbacks beyond what `test_keras_surface.py` compares with Keras: hooks, their order, their effect."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from steepest import keras
from steepest.callbacks import Callback, CallbackList, EarlyStopping, History, LambdaCallback, ProgbarLogger
from steepest.layers import Dense, Input

X, Y = np.ones((10, 2), "float32"), np.ones((10, 1), "float32")


def model(loss: str = "mse", metrics: tuple = ()):
    made = keras.Sequential([Input((2,)), Dense(1)])
    made.compile("sgd", loss, metrics=list(metrics))
    return made


def test_only_batch_hooks_make_the_loop_turn_once_a_batch() -> None:
    class Epochs(Callback):
        def on_epoch_end(self, epoch, logs=None):
            pass

    class OldName(Callback):
        def on_batch_end(self, batch, logs=None):
            pass

    class Test(Callback):
        def on_test_batch_begin(self, batch, logs=None):
            pass

    plain = CallbackList([Epochs(), EarlyStopping(), LambdaCallback(on_epoch_end=print)], True, True)
    assert not any(plain.hooks_into(kind) for kind in ("train", "test", "predict"))
    assert CallbackList([Epochs(), OldName()]).hooks_into("train")
    assert CallbackList(LambdaCallback(on_train_batch_begin=print)).hooks_into("train")
    assert CallbackList([Test()]).hooks_into("test") and not CallbackList([Test()]).hooks_into("train")
    assert CallbackList(LambdaCallback(on_predict_batch_end=print)).hooks_into("predict")


def test_lambda_callback_takes_every_hook_and_refuses_others() -> None:
    calls = []
    hooks = [name for name in dir(Callback) if name.startswith("on_")]
    callback = LambdaCallback(**{name: lambda *a, name=name, **k: calls.append(name) for name in hooks})
    fitted = model()
    fitted.fit(X, Y, epochs=1, batch_size=5, verbose=0, callbacks=[callback], validation_data=(X, Y))
    fitted.predict(X, verbose=0, callbacks=[callback])
    # a function in place of on_train_batch_... does not call the old on_batch_...
    assert set(hooks) - set(calls) == {"on_batch_begin", "on_batch_end"}
    with pytest.raises(TypeError, match="Did you mean .on_epoch_begin"):
        LambdaCallback(on_epoch_finish=print)


def test_what_a_callback_adds_to_the_logs_goes_into_the_history() -> None:
    def add(epoch, logs):
        logs["rate"] = 0.1 * epoch

    history = model().fit(X, Y, epochs=2, verbose=0, callbacks=[LambdaCallback(on_epoch_end=add)])
    assert history.history["rate"] == [0.0, 0.1]


def test_lists_of_lists_single_callbacks_and_own_histories() -> None:
    own = History()
    count: list[int] = []
    counter = LambdaCallback(on_epoch_end=lambda epoch, logs: count.append(epoch))
    returned = model().fit(X, Y, epochs=2, verbose=0, callbacks=[[counter], own])
    assert returned is own and own.epoch == [0, 1] == count
    model().fit(X, Y, verbose=0, callbacks=counter)
    assert count == [0, 1, 0]


def test_a_callback_list_of_ones_own_is_used_as_it_is() -> None:
    fitted = model()
    own = CallbackList([LambdaCallback()], add_history=True, model=fitted, verbose=0, epochs=1, steps=1)
    fitted.fit(X, Y, epochs=2, verbose=0, callbacks=own)
    assert own.history.epoch == [0, 1]
    own.append(ProgbarLogger())
    assert len(own.callbacks) == 3


def test_params_and_model_are_told_first() -> None:
    seen = {}

    class Look(Callback):
        def on_train_begin(self, logs=None):
            seen.update(self.params, model=self.model)

    fitted = model()
    fitted.fit(X, Y, epochs=4, batch_size=3, verbose=0, callbacks=[Look()])
    assert seen == {"verbose": 0, "epochs": 4, "steps": 4, "model": fitted}


@pytest.mark.parametrize("wrong", [EarlyStopping, 3, [None, "x"], {"a": 1}])
def test_what_is_no_callback_is_refused_before_anything_happens(wrong) -> None:
    fitted = model()
    before = fitted.get_weights()
    with pytest.raises(TypeError, match="instances of `Callback`"):
        fitted.fit(X, Y, verbose=0, callbacks=wrong)
    np.testing.assert_array_equal(fitted.get_weights()[0], before[0])
    assert fitted.optimizer.iterations == 0


def test_early_stopping_restores_the_weights_of_the_best_epoch() -> None:
    weights = []

    class Worsen(Callback):
        """After the third epoch the learning rate is so large that the loss grows."""

        def on_epoch_begin(self, epoch, logs=None):
            self.model.optimizer.learning_rate = 0.05 if epoch < 3 else 2.0

        def on_epoch_end(self, epoch, logs=None):
            weights.append(self.model.get_weights())

    fitted = model()
    fitted.set_weights([np.zeros((2, 1)), np.zeros(1)])
    stop = EarlyStopping("val_loss", patience=2, restore_best_weights=True)
    history = fitted.fit(X, Y, epochs=20, verbose=0, callbacks=[Worsen(), stop], validation_data=(X, Y))
    best = int(np.argmin(history.history["val_loss"]))
    assert best == 2 == stop.best_epoch and stop.stopped_epoch == 4 and len(history.epoch) == 5
    np.testing.assert_array_equal(fitted.get_weights()[0], weights[2][0])


def test_early_stopping_finds_the_direction() -> None:
    def stopped(monitor: str, **arguments) -> Any:
        fitted = keras.Sequential([Input((2,)), Dense(1, "sigmoid", kernel_initializer="zeros")])
        fitted.compile(keras.optimizers.SGD(0.0), "binary_crossentropy", metrics=["acc", "mae"])
        stop = EarlyStopping(monitor, **arguments)
        fitted.fit(X, Y, epochs=5, verbose=0, callbacks=[stop], validation_data=(X, Y))
        return stop.monitor_op

    assert stopped("val_acc") == stopped("acc") == stopped("loss", mode="max") == np.greater
    assert stopped("loss") == stopped("val_mae") == stopped("val_acc", mode="min") == np.less
    with pytest.raises(ValueError, match=r"mode='max'.*Received: monitor='val_nothing'"):
        stopped("val_nothing")


def test_early_stopping_without_its_value_warns() -> None:
    with pytest.warns(UserWarning, match="`val_loss` which is not available. Available metrics are: loss"):
        history = model().fit(X, Y, epochs=2, verbose=0, callbacks=[EarlyStopping("val_loss")])
    assert history.epoch == [0, 1]
    with pytest.warns(UserWarning, match="mode 'sideways' is unknown"):
        EarlyStopping(mode="sideways")


def test_stopping_an_evaluation_and_a_prediction_in_a_batch_hook() -> None:
    def stop(what: str):
        return lambda batch, logs: setattr(fitted, f"stop_{what}", batch == 1)

    fitted = model()
    predicted = fitted.predict(X, 2, verbose=0, callbacks=[LambdaCallback(on_predict_batch_end=stop("predicting"))])
    assert predicted.shape == (4, 1)
    y = np.concatenate([Y[:4], 100 * Y[4:]])
    fitted.set_weights([np.zeros((2, 1)), np.zeros(1)])
    loss = fitted.evaluate(X, y, 2, verbose=0, callbacks=[LambdaCallback(on_test_batch_end=stop("evaluating"))])
    assert loss == 1.0


def test_prediction_hooks_see_the_outputs() -> None:
    seen = []
    fitted = model()
    hook = LambdaCallback(on_predict_batch_end=lambda batch, logs: seen.append(logs["outputs"]))
    predicted = fitted.predict(X, batch_size=4, verbose=0, callbacks=hook)
    assert [len(outputs) for outputs in seen] == [4, 4, 2]
    np.testing.assert_array_equal(np.concatenate(seen), predicted)


def test_an_error_in_a_callback_leaves_a_usable_model() -> None:
    def fail(batch, logs=None):
        raise ZeroDivisionError

    fitted = model()
    with pytest.raises(ZeroDivisionError):
        fitted.fit(X, Y, batch_size=2, verbose=0, callbacks=[LambdaCallback(on_train_batch_end=fail)])
    assert fitted.optimizer.iterations == 1
    fitted.fit(X, Y, verbose=0)
    assert fitted.optimizer.iterations == 2


def test_predicting_and_evaluating_inside_the_training() -> None:
    found = []

    def look(epoch, logs):
        found.append((fitted.predict(X, verbose=0)[0, 0], fitted.evaluate(X, Y, verbose=0)))

    fitted = model()
    history = fitted.fit(X, Y, epochs=3, verbose=0, callbacks=[LambdaCallback(on_epoch_end=look)])
    for (prediction, loss), next_loss in zip(found, history.history["loss"][1:], strict=False):
        assert loss == pytest.approx(next_loss, rel=1e-6) == pytest.approx((prediction - 1) ** 2, rel=1e-5)
