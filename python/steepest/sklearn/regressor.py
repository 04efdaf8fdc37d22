"""MLPRegressor."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import RegressorMixin, _fit_context
from sklearn.metrics import r2_score
from sklearn.utils import column_or_1d
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import validate_data

from steepest.sklearn._network import Array
from steepest.sklearn._perceptron import Perceptron


class MLPRegressor(RegressorMixin, Perceptron):
    """A regressor: dense layers, then the numbers themselves, or exp of them for counts.

    Minimizes (sum_i s_i loss_i + alpha / 2 * sum of squared coefs) / sum_i s_i over batches, with the sample weight s_i
    of row i and loss_i = sum_j (p_ij - y_ij)^2 / 2, shown as the mean over j, or half the Poisson deviance. Parameters,
    defaults, attributes and numbers are those of scikit-learn's class of this name.

    Args:
        loss: "squared_error", the default, or "poisson", for y of 0 or more.
        hidden_layer_sizes: units of the hidden layers; (100,) by default, () for the linear model.
        activation: of the hidden layers: "relu", the default, "identity", "logistic", "tanh", or another of
            `steepest.activations`, by name or itself.
        solver: "adam", the default, "sgd", or "lbfgs": SciPy's L-BFGS-B over all rows, in float64. Or an optimizer of
            `steepest.optimizers` whose rule the core has: by name, with `learning_rate_init`, or itself, perhaps with a
            schedule.
        alpha: factor of the penalty; 0.0001 by default.
        batch_size: rows of a step, or "auto": 200, or all if there are fewer.
        learning_rate: of "sgd": "constant", the default; "invscaling": learning_rate_init / (rows seen + 1)^power_t;
            "adaptive": divided by 5 whenever training would stop, down to 1e-6.
        learning_rate_init: the first learning rate; 0.001 by default.
        power_t: the exponent of "invscaling"; 0.5 by default.
        max_iter: the most epochs, or iterations of "lbfgs"; 200 by default.
        shuffle: whether each epoch goes through the rows in a random order; True by default.
        random_state: an integer, a RandomState, or None: what weights, held out rows and orders are drawn from.
        tol: what an improvement is at least; for "lbfgs" the gradient that is small enough; 0.0001 by default.
        verbose: whether the loss of each epoch is printed.
        warm_start: whether a fit begins with the weights of the last one.
        momentum, nesterovs_momentum: of "sgd"; 0.9 and True by default.
        early_stopping: whether the score of `validation_fraction` of the rows, held out, decides when to stop, and
            which weights are kept; by default the loss decides.
        validation_fraction: 0.1 by default.
        beta_1, beta_2, epsilon: of "adam"; 0.9, 0.999 and 1e-8 by default.
        n_iter_no_change: training stops after more epochs without improvement than this; 10 by default.
        max_fun: the most evaluations of "lbfgs"; 15,000 by default.
        dropout: share of each hidden layer's outputs that a step drops; 0 by default. Not scikit-learn's.
        batch_normalization: whether hidden layers are normalized over the batch before their activation, as Keras's
            layer does by default; their scales, shifts, means and variances are `normalizations_`. Not scikit-learn's.

    Attributes:
        coefs_, intercepts_: weights and biases of the layers: what predictions and a warm start use, also after edits.
        loss_, loss_curve_, best_loss_: the mean loss over the last epoch, over each, the lowest.
        validation_scores_, best_validation_score_: R^2 on the rows that early stopping holds out, or None.
        n_iter_, t_: epochs of the last fit; rows seen since the weights were initialized.
        n_layers_, n_outputs_, out_activation_, n_features_in_, feature_names_in_: what was fitted.

    Source: scikit-learn, `sklearn.neural_network.MLPRegressor`.

    >>> model = MLPRegressor(hidden_layer_sizes=(), alpha=0.0, solver="lbfgs", random_state=1)
    >>> model.fit([[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0]).predict([[3.0]]).round(3)
    array([7.])
    """

    _parameter_constraints: dict[str, Any] = {
        **Perceptron._parameter_constraints,
        "loss": [StrOptions({"squared_error", "poisson"})],
    }

    def __init__(
        self,
        loss: str = "squared_error",
        hidden_layer_sizes: Any = (100,),
        activation: str = "relu",
        *,
        solver: Any = "adam",
        alpha: float = 0.0001,
        batch_size: Any = "auto",
        learning_rate: str = "constant",
        learning_rate_init: float = 0.001,
        power_t: float = 0.5,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: Any = None,
        tol: float = 1e-4,
        verbose: Any = False,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: Any = 10,
        max_fun: int = 15000,
        dropout: float = 0.0,
        batch_normalization: bool = False,
    ):
        self._store(locals())

    def _validate_input(self, X: Any, y: Any, incremental: bool, reset: bool) -> tuple[Any, Array]:
        X, y = validate_data(
            self,
            X,
            y,
            accept_sparse=["csr", "csc"],
            multi_output=True,
            y_numeric=True,
            dtype=(np.float64, np.float32),
            reset=reset,
        )
        return X, column_or_1d(y, warn=True) if y.ndim == 2 and y.shape[1] == 1 else y

    def _output_activation(self) -> str:
        return "exp" if self.loss == "poisson" else "identity"

    def _decoded(self, outputs: Array) -> Array:
        return outputs.ravel() if outputs.shape[1] == 1 else outputs

    def _score_outputs(self, outputs: Array, y: Array, weights: Array | None) -> float:
        return (
            float(r2_score(y, self._decoded(outputs), sample_weight=weights)) if np.isfinite(outputs).all() else np.nan
        )

    def _stratifies(self) -> bool:
        return False

    @available_if(lambda model: model._check_solver())
    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> Any:
        """Trains for one more epoch, where the last call stopped; returns the estimator. Not with the solver "lbfgs".

        Args:
            X, y, sample_weight: see `fit`.

        Raises:
            ValueError: as `fit`, and with `early_stopping`.
        """
        return self._fit(X, y, sample_weight, incremental=True)

    def predict(self, X: Any) -> Array:
        """The numbers (n,) or (n, outputs) for rows X (n, features), dense or sparse."""
        return self._decoded(self._outputs(X))
