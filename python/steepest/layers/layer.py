"""The base of the layers: a name, and the weights that the core keeps for it.

To add a layer: a subclass with `lower` (which steps of the core it is) and, where they differ from its input's,
`compute_output_shape`; with weights also `core_spec` and `initial_weights`; one line in `layers/__init__.py`. Shapes
include the batch, as in Keras.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from steepest import _core, config, regularizers
from steepest._data.rows import as_float
from steepest._graph.plan import Plan, Value
from steepest._graph.tensors import KerasTensor, Node, check_mode, flatten, is_symbolic
from steepest._graph.tracing import arguments_of, completed
from steepest._names.registry import auto_name, snake_case, suggest
from steepest._weights.rules import l1_l2_of
from steepest._weights.trainable import Trainable
from steepest.saving.copying import Described
from steepest.saving.placeholders import placeholder

_ONE_VALUED = {"quantization_config": None, "optional": False}  # of Keras's descriptions

Array: TypeAlias = NDArray[Any]
Shape: TypeAlias = "tuple[int | None, ...]"


class Layer(Trainable, Described):
    """y = f(x; weights).

    Args:
        trainable: whether training changes the weights; True by default.
        dtype: `"float32"` or `"float64"`. The first layer of a model that is given one decides for the model;
            `config.floatx()` if none is.
        name: by default the class's name, numbered: `dense`, `dense_1`, ...
        activity_regularizer: what the outputs cost, divided by the samples of a batch: L1, L2 or L1L2 of
            `steepest.regularizers` in a model; None for nothing.
        input_shape, input_dim: the old spelling of an `Input` in front of the first layer.

    Raises:
        ValueError: for a wrong value or an unknown keyword.
    """

    weight_names: tuple[str, ...] = ()  # in Keras's order
    merges = False  # whether it takes a list of inputs; shapes are then lists, too
    looks_at_batch = False  # whether it takes statistics of the batch in training
    noisy = False  # whether it is random in training
    fixed = False  # whether its weights are set, but never trained
    padding: tuple[Array, ...] = ()  # what Keras's files have behind the weights, and nobody needs
    composes = True  # whether a `call` of a subclass puts other layers together

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        if not cls.composes or not hasattr(cls, "call") or hasattr(cls, "_traces"):
            return super().__new__(cls)
        from steepest.layers.composed import Composed

        layer = super().__new__(completed(cls, Composed))
        layer._arguments, layer._traces, layer._models = arguments_of(cls, args, kwargs), {}, {}
        return layer

    def __init__(
        self,
        *,
        trainable: bool = True,
        dtype: Any = None,
        name: str | None = None,
        activity_regularizer: Any = None,
        **old: Any,
    ):
        if not isinstance(name, (str, type(None))):
            raise ValueError(f"`name` must be a string. Received: name={name!r} (of type {type(name).__name__})")
        self.name = auto_name(snake_case(type(self).__name__)) if name is None else name
        self._set_trainable(trainable)
        self.activity_regularizer = regularizers.get(activity_regularizer)
        self._given_dtype = None if dtype is None else config.standardize_dtype(dtype)
        self._given_input_shape = _old_input_shape(old)
        if old:
            self._refuse(old)
        self._core: _core.Layer | None = None  # where the weights are, once built
        self._input_shape: Shape | None = None
        self._nodes: list[Node] = []  # its calls on symbolic tensors
        self._passes = 0  # calls in training mode
        self._activity_losses: list[Any] = []  # of its last call on an array

    def _refuse(self, unknown: Mapping[str, Any]) -> None:
        import inspect

        known = [name for name in inspect.signature(type(self)).parameters if name != "kwargs"]
        known += ["name", "dtype", "input_shape", "input_dim"]
        raise ValueError(
            f"Unrecognized keyword arguments passed to {type(self).__name__}: {dict(unknown)}."
            f"{suggest(next(iter(unknown)), known)}"
        )

    # What a subclass defines

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The shape of the outputs for inputs of this shape, batch included."""
        return tuple(input_shape)

    def check_input(self, input_shape: Shape) -> None:
        """Refuses inputs that the layer can't take.

        Raises:
            ValueError: if the layer can't take inputs of this shape.
        """

    def lower(self, plan: Plan, inputs: Value, input_shape: Shape) -> Value:
        """Adds the layer's steps to the plan; returns what holds its outputs."""
        raise ValueError(
            f"Layer {self.name!r} ({type(self).__name__}) is not known to the core. Give it a `call` that composes "
            "layers of `keras.layers`."
        )

    def core_spec(self, input_shape: Shape) -> dict[str, Any] | None:
        """What the core is told of a layer with weights, which sees rows of the inputs' last axis; None without any."""
        return None

    def core_columns(self, input_shape: Shape) -> int | None:
        """How many numbers the core's rows have; None where a size is unknown."""
        return input_shape[-1]

    def initial_weights(self, input_shape: Shape, dtype: str) -> list[Array]:
        """New weights, in Keras's order."""
        return []

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal layer."""
        config = {"name": self.name, "trainable": self.trainable, "dtype": self.dtype}
        if self.activity_regularizer is not None:
            config["activity_regularizer"] = regularizers.serialize(self.activity_regularizer)
        return config

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Layer:
        """The layer that `get_config` described, here or in Keras, with new weights."""
        arguments = {key: value for key, value in config.items() if value != _ONE_VALUED.get(key, ...)}
        if isinstance(arguments.get("dtype"), Mapping):  # Keras's policy, which has the dtype's name
            arguments["dtype"] = arguments["dtype"]["config"]["name"]
        return cls(**arguments)

    def add_weight(self, *args: Any, **kwargs: Any) -> Any:
        """Refused: the core trains the weights of the layers that it knows.

        Raises:
            ValueError: always; it says what can be done instead.
        """
        raise ValueError(
            f"Layer {self.name!r} ({type(self).__name__}) can't have weights of its own: the core trains those of the "
            "layers that it knows. Put such layers together in `call`: Dense, Embedding, BatchNormalization, PReLU and "
            "the others of `keras.layers`."
        )

    # What all layers have

    def activity_factors(self) -> tuple[float, float]:
        """l1 and l2 of the activity regularizer, as models take it.

        Raises:
            ValueError: for a regularizer that the core doesn't know.
        """
        return l1_l2_of(self.activity_regularizer, self.name)

    @property
    def dtype(self) -> str:
        """The dtype of the weights: the model's, once the layer is built."""
        if self._core is not None:
            return self._core.dtype
        return self._given_dtype or config.floatx()

    @property
    def built(self) -> bool:
        """Whether the weights exist."""
        return self._input_shape is not None

    def build(self, input_shape: Sequence[Any]) -> None:
        """Makes the weights for inputs of this shape, batch included: `(None, K)`.

        Raises:
            ValueError: if the layer can't take such inputs; the layer is then as it was.
            MemoryError: if the weights don't fit into memory.
        """
        shape: Any = [standardize_shape(one) for one in input_shape] if self.merges else standardize_shape(input_shape)
        self.check_input(shape)
        if not self.built:
            self._build(shape, self.dtype)

    def _build(self, input_shape: Shape, dtype: str) -> None:
        spec = self.core_spec(input_shape)
        if spec is not None:
            columns = self.core_columns(input_shape)
            if columns is None:
                raise ValueError(
                    f"All sizes but the batch's must be known to make weights. Received: shape={input_shape}"
                )
            weights = self.initial_weights(input_shape, dtype)
            core = _core.Layer(spec, [(1, columns)], dtype, [array.shape for array in weights])
            core.set_weights([array.astype(dtype, copy=False) for array in weights])
            self._core = core
        self._input_shape = input_shape

    def _forget(self) -> None:
        """Back to what the layer was before it was built."""
        self._core = self._input_shape = None

    def _initial(self, initializer: Any, shape: tuple[int, ...], dtype: str) -> Array:
        following = placeholder(shape, dtype, self.name)
        if following is not None:
            return following
        if math.prod(shape) > 2**56:  # NumPy would call it a wrong value
            raise MemoryError(f"Layer {self.name!r} would need a weight of shape {shape}.")
        values = as_float(initializer(shape, dtype=dtype), "initial weights", dtype)
        if values.shape != shape:
            raise ValueError(
                f"An initializer of layer {self.name!r} must return an array of shape {shape}. Received: {values.shape}"
            )
        return values

    def _check_features(self, input_shape: Shape) -> None:
        """Refuses inputs whose last axis has another size than those that the layer was built for."""
        if self._input_shape is not None and self._input_shape[-1] != input_shape[-1]:
            raise ValueError(
                f"Layer {self.name!r} was built for inputs of {self._input_shape[-1]} features "
                f"and can't take {input_shape[-1]}. Received: input shape {input_shape}"
            )

    def weighted_layers(self) -> list[Any]:
        """The layer itself, if it has weights."""
        return [] if self._core is None else [self]

    def get_weights(self) -> list[Array]:
        """Copies of the weights in Keras's order; none before the layer is built."""
        return [] if self._core is None else self._core.get_weights()

    def set_weights(self, weights: Sequence[ArrayLike]) -> None:
        """Copies `weights`, shaped as `get_weights()`, into the layer.

        Raises:
            ValueError: for a wrong number of arrays or a wrong shape; the layer is then as it was.
        """
        shapes = [] if self._core is None else self._core.weight_shapes
        arrays = check_weights(weights, shapes, self.name, self.dtype)
        if self._core is not None:
            self._core.set_weights(arrays)

    @property
    def weights(self) -> list[Array]:
        """Read-only copies of the weights; `set_weights` changes them."""
        return [read_only(array) for array in self.get_weights()]

    def count_params(self) -> int:
        """The number of scalars in the weights.

        Raises:
            ValueError: before the layer is built.
        """
        self._check_counted("layer")
        return 0 if self._core is None else sum(map(math.prod, self._core.weight_shapes))

    def __call__(self, inputs: Any, training: bool | None = None) -> Any:
        """The outputs for an array of inputs; symbolic ones for symbolic inputs.

        Args:
            inputs: an array of rows; a list of them for a layer that merges.
            training: whether to compute as in training, with noise and statistics of the batch, which move the weights
                that keep them. A symbolic call fixes it: the layer then computes so there, in `fit` and in `predict`.

        Raises:
            ValueError: if the layer can't take such inputs; for symbolic ones with `training=True`, if the layer takes
                statistics of the batch.
        """
        if is_symbolic(inputs):
            return self._call_symbolically(inputs, check_mode(self, training))
        arrays = [as_float(x, "inputs", self.dtype) for x in flatten(inputs)] if self.merges else None
        if arrays is None:
            arrays = [as_float(inputs, "inputs", self.dtype)]
        shapes = [array.shape for array in arrays]
        shape: Any = shapes if self.merges else shapes[0]
        self.build([(None, *one[1:]) for one in shapes] if self.merges else (None, *shapes[0][1:]))
        plan = Plan(self.dtype, [math.prod(one[1:]) for one in shapes], self.core_layers())
        values: Any = plan.inputs if self.merges else plan.inputs[0]
        output_shape = self.compute_output_shape(shape)
        network = plan.network([self.lower(plan, values, shape)], [output_shape])
        outputs = next_pass(self, network, arrays) if training else network.predict(arrays)
        result = outputs[0].reshape(output_shape)
        if self.activity_regularizer is not None:
            self._activity_losses = [self.activity_regularizer(result) / len(result)]
        return result

    def _call_symbolically(self, inputs: Any, training: bool | None) -> KerasTensor:
        tensors = flatten(inputs)
        for tensor in tensors:
            if not isinstance(tensor, KerasTensor):
                raise ValueError(
                    f"Layer {self.name!r} was called on symbolic tensors and others at once. Received: {tensor!r}"
                )
        if self.merges != isinstance(inputs, (list, tuple)):
            expected = "a list of tensors" if self.merges else "one tensor"
            raise ValueError(f"Layer {self.name!r} should be called on {expected}. Received: {inputs!r}")
        shapes = [tensor.shape for tensor in tensors]
        shape: Any = shapes if self.merges else shapes[0]
        self.build(shape)
        return Node(self, inputs, [self.compute_output_shape(shape)], self.dtype, training).outputs[0]

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, built={self.built}>"


