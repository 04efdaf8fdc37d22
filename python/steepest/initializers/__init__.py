"""Initial weights: an initializer is called with a shape and a dtype and returns an array.

A random one is a function of its seed and the shape alone: called again it returns the same numbers, as in Keras.
Without a seed it takes the next one of the global stream (`utils.set_random_seed`) when it is made. The formulas are
Keras 3's; the numbers come from NumPy's PCG64: a seed gives other numbers than in Keras, of the same distribution.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from steepest._names.registry import deserialize_object, interpret, serialize_object, snake_case
from steepest.config import standardize_dtype
from steepest.initializers.constant import Array, Constant, Identity, Initializer, Ones, Shape, Zeros
from steepest.initializers.random import Orthogonal, RandomNormal, RandomUniform, TruncatedNormal
from steepest.initializers.variance_scaling import (
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    LecunNormal,
    LecunUniform,
    VarianceScaling,
)

# Keras's second spelling: each class under its name as a function
glorot_uniform = GlorotUniform
glorot_normal = GlorotNormal
he_uniform = HeUniform
he_normal = HeNormal
lecun_uniform = LecunUniform
lecun_normal = LecunNormal
random_uniform = RandomUniform
random_normal = RandomNormal
truncated_normal = TruncatedNormal
variance_scaling = VarianceScaling
orthogonal = Orthogonal
zeros = Zeros
ones = Ones
constant = Constant
identity = Identity
IdentityInitializer = Identity  # and its first, still public
OrthogonalInitializer = Orthogonal

_CLASSES: tuple[type[Initializer], ...] = (
    *(GlorotUniform, GlorotNormal, HeUniform, HeNormal, LecunUniform, LecunNormal, VarianceScaling),
    *(RandomUniform, RandomNormal, TruncatedNormal, Orthogonal, Zeros, Ones, Constant, Identity),
)
_TABLE = {
    **{snake_case(cls.__name__): cls for cls in _CLASSES},
    **{cls.__name__: cls for cls in _CLASSES},
    **{"uniform": RandomUniform, "normal": RandomNormal, "zero": Zeros, "one": Ones},
}


def get(identifier: Any) -> Callable[..., Array] | None:
    """The initializer of a name (`"he_normal"` or `"HeNormal"`), a class, a config, an array, or itself; None for None.

    An array stands for the values themselves. A function `(shape, dtype=None) -> array` is an initializer too.

    Raises:
        ValueError: for an unknown name, or what is no initializer.

    >>> get("zeros")((2,))
    array([0., 0.], dtype=float32)
    """
    expected = "an Initializer, or a function of a shape and a dtype"
    found: Callable[..., Array] | None = (
        _values(identifier)
        if isinstance(identifier, np.ndarray)
        else interpret(identifier, _TABLE, "initializer", expected)
    )
    return found


def serialize(initializer: Any) -> dict[str, Any]:
    """The class and the arguments of an initializer, as `deserialize` takes them.

    >>> serialize(Constant(2.0))["config"]
    {'value': 2.0}
    """
    if not isinstance(initializer, Initializer):
        raise ValueError(f"Only an Initializer can be serialized. Received: {initializer!r}")
    return serialize_object(initializer, "keras.initializers")


def deserialize(config: Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None) -> Initializer:
    """The initializer that `serialize` described; `custom_objects` holds classes of yours by name.

    >>> deserialize(serialize(Constant(2.0))).value
    2.0
    """
    restored: Initializer = deserialize_object(config, _TABLE, "initializer", custom_objects)
    return restored


def _values(array: Array) -> Callable[..., Array]:
    def initializer(shape: Shape, dtype: Any = None) -> Array:
        if tuple(shape) != array.shape:
            raise ValueError(
                f"An array given as initializer must have the weight's shape {tuple(shape)}. Received: {array.shape=}"
            )
        return array.astype(standardize_dtype(dtype))

    return initializer
