"""Sequential models: how they are built, changed, described and asked."""

from __future__ import annotations

import numpy as np
import pytest

from steepest import _core, keras, utils
from steepest.layers import Activation, Dense, Dropout, Flatten, Input, ReLU
from steepest.models import Sequential


def shapes(model: Sequential) -> list[tuple[int, ...]]:
    return [w.shape for w in model.get_weights()]


def test_what_is_not_known_before_building() -> None:
    model = Sequential([Dense(1)])
    assert not model.compiled and model.optimizer is model.loss is None and model.metrics_names == []
    for name in ("input_shape", "output_shape"):
        with pytest.raises(AttributeError, match="no defined"):
            getattr(model, name)


def test_weights_are_read_only_copies() -> None:
    model = Sequential([Input((2,)), Dense(1, kernel_initializer="ones")])
    assert [w.shape for w in model.weights] == [(2, 1), (1,)]
    with pytest.raises(ValueError, match="read-only"):
        model.weights[0][0] = 5


def test_four_ways_to_be_built() -> None:
    with pytest.warns(DeprecationWarning):
        old = Dense(3, input_shape=(4,))
    lazy, by_shape = Sequential([Dense(3), Dense(1)]), Sequential([Dense(3), Dense(1)])
    assert not lazy.built and lazy.get_weights() == []
    lazy(np.ones((2, 4)))
    by_shape.build((None, 4))
    for model in (Sequential([Input((4,)), Dense(3), Dense(1)]), Sequential([old, Dense(1)]), lazy, by_shape):
        assert model.built and shapes(model) == [(4, 3), (3,), (3, 1), (1,)]
        assert model.input_shape == (None, 4) and model.output_shape == (None, 1)
        assert len(model.layers) == 2 and model.count_params() == 19


def test_add_one_by_one_and_pop() -> None:
    model = Sequential()
    model.add(Input((4,)))
    model.add(Dense(3))
    kernel = model.layers[0].kernel
    model.add(Dense(1))
    np.testing.assert_array_equal(model.layers[0].kernel, kernel)
    last = model.pop()
    assert last.kernel.shape == (3, 1) and shapes(model) == [(4, 3), (3,)]
    np.testing.assert_array_equal(model.layers[0].kernel, kernel)
    np.testing.assert_allclose(model(np.eye(4)), kernel, atol=1e-6)
    kept = last.kernel
    model.add(last)
    np.testing.assert_array_equal(model.layers[1].kernel, kept)


def test_adding_to_a_lazily_built_model_goes_on_building() -> None:
    model = Sequential([Dense(3)])
    model(np.ones((1, 4)))
    model.add(Dense(2))
    assert shapes(model) == [(4, 3), (3,), (3, 2), (2,)]


def test_failed_add_leaves_the_model_as_it_was() -> None:
    model = Sequential([Input((4,)), Dense(3)])
    before = model.get_weights()
    with pytest.raises(ValueError, match="must be an array|shape"):
        model.add(Dense(2, kernel_initializer=lambda shape, dtype=None: np.ones(1)))
    assert len(model.layers) == 1
    for now, then in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)
    model.add(Dense(2))
    assert model.output_shape == (None, 2)


def test_outputs_of_any_rank() -> None:
    model = Sequential([Input((2, 3))])
    model.add(ReLU())
    x = np.array([[[1, -2, 3], [4, -5, 6]]])
    assert model.output_shape == (None, 2, 3)
    np.testing.assert_array_equal(model(x), np.maximum(x, 0))
    model.add(Dense(1, kernel_initializer="ones"))
    np.testing.assert_array_equal(model(x), [[[4.0], [10.0]]])
    model.add(Flatten())
    np.testing.assert_array_equal(model.predict(x, verbose=0), [[4.0, 10.0]])


def test_models_without_weights() -> None:
    np.testing.assert_array_equal(Sequential([Flatten()])(np.ones((2, 3, 4))), np.ones((2, 12)))
    model = Sequential([Input((3,)), Activation("relu")])
    assert model.count_params() == 0
    np.testing.assert_array_equal(model([[-1, 0, 2]]), [[0, 0, 2]])


