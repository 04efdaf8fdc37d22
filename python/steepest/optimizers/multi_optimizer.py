"""Different optimizers for different variables."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, MutableMapping, Sequence
from typing import Any

from steepest._names.registry import serialize_object
from steepest._weights.variable import Variable
from steepest.optimizers.loss_scale_optimizer import LossScaleOptimizer
from steepest.optimizers.optimizer import Optimizer


class OptimizerMap(MutableMapping[str, Optimizer]):
    """The optimizer of a variable, by its path: that of the key which is the path or matches it whole, or the default.

    Args:
        default_optimizer: the optimizer of variables that no key matches.
        optimizer_map: {path or regular expression: optimizer}.

    Raises:
        TypeError: if these are not optimizers.

    >>> from steepest.optimizers import SGD, Adam
    >>> table = OptimizerMap(SGD(), {"encoder/.*": Adam(name="second")})
    >>> table["encoder/dense/kernel"].name
    'second'
    """

    def __init__(self, default_optimizer: Optimizer, optimizer_map: dict[str, Optimizer] | None = None) -> None:
        if not isinstance(default_optimizer, Optimizer):
            raise TypeError(f"`default_optimizer` must be an optimizer. Received: {default_optimizer!r}")
        if optimizer_map is not None and not isinstance(optimizer_map, dict):
            raise TypeError(f"`optimizer_map` must be a dictionary. Received: {optimizer_map!r}")
        self.default_optimizer = default_optimizer
        self._map: dict[str, Optimizer] = {}
        for key, optimizer in (optimizer_map or {}).items():
            self[key] = optimizer

    def __getitem__(self, key: str) -> Optimizer:
        if key in self._map:
            return self._map[key]
        matching = [pattern for pattern in self._map if re.fullmatch(pattern, key)]
        if len(matching) > 1:
            raise ValueError(f"Several optimizers for the variable {key!r}: {matching} all match.")
        return self._map[matching[0]] if matching else self.default_optimizer

    def __setitem__(self, key: str, optimizer: Optimizer) -> None:
        if key in self._map:
            raise ValueError(f"{key!r} has an optimizer already: {self._map[key].name!r}.")
        if not isinstance(key, str):
            raise ValueError(f"A key must be a string. Received: {key!r}")
        _check(optimizer, key)
        self._map[key] = optimizer

    def __delitem__(self, key: str) -> None:
        del self._map[key]

    def __len__(self) -> int:
        return len(self._map)

    def __iter__(self) -> Iterator[str]:
        return iter(self._map)

    def __call__(self, variable: Any) -> Optimizer:
        return self[getattr(variable, "path", "")]

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments, as `from_config` takes them."""
        return {
            "default_optimizer": serialize_object(self.default_optimizer, "keras.optimizers"),
            "optimizer_map": {key: serialize_object(value, "keras.optimizers") for key, value in self._map.items()},
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> OptimizerMap:
        """The map that `get_config` described, with new optimizers."""
        from steepest import optimizers

        restored = {key: optimizers.deserialize(each, custom_objects) for key, each in config["optimizer_map"].items()}
        return cls(optimizers.deserialize(config["default_optimizer"], custom_objects), restored)


class MultiOptimizer(Optimizer):
    """Hands each variable to an optimizer of its own.

    Args:
        optimizer_map: an `OptimizerMap`, or a function that returns the optimizer of a variable.
        loss_scale_factor: see `Optimizer`; it takes the place of those of the optimizers.
        name: see `Optimizer`.

    Raises:
        ValueError: if what is returned for a variable is no optimizer, or a MultiOptimizer or LossScaleOptimizer.
        AttributeError: for `learning_rate`, which each of `optimizers` has for itself.

    >>> import numpy as np
    >>> from steepest.optimizers import SGD
    >>> fast, slow = SGD(1.0), SGD(0.5)
    >>> v, w = np.zeros(1), np.zeros((1, 1))
    >>> MultiOptimizer(lambda variable: fast if variable.ndim == 1 else slow).apply([[1.0], [[1.0]]], [v, w])
    >>> v, w
    (array([-1.]), array([[-0.5]]))
    """

    def __init__(
        self,
        optimizer_map: OptimizerMap | Callable[[Any], Optimizer],
        loss_scale_factor: float | None = None,
        name: str | None = None,
    ) -> None:
        if not callable(optimizer_map):
            raise ValueError(f"`optimizer_map` must be an OptimizerMap or a function. Received: {optimizer_map!r}")
        self._optimizer_map = optimizer_map
        self.optimizers: list[Optimizer] = []
        super().__init__(0.0, loss_scale_factor=loss_scale_factor, name=name)
        if isinstance(optimizer_map, OptimizerMap):
            for optimizer in (*optimizer_map._map.values(), optimizer_map.default_optimizer):
                self._number_of(optimizer)

    def _number_of(self, optimizer: Optimizer) -> int:
        if optimizer not in self.optimizers:
            optimizer.loss_scale_factor = self.loss_scale_factor
            self.optimizers.append(optimizer)
        return self.optimizers.index(optimizer)

    @property
    def learning_rate(self) -> Any:
        raise AttributeError("A MultiOptimizer has no learning rate: each of its `optimizers` has one.")

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        if value != 0.0:  # as the constructor of `Optimizer` is told
            raise AttributeError("A MultiOptimizer has no learning rate: set those of its `optimizers`.")

    @property
    def variables(self) -> list[Variable]:
        """The number of steps and a rate that is not used, then the variables of all optimizers."""
        return [*super().variables, *(variable for optimizer in self.optimizers for variable in optimizer.variables)]

    def build(self, variables: Iterable[Any]) -> None:
        if self.built:
            return
        variables = list(variables)
        shares: dict[int, list[Any]] = {}
        for variable in variables:
            optimizer = self._optimizer_map(variable)
            _check(optimizer, getattr(variable, "path", f"variable {len(shares)}"))
            shares.setdefault(self._number_of(optimizer), []).append(variable)
        for place, share in shares.items():
            self.optimizers[place].build(share)
        super().build(variables)
        self._place = {id(variable): place for place, share in shares.items() for variable in share}

    def apply(self, grads: Sequence[Any], trainable_variables: Iterable[Any] | None = None) -> None:
        if not len(grads):
            return
        if not self.built:
            if trainable_variables is None:
                raise ValueError("Call `optimizer.build(variables)` before `apply(grads)`.")
            trainable_variables = list(trainable_variables)
            self.build(trainable_variables)
        variables = self._trainable_variables if trainable_variables is None else list(trainable_variables)
        if len(grads) != len(variables):
            raise ValueError(f"Expected one gradient for each of {len(variables)} variables. Received: {len(grads)}")
        for place, optimizer in enumerate(self.optimizers):
            share = [(g, v) for g, v in zip(grads, variables, strict=True) if self._place.get(id(v)) == place]
            if share:
                optimizer.apply([gradient for gradient, _ in share], [variable for _, variable in share])
        self._iterations.assign_add(1)

    def finalize_variable_values(self, var_list: Sequence[Any]) -> None:
        for place, optimizer in enumerate(self.optimizers):
            share = [variable for variable in var_list if self._place.get(id(variable)) == place]
            if share:
                optimizer.finalize_variable_values(share)

    def get_config(self) -> dict[str, Any]:
        described = self._optimizer_map
        if isinstance(described, OptimizerMap):
            described = serialize_object(described, "keras.optimizers")  # type: ignore[assignment]
        return {"optimizer_map": described, "loss_scale_factor": self.loss_scale_factor, "name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Any:
        arguments = dict(config)
        if isinstance(arguments["optimizer_map"], dict):
            arguments["optimizer_map"] = OptimizerMap.from_config(arguments["optimizer_map"]["config"], custom_objects)
        return cls(**arguments)


def _check(optimizer: Any, path: str) -> None:
    if not isinstance(optimizer, Optimizer) or isinstance(optimizer, (LossScaleOptimizer, MultiOptimizer)):
        raise ValueError(
            f"The optimizer of {path!r} must be an optimizer, and no MultiOptimizer or LossScaleOptimizer. "
            f"Received: {optimizer!r}"
        )
