"""`.h5`: whole models and weights as Keras 2 wrote them, and Keras 3 still can. They are read here, not written.

The description is an attribute of the file; the weights lie in a group for each layer, whose attribute `weight_names`
has their order: first those that were trained, then the others.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

from steepest.saving.description import model_of
from steepest.saving.hdf5 import Array, read_file
from steepest.saving.state import Arrays, owners, write_state

Texts = Mapping[tuple[str, str], Any]

_FUNCTIONAL = "keras.src.models.functional"
_OLD_NAMES = {"LeakyReLU": {"alpha": "negative_slope"}, "InputLayer": {"batch_input_shape": "batch_shape"}}
_DROPPED = {"batch_input_shape", "input_length", "ragged", "sparse"}
_OPTIMIZER_DROPPED = {"jit_compile", "is_legacy_optimizer"}


def load(path: str, custom_objects: Mapping[str, Any] | None, compile: bool) -> Any:
    """The model of the file. If what it was compiled with can't be had here, it is not compiled, with a warning."""
    arrays, texts = read_file(path, path)
    text = texts.get(("", "model_config"))
    if not isinstance(text, str):
        raise ValueError(f"{path}: no file of a whole model, for it has no attribute 'model_config'")
    try:
        config = json.dumps(_modern(json.loads(text)))
    except (AttributeError, LookupError, TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"{path}: the description of the model is damaged: {error}") from None
    model = model_of(config, arrays, custom_objects, False, path)
    write_state(model, _by_path(model, arrays, texts, path), path)
    training = texts.get(("", "training_config"))
    if compile and isinstance(training, str):
        _compile(model, training, path)
        if model.compiled:
            write_state(model, {**_by_path(model, arrays, texts, path), **_optimizer(arrays, texts)}, path)
    return model


def load_weights(model: Any, path: str, skip_mismatch: bool = False) -> None:
    """Reads the weights of the file into the model, in the order of the layers."""
    arrays, texts = read_file(path, path)
    write_state(model, _by_path(model, arrays, texts, path), path, skip_mismatch)


def _modern(layer: Mapping[str, Any]) -> dict[str, Any]:
    """A layer or a model as Keras 3 describes it."""
    kind, config = layer["class_name"], layer["config"]
    if kind == "Sequential":
        given = config if isinstance(config, list) else config["layers"]
        layers = [_modern(one) for one in given]
        shape = given[0]["config"].get("batch_input_shape") if given else None
        if shape is not None and given[0]["class_name"] != "InputLayer":
            layers.insert(0, {"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": shape}})
        config = (
            {} if isinstance(config, list) else {key: config[key] for key in ("name", "trainable") if key in config}
        )
        described: dict[str, Any] = {"module": "keras", "class_name": kind, "config": {**config, "layers": layers}}
    elif kind in ("Functional", "Model"):
        layers = [{**_modern(one), "name": one["name"], "inbound_nodes": _nodes(one)} for one in config["layers"]]
        described = {"module": _FUNCTIONAL, "class_name": "Functional", "config": {**config, "layers": layers}}
    else:
        names = _OLD_NAMES.get(kind, {})
        config = {names.get(key, key): value for key, value in config.items()}
        config = {key: value for key, value in config.items() if key not in _DROPPED}
        if kind == "BatchNormalization" and isinstance(config.get("axis"), list):
            (config["axis"],) = config["axis"]
        described = {"module": "keras.layers", "class_name": kind, "config": config}
    return {"registered_name": layer.get("registered_name"), **described}


