"""Whole models in `.h5` files, as Keras 2 and Keras 3 lay them out, written here by hand; and damaged HDF5 files."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
import fuzz  # noqa: E402

from steepest import Sequential, layers, models  # noqa: E402

KERNEL, BIAS = np.arange(6, dtype="f4").reshape(3, 2), np.array([0.5, -1.0], "f4")
X = np.array([[1.0, 2.0, 3.0], [-1.0, 0.0, 4.0]], "f4")
DENSE = {
    "class_name": "Dense",
    "config": {
        "name": "dense",
        "trainable": True,
        "dtype": "float32",
        "units": 2,
        "activation": "relu",
        "use_bias": True,
        "kernel_initializer": {"class_name": "GlorotUniform", "config": {"seed": None}},
        "bias_initializer": {"class_name": "Zeros", "config": {}},
        "kernel_regularizer": None,
        "bias_regularizer": None,
        "activity_regularizer": None,
        "kernel_constraint": None,
        "bias_constraint": None,
    },
}
TRAINING = {
    "loss": "mse",
    "metrics": [["mae"]],
    "weighted_metrics": None,
    "loss_weights": None,
    "optimizer_config": {
        "class_name": "SGD",
        "config": {"name": "SGD", "learning_rate": 0.25, "momentum": 0.5, "nesterov": False, "jit_compile": False},
    },
}


def stack():
    """As Keras 2 describes a Sequential model: the first layer has the shape of the batches."""
    first = {**DENSE, "config": {**DENSE["config"], "batch_input_shape": [None, 3]}}
    return {"class_name": "Sequential", "config": {"name": "old", "layers": [first]}}


def graph():
    """y = dense(x) + dense(x), as Keras 2 describes calls."""
    shape = {"batch_input_shape": [None, 3], "dtype": "float32", "sparse": False, "ragged": False, "name": "x"}
    return {
        "class_name": "Functional",
        "config": {
            "name": "old",
            "layers": [
                {"class_name": "InputLayer", "config": shape, "name": "x", "inbound_nodes": []},
                {**DENSE, "name": "dense", "inbound_nodes": [[["x", 0, 0, {}]], [["x", 0, 0, {}]]]},
                {
                    "class_name": "Add",
                    "config": {"name": "add", "trainable": True, "dtype": "float32"},
                    "name": "add",
                    "inbound_nodes": [[["dense", 0, 0, {}], ["dense", 1, 0, {}]]],
                },
            ],
            "input_layers": [["x", 0, 0]],
            "output_layers": [["add", 0, 0]],
        },
    }


def written(path, config, training=TRAINING):
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps(config).encode()
        if training is not None:
            file.attrs["training_config"] = json.dumps(training).encode()
        group = file.create_group("model_weights")
        names = [layer["config"]["name"] for layer in config["config"]["layers"]]
        group.attrs["layer_names"] = np.array(names, "S")
        for name in names:
            inner = group.create_group(name)
            weights = {"dense/kernel:0": KERNEL, "dense/bias:0": BIAS} if name == "dense" else {}
            inner.attrs["weight_names"] = np.array(list(weights), "S")
            for weight, value in weights.items():
                inner[weight] = value
    return path


@pytest.mark.parametrize(("config", "times"), [(stack(), 1), (graph(), 2)])
def test_models_of_keras_2_load(config, times, tmp_path) -> None:
    model = models.load_model(written(tmp_path / "m.h5", config))
    assert np.array_equal(model.predict(X, verbose=0), times * np.maximum(X @ KERNEL + BIAS, 0))
    assert (model.name, type(model.optimizer).__name__, model.loss) == ("old", "SGD", "mse")
    assert (model.optimizer.learning_rate, model.optimizer.momentum) == (0.25, 0.5)
    assert models.load_model(tmp_path / "m.h5", compile=False).compiled is False


def test_what_a_model_was_compiled_with_may_be_missing(tmp_path) -> None:
    written(tmp_path / "m.h5", stack(), {**TRAINING, "loss": "of_my_own"})
    with pytest.warns(UserWarning, match="m.h5: the model is not compiled.*of_my_own"):
        assert not models.load_model(tmp_path / "m.h5").compiled


def test_weights_alone_are_taken_in_the_order_of_the_layers(tmp_path) -> None:
    written(tmp_path / "m.hdf5", stack())
    model = Sequential([layers.Input((3,)), layers.Flatten(), layers.Dense(2, name="other")])
    model.load_weights(tmp_path / "m.hdf5")
    assert np.array_equal(model.get_weights()[0], KERNEL)
    with pytest.raises(ValueError, match="the model has 2 layers with weights. Received: 1"):
        Sequential([layers.Input((3,)), layers.Dense(2), layers.Dense(2)]).load_weights(tmp_path / "m.hdf5")


def test_models_are_not_written_so(tmp_path) -> None:
    with pytest.raises(ValueError, match="Invalid filepath extension for saving"):
        Sequential([layers.Input((3,)), layers.Dense(2)]).save(tmp_path / "m.h5")


def soft_link(file):
    file["layers/dense/vars/0"] = h5py.SoftLink("/somewhere")


def external(file):
    file.create_dataset("layers/dense/vars/0", (4,), "f4", external=[("/etc/passwd", 0, 16)])


def shape_bomb(file):
    file.create_dataset("layers/dense/vars/0", (1 << 40,), "f4", chunks=(1 << 20,), compression="gzip")


def circle(file):
    file["layers/again"] = file.create_group("layers/dense")
    file["layers/dense/inside"] = file["layers"]


def objects(file):
    file.create_dataset("layers/dense/vars/0", data=["a"], dtype=h5py.string_dtype())


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (soft_link, "is a link to somewhere else"),
        (external, "does not lie in the file in one piece|larger than the file"),
        (shape_bomb, "larger than the file"),
        (circle, "groups in each other"),
        (objects, "is no array of numbers"),
    ],
)
def test_hostile_files_are_refused(write, message, tmp_path) -> None:
    path = tmp_path / "m.weights.h5"
    with h5py.File(path, "w") as file:
        write(file)
    with pytest.raises(ValueError, match=message) as caught:
        Sequential([layers.Input((3,)), layers.Dense(2)]).load_weights(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("reader", ["keras", "weights.h5", "h5"])
def test_mutated_files_are_refused_in_words(reader, tmp_path) -> None:
    assert fuzz.read_all(reader, 60, tmp_path) == []