def test_model_is_the_composition_of_its_layers(isa: str, rng: np.random.Generator) -> None:
    x = rng.normal(size=(33, 6))
    model = Sequential([Input((6,), dtype="float64"), Dense(17, "tanh", dtype="float64"), Dense(5, "softmax")])
    (w1, b1, w2, b2), logits = model.get_weights(), None
    logits = np.tanh(x @ w1 + b1) @ w2 + b2
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    assert model.dtype == "float64"
    np.testing.assert_allclose(model.predict(x, verbose=0), expected, rtol=1e-12)


def test_call_predict_and_predict_on_batch_agree(rng: np.random.Generator) -> None:
    x = rng.normal(size=(70, 5)).astype("float32")
    model = Sequential([Input((5,)), Dense(9, "relu"), Dense(2)])
    expected = model(x)
    assert expected.dtype == np.float32 and expected.shape == (70, 2)
    np.testing.assert_array_equal(model.predict_on_batch(x), expected)
    for arguments in ({}, {"batch_size": 7}, {"batch_size": 1}, {"batch_size": 100}):
        np.testing.assert_array_equal(model.predict(x, verbose=0, **arguments), expected)
    np.testing.assert_array_equal(np.concatenate([model(x[i : i + 1]) for i in range(70)]), expected)
    np.testing.assert_array_equal(model.predict(x, batch_size=10, steps=3, verbose=0), expected[:30])


@pytest.mark.parametrize("code", "?bhilqBHILQefd")
def test_the_short_way_for_arrays_gives_what_the_long_one_gives(code: str, rng: np.random.Generator) -> None:
    model = Sequential([Input((7,)), Dense(17, activation="gelu"), Dense(3)])
    assert model._network is not None
    short, long = model._network.predict_array, lambda x: model._network.predict([x])[0]
    x = rng.integers(0, 2, (6, 14)).astype(code)
    first = long(x[:, :7])  # leaves the buffers that the short way needs
    for rows in (x[:, :7], x[::-1, 1::2], x[:1, :7], np.asfortranarray(x[2:4, :7])):
        outputs = short(rows)
        assert outputs is not None and outputs.flags.owndata and outputs.dtype == np.float32
        np.testing.assert_array_equal(outputs, long(rows))
    np.testing.assert_array_equal(short(x[:, :7]), first)


def test_the_short_way_leaves_the_rest_to_the_long_one(rng: np.random.Generator) -> None:
    model = Sequential([Input((7,)), Dense(3)])
    x = rng.normal(size=(5, 7)).astype(np.float32)
    model(x)
    assert model._network is not None
    short = model._network.predict_array
    assert short(x) is not None
    swapped = x.astype(x.dtype.newbyteorder())
    others = (x.tolist(), swapped, x.view(np.ma.MaskedArray), x[:0], x[0], x[:, :6], x[None], x.astype(object), None)
    assert [short(other) for other in others] == [None] * len(others)
    np.testing.assert_array_equal(model(swapped), model(x))
    with pytest.raises(ValueError, match="takes inputs of shape"):
        model(x[:, :6])
    images = Sequential([Input((7, 2)), Flatten(), Dense(3)])
    with pytest.raises(ValueError, match="takes inputs of shape"):
        images.predict(np.ones((5, 14)), verbose=0)
    two = keras.Model(*[[Input((7,)), Input((7,))]] * 2)._network
    assert two is not None and two.predict_array(x) is None


def test_the_short_way_refuses_a_network_that_was_never_made() -> None:
    network = _core.Network.__new__(_core.Network)
    with pytest.raises(RuntimeError, match="never made"):
        network.predict_array(np.zeros((1, 2), np.float32))


