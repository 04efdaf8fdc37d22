"""docs/keras.md is what its script would write, and leaves nothing out that is there."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest

from . import coverage, golden_file
from .left_out import LEFT_OUT


def test_page_is_up_to_date() -> None:
    page = coverage.PAGE.read_text(encoding="utf-8")
    assert page == coverage.written(), "docs/keras.md is stale: python -m parity.coverage, in tests/"


@pytest.mark.parametrize("entry", [entry for entries in LEFT_OUT.values() for entry in entries])
def test_what_is_left_out_is_a_name_of_keras(entry: str) -> None:
    names = golden_file.load_record("names")
    modules, patterns = entry.split(": ")
    found = [name for path in names if fnmatchcase(path, modules) for name in names[path]]
    assert [pattern for pattern in patterns.split() if not any(fnmatchcase(name, pattern) for name in found)] == []
