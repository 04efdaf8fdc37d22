"""From data to predictions: `model(x)` and `predict`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steepest import _core
from steepest._data import data_set
from steepest._data.arguments import verbosity
from steepest._data.arrays import is_stream
from steepest._data.batches import Batching
from steepest._data.data_set import Rows
from steepest._data.ports import Ports
from steepest._data.sources import Epoch, Part, Source, Stream, batched
from steepest._graph.tensors import KerasTensor, check_mode, is_symbolic
from steepest._names.registry import refuse_unknown
from steepest._training.loop import Report, run_steps
from steepest.callbacks import CallbackList
from steepest.layers.layer import Shape, next_pass

Array = NDArray[Any]

_PREDICT = ("x", "batch_size", "verbose", "steps", "callbacks")


class Predictor:
    """A model as far as predicting goes; `Sequential` says what its layers are."""

    name: str
    stop_predicting = False
    _network: _core.Network | None = None
    _row_shape: Shape | None = None  # of the only input, once built
    _output_shape: Shape | None = None  # of the only output, batch included
    _passes = 0  # calls in training mode
    _predict_array: Callable[[Any], Array | None] | None = None  # the network's, if samples come and go as rows

    _ports: Callable[[], tuple[Ports, Ports]]
    """`_ports()`: the names of the inputs and of the outputs."""

    build: Callable[..., None]
    """`build(input_shape)` makes the weights for inputs of this shape, batch included."""

    _shapes: Callable[[Sequence[Array]], tuple[list[Shape], list[Shape]]]
    """`_shapes(x)`: the shapes of the inputs and of the outputs that the model has or would have for `x`."""

    _packed: Callable[[list[Array]], Any]
    """`_packed(outputs)`: several outputs in the structure that the model has them in."""

    _call_symbolically: Callable[[Any, bool | None], KerasTensor]
    """`_call_symbolically(tensor, training)`: the symbolic output for a symbolic input."""

    def _use(self, network: _core.Network | None, row_shape: Shape | None, output_shape: Shape | None) -> None:
        """Predicts by `network` from now on; the shapes are None where it has several."""
        self._network, self._row_shape, self._output_shape = network, row_shape, output_shape
        rows = network is not None and row_shape and output_shape and len(row_shape) + 1 == len(output_shape) == 2
        self._predict_array = network.predict_array if rows else None  # type: ignore[union-attr]

    def _meet(self, x: Any) -> None:
        """Gives a model that has no inputs before its first data the chance to find out about them."""

    def _to_inputs(self, x: Any, keep_sparse: bool = False) -> list[Array]:
        """`x` as the built model reads it; builds the model if it is not."""
        self._meet(x)
        arrays = data_set.as_inputs(x, self._ports()[0], keep_sparse)
        shapes, _ = self._shapes(arrays)
        arrays = [data_set.to_input(array, shape, self.name) for array, shape in zip(arrays, shapes, strict=True)]
        self.build(shapes[0])
        return arrays

    def __call__(self, inputs: Any, training: bool | None = None) -> Any:
        """The outputs for n rows: the shortest way to a prediction.

        Args:
            inputs: array of n rows, a list or dict of arrays for several inputs, or symbolic tensors for symbolic
                outputs.
            training: whether to compute as in training, with noise and statistics of the batch, which move the weights
                that keep them. A symbolic call fixes it: the model is such a part of another in `fit` and `predict`.

        Raises:
            ValueError: for inputs of a wrong shape or dtype, and for a model without layers; for symbolic tensors with
                `training=True`, if a layer takes statistics of the batch.
        """
        if self._predict_array is not None and not training:
            outputs = self._predict_array(inputs)
            if outputs is not None:
                return outputs
        if is_symbolic(inputs):
            return self._call_symbolically(inputs, check_mode(self, training))
        arrays = self._to_inputs(inputs)
        network = self._network
        assert network is not None
        return self._shaped(next_pass(self, network, arrays) if training else network.predict(arrays))

    def _shaped(self, outputs: list[Array]) -> Any:
        """What the core put out, in the outputs' shapes and structure."""
        shape = self._output_shape
        if shape is None:
            shapes = self._shapes(())[1]
            return self._packed([out.reshape(-1, *one[1:]) for out, one in zip(outputs, shapes, strict=True)])
        return outputs[0] if len(shape) == 2 else outputs[0].reshape(-1, *[size or 1 for size in shape[1:]])

    def predict_on_batch(self, x: Any) -> Any:
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
    ) -> Any:
        """The outputs for all rows, in inference mode. They do not depend on `batch_size`.

        Args:
            x: n rows, in any real dtype and layout; a list or dict of such for several inputs; or what brings batches
                of them, as in `fit`.
            batch_size: the rows of a step, as callbacks and the progress bar count them; 32 by default.
            verbose: 0 silent, 1 progress bar, 2 one line, `"auto"` 1 on a terminal or in a notebook and 2 elsewhere.
            steps: how many batches to predict; all by default.
            callbacks: callbacks with `on_predict_...` hooks.

        Returns:
            Array of the model's dtype; (n, N) for outputs of N features. Of several outputs a list or dict of them.

        Raises:
            ValueError: for inputs of a wrong shape or dtype, or a wrong argument.
            TypeError: for an unknown keyword, or a batch size that is no integer.
        """
        if (
            self._predict_array is not None
            and verbose == 0
            and batch_size is steps is callbacks is None
            and not unknown
        ):
            outputs = self._predict_array(x)
            if outputs is not None:
                return outputs
        refuse_unknown(unknown, _PREDICT, f"{type(self).__name__}.predict()")
        verbosity(verbose)
        source: Source
        if is_stream(x):
            source = Stream(x, lambda batch: Rows(self._to_inputs(data_set.unpacked(batch)[0])), steps)
        else:
            rows = Rows(self._to_inputs(x, keep_sparse=True))
            source = batched(rows, Batching.of(len(rows), batch_size, steps))
        called = CallbackList.of(callbacks, add_progbar=verbose != 0)
        called.begin(self, verbose=verbose, epochs=1, steps=source.steps)
        return self._predict_steps(next(source.passes(lambda rows: rows)), called)

    def _predict_steps(self, epoch: Epoch, callbacks: CallbackList) -> Any:
        network = self._network
        assert network is not None
        outputs: list[list[Array]] = []

        def run(part: Part, report: Report | None, each_step: bool) -> None:
            rows, _, size, begin, end = part
            stride = 1 if each_step else -(-(end - begin) // 50) if report else end - begin  # at most 50 drawings
            for step in range(begin, end, stride):
                stop = min(step + stride, end)
                outputs.append(network.predict([x[step * size : stop * size] for x in rows.x], size))
                if report and not report(stop) and each_step:
                    return

        self.stop_predicting = False
        callbacks.on_predict_begin()
        run_steps("predict", epoch, run, lambda: {"outputs": self._shaped(outputs[-1])}, callbacks)
        callbacks.on_predict_end()
        if len(outputs) == 1:
            return self._shaped(outputs[0])
        return self._shaped([np.concatenate(parts) for parts in zip(*outputs, strict=True)])
