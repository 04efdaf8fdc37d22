"""Steps of optimizers on arrays, and schedules, as real Keras takes them."""

from __future__ import annotations

import pytest

from steepest import keras

from . import golden_file
from .cases import TOLERANCE
from .optimizer_steps import names_of, run_steps
from .run import differences

GOLDEN = {dtype: golden_file.load(f"optimizers-{dtype}") for dtype in TOLERANCE}


@pytest.mark.parametrize(("dtype", "name"), [(dtype, name) for dtype in TOLERANCE for name in names_of(dtype)])
def test_steps_are_those_of_keras(dtype: str, name: str) -> None:
    found = differences(run_steps(keras, name, dtype), GOLDEN[dtype][name])
    assert {key: value for key, value in found.items() if value > TOLERANCE[dtype]} == {}


@pytest.mark.parametrize("dtype", TOLERANCE)
def test_every_golden_entry_is_compared(dtype: str) -> None:
    assert sorted(GOLDEN[dtype]) == sorted(names_of(dtype))
