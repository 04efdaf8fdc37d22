"""What the tests share: every instruction set, both dtypes, and how far a result may be from the float64 reference."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from steepest import _core, config

# Widths that leave every kind of tail behind the packs and panels of every instruction set.
SIZES = (1, 2, 15, 16, 17, 33, 97)


@pytest.fixture(params=_core.show_config()["isas_supported"])
def isa(request: pytest.FixtureRequest) -> Iterator[str]:
    """Each instruction set that this build and this machine share, in use while the test runs."""
    before = config.get_isa()
    config.set_isa(request.param)
    assert config.get_isa() == request.param, f"{request.param} was asked for, {config.get_isa()} is in use"
    yield request.param
    config.set_isa(before)


@pytest.fixture(params=["float32", "float64"])
def dtype(request: pytest.FixtureRequest) -> str:
    """Each dtype that the core computes in."""
    return str(request.param)


@pytest.fixture
def float64() -> Iterator[None]:
    """float64 as the default dtype while the test runs."""
    config.set_floatx("float64")
    yield
    config.set_floatx("float32")


@pytest.fixture
def rng() -> np.random.Generator:
    """Numbers that are the same in every run."""
    return np.random.default_rng(1)


Close = Callable[..., None]


@pytest.fixture
def close(dtype: str) -> Close:
    """close(actual, expected, ulps, scale): |actual - expected| <= ulps * eps(dtype) * (|expected| + scale).

    `scale` is the size of the terms that were added up to get a result, where they may have cancelled.
    """

    def check(actual: np.ndarray, expected: np.ndarray, ulps: float, scale: np.ndarray | float = 0.0) -> None:
        actual, expected = np.asarray(actual), np.asarray(expected)
        assert actual.dtype == dtype, f"computed in {dtype}, returned in {actual.dtype}"
        assert actual.shape == expected.shape
        tiny = np.finfo(dtype).tiny  # what denormals may lose
        bound = ulps * np.finfo(dtype).eps * (np.abs(expected) + scale) + tiny
        error = np.abs(actual.astype(np.float64) - expected)
        worst = np.unravel_index(np.argmax(error / bound), error.shape)
        assert (error <= bound).all(), (
            f"{(error / bound)[worst] * ulps:.1f} ulp at {worst}, {ulps} allowed: "
            f"{actual[worst]!r} and {expected[worst]!r}"
        )

    return check
