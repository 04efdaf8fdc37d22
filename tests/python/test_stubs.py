"""`_core.pyi` says what the compiled module has: the same names, with the same arguments."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest

import steepest
from steepest import _core

STUB = ast.parse((Path(steepest.__file__).parent / "_core.pyi").read_text(encoding="utf-8"))

Definition = ast.FunctionDef | ast.ClassDef | ast.AnnAssign


def public(body: list[ast.stmt]) -> dict[str, Definition]:
    """The functions, classes and attributes that a body defines, by name."""
    found: dict[str, Definition] = {}
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            found[node.name] = node
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found[node.target.id] = node
    return {name: node for name, node in found.items() if not name.startswith("_") or name in ("__init__", "__len__")}


MODULE = public(STUB.body)
CLASSES = {name: public(node.body) for name, node in MODULE.items() if isinstance(node, ast.ClassDef)}


def names(thing: Any) -> set[str]:
    own = vars(thing)
    return {name for name in own if not name.startswith("_")} | {name for name in ("__len__",) if name in own}


def is_property(node: Definition) -> bool:
    return isinstance(node, ast.AnnAssign) or any(
        isinstance(d, ast.Name) and d.id == "property" for d in getattr(node, "decorator_list", [])
    )


FUNCTIONS = {
    **{name: (getattr(_core, name, None), node) for name, node in MODULE.items() if isinstance(node, ast.FunctionDef)},
    **{
        f"{cls}.{name}": (getattr(getattr(_core, cls, None), name, None), node)
        for cls, members in CLASSES.items()
        for name, node in members.items()
        if isinstance(node, ast.FunctionDef) and not is_property(node) and name != "__len__"
    },
}


def test_module_has_the_names_of_the_stub() -> None:
    assert names(_core) == set(MODULE)


@pytest.mark.parametrize("cls", CLASSES)
def test_class_has_the_names_of_the_stub(cls: str) -> None:
    assert names(getattr(_core, cls)) == set(CLASSES[cls]) - {"__init__"}


@pytest.mark.parametrize("cls", CLASSES)
def test_properties_are_properties(cls: str) -> None:
    for name, node in CLASSES[cls].items():
        if is_property(node):
            member = getattr(_core, cls).__dict__[name]
            assert isinstance(member, property), f"{cls}.{name}"
            assert (member.fset is not None) == isinstance(node, ast.AnnAssign), f"{cls}.{name}: may it be set?"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_arguments(name: str) -> None:
    compiled, node = FUNCTIONS[name]
    assert isinstance(node, ast.FunctionDef)
    # pybind11's docstring begins with the signature: name(self: type, x: type, n: int = 0) -> type
    first_line = (compiled.__doc__ or "").splitlines()[0]
    inside = first_line[first_line.index("(") + 1 : first_line.rindex(") ->")]
    while re.search(r"\[[^\[\]]*\]", inside):  # types with brackets hold commas
        inside = re.sub(r"\[[^\[\]]*\]", "", inside)
    arguments = [part.strip() for part in inside.split(",") if part.strip()]
    found = [(re.split(r"[:=]", part)[0].strip(), "=" in part) for part in arguments]
    stub = node.args.args
    optional = len(stub) - len(node.args.defaults)
    expected = [(argument.arg, index >= optional) for index, argument in enumerate(stub)]
    assert found == expected, first_line
