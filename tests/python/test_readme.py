"""The README says what is true: its code runs, its commands exist, and the links of all pages lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from steepest import config, utils

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
# docs/concepts.md and docs/gallery.md are held by test_examples.py
PAGES = sorted(
    page.relative_to(ROOT).as_posix()
    for pattern in ("*.md", "cpp/*.md", "tests/*.md", "tests/parity/*.md", "benchmarks/*.md", "docs/*.md")
    for page in ROOT.glob(pattern)
    if page.name not in ("concepts.md", "gallery.md")
)


def code(page: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), flags=re.DOTALL)


def anchors(page: Path) -> set[str]:
    """The headings of a page as GitHub spells them in links."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_example_learns_the_digits(capsys: pytest.CaptureFixture[str]) -> None:
    utils.set_random_seed(1)
    names: dict[str, Any] = {}
    blocks = code("README.md")
    assert len(blocks) == 2
    for block in blocks:
        exec(compile(block, "README.md", "exec"), names)
    out = capsys.readouterr().out
    share, count = re.search(r"([\d.]+)% of (\d+) digits", out).groups()
    assert (float(share) >= 95, count) == (True, "360")
    np.testing.assert_allclose(names["w"], 0, atol=0.1)  # from 3 and -1
    assert out.endswith("4.0 [[4.]]\n")


def test_the_example_of_the_numerics_holds() -> None:
    try:
        for block in code("docs/numerics.md"):
            exec(compile(block, "numerics.md", "exec"), {})
    finally:
        config.set_num_threads(0)


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "tests/README.md", "benchmarks/README.md"])
def test_commands_exist(page: str) -> None:
    targets = re.findall(r"^([a-z-]+(?: [a-z-]+)*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    known = {target for line in targets for target in line.split()}
    named = set(re.findall(r"make ([a-z-]+)", "\n".join(commands((ROOT / page).read_text(encoding="utf-8")))))
    assert named, "this page names no command"
    assert named <= known


def commands(text: str) -> list[str]:
    """What is set as code: the blocks without a language, and single words in backticks."""
    return re.findall(r"```\n(.*?)```", text, flags=re.DOTALL) + re.findall(r"`(make [^`]+)`", text)


def test_the_benchmark_has_its_place() -> None:
    begin, end = README.index("<!-- bench:begin -->"), README.index("<!-- bench:end -->")
    assert begin < end
    assert README.count("<!-- bench:") == 2


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    here = ROOT / page
    text = re.sub(r"```.*?```", "", here.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)]+)\)", text):
        if target.startswith("http"):
            continue
        path, _, anchor = target.partition("#")
        linked = here.parent / path if path else here
        assert linked.exists(), target
        assert not anchor or anchor in anchors(linked), target
