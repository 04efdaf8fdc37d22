"""What steepest does beyond numbers, against the record of real Keras, but for the documented deviations."""

from __future__ import annotations

import json
from typing import Any

import pytest

from steepest import keras

from . import golden_file
from .cases import layers
from .deviations import BEHAVIOUR, CONFIGURATION, CONFIGURATION_LACKING, ERRORS, LACKING
from .probes import bad_input, behaviour, configurations, signatures

pytestmark = pytest.mark.filterwarnings("ignore")  # some probes do what both engines warn of

GOLDEN: dict[str, Any] = golden_file.load_record("behaviour")


@pytest.fixture(scope="module")
def errors() -> dict[str, dict[str, Any]]:
    return bad_input.errors(keras)


@pytest.mark.parametrize(
    "name", [name for name in behaviour.PROBES if name not in ("errors", "signatures", "configurations")]
)
def test_behaves_as_keras(name: str) -> None:
    found = json.loads(json.dumps(behaviour.PROBES[name](keras)))
    assert found == GOLDEN[name] | BEHAVIOUR.get(name, {}) if isinstance(found, dict) else found == GOLDEN[name]


def test_every_probe_is_recorded() -> None:
    assert list(GOLDEN) == [*behaviour.PROBES]
    assert list(GOLDEN["errors"]) == list(bad_input.CALLS)
    assert list(GOLDEN["signatures"]) == signatures.NAMES


@pytest.mark.parametrize("name", bad_input.CALLS)
def test_bad_input_gets_the_error_of_keras(name: str, errors: dict[str, dict[str, Any]]) -> None:
    expected = ERRORS[name][0] if name in ERRORS else GOLDEN["errors"][name]["raises"]
    assert errors[name]["raises"] == expected
    assert expected is None or errors[name]["weights kept"]


@pytest.mark.parametrize("name", signatures.NAMES)
def test_signature_is_that_of_keras(name: str) -> None:
    """Each parameter is one of Keras's with its default, at its position; what is left out is documented."""
    function = signatures.find(keras, name)
    assert function is not None, f"{name} is missing"
    ours, theirs = signatures.describe(function), GOLDEN["signatures"][name]
    lacking = [entry for entry in theirs if entry[0] in LACKING.get(name, ())]
    assert [entry[0] for entry in lacking] == LACKING.get(name, [])
    assert sorted(entry[:2] for entry in ours) == sorted(entry[:2] for entry in theirs if entry not in lacking)
    positional = [entry[0] for entry in ours if entry[2] == "positional"]
    assert positional == [entry[0] for entry in theirs][: len(positional)]


@pytest.mark.parametrize("name", GOLDEN["configurations"])
def test_configuration_is_that_of_keras(name: str) -> None:
    found = json.loads(json.dumps(configurations.configurations(keras)))[name]
    golden = GOLDEN["configurations"][name] | CONFIGURATION.get(name, {})
    assert found == {key: value for key, value in golden.items() if key not in CONFIGURATION_LACKING.get(name, ())}


def test_deviations_deviate() -> None:
    assert [name for name, (raises, _) in ERRORS.items() if raises == GOLDEN["errors"][name]["raises"]] == []
    for changes, part in ((BEHAVIOUR, GOLDEN), (CONFIGURATION, GOLDEN["configurations"])):
        assert [name for name in changes for key in changes[name] if changes[name][key] == part[name][key]] == []
    assert [
        name for name, keys in CONFIGURATION_LACKING.items() if not {*keys} <= {*GOLDEN["configurations"][name]}
    ] == []


def test_arguments_and_configurations_of_layers_are_those_of_keras() -> None:
    assert json.loads(json.dumps(layers.surface(keras))) == golden_file.load_record("surface")
