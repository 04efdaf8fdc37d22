"""Symbolic calls that say whether a layer computes as in training: it then does, whatever the model is asked to."""

from __future__ import annotations

import numpy as np
import pytest

from steepest import config, keras

layers = keras.layers
RNG = np.random.default_rng(3)


def random_model(seed: int = 1) -> keras.Model:
    inputs = keras.Input((33,))
    return keras.Model(inputs, layers.Dropout(0.5, seed=seed)(inputs, training=True))


def test_noise_that_is_there_in_inference_is_another_for_each_row_and_each_call() -> None:
    x = np.ones((300, 33), "float32")  # several chunks of a prediction
    model = random_model()
    first, second = model.predict(x, verbose=0), model(x)
    assert (first != second).any() and set(np.unique(first)) == {0.0, 2.0}
    assert len(np.unique(first, axis=0)) == 300
    assert abs((first == 0).mean() - 0.5) < 5 * 0.5 / np.sqrt(first.size)
    assert (model(x[:1]) != model(x[:1])).any()


@pytest.mark.parametrize("threads", [2, 3, 8])
def test_it_is_a_function_of_the_seed_and_not_of_the_threads(threads: int) -> None:
    x = np.ones((300, 33), "float32")
    outcomes = []
    for count in (1, threads):
        config.set_num_threads(count)
        try:
            outcomes.append(random_model()(x))
        finally:
            config.set_num_threads(0)
    np.testing.assert_array_equal(*outcomes)
    assert (random_model(2)(x) != outcomes[0]).any()


def test_noise_that_is_left_out_of_training_changes_nothing() -> None:
    x, y = RNG.normal(size=(40, 3)), RNG.normal(size=(40, 1))

    def losses(*between: layers.Layer) -> list[float]:
        inputs = keras.Input((3,))
        base = keras.Sequential([keras.Input((3,)), layers.Dense(4, "tanh", kernel_initializer="ones"), *between])
        outputs = layers.Dense(1, kernel_initializer="ones")(base(inputs, training=False))
        model = keras.Model(inputs, outputs)
        model.compile("sgd", "mse")
        return model.fit(x, y, epochs=2, shuffle=False, verbose=0).history["loss"]

    assert losses(layers.Dropout(0.5), layers.GaussianNoise(0.5)) == losses()


def test_a_base_for_fine_tuning_keeps_its_statistics_and_trains_gamma_and_beta() -> None:
    """Against the same steps in NumPy: the statistics are constants."""
    x, y = RNG.normal(size=(20, 3)) + 2, RNG.normal(size=(20, 3))
    inputs = keras.Input((3,), dtype="float64")
    base = keras.Sequential([layers.Input((3,)), layers.BatchNormalization(epsilon=0.5, dtype="float64")])
    model = keras.Model(inputs, base(inputs, training=False))
    gamma, beta, mean, variance = np.ones(3), np.zeros(3), np.array([1.0, 2.0, 3.0]), np.array([0.5, 1.0, 2.0])
    base.set_weights([gamma, beta, mean, variance])
    model.compile(keras.optimizers.SGD(0.25), "mse")
    model.fit(x, y, batch_size=20, epochs=3, verbose=0)
    u = (x - mean) / np.sqrt(variance + 0.5)
    for _ in range(3):
        d = 2 * (u * gamma + beta - y) / y.size
        gamma, beta = gamma - 0.25 * (d * u).sum(0), beta - 0.25 * d.sum(0)
    for found, expected in zip(base.get_weights(), [gamma, beta, mean, variance], strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_the_inner_call_decides_and_descriptions_keep_it() -> None:
    inputs = keras.Input((4,))
    noise = layers.GaussianNoise(1.0)
    inner = keras.Model(inputs, noise(inputs, training=True))
    outer = keras.Input((4,))
    model = keras.Model(outer, inner(outer, training=False))
    for one in (model, keras.Model.from_config(model.get_config()), keras.models.clone_model(model)):
        assert (one.predict(np.zeros((2, 4)), verbose=0) != 0).all()
    plain = keras.Model(outer, keras.Sequential([noise])(outer, training=False))
    np.testing.assert_array_equal(plain(np.zeros((2, 4)), training=True), np.zeros((2, 4)))
    config = keras.Model.from_config(plain.get_config()).get_config()
    assert config["layers"][1]["inbound_nodes"][0]["kwargs"] == {"training": False}


def test_noise_that_a_call_leaves_out_has_no_description() -> None:
    """Keras writes training=False for each call of such a layer, and means nothing by it."""
    inputs = keras.Input((4,))
    with pytest.raises(ValueError, match="'quiet' with training=False has no description"):
        keras.Model(inputs, layers.Dropout(0.5, name="quiet")(inputs, training=False)).get_config()


def test_statistics_of_a_batch_are_refused_where_there_may_be_none() -> None:
    inputs = keras.Input((3,))
    inner = keras.Sequential([keras.Input((3,)), layers.BatchNormalization(name="inner")])
    for layer in (layers.BatchNormalization(name="inner"), inner):
        with pytest.raises(ValueError, match="'inner' takes statistics of the batch.*training=True"):
            layer(inputs, training=True)
