"""Public names that are loaded when they are first used: `import steepest` takes the core's time and no more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import Any


def names_on_demand(
    namespace: dict[str, Any], modules: Iterable[str], names: Mapping[str, str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """`__getattr__` and `__dir__` for the module with this namespace.

    Args:
        namespace: the module's `globals()`; what was loaded is kept there.
        modules: modules of the package that are attributes of it.
        names: {name: the module of the package that has it}.
    """

    def load(name: str) -> Any:
        if name in modules:
            found: Any = import_module(f"steepest.{name}")
        elif name in names:
            found = getattr(import_module(f"steepest.{names[name]}"), name)
        else:
            raise AttributeError(f"module {namespace['__name__']!r} has no attribute {name!r}")
        namespace[name] = found
        return found

    return load, lambda: sorted({*namespace, *modules, *names})


def extra(module: str, purpose: str) -> Any:
    """A module of an optional package, which is the extra of the package's name: `pip install steepest[package]`.

    Raises:
        ImportError: if it isn't installed; the message says how to change that.
    """
    try:
        return import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        raise ImportError(
            f"{purpose} need {package}, which is not installed: pip install steepest[{package}]"
        ) from error
