"""Layers by themselves and in a training against what real Keras gave."""

from __future__ import annotations

import json

import pytest

from steepest import keras

from . import golden_file
from .layer_cases import CASES, name_of, run, surface
from .run import differences

GOLDEN = golden_file.load("layers")
TOLERANCE = {"float32": 2e-5, "float64": 1e-10}


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_numbers_are_those_of_keras(case, dtype: str) -> None:
    found = differences(run(keras, case, dtype), GOLDEN[name_of(case)])
    assert {key: difference for key, difference in found.items() if difference > TOLERANCE[dtype]} == {}


def test_arguments_and_configurations_are_those_of_keras() -> None:
    golden = json.loads((golden_file.FOLDER / "layers.json").read_text())
    assert json.loads(json.dumps(surface(keras))) == golden


def test_the_golden_file_has_these_cases() -> None:
    assert list(GOLDEN) == [name_of(case) for case in CASES]