def next_pass(owner: Any, network: _core.Network, arrays: list[Array]) -> list[Array]:
    """The outputs in training mode: noise is another each time, and another than that of the steps of `fit`."""
    owner._passes += 1
    return network.pass_in_training(arrays, 2**40 + owner._passes, owner.weight_rules().frozen)


def standardize_shape(shape: Any) -> Shape:
    """A shape as a tuple of sizes and None.

    Raises:
        ValueError: if it is none.
    """
    try:
        sizes = tuple(None if size is None else size.__index__() for size in shape)
    except (TypeError, AttributeError):
        raise ValueError(f"Expected a shape: a tuple of positive integers and None. Received: {shape!r}") from None
    if any(size is not None and size < 1 for size in sizes):
        raise ValueError(f"Expected a shape: a tuple of positive integers and None. Received: {shape!r}")
    return sizes


def check_weights(weights: Sequence[ArrayLike], shapes: Sequence[Shape], owner: str, dtype: str) -> list[Array]:
    """`weights` as arrays of these shapes.

    Raises:
        ValueError: if they are not.
    """
    if len(weights) != len(shapes):
        raise ValueError(
            f"`set_weights` of {owner!r} expects a list of {len(shapes)} arrays, of the shapes {list(shapes)}. "
            f"Received: {len(weights)} arrays, of the shapes {[np.shape(array) for array in weights]}"
        )
    arrays = [as_float(array, f"weights[{i}]", dtype) for i, array in enumerate(weights)]
    for i, (array, shape) in enumerate(zip(arrays, shapes, strict=True)):
        if array.shape != shape:
            raise ValueError(f"weights[{i}] of {owner!r} must have the shape {shape}. Received: {array.shape}")
    return arrays


def _old_input_shape(old: dict[str, Any]) -> Shape | None:
    """Takes `input_shape` or `input_dim` out of the keywords."""
    if "input_dim" in old:
        shape = (old.pop("input_dim"),)
    elif "input_shape" in old:
        shape = old.pop("input_shape")
    else:
        return None
    warnings.warn(
        "The arguments `input_shape` and `input_dim` are deprecated: put an `Input(shape)` in front of the first layer "
        "of the Sequential model instead.",
        DeprecationWarning,
        stacklevel=4,
    )
    return standardize_shape(shape)


def read_only(array: Array) -> Array:
    """The array, which can't be written to."""
    array.flags.writeable = False  # it is a copy: writing to it would change nothing
    return array
