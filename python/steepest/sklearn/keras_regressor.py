"""KerasRegressor."""

from __future__ import annotations

from typing import Any

from sklearn.base import RegressorMixin

from steepest.sklearn._wrapper import Array, Wrapper


class KerasRegressor(RegressorMixin, Wrapper):
    """A regressor around a model of Keras's API, or a function that builds one.

    Args:
        model: a model, of which a copy is trained, or a function that returns one, compiled or not. Where it has
            arguments of these names it is told `meta`, a dict with what is known of the data ("n_features_in_",
            "n_outputs_" and others), and `compile_kwargs`.
        warm_start: whether a fit goes on with the model of the last one.
        random_state: an integer, a RandomState, or None: what weights and orders are drawn from.
        optimizer, loss, metrics, run_eagerly: of `compile`, for a model that is not compiled.
        batch_size, validation_batch_size, verbose, callbacks, validation_split, shuffle, epochs: of the model's `fit`.
        kwargs: arguments of the function, or with "model__", "optimizer__", "compile__", "fit__" or "predict__" before
            their name of what they are sent to.

    Attributes:
        model_: the trained model.
        history_: the losses and metrics of all epochs, by name.
        n_outputs_, n_features_in_, X_dtype_, X_shape_, current_epoch: what was fitted.

    Source: SciKeras, `scikeras.wrappers.KerasRegressor`.

    >>> from steepest import keras
    >>> line = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    >>> line.compile(keras.optimizers.SGD(0.1), "mse")
    >>> model = KerasRegressor(line, epochs=200, random_state=1, verbose=0)
    >>> model.fit([[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0]).predict([[3.0]]).round(2)
    array([7.], dtype=float32)
    """

    def __init__(
        self,
        model: Any = None,
        *,
        warm_start: bool = False,
        random_state: Any = None,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        metrics: Any = None,
        batch_size: int | None = None,
        validation_batch_size: int | None = None,
        verbose: Any = 1,
        callbacks: Any = None,
        validation_split: float = 0.0,
        shuffle: Any = True,
        run_eagerly: bool = False,
        epochs: int = 1,
        **kwargs: Any,
    ):
        self._store(locals())

    def _learn(self, y: Array) -> None:
        self.n_outputs_ = 1 if y.ndim == 1 else y.shape[1]

    def _targets(self, y: Array) -> Array:
        return y

    def predict(self, X: Any, **kwargs: Any) -> Array:
        """The numbers (n,) or (n, outputs) for rows X.

        Args:
            X: rows (n, ...).
            kwargs: of the model's `predict`.
        """
        outputs = self._outputs(X, kwargs)
        return outputs[:, 0] if outputs.shape[1] == 1 else outputs
