"""Matrix products on every instruction set, against NumPy in float64."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import SIZES, Close

from steepest import activations, ops


@pytest.mark.parametrize(("transpose_a", "transpose_b"), [(False, False), (True, False), (False, True), (True, True)])
def test_matmul(
    isa: str, dtype: str, transpose_a: bool, transpose_b: bool, rng: np.random.Generator, close: Close
) -> None:
    for M in SIZES:
        for N in SIZES:
            for K in (1, 16, 33):
                a = rng.standard_normal((K, M) if transpose_a else (M, K)).astype(dtype)
                b = rng.standard_normal((N, K) if transpose_b else (K, N)).astype(dtype)
                wide_a, wide_b = a.astype(np.float64), b.astype(np.float64)
                wide_a, wide_b = wide_a.T if transpose_a else wide_a, wide_b.T if transpose_b else wide_b
                # K roundings of sums no larger than the sum of the absolute products
                close(
                    ops.matmul(a, b, transpose_a, transpose_b), wide_a @ wide_b, K + 1, np.abs(wide_a) @ np.abs(wide_b)
                )


def test_matmul_takes_any_layout_and_dtype() -> None:
    a, b = np.arange(12).reshape(3, 4), np.arange(20).reshape(4, 5)
    product = ops.matmul(a, b)
    assert product.dtype == np.float32
    np.testing.assert_array_equal(product, a @ b)
    np.testing.assert_array_equal(ops.matmul(a.tolist(), b.tolist()), a @ b)
    np.testing.assert_array_equal(ops.matmul(a[:, ::2].astype(float), b[::-2].astype(float)), a[:, ::2] @ b[::-2])
    assert ops.matmul(a.astype(np.float32), b.astype(np.float64)).dtype == np.float64
    assert ops.matmul(np.ones((0, 4)), b).shape == (0, 5)
    np.testing.assert_array_equal(ops.matmul(np.ones((2, 0)), np.ones((0, 3))), np.zeros((2, 3)))


def test_matmul_lets_nan_and_infinity_through(isa: str, dtype: str) -> None:
    a = np.ones((3, 17), dtype)
    a[0, 3], a[1, 5] = np.nan, np.inf
    product = ops.matmul(a, np.ones((17, 19), dtype))
    assert np.isnan(product[0]).all()
    assert np.isposinf(product[1]).all()
    np.testing.assert_array_equal(product[2], 17)


@pytest.mark.parametrize(
    ("a", "b", "options"),
    [
        (np.ones((2, 3)), np.ones((4, 2)), {}),
        (np.ones((2, 3)), np.ones((3, 2)), {"transpose_a": True}),
        (np.ones(3), np.ones((3, 2)), {}),
        (np.ones((1, 2, 3)), np.ones((3, 2)), {}),
        (np.ones((2, 3)), 1.0, {}),
    ],
)
def test_matmul_refuses_what_does_not_fit(a: object, b: object, options: dict) -> None:
    with pytest.raises(ValueError, match=r"takes two matrices.*Received: a\.shape="):
        ops.matmul(a, b, **options)


def test_activations_are_operations_too() -> None:
    for name in ("relu", "sigmoid", "softmax", "tanh"):
        assert getattr(ops, name) is getattr(activations, name)
