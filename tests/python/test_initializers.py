"""Initializers: the moments and bounds of their distributions, their seeds and their names."""

from __future__ import annotations

import math

import numpy as np
import pytest

from steepest import initializers, keras, utils

SHAPE = (300, 200)
COUNT = SHAPE[0] * SHAPE[1]
CUT = 0.87962566103423978  # the standard deviation of N(0, 1) cut at 2


@pytest.mark.parametrize(
    ("initializer", "low", "high"),
    [
        (initializers.RandomUniform(-0.5, 2.0, seed=1), -0.5, 2.0),
        (initializers.RandomUniform(seed=1), -0.05, 0.05),
        (initializers.GlorotUniform(seed=1), -math.sqrt(6 / 500), math.sqrt(6 / 500)),
        (initializers.HeUniform(seed=1), -math.sqrt(6 / 300), math.sqrt(6 / 300)),
        (initializers.LecunUniform(seed=1), -math.sqrt(3 / 300), math.sqrt(3 / 300)),
        (initializers.VarianceScaling(4.0, "fan_out", "uniform", seed=1), -math.sqrt(12 / 200), math.sqrt(12 / 200)),
    ],
    ids=lambda value: type(value).__name__ if callable(value) else "",
)
def test_uniform_ones_fill_their_interval_evenly(initializer, low: float, high: float, dtype: str) -> None:
    w = initializer(SHAPE, dtype=dtype)
    assert w.shape == SHAPE and w.dtype == dtype
    assert low <= w.min() < low + 1e-3 * (high - low) and high - 1e-3 * (high - low) < w.max() <= high
    counts, _ = np.histogram(w, bins=20, range=(low, high))
    assert np.abs(counts - COUNT / 20).max() < 5 * math.sqrt(COUNT / 20)


@pytest.mark.parametrize(
    ("initializer", "mean", "stddev", "cut"),
    [
        (initializers.RandomNormal(1.0, 0.2, seed=2), 1.0, 0.2, None),
        (initializers.RandomNormal(seed=2), 0.0, 0.05, None),
        (initializers.TruncatedNormal(0.0, 0.1, seed=2), 0.0, 0.1 * CUT, 0.2),
        (initializers.GlorotNormal(seed=2), 0.0, math.sqrt(2 / 500), 2 * math.sqrt(2 / 500) / CUT),
        (initializers.HeNormal(seed=2), 0.0, math.sqrt(2 / 300), 2 * math.sqrt(2 / 300) / CUT),
        (initializers.LecunNormal(seed=2), 0.0, math.sqrt(1 / 300), 2 * math.sqrt(1 / 300) / CUT),
        (initializers.VarianceScaling(3.0, "fan_avg", "untruncated_normal", seed=2), 0.0, math.sqrt(3 / 250), None),
        (
            initializers.VarianceScaling(3.0, "fan_avg", "normal", seed=2),
            0.0,
            math.sqrt(3 / 250),
            2 * math.sqrt(3 / 250) / CUT,
        ),
    ],
    ids=lambda value: type(value).__name__ if callable(value) else "",
)
def test_normal_ones_have_their_moments(initializer, mean: float, stddev: float, cut: float | None, dtype: str) -> None:
    w = initializer(SHAPE, dtype=dtype)
    assert w.shape == SHAPE and w.dtype == dtype
    assert abs(w.mean(dtype=float) - mean) < 4 * stddev / math.sqrt(COUNT)
    assert abs(w.std(dtype=float) / stddev - 1) < 4 / math.sqrt(COUNT)
    furthest = np.abs(w - mean).max()
    assert furthest <= cut * (1 + 1e-6) if cut else furthest > 3.5 * stddev


@pytest.mark.parametrize("shape", [(5, 3), (3, 5), (4, 4), (2, 3, 4)])
def test_orthogonal(shape: tuple[int, ...]) -> None:
    w = initializers.Orthogonal(gain=2.0, seed=1)(shape, dtype="float64").reshape(-1, shape[-1])
    product = w.T @ w if w.shape[0] >= w.shape[1] else w @ w.T
    np.testing.assert_allclose(product, 4 * np.eye(len(product)), atol=1e-12)


def test_orthogonal_has_no_preferred_sign() -> None:
    signs = [np.sign(initializers.Orthogonal(seed=s)((2, 2))[0, 0]) for s in range(200)]
    assert 60 < signs.count(1.0) < 140


def test_constant_ones() -> None:
    for name, value in (("zeros", 0), ("ones", 1)):
        np.testing.assert_array_equal(initializers.get(name)((2, 3)), np.full((2, 3), value))
    np.testing.assert_array_equal(initializers.Constant(2.5)((3,), dtype="float64"), [2.5] * 3)
    np.testing.assert_array_equal(initializers.Identity(2.0)((2, 3)), [[2, 0, 0], [0, 2, 0]])


