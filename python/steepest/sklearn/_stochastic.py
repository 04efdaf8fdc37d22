"""Training epoch by epoch: the core takes an epoch's steps, scikit-learn's rules for stopping stand between them."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split

from steepest.sklearn._network import Array, Network
from steepest.sklearn._rows import Rows


class Epochs:
    """The epochs of one call of `fit` or `partial_fit`.

    Args:
        model: the estimator, whose fitted attributes tell how far it is.
        network: with the estimator's weights.
        X, y, weights: rows, targets (n, columns) and weights or None.
    """

    def __init__(self, model: Any, network: Network, X: Any, y: Array, weights: Array | None):
        self.model, self.network = model, network
        self.held_out: tuple[Any, Any, Array | None] | None = None
        if model.early_stopping:
            X, y, weights = self._hold_out(X, y, weights)
        self.rows = Rows(X, y, weights)
        self.batch_size = self._batch_size(len(self.rows))

    def _hold_out(self, X: Any, y: Array, weights: Array | None) -> tuple[Any, Array, Array | None]:
        arrays = [X, y] if weights is None else [X, y, weights]
        parts = train_test_split(
            *arrays,
            random_state=self.model._random_state,
            test_size=self.model.validation_fraction,
            stratify=y if self.model._stratifies() else None,
        )
        held = parts[1::2]
        if held[0].shape[0] < 2:
            raise ValueError(
                "The validation set is too small. Increase 'validation_fraction' or the size of your dataset."
            )
        self.held_out = held[0], self.model._decoded(held[1]), None if weights is None else held[2]
        return parts[0], parts[2], None if weights is None else parts[4]

    def _batch_size(self, rows: int) -> int:
        size = self.model.batch_size
        if size == "auto":
            return min(200, rows)
        if size > rows:
            warnings.warn(
                "Got `batch_size` less than 1 or larger than sample size. It is going to be clipped", stacklevel=2
            )
        return min(int(size), rows)

    def run(self, epochs: int, warn_at: int | None) -> None:
        """Trains for so many epochs, or until scikit-learn would stop.

        Args:
            epochs: the most.
            warn_at: the number of epochs at which not having converged is worth a warning, or None.
        """
        model, solver = self.model, self.model._optimizer
        trainer = solver.trainer(self.network, model.alpha)
        order = np.arange(len(self.rows))
        scales = self.rows.penalty_scales(order, self.batch_size)
        model.n_iter_ = 0
        try:
            for _ in range(epochs):
                if model.shuffle:
                    drawn = np.arange(len(self.rows))
                    model._random_state.shuffle(drawn)
                    order = order[drawn]
                    if self.rows.weights is not None:
                        scales = self.rows.penalty_scales(order, self.batch_size)
                trainer.reset_results()
                rates = solver.rates(len(scales))
                self.rows.train(trainer, order if model.shuffle else None, self.batch_size, rates, scales)
                model.n_iter_ += 1
                model.loss_ = self.network.shown_loss(trainer)
                model.t_ += len(self.rows)
                model.loss_curve_.append(model.loss_)
                if model.verbose:
                    print(f"Iteration {model.n_iter_}, loss = {model.loss_:.8f}")
                self._count_improvement()
                solver.epoch_ends(model.t_)
                if model._no_improvement_count > model.n_iter_no_change:
                    if solver.stops(self._reason(), model.verbose):
                        break
                    model._no_improvement_count = 0
                if model.n_iter_ == warn_at:
                    warnings.warn(
                        f"Stochastic Optimizer: Maximum iterations ({warn_at}) reached and the optimization hasn't "
                        "converged yet.",
                        ConvergenceWarning,
                        stacklevel=2,
                    )
        except KeyboardInterrupt:
            warnings.warn("Training interrupted by user.", stacklevel=2)
        solver.finish(trainer)

    def _reason(self) -> str:
        what = "Training loss" if self.held_out is None else "Validation score"
        return (
            f"{what} did not improve more than tol={self.model.tol:f} for {self.model.n_iter_no_change:d} "
            "consecutive epochs."
        )

    def _count_improvement(self) -> None:
        model = self.model
        if self.held_out is None:
            better = not model.loss_ > model.best_loss_ - model.tol
            if model.loss_ < model.best_loss_:
                model.best_loss_ = model.loss_
        else:
            X, y, weights = self.held_out
            score = model._score_outputs(self.network.predict(X), y, weights)
            model.validation_scores_.append(score)
            if model.verbose:
                print(f"Validation score: {score:f}")
            better = not score < model.best_validation_score_ + model.tol
            if score > model.best_validation_score_:
                model.best_validation_score_ = score
                model._best = self.network.read()
        model._no_improvement_count = 0 if better else model._no_improvement_count + 1
