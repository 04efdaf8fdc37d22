"""Curves, histograms and images for TensorBoard."""

from __future__ import annotations

import os
import time
import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steepest.callbacks.callback import Callback, Logs, overrides
from steepest.callbacks.event_file import EventFile
from steepest.callbacks.learning_rates import report_rates


class TensorBoard(Callback):
    """Writes the loss, the metrics and the learning rate into event files, which `tensorboard --logdir=...` shows.

    The files are in `log_dir/train` and, of the validation, in `log_dir/validation`: `epoch_loss` over epochs,
    `batch_loss` over steps, and so on; after each evaluation `evaluation_loss_vs_iterations`. Writing needs no other
    package.

    Args:
        log_dir: the folder.
        histogram_freq: every so many epochs histograms of the weights are written; 0 for none.
        write_graph: whether the model's configuration is written, which TensorBoard draws.
        write_images: whether the weights are written as images too, along with their histograms.
        write_steps_per_second: whether the number of steps in a second is written.
        update_freq: `"epoch"` writes curves over epochs; a number n writes them also every n steps, `"batch"` every
            step.
        profile_batch: 0; there is no profiler.
        embeddings_freq, embeddings_metadata: 0 and None; embeddings are not written.

    Raises:
        ValueError: for a profile or embeddings, and for another `update_freq`.

    Source: Keras.

    >>> TensorBoard("logs", update_freq="batch").update_freq
    1
    """

    def __init__(
        self,
        log_dir: str | os.PathLike[str] = "logs",
        histogram_freq: int = 0,
        write_graph: bool = True,
        write_images: bool = False,
        write_steps_per_second: bool = False,
        update_freq: int | str = "epoch",
        profile_batch: Any = 0,
        embeddings_freq: int = 0,
        embeddings_metadata: Any = None,
    ):
        super().__init__()
        if profile_batch:
            raise ValueError(f"Profiling is not available. Received: profile_batch={profile_batch} (must be 0)")
        if embeddings_freq or embeddings_metadata:
            raise ValueError(
                "Embeddings are not written for TensorBoard: expected embeddings_freq=0 and embeddings_metadata=None. "
                f"Received: {embeddings_freq=}, {embeddings_metadata=}"
            )
        if update_freq not in ("epoch", "batch") and not (isinstance(update_freq, int) and update_freq > 0):
            raise ValueError(f"`update_freq` must be 'epoch', 'batch' or a number of steps. Received: {update_freq=}")
        self.log_dir = str(log_dir)
        self.histogram_freq = histogram_freq
        self.write_graph = write_graph
        self.write_images = write_images
        self.write_steps_per_second = write_steps_per_second
        self.update_freq = 1 if update_freq == "batch" else update_freq
        self.embeddings_freq = embeddings_freq
        self.embeddings_metadata = embeddings_metadata
        self._files: dict[str, EventFile] = {}
        self._steps = 0
        self._batch_began = self._epoch_began = 0.0
        self._epoch_iterations = 0

    def hooks_into(self, kind: str) -> bool:
        if self.update_freq == "epoch":
            return overrides(self, kind, TensorBoard)  # by a subclass: the hooks below have nothing to do
        return super().hooks_into(kind)

    def set_model(self, model: Any) -> None:
        super().set_model(model)
        self._close()
        if self.write_graph and hasattr(model, "to_json"):
            try:
                self._file("train").text("keras", model.to_json(), "graph_keras_model", b"1")
            except (TypeError, ValueError) as error:  # a part without a description, as a lambda
                warnings.warn(f"The model's graph is not written: {error}", stacklevel=2)

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self._steps = 0
        self._file("train")

    def on_train_end(self, logs: Logs | None = None) -> None:
        self._close()

    def on_test_end(self, logs: Logs | None = None) -> None:
        optimizer = self.model.optimizer
        if optimizer is not None:
            self._scalars("validation", "evaluation_{}_vs_iterations", logs or {}, int(optimizer.iterations))

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        super().on_train_batch_begin(batch, logs)
        self._batch_began = time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        super().on_train_batch_end(batch, logs)
        self._steps += 1
        if self.update_freq == "epoch" or self._steps % self.update_freq:  # type: ignore[operator]
            return
        values = dict(logs or {})
        if self.write_steps_per_second:
            values["steps_per_second"] = 1 / max(time.perf_counter() - self._batch_began, 1e-9)
        self._scalars("train", "batch_{}", values, self._steps)

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        if self.write_steps_per_second:
            self._epoch_began, self._epoch_iterations = time.perf_counter(), int(self.model.optimizer.iterations)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        values = {name: value for name, value in (logs or {}).items() if not name.startswith("val_")}
        held_out = {name[4:]: value for name, value in (logs or {}).items() if name.startswith("val_")}
        if values:
            report_rates(self.model, values)
            if self.write_steps_per_second:
                steps = int(self.model.optimizer.iterations) - self._epoch_iterations
                values["steps_per_second"] = steps / max(time.perf_counter() - self._epoch_began, 1e-9)
            self._scalars("train", "epoch_{}", values, epoch)
        if held_out:
            self._scalars("validation", "epoch_{}", held_out, epoch)
        if self.histogram_freq and epoch % self.histogram_freq == 0:
            self._write_weights(epoch)

    def _write_weights(self, epoch: int) -> None:
        file = self._file("train")
        for layer in self.model.layers:
            for number, weights in enumerate(layer.get_weights()):
                tag = f"{self.model.name}/{layer.name}/{number}"
                file.histogram(f"{tag}/histogram", weights, epoch)
                if self.write_images and weights.size > 1:
                    file.image(f"{tag}/image", _as_image(weights), epoch)
        file.flush()

    def _scalars(self, run: str, tag: str, values: Logs, step: int) -> None:
        file = self._file(run)
        for name, value in values.items():
            file.scalar(tag.format(name), float(value), step)
        file.flush()

    def _file(self, run: str) -> EventFile:
        """The file of "train" or "validation", made when it is first needed."""
        if run not in self._files:
            self._files[run] = EventFile(os.path.join(self.log_dir, run))
        return self._files[run]

    def _close(self) -> None:
        for file in self._files.values():
            file.close()
        self._files = {}


def _as_image(weights: NDArray[Any]) -> NDArray[Any]:
    """A bias as a column, a kernel as it lies or on its side, so that it is no higher than wide."""
    image = np.squeeze(weights)
    image = image.reshape(len(image), -1)
    return image.T if len(image) > image.shape[1] > 1 else image
