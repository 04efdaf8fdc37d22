"""The arrays of a data set, for each input and each output, checked against each other."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from steepest._data.arrays import Array, as_array, is_sparse, is_stream
from steepest._data.ports import Ports


class Rows:
    """A data set: for each input an array (n, ...), for each output targets (n, ...) and weights, or None.

    `views` are the same rows as the core reads them, once the model has seen them.
    """

    def __init__(
        self,
        x: list[Array],
        y: Sequence[Array | None] = (),
        sample_weight: Sequence[Array | None] = (),
        views: Any = None,
    ):
        self.x, self.y, self.sample_weight, self.views = x, list(y), list(sample_weight), views

    def __len__(self) -> int:
        return int(self.x[0].shape[0])

    @property
    def sparse(self) -> bool:
        """Whether an input is a sparse matrix, which the core can't read."""
        return any(is_sparse(array) for array in self.x)

    def dense(self, chosen: Any) -> Rows:
        """The chosen rows, as arrays."""
        x = [array[chosen].toarray() if is_sparse(array) else array[chosen] for array in self.x]
        others = ([None if one is None else one[chosen] for one in arrays] for arrays in (self.y, self.sample_weight))
        return Rows(x, *others)

    def part(self, begin: int, end: int) -> Rows:
        """The rows begin..end-1, as views."""

        def cut(arrays: Sequence[Array | None]) -> list[Array | None]:
            return [None if array is None else array[begin:end] for array in arrays]

        return Rows([array[begin:end] for array in self.x], cut(self.y), cut(self.sample_weight))


ONE = Ports(["y"])


def as_inputs(x: Any, ports: Ports = ONE, keep_sparse: bool = False) -> list[Array]:
    """The arrays of the inputs, with equally many rows; sparse ones by rows (CSR) if they are kept.

    Raises:
        ValueError: for what `as_array` refuses, and for arrays of different lengths.
    """
    arrays = []
    for i, one in enumerate(ports.arrays(x, "x")):
        name = ports.called("x", i)
        if not is_sparse(one):
            arrays.append(as_array(one, name))
        elif keep_sparse:
            as_array(np.zeros(min(one.shape), one.dtype), name)  # refuses what has no rows, or no real numbers
            arrays.append(one.tocsr())
        else:
            arrays.append(as_array(one.toarray(), name))
    _check_lengths({ports.called("x", i): array for i, array in enumerate(arrays)})
    return arrays


def as_rows(
    x: Any,
    y: Any,
    sample_weight: Any = None,
    inputs: Ports = ONE,
    outputs: Ports = ONE,
    wanted: Sequence[int] = (0,),
    keep_sparse: bool = False,
) -> Rows:
    """The arrays of a data set, checked against each other.

    Args:
        x, y, sample_weight: as `fit` takes them.
        inputs, outputs: of the model.
        wanted: the outputs that must have targets.
        keep_sparse: see `as_inputs`.

    Raises:
        ValueError: for what `as_array` refuses, for missing targets, arrays of different lengths, or one array of
            weights for several outputs that does not hold one for each row.
    """
    xs = as_inputs(x, inputs, keep_sparse)
    named = {inputs.called("x", i): array for i, array in enumerate(xs)}
    if y is None and wanted:
        raise ValueError("`y` is missing: training and evaluation need targets. Received: y=None")
    ys = _arrays(outputs.arrays(y, "y", wanted), "y", outputs)
    if len(outputs) > 1 and sample_weight is not None and not isinstance(sample_weight, (list, tuple, Mapping)):
        weight = as_array(sample_weight, "sample_weight")
        if weight.size != len(weight):
            raise ValueError(
                "One array of `sample_weight` for several outputs must hold one weight a row. Give a list or a dict of "
                f"arrays for others. Received: sample_weight.shape={weight.shape}"
            )
        sample_weight = [weight] * len(outputs)
    given = [None] * len(outputs) if sample_weight is None else outputs.arrays(sample_weight, "sample_weight", wanted)
    weights = _arrays(given, "sample_weight", outputs)
    for name, values in (("y", ys), ("sample_weight", weights)):
        named.update({outputs.called(name, i): array for i, array in enumerate(values) if array is not None})
    _check_lengths(named)
    return Rows(xs, ys, weights)


def _arrays(given: Sequence[Any], name: str, ports: Ports) -> list[Array | None]:
    return [None if one is None else as_array(one, ports.called(name, i)) for i, one in enumerate(given)]


def _check_lengths(arrays: Mapping[str, Array]) -> None:
    lengths = {name: array.shape[0] for name, array in arrays.items()}
    if len(set(lengths.values())) > 1:
        received = ", ".join(f"{length} rows in `{name}`" for name, length in lengths.items())
        raise ValueError(f"All arrays must contain the same number of rows. Received: {received}")


