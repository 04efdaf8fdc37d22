"""What steepest computes against the golden numbers of real Keras, case by case."""

from __future__ import annotations

from functools import cache

import pytest

from steepest import keras

from . import golden_file
from .cases.grid import BATCH_SIZES, DEPTHS, GRID, LOSSES, OPTIMIZERS
from .cases.run import differences
from .parts import NUMBERS

pytestmark = pytest.mark.filterwarnings("ignore")  # some cases do what both engines warn of

golden = cache(golden_file.load)


@pytest.mark.parametrize(
    ("part", "dtype", "case"),
    [(name, dtype, case) for name, part in NUMBERS.items() for dtype in part.tolerance for case in part.cases],
)
def test_numbers_are_those_of_keras(part: str, dtype: str, case: str) -> None:
    found = differences(NUMBERS[part].run(keras, case, dtype), golden(part)[case])
    assert {key: value for key, value in found.items() if not value <= NUMBERS[part].tolerance[dtype]} == {}


@pytest.mark.parametrize("part", NUMBERS)
def test_every_golden_case_is_run(part: str) -> None:
    assert sorted(golden(part)) == sorted(NUMBERS[part].cases)


def test_the_grid_has_every_pair_and_each_rule_every_depth_and_batch_size() -> None:
    names = {case.name for case in GRID}
    assert {tuple(name.split("-")[:2]) for name in names} == {(loss, rule) for loss in LOSSES for rule in OPTIMIZERS}
    for entry in (*LOSSES, *OPTIMIZERS):
        met = {name.split("-depth")[1] for name in names if entry in name.split("-depth")[0].split("-")}
        assert len(met) == len(DEPTHS) * len(BATCH_SIZES)
