"""Settings of the process: the default dtype, the instruction set and the number of threads."""

from __future__ import annotations

from typing import Any

import numpy as np

from steepest import _core

_floatx = "float32"
_EPSILON = 1e-7

_DTYPES = ("float32", "float64")


def floatx() -> str:
    """The dtype of layers, losses and metrics that are not given one: `"float32"` unless `set_floatx` changed it.

    >>> floatx()
    'float32'
    """
    return _floatx


def set_floatx(value: str) -> None:
    """Sets the default dtype for what is created from now on.

    Args:
        value: `"float32"` or `"float64"`.

    Raises:
        ValueError: for any other value.

    >>> set_floatx("float64")
    >>> floatx()
    'float64'
    >>> set_floatx("float32")
    """
    global _floatx
    if value not in _DTYPES:
        raise ValueError(f"Unknown `floatx` value: expected one of: {', '.join(_DTYPES)}. Received: {value!r}")
    _floatx = str(value)


def standardize_dtype(dtype: Any) -> str:
    """`"float32"` or `"float64"` from a name, a NumPy dtype or None (then `floatx()`).

    Raises:
        ValueError: for a dtype in which nothing is computed here.

    >>> standardize_dtype(None), standardize_dtype(np.float64)
    ('float32', 'float64')
    """
    if dtype is None:
        return _floatx
    try:
        name = str(np.dtype(dtype).name)
    except TypeError:
        name = ""
    if name not in _DTYPES:
        raise ValueError(f"Unknown `dtype`: expected one of: {', '.join(_DTYPES)}. Received: dtype={dtype!r}")
    return name


def epsilon() -> float:
    """The distance that the cross entropies keep probabilities from 0 and 1: 1e-7, as in Keras.

    >>> epsilon()
    1e-07
    """
    return _EPSILON


def set_isa(name: str) -> None:
    """Chooses the instruction set of the networks that are built from now on.

    Results are the same to the bit for `"avx2"` and `"avx512"`. The environment variable `STEEPEST_ISA` does the same
    from outside.

    Args:
        name: one of `show_config()`'s supported instruction sets, e.g. `"avx2"`.

    Raises:
        ValueError: if this build or this processor does not have it.

    >>> set_isa(get_isa())
    """
    _core.set_isa(name)


def get_isa() -> str:
    """The instruction set in use, by default the best one that build and processor share.

    >>> get_isa() in _core.show_config()["isas_supported"]
    True
    """
    return _core.get_isa()


def set_num_threads(count: int) -> None:
    """Sets the number of threads of every training and prediction step. Results do not depend on it.

    Models that train or predict at the same time, in threads of Python, share it: each has its part, at least one. By
    default there are as many as the process has processors, by its affinity, its control group's quota and
    `OMP_NUM_THREADS` (which joblib, Dask and Ray set in their processes). `threadpoolctl.threadpool_limits` limits them
    if it was imported before steepest, or `steepest.sklearn` is.

    Args:
        count: the number of threads, or 0 (the default) to choose it for each step by the amount of work.

    Raises:
        ValueError: if `count` is not an integer of 0 or more.

    >>> set_num_threads(2)
    >>> get_num_threads()
    2
    >>> set_num_threads(0)
    """
    if isinstance(count, bool) or not isinstance(count, (int, np.integer)) or count < 0:
        raise ValueError(f"`count` must be an integer of 0 (choose by the work) or more. Received: count={count!r}")
    _core.set_num_threads(int(count))


def get_num_threads() -> int:
    """The number set by `set_num_threads`; 0 if the work decides.

    >>> get_num_threads()
    0
    """
    return _core.get_num_threads()


def show_config() -> None:
    """Prints what this build is and what it runs on: version, compiler, instruction sets and threads.

    The same values as a dict: `steepest._core.show_config()`.

    >>> show_config()  # doctest: +ELLIPSIS
    steepest ...
    """
    facts = _core.show_config()
    print(f"steepest {facts.pop('version')}, NumPy {np.__version__}")
    width = max(map(len, facts))
    for name, value in facts.items():
        text = ", ".join(value) if isinstance(value, list) else str(value)
        if name == "num_threads" and not value:
            text = "chosen by the work"
        if name == "flags":  # "[isa: flags][isa: flags]", a line each
            text = f"\n{'':{width + 4}}".join(text.strip("[]").split("]["))
        print(f"  {name.replace('_', ' '):<{width}}  {text}")
