"""Models and weights as files: what was written comes back, the old file stays if anything fails."""

from __future__ import annotations

import errno
import os

import numpy as np
import pytest

from steepest import Model, Sequential, _random, layers, models, saving

X = np.sin(np.arange(24, dtype="float32")).reshape(8, 3)
Y = np.cos(np.arange(16, dtype="float32")).reshape(8, 2)


def stack():
    return Sequential(
        [
            layers.Input((3,)),
            layers.Dense(4, activation="tanh"),
            layers.BatchNormalization(),
            layers.Dropout(0.5),
            layers.Dense(2),
        ]
    )


def graph():
    x, z = layers.Input((3,)), layers.Input((3,))
    shared = layers.Dense(3)
    inner = Sequential([layers.Dense(4), layers.Dense(2)])
    return Model([x, z], inner(layers.add([shared(x), shared(z)])))


MAKE = {"sequential": (stack, X), "functional": (graph, [X, X + 1])}
MODEL_FILES = ("m.keras", "m.npz")


def trained(name):
    make, x = MAKE[name]
    model = make()
    model.compile("adam", "mse", metrics=["mae"])
    model.fit(x, Y, epochs=3, verbose=0)
    return model, x


def same_state(a, b):
    weights = all(map(np.array_equal, a.get_weights(), b.get_weights()))
    kept = [[variable.numpy() for variable in one.optimizer.variables] for one in (a, b)]
    return weights and len(kept[0]) == len(kept[1]) and all(map(np.array_equal, *kept))


@pytest.mark.parametrize("file", MODEL_FILES)
@pytest.mark.parametrize("name", MAKE)
def test_a_model_comes_back_as_it_was_and_trains_on(name, file, tmp_path) -> None:
    model, x = trained(name)
    path = tmp_path / file
    model.save(path)
    random_state = _random.get_state()
    loaded = models.load_model(path)
    assert _random.get_state() == random_state
    assert type(loaded) is type(model) and loaded.get_config() == model.get_config()
    assert loaded.get_compile_config() == model.get_compile_config()
    assert same_state(loaded, model)
    assert np.array_equal(loaded.predict(x, verbose=0), model.predict(x, verbose=0))
    assert [entry.name for entry in tmp_path.iterdir()] == [file]


def test_weights_go_into_another_model_of_the_same_layers(tmp_path) -> None:
    model, x = trained("functional")
    model.save_weights(tmp_path / "m.weights.h5")
    model.save_weights(tmp_path / "m.weights.npz")
    model.save(tmp_path / "m.keras")
    for file in ("m.weights.h5", "m.weights.npz", "m.keras"):
        other = graph()
        other.compile("adam", "mse")
        other.load_weights(tmp_path / file)
        assert same_state(other, model)


def test_weights_of_another_model_are_refused_whole_or_layer_by_layer(tmp_path) -> None:
    model = Sequential([layers.Input((3,)), layers.Dense(4), layers.Dense(2)])
    model.save_weights(tmp_path / "m.weights.h5")
    other = Sequential([layers.Input((3,)), layers.Dense(4), layers.Dense(5, name="top")])
    before = other.get_weights()
    with pytest.raises(ValueError, match=r"m.weights.h5: layer 'top' has 2 weights .*\(4, 5\).* Received: .*\(4, 2\)"):
        other.load_weights(tmp_path / "m.weights.h5")
    assert all(map(np.array_equal, other.get_weights(), before))
    with pytest.warns(UserWarning, match="layer 'top' has 2 weights"):
        other.load_weights(tmp_path / "m.weights.h5", skip_mismatch=True)
    expected = [*model.get_weights()[:2], *before[2:]]
    assert all(map(np.array_equal, other.get_weights(), expected))


def test_a_full_disk_leaves_the_old_file(tmp_path, monkeypatch) -> None:
    model, x = trained("sequential")
    path = tmp_path / "m.keras"
    model.save(path)
    old = path.read_bytes()

    def full(file):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    model.fit(x, Y, verbose=0)
    with pytest.raises(OSError, match="No space left"):
        model.save(path)
    assert path.read_bytes() == old and len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda model: model.save("m.pkl"), "Invalid filepath extension for saving: expected .*keras.*m.pkl"),
        (lambda model: model.save("m.keras", zipped=False), "zipped=False"),
        (lambda model: model.save("m.keras", overwite=True), "'overwite'. Did you mean 'overwrite'"),
        (lambda model: model.save_weights("m.h5"), "Invalid filepath extension for saving weights"),
        (lambda model: model.save_weights("m.weights.h5", max_shard_size=1.0), "max_shard_size=1.0"),
        (lambda model: model.load_weights("m.weights.h5", by_name=True), "by_name"),
        (lambda model: Sequential([layers.Dense(2)]).save_weights("m.weights.h5"), "do not exist yet"),
        (lambda model: models.load_model("m.txt"), "Invalid filepath extension for loading"),
        (lambda model: models.load_model("missing.keras"), "File not found: filepath=missing.keras"),
        (lambda model: model.load_weights("missing.weights.h5"), "File not found: filepath=missing.weights.h5"),
    ],
)
def test_what_cannot_be_done_is_refused(call, message) -> None:
    with pytest.raises(ValueError, match=message):
        call(stack())


def test_a_file_is_kept_if_asked(tmp_path) -> None:
    stack().save(tmp_path / "m.keras")
    with pytest.raises(ValueError, match="The file exists"):
        saving.save_model(stack(), tmp_path / "m.keras", overwrite=False)
