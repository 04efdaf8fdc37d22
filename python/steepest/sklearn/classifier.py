"""MLPClassifier."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import ClassifierMixin, _fit_context
from sklearn.metrics import accuracy_score
from sklearn.preprocessing import LabelBinarizer
from sklearn.utils import column_or_1d
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import _check_partial_fit_first_call, type_of_target, unique_labels
from sklearn.utils.validation import validate_data

from steepest.sklearn._network import Array
from steepest.sklearn._perceptron import Perceptron


class MLPClassifier(ClassifierMixin, Perceptron):
    """A classifier: dense layers, then softmax; one sigmoid for two classes, one for each label of a multi-label y.

    Minimizes (sum_i s_i loss_i + alpha / 2 * sum of squared coefs) / sum_i s_i over batches, with the cross entropy of
    row i as loss_i and its sample weight s_i. Parameters, defaults, attributes and numbers are those of scikit-learn's
    class of this name.

    Args:
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
        class_weight: weights of the rows by their label, {label: weight}, or "balanced"; None for 1. For a multi-label
            y a list of them. Not scikit-learn's.

    Attributes:
        classes_: the labels, as they came; for a multi-label y its columns.
        coefs_, intercepts_: weights and biases of the layers: what predictions and a warm start use, also after edits.
        loss_, loss_curve_, best_loss_: the mean loss over the last epoch, over each, the lowest.
        validation_scores_, best_validation_score_: accuracies on the rows that early stopping holds out, or None.
        n_iter_, t_: epochs of the last fit; rows seen since the weights were initialized.
        n_layers_, n_outputs_, out_activation_, n_features_in_, feature_names_in_: what was fitted.

    Source: scikit-learn, `sklearn.neural_network.MLPClassifier`.

    >>> X, y = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [False, True, True, False]
    >>> model = MLPClassifier((8,), "tanh", solver="lbfgs", random_state=1).fit(X, y)
    >>> model.predict(X), model.n_layers_, model.out_activation_
    (array([False,  True,  True, False]), 3, 'logistic')
    """

    _parameter_constraints: dict[str, Any] = {
        **Perceptron._parameter_constraints,
        "class_weight": [StrOptions({"balanced"}), dict, list, None],
    }
    loss = "log_loss"

    def __init__(
        self,
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
        class_weight: Any = None,
    ):
        self._store(locals())

    def _validate_input(self, X: Any, y: Any, incremental: bool, reset: bool) -> tuple[Any, Array]:
        X, y = validate_data(
            self,
            X,
            y,
            accept_sparse=["csr", "csc"],
            multi_output=True,
            dtype=(np.float64, np.float32),
            reset=reset,
        )
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        if not hasattr(self, "classes_") or not (self.warm_start or incremental):
            self._label_binarizer = LabelBinarizer().fit(y)
            self.classes_ = self._label_binarizer.classes_
        else:
            classes = unique_labels(y)
            if self.warm_start and set(classes) != set(self.classes_):
                raise ValueError(
                    "warm_start can only be used where `y` has the same classes as in the previous call to fit. "
                    f"Previously got {self.classes_}, `y` has {classes}"
                )
            if not self.warm_start and len(np.setdiff1d(classes, self.classes_, assume_unique=True)):
                raise ValueError(
                    f"`y` has classes not in `self.classes_`. `self.classes_` has {self.classes_}. 'y' has {classes}."
                )
        return X, self._encoded(y)

    # What LabelBinarizer does, which would check the labels again.
    def _encoded(self, y: Array) -> Array:
        if self._label_binarizer.y_type_.startswith("multilabel"):
            encoded: Array = self._label_binarizer.transform(y).astype(bool)
            return encoded
        if len(self.classes_) < 3:
            return (y == self.classes_[-1])[:, None] & (len(self.classes_) > 1)
        return y[:, None] == self.classes_

    def _output_activation(self) -> str:
        return "softmax" if self._label_binarizer.y_type_ == "multiclass" else "logistic"

    def _decoded(self, outputs: Array) -> Array:
        if self._label_binarizer.y_type_.startswith("multilabel"):
            return self._label_binarizer.inverse_transform(outputs)
        if self.n_outputs_ > 1:
            chosen = outputs.argmax(axis=1)
        else:
            chosen = (outputs[:, 0] > 0.5) & (len(self.classes_) > 1)
        labels: Array = self.classes_[chosen.astype(int)]
        return labels

    def _score_outputs(self, outputs: Array, y: Array, weights: Array | None) -> float:
        return float(accuracy_score(y, self._decoded(outputs), sample_weight=weights))

    def _with_class_weight(self, y: Array, weights: Array | None) -> Array | None:
        if self.class_weight is None:
            return weights
        own = compute_sample_weight(self.class_weight, self._decoded(y))
        return own if weights is None else own * weights

    def _stratifies(self) -> bool:
        return self.n_outputs_ == 1

    @available_if(lambda model: model._check_solver())
    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None, classes: Any = None) -> Any:
        """Trains for one more epoch, where the last call stopped; returns the estimator. Not with the solver "lbfgs".

        Args:
            X, y, sample_weight: see `fit`; y need not hold every label.
            classes: all labels that will ever come: needed in the first call.

        Raises:
            ValueError: as `fit`, for labels that are not in `classes`, and with `early_stopping`.
        """
        if _check_partial_fit_first_call(self, classes):
            self._label_binarizer = LabelBinarizer()
            self._label_binarizer.fit(y if type_of_target(y).startswith("multilabel") else classes)
        return self._fit(X, y, sample_weight, incremental=True)

    def predict(self, X: Any) -> Array:
        """The labels (n,), for a multi-label y 0 and 1 (n, labels), of rows X (n, features), dense or sparse."""
        return self._decoded(self._outputs(X))

    def predict_proba(self, X: Any) -> Array:
        """The probabilities (n, classes) of rows X (n, features), in the order of `classes_`."""
        outputs = self._outputs(X)
        return np.hstack([1 - outputs, outputs]) if self.n_outputs_ == 1 else outputs

    def predict_log_proba(self, X: Any) -> Array:
        """log(predict_proba(X))."""
        probabilities = self.predict_proba(X)
        return np.log(probabilities, out=probabilities)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags
