"""Descriptions of models against Keras's, both ways."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from steepest import keras

from . import golden_file
from .cases.descriptions import MODELS, outputs, plain, record

GOLDEN = golden_file.load_record("descriptions")


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    return record(keras)


@pytest.mark.parametrize("name", MODELS)
def test_models_are_described_as_in_keras(found: dict[str, Any], name: str) -> None:
    assert plain(found[name]["description"]) == plain(GOLDEN[name]["description"])
    assert plain(found[name]["clone"]) == plain(GOLDEN[name]["clone"])
    assert found[name]["weights"] == GOLDEN[name]["weights"]


@pytest.mark.parametrize("name", MODELS)
def test_descriptions_of_keras_are_taken(name: str) -> None:
    golden = GOLDEN[name]
    model = keras.models.model_from_json(json.dumps(golden["description"]))
    assert plain(json.loads(model.to_json())) == plain(golden["description"])
    if golden["outputs"] is not None:
        for one, other in zip(outputs(keras, model), golden["outputs"], strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)
    if name not in ("stack", "unbuilt", "built_later"):
        again = keras.Model.from_config(golden["description"]["config"])
        assert plain(json.loads(again.to_json())["config"]) == plain(golden["description"]["config"])
