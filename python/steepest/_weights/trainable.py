"""Which weights training changes: what layers and models have in common."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

from steepest import _core
from steepest._weights.rules import WeightRules, constraint_spec, regularizer_spec

Array = NDArray[Any]


class Trainable:
    """A layer, or a model as the layers that it is made of."""

    _trainable = True
    name: str

    def weighted_layers(self) -> list[Any]:
        """The layers with weights, each once, in the order of the weights."""
        raise NotImplementedError

    def core_layers(self) -> list[_core.Layer]:
        """These layers as the core has them."""
        return [layer._core for layer in self.weighted_layers()]

    @property
    def trainable(self) -> bool:
        """Whether training changes the weights. To set it sets that of all layers inside.

        A model that was trained already has to be compiled again before its next `fit`.
        """
        return self._trainable

    @trainable.setter
    def trainable(self, value: Any) -> None:
        self._trainable = bool(value)
        for layer in self._inner_layers():
            layer.trainable = self._trainable

    def _set_trainable(self, trainable: bool) -> None:
        """As the constructor's argument, which says nothing of the layers inside."""
        if not isinstance(trainable, bool):
            raise ValueError(
                f"Expected `trainable` to be a boolean. Received: {trainable=} (of type {type(trainable).__name__})"
            )
        self._trainable = trainable

    def _check_counted(self, kind: str) -> None:
        """Refuses to count the weights of what is not built; `kind` is "layer" or "model"."""
        if not self.built:  # type: ignore[attr-defined]
            raise ValueError(
                f"You tried to call `count_params` on {kind} {self.name!r}, but the {kind} isn't built. Build it with "
                f"`{kind}.build(input_shape)`, or by calling it on data."
            )

    def _inner_layers(self) -> Sequence[Any]:
        return ()

    def _trained_weights(self, layer: Any) -> int:
        """How many weights of `layer`, one of `weighted_layers()`, training changes: its first ones."""
        return 0 if layer.fixed or not (self.trainable and layer.trainable) else int(layer._core.trained_weights)

    @property
    def trainable_weights(self) -> list[Array]:
        """Read-only copies of the weights that training changes."""
        return [w for layer in self.weighted_layers() for w in layer.weights[: self._trained_weights(layer)]]

    @property
    def non_trainable_weights(self) -> list[Array]:
        """Read-only copies of the other weights: of frozen layers, and those that passes of training change."""
        return [w for layer in self.weighted_layers() for w in layer.weights[self._trained_weights(layer) :]]

    @property
    def variables(self) -> list[Array]:
        """The same as `weights`."""
        return self.weights  # type: ignore[attr-defined, no-any-return]

    @property
    def trainable_variables(self) -> list[Array]:
        """The same as `trainable_weights`."""
        return self.trainable_weights

    @property
    def non_trainable_variables(self) -> list[Array]:
        """The same as `non_trainable_weights`."""
        return self.non_trainable_weights

    @property
    def losses(self) -> list[Any]:
        """What the regularizers cost, one number each: of a layer's last call on an array, and of weights that train.

        Those of a model are its weights' only.
        """
        return [
            *getattr(self, "_activity_losses", ()),
            *(
                regularizer(weight)
                for layer in self.weighted_layers()
                for name, weight in zip(layer.weight_names[: self._trained_weights(layer)], layer.weights, strict=False)
                if (regularizer := getattr(layer, f"{name}_regularizer", None)) is not None
            ),
        ]

    def weight_rules(self) -> WeightRules:
        """What a training of this does with the weights.

        Raises:
            ValueError: for a regularizer or a constraint that does not fit to its weight.
        """
        rules = WeightRules([], 0, {}, {}, {})
        size = first = trained = 0
        constrained = False
        for place, layer in enumerate(self.weighted_layers()):
            shapes = layer._core.weight_shapes
            if layer.fixed or not (self.trainable and layer.trainable):
                rules.frozen.append(place)
            for number in range(self._trained_weights(layer)):
                size += math.prod(shapes[number])
                name = layer.weight_names[number]
                owner = f"`{name}` of layer {layer.name!r}"
                if (regularizer := getattr(layer, f"{name}_regularizer", None)) is not None:
                    spec = regularizer_spec(regularizer, owner, shapes[number])
                    if spec is None:
                        rules.penalties[trained] = regularizer
                    else:
                        rules.regularizers[first + number] = spec
                if (constraint := getattr(layer, f"{name}_constraint", None)) is not None:
                    spec = constraint_spec(constraint, owner, shapes[number])
                    if spec is None:
                        constrained = True
                    else:
                        rules.constraints[first + number] = spec
                trained += 1
            first += len(shapes)
        return rules._replace(size=size, constrained=constrained)
