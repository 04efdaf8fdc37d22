"""ONNX files as models: the graph is read and checked here, its operators become layers in `onnx_operators`."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from steepest import _random, layers
from steepest._data.rows import Array
from steepest._graph.tensors import KerasTensor
from steepest._lazy import extra
from steepest._names.registry import snake_case, suggest
from steepest.exchange.onnx_constants import FOLDED
from steepest.exchange.onnx_nodes import Call, Tensor
from steepest.exchange.onnx_operators import OPERATORS
from steepest.models.functional import Functional
from steepest.saving.placeholders import weights_follow

_DOMAINS = {"": "", "ai.onnx": "", "ai.onnx.ml": "ai.onnx.ml."}
_OLDEST = 9  # of opsets: before it, normalizations meant something else
_MOST_NODES = 2_000
_MOST_NUMBERS = 2**20, 2**22  # of a sample: in a tensor, in all of them


def from_onnx(filepath: str | os.PathLike[str], outputs: Sequence[str] | None = None) -> Functional:
    """The model of an ONNX file of dense operators, with its weights: to predict with and to train on.

    Products with constant matrices become `Dense` layers, with the bias and the activation behind them; activations,
    normalizations, dropout, merges, embeddings, scaling and changes of shape become the layers of these. The first axis
    of every input is that of the batch. Networks that PyTorch and skl2onnx export are such graphs.

    Args:
        filepath: the file.
        outputs: names of the tensors that the model shall put out, such as the probabilities without the label of a
            classifier; by default the outputs of the graph.

    Returns:
        A model of the functional API; inputs have the graph's names.

    Raises:
        ImportError: without the package `onnx`: `pip install steepest[onnx]`.
        OSError: if the file can't be read.
        ValueError: for a file that is none of ONNX's or is broken, with weights outside of it, and for an operator or a
            use of one that has no layer; the message names the file, the node and the operator.
    """
    onnx = extra("onnx", "ONNX files")
    path = os.fspath(filepath)
    with open(path, "rb") as file:
        content = file.read()
    try:
        model = onnx.load_model_from_string(content)
    except Exception as error:  # protobuf's, which has no class of its own in every version
        raise ValueError(f"{path!r} is no ONNX file, or a broken one: {error}") from error
    try:
        numbers = len(content) + 2**18  # more of them than the file can hold: a constant may be used several times
        with _random.aside(), weights_follow(numbers):
            return _Reader(onnx, model, path, numbers).model(outputs)
    except RecursionError as error:
        raise ValueError(f"{path!r} has too many nodes one behind the other.") from error


class _Names(NamedTuple):
    """What the nodes of a graph have to do with a tensor."""

    producers: dict[str, Any]
    consumers: dict[str, list[Any]]


class _Reader:
    """The tensors of a graph, which become symbolic tensors of layers, node after node.

    Args:
        onnx: the module.
        model: what it has read.
        path: of the file.
        room: how many numbers constants that are computed of others may have in all.
    """

    def __init__(self, onnx: Any, model: Any, path: str, room: int):
        self.onnx, self.path, self.graph, self.room = onnx, path, model.graph, room
        self.numbers_left = _MOST_NUMBERS[1]
        versions = [entry.version for entry in model.opset_import if _DOMAINS.get(entry.domain) == ""]
        if not self.graph.node and not self.graph.output:
            raise self.wrong("holds no graph")
        if len(self.graph.node) > _MOST_NODES:
            raise self.wrong(f"has {len(self.graph.node)} nodes; expected at most {_MOST_NODES}")
        if len(versions) != 1 or versions[0] < _OLDEST:
            raise self.wrong(f"is of the opsets {versions}; expected one, {_OLDEST} or newer")
        self.opset: int = versions[0]
        self.taken: set[str] = set()
        self.done: set[int] = set()  # nodes that a layer of another node computes, too
        self.tensors: dict[str, Tensor] = {}
        self.constants: dict[str, Array] = {}
        self.doubles = False
        self.names = _Names({}, {})
        for node in self.graph.node:
            for name in filter(None, node.output):
                if self.names.producers.setdefault(name, node) is not node:
                    raise self.wrong(f"has two nodes that put out {name!r}")
            for name in filter(None, node.input):
                self.names.consumers.setdefault(name, []).append(node)
        for array in self.graph.initializer:
            self.constants[array.name] = self.array(array)
        self.batch: int | None = None  # where the file fixes it
        self.kept: set[str] = set()  # tensors that are to be seen from outside

    def wrong(self, what: str) -> ValueError:
        return ValueError(f"{self.path!r} {what}.")

    # from the outputs to the inputs and back

    def model(self, outputs: Sequence[str] | None) -> Functional:
        given = [one for one in self.graph.input if one.name not in self.constants]
        inputs = [self.input(one) for one in given]
        known = [one.name for one in self.graph.output]
        wanted = known if outputs is None else [outputs] if isinstance(outputs, str) else list(outputs)
        for name in wanted:
            if name not in self.names.producers and name not in self.tensors:
                raise ValueError(
                    f"{self.path!r} has no tensor {name!r}.{suggest(name, known)} Its outputs are: {', '.join(known)}"
                )
        self.kept.update(known, wanted)
        needed = self.needed(wanted)
        for node in needed:  # constants first: a product looks for the bias behind it
            if self.operator(node) in FOLDED and all(name in self.constants for name in filter(None, node.input)):
                self.read(node, self.fold)
        for node in needed:
            if node.output[0] not in self.constants and id(node) not in self.done:
                self.read(node, self.translate)
        results = [self.output(name) for name in wanted]
        if not inputs or not results:
            raise self.wrong("has no inputs, or no outputs")
        try:
            name = self.graph.name or "functional"
            return Functional(
                inputs if len(inputs) > 1 else inputs[0], results if len(results) > 1 else results[0], name
            )
        except ValueError as error:
            raise self.wrong(f"makes no model: {error}") from error

    def operator(self, node: Any) -> str:
        """The name of a node's operator, with its domain if that is not ONNX's own."""
        return _DOMAINS.get(node.domain, f"{node.domain}.") + str(node.op_type)

    def needed(self, wanted: Sequence[str]) -> list[Any]:
        """The nodes that these tensors depend on, in the order of the file."""
        found: set[int] = set()
        left = list(wanted)
        while left:
            node = self.names.producers.get(left.pop())
            if node is not None and id(node) not in found:
                found.add(id(node))
                left.extend(node.input)
        return [node for node in self.graph.node if id(node) in found]

    def input(self, given: Any) -> KerasTensor:
        kind = given.type.tensor_type
        sizes: list[int] = [one.dim_value for one in kind.shape.dim]  # 0 where it has a name or none
        if not given.type.HasField("tensor_type") or len(sizes) < 2 or any(size < 1 for size in sizes[1:]):
            raise self.wrong(
                f"has an input {given.name!r} of the shape {tuple(sizes)}; expected the batch and sizes that are known"
            )
        dtype = self.dtype_of(kind.elem_type, f"the input {given.name!r}")
        self.batch = sizes[0] or None
        name = self.unique(given.name)
        tensor: KerasTensor = layers.Input(sizes[1:], dtype=dtype, name=name)
        self.tensors[given.name] = self.checked(
            Tensor(tensor, 1, tuple(sizes[1:]), "given" if dtype[0] in "iub" else "")
        )
        return tensor

    def output(self, name: str) -> KerasTensor:
        tensor = self.tensors[name] if name in self.tensors else None
        if tensor is None or tensor.lead > 1 or tensor.whole:
            raise self.wrong(
                f"has an output {name!r} that is no row of numbers for each sample; name others by `outputs`"
            )
        return tensor.keras

    def read(self, node: Any, how: Callable[[Call], None]) -> None:
        """Turns a node into layers, or into a constant."""
        call = Call(self, node)
        try:
            if not call.output:
                raise ValueError("it puts out nothing")
            with np.errstate(all="ignore"):
                how(call)
            call.refuse_rest()
        except (ValueError, TypeError, IndexError, OverflowError, MemoryError, ArithmeticError) as error:
            name = node.name or call.output
            raise ValueError(f"{self.path!r}, node {name!r}, operator {call.name!r}: {error}") from error

    def fold(self, call: Call) -> None:
        array = np.asarray(FOLDED[call.name](call))
        self.room -= array.size
        if self.room < 0:
            raise ValueError("the constants up to here are many times as large as the file")
        self.constants[call.output] = array

    def translate(self, call: Call) -> None:
        if call.name not in OPERATORS:
            raise ValueError(f"there is no layer for this operator.{suggest(call.name, OPERATORS)}")
        result = OPERATORS[call.name](call)
        self.tensors[call.output] = self.checked(result)

    # numbers

    def dtype_of(self, element_type: int, what: str) -> str:
        try:
            dtype = np.dtype(self.onnx.helper.tensor_dtype_to_np_dtype(element_type))
        except (KeyError, TypeError, ValueError):
            raise self.wrong(f"has no dtype for {what}") from None
        if dtype.kind not in "fiub":
            raise self.wrong(f"has real numbers in another form for {what}; received: {dtype}")
        self.doubles = self.doubles or dtype == np.float64
        return dtype.name

    def array(self, proto: Any) -> Array:
        """The numbers of a constant, whose size is checked first."""
        what = f"the constant {proto.name!r}"
        dtype = np.dtype(self.dtype_of(proto.data_type, what))
        if proto.data_location == self.onnx.TensorProto.EXTERNAL or proto.external_data:
            raise self.wrong(f"keeps {what} in another file, which is not read")
        size = math.prod(proto.dims)
        if any(one < 0 for one in proto.dims) or (proto.raw_data and len(proto.raw_data) != size * dtype.itemsize):
            raise self.wrong(f"has {len(proto.raw_data)} bytes for {what} of the shape {tuple(proto.dims)}")
        try:
            return np.asarray(self.onnx.numpy_helper.to_array(proto))
        except Exception as error:  # whatever NumPy makes of such bytes
            raise self.wrong(f"has {what} that can't be read: {error}") from error

    def checked(self, tensor: Tensor) -> Tensor:
        size = math.prod(tensor.sizes)
        self.numbers_left -= size
        if size > _MOST_NUMBERS[0] or self.numbers_left < 0:
            raise ValueError(
                f"expected at most {_MOST_NUMBERS[0]:,} numbers of a sample in a tensor, {_MOST_NUMBERS[1]:,} in all. "
                f"Received: {tensor.keras.shape}"
            )
        return tensor

    # layers

    @property
    def dtype(self) -> str:
        return "float64" if self.doubles else "float32"

    def unique(self, base: str) -> str:
        """A name that no layer has."""
        name, number = base, 0
        while name in self.taken:
            number += 1
            name = f"{base}_{number}"
        self.taken.add(name)
        return name

    def name_for(self, node: Any, cls: type) -> str:
        """What a layer is called: as the scope of its node, such as `fc1` of `/fc1/Gemm`, else as its class."""
        scope = str(node.name).strip("/").rpartition("/")[0].replace("/", "_").replace(".", "_")
        return self.unique(scope or snake_case(cls.__name__))

    def sole_consumer(self, name: str) -> Any:
        """The node that takes this tensor, if it is one, and the tensor no output; else None."""
        nodes = self.names.consumers.get(name, [])
        return (
            nodes[0] if len(nodes) == 1 and name not in self.kept else None
        )  # a node that takes it twice is there twice
