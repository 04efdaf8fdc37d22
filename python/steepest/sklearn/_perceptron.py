"""What classifier and regressor share: parameters, initialization, the way of a fit, predictions."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from copy import deepcopy
from numbers import Integral, Real
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, _fit_context
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, Options, StrOptions
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from steepest import activations, optimizers
from steepest.optimizers import Optimizer
from steepest.optimizers._rule import RuleOptimizer
from steepest.sklearn._lbfgs import minimize
from steepest.sklearn._network import Architecture, Array, Network
from steepest.sklearn._solvers import SGD, Adam, Given, Solver
from steepest.sklearn._stochastic import Epochs

HIDDEN = {name for name in activations.__all__ if getattr(getattr(activations, name), "spec", None)}
_BY_CLASS = (getattr(optimizers, name) for name in optimizers.__all__)
OPTIMIZERS: dict[str, type[Optimizer]] = {
    cls.__name__.lower(): cls for cls in _BY_CLASS if isinstance(cls, type) and issubclass(cls, RuleOptimizer)
}


def _flat(arrays: Any) -> Iterator[Array]:
    """The arrays of a list of arrays, or of lists of them."""
    for one in arrays:
        yield from one if isinstance(one, list) else (one,)


class Perceptron(BaseEstimator, ABC):
    """A network of dense layers with scikit-learn's parameters, trained by the core.

    `__init__` only stores; a fit checks. The weights are `coefs_` and `intercepts_`: what is predicted, and where a
    training goes on, is what stands there.
    """

    _parameter_constraints: dict[str, Any] = {
        "hidden_layer_sizes": ["array-like", Interval(Integral, 1, None, closed="left")],
        "activation": [StrOptions({"identity", "logistic", *HIDDEN}), callable],
        "solver": [StrOptions({"lbfgs", *OPTIMIZERS}), Optimizer],
        "alpha": [Interval(Real, 0, None, closed="left")],
        "batch_size": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
        "learning_rate": [StrOptions({"constant", "invscaling", "adaptive"})],
        "learning_rate_init": [Interval(Real, 0, None, closed="neither")],
        "power_t": [Interval(Real, 0, None, closed="left")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "shuffle": ["boolean"],
        "random_state": ["random_state"],
        "tol": [Interval(Real, 0, None, closed="left")],
        "verbose": ["verbose"],
        "warm_start": ["boolean"],
        "momentum": [Interval(Real, 0, 1, closed="both")],
        "nesterovs_momentum": ["boolean"],
        "early_stopping": ["boolean"],
        "validation_fraction": [Interval(Real, 0, 1, closed="left")],
        "beta_1": [Interval(Real, 0, 1, closed="left")],
        "beta_2": [Interval(Real, 0, 1, closed="left")],
        "epsilon": [Interval(Real, 0, None, closed="neither")],
        "n_iter_no_change": [Interval(Integral, 1, None, closed="left"), Options(Real, {np.inf})],
        "max_fun": [Interval(Integral, 1, None, closed="left")],
        "dropout": [Interval(Real, 0, 1, closed="left")],
        "batch_normalization": ["boolean"],
    }

    def _store(self, given: dict[str, Any]) -> None:
        for name in self._get_param_names():
            setattr(self, name, given[name])

    # what classifier and regressor have of their own

    @abstractmethod
    def _validate_input(self, X: Any, y: Any, incremental: bool, reset: bool) -> tuple[Any, Array]:
        """Checked rows, and targets (n,) or (n, columns)."""

    @abstractmethod
    def _output_activation(self) -> str:
        """scikit-learn's name of what the last layer ends in."""

    @abstractmethod
    def _decoded(self, outputs: Array) -> Array:
        """What `predict` returns for outputs (n, columns) of the network, or for targets."""

    @abstractmethod
    def _score_outputs(self, outputs: Array, y: Array, weights: Array | None) -> float:
        """The score of outputs (n, columns), for decoded targets; nan where they are not finite."""

    @abstractmethod
    def _stratifies(self) -> bool:
        """Whether rows held out for early stopping are drawn from each class."""

    # training

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Any:
        """Trains on rows X (n, features), dense or sparse, with targets y (n,) or (n, outputs); returns the estimator.

        Args:
            X: rows; float32 trains in float32, everything else in float64.
            y: labels or numbers.
            sample_weight: (n,) weights of the rows in the loss; None for 1.

        Raises:
            ValueError: for a parameter or data that don't fit, and for weights that are no longer finite.

        Warns:
            ConvergenceWarning: after `max_iter` epochs, or iterations or evaluations of L-BFGS.
        """
        return self._fit(X, y, sample_weight, incremental=False)

    def _fit(self, X: Any, y: Any, sample_weight: Any, incremental: bool) -> Any:
        sizes = self.hidden_layer_sizes
        sizes = list(sizes) if hasattr(sizes, "__iter__") else [sizes]
        if any(size <= 0 for size in sizes):
            raise ValueError(f"hidden_layer_sizes must be > 0, got {sizes}.")
        first = not hasattr(self, "coefs_") or not (self.warm_start or incremental)
        X, y = self._validate_input(X, y, incremental, reset=first)
        weights = None if sample_weight is None else _check_sample_weight(sample_weight, X)
        y = y.reshape(len(y), -1)
        self.n_outputs_ = y.shape[1]
        self._random_state = check_random_state(self.random_state)
        if first:
            self._initialize([X.shape[1], *map(int, sizes), self.n_outputs_], X.dtype)
        weights = self._with_class_weight(y, weights)
        if self.solver == "lbfgs":
            if self.dropout or self.batch_normalization:
                raise ValueError(
                    "The solver 'lbfgs' needs the same loss whenever it evaluates the same weights: with dropout or "
                    "batch_normalization use a stochastic one. "
                    f"Received: dropout={self.dropout}, batch_normalization={self.batch_normalization}"
                )
            minimize(self, X, y, weights)
        else:
            self._fit_stochastic(X, y, weights, incremental)
        if not all(np.isfinite(array).all() for array in (*self.coefs_, *self.intercepts_)):
            raise ValueError(
                "Solver produced non-finite parameter weights. The input data may contain large values and need to be "
                "preprocessed."
            )
        return self

    def _initialize(self, units: list[int], dtype: Any) -> None:
        """Weights and biases uniform within sqrt(6 / (inputs + units)), for logistic sqrt(2 / (inputs + units))."""
        self.n_iter_ = self.t_ = 0
        self.n_layers_ = len(units)
        self.out_activation_ = self._output_activation()
        self.coefs_: list[Array] = []
        self.intercepts_: list[Array] = []
        for inputs, columns in zip(units, units[1:], strict=False):
            bound = np.sqrt((2.0 if self.activation == "logistic" else 6.0) / (inputs + columns))
            for arrays, shape in ((self.coefs_, (inputs, columns)), (self.intercepts_, (columns,))):
                arrays.append(self._random_state.uniform(-bound, bound, shape).astype(dtype, copy=False))
        if self.batch_normalization:
            starts = (1.0, 0.0, 0.0, 1.0)
            self.normalizations_ = [[np.full(columns, a, dtype) for a in starts] for columns in units[1:-1]]
        self._seed = int(self._random_state.randint(2**31 - 1)) if self.dropout else 0
        if self.solver != "lbfgs":
            self.loss_curve_: list[float] = []
            self._no_improvement_count = 0
            self.best_loss_ = None if self.early_stopping else np.inf
            self.validation_scores_: list[float] | None = [] if self.early_stopping else None
            self.best_validation_score_ = -np.inf if self.early_stopping else None
            self._best = deepcopy(self._weights())

    def _fit_stochastic(self, X: Any, y: Array, weights: Array | None, incremental: bool) -> None:
        if not incremental or not hasattr(self, "_optimizer"):
            self._optimizer = self._solver()
        if self.early_stopping and incremental:
            raise ValueError("partial_fit does not support early_stopping=True")
        network = self._network_for(self.coefs_[0].dtype)
        epochs = Epochs(self, network, X, y, weights)
        if incremental:
            epochs.run(1, warn_at=None)
        else:
            epochs.run(self.max_iter, warn_at=self.max_iter)
        best = self._best if self.early_stopping else network.read()
        for own, trained in zip(self._weights(), best, strict=True):
            for array, new in zip(_flat(own), _flat(trained), strict=True):
                array[...] = new

    def _solver(self) -> Solver:
        if isinstance(self.solver, Optimizer):
            return Given(self.solver)
        if self.solver not in ("adam", "sgd"):
            return Given(OPTIMIZERS[self.solver](learning_rate=self.learning_rate_init))
        if self.solver == "adam":
            return Adam(self.learning_rate_init, self.beta_1, self.beta_2, self.epsilon)
        return SGD(self.learning_rate_init, self.momentum, self.nesterovs_momentum, self.learning_rate, self.power_t)

    def _check_solver(self) -> bool:
        if self.solver == "lbfgs":
            raise AttributeError(
                f"partial_fit is only available for stochastic optimizers. {self.solver} is not stochastic."
            )
        return True

    def _with_class_weight(self, y: Array, weights: Array | None) -> Array | None:
        """The weights of the rows, by the classes of their targets too where there are classes with weights."""
        return weights

    # predictions

    def _weights(self) -> tuple[list[Array], list[Array], list[list[Array]]]:
        """coefs, intercepts, and of each normalized layer scale, shift, mean and variance."""
        return self.coefs_, self.intercepts_, self.normalizations_ if self.batch_normalization else []

    def _network_for(self, dtype: Any) -> Network:
        """The core's network with the estimator's weights, in float32 or float64."""
        units = (self.coefs_[0].shape[0], *(coef.shape[1] for coef in self.coefs_))
        name = "float32" if dtype == np.float32 else "float64"
        architecture = Architecture(
            units,
            self.activation,
            self.out_activation_,
            name,
            self.batch_normalization,
            float(self.dropout),
            self._seed if self.dropout else 0,
        )
        network = self.__dict__.get("_network")
        if network is None or network.architecture != architecture:
            self._network = network = Network(architecture)
        network.write(*self._weights())
        return network

    def _outputs(self, X: Any) -> Array:
        check_is_fitted(self)
        X = validate_data(self, X, accept_sparse=["csr", "csc"], reset=False)
        return self._network_for(np.result_type(X.dtype, self.coefs_[0].dtype)).predict(X)

    def __getstate__(self) -> dict[str, Any]:
        state = super().__getstate__()
        return {name: value for name, value in state.items() if name != "_network"}

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags
