"""A built model as a list of steps with numbers: what is written down for those who run it without the library."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from steepest import _core
from steepest._data.rows import Array
from steepest._graph.plan import Plan, Value
from steepest._graph.tensors import Shape, flatten


class Step(NamedTuple):
    """One step of the core: `spec` and `weights`, in the order of Keras, say what is computed of the inputs."""

    layer: str  # the layer of the model that it belongs to
    spec: dict[str, Any]
    weights: dict[str, Array]
    inputs: tuple[Value, ...]
    output: Value


class Program(Plan):
    """The steps of a model in inference.

    Args:
        model: a `Sequential` or a model of the functional API, built.

    Attributes:
        name: of the model.
        steps: in the order of their use. Those that compute nothing in inference are left out: what they put out is the
            buffer that they take, perhaps in rows of another length.
        input_names, output_names: as `fit` takes them.
        input_shapes, output_shapes: batch included.
        outputs: what holds each output.

    Raises:
        ValueError: for a model that isn't built.
    """

    def __init__(self, model: Any):
        if not model.built:
            raise ValueError(
                f"Model {model.name!r} can't be exported before it has weights. Build it with "
                "`model.build(input_shape)`, or by calling it on data."
            )
        self.name: str = model.name
        self.input_shapes, self.output_shapes = model._shapes([])
        sizes = [_size(shape) for shape in self.input_shapes]
        super().__init__(model.dtype, sizes, model.core_layers())
        self.input_names, self.output_names = (list(ports.names) for ports in model._ports())
        self.steps: list[Step] = []
        self._owners = {id(layer._core): layer for layer in model.weighted_layers()}
        self._layer = model.name
        self._same: dict[int, int] = {}  # buffers that hold what another one holds
        inputs: Any = self.inputs
        values = flatten(model.lower(self, inputs[0] if len(inputs) == 1 else inputs, self.input_shapes[0]))
        self.outputs = [self._resolved(value) for value in values]

    def lower(self, layer: Any, inputs: Any, input_shape: Any, training: bool | None = None) -> Any:
        before, self._layer = self._layer, layer.name
        outputs = super().lower(layer, inputs, input_shape, training)
        self._layer = before
        return outputs

    def step(self, layer: Any, *values: Value) -> Value:
        output = super().step(layer, *values)
        owner = self._owners.get(id(layer)) if isinstance(layer, _core.Layer) else None
        spec = dict(layer if owner is None else owner.core_spec(owner._input_shape))
        linear = spec["name"] == "activation" and spec["activation"]["name"] == "linear"
        silent = "seed" in spec and not self.training  # noise that is there in training alone
        if spec["name"] == "reshape" or silent or linear:
            self._same[output.buffer] = self._resolved(values[0]).buffer
            return output
        weights = {}
        for name, array in zip(owner.weight_names, owner.get_weights(), strict=True) if owner else ():
            matrix = name in ("kernel", "embeddings")  # the others are vectors, whatever they are to users
            weights[name] = array.reshape((-1, spec["units"]) if matrix else -1)
        self.steps.append(Step(self._layer, spec, weights, tuple(map(self._resolved, values)), output))
        return output

    def _resolved(self, value: Value) -> Value:
        return value._replace(buffer=self._same.get(value.buffer, value.buffer))

    def refuse(self, step: Step, form: str) -> ValueError:
        """The error for a step that can't be written down in this form."""
        return ValueError(
            f"Layer {step.layer!r} can't be exported as {form}: it computes {step.spec['name']!r}, which has no "
            f"translation. Received: model {self.name!r}"
        )


def _size(shape: Shape) -> int:
    return math.prod(size or 1 for size in shape[1:])
