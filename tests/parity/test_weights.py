"""Frozen layers, regularizers and constraints against what real Keras gave."""

from __future__ import annotations

import pytest

from steepest import keras

from . import golden_file
from .cases import TOLERANCE, Case
from .run import differences, run
from .weight_cases import CASES

GOLDEN = golden_file.load("weights")

pytestmark = pytest.mark.filterwarnings("ignore")  # where nothing trains both engines warn


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_numbers_are_those_of_keras(case: Case, dtype: str) -> None:
    found = differences(run(keras, case, dtype), GOLDEN[case.name])
    assert {name: value for name, value in found.items() if value > TOLERANCE[dtype]} == {}


def test_the_golden_file_has_these_cases() -> None:
    assert list(GOLDEN) == [case.name for case in CASES]
