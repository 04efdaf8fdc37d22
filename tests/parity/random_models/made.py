"""What a description of a random model is made of: classes of `keras` and their arguments.

Numbers are sums of few powers of two: on TensorFlow Keras rounds arguments to float32, and these it leaves alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any


@dataclass(frozen=True)
class Made:
    """An object to make: a class of a module of `keras` and its arguments, in which others may stand."""

    module: str
    name: str
    arguments: dict[str, Any] = field(default_factory=dict)

    def make(self, keras: Any) -> Any:
        arguments = {
            key: value.make(keras) if isinstance(value, Made) else value for key, value in self.arguments.items()
        }
        found = keras
        for part in self.module.split("."):
            found = getattr(found, part)
        return getattr(found, self.name)(**arguments)

    def __repr__(self) -> str:
        return f"{self.name}({', '.join(f'{key}={value!r}' for key, value in self.arguments.items())})"


def maybe(draw: Random, share: float, key: str, value: Callable[[], Any]) -> dict[str, Any]:
    """{key: value()} in `share` of the cases, else nothing."""
    return {key: value()} if draw.random() < share else {}
