"""A stack of layers that can be trained."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from numpy.typing import ArrayLike

from steepest import config
from steepest._data.ports import Ports
from steepest._graph.plan import Plan, Value
from steepest._graph.tensors import KerasTensor, Node
from steepest._names.custom_objects import scope_with
from steepest._names.registry import auto_name
from steepest.layers import InputLayer, Layer
from steepest.layers.layer import Shape, check_weights, read_only, standardize_shape
from steepest.models.chain import chain_shapes, lower_chain, make_network
from steepest.models.functional import Functional, find_layer
from steepest.models.model import Model
from steepest.models.predicting import Array
from steepest.models.summary import summary
from steepest.saving import deserialize_keras_object, serialize_keras_object


class Sequential(Model):
    """y = layer_n(... layer_2(layer_1(x))): each layer takes what the one before it puts out.

    Args:
        layers: list of layers, an `Input` as its first entry or not. With one, the weights exist at once; without, they
            are made for the first data, or by `build`.
        trainable: whether training changes the weights; True by default.
        name: by default `sequential`, numbered.

    Raises:
        ValueError: for anything but layers, for layers of one name or of another model, and for a layer that can't take
            what the one before it puts out.

    >>> from steepest import layers
    >>> model = Sequential([layers.Input((4,)), layers.Dense(3, activation="relu"), layers.Dense(1)])
    >>> model.compile(optimizer="adam", loss="mse")
    >>> history = model.fit([[0, 0, 1, 1], [1, 0, 0, 1]], [0, 1], epochs=2, verbose=0)
    >>> list(history.history), model.predict([[0, 0, 1, 1]], verbose=0).shape
    (['loss'], (1, 1))
    """

    def __init__(self, layers: Iterable[Any] | None = None, trainable: bool = True, name: str | None = None):
        super().__init__()
        self._set_trainable(trainable)
        self.name = auto_name("sequential") if name is None else str(name)
        self._nodes: list[Node] = []
        self._layers: list[Any] = []
        self._input: InputLayer | None = None
        for layer in layers or ():
            self._append(layer)
        self._rebuild()

    # the stack

    @property
    def layers(self) -> list[Layer]:
        """The layers, without the `Input`."""
        return list(self._layers)

    def add(self, layer: Any) -> None:
        """Puts a layer on top of the stack. The weights of the others stay.

        Raises:
            ValueError: as the constructor; the model is then as it was.
        """
        before = self._input
        self._append(layer)
        try:
            self._rebuild()
        except BaseException:
            if self._layers and self._layers[-1] is layer:
                self._layers.pop()
            self._input = before
            raise

    def pop(self) -> Layer:
        """Takes the topmost layer off the stack and returns it.

        Raises:
            IndexError: if there is none.
        """
        if not self._layers:
            raise IndexError(f"There are no layers in model {self.name!r} to pop.")
        layer = self._layers.pop()
        self._rebuild()
        return layer

    def get_layer(self, name: str | None = None, index: int | None = None) -> Any:
        """The layer of a name, or at an index.

        Raises:
            ValueError: if there is no such layer, or both or neither are given.
        """
        return find_layer(self._layers, name, index)

    def _append(self, layer: Any) -> None:
        if isinstance(layer, KerasTensor) and isinstance(layer.node.layer, InputLayer):
            layer = layer.node.layer
        if not isinstance(layer, (Layer, Functional, Sequential)) or layer is self:
            raise ValueError(
                f"Only instances of `Layer` can be added to a Sequential model. "
                f"Received: {layer!r} (of type {type(layer).__name__})"
            )
        if isinstance(layer, InputLayer):
            if self._input is not None or self._layers:
                raise ValueError(f"An Input must be the first and only one in model {self.name!r}. Received: {layer!r}")
            self._input = layer
            return
        if any(layer.name == other.name for other in self._layers):
            raise ValueError(
                f"All layers of a Sequential model must have names of their own: {layer.name!r} is taken in model "
                f"{self.name!r}. Give the layer another `name`."
            )
        if not self._layers and self._input is None:
            if isinstance(layer, Layer):
                given = layer._given_input_shape
            else:
                given = layer._row_shape  # of a model that is built
            self._input = None if given is None else InputLayer(given)
        self._layers.append(layer)

    # building

    @property
    def dtype(self) -> str:
        """The dtype of weights and outputs: the first that a layer was given, else `config.floatx()` when built."""
        if self._network is not None:
            return self._network.dtype
        return next(iter(self._given_dtypes()), config.floatx())

    def _given_dtypes(self) -> list[str]:
        given: list[str] = []
        for layer in self._layers:
            if isinstance(layer, Sequential) and not layer.built:
                given += layer._given_dtypes()
            elif isinstance(layer, Model):
                given.append(layer.dtype)
            elif layer._given_dtype is not None:
                given.append(layer._given_dtype)
        return given

    @property
    def built(self) -> bool:
        """Whether the weights exist."""
        return self._network is not None

    @property
    def input_shape(self) -> Shape:
        """The shape of the inputs, batch included.

        Raises:
            AttributeError: before it is known.
        """
        if self._input is None:
            raise AttributeError(f"Sequential model {self.name!r} has no defined input shape yet.")
        return self._input.batch_shape

    @property
    def output_shape(self) -> Shape:
        """The shape of the outputs, batch included.

        Raises:
            AttributeError: before the model is built.
        """
        if self._output_shape is None:
            raise AttributeError(f"Sequential model {self.name!r} has no defined output shape yet.")
        return self._output_shape

    def build(self, input_shape: Sequence[int | None] | None = None) -> None:
        """Makes the weights for inputs of this shape, batch included: `(None, K)` for K features.

        Args:
            input_shape: not needed if there is an `Input`.

        Raises:
            ValueError: for a model without layers, a shape that the first layer can't take, or another one than the
                model has.
        """
        shape = self._input.batch_shape if input_shape is None and self._input else standardize_shape(input_shape)
        if self._network is not None and shape[1:] == self._row_shape:
            return
        self._require_layers()
        if self._input is not None and shape[1:] != self._input.batch_shape[1:]:
            raise ValueError(
                f"Sequential model {self.name!r} has already been configured to use input shape "
                f"{self._input.batch_shape}. Received: {shape}"
            )
        self._make(self._input or InputLayer(batch_shape=shape), self.dtype)

    def _make(self, inputs: InputLayer, dtype: str) -> None:
        others = {*self._given_dtypes()} - {dtype}
        if others:
            raise ValueError(f"All layers of a model compute in one dtype, here {dtype}. Received: {others.pop()}")
        network = make_network(self._layers, inputs.batch_shape, dtype)
        self._use(network, inputs.batch_shape[1:], chain_shapes(self._layers, inputs.batch_shape)[-1])
        self._input = inputs

    def _rebuild(self) -> None:
        """Builds anew after a change of the layers, if the input shape is known."""
        if self._input is not None and self._layers:
            return self._make(self._input, self.dtype)
        self._use(None, None, None)  # nothing to build yet

    def _require_layers(self) -> None:
        if not self._layers:
            raise ValueError(f"Sequential model {self.name!r} has no layers. Call `model.add(layer)`.")

    def _shapes(self, x: Sequence[Array]) -> tuple[list[Shape], list[Shape]]:
        if self._network is not None:
            return [self.input_shape], [self.output_shape]
        self._require_layers()
        shapes = chain_shapes(self._layers, self._input.batch_shape if self._input else (None, *x[0].shape[1:]))
        return shapes[:1], shapes[-1:]

    def _ports(self) -> tuple[Ports, Ports]:
        last = self._layers[-1].name if self._layers else "output"
        return Ports([self._input.name if self._input else "input"]), Ports([last])

    def _packed(self, outputs: list[Array]) -> Any:
        return outputs[0]

    # as a layer of another model

    @property
    def _input_shape(self) -> Shape | None:
        return self._input.batch_shape if self.built and self._input else None

    def check_input(self, input_shape: Shape) -> None:
        """Refuses inputs that the model can't take.

        Raises:
            ValueError: for a model without layers, and inputs of another shape than the model has or a layer can take.
        """
        self._require_layers()
        if self._input is not None and tuple(input_shape[1:]) != self._input.batch_shape[1:]:
            raise ValueError(
                f"Model {self.name!r} takes inputs of the shape {self._input.batch_shape}. Received: {input_shape}"
            )
        chain_shapes(self._layers, input_shape)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The shape of the outputs for inputs of this shape, batch included."""
        return chain_shapes(self._layers, input_shape)[-1]

    def _build(self, input_shape: Shape, dtype: str) -> None:
        self._make(InputLayer(batch_shape=input_shape), dtype)

    def _forget(self) -> None:
        self._use(None, None, None)
        self._input = None

    def lower(self, plan: Plan, inputs: Value, input_shape: Shape) -> Value:
        """Adds the steps of all layers to the plan of a model that this one is a part of."""
        return lower_chain(self._layers, plan, inputs, chain_shapes(self._layers, input_shape))

    def _call_symbolically(self, tensor: KerasTensor, training: bool | None) -> KerasTensor:
        self.build(tensor.shape)
        return Node(self, tensor, [chain_shapes(self._layers, tensor.shape)[-1]], self.dtype, training).outputs[0]

    # weights

    def get_weights(self) -> list[Array]:
        """Copies of all weights in Keras's order: kernel (K, N), then bias (N,), of each Dense layer."""
        return [] if self._network is None else self._network.get_weights()

    def set_weights(self, weights: Sequence[ArrayLike]) -> None:
        """Copies `weights`, shaped as `get_weights()`, into the model.

        Raises:
            ValueError: for a wrong number of arrays or a wrong shape; the model is then as it was.
        """
        shapes = [] if self._network is None else self._network.weight_shapes
        arrays = check_weights(weights, shapes, self.name, self.dtype)
        if self._network is not None:
            self._network.set_weights(arrays)

    @property
    def weights(self) -> list[Array]:
        """Read-only copies of all weights; `set_weights` changes them."""
        return [read_only(array) for array in self.get_weights()]

    def count_params(self) -> int:
        """The number of scalars in the weights.

        Raises:
            ValueError: before the model is built.
        """
        self._check_counted("model")
        return sum(layer.count_params() for layer in self._layers)

    # description

    def summary(
        self,
        line_length: int | None = None,
        positions: Sequence[float] | None = None,
        print_fn: Callable[[str], Any] | None = None,
    ) -> None:
        """Prints the layers, their output shapes and the numbers of their parameters.

        Args:
            line_length: characters of a line; by default 88, or what the terminal has.
            positions: where the three columns end, as shares of a line; [0.45, 0.8, 1.0] by default.
            print_fn: called once with the whole text; `print` by default.
        """
        weights = self.count_params() if self.built else 0
        (print_fn or print)(summary(self, weights, line_length, positions))

    def get_config(self) -> dict[str, Any]:
        """The name, the layers and the input shape: what `from_config` makes an equal model of."""
        layers = ([self._input] if self._input else []) + self._layers
        return {
            "name": self.name,
            "trainable": self.trainable,
            "dtype": self.dtype,
            "layers": [serialize_keras_object(layer) for layer in layers],
            **({"build_input_shape": self._input.batch_shape} if self._input else {}),
        }

    @classmethod
    def from_config(cls, config: Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None) -> Sequential:
        """The model that `get_config` described, here or in Keras, with new weights.

        Args:
            config: the description.
            custom_objects: {name: class or function} for names that are not registered.

        Raises:
            TypeError: for a layer that isn't known.
        """
        with scope_with(custom_objects):
            layers = [deserialize_keras_object({"module": "keras.layers", **layer}) for layer in config["layers"]]
        return cls(layers, trainable=config.get("trainable", True), name=config.get("name"))

    def __repr__(self) -> str:
        return f"<Sequential name={self.name}, built={self.built}>"