def with_class_weight(rows: Rows, class_weight: Mapping[int, float]) -> Rows:
    """`rows` whose weights are those of their classes; a class without one has 1.

    Raises:
        ValueError: if `class_weight` is no dict from classes to numbers, or there are sample weights already; for
            several outputs, and for targets of more than two dimensions.
    """
    if len(rows.y) > 1:
        raise ValueError("`class_weight` is only supported for models with a single output. Use `sample_weight`.")
    if rows.sample_weight[0] is not None:
        raise ValueError("You cannot pass `class_weight` and `sample_weight` at the same time.")
    if not isinstance(class_weight, Mapping):
        raise ValueError(f"`class_weight` must be a dict {{class: weight}}. Received: class_weight={class_weight!r}")
    try:
        table = {int(key): float(weight) for key, weight in class_weight.items()}
    except (TypeError, ValueError):
        raise ValueError(
            f"`class_weight` must be a dict from class indices to numbers. Received: class_weight={class_weight!r}"
        ) from None
    y = rows.y[0]
    if y is None or y.ndim > 2:
        raise ValueError(
            f"`class_weight` needs targets of one or two dimensions. Received: y.shape={None if y is None else y.shape}"
        )
    labels = np.argmax(y, axis=1) if y.ndim == 2 and y.shape[1] > 1 else np.rint(y.reshape(-1))
    classes, inverse = np.unique(labels, return_inverse=True)
    weights = np.array([table.get(int(label), 1.0) if label == label else 1.0 for label in classes])
    return Rows(rows.x, rows.y, [weights[inverse]])


def split(rows: Rows, validation_split: float) -> tuple[Rows, Rows]:
    """The first rows to train with and the last to validate with: floor(n * (1 - validation_split)) and the rest.

    Raises:
        ValueError: if either part would be empty.
    """
    n = len(rows)
    cut = math.floor(n * (1.0 - validation_split))
    if not 0 < cut < n:
        raise ValueError(
            f"{n} rows can't be split into training and validation data by validation_split={validation_split}: each "
            "part needs at least one row. Give more data, or a different split."
        )
    return rows.part(0, cut), rows.part(cut, n)


def alone(x: Any, **others: Any) -> None:
    """Refuses what is given beside a stream, which has it in its batches.

    Raises:
        ValueError: if anything is.
    """
    for name, value in others.items():
        if value is not None:
            raise ValueError(
                f"When `x` brings whole batches, `{name}` should not be passed: it belongs into the batches, "
                f"`(inputs, targets)` or `(inputs, targets, sample_weights)`. Received: x of type {type(x).__name__}, "
                f"{name} of type {type(value).__name__}"
            )


def unpacked(batch: Any) -> tuple[Any, Any, Any]:
    """`batch` as inputs, targets and sample weights; what it does not have is None.

    Raises:
        ValueError: for a tuple or a list of any other length than 1 to 3.
    """
    if not isinstance(batch, (tuple, list)):
        return batch, None, None
    if not 1 <= len(batch) <= 3:
        raise ValueError(
            "Data are expected as `(inputs,)`, `(inputs, targets)` or `(inputs, targets, sample_weights)`. "
            f"Received: a {type(batch).__name__} of length {len(batch)}"
        )
    return (*batch, *(None,) * (3 - len(batch)))  # type: ignore[return-value]


def validation_parts(data: Any) -> tuple[Any, Any, Any]:
    """`validation_data` as inputs, targets and sample weights; what brings batches has no others.

    Raises:
        ValueError: if it is neither that nor a tuple `(x, y)` or `(x, y, sample_weight)`.
    """
    if is_stream(data):
        return data, None, None
    if not isinstance(data, (tuple, list)) or len(data) not in (2, 3):
        size = f" of length {len(data)}" if isinstance(data, (tuple, list)) else ""
        raise ValueError(
            "`validation_data` must be a tuple `(x, y)` or `(x, y, sample_weight)`, or bring whole batches. "
            f"Received: {type(data).__name__}{size}"
        )
    return unpacked(data)


def to_input(x: Array, input_shape: tuple[int | None, ...], owner: str) -> Array:
    """`x` seen as rows of `input_shape`; a last dimension of 1 may be missing or too many, as in Keras.

    Raises:
        ValueError: if its rows have another shape.
    """
    row = input_shape[1:]
    if x.shape[1:] == row:
        return x
    if x.shape[1:] == (*row, 1):
        return x[..., 0]
    if (*x.shape[1:], 1) == row:
        return x[..., None]
    expected = ", ".join(map(str, ("n", *row)))
    raise ValueError(f"Model {owner!r} takes inputs of shape ({expected}). Received: x.shape={x.shape}")
