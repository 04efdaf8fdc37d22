"""EinsumDense: products over the last axes, by an equation. Numbers against Keras's: tests/parity/layer_cases.py."""

from __future__ import annotations

import numpy as np
import pytest

from steepest import keras

EinsumDense = keras.layers.EinsumDense
RNG = np.random.default_rng(2)


@pytest.mark.parametrize(
    ("equation", "output_shape", "bias_axes", "shape"),
    [
        ("ab,bc->ac", 3, "c", (5,)),
        ("abc,cde->abde", (None, 2, 4), "ed", (3, 5)),
        ("abcd,cde->abe", (3, 4), None, (3, 2, 5)),
        ("...x,xy->...y", (17,), "y", (2, 3, 5)),
        ("...bc,cd->...bd", (3, 4), "d", (2, 3, 5)),
    ],
)
def test_it_is_the_einsum_of_numpy(equation: str, output_shape, bias_axes, shape, isa: str, dtype: str) -> None:
    layer = EinsumDense(equation, output_shape, bias_axes=bias_axes, bias_initializer="normal", dtype=dtype)
    x = RNG.normal(size=(7, *shape)).astype(dtype)
    y = layer(x)
    expected = np.einsum(equation, x.astype(float), layer.kernel)
    expected = expected + (0 if layer.bias is None else layer.bias)
    np.testing.assert_allclose(y, expected, atol=1e-5 if dtype == "float32" else 1e-13)
    assert y.shape == layer.compute_output_shape(x.shape)


def test_the_kernel_begins_as_a_matrix_of_as_many_inputs_and_units() -> None:
    """Glorot's limit, sqrt(6 / (inputs + units)), for all axes on either side."""
    kernel = EinsumDense("abc,cde->abde", (None, 40, 50))
    kernel.build((None, 3, 60))
    limit = np.sqrt(6 / (60 + 40 * 50))
    assert kernel.kernel.shape == (60, 40, 50)
    assert 0.999 * limit < np.abs(kernel.kernel).max() <= limit


def test_descriptions_make_equal_layers() -> None:
    layer = EinsumDense("abc,cde->abde", (None, 2, 4), "relu", "de", kernel_regularizer="l2", activity_regularizer="l1")
    assert EinsumDense.from_config(layer.get_config()).get_config() == layer.get_config()


@pytest.mark.parametrize(
    ("make", "shape", "message"),
    [
        (lambda: EinsumDense("ab;bc", 2), None, "Invalid einsum equation 'ab;bc'"),
        (lambda: EinsumDense("ab...,bc->ac...", 2), None, "Invalid einsum equation"),
        (lambda: EinsumDense("abc,acd->abd", (None, 2)), None, "no product over the last axes"),
        (lambda: EinsumDense("abc,bd->acd", (None, 2)), None, "no product over the last axes"),
        (lambda: EinsumDense("ab,bc->ac", 2, bias_axes="b"), None, "`bias_axes`"),
        (lambda: EinsumDense("abc,cde->abde", (None, 2, 3), bias_axes="e"), None, "`bias_axes`"),
        (lambda: EinsumDense("ab,bc->ac", 2, lora_rank=2), None, "lora_rank=2"),
        (lambda: EinsumDense("ab,bc->ac", 2), (None, 3, 4), "of its equation"),
        (lambda: EinsumDense("ab,bc->ac", None), (None, 3), "output_shape"),
        (lambda: EinsumDense("abc,cd->abd", (4, 2)), (None, 3, 5), "output_shape"),
        (lambda: EinsumDense("abc,cd->abd", 2), (None, 3, 5), "output_shape"),
    ],
)
def test_what_is_refused(make, shape, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make().build(shape)
