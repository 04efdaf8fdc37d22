"""Names: how they are looked up, how a wrong one is answered, and how unnamed objects get theirs.

Every `get` of the package (optimizers, losses, metrics, activations, initializers) asks here, so that a misspelt name
is answered in one way: what is wrong, what it probably should have been, what was possible, what was received.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from steepest._names.custom_objects import get_registered_name, get_registered_object

T = TypeVar("T")

_counts: dict[str, int] = {}


def suggest(name: object, options: Iterable[str]) -> str:
    """The end of an error message: `" Did you mean 'x'?"` if one of `options` is close to `name`, else `""`.

    >>> suggest("adm", ["adam", "sgd"])
    " Did you mean 'adam'?"
    >>> suggest("lion", ["adam", "sgd"])
    ''
    """
    import difflib  # only errors need it

    spelled = {option.lower(): option for option in reversed(list(options))}
    close = difflib.get_close_matches(str(name).lower(), spelled, n=1)
    return f" Did you mean {spelled[close[0]]!r}?" if close else ""


def lookup(identifier: str, table: Mapping[str, T], kind: str) -> T:
    """`table[identifier]`.

    Raises:
        ValueError: if the table has no such name; `kind` says what was looked for ("optimizer").

    >>> lookup("adam", {"adam": 1, "sgd": 2}, "optimizer")
    1
    """
    if identifier in table:
        return table[identifier]
    raise ValueError(
        f"Unknown {kind}: {identifier!r}.{suggest(identifier, table)} "
        f"Expected one of: {', '.join(table)}. Received: {identifier!r}"
    )


def interpret(identifier: Any, table: Mapping[str, Any], kind: str, expected: str) -> Any:
    """What Keras's `get` functions give for a name, a description, a class, a callable, or None.

    Raises:
        ValueError: for an unknown name, and for what can't be called; `expected` says what could be given but a name.

    >>> interpret("one", {"one": lambda: 1}, "number", "a Number"), interpret(None, {}, "number", "a Number")
    (1, None)
    """
    if isinstance(identifier, str):
        return lookup(identifier, table, kind)()
    if isinstance(identifier, Mapping):
        return deserialize_object(identifier, table, kind)
    if isinstance(identifier, type):
        return identifier()
    if identifier is None or callable(identifier):
        return identifier
    raise ValueError(f"Could not interpret {kind}: expected a name, {expected}. Received: {identifier!r}")


def refuse_unknown(received: Mapping[str, object], allowed: Iterable[str], owner: str) -> None:
    """Refuses the keywords of `received` that are not in `allowed`, as Python does for a function's arguments.

    Raises:
        TypeError: for the first unknown keyword; `owner` is the function or class that was called.

    >>> refuse_unknown({"epoch": 3}, ["epochs", "verbose"], "fit()")
    Traceback (most recent call last):
    TypeError: fit() got an unexpected keyword argument 'epoch'. Did you mean 'epochs'?
    """
    options = list(allowed)
    for name in received:
        if name not in options:
            raise TypeError(f"{owner} got an unexpected keyword argument {name!r}.{suggest(name, options)}")


def snake_case(name: str) -> str:
    """A class's name as Keras spells the name of its instances.

    >>> snake_case("MeanSquaredError"), snake_case("RMSprop")
    ('mean_squared_error', 'rm_sprop')
    """
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)).lower()


def auto_name(base: str) -> str:
    """The next free name: `base`, then `base_1`, `base_2`, ...

    >>> auto_name("doc_example"), auto_name("doc_example")
    ('doc_example', 'doc_example_1')
    """
    count = _counts.get(base, 0)
    _counts[base] = count + 1
    return f"{base}_{count}" if count else base


def clear_names() -> None:
    """Lets `auto_name` start again."""
    _counts.clear()


def serialize_object(thing: Any, module: str) -> dict[str, Any]:
    """Keras's description of an object: its class's name and its constructor's arguments (`get_config`).

    A class of steepest is in the Keras module `module`, and one of the program in its own, under a registered name.
    """
    cls, name = type(thing), None
    if not cls.__module__.startswith("steepest."):
        module, name = cls.__module__, get_registered_name(cls)
    found = None if module == "__main__" else module
    return {"module": found, "class_name": cls.__name__, "config": thing.get_config(), "registered_name": name}


def deserialize_object(
    description: Mapping[str, Any], table: Mapping[str, Any], kind: str, custom_objects: Mapping[str, Any] | None = None
) -> Any:
    """The object that `serialize_object` described: of a class in `custom_objects`, registered, or in `table`.

    Raises:
        ValueError: if the description has no class, or one that is not known.
    """
    if not isinstance(description, Mapping) or "class_name" not in description:
        raise ValueError(f"Expected a {kind} as a dict of 'class_name' and 'config'. Received: {description!r}")
    name = description["class_name"]
    registered = description.get("registered_name") or name
    cls = (custom_objects or {}).get(name) or get_registered_object(registered) or lookup(name, table, kind)
    return cls.from_config(dict(description.get("config") or {}))
