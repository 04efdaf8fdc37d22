"""A `call` that users wrote, run on symbolic tensors: the graph that it makes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from steepest._graph.plan import Plan, Value
from steepest._graph.tensors import KerasTensor, Mode, Node, flatten, pack, sorted_nodes


def traced(owner: Any, inputs: Any) -> Any:
    """What `owner.call` gives for symbolic inputs: a tensor, or a list or dict of them.

    A `call` with an argument `training` runs twice. What it does in training and in inference must differ by nothing
    but dropout and noise, which know by themselves when to do something: the core then trains one graph.

    Raises:
        ValueError: if it gives anything else, if the two differ by more, or for layers with weights that are made anew
            by each call.
    """
    if not _takes_training(owner.call):
        return _checked(owner, inputs, owner.call(inputs))
    outputs, others = (_checked(owner, inputs, owner.call(inputs, training=Mode(mode))) for mode in (True, False))
    own = {id(layer) for layer in tracked(owner)}
    known = [id(tensor) for tensor in flatten(inputs)]
    described = [[_described(tensor, known, own, {}) for tensor in flatten(some)] for some in (outputs, others)]
    for node in sorted_nodes(flatten(inputs), flatten(others))[0]:
        if node in node.layer._nodes:
            node.layer._nodes.remove(node)
    if described[0] != described[1]:
        raise ValueError(
            f"`call` of {owner.name!r} computes otherwise with `training=True` than with `training=False`, by more "
            "than layers of dropout and noise. The core trains one graph: make what differs a layer such as Dropout."
        )
    return outputs


def tracked(owner: Any) -> list[Any]:
    """The layers and models that are attributes, or in lists or dicts that are, each once, in the order of setting."""
    found: dict[int, Any] = {}
    for name, value in vars(owner).items():
        if not name.startswith("_"):
            found.update((id(layer), layer) for layer in _layers_in(value))
    return list(found.values())


def lower_calls(plan: Plan, calls: Iterable[Node], inputs: Any, outputs: Any, values: Sequence[Value]) -> list[Value]:
    """Adds the steps of these calls to the plan; returns what holds the outputs where `values` hold the inputs."""
    held = {id(tensor): value for tensor, value in zip(flatten(inputs), values, strict=True)}
    for node in calls:
        given = [held[id(tensor)] for tensor in node.flat_inputs]
        shapes = [tensor.shape for tensor in node.flat_inputs]
        lowered = plan.lower(node.layer, pack(node.inputs, given), pack(node.inputs, shapes), node.training)
        for tensor, value in zip(node.outputs, flatten(lowered), strict=True):
            held[id(tensor)] = value
    return [held[id(tensor)] for tensor in flatten(outputs)]


def _layers_in(value: Any) -> Iterator[Any]:
    if hasattr(value, "_nodes"):
        yield value
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _layers_in(item)
    elif isinstance(value, dict):
        yield from _layers_in(list(value.values()))


def _takes_training(call: Callable[..., Any]) -> bool:
    import inspect

    return "training" in inspect.signature(call).parameters


def _checked(owner: Any, inputs: Any, outputs: Any) -> Any:
    for tensor in flatten(outputs):
        if not isinstance(tensor, KerasTensor):
            raise ValueError(
                f"`call` of {owner.name!r} must return symbolic tensors, of what layers and `keras.ops` give for its "
                f"inputs. Received: {tensor!r} (of type {type(tensor).__name__})"
            )
    own = {id(inner) for layer in tracked(owner) for inner in _with_inner(layer)}
    for node in sorted_nodes(flatten(inputs), flatten(outputs))[0]:
        if id(node.layer) not in own and node.layer.weighted_layers():
            raise ValueError(
                f"Layer {node.layer.name!r} has weights and is no attribute of {owner.name!r}: a layer that is made in "
                "`call` would be another one each time. Make it in `__init__`, as `self.layer = ...`."
            )
    return outputs


def _with_inner(layer: Any) -> Iterator[Any]:
    yield layer
    for inner in getattr(layer, "layers", ()):
        yield from _with_inner(inner)


def _described(tensor: KerasTensor, inputs: list[int], own: set[int], known: dict[int, Any]) -> Any:
    """How a tensor comes from the inputs in inference: equal for equal ways."""
    if id(tensor) in inputs:
        return inputs.index(id(tensor))
    if id(tensor) not in known:
        node, layer = tensor.node, tensor.node.layer
        sources = tuple(_described(each, inputs, own, known) for each in node.flat_inputs)
        if getattr(layer, "noisy", False) and node.training is None:
            known[id(tensor)] = sources[0]
        else:
            config = {} if id(layer) in own else {**layer.get_config(), "name": None}
            kind = id(layer) if id(layer) in own else (type(layer), repr(config))
            known[id(tensor)] = (kind, node.training, tensor.index, sources)
    return known[id(tensor)]


# Classes that users write take what they lack from ours


def completed(own: type, base: type) -> Any:
    """The subclass of a user's class and of `base`, which `own` does not know of: what its objects are."""
    found = vars(own).get("_completed")
    if found is None:
        names = {"__module__": own.__module__, "__qualname__": own.__qualname__, "written_as": own, "_completed": None}
        found = type(own.__name__, (own, base), names)
        own._completed = found  # type: ignore[attr-defined]
    return found


def arguments_of(own: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> dict[str, Any]:
    """The arguments that a constructor is called with, by name."""
    import inspect

    try:
        bound = inspect.signature(own.__init__).bind(None, *args, **kwargs).arguments
    except TypeError:  # the constructor will say so itself
        return {}
    kinds = inspect.signature(own.__init__).parameters
    found: dict[str, Any] = {}
    for name, value in list(bound.items())[1:]:
        if kinds[name].kind is inspect.Parameter.VAR_KEYWORD:
            found.update(value)
        elif kinds[name].kind is not inspect.Parameter.VAR_POSITIONAL:
            found[name] = value
    return found


def accepted(own: Any, config: dict[str, Any]) -> dict[str, Any]:
    """What of a configuration the constructor takes."""
    import inspect

    parameters = inspect.signature(own.__init__).parameters.values()
    if any(one.kind is inspect.Parameter.VAR_KEYWORD for one in parameters):
        return config
    names = [one.name for one in parameters]
    return {name: value for name, value in config.items() if name in names}
