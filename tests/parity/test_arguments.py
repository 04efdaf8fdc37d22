"""Every argument out of range is refused, with the error of Keras; or at all, where Keras takes it."""

from __future__ import annotations

import pytest

from steepest import keras

from . import golden_file
from .deviations import ONE_CHECK
from .probes.bad_arguments import TABLE, bad_arguments, calls

GOLDEN = golden_file.load_record("arguments")


@pytest.fixture(scope="module")
def found() -> dict[str, str | None]:
    return bad_arguments(keras)


@pytest.mark.parametrize("path", TABLE)
@pytest.mark.filterwarnings("ignore")
def test_arguments_out_of_range_are_refused(path: str, found: dict[str, str | None]) -> None:
    names = [name for name, owner, _ in calls() if owner == path]
    assert [name for name in names if found[name] is None] == []
    unlike = [name for name in names if GOLDEN[name] not in (None, found[name])]
    assert unlike == [name for name in names if name in ONE_CHECK]


def test_every_call_is_recorded() -> None:
    assert list(GOLDEN) == [name for name, *_ in calls()]
