"""Several inputs and outputs, and losses and metrics that Python computes, as real Keras has them."""

from __future__ import annotations

import pytest

from steepest import keras

from . import golden_file
from .cases import TOLERANCE
from .output_models import OUTPUTS, run_outputs
from .run import differences

GOLDEN = golden_file.load("outputs")


@pytest.mark.parametrize("name", OUTPUTS)
def test_numbers_are_those_of_keras(name: str) -> None:
    found = differences(run_outputs(keras, name), GOLDEN[name])
    assert {key: value for key, value in found.items() if value > TOLERANCE["float32"]} == {}


def test_every_golden_entry_is_compared() -> None:
    assert sorted(GOLDEN) == sorted(OUTPUTS)
