"""The solver "lbfgs": SciPy's L-BFGS-B over the core's loss and gradient, in float64."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import optimize
from sklearn.utils.fixes import _get_additional_lbfgs_options_dict
from sklearn.utils.optimize import _check_optimize_result

from steepest.sklearn._network import Array
from steepest.sklearn._rows import Rows


def minimize(model: Any, X: Any, y: Array, weights: Array | None) -> None:
    """Moves the estimator's weights to where the loss of all rows is lowest.

    Warns:
        ConvergenceWarning: if it ends by `max_iter` or `max_fun`.
    """
    network = model._network_for(np.float64)
    trainer = network.trainer({"name": "none"}, model.alpha)
    rows, rate = Rows(X, y, weights), np.zeros(1)
    scales = rows.penalty_scales(None, len(rows))
    shapes = [array.shape for array in (*model.coefs_, *model.intercepts_)]
    ends = np.cumsum([np.prod(shape) for shape in shapes])[:-1]

    def unpacked(packed: Array) -> tuple[list[Array], list[Array]]:
        arrays = [part.reshape(shape) for part, shape in zip(np.split(packed, ends), shapes, strict=True)]
        return arrays[: len(model.coefs_)], arrays[len(model.coefs_) :]

    def loss_and_gradient(packed: Array) -> tuple[float, Array]:
        network.write(*unpacked(packed))
        trainer.reset_results()
        rows.train(trainer, None, len(rows), rate, scales)
        gradients = trainer.get_gradients()
        return network.shown_loss(trainer), _packed(gradients[0::2], gradients[1::2])

    found = optimize.minimize(
        loss_and_gradient,
        _packed(model.coefs_, model.intercepts_),
        method="L-BFGS-B",
        jac=True,
        options={
            "maxfun": model.max_fun,
            "maxiter": model.max_iter,
            "gtol": model.tol,
            **_get_additional_lbfgs_options_dict("iprint", 1 if model.verbose else -1),
        },
    )
    model.n_iter_ = _check_optimize_result("lbfgs", found, model.max_iter)
    model.loss_ = found.fun
    model.coefs_, model.intercepts_ = unpacked(found.x)


def _packed(coefs: list[Array], intercepts: list[Array]) -> Array:
    return np.concatenate([array.ravel() for array in (*coefs, *intercepts)])
