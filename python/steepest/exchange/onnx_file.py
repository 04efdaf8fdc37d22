"""A model as an ONNX file."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any

import numpy as np

from steepest._data.rows import Array
from steepest._graph.plan import Value
from steepest._graph.tensors import Shape
from steepest._lazy import extra
from steepest.exchange.onnx_activations import ACTIVATIONS, prelu
from steepest.exchange.program import Program, Step

OPSET = 17  # the first with LayerNormalization; all that is used means the same in later ones
_LARGEST = 2**31 - 2**20  # of a file in protobuf's format, with room for what is not weights
_MERGES = {"add": "Add", "subtract": "Sub", "multiply": "Mul", "average": "Add", "maximum": "Max", "minimum": "Min"}


def onnx_file(model: Any, opset_version: int | None = None) -> bytes:
    """An ONNX file that computes what `model.predict` does, for any number of rows.

    Args:
        model: built.
        opset_version: of ONNX's operators, 17 or more; 17 by default.

    Raises:
        ImportError: without the package `onnx`.
        ValueError: for a model that isn't built, a layer that has no translation, an unknown version, and more weights
            than the format holds (2 GB).
    """
    onnx = extra("onnx", "ONNX files")
    newest = onnx.defs.onnx_opset_version()
    opset = OPSET if opset_version is None else opset_version
    if not isinstance(opset, int) or not OPSET <= opset <= newest:
        raise ValueError(
            f"`opset_version` must be an integer from {OPSET} to {newest}, the newest that the installed onnx knows. "
            f"Received: {opset_version=}"
        )
    program = Program(model)
    size = sum(array.nbytes for step in program.steps for array in step.weights.values())
    if size > _LARGEST:
        raise ValueError(f"An ONNX file holds less than 2 GB. Received: model {program.name!r} of {size} bytes")
    return bytes(_Writer(program, onnx).model(opset).SerializeToString())


class _Writer:
    """Turns the steps of a program into nodes.

    A buffer that holds `positions` rows of `columns` of each sample is a tensor (M * positions, columns): what works on
    rows needs no more. It is reshaped where a step asks for rows of another length.
    """

    def __init__(self, program: Program, onnx: Any):
        self.program = program
        self.helper, self.numpy_helper = onnx.helper, onnx.numpy_helper
        self.element_type = int(onnx.helper.np_dtype_to_tensor_dtype(np.dtype(program.dtype)))
        self.double = program.dtype == "float64"
        self.given: dict[str, Any] = {}  # the inputs and
        self.results: dict[str, Any] = {}  # outputs of the graph, by name
        self.nodes: list[Any] = []
        self.constants: dict[tuple[str, bytes], Any] = {}
        self.names: set[str] = set()
        self.tensors: dict[tuple[int, int], str] = {}  # {(buffer, columns): its name}
        self.any: dict[int, str] = {}  # the tensor of a buffer in the shape in which it came
        self.layer = program.name
        self.columns = 0  # of the step's output

    def model(self, opset: int) -> Any:
        program, helper = self.program, self.helper
        for value, name, shape in zip(program.inputs, program.input_names, program.input_shapes, strict=True):
            name = self.unique(name)
            self.given[name] = helper.make_tensor_value_info(name, self.element_type, ["batch", *shape[1:]])
            self.hold(value.buffer, name, shape[1] if len(shape) == 2 else None)
        for step in program.steps:
            self.layer, self.columns = step.layer, step.output.columns
            self.write(step)
        for value, name, shape in zip(program.outputs, program.output_names, program.output_shapes, strict=True):
            self.layer = name
            result = self.unique(f"{name}/output" if name in self.names else name)
            self.put_out(value, result, shape)
            self.results[result] = helper.make_tensor_value_info(result, self.element_type, ["batch", *shape[1:]])
        ports = list(self.given.values()), list(self.results.values())
        graph = helper.make_graph(self.nodes, program.name, *ports, list(self.constants.values()))
        imports = [helper.make_opsetid("", opset)]
        version = helper.find_min_ir_version_for(imports)
        return helper.make_model(graph, opset_imports=imports, ir_version=version, producer_name="steepest")

    def put_out(self, value: Value, result: str, shape: Shape) -> None:
        """Makes a value the output `result` of the graph."""
        if len(shape) != 2 or shape[1] != value.columns:
            self.op(
                "Reshape", self.any[value.buffer], self.integers(-1, *(size or 1 for size in shape[1:])), result=result
            )
            return
        name = self.rows(value)
        if name in [*self.given, *self.results]:
            self.op("Identity", name, result=result)
            return
        for node in self.nodes:
            for names in (node.input, node.output):
                names[:] = [result if one == name else one for one in names]
        self.tensors[value.buffer, value.columns] = self.any[value.buffer] = result

    def write(self, step: Step) -> None:
        """Adds the nodes of a step."""
        kind, spec, y = step.spec["name"], step.spec, step.output
        columns: int | None = y.columns
        if kind == "permute":
            sample = self.op("Reshape", self.any[step.inputs[0].buffer], self.integers(-1, *spec["sizes"]))
            result = self.op("Transpose", sample, perm=[0, *(axis + 1 for axis in spec["order"])])
            columns = None
        elif kind == "repeat":
            [size] = {value.columns for value in step.inputs}
            result = self.op("Tile", self.rows(step.inputs[0]), self.integers(1, spec["times"]))
            columns = size * spec["times"]
        elif kind == "dot":
            result, columns = self.dot(*step.inputs), None
        elif kind == "embedding":
            numbers = self.op("Cast", self.rows(step.inputs[0]), to=7)  # to int64
            flat = self.op("Reshape", numbers, self.integers(-1))
            result = self.op("Gather", self.numbers(step.weights["embeddings"], "embeddings"), flat, axis=0)
        else:
            result = self.in_rows(step, *(self.rows(value) for value in step.inputs))
        self.hold(y.buffer, result, columns)

    def dot(self, a: Value, b: Value) -> str:
        left = self.op("Reshape", self.rows(a), self.integers(-1, a.positions, a.columns))
        right = self.op("Reshape", self.rows(b), self.integers(-1, b.positions, b.columns))
        return self.op("MatMul", left, self.op("Transpose", right, perm=[0, 2, 1]))

    def in_rows(self, step: Step, *x: str) -> str:
        """The nodes of a step that goes row by row."""
        kind, spec, w = step.spec["name"], step.spec, step.weights
        if kind == "dense":
            weights = [self.numbers(array, name) for name, array in w.items()]
            return self.activation(self.op("Gemm" if spec["use_bias"] else "MatMul", *x, *weights), spec["activation"])
        if kind == "activation":
            return self.activation(x[0], spec["activation"])
        if kind == "concatenate":
            return self.op("Concat", *x, axis=1)
        if kind in _MERGES:
            merged = x[0]
            for one in x[1:]:
                merged = self.op(_MERGES[kind], merged, one)
            return self.op("Div", merged, self.number(len(x))) if kind == "average" else merged
        if kind == "rescaling":
            return self.rescaled(x[0], spec["shift"], spec["scale"], spec["offset"])
        if kind == "prelu":
            return prelu(self, x[0], self.numbers(w["alpha"].ravel(), "alpha"))
        if kind == "batch_normalization":
            scaled = self.per_column(w, "gamma", 1), self.per_column(w, "beta", 0)
            kept = self.numbers(w["moving_mean"], "moving_mean"), self.numbers(w["moving_variance"], "moving_variance")
            return self.op("BatchNormalization", *x, *scaled, *kept, epsilon=spec["epsilon"])
        if kind == "layer_normalization":
            scaled = self.per_column(w, "gamma", 1), self.per_column(w, "beta", 0)
            return self.op("LayerNormalization", *x, *scaled, epsilon=spec["epsilon"], axis=-1)
        if kind in ("rms_normalization", "unit_normalization", "scale"):
            result = x[0] if kind == "scale" else self.normalized(x[0], spec)
            for name in w:
                result = self.op("Add" if name == "beta" else "Mul", result, self.numbers(w[name], name))
            return result
        raise self.program.refuse(step, "ONNX")

    def activation(self, x: str, rule: dict[str, Any]) -> str:
        return ACTIVATIONS[rule["name"]](self, x, rule)

    def normalized(self, x: str, spec: dict[str, Any]) -> str:
        """x / sqrt(mean(x^2) + epsilon), or x / sqrt(sum(x^2)) for a spec without epsilon."""
        squares = self.op("ReduceSum", self.op("Mul", x, x), self.integers(1))
        if "epsilon" in spec:
            mean = self.op("Div", squares, self.number(self.columns))
            return self.op("Div", x, self.op("Sqrt", self.op("Add", mean, self.number(spec["epsilon"]))))
        inverse = self.op("Div", self.number(1.0), self.op("Sqrt", squares))
        return self.op("Mul", x, self.op("Min", inverse, self.number(1e12)))

    def rescaled(self, x: str, shift: Any, scale: Any, offset: Any) -> str:
        """(x - shift) * scale + offset, without what changes nothing."""
        for operator, name, numbers, nothing in (("Sub", "shift", shift, 0), ("Mul", "scale", scale, 1)):
            x = x if set(numbers) == {nothing} else self.op(operator, x, self.numbers(numbers, name))
        return x if set(offset) == {0} else self.op("Add", x, self.numbers(offset, "offset"))

    def per_column(self, weights: dict[str, Array], name: str, default: float) -> str:
        """A weight, or as many times what it is without one."""
        return self.numbers(weights.get(name, np.full(self.columns, default)), name)

    # tensors

    def hold(self, buffer: int, name: str, columns: int | None) -> None:
        """Notes down which tensor is a buffer; columns are None where it is not in rows."""
        self.any[buffer] = name
        if columns is not None:
            self.tensors[buffer, columns] = name

    def rows(self, value: Value) -> str:
        """The tensor (M * positions, columns) of a value."""
        key = value.buffer, value.columns
        if key not in self.tensors:
            self.tensors[key] = self.op("Reshape", self.any[value.buffer], self.integers(-1, value.columns))
        return self.tensors[key]

    def op(self, operator: str, *inputs: str, result: str = "", outputs: int = 1, **attributes: Any) -> str:
        """Adds a node; returns the name of its first output."""
        name = self.unique(f"{self.layer}/{operator}")
        names = [result or name, *(f"{name}:{number}" for number in range(1, outputs))]
        self.nodes.append(self.helper.make_node(operator, inputs, names, name, **attributes))
        return names[0]

    def constant(self, name: str, array: Array) -> str:
        """The name of a constant tensor; of the same layer's same numbers there is one."""
        key = f"{self.layer}/{name}", array.tobytes() + bytes(array.ndim)
        if key not in self.constants:
            self.constants[key] = self.numpy_helper.from_array(np.ascontiguousarray(array), self.unique(key[0]))
        return str(self.constants[key].name)

    def numbers(self, values: Any, name: str = "numbers") -> str:
        return self.constant(name, np.asarray(values, self.program.dtype))

    def number(self, value: float) -> str:
        return self.numbers(value, "number")

    def integer(self, value: int) -> str:
        return self.constant("integer", np.array(value, np.int64))

    def integers(self, *values: int) -> str:
        return self.constant("shape" if -1 in values else "integers", np.array(values, np.int64))

    def unique(self, base: str) -> str:
        """A name that is not taken yet."""
        names: Iterable[str] = itertools.chain([base], (f"{base}_{number}" for number in itertools.count(1)))
        name = next(name for name in names if name not in self.names)
        self.names.add(name)
        return name
