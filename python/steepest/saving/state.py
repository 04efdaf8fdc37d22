"""A model's numbers by Keras's paths: `layers/dense/vars/0` is the first weight of the first Dense layer.

A path says what kind of layer it is and which one of its kind, never its name, which another process may number in
another way. The state of the optimizer is `optimizer/vars/0`, and so on in the order of its variables.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steepest._names.registry import snake_case

Array = NDArray[Any]
Arrays = dict[str, Array]


def owners(model: Any, path: str = "", seen: set[int] | None = None) -> Iterator[tuple[str, Any]]:
    """The model itself, the layers and models in it, each once, with their paths."""
    seen = set() if seen is None else seen
    if id(model) in seen:
        return
    seen.add(id(model))
    yield path, model
    counts: dict[str, int] = {}
    for layer in getattr(model, "layers", ()):
        kind = snake_case(type(layer).__name__)
        number = counts[kind] = counts.get(kind, -1) + 1
        yield from owners(layer, _joined(path, "layers", f"{kind}_{number}" if number else kind), seen)


def names_of(model: Any) -> dict[str, str]:
    """The name of each owner by its path, the optimizer's included."""
    names = {path: owner.name for path, owner in owners(model)}
    return {**names, "optimizer": model.optimizer.name} if model.compiled else names


def read_state(model: Any, include_optimizer: bool = True) -> Arrays:
    """Copies of all weights, and of what the optimizer keeps, by their paths."""
    arrays: Arrays = {}
    for path, owner in _weighted(model):
        arrays.update(_numbered(path, [*owner.get_weights(), *owner.padding]))
    arrays.update((_joined(path, "seed"), np.array(layer._seed)) for path, layer in _noisy(model))
    if include_optimizer and model.compiled:
        arrays.update(_numbered("optimizer", [variable.numpy() for variable in model.optimizer.variables]))
    return arrays


def write_state(
    model: Any, arrays: Mapping[str, Array], source: str, skip_mismatch: bool = False, noise: bool = False
) -> None:
    """Makes these arrays the model's weights and its optimizer's state; nothing is changed if one doesn't fit.

    Args:
        model: a model whose weights exist.
        arrays: as of `read_state`.
        source: the file, for messages.
        skip_mismatch: whether a layer that doesn't fit keeps its weights, with a warning.
        noise: whether layers of noise take the seeds that are there; a new network of the core is made for them.

    Raises:
        ValueError: for a layer whose weights are missing or have other shapes.
    """
    found = _by_owner(arrays)
    assignments: list[Callable[[], None]] = []
    for path, owner in _weighted(model):
        given, shapes = found.get(path, []), owner._core.weight_shapes
        if [array.shape for array in given[len(shapes) :]] == [array.shape for array in owner.padding]:
            given = given[: len(shapes)]
        if [array.shape for array in given] == list(shapes):
            assignments.append(lambda owner=owner, given=given: owner.set_weights(given))  # type: ignore[misc]
            continue
        message = (
            f"{source}: layer {owner.name!r} has {len(shapes)} weights of the shapes {list(shapes)}. "
            f"Received: {len(given)} of the shapes {[array.shape for array in given]}, at {_joined(path, 'vars')}"
        )
        if not skip_mismatch:
            raise ValueError(message)
        warnings.warn(message, stacklevel=5)
    for assign in assignments:
        assign()
    if noise:
        _write_seeds(model, arrays)
    if model.compiled and "optimizer" in found:
        _write_optimizer(model, found["optimizer"], source)


def _write_optimizer(model: Any, given: list[Array], source: str) -> None:
    optimizer = model.optimizer
    if not optimizer.built and len(given) > len(optimizer.variables):
        model.build_optimizer()
    variables = optimizer.variables
    if [variable.shape for variable in variables] == [array.shape for array in given]:
        for variable, array in zip(variables, given, strict=True):
            variable.assign(array)
        return
    warnings.warn(
        f"{source}: the state of optimizer {optimizer.name!r} is left as it is: it has {len(variables)} variables, the "
        f"file {len(given)}, or their shapes differ.",
        stacklevel=6,
    )


def _write_seeds(model: Any, arrays: Mapping[str, Array]) -> None:
    changed = False
    for path, layer in _noisy(model):
        seed = arrays.get(_joined(path, "seed"))
        if seed is not None and seed.ndim == 0 and seed.dtype.kind in "iu" and layer._seed != int(seed):
            layer._seed, changed = int(seed) % 2**53, True
    if changed:
        model._rebuild()


def _noisy(model: Any) -> Iterator[tuple[str, Any]]:
    """The layers with a seed of their own."""
    return ((path, owner) for path, owner in owners(model) if hasattr(owner, "_seed"))


def _weighted(model: Any) -> Iterator[tuple[str, Any]]:
    """The layers with weights of their own."""
    for path, owner in owners(model):
        if getattr(owner, "_core", None) is not None:
            yield path, owner


def _numbered(path: str, arrays: list[Array]) -> Arrays:
    return {_joined(path, "vars", str(number)): array for number, array in enumerate(arrays)}


def _by_owner(arrays: Mapping[str, Array]) -> dict[str, list[Array]]:
    """The arrays of each owner in their order."""
    numbered: dict[str, dict[int, Array]] = {}
    for path, array in arrays.items():
        owner, _, number = path.rpartition("/")
        if number.isdecimal() and (owner == "vars" or owner.endswith("/vars")):
            numbered.setdefault(owner.removesuffix("vars").rstrip("/"), {})[int(number)] = np.asarray(array)
    return {owner: [found[number] for number in sorted(found)] for owner, found in numbered.items()}


def _joined(*parts: str) -> str:
    return "/".join(part for part in parts if part)
