"""The rules of docs/architecture.md that a reader relies on, held by reading the sources."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CPP = ROOT / "cpp"
SOURCES = sorted(path for path in CPP.rglob("*") if path.suffix in (".cpp", ".hpp"))

# Read from left to right: a folder may include itself and what stands left of it.
ORDER = ("kernels", "runtime", "model", "train", "bindings")
C_HEADERS = {"math.h", "stddef.h", "stdint.h", "string.h"}
INTRINSIC_HEADERS = {"arm_neon.h", "immintrin.h", "simde/x86/avx512.h"}
CONTRACT = "kernels/kernel_table.hpp"


def name(path: Path) -> str:
    return path.relative_to(CPP).as_posix()


def code(path: Path) -> str:
    """The text of a file without its comments."""
    return re.sub(r"//.*", "", path.read_text(encoding="utf-8"))


def folder(path: Path) -> str:
    return path.relative_to(CPP).parts[0]


def quoted(path: Path) -> list[str]:
    """What a file includes of the project, as paths from cpp/."""
    found = re.findall(r'#include "([^"]+)"', code(path))
    if folder(path) != "kernels":
        return found
    return [name((path.parent / include).resolve()) for include in found]


def bracketed(path: Path) -> list[str]:
    return re.findall(r"#include <([^>]+)>", code(path))


def containing(pattern: str) -> set[str]:
    """The sources whose code matches."""
    return {name(path) for path in SOURCES if re.search(pattern, code(path))}


def test_every_folder_has_its_place_in_the_order() -> None:
    assert {folder(path) for path in SOURCES} == set(ORDER)


def test_intrinsics_are_in_vec_only() -> None:
    vector_types = r"\b__m(128|256|512)|\b_mm\d*_|\b(float|u?int)\d+x\d+_t\b|\bv[a-z]+q?_(n_)?[fsu](32|64)\b"
    headers = r"(arm_(neon|sve)|[a-z]+mmintrin|immintrin|simde/)"
    found = containing(f"{vector_types}|#include <{headers}")
    assert {f"kernels/vec/{isa}.hpp" for isa in ("avx2", "avx512", "neon")} <= found
    assert {path.rpartition("/")[0] for path in found} == {"kernels/vec"}


def test_pybind11_is_in_the_bindings_only() -> None:
    found = containing(r"pybind11|\bpy::|Python\.h")
    assert found
    assert {path.split("/")[0] for path in found} == {"bindings"}


def test_the_gil_is_released_in_one_file() -> None:
    assert containing(r"gil_scoped_release|call_guard|PyEval_SaveThread|Py_BEGIN_ALLOW_THREADS") == {
        "bindings/arrays.hpp"
    }


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_includes_point_leftwards(path: Path) -> None:
    for include in quoted(path):
        assert (CPP / include).is_file(), f"{name(path)} includes {include}, which is not a path from cpp/"
        left, right = ORDER.index(include.split("/")[0]), ORDER.index(folder(path))
        assert left <= right, f"{name(path)} includes {include}: {folder(path)} stands left of it"


@pytest.mark.parametrize("path", [path for path in SOURCES if folder(path) == "kernels"], ids=name)
def test_kernels_include_themselves_and_c_headers(path: Path) -> None:
    allowed = C_HEADERS | INTRINSIC_HEADERS if path.parent.name == "vec" else C_HEADERS
    assert set(bracketed(path)) <= allowed
    assert {include.split("/")[0] for include in quoted(path)} <= {"kernels"}


@pytest.mark.parametrize("path", [path for path in SOURCES if folder(path) != "kernels"], ids=name)
def test_the_rest_of_the_core_knows_the_kernels_by_their_table(path: Path) -> None:
    assert {include for include in quoted(path) if include.startswith("kernels/")} <= {CONTRACT}


def test_no_build_file_asks_for_this_machine_or_for_loose_arithmetic() -> None:
    files = [ROOT / "CMakeLists.txt", ROOT / "CMakePresets.json", ROOT / "pyproject.toml", ROOT / "Makefile"]
    files += [*(ROOT / "cmake").glob("*.cmake"), *(ROOT / "tests").rglob("CMakeLists.txt")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in files)
    assert "-ffp-contract=off" in text
    assert not re.findall(r"-m(?:arch|tune|cpu)=native|-ffast-math|-Ofast|-funsafe-math\S*|/fp:fast|-flto\b", text)


PACKAGE = ROOT / "python" / "steepest"


def imported_by_loading(path: Path) -> set[str]:
    """The folders and modules of the package that loading this file of it loads."""
    found = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.module == "steepest":
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("steepest."):
            found.add(str(node.module).split(".")[1])
    return found


def test_the_folders_of_the_package_import_each_other_without_a_circle() -> None:
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for path in PACKAGE.rglob("*.py"):
        unit = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        sorter.add(unit, *imported_by_loading(path) - {unit})
    order = list(sorter.static_order())  # raises CycleError, which names the circle
    assert order.index("_core") < order.index("_data") < order.index("layers") < order.index("models")


# What takes long to load or is not everybody's: loaded by the function that needs it, when it is called.
HEAVY = {
    *("argparse", "asyncio", "concurrent.futures", "dataclasses", "difflib", "doctest", "email", "hashlib"),
    *("http.client", "importlib.metadata", "inspect", "json", "logging", "multiprocessing", "numpy.random", "pathlib"),
    *("pickle", "random", "shutil", "socket", "ssl", "subprocess", "tempfile", "unittest", "urllib.request", "zipfile"),
    *("IPython", "PIL", "jax", "keras", "matplotlib", "pandas", "scipy", "sklearn", "tensorflow", "torch", "tqdm"),
}


def loaded_by(statement: str) -> set[str]:
    """The modules that a statement loads in a new process which has NumPy."""
    script = f"import sys, numpy; before = set(sys.modules); {statement}; print(*(set(sys.modules) - before))"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


def test_importing_steepest_loads_the_core_alone() -> None:
    own = {module for module in loaded_by("import steepest") if module.startswith("steepest")}
    assert own == {"steepest", "steepest._core", "steepest._lazy"}


def test_a_model_loads_nothing_heavy() -> None:
    loaded = loaded_by("from steepest import keras; keras.Sequential([keras.layers.Dense(1)]).compile('adam', 'mse')")
    assert "steepest.models" in loaded
    assert not loaded & HEAVY
    assert not {f"steepest.{name}" for name in ("datasets", "demo", "plot", "reference")} & loaded
    foreign = {module.split(".")[0] for module in loaded} - set(sys.stdlib_module_names) - {"numpy", "steepest"}
    assert not foreign
