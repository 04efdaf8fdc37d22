"""The inputs or the outputs of a model by name, and the ways to write something for each of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from steepest._names.registry import suggest


class Ports:
    """Inputs or outputs of a model, in their order.

    Args:
        names: of each; the key where the model was given a dict, else the layer's name.
        keyed: whether the model was given a dict of them.
    """

    def __init__(self, names: Sequence[str], keyed: bool = False):
        self.names = list(names)
        self.keyed = keyed

    def __len__(self) -> int:
        return len(self.names)

    def called(self, name: str, index: int) -> str:
        """What the value of a port is called in messages: `y`, or y['a'] of several."""
        return name if len(self) == 1 else f"{name}[{self.names[index]!r}]"

    def arrays(self, given: Any, name: str, wanted: Sequence[int] | None = None) -> list[Any]:
        """The data for each port, of a list or tuple in their order or a dict by their names; of one port, data itself.

        Args:
            given: the data.
            name: what they are called in messages.
            wanted: the ports that can't do without; all by default. A list may have data for these only.

        Raises:
            ValueError: if the list has another length; for names that are not there, or missing.
        """
        needed = range(len(self)) if wanted is None else wanted
        if isinstance(given, Mapping):
            if wanted is not None:  # inputs are often taken out of larger dicts
                self.refuse_unknown(given, name)
            for index in needed:
                if self.names[index] not in given:
                    raise ValueError(f"`{name}` has nothing for {self.names[index]!r}. Received: {list(given)}")
            return [given.get(one) for one in self.names]
        if len(self) == 1:
            return [given]
        if given is None and not needed:
            return [None] * len(self)
        if not isinstance(given, (list, tuple)):
            raise ValueError(
                f"`{name}` must be a list of {len(self)} arrays, or a dict of arrays by the names {self.names}. "
                f"Received: {name} of type {type(given).__name__}"
            )
        if len(given) == len(self):
            return list(given)
        if len(given) != len(needed):
            raise ValueError(
                f"`{name}` must hold {len(self)} arrays, for {', '.join(self.names)}. Received: {len(given)} of them"
            )
        placed: list[Any] = [None] * len(self)
        for index, value in zip(needed, given, strict=True):
            placed[index] = value
        return placed

    def packed(self, values: Sequence[Any]) -> Any:
        """The inverse of `arrays`: what the values of all ports are written as."""
        if len(self) == 1:
            return values[0]
        return dict(zip(self.names, values, strict=True)) if self.keyed else list(values)

    def refuse_unknown(self, given: Mapping[str, Any], name: str) -> None:
        """Refuses keys that name no port.

        Raises:
            ValueError: if there is one; a KeyError if the model itself was given a dict.
        """
        for key in given:
            if key not in self.names:
                error = KeyError if self.keyed and name == "loss" else ValueError
                raise error(
                    f"There is no output {key!r} for `{name}`. Expected names of {self.names}."
                    f"{suggest(str(key), self.names)} Received: {name} for {list(given)}"
                )


def losses_of(loss: Any, outputs: Ports) -> list[Any]:
    """One for each output, None where there is none: all the same, or by a list or dict.

    Raises:
        ValueError: if a list has another length than outputs; KeyError or ValueError for names that are no outputs.
    """
    if isinstance(loss, Mapping) and not _is_description(loss):
        outputs.refuse_unknown(loss, "loss")
        if not outputs.keyed and len(loss) < len(outputs):
            raise ValueError(f"Expected keys {outputs.names} in the loss dict. Received: loss for {list(loss)}")
        return [loss.get(name) for name in outputs.names]
    if isinstance(loss, (list, tuple)):
        if len(loss) != len(outputs):
            raise ValueError(
                f"`loss` must have an entry for each of the outputs {outputs.names}. Received: {len(loss)} entries, "
                f"loss={loss!r}"
            )
        return list(loss)
    return [loss] * len(outputs)


def loss_weights_of(weights: Any, losses: Sequence[Any], outputs: Ports) -> list[float]:
    """One number for each output: 1 where none is given.

    Raises:
        ValueError: if they are not as many as the losses, or no finite numbers; for names that are no outputs.
    """
    if isinstance(weights, Mapping):
        outputs.refuse_unknown(weights, "loss_weights")
        given = [weights.get(name) for name in outputs.names]
    elif isinstance(weights, (list, tuple)):
        with_loss = [index for index, loss in enumerate(losses) if loss is not None]
        if len(weights) not in (len(outputs), len(with_loss)):
            raise ValueError(
                f"`loss_weights` must match the number of losses, got {len(with_loss)} losses and {len(weights)} "
                f"weights. Received: loss_weights={weights!r}"
            )
        given = [None] * len(outputs)
        places = range(len(outputs)) if len(weights) == len(outputs) else with_loss
        for index, weight in zip(places, weights, strict=True):
            given[index] = weight
    else:
        given = [weights] * len(outputs)
    numbers = []
    for weight in given:
        try:
            numbers.append(1.0 if weight is None else float(weight))
        except (TypeError, ValueError):
            numbers.append(math.nan)
        if not math.isfinite(numbers[-1]):
            raise ValueError(f"`loss_weights` must be finite numbers. Received: {weight!r}")
    return numbers


def metrics_of(metrics: Any, outputs: Ports, argument: str) -> list[list[Any]]:
    """A list for each output, empty where there is none.

    Raises:
        ValueError: if there is not an entry for each of several outputs; for names that are no outputs.
    """
    if not metrics:
        return [[] for _ in outputs.names]
    if isinstance(metrics, Mapping):
        outputs.refuse_unknown(metrics, argument)
        return [_listed(metrics.get(name)) for name in outputs.names]
    if len(outputs) == 1:
        return [[one for item in metrics for one in _listed(item)]]
    if len(metrics) != len(outputs):
        raise ValueError(
            f"`{argument}` must have an entry, a metric or a list of them, for each of the outputs {outputs.names}; or "
            f"be a dict of them by name. Received: {argument}={metrics!r}"
        )
    return [_listed(item) for item in metrics]


def leaves(structure: Any) -> list[Any]:
    """What lists and dicts hold, however deep, without None."""
    if isinstance(structure, Mapping) and not _is_description(structure):
        structure = list(structure.values())
    if isinstance(structure, (list, tuple)):
        return [leaf for item in structure for leaf in leaves(item)]
    return [] if structure is None else [structure]


def _listed(item: Any) -> list[Any]:
    if item is None:
        return []
    return list(item) if isinstance(item, (list, tuple)) else [item]


def _is_description(value: Mapping[str, Any]) -> bool:
    return "class_name" in value
