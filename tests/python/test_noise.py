"""Noise: what it does to mean and variance in training, from which seed, and that inference is without."""

from __future__ import annotations

import numpy as np
import pytest

from steepest import keras
from steepest.layers import AlphaDropout, Dropout, GaussianDropout, GaussianNoise, Layer

SIZE = (400, 250)
WITHIN = 5 / np.sqrt(np.prod(SIZE))  # five deviations of a mean of so many numbers of variance 1


def moments(layer: Layer, x: np.ndarray) -> tuple[float, float]:
    y = layer(x, training=True).astype(float)
    return y.mean(), y.var()


def test_gaussian_noise_adds_its_variance(isa: str, dtype: str) -> None:
    mean, variance = moments(GaussianNoise(0.5, seed=1, dtype=dtype), np.full(SIZE, 3.0))
    assert abs(mean - 3) < 0.5 * WITHIN and abs(variance - 0.25) < 0.25 * np.sqrt(2) * WITHIN


def test_gaussian_dropout_has_the_variance_of_dropout(isa: str, dtype: str) -> None:
    mean, variance = moments(GaussianDropout(0.2, seed=1, dtype=dtype), np.full(SIZE, 2.0))
    assert abs(mean - 2) < WITHIN and abs(variance - 4 * 0.2 / 0.8) < np.sqrt(2) * WITHIN


def test_gaussian_noise_is_normal() -> None:
    """Skewness and kurtosis, and the share beyond two deviations."""
    y = GaussianNoise(1.0, seed=2, dtype="float64")(np.zeros(SIZE), training=True)
    assert abs((y**3).mean()) < np.sqrt(15) * WITHIN and abs((y**4).mean() - 3) < np.sqrt(96) * WITHIN
    assert abs((np.abs(y) > 2).mean() - 0.04550026389635842) < np.sqrt(0.0455) * WITHIN
    assert abs((y[:, :-1] * y[:, 1:]).mean()) < WITHIN and abs((y[:-1] * y[1:]).mean()) < WITHIN


def test_alpha_dropout_keeps_mean_and_variance(isa: str, dtype: str, rng: np.random.Generator) -> None:
    """Klambauer et al. 2017: of a mean of 0 and a variance of 1. Two values where x = 0: a l + b and b."""
    mean, variance = moments(AlphaDropout(0.3, seed=1, dtype=dtype), rng.normal(size=SIZE))
    assert abs(mean) < 2 * WITHIN and abs(variance - 1) < 4 * WITHIN
    values, counts = np.unique(
        AlphaDropout(0.3, seed=1, dtype="float64")(np.zeros(SIZE), training=True), return_counts=True
    )
    limit, q = -1.7580993408473766, 0.7
    a = 1 / np.sqrt(q * (1 + (1 - q) * limit**2))
    np.testing.assert_allclose(values, [a * limit - a * (1 - q) * limit, -a * (1 - q) * limit], rtol=1e-14)
    assert abs(counts[0] / counts.sum() - 0.3) < np.sqrt(0.21) * WITHIN


@pytest.mark.parametrize("make", [Dropout, AlphaDropout, GaussianDropout, GaussianNoise])
def test_noise_is_a_function_of_its_seed_and_of_the_call(make) -> None:
    x = np.ones((20, 33))
    first, second, other = make(0.5, seed=1), make(0.5, seed=1), make(0.5, seed=2)
    one, two = first(x, training=True), first(x, training=True)
    assert (one != two).any() and (one != other(x, training=True)).any()
    np.testing.assert_array_equal(second(x, training=True), one)
    np.testing.assert_array_equal(first(x), x)
    np.testing.assert_array_equal(first(x, training=False), x)
    np.testing.assert_array_equal(make(0.0)(x, training=True), x)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: GaussianNoise(1.5), "stddev=1.5"),
        (lambda: Dropout(0.5, seed=0.5), "`seed` must be an integer"),
        (lambda: GaussianDropout(-0.1), "rate=-0.1"),
        (lambda: GaussianDropout(1), "rate=1"),
        (lambda: AlphaDropout(2), "rate=2"),
        (lambda: AlphaDropout(0.5, noise_shape=(1, 2)), "noise_shape"),
        (lambda: GaussianNoise(0.5, sed=1), "seed"),
    ],
)
def test_what_is_refused(make, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("layer", [AlphaDropout(0.5, seed=1), GaussianDropout(0.25), GaussianNoise(0.5)])
def test_config_round_trip(layer: Layer) -> None:
    copy = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    assert type(copy) is type(layer) and copy.get_config() == layer.get_config()