def test_a_seeded_initializer_repeats_itself_and_another_does_not() -> None:
    one = initializers.GlorotUniform(seed=7)
    np.testing.assert_array_equal(one((4, 3)), one((4, 3)))
    np.testing.assert_array_equal(one((4, 3)), initializers.GlorotUniform(seed=7)((4, 3)))
    assert not np.array_equal(one((4, 3)), initializers.GlorotUniform(seed=8)((4, 3)))
    unseeded = initializers.GlorotUniform()
    np.testing.assert_array_equal(unseeded((4, 3)), unseeded((4, 3)))
    assert not np.array_equal(unseeded((4, 3)), initializers.GlorotUniform()((4, 3)))
    initializers.GlorotUniform(seed=-1)((2, 2))


def test_global_seed_makes_unseeded_ones_repeatable() -> None:
    def drawn() -> np.ndarray:
        utils.set_random_seed(3)
        return np.stack([initializers.HeNormal()((3, 3)), initializers.RandomUniform()((3, 3))])

    np.testing.assert_array_equal(drawn(), drawn())


def test_set_random_seed_seeds_python_and_numpy() -> None:
    import random

    utils.set_random_seed(11)
    first = random.random(), np.random.rand()
    utils.set_random_seed(11)
    assert (random.random(), np.random.rand()) == first
    random.seed(11)
    assert random.random() == first[0]


@pytest.mark.parametrize("name", sorted({**initializers._TABLE}))
def test_every_name_makes_a_kernel(name: str) -> None:
    layer = keras.layers.Dense(3, kernel_initializer=name, bias_initializer="zeros")
    layer.build((None, 4))
    expected = initializers.get(name)
    assert layer.kernel.shape == (4, 3) and layer.kernel.dtype == np.float32
    assert type(expected).__name__ == layer.get_config()["kernel_initializer"]["class_name"]
    restored = initializers.deserialize(initializers.serialize(expected))
    assert type(restored) is type(expected) and restored.get_config() == expected.get_config()


def test_arrays_functions_and_classes_as_initializers() -> None:
    values = np.arange(6.0).reshape(2, 3)
    for given in (values, lambda shape, dtype=None: values, initializers.Ones):
        layer = keras.layers.Dense(3, kernel_initializer=given)
        layer.build((None, 2))
        np.testing.assert_array_equal(layer.kernel, np.ones((2, 3)) if given is initializers.Ones else values)
    for wrong in (values.T, lambda shape, dtype=None: values.T):
        with pytest.raises(ValueError, match="shape"):
            keras.layers.Dense(3, kernel_initializer=wrong).build((None, 2))
    with pytest.raises(ValueError, match="Received: 3"):
        keras.layers.Dense(3, kernel_initializer=3)


def test_functions_have_no_configuration() -> None:
    layer = keras.layers.Dense(1, kernel_initializer=lambda shape, dtype=None: np.ones(shape))
    with pytest.raises(ValueError, match="Only an Initializer can be serialized"):
        layer.get_config()


def test_misspelt_names_get_a_suggestion() -> None:
    with pytest.raises(ValueError, match="Did you mean 'he_normal'"):
        initializers.get("he_norml")
    with pytest.raises(ValueError, match="Did you mean 'fan_in'"):
        initializers.VarianceScaling(mode="fanin")
    with pytest.raises(ValueError, match="Did you mean 'uniform'"):
        initializers.VarianceScaling(distribution="unifrom")


def test_seed_generator_gives_other_weights_at_each_call_and_the_same_to_whom_starts_again() -> None:
    first, again = (initializers.HeNormal(seed=keras.random.SeedGenerator(5)) for _ in range(2))
    calls = [first((3, 4)) for _ in range(2)]
    assert (calls[0] != calls[1]).all()
    for call in calls:
        np.testing.assert_array_equal(again((3, 4)), call)


def test_seed_generator_is_described_as_in_keras() -> None:
    """Keras 3.15's own `GlorotUniform(seed=SeedGenerator(3, name="s")).get_config()`."""
    initializer = initializers.GlorotUniform(seed=keras.random.SeedGenerator(3, name="s"))
    config = {
        "seed": {
            "module": "keras.random",
            "class_name": "SeedGenerator",
            "config": {"seed": 3, "name": "s"},
            "registered_name": None,
        },
        "input_axes": None,
        "output_axes": None,
    }
    assert initializer.get_config() == config
    np.testing.assert_array_equal(initializers.GlorotUniform.from_config(config)((2, 2)), initializer((2, 2)))


def test_clone_of_an_unseeded_initializer_draws_other_numbers() -> None:
    unseeded, seeded = initializers.RandomNormal(), initializers.RandomNormal(seed=4)
    assert (unseeded.clone()((2, 2)) != unseeded((2, 2))).all()
    np.testing.assert_array_equal(seeded.clone()((2, 2)), seeded((2, 2)))


def test_seed_generator_refuses_what_is_no_integer() -> None:
    with pytest.raises(ValueError, match="must be an integer. Received: seed='a'"):
        keras.random.SeedGenerator("a")
