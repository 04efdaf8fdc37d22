"""Evaluation with the moving averages of the weights."""

from __future__ import annotations

from steepest.callbacks.callback import Callback, Logs


class SwapEMAWeights(Callback):
    """While the model is evaluated, or predicts, its weights are their moving averages; afterwards what they were.

    For an optimizer with `use_ema=True`. Other callbacks must not change the weights in between.

    Args:
        swap_on_epoch: whether the averages also take the weights' place from the end of an epoch to the beginning of
            the next one, for callbacks that come later and save or look at the model.

    Raises:
        ValueError: in the first hook, if the optimizer keeps no averages.

    Source: Keras; Polyak, Juditsky 1992, "Acceleration of stochastic approximation by averaging".

    >>> SwapEMAWeights(swap_on_epoch=True).swap_on_epoch
    True
    """

    def __init__(self, swap_on_epoch: bool = False):
        super().__init__()
        self.swap_on_epoch = swap_on_epoch
        self._swapped = False

    def _swap(self, swapped: bool) -> None:
        """Makes the averages the weights, or the other way round, where that is not so."""
        if swapped != self._swapped:
            self.model._require_compiled().move_averages("swap")
            self._swapped = swapped

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        if self.swap_on_epoch:
            self._swap(False)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if self.swap_on_epoch:
            self._swap(True)
            if (
                epoch == (self.params or {}).get("epochs", 0) - 1
            ):  # `fit` ends by making the weights the averages: they are already
                self.model._require_compiled().move_averages("to_averages")

    def on_test_begin(self, logs: Logs | None = None) -> None:
        self._swap(True)

    def on_test_end(self, logs: Logs | None = None) -> None:
        self._swap(False)

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        self._swap(True)

    def on_predict_end(self, logs: Logs | None = None) -> None:
        self._swap(False)
