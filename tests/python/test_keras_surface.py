"""Real Keras's answers to the cases of `keras_surface`, compared with steepest's."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from keras_surface.cases import CASES

from steepest import keras

GOLDEN = json.loads((Path(__file__).parent / "keras_surface" / "golden.json").read_text(encoding="utf-8"))


def ours(name: str):
    return json.loads(json.dumps(CASES[name](keras)))


def same(path: str, actual, expected) -> None:
    """Equal, floats to 2e-5 relative and 2e-6 absolute: float32 in another order of operations."""
    assert type(actual) is type(expected), f"{path}: {actual!r} instead of {expected!r}"
    if isinstance(expected, dict):
        assert list(actual) == list(expected), path
        for key in expected:
            same(f"{path}/{key}", actual[key], expected[key])
    elif isinstance(expected, list):
        assert len(actual) == len(expected), f"{path}: {actual} instead of {expected}"
        for i, (one, other) in enumerate(zip(actual, expected, strict=True)):
            same(f"{path}[{i}]", one, other)
    elif isinstance(expected, float):
        assert np.isclose(actual, expected, rtol=2e-5, atol=2e-6, equal_nan=True), f"{path}: {actual}, not {expected}"
    else:
        assert actual == expected, f"{path}: {actual!r} instead of {expected!r}"


EXACT = ["repeated_metric", "hooks", "stopping_in_a_batch", "early_stopping", "progress_bars", "utilities"]


@pytest.mark.parametrize("name", EXACT)
def test_as_keras(name: str) -> None:
    same(name, ours(name), GOLDEN[name])


@pytest.fixture(scope="module")
def trainings():
    with pytest.warns(UserWarning, match="ran out: 1 of 3 steps"):
        return ours("trainings")


@pytest.mark.parametrize("name", GOLDEN["trainings"])
def test_training_gives_keras_numbers(name: str, trainings) -> None:
    """Histories with their keys' order, evaluations, single batches, predictions and weights after training."""
    same(name, trainings[name], GOLDEN["trainings"][name])


def test_summaries_as_keras_prints_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    same("summaries", ours("summaries"), GOLDEN["summaries"])


def plain(config):
    """A configuration without what steepest leaves out: dtype policies, and options that it does not have."""
    if isinstance(config, dict):
        if config.get("class_name") == "DTypePolicy":
            return config["config"]["name"]
        missing = ("quantization_config", "sparse", "ragged", "optional")
        return {key: plain(value) for key, value in config.items() if key not in missing}
    return config


def test_configs() -> None:
    expected = {name: plain(config) for name, config in GOLDEN["configs"].items()}
    for name, config in ours("configs").items():
        if isinstance(config, dict):
            assert dict(sorted(config.items())) == dict(sorted(expected[name].items())), name
        else:
            assert config == expected[name], name
    same("configs", sorted(ours("configs")), sorted(expected))


@pytest.mark.parametrize("name", GOLDEN["signatures"])
def test_arguments_and_defaults(name: str) -> None:
    """What both have stands in Keras's order with Keras's defaults; what only Keras has comes after what both have."""
    actual, expected = dict(ours("signatures")[name]), dict(GOLDEN["signatures"][name])
    own = {"Sequential.summary": ["print_fn"], "CallbackList": []}.get(name, [])
    common = [argument for argument in expected if argument in actual]
    assert [argument for argument in actual if argument in expected] == common
    assert list(actual) == common, f"arguments that Keras does not have: {set(actual) - set(expected)}"
    assert {a: actual[a] for a in common if a not in own} == {a: expected[a] for a in common if a not in own}
    positional = list(expected)[: len(common)]
    dropped = [argument for argument in positional if argument not in actual]
    assert set(dropped) <= {"input_tensor", "expand_nested", "show_trainable", "layer_range"}, dropped


# Where Keras's error is an accident (an attribute of an object it did not expect) or there is none.
OWN_ERRORS = {
    "target of two for sparse": "ValueError",
}


@pytest.mark.parametrize("name", GOLDEN["errors"])
def test_error_types(name: str) -> None:
    assert ours("errors")[name] == OWN_ERRORS.get(name, GOLDEN["errors"][name])