def _nodes(layer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The calls of a layer; Keras 2 has a list of (layer, call, output, arguments) for each."""
    nodes = []
    for node in layer["inbound_nodes"]:
        if isinstance(node, dict):
            nodes.append(node)
            continue
        tensors = [
            {"class_name": "__keras_tensor__", "config": {"keras_history": [name, call, output]}}
            for name, call, output, *_ in node
        ]
        kwargs = node[0][3] if len(node[0]) > 3 else {}
        nodes.append({"args": [tensors if len(tensors) > 1 else tensors[0]], "kwargs": kwargs})
    return nodes


def _compile(model: Any, text: str, path: str) -> None:
    from steepest import losses, metrics, optimizers

    def metric_of(one: Any) -> Any:
        if isinstance(one, dict):
            wrapped = one["config"].get("fn") if one["class_name"] == "MeanMetricWrapper" else None
            return wrapped or metrics.get(one)
        return [metric_of(item) for item in one] if isinstance(one, list) else one

    try:
        config = json.loads(text)
        optimizer = config["optimizer_config"]
        settings = {key: value for key, value in optimizer["config"].items() if key not in _OPTIMIZER_DROPPED}
        loss, watched = config.get("loss"), config.get("metrics") or []
        if len(watched) == 1 and isinstance(watched[0], list):  # Keras 2 has a list for each output
            watched = watched[0]
        model.compile(
            optimizer=optimizers.deserialize({"class_name": optimizer["class_name"], "config": settings}),
            loss=losses.get(loss) if isinstance(loss, dict) and "class_name" in loss else loss,
            loss_weights=config.get("loss_weights"),
            metrics=metric_of(watched),
        )
    except (AttributeError, LookupError, TypeError, ValueError, RecursionError) as error:
        warnings.warn(f"{path}: the model is not compiled, for that can't be had here: {error}", stacklevel=5)


def _by_path(model: Any, arrays: Arrays, texts: Texts, path: str) -> Arrays:
    """The weights under the paths of `state`: the groups of the layers that have some, in the order of the layers."""
    root = "model_weights" if ("model_weights", "layer_names") in texts else ""
    names = [name for name in _listed(texts, root, "layer_names") if _listed(texts, _in(root, name), "weight_names")]
    layers = [layer for layer in model.layers if layer.weighted_layers()]
    if len(names) != len(layers):
        raise ValueError(f"{path}: the model has {len(layers)} layers with weights. Received: {len(names)}: {names}")
    paths = {id(owner): found for found, owner in owners(model)}
    placed: Arrays = {}
    for name, layer in zip(names, layers, strict=True):
        places = list(_in_order(layer))
        given = _listed(texts, _in(root, name), "weight_names")
        if len(places) != len(given):
            raise ValueError(f"{path}: layer {layer.name!r} has {len(places)} weights. Received: {given}")
        for (leaf, number), weight in zip(places, given, strict=True):
            key = f"{_in(root, name)}/{weight}"
            if key not in arrays:
                raise ValueError(f"{path}: the weight {key!r} is not there")
            placed[f"{paths[id(leaf)]}/vars/{number}"] = arrays[key]
    return placed


def _in_order(layer: Any) -> Iterator[tuple[Any, int]]:
    """The weights of a layer or a model as these files have them: those that train, then the others."""
    leaves = [(leaf, layer._trained_weights(leaf), len(leaf.get_weights())) for leaf in layer.weighted_layers()]
    for leaf, trained, _ in leaves:
        yield from ((leaf, number) for number in range(trained))
    for leaf, trained, count in leaves:
        yield from ((leaf, number) for number in range(trained, count))


def _optimizer(arrays: Arrays, texts: Texts) -> dict[str, Array]:
    names = _listed(texts, "optimizer_weights", "weight_names")
    found = [arrays.get(f"optimizer_weights/{name}") for name in names]
    return {f"optimizer/vars/{number}": array for number, array in enumerate(found) if array is not None}


def _listed(texts: Texts, group: str, name: str) -> list[str]:
    """A list of names, which Keras cuts into several attributes where it is long."""
    found = texts.get((group, name))
    if isinstance(found, list):
        return found
    parts: list[str] = []
    while isinstance(texts.get((group, f"{name}{len(parts)}")), list):
        parts.append(f"{name}{len(parts)}")
    return [one for part in parts for one in texts[group, part]]


def _in(root: str, name: str) -> str:
    return f"{root}/{name}" if root else name
