"""Numbers as the bins that they fall into."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from steepest._data.arrays import as_array
from steepest._data.rows import as_float
from steepest.layers.layer import Array, Shape
from steepest.layers.preprocessing.array_layer import ArrayLayer, batches, check_mode, encoded, encoded_shape

_MODES = ("int", "one_hot", "multi_hot", "count")


class Discretization(ArrayLayer):
    """y = the number of boundaries b with b <= x: in which of the bins between them x lies.

    Args:
        bin_boundaries: the boundaries, rising.
        num_bins: how many bins `adapt` shall make, each with about equally many of the data.
        epsilon: how precise the quantiles are that `adapt` finds: a summary of 1 / epsilon values is kept of the data.
        output_mode: `"int"`: the number of the bin; `"one_hot"`, `"multi_hot"`, `"count"`: as in `CategoryEncoding`.
        sparse: False; outputs are dense.
        dtype, name: as of any layer.

    Raises:
        ValueError: if not exactly one of `bin_boundaries` and `num_bins` is given, or for another mode; when called
            before there are boundaries.

    Source: Keras, `keras.layers.Discretization`, whose estimate of the quantiles this is.

    >>> Discretization(bin_boundaries=[0.0, 1.0])([[-1.5, 0.0, 0.5, 3.0]])
    array([[0, 1, 1, 2]], dtype=int32)
    >>> layer = Discretization(num_bins=2)
    >>> layer.adapt([[1.0, 2.0, 3.0, 4.0]])
    >>> layer.bin_boundaries
    [2.0]
    """

    def __init__(
        self,
        bin_boundaries: Sequence[float] | None = None,
        num_bins: int | None = None,
        epsilon: float = 0.01,
        output_mode: str = "int",
        sparse: bool = False,
        dtype: Any = None,
        name: str | None = None,
    ):
        super().__init__(dtype=dtype, name=name)
        if sparse:
            raise ValueError("Outputs are dense: `sparse` must be False. Received: sparse=True")
        if (num_bins is None) == (bin_boundaries is None):
            raise ValueError(
                f"Either `num_bins` or `bin_boundaries` must be set. Received: {num_bins=}, {bin_boundaries=}"
            )
        if num_bins is not None and num_bins < 1:
            raise ValueError(f"`num_bins` must be at least 1. Received: {num_bins=}")
        self.output_mode = check_mode(output_mode, _MODES, "Discretization")
        self.bin_boundaries = bin_boundaries
        self.num_bins, self.epsilon, self.sparse = num_bins, epsilon, sparse

    def adapt(self, data: Any, steps: int | None = None) -> None:
        """Finds the boundaries: quantiles of all numbers in the data.

        Args:
            data: an array, or what brings batches of them.
            steps: how many batches to take; all by default.

        Raises:
            ValueError: for a layer that was given its boundaries, and for data without numbers.
        """
        if self.num_bins is None:
            raise ValueError(f"Layer {self.name!r} was given its `bin_boundaries`: only `num_bins` can be adapted.")
        summary = np.zeros((2, 0), np.float32)
        for batch in batches(data, steps):
            summary = _merged(_summary(as_array(batch, "data"), self.epsilon), summary, self.epsilon)
        if not summary.size:
            raise ValueError(f"`adapt` of layer {self.name!r} needs at least one batch. Received: {data!r}")
        self.bin_boundaries = _compressed(summary, 1.0 / self.num_bins)[0, :-1].tolist()

    def _boundaries(self) -> Sequence[float]:
        if self.bin_boundaries is None:
            raise ValueError(f"Layer {self.name!r} has no bins yet: give `bin_boundaries`, or call `adapt(data)`.")
        return self.bin_boundaries

    def call(self, inputs: Any) -> Array:
        boundaries = np.asarray(self._boundaries(), self.dtype)
        indices = np.searchsorted(boundaries, as_float(inputs, "inputs", self.dtype), side="right")
        if self.output_mode == "int":
            return indices.astype(np.int32)
        return encoded(indices, self.output_mode, len(boundaries) + 1, self.dtype)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        depth = self.num_bins if self.bin_boundaries is None else len(self.bin_boundaries) + 1
        return encoded_shape(input_shape, self.output_mode, depth)

    def get_config(self) -> dict[str, Any]:
        names = ("bin_boundaries", "num_bins", "epsilon", "output_mode", "sparse", "name", "dtype")
        return {name: getattr(self, name) for name in names}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Any:
        """The layer that `get_config` described, with the boundaries that it had found."""
        if config.get("num_bins") is None or config.get("bin_boundaries") is None:
            return super().from_config(config)
        layer: Any = super().from_config({key: value for key, value in config.items() if key != "bin_boundaries"})
        layer.bin_boundaries = config["bin_boundaries"]
        return layer


# A summary (2, count) of numbers: some of them in rising order, and how many each one stands for.


def _summary(values: Array, epsilon: float) -> Array:
    values = np.sort(values.astype(np.float32).ravel())
    step = max(values.size * epsilon, 1)
    chosen = values[int(step - 1) :: int(step)]
    return np.stack([chosen, np.full_like(chosen, step)])


def _merged(a: Array, b: Array, epsilon: float) -> Array:
    both = np.concatenate([a, b], axis=1)
    return _compressed(both[:, np.argsort(both[0])], epsilon)


def _compressed(summary: Array, epsilon: float) -> Array:
    """About 1 / epsilon numbers, which stand for equally many each: by interpolation of the cumulated counts."""
    if summary.shape[1] * epsilon < 1:
        return summary
    shares = epsilon + np.arange(0.0, 1.0, epsilon)
    counts = summary[1].cumsum()
    values = np.interp(shares, counts / counts[-1], summary[0])
    counts = np.interp(shares, counts / counts[-1], counts)
    return np.stack([values, np.diff(counts, prepend=0)]).astype(np.float32)
