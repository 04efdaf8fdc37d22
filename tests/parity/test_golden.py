"""Training as real Keras does it: losses, metrics, predictions and weights of every case against the golden numbers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from steepest import keras

from . import golden_file
from .cases import BATCH_SIZES, DEPTHS, GRID, LOSSES, OPTIMIZERS, TOLERANCE, Case
from .make_golden import CASE_SETS
from .run import differences, run
from .standalone import STANDALONE, run_standalone

CASES = CASE_SETS["golden"]

pytestmark = pytest.mark.filterwarnings("ignore")  # some cases do what both engines warn of


@pytest.fixture(scope="module")
def golden() -> Callable[[str], golden_file.Outcomes]:
    files = {dtype: golden_file.load(dtype) for dtype in TOLERANCE}
    return files.__getitem__


@pytest.mark.parametrize(
    ("case", "dtype"), [pytest.param(case, dtype, id=f"{case.name}-{dtype}") for case in CASES for dtype in case.dtypes]
)
def test_numbers_are_those_of_keras(case: Case, dtype: str, golden: Callable[[str], golden_file.Outcomes]) -> None:
    found = differences(run(keras, case, dtype), golden(dtype)[case.name])
    assert {name: value for name, value in found.items() if value > TOLERANCE[dtype]} == {}


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("name", STANDALONE)
def test_numbers_of_functions_are_those_of_keras(
    name: str, dtype: str, golden: Callable[[str], golden_file.Outcomes]
) -> None:
    found = differences(run_standalone(keras, name, dtype), golden(dtype)[name])
    assert {key: value for key, value in found.items() if value > TOLERANCE[dtype]} == {}


@pytest.mark.parametrize("dtype", TOLERANCE)
def test_every_golden_case_is_run(dtype: str, golden: Callable[[str], golden_file.Outcomes]) -> None:
    assert sorted(golden(dtype)) == sorted([*STANDALONE, *(case.name for case in CASES if dtype in case.dtypes)])


def test_the_grid_has_every_pair_at_every_depth_and_batch_size() -> None:
    names = {case.name for case in GRID}
    for loss in LOSSES:
        for optimizer in OPTIMIZERS:
            own = [name for name in names if name.startswith(f"{loss}-{optimizer}-depth")]
            assert {int(name.split("-depth")[1][0]) for name in own} == set(DEPTHS)
            assert {int(name.split("-batch")[1]) for name in own} == set(BATCH_SIZES)
    for entry in (*LOSSES, *OPTIMIZERS):
        met = {name.split("-depth")[1] for name in names if entry in name.split("-depth")[0].split("-")}
        assert len(met) == len(DEPTHS) * len(BATCH_SIZES)
