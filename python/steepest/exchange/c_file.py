"""A model as one C99 file: the weights as arrays, and a function `predict` that needs nothing but <math.h>."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from steepest._data.rows import Array
from steepest._graph.plan import Value
from steepest.exchange.c_functions import ELEMENTS, ROWS
from steepest.exchange.program import Program, Step

_MERGES = {"add": "{} + {}", "subtract": "{} - {}", "multiply": "{} * {}", "average": "{} + {}"}
_MERGES |= {"maximum": "fmax({}, {})", "minimum": "fmin({}, {})"}
_MATH = "exp|expm1|log|log1p|tanh|erfc|sqrt|fabs|fmax|fmin"


def c_file(model: Any) -> bytes:
    """A C99 file whose `predict` computes what `model.predict` does, for one sample.

    Raises:
        ValueError: for a model that isn't built, or a layer that has no translation; its name is in the message.

    >>> from steepest import layers, Sequential
    >>> model = Sequential([layers.Input((2,)), layers.Dense(1, activation="relu")])
    >>> [line for line in c_file(model).decode().splitlines() if line.startswith("void")]
    ['void predict(const float x[2], float y[1]);', 'void predict(const float x[2], float y[1]) {']
    """
    return _Writer(Program(model)).text().encode("ascii")


class _Writer:
    """Turns the steps of a program, one after the other, into statements, weights and the functions they need."""

    def __init__(self, program: Program):
        self.program = program
        self.functions: dict[str, str] = {}
        self.weights: dict[tuple[str, str], str] = {}  # {(what it is called, numbers): name}
        self.body: list[str] = []
        self.places: dict[int, str] = {}  # of a buffer: the array that holds it
        self.sizes: dict[str, int] = {}  # of the arrays of `predict` itself
        self.free: list[str] = []
        self.names: set[str] = set()
        self.x, self.y = self.ports("x", program.input_names), self.ports("y", program.output_names)
        self.left = [value.buffer for value in program.outputs]  # who reads a buffer from here on
        self.left += [value.buffer for step in program.steps for value in step.inputs]
        # The first output that is a buffer: there it is written at once.
        self.targets = dict(reversed([(v.buffer, y) for v, y in zip(program.outputs, self.y, strict=True)]))

    def ports(self, letter: str, names: Sequence[str]) -> list[str]:
        """What the inputs, x, or the outputs, y, are called."""
        return [letter] if len(names) == 1 else [self.unique(f"{letter}_{_identifier(name)}") for name in names]

    def unique(self, base: str) -> str:
        """A name that is not taken yet."""
        names = itertools.chain([base], (f"{base}_{number}" for number in itertools.count(1)))
        name = next(name for name in names if name not in self.names)
        self.names.add(name)
        return name

    def text(self) -> str:
        program = self.program
        for value, name in zip(program.inputs, self.x, strict=True):
            self.places[value.buffer] = name
        for step in program.steps:
            self.write(step)
        for value, name in zip(program.outputs, self.y, strict=True):
            if self.places[value.buffer] != name:
                self.loop(value, f"{name}[i] = {self.places[value.buffer]}[i];")
        arguments = [f"const real {n}[{_count(v)}]" for v, n in zip(program.inputs, self.x, strict=True)]
        arguments += [f"real {n}[{_count(v)}]" for v, n in zip(program.outputs, self.y, strict=True)]
        signature = f"void predict({', '.join(arguments)})"
        arrays = [f"  real {name}[{size}];" for name, size in self.sizes.items()]
        weights = [
            f"static const real {name}[{numbers.count(',') + 1}] = {{\n{_wrapped(numbers)}\n}};"
            for (_, numbers), name in self.weights.items()
        ]
        code = [signature + ";", *self.functions.values(), *weights, "\n".join([f"{signature} {{", *arrays])]
        typed = self.typed(
            "\n\n".join(code) + "\n" + "".join(f"  {line}\n" if line else "\n" for line in self.body) + "}\n"
        )
        return f"{self.comment()}\n#include <math.h>\n\n{typed}"

    def comment(self) -> str:
        """The head of the file: what it is and how to use it."""
        shapes = [*zip(self.x, self.program.input_shapes, strict=True)]
        shapes += zip(self.y, self.program.output_shapes, strict=True)
        stack = sum(self.sizes.values()) * np.dtype(self.program.dtype).itemsize
        weights = sum(array.size for step in self.program.steps for array in step.weights.values())
        lines = [
            f"The model {_identifier(self.program.name)!r}, written by steepest as C99: cc -std=c99 model.c -lm",
            "",
            "`predict` computes the outputs for one sample; call it for each. The arrays are of one axis, in row-major",
            "order, and must not overlap:",
            *(f"  {name}  ({', '.join(map(str, shape[1:]))})" for name, shape in shapes),
            "",
            f"{weights} weights, which are constants, and {stack} bytes of the stack; no memory is allocated, and",
            "nothing is kept between two calls, so that several threads may call it.",
        ]
        return "/* " + "\n   ".join(lines).replace("\n   \n", "\n\n") + " */"

    def typed(self, code: str) -> str:
        """`real` as the dtype's type, with its functions and literals."""
        if self.program.dtype == "float32":
            code = re.sub(rf"\b({_MATH})\(", r"\1f(", code)
            code = re.sub(r"(?<![\w.])(\d+\.\d*(?:e[+-]?\d+)?|\d+e[+-]?\d+)", r"\1f", code)
        return re.sub(r"\breal\b", "float" if self.program.dtype == "float32" else "double", code)

    # one step

    def write(self, step: Step) -> None:
        kind, y = step.spec["name"], step.output
        self.body += ["", f"/* {_identifier(step.layer)}: {kind} */"]
        x = [self.places[value.buffer] for value in step.inputs]
        in_place = kind not in ("dense", "permute", "repeat", "concatenate", "dot", "embedding")
        for value in step.inputs:
            self.left.remove(value.buffer)
        if in_place:
            self.release(step)
        to = self.array(y)
        if not in_place:
            self.release(step)
        if kind in _MERGES:
            self.merge(kind, y, x, to)
        elif kind == "concatenate":
            first = 0
            for value, place in zip(step.inputs, x, strict=True):
                self.call("beside", place, to, value.positions, value.columns, y.columns, first)
                first += value.columns
        elif kind == "dot":
            a, b = step.inputs
            self.call("dot", *x, to, a.positions, b.positions, a.columns)
        elif kind == "repeat":
            size = _count(step.inputs[0])
            self.loop(y, f"{to}[i] = {x[0]}[i % {size}];")
        elif kind == "permute":
            self.permute(step.spec["sizes"], step.spec["order"], x[0], to)
        elif kind == "activation":
            self.activation(step.spec["activation"], y, x[0], to)
        elif kind == "rescaling":
            self.rescale(step, [step.spec[name] for name in ("shift", "scale", "offset")], x[0], to)
        else:
            self.weighted(step, x[0], to)

    def weighted(self, step: Step, x: str, to: str) -> None:
        kind, y, w = step.spec["name"], step.output, step.weights
        if kind == "dense":
            bias = self.constant(step, "bias", w["bias"]) if "bias" in w else "0"
            kernel = self.constant(step, "kernel", w["kernel"])
            self.call("dense", x, to, y.positions, step.inputs[0].columns, y.columns, kernel, bias)
            self.activation(step.spec["activation"], y, to, to)
        elif kind == "batch_normalization":
            variance = np.sqrt(w["moving_variance"].astype(float) + step.spec["epsilon"])
            self.rescale(step, [w["moving_mean"], w.get("gamma", 1.0) / variance, w.get("beta", 0.0)], x, to)
        elif kind in ("layer_normalization", "rms_normalization", "unit_normalization", "scale"):
            if kind != "scale":
                epsilon = [_literal(step.spec["epsilon"])] if "epsilon" in step.spec else []
                self.call(kind, x, to, y.positions, y.columns, *epsilon)
                x = to
            gammas = [name for name in ("gamma", "scale") if name in w]  # Keras's names of one thing
            if gammas or "beta" in w:
                gamma = self.constant(step, gammas[0], w[gammas[0]]) if gammas else "0"
                beta = self.constant(step, "beta", w["beta"]) if "beta" in w else "0"
                self.call("scale", x, to, y.positions, y.columns, gamma, beta)
        elif kind == "prelu":
            self.call("prelu", x, to, y.positions, y.columns, self.constant(step, "alpha", w["alpha"]))
        elif kind == "embedding":
            table = w["embeddings"]
            self.call("embedding", x, to, y.positions, *table.shape[::-1], self.constant(step, "embeddings", table))
        else:
            raise self.program.refuse(step, "C")

    def activation(self, rule: dict[str, Any], value: Value, x: str, to: str) -> None:
        name = rule["name"]
        if name == "linear":
            return
        if name in ROWS:
            return self.call(name, x, to, value.positions, value.columns)
        arguments, code = ELEMENTS[name]
        given = "".join(f", real {argument}" for argument in arguments)
        self.functions[name] = f"static real {name}_of(real x{given}) {{ {code} }}"
        numbers = "".join(f", {_literal(rule[argument])}" for argument in arguments)
        self.loop(value, f"{to}[i] = {name}_of({x}[i]{numbers});")

    def merge(self, kind: str, value: Value, x: Sequence[str], to: str) -> None:
        merged = f"{x[0]}[i]"
        for place in x[1:]:
            merged = _MERGES[kind].format(merged, f"{place}[i]")
        self.loop(value, f"{to}[i] = " + (f"({merged}) / {len(x)}.0;" if kind == "average" else f"{merged};"))

    def rescale(self, step: Step, numbers: Sequence[Any], x: str, to: str) -> None:
        """(x - shift) scale + offset: with three numbers if they are the same for each column."""
        value = step.output
        columns = [np.broadcast_to(np.asarray(each, float), (value.columns,)) for each in numbers]
        if all((each == each[0]).all() for each in columns):
            shift, scale, offset = (_literal(each[0]) for each in columns)
            return self.loop(value, f"{to}[i] = ({x}[i] - {shift}) * {scale} + {offset};")
        names = [self.constant(step, n, each) for n, each in zip(("shift", "scale", "offset"), columns, strict=True)]
        self.call("rescale", x, to, value.positions, value.columns, *names)

    def permute(self, sizes: Sequence[int], order: Sequence[int], x: str, to: str) -> None:
        index = [f"{letter}" for letter in itertools.islice("ijklmnopqrstuvw", len(order))]
        strides = [math.prod(sizes[axis + 1 :]) for axis in order]
        for depth, (letter, axis) in enumerate(zip(index, order, strict=True)):
            self.body.append(f"{'  ' * depth}for (int {letter} = 0; {letter} < {sizes[axis]}; ++{letter})")
        source = " + ".join(f"{letter} * {stride}" for letter, stride in zip(index, strides, strict=True))
        target = index[0]
        for letter, axis in zip(index[1:], order[1:], strict=True):
            target = (
                f"({target}) * {sizes[axis]} + {letter}" if " " in target else f"{target} * {sizes[axis]} + {letter}"
            )
        self.body.append(f"{'  ' * len(index)}{to}[{target}] = {x}[{source}];")

    # statements and arrays

    def call(self, function: str, *arguments: Any) -> None:
        self.functions[function] = ROWS[function]
        self.body.append(f"{function}({', '.join(map(str, arguments))});")

    def loop(self, value: Value, statement: str) -> None:
        self.body.append(f"for (int i = 0; i < {_count(value)}; ++i) {statement}")

    def constant(self, step: Step, name: str, array: Array) -> str:
        """The name of a constant array."""
        numbers = ", ".join(map(_literal, np.asarray(array, self.program.dtype).ravel()))
        key = f"{_identifier(step.layer)}_{name}", numbers  # a shared layer has its weights once
        if key not in self.weights:
            self.weights[key] = self.unique(key[0])
        return self.weights[key]

    def array(self, value: Value) -> str:
        """An array for a buffer: the caller's for an output, else one whose numbers nobody needs any more."""
        name = self.targets.pop(value.buffer, None) or (self.free.pop() if self.free else f"h{len(self.sizes)}")
        if name.startswith("h"):
            self.sizes[name] = max(self.sizes.get(name, 0), _count(value))
        self.places[value.buffer] = name
        return name

    def release(self, step: Step) -> None:
        for place in {self.places[value.buffer] for value in step.inputs}:
            if place in self.sizes and not any(self.places.get(buffer) == place for buffer in self.left):
                self.free.append(place)


def _count(value: Value) -> int:
    return value.positions * value.columns


def _identifier(name: str) -> str:
    """A layer's name as C allows it."""
    return re.sub(r"[^A-Za-z0-9_]", "_", name).lstrip("_0123456789") or "layer"


def _literal(number: Any) -> str:
    """A number as C reads it, with as many digits as bring the same one back."""
    if not math.isfinite(number):
        return "NAN" if math.isnan(number) else "INFINITY" if number > 0 else "-INFINITY"
    text = f"{number:.9g}" if isinstance(number, np.float32) else repr(float(number))
    return text if re.search(r"[.e]", text) else f"{text}.0"


def _wrapped(numbers: str) -> str:
    """Numbers in indented lines of eight."""
    each = numbers.split(", ")
    return ",\n".join(f"  {', '.join(each[first : first + 8])}" for first in range(0, len(each), 8))
