"""KerasClassifier."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.preprocessing import LabelEncoder
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.multiclass import check_classification_targets, type_of_target

from steepest.sklearn._wrapper import Array, Wrapper


class KerasClassifier(ClassifierMixin, Wrapper):
    """A classifier around a model of Keras's API, or a function that builds one.

    Labels of any kind become 0, 1, ... in the order of `classes_`, or rows with a 1 if the loss is
    "categorical_crossentropy"; a multi-label y stays as it is.

    Args:
        model: a model, of which a copy is trained, or a function that returns one, compiled or not. Where it has
            arguments of these names it is told `meta`, a dict with what is known of the data ("n_features_in_",
            "n_classes_", "target_type_" and others), and `compile_kwargs`.
        warm_start: whether a fit goes on with the model of the last one.
        random_state: an integer, a RandomState, or None: what weights and orders are drawn from.
        optimizer, loss, metrics, run_eagerly: of `compile`, for a model that is not compiled.
        batch_size, validation_batch_size, verbose, callbacks, validation_split, shuffle, epochs: of the model's `fit`.
        class_weight: {label: weight} or "balanced"; None for 1.
        kwargs: arguments of the function, or with "model__", "optimizer__", "compile__", "fit__" or "predict__" before
            their name of what they are sent to.

    Attributes:
        model_: the trained model.
        history_: the losses and metrics of all epochs, by name.
        classes_, n_classes_, target_type_, n_features_in_, X_dtype_, X_shape_, current_epoch: what was fitted.

    Source: SciKeras, `scikeras.wrappers.KerasClassifier`.

    >>> from steepest import keras
    >>> def build(meta, units):
    ...     layers = [keras.Input((meta["n_features_in_"],)), keras.layers.Dense(units, activation="tanh")]
    ...     return keras.Sequential([*layers, keras.layers.Dense(meta["n_classes_"], activation="softmax")])
    >>> model = KerasClassifier(
    ...     build, loss="sparse_categorical_crossentropy", optimizer="adam", optimizer__learning_rate=0.1,
    ...     model__units=8, epochs=50, random_state=1, verbose=0
    ... )
    >>> X, y = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], ["a", "b", "b", "c"]
    >>> model.fit(X, y).predict(X)
    array(['a', 'b', 'b', 'c'], dtype='<U1')
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
        class_weight: Any = None,
        **kwargs: Any,
    ):
        self._store(locals())

    def _learn(self, y: Array) -> None:
        check_classification_targets(y)
        self.target_type_ = type_of_target(y)
        if self.target_type_ == "multilabel-indicator":
            self.classes_ = np.arange(y.shape[1])
        else:
            self._labels = LabelEncoder().fit(y)
            self.classes_ = self._labels.classes_
        self.n_classes_ = len(self.classes_)

    def _targets(self, y: Array) -> Array:
        if self.target_type_ == "multilabel-indicator":
            return y
        codes: Array = self._labels.transform(y)
        loss = self.model_.loss
        name = loss if isinstance(loss, str) else getattr(loss, "name", getattr(loss, "__name__", ""))
        return np.eye(self.n_classes_)[codes] if name == "categorical_crossentropy" else codes

    def _row_weights(self, y: Array, sample_weight: Array | None) -> Array | None:
        if self.class_weight is None:
            return sample_weight
        own = compute_sample_weight(self.class_weight, y)
        return own if sample_weight is None else own * sample_weight

    def predict_proba(self, X: Any, **kwargs: Any) -> Array:
        """What the model puts out for rows X: (n, classes) in the order of `classes_`.

        Args:
            X: rows (n, ...).
            kwargs: of the model's `predict`.
        """
        outputs = self._outputs(X, kwargs)
        if self.target_type_ != "multilabel-indicator" and outputs.shape[1] == 1:
            return np.hstack([1 - outputs, outputs])
        return outputs

    def predict(self, X: Any, **kwargs: Any) -> Array:
        """The labels of rows X: the likeliest, of a multi-label y 1 where more than a half. See `predict_proba`."""
        probabilities = self.predict_proba(X, **kwargs)
        if self.target_type_ == "multilabel-indicator":
            return (probabilities > 0.5).astype(int)
        labels: Array = self.classes_[probabilities.argmax(axis=1)]
        return labels

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags
