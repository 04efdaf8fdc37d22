"""What KerasClassifier and KerasRegressor share: SciKeras's way from a model to an estimator of scikit-learn."""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state, column_or_1d
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from steepest import _random, optimizers
from steepest.models import Model

Array = NDArray[Any]

_ROUTES = ("model", "optimizer", "compile", "fit", "predict")


class Wrapper(BaseEstimator, ABC):
    """An estimator around a model, or a function that builds one.

    Parameters may be sent on: `model__units=3` is the argument `units` of the function, `optimizer__learning_rate` one
    of the optimizer, and likewise with `compile__`, `fit__` and `predict__`. A keyword that is no parameter is an
    argument of the function.
    """

    def _store(self, given: dict[str, Any]) -> None:
        for name in self._get_param_names():
            setattr(self, name, given[name])
        for name, value in given["kwargs"].items():
            setattr(self, name, value)

    # parameters

    def _sent(self) -> list[str]:
        """The names of the parameters that are no arguments of the constructor."""
        own = set(self._get_param_names())
        return [name for name in vars(self) if name not in own and not name.startswith("_") and not name.endswith("_")]

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """All parameters, those that are sent on among them."""
        return {**super().get_params(deep=deep), **{name: getattr(self, name) for name in self._sent()}}

    def set_params(self, **params: Any) -> Any:
        """Sets parameters, those that are sent on among them; returns the estimator.

        Raises:
            ValueError: for a name that is no parameter and not sent on.
        """
        sent = {name: value for name, value in params.items() if name.partition("__")[0] in _ROUTES and "__" in name}
        sent |= {name: value for name, value in params.items() if name in self._sent()}
        for name, value in sent.items():
            setattr(self, name, value)
        super().set_params(**{name: value for name, value in params.items() if name not in sent})
        return self

    def _routed(self, route: str) -> dict[str, Any]:
        return {
            name.removeprefix(f"{route}__"): getattr(self, name)
            for name in self._sent()
            if name.startswith(f"{route}__")
        }

    # what classifier and regressor have of their own

    @abstractmethod
    def _learn(self, y: Array) -> None:
        """Sets what a first y tells."""

    @abstractmethod
    def _targets(self, y: Array) -> Array:
        """Targets as the model takes them."""

    def _row_weights(self, y: Array, sample_weight: Array | None) -> Array | None:
        return sample_weight

    # training

    def fit(self, X: Any, y: Any, sample_weight: Any = None, **kwargs: Any) -> Any:
        """Builds the model, unless this is a warm start, and trains it for `epochs`; returns the estimator.

        Args:
            X: rows (n, ...).
            y: targets (n,) or (n, outputs).
            sample_weight: (n,) weights of the rows in the loss.
            kwargs: of the model's `fit`, before those of the estimator.

        Raises:
            ValueError: if there is no model, if it has no loss, for data that don't fit.
        """
        epochs = kwargs.pop("epochs", self._routed("fit").get("epochs", self.epochs))
        return self._fit(X, y, sample_weight, not (self.warm_start and hasattr(self, "model_")), epochs, kwargs)

    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None, **kwargs: Any) -> Any:
        """Trains for one more epoch, where the last call stopped; returns the estimator. See `fit`."""
        return self._fit(X, y, sample_weight, not hasattr(self, "model_"), 1, kwargs)

    def _fit(self, X: Any, y: Any, sample_weight: Any, first: bool, epochs: int, kwargs: dict[str, Any]) -> Any:
        X, y = validate_data(self, X, y, allow_nd=True, multi_output=True, accept_sparse=["csr"], reset=first)
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        weights = self._row_weights(y, None if sample_weight is None else _check_sample_weight(sample_weight, X))
        if first:
            self.X_dtype_, self.X_shape_ = X.dtype, X.shape
            self._learn(y)
            self.random_state_ = deepcopy(check_random_state(self.random_state))
            self.history_: dict[str, list[float]] = {}
        with _random.aside(int(self.random_state_.randint(2**31 - 1))):
            if first:
                self.model_ = self._build()
            arguments = {
                "batch_size": self.batch_size,
                "validation_batch_size": self.validation_batch_size,
                "verbose": self.verbose,
                "callbacks": deepcopy(self.callbacks),
                "validation_split": self.validation_split,
                "shuffle": self.shuffle,
                **self._routed("fit"),
                **kwargs,
            }
            done = self.current_epoch
            arguments |= {"sample_weight": weights, "epochs": done + epochs, "initial_epoch": done}
            history = self.model_.fit(X, self._targets(y), **arguments)
        for name, values in history.history.items():
            self.history_[name] = [*self.history_.get(name, []), *values]
        return self

    @property
    def current_epoch(self) -> int:
        """The number of epochs that the model was trained for."""
        return len(getattr(self, "history_", {}).get("loss", []))

    def _build(self) -> Model:
        if isinstance(self.model, Model):
            model = deepcopy(self.model)
        elif callable(self.model):
            model = self._call(self.model)
        else:
            raise ValueError(
                f"{type(self).__name__} needs a model or a function that builds one: expected `model`. "
                f"Received: model={self.model!r}"
            )
        if not model.compiled:
            model.compile(**self._compile_arguments())
        return model

    def _compile_arguments(self) -> dict[str, Any]:
        optimizer = self.optimizer
        if settings := self._routed("optimizer"):
            optimizer = type(optimizers.get(optimizer))(**settings)
        given = {"optimizer": optimizer, "loss": self.loss, "metrics": self.metrics, "run_eagerly": self.run_eagerly}
        return deepcopy({**given, **self._routed("compile")})

    def _call(self, build: Callable[..., Any]) -> Model:
        offered = {name: getattr(self, name) for name in self._sent() if "__" not in name}
        offered |= {**self._routed("model"), "compile_kwargs": self._compile_arguments()}
        offered["meta"] = {name: value for name, value in vars(self).items() if name.endswith("_") and name[0] != "_"}
        parameters = inspect.signature(build).parameters
        if not any(one.kind is one.VAR_KEYWORD for one in parameters.values()):
            unknown = sorted(set(self._routed("model")) - set(parameters))
            if unknown:
                raise ValueError(f"`model` has no argument {unknown[0]!r}. Received: model__{unknown[0]}")
            offered = {name: value for name, value in offered.items() if name in parameters}
        model: Model = build(**offered)
        return model

    # predictions

    def _outputs(self, X: Any, kwargs: dict[str, Any]) -> Array:
        check_is_fitted(self, "model_")
        X = validate_data(self, X, allow_nd=True, accept_sparse=["csr"], reset=False)
        arguments = {"batch_size": self.batch_size, "verbose": self.verbose, **self._routed("predict"), **kwargs}
        outputs: Array = self.model_.predict(X, **arguments)
        return outputs

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.non_deterministic = True
        return tags
