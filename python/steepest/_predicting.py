"""From data to predictions: `model(x)` and `predict`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from steepest import _core, _data
from steepest._arguments import verbosity
from steepest._batches import Batching
from steepest._data import READABLE
from steepest._graph import KerasTensor, is_symbolic
from steepest._loop import Report, run_steps
from steepest._registry import refuse_unknown
from steepest._sources import Arrays, Epoch, Part, Source, Stream
from steepest.callbacks import CallbackList
from steepest.layers.layer import Shape, next_pass

Array = NDArray[Any]

_PREDICT = ("x", "batch_size", "verbose", "steps", "callbacks")


class Predictor:
    """A model as far as predicting goes; `Sequential` says what its layers are."""

    name: str
    stop_predicting = False
    _network: _core.Network | None = None
    _row_shape: Shape | None = None  # of one input, once built
    _output_shape: Shape | None = None  # batch included
    _passes = 0  # calls in training mode

    build: Callable[..., None]
    """`build(input_shape)` makes the weights for inputs of this shape, batch included."""

    _shapes: Callable[[Array], tuple[Shape, Shape]]
    """`_shapes(x)`: the shapes of the inputs and of the outputs that the model has or would have for `x`."""

    _call_symbolically: Callable[[Any], KerasTensor]
    """`_call_symbolically(tensor)`: the symbolic output for a symbolic input."""

    def _to_input(self, x: Any) -> Array:
        """`x` as the built model reads it; builds the model if it is not."""
        array = _data.as_array(x, "x")
        shape, _ = self._shapes(array)
        array = _data.to_input(array, shape, self.name)
        self.build(shape)
        return array

    def __call__(self, inputs: Any, training: bool | None = None) -> Any:
        """The outputs for n rows: the shortest way to a prediction.

        Args:
            inputs: array of n rows, or a symbolic tensor for a symbolic output.
            training: whether to compute as in training, with noise and statistics of the batch, which move the weights
                that keep them.

        Raises:
            ValueError: for inputs of a wrong shape or dtype, and for a model without layers.
        """
        if training and not is_symbolic(inputs):
            array = self._to_input(inputs)
            return self._shaped(next_pass(self, self._network, [array])[0])  # type: ignore[arg-type]
        # Only what the core's own checks would miss: the hot path is one comparison of shapes and one of dtypes.
        if (
            type(inputs) is not np.ndarray
            or inputs.shape[1:] != self._row_shape
            or inputs.dtype not in READABLE
            or not len(inputs)
        ):
            if is_symbolic(inputs):
                return self._call_symbolically(inputs)
            inputs = self._to_input(inputs)
        return self._shaped(self._network.predict([inputs])[0])  # type: ignore[union-attr]

    def _shaped(self, outputs: Array) -> Array:
        """What the core put out, in the outputs' shape."""
        shape = self._output_shape
        assert shape is not None  # it is built
        return outputs if len(shape) == 2 else outputs.reshape(-1, *[size or 1 for size in shape[1:]])

    def predict_on_batch(self, x: ArrayLike) -> Array:
        """The outputs (n, N) for n rows, as `model(x)`."""
        return self(x)

    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: int | str = "auto",
        steps: int | None = None,
        callbacks: Any = None,
        **unknown: Any,
    ) -> Array:
        """The outputs for all rows, in inference mode. They do not depend on `batch_size`.

        Args:
            x: n rows, in any real dtype and layout; or what brings batches of them, as in `fit`.
            batch_size: the rows of a step, as callbacks and the progress bar count them; 32 by default.
            verbose: 0 silent, 1 progress bar, 2 one line, `"auto"` 1 on a terminal or in a notebook and 2 elsewhere.
            steps: how many batches to predict; all by default.
            callbacks: callbacks with `on_predict_...` hooks.

        Returns:
            Array of the model's dtype; (n, N) for outputs of N features.

        Raises:
            ValueError: for inputs of a wrong shape or dtype, or a wrong argument.
            TypeError: for an unknown keyword, or a batch size that is no integer.
        """
        if type(x) is np.ndarray and verbose == 0 and batch_size is steps is callbacks is None and not unknown:
            return self(x)
        refuse_unknown(unknown, _PREDICT, f"{type(self).__name__}.predict()")
        verbosity(verbose)
        source: Source
        if _data.is_stream(x):
            source = Stream(x, lambda batch: _data.as_array(_data.unpacked(batch)[0], "x"), steps)
        else:
            array = _data.as_array(x, "x")
            source = Arrays(array, Batching.of(len(array), batch_size, steps))
        self._to_input(source.first)
        called = CallbackList.of(callbacks, add_progbar=verbose != 0)
        called.begin(self, verbose=verbose, epochs=1, steps=source.steps)
        return self._predict_steps(next(source.passes(self._to_input)), called)

    def _predict_steps(self, epoch: Epoch, callbacks: CallbackList) -> Array:
        network = self._network
        assert network is not None
        outputs: list[Array] = []

        def run(part: Part, report: Report | None) -> None:
            x, _, size, begin, end = part
            stride = -(-(end - begin) // 50) if report else end - begin  # at most 50 drawings
            for step in range(begin, end, stride):
                stop = min(step + stride, end)
                outputs.append(self._shaped(network.predict([x[step * size : stop * size]], size)[0]))
                if report:
                    report(stop)

        self.stop_predicting = False
        callbacks.on_predict_begin()
        run_steps("predict", epoch, run, lambda: {"outputs": outputs[-1]}, callbacks)
        callbacks.on_predict_end()
        return outputs[0] if len(outputs) == 1 else np.concatenate(outputs)