def test_call_in_training_mode_computes_as_a_step_of_training() -> None:
    """Each call drops others, a model of a seed drops the same, and neither batch nor weights are changed by it."""
    x = np.ones((50, 40))

    def calls() -> list[np.ndarray]:
        model = Sequential([Input((40,)), Dropout(0.5, seed=3)])
        return [model(x, training=True), model(x, training=True), model(x)]

    first, second, inference = calls()
    assert set(np.unique(first)) == set(np.unique(second)) == {0.0, 2.0} and (inference == 1).all()
    assert abs(first.mean() - 1) < 5 / np.sqrt(first.size) and (first != second).any()
    np.testing.assert_array_equal(calls()[:2], [first, second])


def test_dtype_comes_from_the_first_layer_that_has_one(float64: None) -> None:
    assert Sequential([Input((2,)), Dense(1)]).get_weights()[0].dtype == np.float64
    assert Sequential([Input((2,)), Dense(1, dtype="float32")])(np.ones((1, 2))).dtype == np.float32
    with pytest.raises(ValueError, match="one dtype"):
        Sequential([Input((2,)), Dense(1, dtype="float32"), Dense(1, dtype="float64")])


def test_set_weights_checks_first(rng: np.random.Generator) -> None:
    model = Sequential([Input((2,)), Dense(3)])
    before = model.get_weights()
    for wrong in ([np.ones((2, 3))], [np.ones((3, 2)), np.ones(3)], [np.ones((2, 3)), np.ones(4)], [["a"], [1]]):
        with pytest.raises(ValueError, match="weights"):
            model.set_weights(wrong)
    for now, then in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)
    model.set_weights([[[1, 2, 3], [4, 5, 6]], [0, 0, 1]])
    np.testing.assert_array_equal(model([[1, 1]]), [[5, 7, 10]])


def test_models_share_the_weights_of_a_layer() -> None:
    layer = Dense(2)
    first, second = Sequential([Input((3,)), layer]), Sequential([Input((3,)), layer, Dense(1)])
    first.set_weights([np.full((3, 2), 5.0), np.zeros(2)])
    np.testing.assert_array_equal(second.get_weights()[0], np.full((3, 2), 5.0))


def test_get_layer() -> None:
    model = Sequential([Dense(3, name="first"), Dense(1, name="second")])
    assert model.get_layer("second") is model.get_layer(index=1) is model.layers[-1]
    model.layers.clear()  # a list of one's own
    assert len(model.layers) == 2


def test_config_round_trip() -> None:
    model = Sequential([Input((2, 3)), Flatten(), Dense(4, "relu"), Dropout(0.1), Dense(1)], name="copied")
    copy = Sequential.from_config(model.get_config())
    assert copy.get_config() == model.get_config() and copy.built and shapes(copy) == shapes(model)
    assert Sequential.from_config(Sequential([Dense(1)]).get_config()).built is False


def test_names() -> None:
    utils.clear_session()
    assert [Sequential().name, Sequential().name, Sequential(name="mine").name] == [
        "sequential",
        "sequential_1",
        "mine",
    ]
    assert repr(Sequential([Input((1,)), Dense(1)])) == "<Sequential name=sequential_2, built=True>"


def test_seed_gives_the_same_model() -> None:
    def weights() -> list[np.ndarray]:
        utils.set_random_seed(5)
        return Sequential([Input((4,)), Dense(3), Dense(3)]).get_weights()

    first, second = weights(), weights()
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, other)
    assert not np.array_equal(first[0][:3], first[2])


def test_other_kinds_of_models_are_refused() -> None:
    with pytest.raises(TypeError, match="Sequential"):
        keras.Model()
    assert issubclass(Sequential, keras.Model)


def test_summary_prints(capsys: pytest.CaptureFixture[str]) -> None:
    model = Sequential([Input((4,)), Dense(3, name="only", dtype="float64")], name="printed")
    model.summary()
    out = capsys.readouterr().out
    assert out.startswith('Model: "printed"\n┏') and " Total params: 15 (120.00 B)\n" in out
    with pytest.raises(ValueError, match="line_length=10"):
        model.summary(line_length=10)
