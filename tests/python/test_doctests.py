"""The examples in the docstrings run and say the truth."""

from __future__ import annotations

import doctest
import importlib
import importlib.util
import pkgutil

import pytest

import steepest
from steepest import activations, config
from steepest._names import registry

MODULES = [
    name
    for _, name, _ in pkgutil.walk_packages(steepest.__path__, "steepest.")
    if not name.endswith(("._core", ".__main__"))
    # scikit-learn 1.9 needs Python 3.11: there these run
    if not name.startswith("steepest.sklearn") or importlib.util.find_spec("sklearn")
]


@pytest.mark.parametrize("name", ["steepest", *MODULES])
def test_examples(name: str, tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    registry.clear_names()
    module = importlib.import_module(name)
    results = doctest.testmod(module, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert config.floatx() == "float32", f"an example of {name} did not restore floatx"
    assert results.failed == 0, f"{results.failed} of {results.attempted} examples of {name} failed; see the output"


def test_public_functions_and_classes_of_the_rules_have_examples() -> None:
    finder = doctest.DocTestFinder()
    without = [
        f"{name}.{public}"
        for name in ("activations", "config", "losses", "metrics", "ops", "optimizers")
        for module in [importlib.import_module(f"steepest.{name}")]
        for public, thing in vars(module).items()
        if not public.startswith("_") and callable(thing) and thing is not activations.ActivationFunction
        if getattr(thing, "__module__", "").startswith(f"steepest.{name}")
        if not any(test.examples for test in finder.find(thing, public, module=False, globs={}))
    ]
    assert not without, f"no example in the docstring of {', '.join(without)}"
