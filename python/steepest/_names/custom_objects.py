"""Classes and functions of users under the names that descriptions have for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

T = TypeVar("T")

_registered: dict[str, Any] = {}
_names: dict[Any, str] = {}
_scoped: dict[str, Any] = {}


class CustomObjectScope:
    """`with custom_object_scope({"Mine": Mine}):`: inside, descriptions that name "Mine" mean this class or function.

    Args:
        custom_objects: {name: class or function}.

    Source: Keras.

    >>> with CustomObjectScope({"Mine": int}):
    ...     get_registered_object("Mine")
    <class 'int'>
    >>> get_registered_object("Mine")
    """

    def __init__(self, custom_objects: Mapping[str, Any] | None):
        self.custom_objects = dict(custom_objects or {})
        self._before: dict[str, Any] = {}

    def __enter__(self) -> CustomObjectScope:
        global _scoped
        self._before, _scoped = _scoped, self.custom_objects
        return self

    def __exit__(self, *error: object) -> None:
        global _scoped
        _scoped = self._before


custom_object_scope = CustomObjectScope


def scope_with(custom_objects: Mapping[str, Any] | None) -> CustomObjectScope:
    """A scope of these and of those in the scope around it, which come first."""
    return CustomObjectScope({**(custom_objects or {}), **_scoped})


def get_custom_objects() -> dict[str, Any]:
    """The registered classes and functions by name, to be changed as well; those of a scope are not among them."""
    return _registered


def register_keras_serializable(package: str = "Custom", name: str | None = None) -> Callable[[T], T]:
    """`@register_keras_serializable("mine")` before a class or function: descriptions find it as `mine>Name`.

    Args:
        package: the first part of the name.
        name: the second part; by default the name that it has in Python.

    Raises:
        ValueError: for a class without `get_config`.

    Source: Keras.

    >>> @register_keras_serializable("doc")
    ... def double(x):
    ...     return 2 * x
    >>> get_registered_name(double), get_registered_object("doc>double") is double
    ('doc>double', True)
    """

    def register(thing: T) -> T:
        if isinstance(thing, type) and not hasattr(thing, "get_config"):
            raise ValueError(
                f"Cannot register a class that does not have a get_config() method. Received: {thing.__name__}"
            )
        registered_name = f"{package}>{thing.__name__ if name is None else name}"  # type: ignore[attr-defined]
        _registered[registered_name] = thing
        _names[thing] = registered_name
        return thing

    return register


def get_registered_name(obj: Any) -> str:
    """The name under which a class or function is registered; the one that it has in Python if it is not."""
    return _names.get(getattr(obj, "written_as", obj), obj.__name__)


def get_registered_object(
    name: Any, custom_objects: Mapping[str, Any] | None = None, module_objects: Mapping[str, Any] | None = None
) -> Any:
    """The class or function of this name: of the scope, registered, or in one of these dicts; None if there is none."""
    for table in (_scoped, _registered, custom_objects or {}, module_objects or {}):
        if name in table:
            return table[name]
    return None
